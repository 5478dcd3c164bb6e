// Whether one TensorRT engine for inputs of several sizes is as fast as an engine for each of them:
// times the network by CUDA graph in the engines of the program's own cache (built where they lack)
// and in one whose profile is open from the smallest size to the largest.
//
// engine_sizes MODEL.onnx DEVICE CACHE SIDE...   such as: yolo11n.onnx cuda:0
// ~/.cache/saccade/compiled 640 480 320
//
// FP16, batches of up to 32, inputs on the device. The open engine has one profile, for full
// batches; those of the cache have one for small batches beside.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "engine_timing.h"
#include "infer/tensorrt/engine_builder.h"
#include "infer/tensorrt/target.h"
#include "model/prepared_model.h"

namespace {

using namespace saccade;
using namespace saccade::infer::tensorrt;
using Steady = std::chrono::steady_clock;

Result<void> run(const char* file, const char* device, const char* cache,
                 const std::vector<int>& sides) {
    const auto onnx = model::PreparedModel::load(file);
    if (!onnx) return fail(onnx.error());
    const auto freed = onnx->network(model::HeadForm::whole);
    if (!freed) return fail(freed.error());
    const auto gpu = infer::device_from(device);
    if (!gpu) return fail(ErrorCode::invalid_argument, fmt::format("{} is no device", device));
    auto opened = open_for_device(*gpu);
    if (!opened) return fail(opened.error());
    const cuda::DeviceScope scope(opened->ordinal);
    fmt::print("| engine | batch | ms | images/s |\n| --- | --- | --- | --- |\n");
    infer::EngineBuild build{.precision = infer::Precision::fp16, .max_batch = 32};
    for (const int side : sides) {
        build.height = build.width = side;
        build.cache_dir = cache;
        const auto prepared =
            prepare_engine(*opened->library, freed->graph, freed->spec, build, opened->target);
        if (!prepared) return fail(prepared.error());
        const auto engine = opened->library->load(prepared->plan);
        if (!engine) return fail(engine.error());
        auto done =
            bench::print_times(**engine, opened->ordinal, side, fmt::format("for {0}x{0}", side));
        if (!done) return done;
    }
    const auto [least, most] = std::minmax_element(sides.begin(), sides.end());
    const auto network = typed_network(freed->graph, freed->spec, build);
    if (!network) return fail(network.error());
    const auto start = Steady::now();
    const auto built = opened->library->build({.onnx = network->onnx,
                                               .name = onnx->name(),
                                               .height = *most,
                                               .width = *most,
                                               .least_side = *least,
                                               .profiles = {{1, 32, 32}}});
    if (!built) return fail(built.error());
    const double seconds = std::chrono::duration<double>(Steady::now() - start).count();
    const auto engine = opened->library->load(built->plan);
    if (!engine) return fail(engine.error());
    for (const int side : sides) {
        auto done = bench::print_times(**engine, opened->ordinal, side,
                                       fmt::format("open, at {0}x{0}", side));
        if (!done) return done;
    }
    fmt::print("(open: built in {:.0f} s, {:.1f} MB)\n", seconds,
               static_cast<double>(built->plan.size()) / 1e6);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<int> sides;
    for (int i = 4; i < argc; ++i) {
        const std::string_view text = argv[i];
        int side = 0;
        std::from_chars(text.data(), text.data() + text.size(), side);
        if (side >= 32) sides.push_back(side);
    }
    if (argc < 5 || sides.size() != static_cast<std::size_t>(argc - 4)) {
        fmt::print(stderr, "usage: engine_sizes MODEL.onnx DEVICE CACHE SIDE...\n");
        return 2;
    }
    const auto done = cuda::guarded([&] { return run(argv[1], argv[2], argv[3], sides); });
    if (!done || !*done) {
        fmt::print(stderr, "{}\n", done ? done->error().line() : done.error().line());
        return 1;
    }
    return 0;
}
