#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "infer/tensorrt/native/native.h"

namespace saccade::infer::tensorrt::SACCADE_TENSORRT {
namespace {

using nvinfer1::Dims;
using nvinfer1::OptProfileSelector;

/// Steps of the outermost phases, and the user's wish to stop.
class Monitor final : public nvinfer1::IProgressMonitor {
  public:
    explicit Monitor(const BuildRequest& request) : request_(request) {}

    void phaseStart(const char* phase, const char* parent, std::int32_t steps) noexcept override {
        if (parent != nullptr) return;
        phase_ = phase;
        steps_ = steps;
    }
    bool stepComplete(const char* phase, std::int32_t step) noexcept override {
        if (request_.progress && phase_ == phase) request_.progress(phase_, step + 1, steps_);
        return !request_.stop.stop_requested();
    }
    void phaseFinish(const char* /*phase*/) noexcept override {}

  private:
    const BuildRequest& request_;
    std::string phase_;
    std::int32_t steps_ = 0;
};

/// The input's dimensions with a batch and a size for what is open.
Dims fixed(Dims dims, int batch, int height, int width) {
    const int open[] = {batch, 3, height, width};
    for (int i = 0; i < dims.nbDims; ++i) {
        if (dims.d[i] < 0) dims.d[i] = open[i];
    }
    return dims;
}

Result<void> add_profiles(nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config,
                          const nvinfer1::ITensor& input, const BuildRequest& request) {
    const Dims dims = input.getDimensions();
    if (dims.nbDims != 4) {
        return fail(ErrorCode::unsupported, request.name + ": its input is no batch of pictures");
    }
    if (std::all_of(dims.d, dims.d + 4, [](auto d) { return d >= 0; })) return {};
    const std::size_t count = dims.d[0] < 0 ? request.profiles.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
        const BatchRange& range = request.profiles[i];
        auto* profile = builder.createOptimizationProfile();
        const char* name = input.getName();
        const int height = request.height, width = request.width;
        const auto or_less = [&](int side) {
            return request.least_side > 0 ? request.least_side : side;
        };
        const Dims least = fixed(dims, range.least, or_less(height), or_less(width));
        if (profile == nullptr || !profile->setDimensions(name, OptProfileSelector::kMIN, least) ||
            !profile->setDimensions(name, OptProfileSelector::kOPT,
                                    fixed(dims, range.best, height, width)) ||
            !profile->setDimensions(name, OptProfileSelector::kMAX,
                                    fixed(dims, range.most, height, width)) ||
            config.addOptimizationProfile(profile) < 0) {
            return fail(
                ErrorCode::unsupported,
                fmt::format("{}: TensorRT refuses batches of {} to {} at {}x{}", request.name,
                            range.least, range.most, request.width, request.height));
        }
    }
    return {};
}

/// Not every library builds for a GPU that is not here.
Result<void> set_target(nvinfer1::IBuilderConfig& config, const Version& version,
                        const BuildRequest& request) {
    if (request.capability == 0) return {};
#if SACCADE_TENSORRT_RTX
    (void)version;
    if (config.setNbComputeCapabilities(1) &&
        config.setComputeCapability(static_cast<nvinfer1::ComputeCapability>(request.capability),
                                    0)) {
        return {};
    }
    return fail(ErrorCode::unsupported,
                fmt::format("TensorRT-RTX does not build for compute capability {}.{}",
                            request.capability / 10, request.capability % 10),
                "use --target sm_80, sm_86, sm_89 or sm_120");
#else
    (void)config;
    return fail(ErrorCode::unsupported,
                fmt::format("{} builds for the GPU of its own machine only", to_string(version)),
                "leave --target out, or install TensorRT-RTX (make gpu)");
#endif
}

std::string text(const char* words) {
    return words != nullptr ? words : "";
}

using Parser = std::unique_ptr<nvonnxparser::IParser>;

/// The parser owns constants of the network: it must live until that is built.
Result<Parser> parse(nvinfer1::INetworkDefinition& network, const SharedLibrary& library,
                     Logger& logger, const BuildRequest& request) {
    const auto create = library.symbol<void* (*)(void*, void*, int)>("createNvOnnxParser_INTERNAL");
    const auto version = library.symbol<int (*)()>("getNvOnnxParserVersion");
    if (create == nullptr || version == nullptr) {
        return fail(ErrorCode::unavailable, "TensorRT's ONNX parser is missing",
                    "install it beside the library: libnvonnxparser, or for TensorRT-RTX make gpu");
    }
    Parser parser(static_cast<nvonnxparser::IParser*>(create(&network, &logger, version())));
    if (!parser) return fail(failure(ErrorCode::internal, "TensorRT's parser", logger));
    if (parser->parse(request.onnx.data(), request.onnx.size())) return parser;
    std::string why = "no reason given";
    if (parser->getNbErrors() > 0) {
        const auto* error = parser->getError(0);
        why = text(error->desc());
        if (const std::string op = text(error->nodeOperator()); !op.empty()) {
            why += fmt::format(" (node {}: {})", text(error->nodeName()), op);
        }
    }
    return fail(ErrorCode::unsupported,
                fmt::format("{}: TensorRT can't read it: {}", request.name, why));
}

}  // namespace

