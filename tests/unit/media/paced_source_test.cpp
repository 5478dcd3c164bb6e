#include "media/paced_source.h"

#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "support/fakes.h"

#include "support/fake_clock.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

Frame frame_at(std::chrono::milliseconds pts) {
    Frame frame;
    frame.pts = pts;
    return frame;
}

/// Plays back events; each takes some time of the clock to decode.
class Playback final : public Source {
  public:
    Playback(test::FakeClock& clock,
             std::deque<std::pair<std::chrono::milliseconds, SourceEvent>> events)
        : clock_(clock), events_(std::move(events)) {}
    const StreamInfo& info() const noexcept override { return info_; }
    Result<SourceEvent> read() override {
        if (events_.empty()) return End{};
        auto [time, event] = std::move(events_.front());
        events_.pop_front();
        clock_.advance(time);
        return event;
    }
    void interrupt() noexcept override {}

  private:
    test::FakeClock& clock_;
    StreamInfo info_;
    std::deque<std::pair<std::chrono::milliseconds, SourceEvent>> events_;
};

class Paced : public testing::Test {
  protected:
    /// When each frame came, ms after the start.
    std::vector<long> times(std::deque<std::pair<std::chrono::milliseconds, SourceEvent>> events) {
        PacedSource source(std::make_unique<Playback>(clock_, std::move(events)), clock_,
                           [this](std::chrono::nanoseconds t) { clock_.advance(t); });
        EXPECT_TRUE(source.info().live);
        std::vector<long> out;
        for (;;) {
            const auto event = source.read();
            if (!event || std::holds_alternative<End>(*event)) return out;
            if (!std::holds_alternative<Frame>(*event)) continue;
            out.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(
                              clock_.now().time_since_epoch())
                              .count());
        }
    }
    test::FakeClock clock_;
};

TEST_F(Paced, FramesComeAtTheirOwnTimesHoweverFastTheyDecode) {
    EXPECT_EQ(times({{5ms, frame_at(100ms)},
                     {1ms, frame_at(140ms)},
                     {1ms, frame_at(150ms)},
                     {39ms, frame_at(190ms)}}),
              (std::vector<long>{5, 45, 55, 95}));
}

TEST_F(Paced, ALateFrameComesAtOnceAndDoesNotDelayTheNext) {
    EXPECT_EQ(times({{0ms, frame_at(0ms)}, {70ms, frame_at(40ms)}, {1ms, frame_at(80ms)}}),
              (std::vector<long>{0, 70, 80}));
}

TEST_F(Paced, BehindAGapTheScheduleStartsAnew) {
    EXPECT_EQ(times({{0ms, frame_at(0ms)},
                     {3ms, Discontinuity{"lost"}},
                     {1ms, frame_at(1h)},
                     {1ms, frame_at(1h + 40ms)}}),
              (std::vector<long>{0, 4, 44}));
}

TEST_F(Paced, AFormatChangeStaysLive) {
    StreamInfo changed;
    changed.width = 7;
    PacedSource source(
        std::make_unique<Playback>(clock_,
                                   std::deque<std::pair<std::chrono::milliseconds, SourceEvent>>{
                                       {0ms, FormatChanged{changed}}}),
        clock_);
    const auto event = source.read();
    ASSERT_TRUE(event);
    EXPECT_TRUE(std::get<FormatChanged>(*event).info.live);
    EXPECT_EQ(source.info().width, 7);
    EXPECT_TRUE(source.info().live);
}

TEST_F(Paced, AnInterruptEndsAWaitOfHours) {
    const SteadyClock steady;
    PacedSource source(
        std::make_unique<Playback>(clock_,
                                   std::deque<std::pair<std::chrono::milliseconds, SourceEvent>>{
                                       {0ms, frame_at(0ms)}, {0ms, frame_at(10h)}}),
        steady);
    ASSERT_TRUE(source.read());
    std::thread reader([&] {
        const auto event = source.read();
        ASSERT_FALSE(event);
        EXPECT_EQ(event.error().code, ErrorCode::interrupted);
    });
    source.interrupt();
    reader.join();
}

TEST_F(Paced, ErrorsAndEndsPassThrough) {
    PacedSource source(
        std::make_unique<test::FakeSource>(0, test::FakeSource::Script{.frames = 3, .error_at = 0}),
        clock_);
    const auto event = source.read();
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace saccade::media
