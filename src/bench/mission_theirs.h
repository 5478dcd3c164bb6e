// What the mission's user measured or expected on an RTX 3090 (24 GB) with YOLO11n and Python.
#pragma once

#include <optional>

namespace saccade::bench::theirs {

struct Precision {
    const char* name;
    const char* ours;  ///< as --precision has it
    std::optional<double> ms, file_mb, gb, map50;
};
/// INT8: what they expected. BF16 is ours alone.
inline constexpr Precision precisions[] = {{"FP32", "fp32", 22.0, 24, 4.2, 0.623},
                                           {"FP16", "fp16", 13.2, 12, 2.1, 0.621},
                                           {"BF16", "bf16", {}, {}, {}, {}},
                                           {"INT8", "int8", 8.1, {}, 1.1, 0.598}};

struct Batch {
    int size;
    std::optional<double> fps, busy, gb, ms;
};
/// They ran out of memory at 32.
inline constexpr Batch batches[] = {{1, 65.2, 42, 2.1, 15.3},   {2, 89.4, 68, 3.2, 11.2},
                                    {4, 115.8, 87, 5.4, 8.6},   {8, 128.3, 94, 9.8, 7.8},
                                    {16, 131.7, 96, 18.2, 7.6}, {32, {}, {}, {}, {}}};

/// Without warm-up, after three batches, later.
inline constexpr double first_frame_ms[] = {542, 13.1, 13.2};

struct Limit {
    const char* limit;
    std::optional<double> gb;
    double at_most;  ///< GB
};
inline constexpr Limit limits[] = {{"20GB", 6.2, 20}, {"2GB", {}, 2}};

struct Streams {
    int count;
    double fps, busy, gb;
};
inline constexpr Streams streams[] = {{1, 34, 68, 6.2}, {2, 61, 89, 11.8}, {4, 97, 96, 19.4}};

struct Input {
    const char* name;
    int width, height, side;
    double fps, map50;
};
inline constexpr Input inputs[] = {{"1080p", 1920, 1080, 640, 105, 0.621},
                                   {"4K", 3840, 2160, 640, 42, 0.621},
                                   {"4K", 3840, 2160, 480, 68, 0.598},
                                   {"8K", 7680, 4320, 640, 18, 0.621},
                                   {"8K", 7680, 4320, 320, 34, 0.562}};

struct Model {
    const char* name;
    double file_mb, ms, map50, fps;
};
inline constexpr Model models[] = {{"yolo11n", 6, 13.2, 0.621, 128},
                                   {"yolo11s", 22, 18.7, 0.681, 90},
                                   {"yolo11m", 52, 31.4, 0.729, 54},
                                   {"yolo11l", 102, 52.8, 0.756, 32}};

}  // namespace saccade::bench::theirs
