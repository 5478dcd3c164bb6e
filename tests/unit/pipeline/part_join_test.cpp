#include "pipeline/part_join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "pipeline_fixture.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t stream = 4;

class PartJoinTest : public testing::Test {
  protected:
    PartJoinTest() { batcher_.open(stream, Batcher::Kind::file); }

    /// A frame goes through the batcher and comes to the join. Returns the indices whose turn it is
    /// then, those of frames that have lost their pixels as negative numbers.
    std::vector<int> add(std::uint64_t part, std::uint64_t foretold) {
        Item item;
        item.frame.id = {stream, foretold};
        item.frame.owner = std::make_shared<int>(0);
        item.part = part;
        EXPECT_TRUE(batcher_.push(std::move(item)));
        std::vector<Item> batch = batcher_.try_next(1);
        EXPECT_EQ(batch.size(), 1U) << "no credit";
        std::deque<Detected> in_turn;
        if (!batch.empty()) join_.add({std::move(batch[0]), {}}, in_turn);
        return numbers(in_turn);
    }
    std::vector<int> finish() {
        std::deque<Detected> in_turn;
        join_.finish(in_turn);
        return numbers(in_turn);
    }
    std::vector<int> numbers(const std::deque<Detected>& in_turn) {
        std::vector<int> indices;
        for (const Detected& detected : in_turn) {
            const int index = static_cast<int>(detected.item.frame.id.index);
            const bool pixels = detected.item.frame.owner != nullptr;
            EXPECT_EQ(pixels, detected.item.holds_credit);
            indices.push_back(pixels ? index : -index);
            if (detected.item.holds_credit) batcher_.release(stream);
        }
        return indices;
    }
    Batcher batcher_{{.queue = 2, .credit = 2, .max_wait = 1h}};
    PartJoin join_{batcher_, stream, 0};
};

using Numbers = std::vector<int>;

TEST_F(PartJoinTest, OnePartPassesAsItComes) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(add(0, static_cast<std::uint64_t>(i)), Numbers{i});
    join_.ended(0, 5);
    EXPECT_EQ(finish(), Numbers{});
}

TEST_F(PartJoinTest, LaterPartsWaitWithoutPixelsAndWithoutCredit) {
    EXPECT_EQ(add(0, 0), Numbers{0});
    for (std::uint64_t i = 2; i < 12; ++i)
        EXPECT_EQ(add(1, i), Numbers{}) << "more than there is credit for";
    join_.ended(1, 10);
    EXPECT_EQ(add(2, 12), Numbers{});
    join_.ended(0, 2);
    EXPECT_EQ(add(0, 1), (Numbers{1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12}));
    EXPECT_EQ(add(2, 13), Numbers{13}) << "its turn now";
}

TEST_F(PartJoinTest, APartThatEndsLateIsWaitedFor) {
    EXPECT_EQ(add(0, 0), Numbers{0});
    EXPECT_EQ(add(1, 1), Numbers{});
    join_.ended(0, 1);
    EXPECT_EQ(add(1, 2), (Numbers{-1, -2}));
    join_.ended(1, 2);
    EXPECT_EQ(add(3, 3), Numbers{}) << "part 2 may still bring frames";
    join_.ended(2, 0);
    EXPECT_EQ(finish(), Numbers{-3});
}

TEST_F(PartJoinTest, NumbersAreThoseOfTheFramesThatThereAre) {
    add(1, 10);  // foretold as if part 0 had ten frames
    join_.ended(1, 1);
    EXPECT_EQ(add(0, 0), Numbers{0});
    join_.ended(0, 1);
    EXPECT_EQ(finish(), Numbers{-1});
}

TEST_F(PartJoinTest, TheEndStopsAtTheFirstGap) {
    EXPECT_EQ(add(0, 0), Numbers{0});
    EXPECT_EQ(add(2, 20), Numbers{});
    join_.ended(0, 1);  // and part 1 broke off
    EXPECT_EQ(finish(), Numbers{});
}

