// Times in which a live source gave nothing, in the outputs: no zero is read out of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/sink/scene.h"
#include "sink/jsonl_reader.h"
#include "sink/rotation.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Gaps : public testing::Test {
  protected:
    Gaps() {
        context_ = test::scene_context();
        context_.live = true;
        options_ = test::scene_options(dir_.path());
        options_.shapes =
            std::make_shared<LiveShapes>(LiveShapes::Shapes{{"0,5,50,5:door"}, {}}, nullptr);
        for (std::uint64_t i = 0; i < 2; ++i) {
            FrameResult result = test::scene_result(i);
            result.sender = SenderTime{};
            results_.push_back(result);
        }
        results_[1].sender = SenderTime{true, 1'700'000'000'123'456'789ns};
        auto boundary = std::make_shared<Boundary>();
        boundary->outages = {{1s, 8s, "silent: no picture for 5 s"}, {9s, 11s, "a \"quoted\" one"}};
        results_[1].boundary = boundary;
    }
    std::string write(const char* format) {
        auto sink = make_sink(format, options_);
        EXPECT_TRUE((*sink)->begin(context_));
        for (const FrameResult& result : results_) EXPECT_TRUE((*sink)->write(result, {}));
        if (at_end_) (*sink)->outage_at_end(*at_end_);
        EXPECT_TRUE((*sink)->finish(Outcome::interrupted));
        path_ = (*sink)->path();
        return test::read_file(path_);
    }

    test::TempDir dir_;
    Context context_;
    SinkOptions options_;
    std::vector<FrameResult> results_;
    std::optional<Outage> at_end_;
    std::string path_;
};

TEST_F(Gaps, AreReadBackFromJsonLinesWithTheSendersClock) {
    at_end_ = Outage{12s, 20s, "refused"};
    const std::string text = write("jsonl");
    EXPECT_THAT(text, HasSubstr(R"("live":true)"));
    EXPECT_THAT(text, HasSubstr(R"("frames":2,"gaps":[{"begin_ns":12000000000,)"));
    const auto back = read_jsonl(path_);
    ASSERT_TRUE(back) << back.error().line();
    EXPECT_TRUE(back->header.live);
    EXPECT_EQ(back->frames[0].sender, SenderTime{}) << "unsynced";
    EXPECT_EQ(back->frames[0].boundary, nullptr);
    EXPECT_EQ(back->frames[1].sender, results_[1].sender);
    EXPECT_EQ(back->frames[1].boundary->outages, results_[1].boundary->outages);
}

TEST_F(Gaps, OfAFileThereAreNoneAndNoNewKeys) {
    context_.live = false;
    results_[0].sender.reset();
    results_[1].sender.reset();
    results_[1].boundary.reset();
    EXPECT_THAT(write("jsonl"),
                Not(testing::AnyOf(HasSubstr("live"), HasSubstr("sender_ns"), HasSubstr("gaps"))));
    EXPECT_THAT(write("counts_json"), Not(HasSubstr("gaps")));
}

TEST_F(Gaps, AreInTheCounts) {
    at_end_ = Outage{12s, 20s, "refused"};
    EXPECT_THAT(write("counts_json"), HasSubstr(R"("begin_ns": 12000000000)"));
    EXPECT_THAT(write("counts_json"), HasSubstr(R"("reason": "silent: no picture for 5 s")"));
    const std::string table = write("counts_csv");
    EXPECT_THAT(table, HasSubstr("dwell_seconds,longest_seconds,begin_ns,end_ns\r\n"));
    EXPECT_THAT(table,
                HasSubstr("gap,\"silent: no picture for 5 s\",,,,,,,,1000000000,8000000000\r\n"));
    EXPECT_THAT(table, HasSubstr("gap,\"a \"\"quoted\"\" one\",,,,,,,,9000000000,11000000000\r\n"));
    EXPECT_THAT(table, HasSubstr("gap,\"refused\",,,,,,,,12000000000,20000000000\r\n"));
}

TEST_F(Gaps, ThereAreNoneIsSaidToo) {
    results_[1].boundary.reset();
    EXPECT_THAT(write("counts_json"), HasSubstr(R"("gaps": [])"));
}

TEST_F(Gaps, TheLastOneReachesTheLastPiece) {
    const auto rotation = parse_rotation("1h");
    ASSERT_TRUE(rotation);
    auto sink = make_rotating(*rotation, dir_.path(), "pieces", [&](const std::string& stem) {
        SinkOptions piece = options_;
        piece.stem = stem;
        return make_sink("jsonl", piece);
    });
    ASSERT_TRUE(sink->begin(context_));
    for (const FrameResult& result : results_) ASSERT_TRUE(sink->write(result, {}));
    sink->outage_at_end({12s, 20s, "refused"});
    ASSERT_TRUE(sink->finish(Outcome::interrupted));
    EXPECT_THAT(test::read_file(sink->paths().back()), HasSubstr("refused"));
}

}  // namespace
}  // namespace saccade::sink
