// A camera over all its connections, which a test scripts, on a clock that it moves.
#include "media/live_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "media/demuxer.h"
#include "support/fake_clock.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// One thing that a connection does.
struct Step {
    enum class Kind { picture, silence, closes, breaks };
    Kind kind = Kind::picture;
    std::chrono::nanoseconds after = 40ms;                       ///< on the clock, before it
    std::uint8_t shade = 0;                                      ///< of the picture
    std::optional<std::chrono::nanoseconds> pts = std::nullopt;  ///< else it goes with `after`
    int width = 64;
    std::optional<SenderTime> sender = std::nullopt;
};

/// A connection, or the error of its attempt.
struct Connection {
    std::optional<Error> error = std::nullopt;
    std::vector<Step> steps = {};
    std::chrono::nanoseconds start{0};  ///< of its own clock
    int width = 64;
    std::string codec = "h264";
    bool live = true;
};

class ScriptedSource final : public Source {
  public:
    ScriptedSource(const Connection& script, test::FakeClock& clock, std::function<bool()> gives_up)
        : steps_(script.steps.begin(), script.steps.end()),
          clock_(clock),
          gives_up_(std::move(gives_up)),
          pts_(script.start) {
        info_.name = "inner";
        info_.width = script.width;
        info_.height = 48;
        info_.codec = script.codec;
        info_.live = script.live;
        info_.start = script.start;
    }
    const StreamInfo& info() const noexcept override { return info_; }
    Result<SourceEvent> read() override {
        if (steps_.empty()) return End{};
        Step step = steps_.front();
        steps_.pop_front();
        if (step.kind == Step::Kind::silence) {
            // As libav does: it asks every so often while it waits.
            for (auto waited = 0ns; waited < step.after; waited += 100ms) {
                clock_.advance(100ms);
                if (gives_up_()) return End{"inner: reading stopped: Immediate exit requested"};
            }
            return read();
        }
        clock_.advance(step.after);
        if (step.kind == Step::Kind::closes) return End{};
        if (step.kind == Step::Kind::breaks) {
            return fail(ErrorCode::unreadable, "inner: Connection reset by peer");
        }
        if (step.width != info_.width) {
            info_.width = step.width;
            steps_.push_front(step);
            steps_.front().after = 0ns;
            return FormatChanged{info_};
        }
        pts_ = step.pts.value_or(pts_ + step.after);
        Frame frame;
        frame.id = {3, index_++};
        frame.pts = pts_;
        frame.width = info_.width;
        frame.height = 48;
        frame.format = PixelFormat::gray8;
        auto pixels = std::make_shared<std::vector<std::uint8_t>>(64 * 48 * 2, step.shade);
        frame.planes[0] = {pixels->data(), 64};
        frame.owner = pixels;
        frame.sender = step.sender;
        frame.received = clock_.now();
        return frame;
    }
    void interrupt() noexcept override {}

  private:
    std::deque<Step> steps_;
    test::FakeClock& clock_;
    std::function<bool()> gives_up_;
    std::chrono::nanoseconds pts_;
    std::uint64_t index_ = 0;
    StreamInfo info_;
};

class LiveSourceTest : public testing::Test {
  protected:
    static std::vector<Step> pictures(int count, int first = 0) {
        std::vector<Step> steps;
        for (int i = 0; i < count; ++i) {
            steps.push_back({.shade = static_cast<std::uint8_t>(first + i)});
        }
        return steps;
    }
    static std::vector<Step> join(std::initializer_list<std::vector<Step>> parts) {
        std::vector<Step> all;
        for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
        return all;
    }
    /// After the last scripted connection the source is interrupted by its next attempt.
    Result<std::unique_ptr<Source>> open(std::vector<Connection> script) {
        script_.assign(script.begin(), script.end());
        LiveOptions options;
        options.name = "rtsp://***@cam/1";
        options.host = "cam";
        options.rules = rules_;
        options.reconnect = reconnect_;
        options.tentative = tentative_;
        options.stop = stop_.get_token();
        options.back_off = std::make_shared<BackOff>(1);
        options.status = status_;
        options.sleep = [this](Clock::time_point until) {
            states_.push_back(status_->view()->state);
            pauses_.push_back(until - clock_.now());
            if (until > clock_.now()) clock_.advance(until - clock_.now());
            if (script_.empty()) stop_.request_stop();
        };
        const auto opener = [this](const LiveAttempt& attempt) -> Result<std::unique_ptr<Source>> {
            ++attempts_;
            if (script_.empty()) {
                stop_.request_stop();
                return fail(ErrorCode::interrupted, "no more");
            }
            const Connection next = std::move(script_.front());
            script_.pop_front();
            if (next.error) return fail(*next.error);
            return std::make_unique<ScriptedSource>(next, clock_, attempt.input.gives_up);
        };
        return open_live(opener, std::move(options), clock_);
    }
    /// Reads to the end, or to the stop.
    void read_all(Source& source) {
        for (;;) {
            auto event = source.read();
            if (!event) {
                EXPECT_EQ(event.error().code, ErrorCode::interrupted);
                return;
            }
            if (auto* frame = std::get_if<Frame>(&*event)) {
                frames_.push_back(*frame);
            } else if (auto* gap = std::get_if<Discontinuity>(&*event)) {
                ASSERT_TRUE(gap->outage);
                gaps_.push_back(*gap->outage);
                gap_before_.push_back(frames_.size());
            } else if (auto* changed = std::get_if<FormatChanged>(&*event)) {
                changes_.push_back(changed->info);
            } else if (auto* end = std::get_if<End>(&*event)) {
                end_ = *end;
                return;
            }
        }
    }