TEST_F(PartJoinTest, VoidPartsAreDropped) {
    EXPECT_EQ(add(0, 0), Numbers{0});
    EXPECT_EQ(add(1, 10), Numbers{}) << "void, but not known as such";
    join_.ended(1, 1);
    EXPECT_EQ(add(4, 2), Numbers{}) << "what stands for it";
    join_.ended(0, 2, 4);
    EXPECT_EQ(add(2, 20), Numbers{});
    EXPECT_EQ(add(0, 1), (Numbers{1, -2}));
    EXPECT_EQ(add(3, 30), Numbers{}) << "too late";
    join_.ended(3, 1, 4);
    EXPECT_EQ(add(4, 3), Numbers{3});
    EXPECT_EQ(finish(), Numbers{});
    EXPECT_EQ(join_.dropped(), 3U);
}

/// Says how many bytes it has, and whether it was put by.
class SizedPicture final : public MotionPicture {
  public:
    explicit SizedPicture(std::size_t bytes) : bytes_(bytes) {}
    void put_by() override { ++times_put_by; }
    std::size_t bytes() const noexcept override { return bytes_; }
    int times_put_by = 0;

  private:
    const std::size_t bytes_;
};

Item item_of(std::uint64_t part, std::shared_ptr<MotionPicture> picture) {
    Item item;
    item.frame.id = {stream, 0};
    item.part = part;
    item.picture = std::move(picture);
    return item;
}

class JoinWithRoom : public testing::Test {
  protected:
    JoinWithRoom() { batcher_.open(stream, Batcher::Kind::file); }
    /// As a decoder that goes on when there is room.
    std::jthread admit_beside(std::uint64_t part, std::atomic<bool>& admitted) {
        return std::jthread([this, part, &admitted] {
            Item item = item_of(part, std::make_shared<SizedPicture>(60));
            join_.admit(item);
            admitted = true;
        });
    }
    Batcher batcher_{{.queue = 8, .credit = 8, .max_wait = 1h}};
    PartJoin join_{batcher_, stream, 100};
};

TEST_F(JoinWithRoom, LaterPartsWaitForRoomAndTheOneWhoseTurnItIsNever) {
    Item first = item_of(1, std::make_shared<SizedPicture>(60));
    join_.admit(first);
    EXPECT_EQ(join_.put_by(), 60U);
    std::atomic<bool> second = false;
    std::jthread waits = admit_beside(2, second);
    for (int i = 0; i < 5; ++i) {
        Item now = item_of(0, std::make_shared<SizedPicture>(60));
        join_.admit(now);
        EXPECT_EQ(now.put_by, 0U);
    }
    EXPECT_EQ(join_.put_by(), 60U);
    // One that is ended without a frame is over, though no frame tells: part 1 has its turn.
    join_.ended(0, 0);
    Item more = item_of(1, std::make_shared<SizedPicture>(60));
    join_.admit(more);
    EXPECT_EQ(more.put_by, 0U);
    std::deque<Detected> in_turn;
    join_.add({std::move(first), {}}, in_turn);
    ASSERT_EQ(in_turn.size(), 1U);
    EXPECT_FALSE(second) << "what has its turn still has its picture";
    join_.leaves(in_turn.front().item);
    waits.join();
    EXPECT_EQ(join_.put_by(), 60U) << "of part 2";
}

TEST_F(JoinWithRoom, PicturesThatWaitArePutByAndLooksCountFromThenOn) {
    class SixBytes final : public Looks {
        Result<std::span<const float>> wait() override { return std::span<const float>(); }
        std::size_t bytes() const noexcept override { return 6; }
    };
    const auto early = std::make_shared<SizedPicture>(60), now = std::make_shared<SizedPicture>(60);
    Item first = item_of(1, early), second = item_of(0, now);
    join_.admit(first);
    join_.admit(second);
    std::deque<Detected> in_turn;
    join_.add({std::move(first), {}, std::make_shared<SixBytes>()}, in_turn);
    EXPECT_EQ(join_.put_by(), 66U);
    EXPECT_EQ(early->times_put_by, 1);
    join_.ended(0, 1);
    join_.add({std::move(second), {}, std::make_shared<SixBytes>()}, in_turn);
    ASSERT_EQ(in_turn.size(), 2U);
    EXPECT_EQ(now->times_put_by, 0);
    for (Detected& detected : in_turn) join_.leaves(detected.item);
    EXPECT_EQ(join_.put_by(), 0U);
}

TEST_F(JoinWithRoom, AStopLetsAllGoOn) {
    Item first = item_of(1, std::make_shared<SizedPicture>(100));
    join_.admit(first);
    std::atomic<bool> admitted = false;
    {
        const auto waits = admit_beside(3, admitted);
        join_.stop();
    }
    EXPECT_TRUE(admitted);
}

