#include "media/locations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ExpandLocations : public testing::Test {
  protected:
    [[nodiscard]] std::string at(const std::string& name) const { return (dir_ / name).string(); }
    void touch(const std::string& name, std::string_view text = "x") const {
        std::filesystem::create_directories((dir_ / name).parent_path());
        test::write_file(dir_ / name, text);
    }
    static Result<std::vector<std::string>> expand(std::vector<std::string> given) {
        return expand_locations(given);
    }
    test::TempDir dir_;
};

TEST_F(ExpandLocations, FilesUrlsAndStandardInputStay) {
    touch("a.mp4");
    touch("weird*name.mp4");
    EXPECT_THAT(
        expand({at("a.mp4"), "-", "rtsp://host/x?y=*", "synthetic:people", at("weird*name.mp4")})
            .value(),
        ElementsAre(at("a.mp4"), "-", "rtsp://host/x?y=*", "synthetic:people",
                    at("weird*name.mp4")));
    EXPECT_TRUE(expand({}).value().empty());
}

TEST_F(ExpandLocations, AFolderIsOneSequenceOrItsVideos) {
    touch("images/1.jpg");
    touch("images/2.jpg");
    touch("images/notes.md");
    touch("videos/10.mp4");
    touch("videos/9.MKV");
    touch("both/1.jpg");
    touch("both/1.mp4");
    touch("neither/readme");
    EXPECT_THAT(expand({at("images"), at("videos")}).value(),
                ElementsAre(at("images"), at("videos/9.MKV"), at("videos/10.mp4")));
    const auto mixed = expand({at("both")});
    EXPECT_EQ(mixed.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(mixed.error().message, at("both") + ": 1 images and 1 videos together");
    EXPECT_EQ(expand({at("neither")}).error().code, ErrorCode::not_found);
}

TEST_F(ExpandLocations, APatternIsOneSequenceOrItsVideos) {
    touch("f1.png");
    touch("f2.png");
    touch("v1.mp4");
    touch("v2.mp4");
    touch("odd.xyz");
    EXPECT_THAT(expand({at("f*.png")}).value(), ElementsAre(at("f*.png")));
    EXPECT_THAT(expand({at("v?.mp4")}).value(), ElementsAre(at("v1.mp4"), at("v2.mp4")));
    EXPECT_THAT(expand({at("*.xyz")}).value(), ElementsAre(at("odd.xyz")));
    EXPECT_EQ(expand({at("*")}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(expand({at("q*")}).error().code, ErrorCode::not_found);
}

TEST_F(ExpandLocations, AListHoldsOneLocationALine) {
    touch("lists/a.mp4");
    touch("lists/more/b.mp4");
    touch("lists/more/c.mp4");
    touch("lists/all.txt",
          "# cameras\n\n  a.mp4 \r\nmore/*.mp4\n" + at("lists/a.mp4") + "\nrtsp://host/1\n-");
    EXPECT_THAT(expand({at("lists/all.txt")}).value(),
                ElementsAre(at("lists/a.mp4"), at("lists/more/b.mp4"), at("lists/more/c.mp4"),
                            at("lists/a.mp4"), "rtsp://host/1", "-"));
}

// As editors on Windows write them, and with remarks behind locations.
TEST_F(ExpandLocations, ListsOfTheSharedCasesAreRead) {
    SACCADE_NEEDS_SHARED("cases/text/bom.txt");
    touch("lists/one.mp4");
    touch("v08-vfr/vfr.mp4");
    touch("lists/one.mp4   # back.mp4");
    for (const char* name : {"bom.txt", "bom-crlf.txt", "inline.txt"}) {
        std::filesystem::copy_file(test::shared_dir() / "cases/text" / name, dir_ / "lists" / name);
    }
    EXPECT_THAT(expand({at("lists/bom.txt")}).value(), ElementsAre(at("lists/one.mp4")));
    EXPECT_THAT(expand({at("lists/bom-crlf.txt")}).value(),
                ElementsAre(at("lists/one.mp4"), at("lists/../v08-vfr/vfr.mp4")));
    EXPECT_THAT(expand({at("lists/inline.txt")}).value(), ElementsAre(at("lists/one.mp4")));
}

TEST_F(ExpandLocations, AHashInANameIsNoRemarkWhereTheFileIsThere) {
    touch("cam #2.mp4");
    touch("cam.mp4");
    touch("a#b.mp4");
    touch("list.txt", "cam #2.mp4\ncam.mp4 #2 of all\na#b.mp4\n");
    EXPECT_THAT(expand({at("list.txt")}).value(),
                ElementsAre(at("cam #2.mp4"), at("cam.mp4"), at("a#b.mp4")));
}

TEST_F(ExpandLocations, AListInUtf16IsToldSo) {
    touch("list.txt", std::string_view("\xff\xfe"
                                       "a\0.\0m\0p\0"
                                       "4\0\n\0",
                                       14));
    const auto list = expand({at("list.txt")});
    EXPECT_EQ(list.error().code, ErrorCode::unsupported);
    EXPECT_THAT(list.error().message, HasSubstr("UTF-16"));
    EXPECT_THAT(list.error().remedy, HasSubstr("iconv -f UTF-16"));
}

TEST_F(ExpandLocations, BadListsAreToldByLine) {
    touch("a.mp4");
    touch("bad.txt", "a.mp4\nnothing here\n");
    touch("nested.list", "bad.txt\n");
    touch("empty.txt", "# nothing\n");
    touch("binary.txt", std::string_view("a\0b", 3));
    const auto bad = expand({at("bad.txt")});
    EXPECT_EQ(bad.error().code, ErrorCode::not_found);
    EXPECT_THAT(bad.error().message, HasSubstr("bad.txt, line 2: "));
    EXPECT_EQ(expand({at("nested.list")}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(expand({at("empty.txt")}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(expand({at("binary.txt")}).error().code, ErrorCode::corrupt);
}

TEST_F(ExpandLocations, MissingAndEmptyNamesAreErrors) {
    const auto missing = expand({at("none.mp4")});
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_EQ(missing.error().message, at("none.mp4") + ": no such file");
    EXPECT_EQ(expand({""}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace saccade::media
