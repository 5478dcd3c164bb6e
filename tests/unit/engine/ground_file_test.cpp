#include "engine/ground_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::engine {
namespace {

using testing::HasSubstr;

class GroundFile : public testing::Test {
  protected:
    Result<track::GroundPlane> read(const std::string& name, const std::string& text) {
        test::write_file(dir_ / name, text);
        return read_ground(dir_ / name);
    }
    std::string refusal(const std::string& name, const std::string& text) {
        const auto ground = read(name, text);
        if (ground) return "none";
        EXPECT_EQ(ground.error().code, ErrorCode::invalid_argument);
        EXPECT_THAT(ground.error().message, testing::StartsWith((dir_ / name).string()));
        EXPECT_FALSE(ground.error().remedy.empty()) << text;
        return ground.error().message;
    }
    test::TempDir dir_;
};

constexpr const char* kPoints =
    "pixels = [[0, 700], [100, 700], [100, 600], [0, 600]]\n"
    "metres = [[0, 0], [10.0, 0], [10, 10], [0, 10]]  # a square\n";

TEST_F(GroundFile, ReadsTomlAndJson) {
    for (const auto& [name, text] :
         {std::pair{"g.toml", kPoints},
          {"g.json", R"({"pixels": [[0,700],[100,700],[100,600],[0,600]],
                         "metres": [[0,0],[10,0],[10,10],[0,10]]})"},
          {"h.toml", "homography = [[0.1, 0, 0], [0, -0.1, 70], [0, 0, 1]]"},
          {"h.json", R"({"homography": [[0.1,0,0],[0,-0.1,70],[0,0,1]]})"}}) {
        const auto ground = read(name, text);
        ASSERT_TRUE(ground) << ground.error().line();
        const auto place = ground->at(50, 680);
        ASSERT_TRUE(place);
        EXPECT_NEAR(place->x, 5, 1e-6) << name;
        EXPECT_NEAR(place->y, 2, 1e-5) << name;
    }
}

TEST_F(GroundFile, RefusesWhatIsNoGround) {
    EXPECT_THAT(refusal("a.toml", ""), HasSubstr("empty"));
    EXPECT_THAT(refusal("a.toml", "pixels = [[0, 1]"), HasSubstr("TOML"));
    EXPECT_THAT(refusal("a.json", "{"), HasSubstr("JSON"));
    EXPECT_THAT(refusal("a.json", "[1]"), HasSubstr("no table"));
    EXPECT_THAT(refusal("a.toml", "pixel = 1"), HasSubstr("unknown key 'pixel'"));
    EXPECT_THAT(refusal("a.toml", "pixels = [[0,0],[1,0],[1,1],[0,1]]"),
                HasSubstr("without metres"));
    EXPECT_THAT(refusal("a.toml", std::string(kPoints) + "homography = []"), HasSubstr("both"));
    EXPECT_THAT(refusal("a.toml", "homography = [[1, 0, 0], [0, 1, 0]]"), HasSubstr("three rows"));
    EXPECT_THAT(refusal("a.toml", "homography = [[1, 0, 0], [0, 1, 0], [0, 0, \"1\"]]"),
                HasSubstr("three rows"));
    EXPECT_THAT(
        refusal("a.toml", "pixels = [[0,0],[1,0],[1,1]]\nmetres = [[0,0],[1,0],[1,1],[0,1]]"),
        HasSubstr("pixels: not four"));
    EXPECT_THAT(refusal("a.toml", "homography = [[1, 0, 0], [0, 1, 0], [0, 0, inf]]"),
                testing::AnyOf(HasSubstr("degenerate"), HasSubstr("three rows")));
    EXPECT_THAT(refusal("a.toml", "homography = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]"),
                HasSubstr("mirrored"));
    EXPECT_THAT(refusal("a.toml",
                        "pixels = [[0,0],[1,0],[2,0],[3,0]]\n"
                        "metres = [[0,0],[1,0],[1,1],[0,1]]"),
                HasSubstr("degenerate"));
    EXPECT_THAT(refusal("a.toml", std::string(5000, '#')), HasSubstr("5000 bytes"));
    EXPECT_THAT(refusal("a.toml", std::string(3000, 'a') + "=1"), HasSubstr("unknown key"));
    std::string deep = "a";
    for (int i = 0; i < 1900; ++i) deep += ".a";
    EXPECT_THAT(refusal("a.toml", "[" + deep + "]"), HasSubstr("unknown key"));
    const auto missing = read_ground(dir_ / "missing.toml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace saccade::engine
