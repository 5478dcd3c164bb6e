// A painter of device memory without a device: frames that say so, and lie on the host. It runs the
// kernel's own code.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "sink/device_painter.h"
#include "sink/mosaic_job.h"
#include "sink/paint_job.h"

namespace saccade::test {

/// NV12 memory as painters give it: rows of `pitch` bytes, chroma right behind the luma.
struct Nv12Memory {
    Nv12Memory(int width, int height)
        : pitch((width + 1) / 2 * 2 + 6),
          bytes(static_cast<std::size_t>(pitch) *
                static_cast<std::size_t>(height + (height + 1) / 2)) {}
    std::ptrdiff_t pitch;
    std::vector<std::uint8_t> bytes;
};

inline Frame nv12_frame(const std::shared_ptr<Nv12Memory>& memory, const Frame& like, int device) {
    Frame frame = like;
    frame.format = PixelFormat::nv12;
    frame.memory = device >= 0 ? MemoryKind::cuda : MemoryKind::host;
    frame.device = device;
    frame.planes = {Plane{memory->bytes.data(), memory->pitch},
                    Plane{memory->bytes.data() + memory->pitch * like.height, memory->pitch},
                    Plane{}};
    frame.owner = memory;
    return frame;
}

/// An nv12 or p010 picture, wherever it says that it is, painted by the kernel's code.
inline Frame painted_by_cells(const Frame& frame, const sink::PaintList& list, int device) {
    auto memory = std::make_shared<Nv12Memory>(frame.width, frame.height);
    const sink::PaintJob job{.luma = frame.planes[0].data,
                             .chroma = frame.planes[1].data,
                             .luma_stride = frame.planes[0].stride,
                             .chroma_stride = frame.planes[1].stride,
                             .width = frame.width,
                             .height = frame.height,
                             .words = frame.format == PixelFormat::p010,
                             .out = memory->bytes.data(),
                             .pitch = memory->pitch,
                             .paints = list.paints.data(),
                             .count = static_cast<int>(list.paints.size()),
                             .masks = list.masks.data()};
    for (int cy = 0; cy < (frame.height + 1) / 2; ++cy) {
        for (int cx = 0; cx < (frame.width + 1) / 2; ++cx) {
            sink::Cell cell = sink::load_cell(job, cx, cy);
            for (const sink::Paint& paint : list.paints) {
                sink::paint_cell(paint, job.masks, cx, cy, cell);
            }
            sink::store_cell(job, cx, cy, cell);
        }
    }
    return nv12_frame(memory, frame, device);
}

/// What the first kernel does, one cell after the other.
inline void take_colors_by_cells(const sink::MosaicJob& job, std::vector<sink::CellColor>& cells) {
    const int bits = job.words ? 16 : 8;
    for (int m = 0; m < job.count; ++m) {
        const sink::Mosaic& mosaic = job.mosaics[m];
        for (int i = 0; i < mosaic.columns * mosaic.rows; ++i) {
            const sink::Rect px = sink::cell_rect(mosaic, i % mosaic.columns, i / mosaic.columns);
            unsigned long long sums[3] = {}, counts[3] = {};
            for (int y = px.top; y < px.bottom; ++y) {
                for (int x = px.left; x < px.right; ++x, ++counts[0]) {
                    sums[0] += sink::load_value(job.luma + y * job.luma_stride, x, job.words);
                }
            }
            for (int y = px.top / 2; y < (px.bottom + 1) / 2; ++y) {
                for (int x = px.left / 2; x < (px.right + 1) / 2; ++x) {
                    for (int c = 1; c < 3; ++c) {
                        sums[c] += sink::load_value(job.chroma + y * job.chroma_stride,
                                                    2 * x + c - 1, job.words);
                        ++counts[c];
                    }
                }
            }
            for (int c = 0; c < 3; ++c) {
                cells[static_cast<std::size_t>(mosaic.first + i)].of[c] =
                    sink::cell_value(sums[c], counts[c], bits);
            }
        }
    }
}

class FakePainter final : public sink::DevicePainter {
  public:
    explicit FakePainter(int device) : device_(device) {}
    Result<void> start(const Frame& frame, const sink::PaintList& list, To to) override {
        if (frame.memory != MemoryKind::cuda || frame.device != device_) {
            return fail(ErrorCode::unsupported, "not a frame of this device");
        }
        done_.push_back(painted_by_cells(frame, list, to == To::device ? device_ : -1));
        return {};
    }
    Result<Frame> finish() override {
        Frame first = std::move(done_.front());
        done_.pop_front();
        return first;
    }
    [[nodiscard]] std::size_t under_way() const noexcept override { return done_.size(); }
    Result<Frame> upload(const Frame& picture) override {
        auto memory = std::make_shared<Nv12Memory>(picture.width, picture.height);
        std::uint8_t* to = memory->bytes.data();
        for (int y = 0; y < picture.height; ++y, to += memory->pitch) {
            std::copy_n(picture.planes[0].data + y * picture.planes[0].stride, picture.width, to);
        }
        for (int y = 0; y < (picture.height + 1) / 2; ++y, to += memory->pitch) {
            for (int x = 0; x < (picture.width + 1) / 2; ++x) {
                to[2 * x] = picture.planes[1].data[y * picture.planes[1].stride + x];
                to[2 * x + 1] = picture.planes[2].data[y * picture.planes[2].stride + x];
            }
        }
        return nv12_frame(memory, picture, device_);
    }

  private:
    const int device_;
    std::deque<Frame> done_;
};

}  // namespace saccade::test
