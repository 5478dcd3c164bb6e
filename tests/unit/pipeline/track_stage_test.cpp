#include "pipeline/track_stage.h"

#include <gtest/gtest.h>

#include "support/fakes.h"

namespace saccade::pipeline {
namespace {

/// Says of a detection what its place in the frame is; fails at a frame.
class FakeEncoder final : public AppearanceEncoder {
  public:
    explicit FakeEncoder(std::optional<std::uint64_t> fail_at = {}) : fail_at_(fail_at) {}
    std::shared_ptr<Looks> begin(const Frame& frame,
                                 std::span<const Detection> detections) override {
        return std::make_shared<FakeLooks>(*this, frame, detections.size());
    }
    std::size_t ahead() const noexcept override { return 3; }
    int calls = 0;

  private:
    class FakeLooks final : public Looks {
      public:
        FakeLooks(FakeEncoder& encoder, Frame frame, std::size_t detections)
            : encoder_(encoder), frame_(std::move(frame)), detections_(detections) {}
        Result<std::span<const float>> wait() override {
            ++encoder_.calls;
            if (encoder_.fail_at_ == frame_.id.index)
                return fail(ErrorCode::internal, "the fake network broke");
            if (frame_.owner == nullptr) return fail(ErrorCode::internal, "the pixels are gone");
            for (std::size_t i = 0; i < detections_; ++i) {
                rows_.push_back(static_cast<float>(frame_.id.index));
                rows_.push_back(static_cast<float>(i));
            }
            return std::span<const float>(rows_);
        }
        std::size_t bytes() const noexcept override { return rows_.size() * sizeof(float); }

      private:
        FakeEncoder& encoder_;
        Frame frame_;
        std::size_t detections_;
        std::vector<float> rows_;
    };
    std::optional<std::uint64_t> fail_at_;
};

/// Keeps the embeddings that it was told.
class RecordingTracker final : public track::Tracker {
  public:
    explicit RecordingTracker(std::vector<std::vector<float>>& seen) : seen_(seen) {}
    Result<void> update(const track::Observation& observation, std::vector<Track>&) override {
        seen_.emplace_back(observation.embeddings.begin(), observation.embeddings.end());
        return {};
    }
    void reset() override {}

  private:
    std::vector<std::vector<float>>& seen_;
};

/// Frames with 0, 1, 2 ... detections, through a stage.
struct Outcome {
    std::vector<std::vector<float>> seen;  ///< embeddings, by call of the tracker
    std::optional<Error> error;
    int given_up = 0, encoded = 0;
    std::size_t results = 0;
};

Outcome run_stage(std::unique_ptr<FakeEncoder> encoder, std::size_t frames) {
    Outcome run;
    const FakeEncoder* const watched = encoder.get();
    OpenedStream stream;
    stream.tracker = std::make_unique<RecordingTracker>(run.seen);
    stream.appearance = std::move(encoder);
    DetectedQueue in(frames);
    TrackedQueue out(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        Detected detected;
        detected.item.frame.id = {0, i};
        detected.item.frame.owner = std::make_shared<int>(0);
        detected.detections.assign(i, Detection{{0, 0, 9, 9}, 0.9F, 0});
        in.push(std::move(detected));
    }
    in.close(CloseReason::finished);
    TrackStage stage(stream, in, out, [&run] { ++run.given_up; });
    stage.run();
    while (out.try_pop()) ++run.results;
    run.error = stage.error();
    run.encoded = watched != nullptr ? watched->calls : 0;
    return run;
}

TEST(TrackStage, HandsLooksToTheTracker) {
    const Outcome run = run_stage(std::make_unique<FakeEncoder>(), 3);
    const std::vector<std::vector<float>> want{{}, {1, 0}, {2, 0, 2, 1}};
    EXPECT_EQ(run.seen, want);
    EXPECT_FALSE(run.error);
    EXPECT_EQ(run.given_up, 0);
}

TEST(TrackStage, DoesWithoutLooks) {
    const Outcome run = run_stage(nullptr, 3);
    EXPECT_EQ(run.seen, std::vector<std::vector<float>>(3));
}

TEST(TrackStage, AnEncoderThatFailsEndsTrackingButNoFrameIsLost) {
    const Outcome run = run_stage(std::make_unique<FakeEncoder>(2), 6);
    EXPECT_EQ(run.seen.size(), 2U);
    ASSERT_TRUE(run.error);
    EXPECT_EQ(run.error->message, "the fake network broke");
    EXPECT_EQ(run.given_up, 1);
    EXPECT_EQ(run.encoded, 3);
    EXPECT_EQ(run.results, 6U);
}

TEST(TrackStage, CarriesWhatTheLatestLookGaveAndTellsTheTrackerNothing) {
    OpenedStream stream;
    stream.tracker = std::make_unique<test::FakeTracker>(2);  // fails at a third look
    stream.gate.emplace();
    DetectedQueue in(8);
    TrackedQueue out(8);
    for (std::size_t i = 0; i < 5; ++i) {
        Detected detected;
        detected.item.frame.id = {0, i};
        detected.item.carried = i != 0 && i != 3;
        if (!detected.item.carried) {
            detected.detections.assign(1 + i, Detection{{0, 0, 9, 9}, 0.9F, 0});
        }
        in.push(std::move(detected));
    }
    in.close(CloseReason::finished);
    TrackStage stage(stream, in, out, [] {});
    stage.run();
    EXPECT_FALSE(stage.error());
    for (std::size_t i = 0; i < 5; ++i) {
        const FrameResult result = out.try_pop()->result;
        EXPECT_EQ(result.id.index, i);
        EXPECT_EQ(result.carried, i != 0 && i != 3);
        EXPECT_EQ(result.detections.size(), i < 3 ? 1U : 4U);
        EXPECT_EQ(result.tracks.size(), result.detections.size());
    }
}

}  // namespace
}  // namespace saccade::pipeline
