// Pre- and postprocessing of one image on one core. The bytes that each must move at least are
// given as its rate; argument: 0 scalar, 1 AVX2, 2 AVX-512.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "vision/head.h"
#include "vision/nms.h"
#include "vision/preprocess.h"

namespace saccade::vision {
namespace {

bool choose(benchmark::State& state, Isa& isa) {
    isa = static_cast<Isa>(state.range(0));
    const auto supported = supported_isas();
    state.SetLabel(std::string(to_string(isa)));
    if (std::find(supported.begin(), supported.end(), isa) != supported.end()) return true;
    state.SkipWithError("not on this processor");
    return false;
}

Frame noise(PixelFormat format, int width, int height, std::vector<std::uint8_t>& memory) {
    const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
    std::mt19937 random(1);
    memory.resize(6 * w * h);  // the largest: three planes of words
    for (auto& byte : memory) byte = static_cast<std::uint8_t>(random() >> 24);
    Frame frame;
    frame.width = width;
    frame.height = height;
    frame.format = format;
    const PixelLayout layout = layout_of(format);
    const std::uint8_t* at = memory.data();
    for (int p = 0; p < layout.planes; ++p) {
        const int columns = p == 0 ? width : chroma_size(width, layout.chroma_shift_x);
        const int packed = format == PixelFormat::rgb24 ? 3 : p == 1 && layout.planes == 2 ? 2 : 1;
        const std::ptrdiff_t stride =
            static_cast<std::ptrdiff_t>(columns) * packed * layout.bytes_per_sample;
        frame.planes[static_cast<std::size_t>(p)] = {at, stride};
        at += stride * (p == 0 ? height : chroma_size(height, layout.chroma_shift_y));
    }
    return frame;
}

void preprocess(benchmark::State& state, PixelFormat format, int width, int height) {
    Isa isa{};
    if (!choose(state, isa)) return;
    std::vector<std::uint8_t> memory;
    const Frame frame = noise(format, width, height, memory);
    Preprocessor preprocessor({}, isa);
    std::vector<float> image(preprocessor.image_bytes() / sizeof(float));
    Letterbox held;
    for (auto _ : state) {
        benchmark::DoNotOptimize(preprocessor.run(frame, image.data(), held));
        benchmark::ClobberMemory();
    }
    // Written: the picture's part of the input. What is read depends on the cache lines touched.
    state.SetBytesProcessed(state.iterations() * 12LL * held.new_width * held.new_height);
}
BENCHMARK_CAPTURE(preprocess, i420_1080p, PixelFormat::i420, 1920, 1080)->DenseRange(0, 2);
BENCHMARK_CAPTURE(preprocess, nv12_1080p, PixelFormat::nv12, 1920, 1080)->DenseRange(0, 2);
BENCHMARK_CAPTURE(preprocess, p010_1080p, PixelFormat::p010, 1920, 1080)->DenseRange(0, 2);
BENCHMARK_CAPTURE(preprocess, rgb24_1080p, PixelFormat::rgb24, 1920, 1080)->DenseRange(0, 2);
BENCHMARK_CAPTURE(preprocess, i420_2160p, PixelFormat::i420, 3840, 2160)->DenseRange(0, 2);
BENCHMARK_CAPTURE(preprocess, i420_480p, PixelFormat::i420, 854, 480)->DenseRange(0, 2);

/// 80 classes, 8400 anchors; about one score in 2^14 above 0.25, as in a street scene.
void decode_yolov8(benchmark::State& state, bool multi_label, float confidence) {
    Isa isa{};
    if (!choose(state, isa)) return;
    constexpr int classes = 80, anchors = 8400;
    std::mt19937 random(1);
    std::uniform_real_distribution<float> unit(0, 1);
    std::vector<float> output((4 + classes) * anchors);
    for (std::size_t i = 0; i < output.size(); ++i) {
        const float u = unit(random);
        output[i] = i < 4 * anchors ? 640 * u : u < 0.9999F ? 0.001F * u * u * u * u : u - 0.5F;
    }
    HeadDecoder decoder({confidence, multi_label, {}}, isa);
    std::vector<Candidate> candidates;
    for (auto _ : state) {
        candidates.clear();
        decoder.decode_channels_first(output.data(), classes, anchors, candidates);
        benchmark::ClobberMemory();
    }
    state.counters["candidates"] = static_cast<double>(candidates.size());
    state.SetBytesProcessed(state.iterations() * 4LL * classes * anchors);
}
BENCHMARK_CAPTURE(decode_yolov8, one_label, false, 0.25F)->DenseRange(0, 2);
BENCHMARK_CAPTURE(decode_yolov8, multi_label, true, 0.0005F)->DenseRange(0, 2);

/// Candidates in clusters of about twenty, eighty classes. Argument: how many candidates.
void nms(benchmark::State& state) {
    const auto count = static_cast<std::uint32_t>(state.range(0));
    std::mt19937 random(1);
    std::uniform_real_distribution<float> place(0, 600), shift(-4, 4), score(0, 1);
    std::vector<Candidate> candidates;
    Box object;
    int class_id = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (i % 20 == 0) {
            const float x = place(random), y = place(random);
            object = {x, y, x + 40, y + 40};
            class_id = static_cast<int>(random() % 80);
        }
        const float dx = shift(random), dy = shift(random);
        candidates.push_back({{object.x1 + dx, object.y1 + dy, object.x2 + dx, object.y2 + dy},
                              score(random),
                              class_id,
                              i});
    }
    Nms suppress({});
    std::vector<Candidate> kept;
    for (auto _ : state) {
        suppress.run(candidates, kept);
        benchmark::ClobberMemory();
    }
    state.counters["kept"] = static_cast<double>(kept.size());
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(nms)->Arg(100)->Arg(1000)->Arg(30000);

}  // namespace
}  // namespace saccade::vision

BENCHMARK_MAIN();
