#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "contract/sink/scene.h"
#include "sink/jsonl_reader.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

class Jsonl : public testing::Test {
  protected:
    std::string write(const std::vector<FrameResult>& frames, Outcome outcome = Outcome::complete) {
        auto sink = make_sink("jsonl", test::scene_options(dir_.path()));
        EXPECT_TRUE((*sink)->begin(test::scene_context()));
        for (const FrameResult& frame : frames) EXPECT_TRUE((*sink)->write(frame, {}));
        EXPECT_TRUE((*sink)->finish(outcome));
        return (*sink)->path();
    }

    /// The error of reading `text`.
    Error error_of(const std::string& text) {
        test::write_file(dir_ / "bad.jsonl", text);
        auto file = read_jsonl(dir_ / "bad.jsonl");
        EXPECT_FALSE(file) << text;
        return file ? Error{} : file.error();
    }

    test::TempDir dir_;
};

void expect_same(const FrameResult& a, const FrameResult& b) {
    EXPECT_EQ(a.id.index, b.id.index);
    EXPECT_EQ(a.pts, b.pts);
    EXPECT_EQ(a.width, b.width);
    EXPECT_EQ(a.height, b.height);
    EXPECT_EQ(a.detections, b.detections);
    EXPECT_EQ(a.tracks, b.tracks);
}

TEST_F(Jsonl, ReadsBackTheWholeScene) {
    for (const Outcome outcome : {Outcome::complete, Outcome::interrupted, Outcome::failed}) {
        const auto file =
            read_jsonl(write({test::scene_result(0), test::scene_result(1)}, outcome));
        ASSERT_TRUE(file) << file.error().line();
        const Context header = test::scene_context();
        EXPECT_EQ(file->header.source, header.source);
        EXPECT_EQ(file->header.width, header.width);
        EXPECT_EQ(file->header.height, header.height);
        EXPECT_EQ(file->header.frame_rate, header.frame_rate);
        EXPECT_EQ(file->header.class_names, header.class_names);
        EXPECT_EQ(file->header.tracking, header.tracking);
        EXPECT_EQ(file->outcome, outcome);
        ASSERT_EQ(file->frames.size(), 2U);
        expect_same(file->frames[1], test::scene_result(1));
    }
}

TEST_F(Jsonl, ReadsBackPlacesOnTheGround) {
    FrameResult first = test::scene_result(0), second = test::scene_result(1);
    first.tracks[0].ground = GroundState{0.1F, -20.3F, 1e-7F};
    second.tracks[0].ground = GroundState{0.1F, 20, 7.7F, true, -0.0F, 1.1F};
    const auto file = read_jsonl(write({first, second}, Outcome::complete));
    ASSERT_TRUE(file) << file.error().line();
    expect_same(file->frames[0], first);
    expect_same(file->frames[1], second);
}

TEST_F(Jsonl, EveryFloatReadsBackBitForBit) {
    std::mt19937 random(1);
    FrameResult result;
    result.id.index = std::numeric_limits<std::uint64_t>::max();
    result.pts = Timestamp(std::numeric_limits<std::int64_t>::min());
    const auto any = [&] {
        for (;;) {
            const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
            if (std::isfinite(value)) return value;
        }
    };
    for (int i = 0; i < 20000; ++i) {
        result.detections.push_back(
            {{any(), any(), any(), any()}, any(), static_cast<int>(random())});
    }
    using Limits = std::numeric_limits<float>;
    result.detections.push_back(
        {{-0.0F, Limits::min(), Limits::max(), Limits::denorm_min()}, 0.1F});
    const auto file = read_jsonl(write({result}));
    ASSERT_TRUE(file) << file.error().line();
    ASSERT_EQ(file->frames.size(), 1U);
    expect_same(file->frames[0], result);
    for (std::size_t i = 0; i < result.detections.size(); ++i) {
        const Box &a = result.detections[i].box, &b = file->frames[0].detections[i].box;
        ASSERT_EQ(std::bit_cast<std::uint32_t>(a.x1), std::bit_cast<std::uint32_t>(b.x1)) << i;
    }
}

