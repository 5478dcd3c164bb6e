// The session's promises, on the scene whose truth is known and its own network on the CPU.
#include "saccade/session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "support/files.h"
#include "support/gate.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

constexpr const char* kShort = "synthetic:frames=30&width=320&height=240";
constexpr const char* kEndless = "synthetic:frames=100000000&width=320&height=240";

using test::Gate;

class SessionTest : public testing::Test {
  protected:
    Settings settings() const {
        Settings s;
        s.model = "synthetic";
        s.image_size = 320;
        s.save = {};
        s.warmup = 0;
        s.out = (dir_ / "out").string();
        s.cache_dir = (dir_ / "cache").string();
        return s;
    }
    static Session open(const Settings& s) {
        auto session = Session::open(s);
        EXPECT_TRUE(session) << session.error().line();
        return std::move(*session);
    }
    Session open() const { return open(settings()); }
    static StreamId add(Session& session, const std::string& source, StreamSettings own = {}) {
        const auto id = session.add(source, std::move(own));
        EXPECT_TRUE(id) << id.error().line();
        return id.value_or(0);
    }
    static StreamSummary ended(Session& session, StreamId id) {
        const auto summary = session.wait(id);
        EXPECT_TRUE(summary && *summary);
        return summary && *summary ? **summary : StreamSummary{};
    }
    static std::optional<StreamSnapshot> look(const Session& session, StreamId id) {
        for (const StreamSnapshot& stream : session.snapshot().streams) {
            if (stream.id == id) return stream;
        }
        return std::nullopt;
    }
    static void wait_frames(const Session& session, StreamId id, std::uint64_t frames) {
        while (look(session, id)->frames < frames) std::this_thread::sleep_for(1ms);
    }
    test::TempDir dir_;
};

TEST_F(SessionTest, StreamsComeAndGoWhileOthersRun) {
    Session session = open();
    const StreamId stays = add(session, kEndless), goes = add(session, kEndless);
    wait_frames(session, stays, 3);
    wait_frames(session, goes, 3);
    const auto removed = session.remove(goes);
    ASSERT_TRUE(removed);
    EXPECT_EQ(removed->status, Status::interrupted);
    EXPECT_GE(removed->frames, 3U);
    EXPECT_FALSE(look(session, goes));
    EXPECT_EQ(session.remove(goes).error().code, ErrorCode::not_found);
    const std::uint64_t before = look(session, stays)->frames;
    wait_frames(session, stays, before + 5);
    EXPECT_EQ(look(session, stays)->state, StreamState::running);
    EXPECT_EQ(session.snapshot().detectors.size(), 1U) << "one network serves both";
}

TEST_F(SessionTest, ResultsAreThoseOfARun) {
    std::vector<FrameResult> of_run, of_session;
    ASSERT_TRUE(
        run(Mode::track, settings(), {kShort},
            {.on_result = [&](const std::string&, const FrameResult& r) { of_run.push_back(r); }}));
    Session session = open();
    const StreamId other = add(session, kEndless);
    const StreamId id =
        add(session, kShort,
            {.on_result = [&](const StreamResult& r) { of_session.push_back(r.result); }});
    EXPECT_EQ(ended(session, id).status, Status::complete);
    ASSERT_TRUE(session.remove(other));
    ASSERT_EQ(of_run.size(), 30U);
    ASSERT_EQ(of_session.size(), of_run.size());
    for (std::size_t i = 0; i < of_run.size(); ++i) {
        EXPECT_EQ(of_session[i].detections, of_run[i].detections) << i;
        EXPECT_EQ(of_session[i].tracks, of_run[i].tracks) << i;
        EXPECT_EQ(of_session[i].pts, of_run[i].pts);
    }
}

TEST_F(SessionTest, AQueueThatBlocksLosesNothing) {
    Session session = open();
    auto queue = std::make_shared<ResultQueue>(2, WhenFull::block);
    const StreamId id = add(session, kShort, {.results = queue});
    for (std::uint64_t i = 0; i < 30; ++i) {
        const auto result = queue->pop();
        ASSERT_TRUE(result);
        EXPECT_EQ(result->stream, id);
        EXPECT_EQ(result->result.id.index, i);
        EXPECT_EQ(result->frame.owner, nullptr) << "frames were not asked for";
    }
    EXPECT_EQ(ended(session, id).frames, 30U);
    EXPECT_EQ(queue->dropped(), 0U);
}

