// Cameras of a peer that nobody here wrote (gst-rtsp-server), through a network that fails.
// Without the peer these tests fail: scripts/setup.sh installs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "saccade/session.h"
#include "sink/jsonl_reader.h"
#include "support/files.h"
#include "support/gst_camera.h"
#include "support/rtsp_proxy.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

using namespace std::chrono_literals;
using test::RtspProxy;
using testing::HasSubstr;
using testing::Not;
using Kind = RtspProxy::Kind;

class LiveTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        camera_ = std::make_unique<test::GstCamera>();
        guarded_ = std::make_unique<test::GstCamera>("viewer:s3c@ret");
    }
    static void TearDownTestSuite() {
        camera_.reset();
        guarded_.reset();
    }
    void SetUp() override {
        ASSERT_GT(camera_->port(), 0) << "gst-rtsp-server is not installed: scripts/setup.sh";
        ASSERT_GT(guarded_->port(), 0);
        settings_.model = "synthetic";
        settings_.device = "cpu";
        settings_.threads = 1;
        settings_.image_size = 160;
        settings_.out = dir_.path();
        settings_.save = {};
        settings_.silent_after = 1;
        settings_.reconnect = 0.5;
        proxy_ = std::make_unique<RtspProxy>(camera_->port());
    }
    void open() {
        auto session = Session::open(settings_);
        ASSERT_TRUE(session) << session.error().line();
        session_ = std::make_unique<Session>(std::move(*session));
    }
    /// Its results are kept.
    StreamId add(const std::string& url, StreamSettings own = {}) {
        own.on_result = [this](const StreamResult& result) {
            {
                std::lock_guard lock(mutex_);
                results_.push_back(result.result);
            }
            changed_.notify_all();
        };
        const auto id = session_->add(url, std::move(own));
        EXPECT_TRUE(id) << id.error().line();
        return id.value_or(0);
    }
    StreamSnapshot look(StreamId id) const {
        for (const auto& stream : session_->snapshot().streams) {
            if (stream.id == id) return stream;
        }
        return {};
    }
    /// The limit only catches hangs.
    static bool eventually(const std::function<bool()>& condition) {
        const auto until = std::chrono::steady_clock::now() + 90s;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::sleep_for(5ms);
        }
        return true;
    }
    bool reaches(StreamId id, LiveState state) {
        return eventually([&] {
            const auto live = look(id).live;
            return live && live->state == state;
        });
    }
    std::size_t results() {
        std::lock_guard lock(mutex_);
        return results_.size();
    }
    bool more_results(std::size_t count = 5) {
        const std::size_t before = results();
        return eventually([&] { return results() >= before + count; });
    }
    /// All outages that results told of.
    std::vector<Outage> outages() {
        std::lock_guard lock(mutex_);
        std::vector<Outage> all;
        for (const FrameResult& result : results_) {
            if (result.boundary == nullptr) continue;
            all.insert(all.end(), result.boundary->outages.begin(), result.boundary->outages.end());
        }
        return all;
    }
    void expect_times_in_order() {
        std::lock_guard lock(mutex_);
        for (std::size_t i = 1; i < results_.size(); ++i) {
            EXPECT_GE(results_[i].pts, results_[i - 1].pts);
            EXPECT_GT(results_[i].id.index, results_[i - 1].id.index);
        }
    }

    static std::unique_ptr<test::GstCamera> camera_, guarded_;
    test::TempDir dir_;
    Settings settings_;
    std::unique_ptr<RtspProxy> proxy_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<FrameResult> results_;
    std::unique_ptr<Session> session_;  ///< last: its streams use what is above
};

std::unique_ptr<test::GstCamera> LiveTest::camera_, LiveTest::guarded_;

TEST_F(LiveTest, RunsWithItsSendersClock) {
    for (const char* transport : {"tcp", "udp"}) {
        settings_.rtsp_transport = transport;
        open();
        const auto id = add(camera_->url("cam"));
        ASSERT_TRUE(reaches(id, LiveState::running)) << transport;
        ASSERT_TRUE(eventually([&] { return look(id).live->clock_known; })) << transport;
        ASSERT_TRUE(more_results());
        const auto stream = look(id);
        EXPECT_EQ(stream.width, 320);
        EXPECT_EQ(stream.live->connections, 1U);
        EXPECT_GT(stream.sender_latency.frames, 0U);
        {
            std::lock_guard lock(mutex_);
            ASSERT_TRUE(results_.back().sender);
            EXPECT_TRUE(results_.back().sender->synced);
            const auto age =
                std::chrono::system_clock::now().time_since_epoch() - results_.back().sender->at;
            EXPECT_LT(std::chrono::abs(age), 60s) << "the peer has this machine's clock";
        }
        const auto summary = session_->remove(id);
        ASSERT_TRUE(summary);
        EXPECT_EQ(summary->status, Status::interrupted);
        ASSERT_TRUE(summary->live);
        EXPECT_EQ(summary->live->outages, 0U);
        expect_times_in_order();
        results_.clear();
    }
}

