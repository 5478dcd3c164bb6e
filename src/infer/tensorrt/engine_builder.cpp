#include "infer/tensorrt/engine_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>

#include "core/digest.h"
#include "model/quantize/write_int8.h"
#include "model/to_fp16.h"

namespace saccade::infer::tensorrt {
namespace {

constexpr int small_batch = 4, full_batch = 32;

/// Of each branch of a YOLO head: two of 3x3 and the last one.
constexpr int single_head_layers = 3;

Result<void> check(const model::ModelSpec& spec, const EngineBuild& build) {
    if (build.max_batch < 1 || build.max_batch > 1024) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("a batch of {} is not in 1..1024", build.max_batch));
    }
    const auto fits = [&](int side) {
        return side > 0 && side <= 16384 && side % spec.stride == 0;
    };
    if (spec.dynamic_size && (!fits(build.width) || !fits(build.height))) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("input size {}x{} is not a multiple of {}", build.width,
                                build.height, spec.stride));
    }
    return {};
}

/// In INT8, written by the plan that the network brings with it.
Result<model::OnnxModel> in_shape(const model::OnnxModel& model, Precision precision) {
    const auto plan = model::int8_plan(model);
    if (!plan) return fail(plan.error());
    if (*plan && precision != Precision::int8) {
        return fail(ErrorCode::invalid_argument, model.name() + ": is an INT8 network",
                    "use --precision int8, or the network it was made from");
    }
    if (!*plan && precision == Precision::int8) {
        return fail(ErrorCode::unsupported, model.name() + ": is no INT8 network",
                    "name footage to make one with: --calib; or see `saccade quantize --help`");
    }
    if (!*plan) return model;
    return model::write_int8(model, **plan, {.shape = model::Int8Shape::tensorrt});
}

}  // namespace

Result<TypedNetwork> typed_network(const model::OnnxModel& model, const model::ModelSpec& spec,
                                   const EngineBuild& build) {
    if (auto ok = check(spec, build); !ok) return fail(ok.error());
    if (build.precision == Precision::bf16) {
        return fail(ErrorCode::unsupported, "GPUs run --precision fp32, fp16, mixed or int8 here",
                    "use --precision fp16");
    }
    const auto shaped = in_shape(model, build.precision);
    if (!shaped) return fail(shaped.error());
    const model::HalfOptions half{
        .half_input = true,
        .single_layers = build.precision == Precision::mixed ? single_head_layers : 0};
    auto typed = build.precision == Precision::fp32 ? shaped : model::to_fp16(*shaped, half);
    if (!typed) return fail(typed.error());
    auto bytes = typed->to_bytes();
    if (!bytes) return fail(bytes.error());
    const bool fixed = spec.batch > 0;
    return TypedNetwork{std::move(*bytes), fixed ? spec.batch : build.max_batch, fixed};
}

std::vector<BatchRange> profiles_for(int max_batch) {
    const int most =
        static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(max_batch, full_batch))));
    return {{1, 1, small_batch}, {1, most, most}};
}

EngineKey key_for(const Version& version, const TypedNetwork& network, const EngineBuild& build,
                  const Target& target) {
    EngineKey key;
    key.model = sha256(network.onnx);
    key.backend = to_string(version);
    key.device = version.kind == Kind::rtx ? "" : target.device;
    key.capability = target.capability;
    key.height = build.height;
    key.width = build.width;
    key.profiles =
        network.fixed_batch
            ? std::vector<BatchRange>{{network.max_batch, network.max_batch, network.max_batch}}
            : profiles_for(network.max_batch);
    if (version.kind != Kind::rtx && build.level != default_builder_level)
        key.options = fmt::format("level {}", build.level);
    return key;
}

Result<Prepared> prepare_engine(Library& library, const model::OnnxModel& model,
                                const model::ModelSpec& spec, const EngineBuild& build,
                                const Target& target) {
    const auto network = typed_network(model, spec, build);
    if (!network) return fail(network.error());
    const EngineKey key = key_for(library.version(), *network, build, target);

    const auto start = std::chrono::steady_clock::now();
    bool built = false;
    const auto make = [&](std::string timing_cache) {
        built = true;
        return library.build(
            {.onnx = network->onnx,
             .name = model.name(),
             .height = build.height,
             .width = build.width,
             .profiles = key.profiles,
             .capability = library.version().kind == Kind::rtx ? target.capability : 0,
             .level = build.level,
             .timing_cache = std::move(timing_cache),
             .progress = build.progress,
             .stop = build.stop});
    };
    Prepared prepared;
    if (auto files = usable_cache(build.cache_dir)) {
        EngineCache cache(std::move(*files));
        auto plan = cache.plan_for(key, make, build.stop);
        if (!plan) return fail(plan.error());
        prepared.plan = std::move(*plan);
        prepared.report.path = cache.path_of(key);
    } else {
        auto made = make("");
        if (!made) return fail(made.error());
        prepared.plan = std::move(made->plan);
    }
    prepared.report.backend = to_string(library.version());
    prepared.report.bytes = prepared.plan.size();
    prepared.report.max_batch = network->max_batch;
    prepared.report.was_there = !built;
    prepared.report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return prepared;
}

}  // namespace saccade::infer::tensorrt
