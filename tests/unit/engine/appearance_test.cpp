#include "engine/appearance.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>

namespace saccade::engine {
namespace {

/// Tells a frame's number and the detection's; counts what it is given at once.
class FakeDeviceEmbedder final : public detect::DeviceEmbedder {
  public:
    struct Script {
        std::atomic<std::size_t> most{0}, calls{0};
        std::atomic<int> no_memory{0};  ///< so many calls find none
        std::atomic<bool> closed{false};
        std::uint64_t bad_frame = 1000;  ///< whose looks fail
        bool breaks = false;
    };
    explicit FakeDeviceEmbedder(std::shared_ptr<Script> script) : script_(std::move(script)) {}

    Result<void> embed(std::span<detect::LookRequest* const> requests) override {
        ++script_->calls;
        while (script_->closed) std::this_thread::yield();
        if (script_->no_memory > 0) {
            --script_->no_memory;
            return fail(ErrorCode::out_of_memory, "none");
        }
        if (script_->breaks) return fail(ErrorCode::internal, "the fake device broke");
        if (requests.size() > script_->most) script_->most = requests.size();
        for (detect::LookRequest* const request : requests) {
            request->rows.clear();
            request->outcome = {};
            if (request->frame.owner == nullptr) {
                request->outcome = fail(ErrorCode::internal, "the pixels are gone");
            }
            if (request->frame.id.index == script_->bad_frame) {
                request->outcome = fail(ErrorCode::internal, "not finite");
            }
            for (std::size_t i = 0; i < request->detections.size(); ++i) {
                request->rows.push_back(static_cast<float>(request->frame.id.index));
                request->rows.push_back(static_cast<float>(i));
            }
        }
        return {};
    }
    std::size_t dimension() const noexcept override { return 2; }

  private:
    std::shared_ptr<Script> script_;
};

Frame frame_of(std::uint64_t index) {
    Frame frame;
    frame.id = {0, index};
    frame.owner = std::make_shared<int>(0);
    return frame;
}

class DeviceLooksTest : public testing::Test {
  protected:
    std::shared_ptr<FakeDeviceEmbedder::Script> script_ =
        std::make_shared<FakeDeviceEmbedder::Script>();
    std::unique_ptr<DeviceLooks> looks_ =
        std::make_unique<DeviceLooks>(std::make_unique<FakeDeviceEmbedder>(script_));
    const std::vector<Detection> two_ = std::vector<Detection>(2);
};

TEST_F(DeviceLooksTest, ManyStreamsGetTheirOwnInAnyOrder) {
    std::vector<std::jthread> streams;
    for (std::uint64_t s = 0; s < 5; ++s) {
        streams.emplace_back([&, s] {
            std::deque<std::pair<std::uint64_t, std::shared_ptr<pipeline::Looks>>> under_way;
            const auto finish = [&] {
                const auto [index, looks] = std::move(under_way.front());
                under_way.pop_front();
                const auto rows = looks->wait();
                ASSERT_TRUE(rows);
                const auto number = static_cast<float>(index);
                const std::vector<float> want{number, 0, number, 1};
                EXPECT_EQ(std::vector<float>(rows->begin(), rows->end()), want);
                EXPECT_EQ(looks->bytes(), 16U);
            };
            for (std::uint64_t i = 0; i < 200; ++i) {
                const std::uint64_t index = 2000 + 1000 * s + i;
                under_way.emplace_back(index, looks_->begin(frame_of(index), two_));
                if (under_way.size() > 7) finish();
            }
            while (!under_way.empty()) finish();
        });
    }
    streams.clear();
    EXPECT_GT(script_->most, 1U) << "frames of several streams go together";
}

TEST_F(DeviceLooksTest, NothingToLookAtIsThereAtOnce) {
    script_->closed = true;
    const auto looks = looks_->begin(frame_of(1), {});
    const auto rows = looks->wait();
    ASSERT_TRUE(rows);
    EXPECT_TRUE(rows->empty());
    script_->closed = false;
}

TEST_F(DeviceLooksTest, BoundsThePicturesThatItHolds) {
    script_->closed = true;
    std::vector<std::shared_ptr<pipeline::Looks>> all;
    std::atomic<std::size_t> begun{0};
    std::jthread stream([&] {
        for (std::size_t i = 0; i < DeviceLooks::most + 20; ++i, ++begun) {
            all.push_back(looks_->begin(frame_of(i), two_));
        }
    });
    while (begun < DeviceLooks::most) std::this_thread::yield();
    EXPECT_EQ(begun, DeviceLooks::most);
    script_->closed = false;
    stream.join();
    EXPECT_EQ(begun, DeviceLooks::most + 20);
    for (const auto& looks : all) EXPECT_TRUE(looks->wait());
}

TEST_F(DeviceLooksTest, AFrameThatFailsFailsAlone) {
    script_->bad_frame = 3;
    std::vector<std::shared_ptr<pipeline::Looks>> all;
    for (std::uint64_t i = 0; i < 6; ++i) all.push_back(looks_->begin(frame_of(i), two_));
    for (std::uint64_t i = 0; i < 6; ++i) EXPECT_EQ(all[i]->wait().has_value(), i != 3) << i;
}

TEST_F(DeviceLooksTest, WaitsForMemoryAndRunsTheSameFramesAgain) {
    script_->no_memory = 2;
    const auto looks = looks_->begin(frame_of(5), two_);
    ASSERT_TRUE(looks->wait());
    EXPECT_EQ(script_->calls, 3U);
}

TEST_F(DeviceLooksTest, ADeviceThatBreaksFailsThoseThatWait) {
    script_->breaks = true;
    const auto looks = looks_->begin(frame_of(5), two_);
    const auto rows = looks->wait();
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().message, "the fake device broke");
}

TEST_F(DeviceLooksTest, WhatIsWaitedForIsDoneBeforeItEnds) {
    script_->closed = true;
    const auto looks = looks_->begin(frame_of(7), two_);
    std::jthread opens([&] { script_->closed = false; });
    looks_.reset();
    EXPECT_TRUE(looks->wait());
}

}  // namespace
}  // namespace saccade::engine
