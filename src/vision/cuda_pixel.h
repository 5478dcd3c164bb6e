// One pixel of a letterboxed picture, as the kernel of cuda_preprocess.cu makes it: the arithmetic
// of sampling.h at one place, without tables of blended rows. Compiles for the host as well, where
// tests hold it against the CPU's Preprocessor bit by bit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/frame.h"
#include "vision/letterbox.h"
#include "vision/sampling.h"

namespace saccade::vision {

/// How a picture's samples lie in memory.
enum class SampleOrder : std::uint8_t { planar, semi_planar, gray, packed_rgb };

/// All that the kernel must know of one picture. Plain data; pointers are into device memory (of
/// the host in tests). The arrays of taps are those of make_resample_tables.
struct PictureJob {
    const std::uint8_t* planes[3] = {};
    std::ptrdiff_t strides[3] = {};  ///< bytes
    const Tap* luma_x = nullptr;     ///< new_width taps
    const Tap* luma_y = nullptr;     ///< new_height taps
    const Tap* chroma_x = nullptr;   ///< likewise; unused without chroma
    const Tap* chroma_y = nullptr;
    Letterbox letterbox;
    ColorTransform color;
    int chroma_width = 0, chroma_height = 0;  ///< samples
    int word_left = 0, word_right = 0;  ///< 16-bit samples to Q15: ((w << left) >> right) & 0x7fe0
    bool words = false;                 ///< samples are of 16 bits
    SampleOrder order = SampleOrder::planar;
};

/// All but the taps, for a frame in whatever memory.
PictureJob make_picture_job(const Frame& frame, const Letterbox& letterbox, float scale);

/// A sample in Q15. `at` counts samples from the row's start.
SACCADE_HOST_DEVICE inline std::int16_t load_q15(const PictureJob& job, const std::uint8_t* row,
                                                 int at) {
    if (!job.words) return static_cast<std::int16_t>(row[at] << 7);
    const std::uint8_t* const bytes = row + 2 * static_cast<std::ptrdiff_t>(at);
    const int word = bytes[0] | bytes[1] << 8;  // host rows need not be aligned
    return static_cast<std::int16_t>(((word << job.word_left) >> job.word_right) & 0x7fe0);
}

/// Steps 1 and 2 of sampling.h: the component `offset` of `step` interleaved ones.
SACCADE_HOST_DEVICE inline float mix_sample(const PictureJob& job, int plane, const Tap& across,
                                            const Tap& down, int width, int height, int step,
                                            int offset) {
    const std::uint8_t* const a = job.planes[plane] + job.strides[plane] * down.index;
    const std::uint8_t* const b = down.index + 1 < height ? a + job.strides[plane] : a;
    const int left = across.index * step + offset;
    const int right = across.index + 1 < width ? left + step : left;
    return mix_across(blend_down(load_q15(job, a, left), load_q15(job, b, left), down.weight),
                      blend_down(load_q15(job, a, right), load_q15(job, b, right), down.weight),
                      across.weight);
}

/// x, y: within the resized picture, not the padding.
SACCADE_HOST_DEVICE inline Rgb letterbox_pixel(const PictureJob& job, int x, int y) {
    const int width = job.letterbox.src_width, height = job.letterbox.src_height;
    const Tap lx = job.luma_x[x], ly = job.luma_y[y];
    if (job.order == SampleOrder::packed_rgb) {
        return to_rgb(job.color, mix_sample(job, 0, lx, ly, width, height, 3, 0),
                      mix_sample(job, 0, lx, ly, width, height, 3, 1),
                      mix_sample(job, 0, lx, ly, width, height, 3, 2));
    }
    const float luma = mix_sample(job, 0, lx, ly, width, height, 1, 0);
    if (job.order == SampleOrder::gray) return to_rgb(job.color, luma, luma, luma);
    const Tap cx = job.chroma_x[x], cy = job.chroma_y[y];
    const bool semi = job.order == SampleOrder::semi_planar;
    return to_rgb(job.color, luma,
                  mix_sample(job, 1, cx, cy, job.chroma_width, job.chroma_height, semi ? 2 : 1, 0),
                  mix_sample(job, semi ? 1 : 2, cx, cy, job.chroma_width, job.chroma_height,
                             semi ? 2 : 1, semi ? 1 : 0));
}

}  // namespace saccade::vision