    LiveRules rules_{.silent_after = 5s, .frozen_after = 60s, .connect_within = 10s};
    std::chrono::nanoseconds reconnect_ = 30s;
    bool tentative_ = false;
    test::FakeClock clock_;
    std::deque<Connection> script_;
    std::stop_source stop_;
    std::shared_ptr<LiveStatus> status_ = std::make_shared<LiveStatus>();
    std::vector<LiveState> states_;
    std::vector<std::chrono::nanoseconds> pauses_;
    int attempts_ = 0;
    std::vector<Frame> frames_;
    std::vector<Outage> gaps_;
    std::vector<std::size_t> gap_before_;
    std::vector<StreamInfo> changes_;
    std::optional<End> end_;
};

TEST_F(LiveSourceTest, GoesOnOverConnectionsWithOneCountAndOneTime) {
    auto source = open({{.steps = pictures(3), .start = 100s}, {.steps = pictures(2, 50)}});
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ((*source)->info().name, "rtsp://***@cam/1");
    EXPECT_TRUE((*source)->info().live);
    read_all(**source);
    ASSERT_EQ(frames_.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(frames_[i].id, (FrameId{3, i}));
    EXPECT_EQ(frames_[0].pts, 100s + 40ms);
    EXPECT_EQ(frames_[2].pts, 100s + 120ms);
    const auto passed = pauses_[0] + 40ms;  // on the clock, from the third to the fourth
    EXPECT_EQ(frames_[3].pts, frames_[2].pts + passed);
    EXPECT_EQ(frames_[4].pts, frames_[3].pts + 40ms);
    ASSERT_EQ(gaps_.size(), 1U);
    EXPECT_EQ(gaps_[0], (Outage{frames_[2].pts, frames_[3].pts,
                                "the connection was closed by the other side"}));
    EXPECT_THAT(gap_before_, ElementsAre(3)) << "in front of the first frame behind it";
    EXPECT_TRUE(changes_.empty());
    EXPECT_EQ(attempts_, 2);
    EXPECT_EQ(status_->view()->connections, 2U);
}

TEST_F(LiveSourceTest, WaitsForACameraThatIsNotThereYetHoweverLong) {
    std::vector<Connection> script(
        50, {.error = Error{ErrorCode::unreadable, "rtsp://***@cam/1: Connection refused", ""}});
    script.push_back({.steps = pictures(1)});
    auto source = open(script);
    ASSERT_TRUE(source) << source.error().message;
    ASSERT_EQ(pauses_.size(), 50U);
    EXPECT_LE(pauses_.front(), 500ms);
    EXPECT_GE(pauses_.back(), 15s);
    EXPECT_LE(pauses_.back(), 30s);
    EXPECT_THAT(states_, testing::Each(LiveState::waiting));
    EXPECT_EQ(status_->view()->reason, "Connection refused");
    EXPECT_EQ(status_->view()->outages, 0U);
    read_all(**source);
    EXPECT_EQ(frames_.size(), 1U);
}

TEST_F(LiveSourceTest, WhatCanNeverHealFailsAtOnce) {
    for (const ErrorCode code : {ErrorCode::invalid_argument, ErrorCode::unsupported,
                                 ErrorCode::unavailable, ErrorCode::out_of_memory}) {
        const auto source = open({{.error = Error{code, "no", ""}}});
        ASSERT_FALSE(source);
        EXPECT_EQ(source.error().code, code);
    }
    EXPECT_TRUE(pauses_.empty());
}

TEST_F(LiveSourceTest, WhatCouldNotHealAtFirstMayOnceItHasRun) {
    auto source = open({{.steps = pictures(1)},
                        {.error = Error{ErrorCode::unsupported, "no decoder for that", ""}},
                        {.steps = pictures(1, 7)}});
    ASSERT_TRUE(source);
    read_all(**source);
    EXPECT_EQ(frames_.size(), 2U);
    EXPECT_EQ(gaps_.size(), 1U);
}

TEST_F(LiveSourceTest, ARefusedPasswordWaitsLongFromTheBeginning) {
    auto source = open(
        {{.error = Error{ErrorCode::unreadable, "401 Unauthorized", std::string(refused_remedy)}},
         {.steps = pictures(1)}});
    ASSERT_TRUE(source);
    EXPECT_GE(pauses_.front(), 15s);
}

TEST_F(LiveSourceTest, AnAttemptThatIsHeldUpByOthersHasItsWholeTimeBehindThat) {
    static const auto clock = std::make_shared<test::FakeClock>();
    LiveOptions options;
    options.name = options.host = "cam";
    options.rules = rules_;
    options.back_off = std::make_shared<BackOff>(1);
    options.status = status_;
    bool gave_up = true;
    const auto opener = [&](const LiveAttempt& attempt) -> Result<std::unique_ptr<Source>> {
        clock->advance(5min);  // a network is loaded
        attempt.held_up();
        clock->advance(9s);
        gave_up = attempt.input.gives_up();
        return fail(ErrorCode::invalid_argument, "enough");
    };
    EXPECT_FALSE(open_live(opener, std::move(options), *clock));
    EXPECT_FALSE(gave_up);
}

TEST_F(LiveSourceTest, SilenceIsGivenUpAndConnectedAnew) {
    auto source =
        open({{.steps = join({pictures(2), {{.kind = Step::Kind::silence, .after = 60s}}})},
              {.steps = pictures(1, 9)}});
    ASSERT_TRUE(source);
    read_all(**source);
    EXPECT_EQ(frames_.size(), 3U);
    ASSERT_EQ(gaps_.size(), 1U);
    EXPECT_EQ(gaps_[0].reason, "silent: no picture for 10 s");
    const auto missed = gaps_[0].end - gaps_[0].begin;
    EXPECT_GE(missed, 10s);
    EXPECT_LE(missed, 11s);
}

TEST_F(LiveSourceTest, PicturesThatWereOnlyLateAreNoGap) {
    auto source =
        open({{.steps = join(
                   {pictures(2), {{.kind = Step::Kind::silence, .after = 7s}}, pictures(1, 9)})}});
    ASSERT_TRUE(source);
    read_all(**source);
    EXPECT_EQ(frames_.size(), 3U);
    EXPECT_TRUE(gaps_.empty()) << "their own times are 40 ms apart";
}

TEST_F(LiveSourceTest, ASilenceInWhichPicturesAreMissingIsAGapOfTheSameConnection) {
    auto source = open({{.steps = join({pictures(2),
                                        {{.kind = Step::Kind::silence, .after = 7s}},
                                        {{.shade = 9, .pts = 7120ms}}})}});
    ASSERT_TRUE(source);
    read_all(**source);
    ASSERT_EQ(gaps_.size(), 1U);
    EXPECT_EQ(gaps_[0], (Outage{80ms, 7120ms, "silent: no picture for 5 s"}));
    EXPECT_EQ(attempts_, 1);
}

TEST_F(LiveSourceTest, AFrozenPictureIsWithheldAndToldAsAGap) {
    std::vector<Step> steps = pictures(2);
    for (int i = 0; i < 2000; ++i) steps.push_back({.shade = 1});  // 80 s of the second
    const std::vector<Step> still(300, {.shade = 1});
    auto source = open({{.steps = steps}, {.steps = join({still, pictures(2, 5)})}});
    ASSERT_TRUE(source);
    read_all(**source);
    ASSERT_EQ(gaps_.size(), 1U);
    EXPECT_EQ(gaps_[0].reason, "frozen: the same picture for 60 s");
    EXPECT_EQ(gaps_[0].begin, 80ms) << "the last picture that differed from the one before";
    EXPECT_GE(frames_.size(), 1500U);
    EXPECT_LE(frames_.size(), 1506U) << "of the 2000 same ones those of 60 s";
}

TEST_F(LiveSourceTest, AnotherSizeOrCodecOnReturnIsTold) {
    auto source = open({{.steps = pictures(1)},
                        {.steps = {{.shade = 1, .width = 128}}, .width = 128},
                        {.steps = {{.shade = 2, .width = 128}}, .width = 128, .codec = "hevc"}});
    ASSERT_TRUE(source);
    read_all(**source);
    ASSERT_EQ(changes_.size(), 2U);
    EXPECT_EQ(changes_[0].width, 128);
    EXPECT_EQ(changes_[0].name, "rtsp://***@cam/1");
    EXPECT_EQ(changes_[1].codec, "hevc");
    EXPECT_EQ(frames_.size(), 3U);
}

TEST_F(LiveSourceTest, WhereItIsNotToBeConnectedAnewTheEndIsTheEnd) {
    reconnect_ = 0s;
    auto source = open({{.steps = join({pictures(2), {{.kind = Step::Kind::breaks}}})}});
    ASSERT_TRUE(source);
    read_all(**source);
    EXPECT_EQ(frames_.size(), 2U);
    ASSERT_TRUE(end_);
    EXPECT_THAT(end_->damage, HasSubstr("Connection reset"));
    source = open({{.steps = join({pictures(2), {{.kind = Step::Kind::silence, .after = 60s}}})}});
    ASSERT_TRUE(source);
    read_all(**source);
    EXPECT_EQ(end_->damage, "rtsp://***@cam/1: silent: no picture for 10 s");
    const auto never = open({{.error = Error{ErrorCode::unreadable, "Connection refused", ""}}});
    ASSERT_FALSE(never);
}

TEST_F(LiveSourceTest, WhatTurnsOutToBeAFileIsOne) {
    tentative_ = true;
    Connection file{.steps = pictures(1)};
    auto failed = open({{.error = Error{ErrorCode::not_found, "404", ""}}});
    EXPECT_FALSE(failed) << "the first attempt is all there is";
    auto source = open({file});
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->info().name, "rtsp://***@cam/1") << "live, as it turned out";
    file.live = false;
    file.steps.push_back({.kind = Step::Kind::silence, .after = 1h});
    file.steps.push_back({.shade = 9});
    source = open({file});
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->info().name, "inner") << "the source that was opened, as it is";
    EXPECT_FALSE(status_->view()) << "and nobody is told of a camera";
    read_all(**source);
    EXPECT_EQ(frames_.size(), 2U) << "a file's server may take an hour";
    EXPECT_TRUE(end_);
}

