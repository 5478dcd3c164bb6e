// The inner loops of preprocessing, one row at a time, for each instruction set.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/cpu.h"
#include "vision/sampling.h"

namespace saccade::vision {

/// Taps across, laid out for vector loads. All arrays are filled up to a multiple of `block`
/// outputs.
struct AcrossPlan {
    static constexpr int block = 16;   ///< outputs made at once at most
    static constexpr int window = 64;  ///< samples that two 512-bit registers hold

    explicit AcrossPlan(std::span<const Tap> taps);

    int count = 0;                    ///< outputs
    std::vector<std::int32_t> index;  ///< of the left sample
    std::vector<std::int32_t>
        weights;  ///< low half: of the left sample; high half: of the right one
    /// Whether all samples of each block lie within `window` from its `first`: then they can be
    /// fetched by two loads and a permutation, else by a gather.
    bool windowed = false;
    std::vector<std::int32_t> first;   ///< of each block
    std::vector<std::uint16_t> picks;  ///< two an output: left and right sample, from `first`
};

/// Samples that a row handed to mix_* must have behind its last one: readable, of any value.
inline constexpr int row_slack = AcrossPlan::window;

/// Where a row of the network's input goes: three planes, in the order R, G, B.
struct RgbRow {
    float* r;
    float* g;
    float* b;
};

/// How a 16-bit word becomes a Q15 sample: ((word << left) >> right) & 0x7fe0.
struct WordShift {
    int left, right;
};
inline constexpr WordShift low_bits_10{5, 0}, high_bits_10{0, 1};

/// Steps 1 and 2 with 3 of sampling.h for whole rows. `a` and `b` are the two source rows, of any
/// alignment, read for `n` samples (pairs: 2 n) and no further.
struct RowKernels {
    void (*down_u8)(const std::uint8_t* a, const std::uint8_t* b, int weight, int n,
                    std::int16_t* out);
    void (*down_u16)(const std::uint8_t* a, const std::uint8_t* b, int weight, WordShift shift,
                     int n, std::int16_t* out);
    /// Interleaved chroma, taken apart.
    void (*down_pairs_u8)(const std::uint8_t* a, const std::uint8_t* b, int weight, int n,
                          std::int16_t* u, std::int16_t* v);
    void (*down_pairs_u16)(const std::uint8_t* a, const std::uint8_t* b, int weight,
                           WordShift shift, int n, std::int16_t* u, std::int16_t* v);

    void (*mix_yuv)(const std::int16_t* y, const AcrossPlan& luma, const std::int16_t* u,
                    const std::int16_t* v, const AcrossPlan& chroma, const ColorTransform& color,
                    RgbRow out);
    /// One row of interleaved R, G, B samples; the plan counts pixels.
    void (*mix_rgb)(const std::int16_t* rgb, const AcrossPlan& plan, const ColorTransform& color,
                    RgbRow out);
    void (*mix_gray)(const std::int16_t* y, const AcrossPlan& plan, const ColorTransform& color,
                     RgbRow out);
};

/// The kernels of an instruction set that this processor has.
const RowKernels& row_kernels(Isa isa) noexcept;

/// The sets themselves; those of other processors are declared only where they are built.
extern const RowKernels scalar_row_kernels;
#if defined(__x86_64__)
extern const RowKernels avx2_row_kernels;
extern const RowKernels avx512_row_kernels;
#endif

}  // namespace saccade::vision