/// Several of these share parts of given lengths.
class PartSource final : public media::Source {
  public:
    struct Plan {
        std::vector<std::uint64_t> lengths;
        std::optional<std::uint64_t> error_in;  ///< this part's first frame can't be read
        bool waits_at_end = false;              ///< for others that share the file
        std::atomic<std::size_t> next{0};
        std::atomic<bool> interrupted{false};
    };
    PartSource(std::uint32_t number, std::shared_ptr<Plan> plan, unsigned seed)
        : number_(number), plan_(std::move(plan)), random_(seed) {}
    const media::StreamInfo& info() const noexcept override { return info_; }
    Result<media::SourceEvent> read() override {
        if (plan_->interrupted) return fail(ErrorCode::interrupted, "interrupted");
        if (left_ > 0) {
            if (plan_->error_in == part_) return fail(ErrorCode::unreadable, "read error");
            std::this_thread::sleep_for(std::chrono::microseconds(random_() % 200));
            Frame frame;
            frame.id = {number_, index_++};
            frame.owner = std::make_shared<int>(0);
            --left_;
            return frame;
        }
        if (std::exchange(in_part_, false)) return media::PartEnds{};
        part_ = plan_->next++;
        if (part_ >= plan_->lengths.size()) {
            while (plan_->waits_at_end && !plan_->interrupted) std::this_thread::sleep_for(1ms);
            if (plan_->interrupted) return fail(ErrorCode::interrupted, "interrupted");
            return media::End{};
        }
        in_part_ = true;
        left_ = plan_->lengths[part_];
        index_ = 0;
        for (std::size_t p = 0; p < part_; ++p) index_ += plan_->lengths[p];
        return media::PartBegins{part_};
    }
    void interrupt() noexcept override { plan_->interrupted = true; }

  private:
    const std::uint32_t number_;
    std::shared_ptr<Plan> plan_;
    std::minstd_rand random_;
    media::StreamInfo info_;
    bool in_part_ = false;
    std::uint64_t part_ = 0, left_ = 0, index_ = 0;
};

class SharedStream : public PipelineTest {
  protected:
    /// A stream of those parts, read by so many decoders.
    std::shared_ptr<PartSource::Plan> add_parts(std::vector<std::uint64_t> lengths,
                                                std::size_t decoders,
                                                const StreamScript& script = {}) {
        add(script);
        auto plan = std::make_shared<PartSource::Plan>();
        plan->lengths = std::move(lengths);
        jobs_.back().open = [plan, decoders,
                             inner = jobs_.back().open](const StreamTicket& ticket) {
            auto opened = inner(ticket);
            if (!opened) return opened;
            opened->source = std::make_unique<PartSource>(ticket.stream, plan, 1U);
            for (unsigned i = 1; i < decoders; ++i) {
                opened->beside.push_back(std::make_unique<PartSource>(ticket.stream, plan, i + 1));
            }
            return opened;
        };
        return plan;
    }
};

TEST_F(SharedStream, ComesOutInOrderWhateverTheDecodersDo) {
    add_parts({20, 1, 0, 40, 7, 0, 0, 60, 3, 30, 30, 9}, 4);
    add_parts({50, 50}, 3, {.sink = {.delay = 100us}});
    add({.source = {.frames = 80}});
    const auto report = go({}, {.queue = 4, .streams = 3});
    for (const auto& one : report.streams) EXPECT_EQ(one.status, StreamStatus::complete);
    expect_whole(*logs_[0], 0, 200);
    expect_whole(*logs_[1], 1, 100);
    expect_whole(*logs_[2], 2, 80);
    EXPECT_EQ(report.streams[0].decode.count(), 200U) << "of all decoders together";
}

TEST_F(SharedStream, ASlowSinkPressesBackOnAllDecoders) {
    add_parts({30, 30, 30, 30}, 3, {.sink = {.delay = 300us}});
    const auto report = go({.max_batch = 2, .depth = 1}, {.queue = 2});
    expect_whole(*logs_[0], 0, 120);
    EXPECT_LE(report.queue_peak, 2U);
}