TEST_F(SessionTest, AQueueThatDropsKeepsTheLatestAndCounts) {
    Session session = open();
    auto queue = std::make_shared<ResultQueue>(4, WhenFull::drop_oldest);
    const StreamId id = add(session, kShort, {.results = queue});
    EXPECT_EQ(ended(session, id).frames, 30U);
    EXPECT_EQ(queue->dropped(), 26U);
    for (std::uint64_t i = 26; i < 30; ++i) EXPECT_EQ(queue->try_pop()->result.id.index, i);
    EXPECT_FALSE(queue->try_pop());
}

TEST_F(SessionTest, FramesComeOnRequestAndOutliveTheSession) {
    std::vector<Frame> frames;
    {
        Session session = open();
        const StreamId id =
            add(session, "synthetic:frames=3&width=320&height=240",
                {.on_result = [&](const StreamResult& r) { frames.push_back(r.frame); },
                 .frames = true});
        ended(session, id);
    }
    ASSERT_EQ(frames.size(), 3U);
    for (const Frame& frame : frames) {
        EXPECT_EQ(frame.memory, MemoryKind::host);
        EXPECT_EQ(frame.format, PixelFormat::i420);
        ASSERT_NE(frame.planes[0].data, nullptr);
        EXPECT_GE(frame.planes[0].stride, 320);
        std::uint64_t sum = 0;
        for (int y = 0; y < frame.height; ++y)
            sum += frame.planes[0].data[y * frame.planes[0].stride];
        EXPECT_GT(sum, 0U);
    }
}

/// A grey picture with a brighter box that moves.
Frame picture(int width, int height, int at, std::atomic<int>& released) {
    auto* pixels = new std::vector<std::uint8_t>(
        static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 40);
    Frame frame;
    frame.pts = std::chrono::milliseconds(40 * at);
    frame.width = width;
    frame.height = height;
    frame.format = PixelFormat::rgb24;
    frame.planes[0] = {pixels->data(), width * 3};
    frame.owner = released_by([pixels, &released] {
        delete pixels;
        ++released;
    });
    return frame;
}

TEST_F(SessionTest, PicturesOfTheProgramGoInAndAreReleasedOnce) {
    std::atomic<int> released{0};
    auto feed =
        std::make_shared<FrameFeed>(FeedOptions{.name = "door", .width = 320, .height = 240});
    std::vector<FrameResult> results;
    Session session = open();
    const auto id = session.add(
        feed, {.on_result = [&](const StreamResult& r) { results.push_back(r.result); }});
    ASSERT_TRUE(id) << id.error().line();
    EXPECT_FALSE(session.add(feed)) << "a feed is one stream's";
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(feed->push(picture(320, 240, i, released)));
    feed->lose("the camera was away");
    for (int i = 10; i < 12; ++i) ASSERT_TRUE(feed->push(picture(320, 240, i, released)));
    for (int i = 12; i < 15; ++i) ASSERT_TRUE(feed->push(picture(640, 480, i, released)));
    feed->end();
    const StreamSummary summary = ended(session, *id);
    EXPECT_EQ(summary.frames, 15U);
    EXPECT_EQ(summary.status, Status::partial) << summary.damage;
    ASSERT_EQ(results.size(), 15U);
    EXPECT_EQ(results[9].boundary, nullptr);
    ASSERT_NE(results[10].boundary, nullptr);
    EXPECT_EQ(results[10].boundary->reason, "the camera was away");
    EXPECT_FALSE(results[10].boundary->ends_identities());
    ASSERT_NE(results[12].boundary, nullptr);
    EXPECT_TRUE(results[12].boundary->new_size);
    session.close();
    EXPECT_EQ(released, 15);
    EXPECT_EQ(feed->push(picture(320, 240, 99, released)).error().code, ErrorCode::interrupted);
    EXPECT_EQ(released, 16);
}

TEST_F(SessionTest, AFeedRefusesPicturesThatCanNotBe) {
    std::atomic<int> released{0};
    FrameFeed feed(FeedOptions{.name = "door", .width = 320, .height = 240, .queue = 8});
    Frame narrow = picture(320, 240, 0, released);
    narrow.planes[0].stride = 319;
    EXPECT_EQ(feed.push(narrow).error().code, ErrorCode::invalid_argument);
    Frame without = picture(320, 240, 0, released);
    without.planes[0].data = nullptr;
    EXPECT_EQ(feed.push(without).error().code, ErrorCode::invalid_argument);
    Frame on_device = picture(320, 240, 0, released);
    on_device.memory = MemoryKind::cuda;
    on_device.device = 0;
    EXPECT_EQ(feed.push(on_device).error().code, ErrorCode::invalid_argument);
    ASSERT_TRUE(feed.push(picture(320, 240, 5, released)));
    EXPECT_EQ(feed.push(picture(320, 240, 4, released)).error().code, ErrorCode::invalid_argument);
}

