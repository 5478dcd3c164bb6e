#include "infer/openvino/openvino_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "infer/openvino/openvino_cache.h"
#include "infer/openvino/openvino_error.h"
#include "infer/openvino/openvino_version.h"
#include "model/quantize/write_int8.h"

namespace saccade::infer {
namespace {

constexpr const char* cpu = "CPU";

std::optional<ElementType> element_type(const ov::element::Type& type) {
    if (type == ov::element::f32) return ElementType::f32;
    if (type == ov::element::f16) return ElementType::f16;
    if (type == ov::element::bf16) return ElementType::bf16;
    if (type == ov::element::u8) return ElementType::u8;
    if (type == ov::element::i8) return ElementType::i8;
    if (type == ov::element::i32) return ElementType::i32;
    if (type == ov::element::i64) return ElementType::i64;
    return std::nullopt;
}

Result<void> check(const model::OnnxModel& model, const model::ModelSpec& spec,
                   const BackendOptions& options) {
    if (options.max_batch < 1 || options.max_batch > 1024) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("a batch of {} is not in 1..1024", options.max_batch));
    }
    if (options.threads < 0 || options.threads > 4096) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{} threads are not in 0..4096", options.threads));
    }
    if (spec.batch > 1) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: its batch is fixed at {}", model.name(), spec.batch),
                    "export it with batch 1 or a dynamic one");
    }
    if (!spec.dynamic_size) return {};
    const auto fits = [&](int side) {
        return side > 0 && side <= 16384 && side % spec.stride == 0;
    };
    if (!fits(options.width) || !fits(options.height)) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("input size {}x{} is not a multiple of {}", options.width,
                                options.height, spec.stride));
    }
    return {};
}

/// The precision to ask the plugin for; `network` is needed for INT8 alone. INT8 is in the
/// network's own quantizers: what is left of it runs in FP32.
Result<ov::element::Type> arithmetic(ov::Core& core, const ov::Model* network,
                                     const std::string& name, Precision precision) {
    const auto capabilities = core.get_property(cpu, ov::device::capabilities);
    const auto has = [&](const char* what) {
        return std::find(capabilities.begin(), capabilities.end(), what) != capabilities.end();
    };
    switch (precision) {
        case Precision::fp32: return ov::element::f32;
        case Precision::bf16:
            if (has("BF16")) return ov::element::bf16;
            return fail(ErrorCode::unsupported, "this CPU has no BF16 arithmetic",
                        "use --precision fp32");
        case Precision::fp16:
            if (has("FP16")) return ov::element::f16;
            return fail(ErrorCode::unsupported, "this CPU has no FP16 arithmetic",
                        "use --precision fp32");
        case Precision::mixed:
            return fail(ErrorCode::unsupported, "CPUs run no mixed precision here",
                        "use --precision fp32 or bf16");
        case Precision::int8: break;
    }
    const auto ops = network->get_ops();
    const bool quantized = std::any_of(ops.begin(), ops.end(), [](const auto& op) {
        return std::string_view(op->get_type_name()) == "FakeQuantize";
    });
    if (!quantized) {
        return fail(ErrorCode::unsupported, name + ": is no INT8 network",
                    "name footage to make one with: --calib; or see `saccade quantize --help`");
    }
    return ov::element::f32;
}

/// Whether OpenVINO itself would choose BF16 here: it does where the CPU multiplies matrices of it
/// (AMX, AVX512-BF16), which takes half as long as FP32.
bool prefers_bf16(ov::Core& core) {
    return core.get_property(cpu, ov::hint::inference_precision) == ov::element::bf16;
}

/// Whether products of 8 bits are added up in 32: else in 16, where only 7-bit weights don't
/// overflow.
bool adds_in_32_bits() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512vnni") != 0 || __builtin_cpu_supports("avxvnni") != 0 ||
           __builtin_cpu_supports("amx-int8") != 0;
#else
    return true;
#endif
}

/// What is to be loaded: of a network that brings an INT8 plan, its shape for this CPU.
Result<model::OnnxModel> in_shape(const model::OnnxModel& model, BackendOptions& options) {
    const auto plan = model::int8_plan(model);
    if (!plan) return fail(plan.error());
    if (!*plan) return model;
    if (options.precision && *options.precision != Precision::int8) {
        return fail(ErrorCode::invalid_argument, model.name() + ": is an INT8 network",
                    "use --precision int8 or leave it out, or use the network it was made from");
    }
    options.precision = Precision::int8;
    return model::write_int8(
        model, **plan,
        {.shape = model::Int8Shape::openvino, .weight_bits = adds_in_32_bits() ? 8 : 7});
}

ov::AnyMap properties(const BackendOptions& options, const ov::element::Type& precision) {
    ov::AnyMap map{ov::hint::inference_precision(precision),
                   ov::hint::performance_mode(options.goal == Goal::latency
                                                  ? ov::hint::PerformanceMode::LATENCY
                                                  : ov::hint::PerformanceMode::THROUGHPUT)};
    if (options.profile_layers) map.insert(ov::enable_profiling(true));
    if (options.threads > 0) map.insert(ov::inference_num_threads(options.threads));
    return map;
}