TEST_F(SharedStream, WhatCameBeforeAReadErrorIsWritten) {
    add_parts({20, 20, 20, 20}, 2)->error_in = 2;
    const auto report = go();
    EXPECT_EQ(report.streams[0].status, StreamStatus::partial);
    EXPECT_NE(report.streams[0].damage.find("read error"), std::string::npos);
    EXPECT_LE(logs_[0]->results.size(), 40U);
    expect_whole(*logs_[0], 0, logs_[0]->results.size());
}

TEST_F(SharedStream, AStopLeavesAWholeBeginning) {
    add_parts(std::vector<std::uint64_t>(1000, 20), 3);
    on_result_ = [&](const std::string&, const FrameResult& r) {
        if (r.id.index == 50) stop_.request_stop();
    };
    const auto report = go({}, {.queue = 4});
    EXPECT_EQ(report.streams[0].status, StreamStatus::interrupted);
    ASSERT_GE(logs_[0]->results.size(), 51U);
    expect_whole(*logs_[0], 0, logs_[0]->results.size());
}

TEST_F(SharedStream, AFailureBehindEndsAllDecoders) {
    add_parts(std::vector<std::uint64_t>(1000, 20), 3, {.sink = {.fail_at = 70}});
    const auto report = go({}, {.queue = 4});
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
    expect_whole(*logs_[0], 0, 70);
}

TEST_F(SharedStream, ADeviceThatBreaksEndsDecodersThatWaitForOthers) {
    add_parts({3, 1000}, 3)->waits_at_end = true;
    const auto report = go({.fail_at_batch = 4}, {.queue = 4});
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
}

TEST_F(SharedStream, ResultsComeBeforeTheStreamIsRead) {
    // The second part, which nobody finishes, must not hold up the first.
    auto plan = add_parts({30, 5}, 2);
    plan->waits_at_end = true;
    on_result_ = [&](const std::string&, const FrameResult& r) {
        if (r.id.index == 34) stop_.request_stop();
    };
    go({.max_batch = 1, .depth = 1});
    expect_whole(*logs_[0], 0, 35);
}

/// Knows pictures by their number, counts those that there are, and does all it is asked for after
/// a moment, so that threads come in any order.
class NumberedMotion final : public MotionEstimator {
  public:
    struct Counts {
        std::atomic<int> alive{0}, most{0}, prepared_late{0};
    };
    NumberedMotion(std::shared_ptr<Counts> counts, std::size_t bytes)
        : counts_(std::move(counts)), bytes_(bytes) {}

    Result<std::shared_ptr<MotionPicture>> take(const Frame& frame) override {
        if (frame.owner == nullptr) return fail(ErrorCode::internal, "the pixels are gone");
        return std::make_shared<Picture>(counts_, static_cast<int>(frame.id.index), bytes_);
    }
    Result<void> prepare(MotionPicture& picture, std::span<const Detection> detections) override {
        Picture& mine = static_cast<Picture&>(picture);
        pause(mine.number);
        // The fake detector says of a frame what its number is.
        if (detections.empty() || detections[0].box.x1 != static_cast<float>(mine.number)) {
            return fail(ErrorCode::internal, "detections of another frame");
        }
        mine.prepared = true;
        return {};
    }
    std::optional<track::CameraMotion> between(const MotionPicture& before,
                                               MotionPicture& after) override {
        const auto& a = static_cast<const Picture&>(before);
        const auto& b = static_cast<const Picture&>(after);
        pause(a.number);
        if (!a.prepared || !b.prepared) return std::nullopt;
        return track::CameraMotion{.c = static_cast<double>(a.number),
                                   .f = static_cast<double>(b.number)};
    }

  private:
    struct Picture final : MotionPicture {
        Picture(std::shared_ptr<Counts> counts, int n, std::size_t size)
            : counts_(std::move(counts)), number(n), bytes_(size) {
            const int now = ++counts_->alive;
            int most = counts_->most;
            while (now > most && !counts_->most.compare_exchange_weak(most, now)) {
            }
        }
        ~Picture() override { --counts_->alive; }
        void put_by() override {}
        std::size_t bytes() const noexcept override { return bytes_; }

      private:
        std::shared_ptr<Counts> counts_;

      public:
        const int number;
        bool prepared = false;

      private:
        const std::size_t bytes_;
    };
    static void pause(int number) {
        std::this_thread::sleep_for(std::chrono::microseconds((number * 7919) % 150));
    }
    std::shared_ptr<Counts> counts_;
    const std::size_t bytes_;
};