// On Python's behalf: a push that can be interrupted.
TEST_F(SessionTest, PushForGivesUpWhereThereIsNoRoomAndLeavesThePicture) {
    FrameFeed feed({.name = "mine", .width = 320, .height = 240, .queue = 1});
    std::atomic<int> released{0};
    Frame first = picture(320, 240, 0, released), second = picture(320, 240, 1, released);
    EXPECT_EQ(feed.push_for(first, 1ms), true);
    EXPECT_EQ(feed.push_for(second, 1ms), false);
    EXPECT_NE(second.owner, nullptr);
    EXPECT_EQ(released, 0);
    ASSERT_TRUE(feed.next());
    EXPECT_EQ(released, 1);
    EXPECT_EQ(feed.push_for(second, 1ms), true);
    EXPECT_EQ(second.owner, nullptr);
    Frame early = picture(320, 240, 0, released);
    ASSERT_TRUE(feed.next());
    EXPECT_EQ(feed.push_for(early, 1ms).error().code, ErrorCode::invalid_argument);
    feed.end();
    EXPECT_EQ(feed.push_for(early, 1ms).error().code, ErrorCode::invalid_argument);
    feed.interrupt();
    EXPECT_EQ(feed.push_for(early, 1ms).error().code, ErrorCode::interrupted);
}

TEST_F(SessionTest, TellsTheNamesOfItsModelsClasses) {
    const Session session = open();
    EXPECT_EQ(session.class_names(), (Names{"red box", "green box", "blue box"}));
}

TEST_F(SessionTest, RemovingAFeedsStreamFreesWhoeverPushes) {
    std::atomic<int> released{0};
    Session session = open();
    auto feed =
        std::make_shared<FrameFeed>(FeedOptions{.name = "door", .width = 320, .height = 240});
    const auto id = session.add(feed);
    ASSERT_TRUE(id);
    std::jthread producer([&] {
        for (int i = 0;; ++i) {
            if (!feed->push(picture(320, 240, i, released))) return;
        }
    });
    wait_frames(session, *id, 5);
    ASSERT_TRUE(session.remove(*id));
    producer.join();
}

TEST_F(SessionTest, ABlockedCallLeavesItsStreamBehindAndNobodyElse) {
    Gate gate;
    Session session = open();
    const StreamId blocked =
        add(session, kEndless, {.on_result = [&](const StreamResult&) { gate.pass(); }});
    gate.wait_reached();
    const auto removed = session.remove(blocked);
    ASSERT_TRUE(removed);
    EXPECT_EQ(removed->status, Status::interrupted);
    EXPECT_FALSE(look(session, blocked));
    EXPECT_EQ(session.snapshot().left_behind, 1U);
    EXPECT_EQ(ended(session, add(session, kShort)).frames, 30U);
    gate.open();
    while (session.snapshot().left_behind > 0) std::this_thread::sleep_for(1ms);
}

TEST_F(SessionTest, AQueueThatNobodyEmptiesDoesNotHoldUpRemoval) {
    Session session = open();
    auto queue = std::make_shared<ResultQueue>(1, WhenFull::block);
    const StreamId id = add(session, kEndless, {.results = queue});
    while (queue->size() == 0) std::this_thread::sleep_for(1ms);
    ASSERT_TRUE(session.remove(id));
    EXPECT_EQ(session.snapshot().left_behind, 0U);
}

TEST_F(SessionTest, SettingsChangeWhileAStreamRuns) {
    std::mutex mutex;
    std::vector<FrameResult> results;
    Session session = open();  // last: its streams use what is above
    const StreamId id = add(session, kEndless, {.on_result = [&](const StreamResult& r) {
                                std::lock_guard lock(mutex);
                                results.push_back(r.result);
                            }});
    const auto latest = [&] {
        std::lock_guard lock(mutex);
        return results.empty() ? FrameResult{} : results.back();
    };
    while (latest().detections.empty()) std::this_thread::sleep_for(1ms);
    ASSERT_TRUE(session.change(id, {.confidence = 1.0F}));
    while (!latest().detections.empty()) std::this_thread::sleep_for(1ms);
    const auto green = session.change(id, {.confidence = 0.25F, .classes = Names{"green box"}});
    ASSERT_TRUE(green) << green.error().line();
    while (latest().detections.empty()) std::this_thread::sleep_for(1ms);
    for (const Detection& d : latest().detections) EXPECT_EQ(d.class_id, 1);
    ASSERT_TRUE(session.change(id, {.stride = 10}));
    while (look(session, id)->passed_over < 50) std::this_thread::sleep_for(1ms);
}