TEST_F(LiveTest, ComesBackFromEachBreakAndPublishesEachGap) {
    open();
    const auto id = add(proxy_->url());
    ASSERT_TRUE(more_results());
    std::size_t gaps = 0;
    for (const Kind kind : {Kind::end, Kind::reset, Kind::refuse, Kind::freeze}) {
        proxy_->set(kind);
        if (kind == Kind::freeze) {
            ASSERT_TRUE(reaches(id, LiveState::silent));
            EXPECT_EQ(look(id).live->reason, "silent: no picture for 1 s");
        }
        ASSERT_TRUE(eventually([&] { return look(id).live->outages == gaps + 1; }));
        ASSERT_TRUE(reaches(id, LiveState::waiting));
        EXPECT_NE(look(id).live->reason, "");
        EXPECT_TRUE(look(id).live->next_attempt);
        EXPECT_TRUE(look(id).live->picture_age);
        proxy_->set(Kind::none);
        ASSERT_TRUE(reaches(id, LiveState::running)) << static_cast<int>(kind);
        ASSERT_TRUE(more_results());
        ++gaps;
        EXPECT_EQ(outages().size(), gaps);
    }
    for (const Outage& gap : outages()) {
        EXPECT_GT(gap.end, gap.begin);
        EXPECT_NE(gap.reason, "");
    }
    expect_times_in_order();
    EXPECT_EQ(look(id).live->reconnects(), gaps);
}

TEST_F(LiveTest, AStallAtAnyVerbIsWaitedOut) {
    open();
    const auto id = add(proxy_->url());
    ASSERT_TRUE(more_results());
    for (const char* verb : {"OPTIONS", "DESCRIBE", "SETUP", "PLAY"}) {
        proxy_->set(Kind::reset);
        ASSERT_TRUE(reaches(id, LiveState::waiting)) << verb;
        proxy_->set(RtspProxy::Fault{Kind::stall, verb});
        ASSERT_TRUE(reaches(id, LiveState::connecting)) << verb;
        const auto attempts = look(id).live->attempts;
        ASSERT_TRUE(eventually([&] { return look(id).live->attempts > attempts; }))
            << verb << ": it gives up, and tries again";
        proxy_->set(Kind::none);
        ASSERT_TRUE(reaches(id, LiveState::running)) << verb;
    }
}

TEST_F(LiveTest, AnotherSizeOrCodecOnReturnGoesOn) {
    open();
    const auto id = add(proxy_->url());
    ASSERT_TRUE(more_results());
    for (const auto& [path, width] : {std::pair{"/big", 640}, {"/hevc", 320}, {"/cam", 320}}) {
        proxy_->set_path(path);
        proxy_->set(Kind::end);
        ASSERT_TRUE(reaches(id, LiveState::waiting));
        proxy_->set(Kind::none);
        ASSERT_TRUE(reaches(id, LiveState::running)) << path;
        ASSERT_TRUE(more_results());
        std::lock_guard lock(mutex_);
        EXPECT_EQ(results_.back().width, width) << path;
    }
    std::lock_guard lock(mutex_);
    const auto new_sizes = std::count_if(results_.begin(), results_.end(), [](const auto& r) {
        return r.boundary != nullptr && r.boundary->new_size;
    });
    EXPECT_EQ(new_sizes, 2) << "to 640 and back";
}

TEST_F(LiveTest, SoundAloneAndAFrozenPictureAreSeen) {
    settings_.frozen_after = 1;
    open();
    const auto id = add(proxy_->url());
    ASSERT_TRUE(more_results());
    proxy_->set_path("/frozen");
    proxy_->set(Kind::end);
    ASSERT_TRUE(reaches(id, LiveState::waiting));
    proxy_->set(Kind::none);
    ASSERT_TRUE(reaches(id, LiveState::frozen));
    EXPECT_EQ(look(id).live->reason, "frozen: the same picture for 1 s");
    proxy_->set_path("/sound");
    proxy_->set(Kind::end);
    ASSERT_TRUE(reaches(id, LiveState::waiting));
    const auto attempts = look(id).live->attempts;
    proxy_->set(Kind::none);
    ASSERT_TRUE(eventually([&] { return look(id).live->attempts > attempts + 1; }));
    proxy_->set_path("/cam");
    ASSERT_TRUE(reaches(id, LiveState::running));
    ASSERT_TRUE(more_results());
    expect_times_in_order();
}