TEST_F(Jsonl, NamesThatAreNotUtf8StayJson) {
    auto sink = make_sink("jsonl", test::scene_options(dir_.path()));
    Context context = test::scene_context();
    context.source = "a\xff\n\"b";
    ASSERT_TRUE((*sink)->begin(context));
    ASSERT_TRUE((*sink)->finish(Outcome::complete));
    const auto file = read_jsonl((*sink)->path());
    ASSERT_TRUE(file) << file.error().line();
    EXPECT_EQ(file->header.source, "a\xEF\xBF\xBD\n\"b");
}

TEST_F(Jsonl, MissingAndForeignFiles) {
    EXPECT_EQ(read_jsonl(dir_ / "none").error().code, ErrorCode::not_found);
    EXPECT_EQ(read_jsonl(dir_.path()).error().code, ErrorCode::unreadable);
    EXPECT_EQ(error_of("").code, ErrorCode::corrupt);
    EXPECT_THAT(error_of("hello\n").message, testing::HasSubstr("bad.jsonl:1: no JSON"));
    EXPECT_THAT(error_of("[]\n").message, testing::HasSubstr("schema"));
    EXPECT_THAT(error_of("{\"schema\":\"other\"}\n").message, testing::HasSubstr("schema"));
    EXPECT_EQ(error_of("{\"schema\":\"saccade.results\",\"version\":2}\n").code,
              ErrorCode::unsupported);
}

TEST_F(Jsonl, EachBrokenLineIsNamedByItsNumber) {
    const std::string whole =
        test::read_file(write({test::scene_result(0), test::scene_result(1)}));
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = whole;
        const auto at = text.rfind(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    };
    const std::vector<std::pair<std::string, std::string>> cases = {
        {changed("\"index\":1", "\"index\":-1"), ":3: \"index\" is out of range"},
        {changed("\"index\":1", "\"index\":1.5"), ":3: \"index\" is no integer"},
        {changed("\"index\":1,", ""), ":3: \"index\" is missing"},
        {changed("\"score\":1e-05", "\"score\":1e99"), ":3: "},
        {changed("\"score\":1e-05", "\"score\":\"x\""), ":3: \"score\" is no number"},
        {changed("\"state\":\"lost\"", "\"state\":\"asleep\""), ":3: \"state\" can't be"},
        {changed("\"detection\":1", "\"detection\":2"), ":3: \"detection\" is none"},
        {changed("[0,0,64,48]", "[0,0,64]"), ":3: \"raw_box\" has not 4"},
        {changed("\"frames\":2", "\"frames\":3"), ":4: the footer tells of 3 frames"},
        {changed("\"complete\"", "\"fine\""), ":4: \"outcome\" can't be"},
        {changed("\"width\":64", "\"width\":99999999999"), ":3: \"width\" is out of range"},
        {changed("\n{\"outcome\"", "\n\n{\"outcome\""), ":4: no JSON"},
        {whole + "{}\n", ":5: something follows"},
        {whole.substr(0, whole.size() - 1), ":4: the file breaks off"},
        {whole.substr(0, whole.rfind('{')), ":4: the file ends without its footer"},
        {changed("\"tracks\":[", "\"tracks\":" + std::string(100000, '[')), ":3: "},
    };
    for (const auto& [text, message] : cases) {
        const Error error = error_of(text);
        EXPECT_EQ(error.code, ErrorCode::corrupt);
        EXPECT_THAT(error.message, testing::HasSubstr("bad.jsonl" + message));
    }
}

TEST_F(Jsonl, NoCutOrFlippedByteDoesMoreThanFail) {
    const std::string whole = test::read_file(write({test::scene_result(0)}));
    for (std::size_t size = 0; size < whole.size(); ++size) error_of(whole.substr(0, size));
    std::mt19937 random(2);
    for (int i = 0; i < 500; ++i) {
        std::string text = whole;
        text[random() % text.size()] = static_cast<char>(random());
        test::write_file(dir_ / "flipped.jsonl", text);
        const auto file = read_jsonl(dir_ / "flipped.jsonl");
        if (!file) {
            EXPECT_THAT(file.error().message, testing::HasSubstr("flipped.jsonl:"));
        }
    }
}

}  // namespace
}  // namespace saccade::sink