TEST_F(SessionTest, WhatCanNotBeChangedIsRefusedByName) {
    Session session = open();
    const StreamId id = add(session, kEndless);
    const auto refused = [&](const StreamSettings& change) {
        const auto done = session.change(id, change);
        EXPECT_FALSE(done);
        if (done) return std::string();
        EXPECT_EQ(done.error().code, ErrorCode::invalid_argument);
        return done.error().message.substr(0, done.error().message.find(':'));
    };
    EXPECT_EQ(refused({.tracker = "sort"}), "tracker");
    EXPECT_EQ(refused({.save = Names{"mot"}}), "save");
    EXPECT_EQ(refused({.confidence = 0.1F}), "confidence");
    EXPECT_EQ(refused({.stride = 0}), "stride");
    EXPECT_EQ(refused({.max_fps = -1}), "max_fps");
    EXPECT_EQ(refused({.classes = Names{"purple box"}}), "classes");
    EXPECT_EQ(refused({.lines = Names{"1,2,3,4"}}), "lines");
    EXPECT_EQ(session.change(77, {}).error().code, ErrorCode::not_found);
}

TEST_F(SessionTest, WrongSettingsAndSourcesAreRefusedWhenAdded) {
    Settings s = settings();
    s.classes = {"red box"};
    Session session = open(s);
    const auto refused = [&](const std::string& source, StreamSettings own) {
        const auto id = session.add(source, std::move(own));
        EXPECT_FALSE(id);
        return id ? std::string() : id.error().message;
    };
    EXPECT_NE(refused(kShort, {.tracker = "none"}).find("tracker"), std::string::npos);
    EXPECT_NE(refused(kShort, {.classes = Names{"green box"}}).find("classes"), std::string::npos);
    EXPECT_NE(refused(kShort, {.interpolate = 5}).find("interpolate"), std::string::npos);
    EXPECT_NE(refused(kShort, {.rotate = "now"}).find("rotate"), std::string::npos);
    EXPECT_NE(refused((dir_ / "none.mp4").string(), {}).find("none.mp4"), std::string::npos);
    EXPECT_TRUE(session.snapshot().streams.empty());
}

TEST_F(SessionTest, ASourceThatCanNotBeOpenedFailsAlone) {
    const std::string broken = (dir_ / "broken.mp4").string();
    test::write_file(broken, "no video");
    std::atomic<int> told{0};
    Session session = open();
    const StreamId id = add(session, broken, {.on_end = [&](StreamId, const StreamSummary& s) {
                                EXPECT_EQ(s.status, Status::failed);
                                ++told;
                            }});
    const StreamSummary summary = ended(session, id);
    EXPECT_EQ(summary.status, Status::failed);
    ASSERT_TRUE(summary.error);
    EXPECT_EQ(told, 1);
    const auto seen = look(session, id);
    EXPECT_EQ(seen->state, StreamState::ended);
    EXPECT_EQ(seen->status, Status::failed);
    EXPECT_EQ(ended(session, add(session, kShort)).frames, 30U);
}

TEST_F(SessionTest, TheSnapshotTellsOfStreamsNetworksAndDevices) {
    Session session = open();
    EXPECT_TRUE(session.snapshot().streams.empty());
    EXPECT_TRUE(session.snapshot().detectors.empty());
    ASSERT_EQ(session.snapshot().devices.size(), 1U);
    const StreamId id = add(session, kEndless);
    wait_frames(session, id, 20);
    const SessionSnapshot all = session.snapshot();
    ASSERT_EQ(all.streams.size(), 1U);
    const StreamSnapshot& stream = all.streams[0];
    EXPECT_EQ(stream.state, StreamState::running);
    EXPECT_EQ(stream.device, "cpu");
    EXPECT_EQ(stream.width, 320);
    EXPECT_EQ(stream.input_width, 320);
    EXPECT_FALSE(stream.decoder.empty());
    EXPECT_EQ(stream.latency.frames >= 20, true);
    EXPECT_GT(stream.latency.p50.count(), 0);
    EXPECT_LE(stream.latency.p50, stream.latency.p99);
    EXPECT_LE(stream.latency.p99, stream.latency.max);
    EXPECT_GT(stream.detections, 0U);
    EXPECT_EQ(stream.frames_expected, 100000000U);
    ASSERT_EQ(all.detectors.size(), 1U);
    EXPECT_GE(all.detectors[0].frames, 20U);
    EXPECT_GE(all.detectors[0].governor.max_batch, 1);
    ASSERT_EQ(all.devices.size(), 1U);
    EXPECT_EQ(all.devices[0].name, "cpu");
    EXPECT_EQ(all.devices[0].streams, 1U);
    EXPECT_FALSE(all.loading);
}

