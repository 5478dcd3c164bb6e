#include "vision/preprocess.h"

#include <fmt/format.h>

#include <algorithm>

namespace saccade::vision {
namespace {

constexpr std::size_t plans_kept = 32;

bool packed_rgb(PixelFormat format) {
    return format == PixelFormat::rgb24;
}

WordShift word_shift(PixelFormat format) {
    return format == PixelFormat::p010 ? high_bits_10 : low_bits_10;
}

/// The two source rows of a tap.
struct RowPair {
    const std::uint8_t* a;
    const std::uint8_t* b;
};

RowPair rows_of(const Plane& plane, const Tap& tap, int rows) {
    const std::uint8_t* a = plane.data + plane.stride * tap.index;
    return {a, tap.index + 1 < rows ? a + plane.stride : a};
}

}  // namespace

Result<void> check_host_frame(const Frame& frame) {
    if (frame.memory != MemoryKind::host) {
        return fail(ErrorCode::unsupported, "a frame in device memory was given to a CPU detector",
                    "decode to host memory");
    }
    bool whole = frame.width > 0 && frame.height > 0;
    for (int i = 0; i < layout_of(frame.format).planes; ++i) {
        whole = whole && frame.planes[static_cast<std::size_t>(i)].data != nullptr;
    }
    if (!whole) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("frame {} of stream {} holds no picture ({}x{})", frame.id.index,
                                frame.id.stream, frame.width, frame.height));
    }
    return {};
}

Preprocessor::Plan::Plan(const Frame& frame, const InputLayout& layout)
    : format(frame.format),
      siting(frame.color.siting),
      letterbox(
          make_letterbox(frame.width, frame.height, layout.width, layout.height, layout.placement)),
      tables(make_resample_tables(letterbox, format, siting)),
      luma(tables.luma_x),
      chroma(tables.chroma_x) {}

bool Preprocessor::Plan::fits(const Frame& frame) const noexcept {
    return letterbox.src_width == frame.width && letterbox.src_height == frame.height &&
           format == frame.format && siting == frame.color.siting;
}

Preprocessor::Preprocessor(const InputLayout& layout, Isa isa)
    : layout_(layout),
      kernels_(row_kernels(isa)),
      mixed_(3 * static_cast<std::size_t>(layout.width)) {}

std::size_t Preprocessor::image_bytes() const noexcept {
    return 3 * static_cast<std::size_t>(layout_.width) * static_cast<std::size_t>(layout_.height) *
           size_of(layout_.type);
}

Result<void> Preprocessor::run(const Frame& frame, void* image, Letterbox& held) {
    if (auto checked = check_host_frame(frame); !checked) return fail(checked.error());
    const Plan& plan = plan_for(frame);
    auto* const bytes = static_cast<std::byte*>(image);
    if (held != plan.letterbox) write_padding(plan.letterbox, bytes);
    held = plan.letterbox;
    resize_rows(frame, plan, bytes);
    return {};
}

const Preprocessor::Plan& Preprocessor::plan_for(const Frame& frame) {
    auto found = std::find_if(plans_.begin(), plans_.end(),
                              [&](const auto& plan) { return plan->fits(frame); });
    if (found == plans_.end()) {
        if (plans_.size() == plans_kept) plans_.pop_back();
        plans_.push_back(std::make_unique<Plan>(frame, layout_));
        found = plans_.end() - 1;
        const std::size_t row =
            static_cast<std::size_t>(frame.width) * (packed_rgb(frame.format) ? 3 : 1) + row_slack;
        for (auto& blended : blended_) blended.resize(std::max(blended.size(), row));
    }
    std::rotate(plans_.begin(), found, found + 1);
    return *plans_.front();
}

