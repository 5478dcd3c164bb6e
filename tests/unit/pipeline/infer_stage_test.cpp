#include "pipeline/infer_stage.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <thread>
#include <utility>

#include "core/callback.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

/// Batches get ready when the test says so.
class SlowDetector final : public detect::Detector {
  public:
    SlowDetector() { info_.model = "slow"; }
    const detect::DetectorInfo& info() const noexcept override { return info_; }
    int max_batch() const noexcept override { return 4; }
    int depth() const noexcept override { return 2; }
    int in_flight() const noexcept override { return submitted - collected_; }
    Result<void> submit(std::span<const Frame> frames) override {
        sizes_.push_back(frames.size());
        ++submitted;
        return {};
    }
    Result<std::vector<detect::Detections>> collect() override {
        while (!ready()) {
            blocked = true;
            std::this_thread::sleep_for(1ms);
        }
        ++collected_;
        std::vector<detect::Detections> results(sizes_.front());
        sizes_.pop_front();
        return results;
    }
    bool ready() const override { return ended_ > collected_; }
    void on_ready(std::function<void()> told) override { told_.set(std::move(told)); }
    infer::MemoryUse memory() const override { return {}; }
    detect::DetectorTimes times() const override { return {}; }

    /// Any thread.
    void end_one(bool tell = true) {
        ++ended_;
        if (tell) told_();
    }
    std::atomic<int> submitted{0};
    std::atomic<bool> blocked{false};

  private:
    detect::DetectorInfo info_;
    std::deque<std::size_t> sizes_;
    std::atomic<int> ended_{0}, collected_{0};
    Callback told_;
};

class InferStageTest : public testing::Test {
  protected:
    InferStageTest() {
        stage_.batcher().open(0, Batcher::Kind::urgent);
        stage_.router().add(0, results_);
        thread_ = std::jthread([this] { stage_.run(); });
    }
    ~InferStageTest() override {
        stage_.batcher().finish(0);
        stage_.batcher().shutdown();
    }
    void push(std::uint64_t index, bool carried = false) {
        Item item;
        item.carried = carried;
        item.frame.id = {0, index};
        EXPECT_TRUE(stage_.batcher().push(std::move(item)));
    }
    [[nodiscard]] bool submitted(int count) const {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (detector_.submitted < count && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(1ms);
        return detector_.submitted == count;
    }

    SlowDetector detector_;
    InferStage stage_{
        detector_, {.queue = 8, .credit = 8, .max_wait = 1h}, {.batch = 4, .options = {}}};
    DetectedQueue results_{8};
    std::jthread thread_;
};

TEST_F(InferStageTest, AFrameThatComesWhileABatchRunsIsNotKeptWaitingForIt) {
    push(0);
    ASSERT_TRUE(submitted(1));
    push(1);
    ASSERT_TRUE(submitted(2)) << "beside the first";
    detector_.end_one();
    EXPECT_EQ(results_.pop()->item.frame.id.index, 0U);
    detector_.end_one();
    EXPECT_EQ(results_.pop()->item.frame.id.index, 1U);
}

TEST_F(InferStageTest, WhoWaitsForFramesFetchesABatchThatGetsReady) {
    push(0);
    ASSERT_TRUE(submitted(1));
    std::this_thread::sleep_for(5ms);  // so that it waits, as a rule; the result is the same if not
    detector_.end_one();
    EXPECT_EQ(results_.pop()->item.frame.id.index, 0U);
    EXPECT_FALSE(detector_.blocked);
}

TEST_F(InferStageTest, AFrameThatIsCarriedKeepsItsTurnAndTroublesNoDevice) {
    push(0, true);
    EXPECT_EQ(results_.pop()->item.frame.id.index, 0U);
    EXPECT_EQ(detector_.submitted, 0);
    push(1);
    ASSERT_TRUE(submitted(1));
    push(2, true);
    push(3);
    ASSERT_TRUE(submitted(2));
    EXPECT_EQ(results_.size(), 0U);
    detector_.end_one();
    EXPECT_EQ(results_.pop()->item.frame.id.index, 1U);
    EXPECT_EQ(results_.pop()->item.frame.id.index, 2U);
    detector_.end_one();
    EXPECT_EQ(results_.pop()->item.frame.id.index, 3U);
    EXPECT_EQ(stage_.report().frames, 2U);
}

TEST_F(InferStageTest, ADeviceThatTellsNothingIsNotWaitedForForEver) {
    push(0);
    ASSERT_TRUE(submitted(1));
    detector_.end_one(false);
    EXPECT_EQ(results_.pop()->item.frame.id.index, 0U);
    EXPECT_FALSE(detector_.blocked);
}

}  // namespace
}  // namespace saccade::pipeline