TEST_F(LiveSourceTest, TheOutageThatItIsLeftInIsTold) {
    auto source = open({{.steps = pictures(2)}});
    ASSERT_TRUE(source);
    read_all(**source);
    const auto left = (*source)->outage_at_end();
    ASSERT_TRUE(left);
    EXPECT_EQ(left->begin, 80ms);
    EXPECT_EQ(left->end, 80ms + pauses_.back());
}

TEST_F(LiveSourceTest, TheSendersClockIsHandedOnAndUnknownOneSaidSo) {
    auto source =
        open({{.steps = {{.shade = 1}, {.shade = 2, .sender = SenderTime{true, 1'700'000'000s}}}}});
    ASSERT_TRUE(source);
    ASSERT_TRUE((*source)->read());
    EXPECT_FALSE(status_->view()->clock_known);
    const auto second = (*source)->read();
    ASSERT_TRUE(second);
    EXPECT_EQ(std::get<Frame>(*second).sender, (SenderTime{true, 1'700'000'000s}));
    EXPECT_TRUE(status_->view()->clock_known);
}

TEST_F(LiveSourceTest, ReasonsHaveNoSecrets) {
    auto source = open(
        {{.error = Error{ErrorCode::unreadable, "rtsp://admin:s3cret@cam/1 can't be opened", ""}},
         {.steps = pictures(1)}});
    ASSERT_TRUE(source);
    EXPECT_THAT(status_->view()->reason, Not(HasSubstr("s3cret")));
}

/// In real time, since it is about a thread that sleeps: what is waited for is an event.
TEST(LiveSourceInterrupt, IsHeardWhileItWaitsForTheNextAttempt) {
    static const SteadyClock clock;
    const auto status = std::make_shared<LiveStatus>();
    std::stop_source stop;
    std::jthread stopper([&] {
        while (!status->view() || status->view()->state != LiveState::waiting) {
            std::this_thread::sleep_for(1ms);
        }
        stop.request_stop();
    });
    LiveOptions options;
    options.name = options.host = "cam";
    options.reconnect = 1h;
    options.stop = stop.get_token();
    options.back_off = std::make_shared<BackOff>();
    options.status = status;
    const auto opener = [](const LiveAttempt&) -> Result<std::unique_ptr<Source>> {
        // (As a refused password: half an hour at least.)
        return fail(ErrorCode::unreadable, "no", std::string(refused_remedy));
    };
    const auto source = open_live(opener, std::move(options), clock);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::interrupted);
}

TEST(LiveSource, TellsCamerasAndHostsFromLocations) {
    EXPECT_TRUE(is_camera("rtsp://a/b"));
    EXPECT_TRUE(is_camera("RTSPS://a/b"));
    EXPECT_TRUE(is_camera("srt://a:1"));
    EXPECT_TRUE(is_camera("v4l2:///dev/video0"));
    EXPECT_FALSE(is_camera("http://a/b"));
    EXPECT_FALSE(is_camera("a.mp4"));
    EXPECT_EQ(host_of("rtsp://user:w@rd@cam:554/x?y@z"), "cam:554");
    EXPECT_EQ(host_of("rtsp://cam"), "cam");
    EXPECT_EQ(host_of("synthetic:"), "synthetic:");
}

}  // namespace
}  // namespace saccade::media
