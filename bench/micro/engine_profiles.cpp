// Which optimisation profiles a TensorRT engine should have: builds an engine for each list of
// profiles and times the network at all batch sizes, each in the narrowest profile that holds it,
// by CUDA graph.
//
// engine_profiles MODEL.onnx DEVICE PROFILES...   such as: yolo11n.onnx cuda:0 1:1:4,1:32:32 1:8:8
//
// PROFILES are least:best:most images, and may end in @LEVEL, how hard the builder looks for fast
// kernels (0 to 5). Inputs lie on the device; FP16, or INT8 of a network that is; 640x640.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cuda/runtime.h"
#include "engine_timing.h"
#include "infer/tensorrt/engine_builder.h"
#include "infer/tensorrt/target.h"
#include "model/prepared_model.h"
#include "model/quantize/int8_plan.h"

namespace {

using namespace saccade;
using namespace saccade::infer::tensorrt;
using Steady = std::chrono::steady_clock;

constexpr int side = 640;

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

struct Trial {
    std::vector<BatchRange> profiles;
    int level = infer::default_builder_level;
};

std::optional<Trial> parse(std::string_view text) {
    Trial trial;
    std::vector<BatchRange>& profiles = trial.profiles;
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        const auto [end, error] =
            std::from_chars(text.data() + at + 1, text.data() + text.size(), trial.level);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        text = text.substr(0, at);
    }
    for (const std::string_view one : split(text, ',')) {
        const auto numbers = split(one, ':');
        if (numbers.size() != 3) return std::nullopt;
        int values[3] = {};
        for (std::size_t i = 0; i < 3; ++i) {
            const auto [end, error] = std::from_chars(
                numbers[i].data(), numbers[i].data() + numbers[i].size(), values[i]);
            if (error != std::errc{} || end != numbers[i].data() + numbers[i].size())
                return std::nullopt;
        }
        profiles.push_back({values[0], values[1], values[2]});
    }
    return trial;
}

Result<void> time_engine(Opened& opened, const TypedNetwork& network, const std::string& name,
                         const Trial& trial, std::string_view text) {
    const auto start = Steady::now();
    auto built = opened.library->build({.onnx = network.onnx,
                                        .name = name,
                                        .height = side,
                                        .width = side,
                                        .profiles = trial.profiles,
                                        .capability = 0,
                                        .level = trial.level,
                                        .timing_cache = "",
                                        .progress = {},
                                        .stop = {}});
    if (!built) return fail(built.error());
    const double seconds = std::chrono::duration<double>(Steady::now() - start).count();
    auto engine = opened.library->load(built->plan);
    if (!engine) return fail(engine.error());
    if (auto done = bench::print_times(**engine, opened.ordinal, side, text); !done) return done;
    fmt::print("({}: built in {:.0f} s, {:.1f} MB)\n", text, seconds,
               static_cast<double>(built->plan.size()) / 1e6);
    std::fflush(stdout);
    return {};
}

Result<void> run(const char* file, const char* device, int count, char** lists) {
    const auto onnx = model::PreparedModel::load(file);
    if (!onnx) return fail(onnx.error());
    const auto freed = onnx->network(model::HeadForm::whole);
    if (!freed) return fail(freed.error());
    infer::EngineBuild build;
    if (freed->graph.metadata().contains(model::int8_key)) build.precision = infer::Precision::int8;
    const auto network = typed_network(freed->graph, freed->spec, build);
    if (!network) return fail(network.error());
    const auto gpu = infer::device_from(device);
    if (!gpu) return fail(ErrorCode::invalid_argument, fmt::format("{} is no device", device));
    auto opened = open_for_device(*gpu);
    if (!opened) return fail(opened.error());
    fmt::print("| profiles | batch | ms | images/s |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < count; ++i) {
        const auto trial = parse(lists[i]);
        if (!trial)
            return fail(ErrorCode::invalid_argument,
                        fmt::format("'{}' is no list of profiles", lists[i]));
        auto timed = cuda::guarded([&] {
            const cuda::DeviceScope scope(opened->ordinal);
            return time_engine(*opened, *network, onnx->name(), *trial, lists[i]);
        });
        if (!timed) return fail(timed.error());
        if (!*timed) return *timed;
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        fmt::print(stderr,
                   "usage: engine_profiles MODEL.onnx DEVICE LEAST:BEST:MOST[,...][@LEVEL]...\n");
        return 2;
    }
    if (const auto done = run(argv[1], argv[2], argc - 3, argv + 3); !done) {
        fmt::print(stderr, "{}\n", done.error().line());
        return 1;
    }
    return 0;
}