/// As the fake one, and keeps the motions that it was told.
class MotionTracker final : public track::Tracker {
  public:
    explicit MotionTracker(std::vector<std::optional<track::CameraMotion>>& motions)
        : motions_(motions) {}
    Result<void> update(const track::Observation& seen, std::vector<Track>& tracks) override {
        motions_.push_back(seen.motion);
        return inner_.update(seen, tracks);
    }
    void reset() override {}

  private:
    std::vector<std::optional<track::CameraMotion>>& motions_;
    FakeTracker inner_;
};

class SharedMotion : public SharedStream {
  protected:
    void look(std::size_t bytes) {
        counts_ = std::make_shared<NumberedMotion::Counts>();
        motions_.clear();
        jobs_.back().open = [this, bytes, inner = jobs_.back().open](const StreamTicket& ticket) {
            auto opened = inner(ticket);
            if (!opened) return opened;
            opened->motion = std::make_unique<NumberedMotion>(counts_, bytes);
            opened->tracker = std::make_unique<MotionTracker>(motions_);
            return opened;
        };
    }
    void expect_motions(std::size_t frames) {
        ASSERT_EQ(motions_.size(), frames);
        for (std::size_t i = 0; i < frames; ++i) {
            ASSERT_EQ(motions_[i].has_value(), i > 0) << i;
            if (i == 0) continue;
            EXPECT_EQ(motions_[i]->c, static_cast<double>(i - 1));
            EXPECT_EQ(motions_[i]->f, static_cast<double>(i));
        }
        EXPECT_EQ(counts_->alive, 0);
    }
    std::shared_ptr<NumberedMotion::Counts> counts_;
    std::vector<std::optional<track::CameraMotion>> motions_;
};

TEST_F(SharedMotion, IsTheSameFromFrameToFrameWhateverTheDecodersDo) {
    for (const std::size_t decoders : {1, 2, 5}) {
        jobs_.clear(), logs_.clear();
        add_parts({20, 1, 0, 40, 7, 0, 0, 60, 3, 30, 30, 9}, decoders);
        look(1000);
        const auto report = go({}, {.queue = 4});
        EXPECT_EQ(report.streams[0].status, StreamStatus::complete);
        expect_whole(*logs_[0], 0, 200);
        expect_motions(200);
    }
}

TEST_F(SharedMotion, PicturesThatWaitAreBoundedByTheirBytes) {
    // 512 MB are for all: 16 of these, beside those that are under way.
    add_parts({300, 300, 300, 0, 300}, 4, {.sink = {.delay = 100us}});
    look(std::size_t{32} << 20U);
    const auto report = go({.max_batch = 4}, {.queue = 4});
    EXPECT_EQ(report.streams[0].status, StreamStatus::complete);
    expect_motions(1200);
    EXPECT_LT(counts_->most, 16 + 150) << "of 900 that would be there without";
}

TEST_F(SharedMotion, AStopIsHeardWhileDecodersWaitForRoom) {
    add_parts({1000, 1000, 1000}, 3);
    look(std::size_t{1} << 30U);  // one alone is too much
    on_result_ = [&](const std::string&, const FrameResult& r) {
        if (r.id.index == 30) stop_.request_stop();
    };
    const auto report = go({}, {.queue = 4});
    EXPECT_EQ(report.streams[0].status, StreamStatus::interrupted);
    expect_whole(*logs_[0], 0, logs_[0]->results.size());
    EXPECT_EQ(counts_->alive, 0);
}

TEST_F(SharedMotion, ADeviceThatBreaksEndsDecodersThatWaitForRoom) {
    add_parts({1000, 1000, 1000}, 3);
    look(std::size_t{1} << 30U);
    const auto report = go({.fail_at_batch = 6}, {.queue = 4});
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
    EXPECT_EQ(counts_->alive, 0);
}

TEST_F(SharedStream, FramesThatFindNoMemoryAreRunAgain) {
    add_parts({25, 25, 25, 25}, 3);
    std::atomic<int> calls{0};
    const auto report =
        go({.max_batch = 4, .depth = 2, .out_of_memory = [&](bool, std::size_t images) {
                return images > 1 && ++calls % 5 == 0;
            }});
    EXPECT_EQ(report.streams[0].status, StreamStatus::complete);
    expect_whole(*logs_[0], 0, 100);
}

}  // namespace
}  // namespace saccade::pipeline
