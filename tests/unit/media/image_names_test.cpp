#include "media/image_names.h"

#include <gtest/gtest.h>

#include <set>

namespace saccade::media {
namespace {

using Paths = std::vector<std::string>;

TEST(ImageNames, AreNumbersWhereTheNamesAreAndNeverMeet) {
    const Paths paths = {"d/street.jpg", "d/000000000139.jpg", "d/0.png", "d/1.png", "d/-7.png"};
    const ImageNames names(paths);
    EXPECT_EQ(names.of(paths[1]).id, 139);
    EXPECT_EQ(names.of(paths[2]).id, 0);
    EXPECT_EQ(names.of(paths[3]).id, 1);
    EXPECT_EQ(names.of(paths[0]).id, 140) << "behind the largest: not the 0 of its place";
    EXPECT_EQ(names.of(paths[4]).id, 141);
}

TEST(ImageNames, WithoutNumbersAreThePlaces) {
    const Paths paths = {"d/b.jpg", "d/a.jpg"};
    const ImageNames names(paths);
    EXPECT_EQ(names.of(paths[0]).id, 0);
    EXPECT_EQ(names.of(paths[1]).id, 1);
    EXPECT_EQ(names.of(paths[0]).name, "b.jpg");
    EXPECT_EQ(names.of(paths[0]).label, "b");
}

TEST(ImageNames, OfSeveralFoldersAreKeptApart) {
    const Paths paths = {"data/a/0001.jpg", "data/b/0001.jpg", "data/b/0001.png", "data/b-0001.jpg"};
    const ImageNames names(paths);
    EXPECT_EQ(names.of(paths[0]).name, "a/0001.jpg");
    EXPECT_EQ(names.of(paths[0]).id, 1);
    EXPECT_EQ(names.of(paths[0]).label, "0001");
    EXPECT_EQ(names.of(paths[1]).name, "b/0001.jpg");
    EXPECT_EQ(names.of(paths[1]).label, "b-0001.jpg") << "b-0001 is another image's own name";
    EXPECT_EQ(names.of(paths[2]).label, "b-0001.png");
    EXPECT_EQ(names.of(paths[3]).label, "b-0001");
    std::set<std::int64_t> ids;
    for (const auto& path : paths) ids.insert(names.of(path).id);
    EXPECT_EQ(ids, (std::set<std::int64_t>{1, 2, 3, 4}));
}

TEST(ImageNames, TheSameFileTwiceIsOneImage) {
    const ImageNames names(Paths{"a.jpg", "a.jpg"});
    EXPECT_EQ(names.of("a.jpg").id, 0);
    EXPECT_EQ(names.of("a.jpg").name, "a.jpg");
}

TEST(ImageNames, HugeNumbersAndLongPathsFit) {
    const std::string deep(150, 'f');
    const Paths paths = {"99999999999999999999.jpg", "9007199254740991.jpg",
                         deep + "/" + deep + "/x.jpg", deep + "/x.jpg", "x.jpg"};
    const ImageNames names(paths);
    EXPECT_EQ(names.of(paths[1]).id, 9007199254740991);
    std::set<std::string> labels;
    std::set<std::int64_t> ids;
    for (const auto& path : paths) {
        EXPECT_LE(names.of(path).label.size(), 210U);
        EXPECT_EQ(names.of(path).label.find('/'), std::string::npos);
        labels.insert(names.of(path).label);
        ids.insert(names.of(path).id);
    }
    EXPECT_EQ(labels.size(), paths.size());
    EXPECT_EQ(ids.size(), paths.size());
}

}  // namespace
}  // namespace saccade::media