Result<Built> build(const EntryPoints& entry, const SharedLibrary& parser, const Version& version,
                    Logger& logger, const BuildRequest& request) {
    static_cast<void>(logger.take_error());
    const std::unique_ptr<nvinfer1::IBuilder> builder(
        static_cast<nvinfer1::IBuilder*>(entry.create_builder(&logger, entry.version)));
    if (!builder) {
        return fail(failure(ErrorCode::unavailable, "TensorRT's builder does not start", logger));
    }
#if SACCADE_TENSORRT_MAJOR == 10
    // Later versions know no other kind.
    const std::uint32_t flags =
        1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#else
    const std::uint32_t flags = 0;
#endif
    const std::unique_ptr<nvinfer1::INetworkDefinition> network(builder->createNetworkV2(flags));
    const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
    if (!network || !config)
        return fail(failure(ErrorCode::internal, "TensorRT's builder", logger));
    if (auto ok = set_target(*config, version, request); !ok) return fail(ok.error());
    const auto parsed = parse(*network, parser, logger, request);
    if (!parsed) return fail(parsed.error());
    if (network->getNbInputs() != 1 || network->getNbOutputs() < 1) {  // text parses as no network
        return fail(ErrorCode::unsupported, request.name + ": is no network with one input");
    }
    if (auto ok = add_profiles(*builder, *config, *network->getInput(0), request); !ok) {
        return fail(ok.error());
    }
    Monitor monitor(request);
    config->setProgressMonitor(&monitor);
#if !SACCADE_TENSORRT_RTX
    config->setBuilderOptimizationLevel(request.level);  // RTX chooses its kernels when it runs
    const std::unique_ptr<nvinfer1::ITimingCache> timing(
        config->createTimingCache(request.timing_cache.data(), request.timing_cache.size()));
    // A cache of another version or GPU is refused, and the build starts without one.
    if (timing) config->setTimingCache(*timing, false);
#endif
    const std::unique_ptr<nvinfer1::IHostMemory> plan(
        builder->buildSerializedNetwork(*network, *config));
    if (request.stop.stop_requested()) {
        return fail(ErrorCode::interrupted, request.name + ": the build was interrupted");
    }
    if (!plan) {
        return fail(
            failure(ErrorCode::unsupported, request.name + ": TensorRT can't build it", logger));
    }
    Built built;
    built.plan.assign(static_cast<const char*>(plan->data()), plan->size());
#if !SACCADE_TENSORRT_RTX
    if (const auto* used = config->getTimingCache(); used != nullptr) {
        const std::unique_ptr<nvinfer1::IHostMemory> bytes(used->serialize());
        if (bytes) {
            built.timing_cache.assign(static_cast<const char*>(bytes->data()), bytes->size());
        }
    }
#endif
    return built;
}

}  // namespace saccade::infer::tensorrt::SACCADE_TENSORRT
