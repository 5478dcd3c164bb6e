#include "engine/camera_motion.h"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "core/log.h"
#include "core/patience.h"
#include "core/size.h"
#include "track/camera_motion/motion_view.h"
#include "vision/small_luma.h"

namespace saccade::engine {
namespace {

/// Reads 8-bit luma where it stands; `converted` is used for what is none.
track::LumaView luma_of(const Frame& frame, track::LumaImage& converted) {
    const Plane& plane = frame.planes[0];
    const vision::SmallLumaJob job = vision::make_small_luma_job(frame, 1);
    if (job.step == 1) return {plane.data, frame.width, frame.height, plane.stride};
    converted.resize(frame.width, frame.height);
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* from = plane.data + y * plane.stride;
        std::uint8_t* to = converted.row(y);
        for (int x = 0; x < frame.width; ++x, from += job.step) {
            to[x] = vision::luma_sample(job, from);
        }
    }
    return converted.view();
}

}  // namespace

struct FrameMotion::Spare {
    /// Idle objects, kept for their memory. Any thread.
    template <typename T>
    class Shelf {
      public:
        [[nodiscard]] std::unique_ptr<T> get() {
            {
                const std::lock_guard lock(mutex_);
                if (!idle_.empty()) {
                    auto one = std::move(idle_.back());
                    idle_.pop_back();
                    return one;
                }
            }
            return std::make_unique<T>();
        }
        void put(std::unique_ptr<T> one) {
            if (one == nullptr) return;
            const std::lock_guard lock(mutex_);
            if (idle_.size() < most) idle_.push_back(std::move(one));
        }

      private:
        static constexpr std::size_t most = 16;
        std::mutex mutex_;
        std::vector<std::unique_ptr<T>> idle_;
    };

    Shelf<track::LumaImage> images;
    Shelf<track::MotionView> views;
};

class FrameMotion::Picture final : public pipeline::MotionPicture {
  public:
    /// One of `image` and `coming` is there.
    Picture(std::shared_ptr<Spare> spare, Size small, int factor,
            std::unique_ptr<track::LumaImage> image, std::unique_ptr<LumaOnItsWay> coming)
        : spare_(std::move(spare)),
          small_(small),
          factor_(factor),
          image_(std::move(image)),
          coming_(std::move(coming)) {}
    ~Picture() override {
        spare_->images.put(std::move(image_));
        spare_->views.put(std::move(view_));
    }

    /// Out of pinned memory, which is taken long before.
    void put_by() override {
        if (coming_ == nullptr) return;
        const auto there = coming_->wait();
        if (!there) return;  // prepare() will say so
        auto image = spare_->images.get();
        image->resize(small_.width, small_.height);
        std::memcpy(image->row(0), *there, bytes());
        image_ = std::move(image);
        coming_.reset();
    }
    [[nodiscard]] std::size_t bytes() const noexcept override {
        return static_cast<std::size_t>(small_.width) * static_cast<std::size_t>(small_.height);
    }

    Result<void> prepare(std::span<const Detection> detections) {
        track::LumaView luma;
        if (coming_ != nullptr) {
            const auto there = coming_->wait();
            if (!there) return fail(there.error());
            luma = {*there, small_.width, small_.height, small_.width};
        } else {
            luma = image_->view();
        }
        view_ = spare_->views.get();
        view_->look(luma, factor_, factor_, detections);
        coming_.reset();
        spare_->images.put(std::move(image_));
        return {};
    }
    [[nodiscard]] track::MotionView& view() noexcept { return *view_; }
    [[nodiscard]] const track::MotionView& view() const noexcept { return *view_; }

  private:
    const std::shared_ptr<Spare> spare_;
    const Size small_;
    const int factor_;
    std::unique_ptr<track::LumaImage> image_;
    std::unique_ptr<LumaOnItsWay> coming_;
    std::unique_ptr<track::MotionView> view_;  ///< from prepare() on
};

FrameMotion::FrameMotion(std::stop_token stop)
    : stop_(std::move(stop)), spare_(std::make_shared<Spare>()) {}

FrameMotion::~FrameMotion() = default;

Result<std::shared_ptr<pipeline::MotionPicture>> FrameMotion::take(const Frame& frame) {
    const int factor = track::motion_factor(frame.width, frame.height);
    if (factor == 0 || frame.planes[0].data == nullptr) {
        return std::shared_ptr<pipeline::MotionPicture>();
    }
    const Size small{frame.width / factor, frame.height / factor};
    std::unique_ptr<track::LumaImage> image;
    std::unique_ptr<LumaOnItsWay> coming;
    if (frame.memory == MemoryKind::host) {
        auto converted = spare_->images.get();
        image = spare_->images.get();
        track::shrink(luma_of(frame, *converted), factor, *image);
        spare_->images.put(std::move(converted));
    } else {
        auto taken = take_on_device(frame, factor);
        if (!taken) return fail(taken.error());
        coming = std::move(*taken);
    }
    return std::make_shared<Picture>(spare_, small, factor, std::move(image), std::move(coming));
}

Result<std::unique_ptr<LumaOnItsWay>> FrameMotion::take_on_device(const Frame& frame, int factor) {
    const auto device = device_luma(frame.device);
    if (!device) return fail(device.error());
    // Pictures further on give theirs back: a stream is not lost for a moment's lack.
    return while_no_memory(
        [&] { return (*device)->take(frame, factor); }, {}, stop_,
        [&] {
            log::warning("no memory for the luma of a picture on cuda:{}: waiting", frame.device);
        });
}

Result<std::shared_ptr<DeviceLuma>> FrameMotion::device_luma(int device) {
    const std::lock_guard lock(mutex_);
    if (device_luma_ == nullptr || device_luma_->device() != device) {
        auto opened = DeviceLuma::open(device);
        if (!opened) return fail(opened.error());
        device_luma_ = std::move(*opened);
    }
    return device_luma_;
}

Result<void> FrameMotion::prepare(pipeline::MotionPicture& picture,
                                  std::span<const Detection> detections) {
    return static_cast<Picture&>(picture).prepare(detections);
}

std::optional<track::CameraMotion> FrameMotion::between(const pipeline::MotionPicture& before,
                                                        pipeline::MotionPicture& after) {
    return static_cast<Picture&>(after).view().since(static_cast<const Picture&>(before).view());
}

}  // namespace saccade::engine
