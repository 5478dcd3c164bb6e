#include "media/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using testing::ElementsAre;

TEST(NaturalOrder, ComparesNumbersByValue) {
    std::vector<std::string> names = {"f10.png",
                                      "f9.png",
                                      "f09.png",
                                      "f1.png",
                                      "a.png",
                                      "f.png",
                                      "f1b.png",
                                      "f1a.png",
                                      "f100.png",
                                      "f18446744073709551617.png",
                                      "f18446744073709551616.png"};
    std::sort(names.begin(), names.end(), natural_less);
    EXPECT_THAT(names, ElementsAre("a.png", "f.png", "f1.png", "f1a.png", "f1b.png", "f09.png",
                                   "f9.png", "f10.png", "f100.png", "f18446744073709551616.png",
                                   "f18446744073709551617.png"));
}

TEST(NaturalOrder, IsAStrictWeakOrder) {
    std::minstd_rand random(3);
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i) {
        std::string name;
        for (unsigned n = random() % 5; n > 0; --n) name += "019a."[random() % 5];
        names.push_back(name);
    }
    for (const auto& a : names) {
        EXPECT_FALSE(natural_less(a, a));
        for (const auto& b : names) {
            EXPECT_FALSE(natural_less(a, b) && natural_less(b, a)) << a << " " << b;
            EXPECT_TRUE(a == b || natural_less(a, b) || natural_less(b, a)) << a << " " << b;
            for (const auto& c : names) {
                EXPECT_TRUE(!(natural_less(a, b) && natural_less(b, c)) || natural_less(a, c))
                    << a << " " << b << " " << c;
            }
        }
    }
}

/// The definition of the pattern language, word for word.
bool matches_by_definition(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern[0] == '*') {
        return matches_by_definition(pattern.substr(1), name) ||
               (!name.empty() && name[0] != '/' && matches_by_definition(pattern, name.substr(1)));
    }
    if (name.empty()) return false;
    const bool one = pattern[0] == '?' ? name[0] != '/' : pattern[0] == name[0];
    return one && matches_by_definition(pattern.substr(1), name.substr(1));
}

TEST(Patterns, MatchAsDefined) {
    std::minstd_rand random(11);
    int matched = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string pattern, name;
        for (unsigned n = random() % 6; n > 0; --n) pattern += "ab*?/"[random() % 5];
        for (unsigned n = random() % 6; n > 0; --n) name += "ab/"[random() % 3];
        const bool expected = matches_by_definition(pattern, name);
        matched += expected ? 1 : 0;
        ASSERT_EQ(matches(pattern, name), expected) << pattern << " on " << name;
    }
    EXPECT_GT(matched, 100);
}

TEST(Patterns, TakeNoExponentialTime) {
    const std::string name(3000, 'a');
    std::string pattern;
    for (int i = 0; i < 500; ++i) pattern += "*a";
    EXPECT_FALSE(matches(pattern + "b", name));
    EXPECT_TRUE(matches(pattern, name));
}

TEST(Kinds, GoByExtensionInAnyCase) {
    EXPECT_TRUE(is_image_name("a/b.JPG"));
    EXPECT_TRUE(is_image_name("b.webp"));
    EXPECT_FALSE(is_image_name("b.mp4"));
    EXPECT_FALSE(is_image_name("jpg"));
    EXPECT_FALSE(is_image_name("a.jpg/b"));
    EXPECT_TRUE(is_video_name("x.MkV"));
    EXPECT_FALSE(is_video_name("x.txt"));
}

TEST(Folders, ListPlainFilesInNaturalOrder) {
    const test::TempDir dir;
    for (const auto* name : {"10.png", "9.png", ".hidden.png", "x.txt"}) {
        test::write_file(dir / name, "x");
    }
    std::filesystem::create_directory(dir / "11.png");
    const std::string base = dir.path().string() + "/";
    EXPECT_THAT(list_folder(dir.path().string()).value(),
                ElementsAre(base + "9.png", base + "10.png", base + "x.txt"));
    EXPECT_THAT(list_folder(base).value(),
                ElementsAre(base + "9.png", base + "10.png", base + "x.txt"));
    EXPECT_EQ(list_folder(base + "none").error().code, ErrorCode::not_found);
    EXPECT_EQ(list_folder(base + "x.txt").error().code, ErrorCode::not_found);
}

TEST(Patterns, FindFilesAlsoBelowMatchingFolders) {
    const test::TempDir dir;
    const std::string base = dir.path().string() + "/";
    for (const auto* name : {"cam2", "cam10", "other"}) {
        std::filesystem::create_directory(dir / name);
        test::write_file(dir / (std::string(name) + "/v.mp4"), "x");
    }
    EXPECT_THAT(match_files(base + "cam*/v.mp4").value(),
                ElementsAre(base + "cam2/v.mp4", base + "cam10/v.mp4"));
    EXPECT_THAT(match_files(base + "cam?/*").value(), ElementsAre(base + "cam2/v.mp4"));
    EXPECT_EQ(match_files(base + "no*").error().code, ErrorCode::not_found);
    EXPECT_EQ(match_files(base + "none/*").error().code, ErrorCode::not_found);
}

TEST(Patterns, TwoStarsStandForAnyFolders) {
    const test::TempDir dir;
    const std::string base = dir.path().string() + "/";
    for (const auto* name : {"a.jpg", "x/10.jpg", "x/9.jpg", "x/y/1.jpg", "x/y/1.png", ".h/1.jpg", "z/y/2.jpg"}) {
        std::filesystem::create_directories((dir / name).parent_path());
        test::write_file(dir / name, "x");
    }
    EXPECT_THAT(match_files(base + "**/*.jpg").value(),
                ElementsAre(base + "a.jpg", base + "x/9.jpg", base + "x/10.jpg", base + "x/y/1.jpg",
                            base + "z/y/2.jpg"));
    EXPECT_THAT(match_files(base + "**/y/?.jpg").value(),
                ElementsAre(base + "x/y/1.jpg", base + "z/y/2.jpg"));
    EXPECT_THAT(match_files(base + "x/**").value(),
                ElementsAre(base + "x/9.jpg", base + "x/10.jpg", base + "x/y/1.jpg", base + "x/y/1.png"));
    EXPECT_THAT(match_files(base + "**/**/2.jpg").value(), ElementsAre(base + "z/y/2.jpg"));
    EXPECT_THAT(match_files(base + "**/y/**/1.jpg").value(), ElementsAre(base + "x/y/1.jpg"));
    EXPECT_EQ(match_files(base + "**/*.gif").error().code, ErrorCode::not_found);
    EXPECT_EQ(match_files(base + "none/**/*.jpg").error().code, ErrorCode::not_found);
}

TEST(Patterns, TwoStarsDoNotGoRoundInCircles) {
    const test::TempDir dir;
    const std::string base = dir.path().string() + "/";
    std::filesystem::create_directories(dir / "a/b");
    test::write_file(dir / "a/b/1.jpg", "x");
    std::filesystem::create_directory_symlink(dir / "a", dir / "a/b/up");
    std::filesystem::create_directory_symlink(dir / "a", dir / "again");
    EXPECT_THAT(match_files(base + "**/*.jpg").value(), ElementsAre(base + "a/b/1.jpg"));
    EXPECT_THAT(match_files(base + "again/**/*.jpg").value(), ElementsAre(base + "again/b/1.jpg"));
}

}  // namespace
}  // namespace saccade::media