TEST_F(LiveTest, LossDisorderAndAJumpOfTheSendersTimesDoNotStopIt) {
    open();
    const auto id = add(proxy_->url());
    ASSERT_TRUE(more_results());
    for (const Kind kind : {Kind::lose, Kind::swap, Kind::jump}) {
        proxy_->set(kind);
        ASSERT_TRUE(more_results(30)) << static_cast<int>(kind);
        proxy_->set(Kind::none);
        ASSERT_TRUE(more_results(15));
    }
    expect_times_in_order();
    std::lock_guard lock(mutex_);
    EXPECT_LT(results_.back().pts - results_.front().pts, 10min) << "no hour has passed";
    static_cast<void>(id);
}

TEST_F(LiveTest, APasswordIsTakenFromAFileWhichMayBePutRight) {
    const std::string file = (dir_ / "cameras").string();
    test::write_file(file, "127.0.0.1 viewer wr0ng\n");
    ::chmod(file.c_str(), 0600);
    settings_.credentials = file;
    open();
    const auto id = add(guarded_->url("cam"));
    ASSERT_TRUE(reaches(id, LiveState::waiting));
    EXPECT_THAT(look(id).live->reason, HasSubstr("401"));
    test::write_file(file, "127.0.0.1 viewer s3c@ret\n");
    ASSERT_TRUE(reaches(id, LiveState::running)) << "looked up for each attempt";
    ASSERT_TRUE(more_results());
    EXPECT_THAT(look(id).name, Not(HasSubstr("s3c")));
}

TEST_F(LiveTest, APasswordInTheUrlIsShownNowhere) {
    settings_.save = {"jsonl"};
    open();
    const auto id = add(guarded_->url("cam", "viewer:s3c%40ret"));
    ASSERT_TRUE(reaches(id, LiveState::running));
    ASSERT_TRUE(more_results());
    EXPECT_THAT(look(id).name, Not(HasSubstr("s3c")));
    const auto summary = session_->remove(id);
    ASSERT_TRUE(summary);
    ASSERT_EQ(summary->outputs.size(), 1U);
    EXPECT_THAT(summary->outputs[0] + test::read_file(summary->outputs[0]), Not(HasSubstr("s3c")));
}

TEST_F(LiveTest, IsRemovedFromAnyStateWithItsGapInTheOutputs) {
    settings_.save = {"jsonl"};
    open();
    // Never there, and stuck in the middle of a connection.
    proxy_->set(Kind::refuse);
    auto id = add(proxy_->url());
    ASSERT_TRUE(reaches(id, LiveState::waiting));
    EXPECT_EQ(look(id).state, StreamState::opening);
    EXPECT_EQ(session_->remove(id)->status, Status::interrupted);
    proxy_->set(RtspProxy::Fault{Kind::stall, "DESCRIBE"});
    id = add(proxy_->url());
    ASSERT_TRUE(reaches(id, LiveState::connecting));
    EXPECT_EQ(session_->remove(id)->status, Status::interrupted);
    // Silent.
    proxy_->set(Kind::none);
    id = add(proxy_->url());
    ASSERT_TRUE(more_results());
    proxy_->set(Kind::freeze);
    ASSERT_TRUE(reaches(id, LiveState::silent));
    auto summary = session_->remove(id);
    ASSERT_TRUE(summary);
    ASSERT_EQ(summary->outputs.size(), 1U);
    EXPECT_THAT(test::read_file(summary->outputs[0]),
                testing::ContainsRegex(R"("gaps":\[\{"begin_ns":[0-9]+,"end_ns":[0-9]+,)"
                                       R"("reason":"silent: no picture for 1 s"\}\]\})"));
    EXPECT_EQ(summary->live->outages, 1U);
    // Waiting.
    proxy_->set(Kind::none);
    id = add(proxy_->url());
    ASSERT_TRUE(more_results());
    proxy_->set(Kind::refuse);
    ASSERT_TRUE(reaches(id, LiveState::waiting));
    summary = session_->remove(id);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->status, Status::interrupted);
    EXPECT_EQ(session_->snapshot().left_behind, 0U);
}

}  // namespace
}  // namespace saccade