void Preprocessor::blend_rows(const Frame& frame, const Plan& plan, int row) {
    const PixelLayout format = layout_of(frame.format);
    const auto at = static_cast<std::size_t>(row);
    const Tap& luma = plan.tables.luma_y[at];
    const RowPair y = rows_of(frame.planes[0], luma, frame.height);
    if (packed_rgb(frame.format)) {
        kernels_.down_u8(y.a, y.b, luma.weight, 3 * frame.width, blended_[0].data());
        return;
    }
    const WordShift shift = word_shift(frame.format);
    const auto down = [&](const RowPair& rows, int weight, int n, std::int16_t* out) {
        if (format.bytes_per_sample == 1) {
            kernels_.down_u8(rows.a, rows.b, weight, n, out);
        } else {
            kernels_.down_u16(rows.a, rows.b, weight, shift, n, out);
        }
    };
    down(y, luma.weight, frame.width, blended_[0].data());
    if (format.planes == 1) return;

    const Tap& chroma = plan.tables.chroma_y[at];
    const int columns = chroma_size(frame.width, format.chroma_shift_x);
    const int rows = chroma_size(frame.height, format.chroma_shift_y);
    const RowPair u = rows_of(frame.planes[1], chroma, rows);
    if (format.planes == 3) {
        down(u, chroma.weight, columns, blended_[1].data());
        down(rows_of(frame.planes[2], chroma, rows), chroma.weight, columns, blended_[2].data());
    } else if (format.bytes_per_sample == 1) {
        kernels_.down_pairs_u8(u.a, u.b, chroma.weight, columns, blended_[1].data(),
                               blended_[2].data());
    } else {
        kernels_.down_pairs_u16(u.a, u.b, chroma.weight, shift, columns, blended_[1].data(),
                                blended_[2].data());
    }
}

void Preprocessor::mix_row(const Plan& plan, const ColorTransform& color, const RgbRow& out) const {
    const std::int16_t* const first = blended_[0].data();
    if (packed_rgb(plan.format)) {
        kernels_.mix_rgb(first, plan.luma, color, out);
    } else if (has_chroma(plan.format)) {
        kernels_.mix_yuv(first, plan.luma, blended_[1].data(), blended_[2].data(), plan.chroma,
                         color, out);
    } else {
        kernels_.mix_gray(first, plan.luma, color, out);
    }
}

void Preprocessor::resize_rows(const Frame& frame, const Plan& plan, std::byte* image) {
    const ColorTransform color = make_color_transform(frame.format, frame.color, layout_.scale);
    const Letterbox& l = plan.letterbox;
    const std::size_t sample = size_of(layout_.type);
    const auto width = static_cast<std::size_t>(layout_.width);
    const std::size_t plane = width * static_cast<std::size_t>(layout_.height) * sample;

    for (int row = 0; row < l.new_height; ++row) {
        blend_rows(frame, plan, row);
        const auto y = static_cast<std::size_t>(l.top + row);
        std::byte* const start = image + (y * width + static_cast<std::size_t>(l.left)) * sample;
        const bool direct = layout_.type == SampleType::f32;
        float* planes[3];
        for (std::size_t i = 0; i < 3; ++i) {
            planes[i] =
                direct ? reinterpret_cast<float*>(start + i * plane) : mixed_.data() + i * width;
        }
        mix_row(plan, color,
                layout_.bgr ? RgbRow{planes[2], planes[1], planes[0]}
                            : RgbRow{planes[0], planes[1], planes[2]});
        if (direct) continue;
        for (std::size_t i = 0; i < 3; ++i) {
            store_row(planes[i], l.new_width, layout_.type, start + i * plane);
        }
    }
}

void Preprocessor::write_padding(const Letterbox& l, std::byte* image) const {
    const std::size_t sample = size_of(layout_.type);
    const float value = layout_.pad * layout_.scale;
    const int right = l.left + l.new_width;
    for (int row = 0; row < 3 * layout_.height; ++row) {
        std::byte* const start = image + static_cast<std::size_t>(row) *
                                             static_cast<std::size_t>(layout_.width) * sample;
        const int y = row % layout_.height;
        if (y < l.top || y >= l.top + l.new_height) {
            fill_row(value, layout_.width, layout_.type, start);
        } else {
            fill_row(value, l.left, layout_.type, start);
            fill_row(value, layout_.width - right, layout_.type,
                     start + static_cast<std::size_t>(right) * sample);
        }
    }
}

}  // namespace saccade::vision