/// `name` is the graph's own: a compiled one's tensors have several, and other ones first when it
/// comes out of a cache.
Result<TensorInfo> tensor_info(const ov::Output<const ov::Node>& port, const std::string& name,
                               const std::string& model) {
    const auto type = element_type(port.get_element_type());
    if (!type || port.get_partial_shape().is_dynamic()) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: '{}' has a type or shape that changes from image to image",
                                model, name));
    }
    const ov::Shape& shape = port.get_shape();
    if (shape.empty() || shape.front() != 1) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: '{}' has no batch dimension", model, name));
    }
    TensorInfo info{name, *type, {}};
    for (const std::size_t dim : shape) info.shape.push_back(static_cast<std::int64_t>(dim));
    return info;
}

/// OpenVINO keeps the order of the graph's outputs. That a port bears another output's name and not
/// its own would contradict it.
Result<std::vector<TensorInfo>> output_infos(const ov::CompiledModel& compiled,
                                             const model::OnnxModel& model) {
    const auto& outputs = model.outputs();
    const auto& ports = compiled.outputs();
    const auto out_of_order = [&] {
        return fail(ErrorCode::internal,
                    model.name() + ": OpenVINO changed the order of its outputs",
                    "please report it");
    };
    if (ports.size() != outputs.size()) return out_of_order();
    std::vector<TensorInfo> infos;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const auto& names = ports[i].get_names();
        const auto bears = [&](const model::ValueInfo& value) {
            return names.contains(value.name);
        };
        if (!bears(outputs[i]) && std::any_of(outputs.begin(), outputs.end(), bears)) {
            return out_of_order();
        }
        auto info = tensor_info(ports[i], outputs[i].name, model.name());
        if (!info) return fail(info.error());
        infos.push_back(std::move(*info));
    }
    return infos;
}

Precision in_effect(const ov::CompiledModel& compiled, std::optional<Precision> asked) {
    if (asked == Precision::int8) return Precision::int8;
    const auto type = compiled.get_property(ov::hint::inference_precision);
    if (type == ov::element::bf16) return Precision::bf16;
    return type == ov::element::f16 ? Precision::fp16 : Precision::fp32;
}

}  // namespace

Result<LoadedNetwork> load_network(const model::OnnxModel& model, const model::ModelSpec& spec,
                                   const BackendOptions& asked) {
    BackendOptions options = asked;
    if (options.max_batch == 0) options.max_batch = 1;  // a CPU gains nothing by more
    if (auto ok = check(model, spec, options); !ok) return fail(ok.error());
    const auto shaped = in_shape(model, options);
    if (!shaped) return fail(shaped.error());
    const auto bytes = shaped->to_bytes();
    if (!bytes) return fail(bytes.error());

    LoadedNetwork loaded;
    const auto read = [&] {
        return guarded(ErrorCode::unsupported, model.name() + ": OpenVINO can't read it", [&] {
            auto network = loaded.core.read_model(*bytes, ov::Tensor());
            ov::PartialShape shape = network->input().get_partial_shape();
            shape[0] = 1;
            shape[1] = 3;
            if (shape[2].is_dynamic()) shape[2] = options.height;
            if (shape[3].is_dynamic()) shape[3] = options.width;
            network->reshape(shape);
            return network;
        });
    };
    const Precision wanted = options.precision.value_or(
        options.bf16_will_do && prefers_bf16(loaded.core) ? Precision::bf16 : Precision::fp32);
    std::shared_ptr<ov::Model> quantized;
    if (wanted == Precision::int8) {
        auto network = read();
        if (!network) return fail(network.error());
        quantized = std::move(*network);
    }
    const auto precision = arithmetic(loaded.core, quantized.get(), model.name(), wanted);
    if (!precision) return fail(precision.error());
    const ov::AnyMap asked_for = properties(options, *precision);
    const auto compile = [&]() -> Result<ov::CompiledModel> {
        auto network = quantized ? Result<std::shared_ptr<ov::Model>>(quantized) : read();
        if (!network) return fail(network.error());
        return guarded(ErrorCode::unsupported, model.name() + ": OpenVINO can't compile it",
                       [&] { return loaded.core.compile_model(*network, cpu, asked_for); });
    };
    auto compiled = compile_or_import(
        loaded.core,
        {.folder = options.cache_dir,
         .key = cache_key(loaded.core, *bytes, asked_for, {options.width, options.height}),
         .stop = options.stop},
        asked_for, compile);
    if (!compiled) return fail(compiled.error());
    loaded.compiled = std::move(*compiled);

    BackendInfo& info = loaded.info;
    auto input = tensor_info(loaded.compiled.input(), model.inputs().front().name, model.name());
    if (!input) return fail(input.error());
    info.input = std::move(*input);
    auto outputs = output_infos(loaded.compiled, model);
    if (!outputs) return fail(outputs.error());
    info.outputs = std::move(*outputs);
    info.name = "openvino " + openvino_version();
    info.device = loaded.core.get_property(cpu, ov::device::full_name);
    info.precision = in_effect(loaded.compiled, options.precision);
    info.max_batch = options.max_batch;
    // All streams at work, and one slot more that is filled and emptied meanwhile.
    const int streams =
        static_cast<int>(loaded.compiled.get_property(ov::optimal_number_of_infer_requests));
    info.slots = options.slots > 0 ? options.slots
                                   : (streams + options.max_batch - 1) / options.max_batch + 1;
    return loaded;
}

}  // namespace saccade::infer