TEST_F(SessionTest, OutputsOfStreamsOfOneNameAreNeverMixed) {
    Settings s = settings();
    s.save = {"mot"};
    Session session = open(s);
    const StreamId first = add(session, kShort), second = add(session, kShort);
    const auto a = ended(session, first).outputs, b = ended(session, second).outputs;
    ASSERT_EQ(a.size(), 1U);
    ASSERT_EQ(b.size(), 1U);
    EXPECT_NE(a[0], b[0]);
    EXPECT_EQ(test::read_file(a[0]), test::read_file(b[0]));
}

TEST_F(SessionTest, OutputsRotateInWholePieces) {
    Settings s = settings();
    s.save = {"jsonl", "mot"};
    Session session = open(s);
    const char* const source = "synthetic:frames=75&width=320&height=240&fps=25";
    const StreamSummary whole = ended(session, add(session, source, {.name = "whole"}));
    const StreamSummary split =
        ended(session, add(session, source, {.name = "split", .rotate = "1s"}));
    ASSERT_EQ(whole.outputs.size(), 2U);
    ASSERT_EQ(split.outputs.size(), 6U);
    std::string joined;
    for (std::size_t i = 3; i < 6; ++i) joined += test::read_file(split.outputs[i]);
    EXPECT_EQ(joined, test::read_file(whole.outputs[1])) << "MOT has no header";
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string piece = test::read_file(split.outputs[i]);
        EXPECT_NE(piece.find("\"schema\""), std::string::npos);
        EXPECT_NE(piece.find("\"outcome\":\"complete\",\"frames\":25"), std::string::npos) << piece;
    }
    EXPECT_TRUE(fs::exists(dir_ / "out" / "split.000003.txt"));
}

TEST_F(SessionTest, TwoSessionsAtOnceOpenedAndClosedAgainAndAgain) {
    for (int i = 0; i < 5; ++i) {
        Session first = open(), second = open();
        const StreamId a = add(first, kEndless), b = add(second, kEndless);
        wait_frames(first, a, 2);
        wait_frames(second, b, 2);
        first.close();
        EXPECT_EQ(first.add(kShort).error().code, ErrorCode::interrupted);
        const std::uint64_t before = look(second, b)->frames;
        wait_frames(second, b, before + 2);
    }
}

/// bench/session/session_bench.cpp does it with 10,000.
TEST_F(SessionTest, ManyStreamsAtRandomMomentsOfTheirLives) {
    std::mt19937 random(3);
    const auto below = [&](unsigned n) { return random() % n; };
    auto full = std::make_shared<ResultQueue>(1, WhenFull::block);  // which nobody empties
    Session session = open();
    std::vector<StreamId> live;
    for (int i = 0; i < 60; ++i) {
        StreamSettings own{.stride = static_cast<int>(1 + below(3)), .frames = below(2) == 0};
        if (below(4) == 0) own.results = full;
        if (below(4) == 0) own.save = Names{"mot"};
        live.push_back(add(session, below(2) == 0 ? kShort : kEndless, own));
        if (below(3) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(below(20)));
        while (live.size() > below(6)) {
            std::swap(live[below(static_cast<unsigned>(live.size()))], live.back());
            const auto summary = session.remove(live.back());
            ASSERT_TRUE(summary);
            EXPECT_NE(summary->status, Status::failed) << summary->error->line();
            live.pop_back();
        }
    }
    session.close();
    EXPECT_EQ(session.snapshot().left_behind, 0U);
}

TEST_F(SessionTest, AStopBeforeTheSessionIsOpenIsHeard) {
    std::stop_source stop;
    stop.request_stop();
    const auto session = Session::open(settings(), stop.get_token());
    EXPECT_TRUE(session || session.error().code == ErrorCode::interrupted);
}

}  // namespace
}  // namespace saccade
