#include <fmt/format.h>

#include <optional>
#include <utility>

#include "infer/tensorrt/layer_kind.h"
#include "infer/tensorrt/native/native.h"

namespace saccade::infer::tensorrt::SACCADE_TENSORRT {
namespace {

using nvinfer1::Dims;

std::optional<ElementType> element_type(nvinfer1::DataType type) {
    switch (type) {
        case nvinfer1::DataType::kFLOAT: return ElementType::f32;
        case nvinfer1::DataType::kHALF: return ElementType::f16;
        case nvinfer1::DataType::kBF16: return ElementType::bf16;
        case nvinfer1::DataType::kUINT8: return ElementType::u8;
        case nvinfer1::DataType::kINT8: return ElementType::i8;
        case nvinfer1::DataType::kINT32: return ElementType::i32;
        case nvinfer1::DataType::kINT64: return ElementType::i64;
        default: return std::nullopt;
    }
}

Shape shape_of(const Dims& dims) {
    return {dims.d, dims.d + std::max(dims.nbDims, 0)};
}

/// Called within an enqueue, once a layer.
class LayerTimer final : public nvinfer1::IProfiler {
  public:
    void reportLayerTime(const char* name, float ms) noexcept override {
        layers.push_back({name, layer_kind(name), ms});
    }
    std::vector<LayerTime> layers;
};

class NativeContext final : public Context {
  public:
    NativeContext(std::unique_ptr<nvinfer1::IExecutionContext> context, Dims input_dims,
                  std::string input, std::vector<std::string> outputs, Logger& logger)
        : context_(std::move(context)),
          input_dims_(input_dims),
          input_(std::move(input)),
          outputs_(std::move(outputs)),
          logger_(logger) {}

    void set_size(int height, int width) override {
        input_dims_.d[2] = height;
        input_dims_.d[3] = width;
    }

    Result<void> bind(int batch, void* input, std::span<void* const> outputs) override {
        Dims dims = input_dims_;
        dims.d[0] = batch;
        bool bound = outputs.size() == outputs_.size() &&
                     context_->setInputShape(input_.c_str(), dims) &&
                     context_->setTensorAddress(input_.c_str(), input);
        for (std::size_t i = 0; bound && i < outputs_.size(); ++i) {
            bound = context_->setTensorAddress(outputs_[i].c_str(), outputs[i]);
        }
        if (bound) return {};
        return fail(failure(ErrorCode::invalid_argument,
                            fmt::format("TensorRT refuses a batch of {}", batch), logger_));
    }

    [[nodiscard]] Result<std::vector<Shape>> output_shapes() const override {
        std::vector<Shape> shapes;
        for (const std::string& name : outputs_) {
            shapes.push_back(shape_of(context_->getTensorShape(name.c_str())));
            for (const auto dim : shapes.back()) {
                if (dim >= 0) continue;
                return fail(
                    ErrorCode::unsupported,
                    fmt::format("the size of output {} depends on what is in the picture", name));
            }
        }
        return shapes;
    }

    [[nodiscard]] std::size_t scratch_bytes() override {
        return context_->updateDeviceMemorySizeForShapes();
    }

    void use_scratch(void* scratch, std::size_t bytes) override {
        context_->setDeviceMemoryV2(scratch, static_cast<std::int64_t>(bytes));
    }

    void time_layers() override { context_->setProfiler(&timer_); }
    [[nodiscard]] const std::vector<LayerTime>& layer_times() const noexcept override {
        return timer_.layers;
    }

    Result<void> enqueue(cuda::StreamHandle stream) override {
        timer_.layers.clear();
        if (context_->enqueueV3(static_cast<cudaStream_t>(stream))) return {};
        return fail(failure(ErrorCode::internal, "TensorRT can't run the network", logger_));
    }

  private:
    LayerTimer timer_;  // outlives the context
    std::unique_ptr<nvinfer1::IExecutionContext> context_;
    Dims input_dims_;  ///< batch to be set
    const std::string input_;
    const std::vector<std::string> outputs_;
    Logger& logger_;
};

class NativeEngine final : public Engine {
  public:
    NativeEngine(std::unique_ptr<nvinfer1::ICudaEngine> engine, Logger& logger)
        : engine_(std::move(engine)), logger_(logger) {}

    Result<void> examine() {
        for (int i = 0; i < engine_->getNbIOTensors(); ++i) {
            const char* const name = engine_->getIOTensorName(i);
            const auto type = element_type(engine_->getTensorDataType(name));
            if (!type) return fail(ErrorCode::unsupported, fmt::format("{}: unknown type", name));
            TensorInfo info{name, *type, shape_of(engine_->getTensorShape(name))};
            if (engine_->getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT) {
                input_ = std::move(info);
            } else {
                outputs_.push_back(std::move(info));
            }
        }
        if (input_.shape.size() != 4 || outputs_.empty()) {
            return fail(ErrorCode::unsupported, "the plan is of no detector of pictures");
        }
        for (int i = 0; i < engine_->getNbOptimizationProfiles(); ++i) {
            const auto batch = [&](nvinfer1::OptProfileSelector which) {
                return static_cast<int>(
                    engine_->getProfileShape(input_.name.c_str(), i, which).d[0]);
            };
            profiles_.push_back({batch(nvinfer1::OptProfileSelector::kMIN),
                                 batch(nvinfer1::OptProfileSelector::kOPT),
                                 batch(nvinfer1::OptProfileSelector::kMAX)});
        }
        return {};
    }

    [[nodiscard]] const TensorInfo& input() const noexcept override { return input_; }
    [[nodiscard]] const std::vector<TensorInfo>& outputs() const noexcept override {
        return outputs_;
    }
    [[nodiscard]] const std::vector<BatchRange>& profiles() const noexcept override {
        return profiles_;
    }
    Result<std::unique_ptr<Context>> make_context(int profile, cuda::StreamHandle stream) override {
        std::unique_ptr<nvinfer1::IExecutionContext> context = create();
        if (!context) {
            return fail(
                failure(ErrorCode::out_of_memory, "TensorRT can't set the engine up", logger_));
        }
        if (!context->setOptimizationProfileAsync(profile, static_cast<cudaStream_t>(stream))) {
            return fail(failure(ErrorCode::internal, "TensorRT's profile", logger_));
        }
        std::vector<std::string> names;
        for (const TensorInfo& output : outputs_) names.push_back(output.name);
        // Of the open dimensions, all but the batch are as the profile fixes them.
        Dims dims = engine_->getProfileShape(input_.name.c_str(), profile,
                                             nvinfer1::OptProfileSelector::kMAX);
        return std::make_unique<NativeContext>(std::move(context), dims, input_.name,
                                               std::move(names), logger_);
    }

  private:
    std::unique_ptr<nvinfer1::IExecutionContext> create() {
        using Strategy = nvinfer1::ExecutionContextAllocationStrategy;
#if SACCADE_TENSORRT_RTX
        // Kernels are made for the bound shape before the first run, so that it can be recorded.
        const std::unique_ptr<nvinfer1::IRuntimeConfig> config(engine_->createRuntimeConfig());
        if (!config) return nullptr;
        config->setExecutionContextAllocationStrategy(Strategy::kUSER_MANAGED);
        config->setDynamicShapesKernelSpecializationStrategy(
            nvinfer1::DynamicShapesKernelSpecializationStrategy::kEAGER);
        return std::unique_ptr<nvinfer1::IExecutionContext>(
            engine_->createExecutionContext(config.get()));
#else
        return std::unique_ptr<nvinfer1::IExecutionContext>(
            engine_->createExecutionContext(Strategy::kUSER_MANAGED));
#endif
    }

    std::unique_ptr<nvinfer1::ICudaEngine> engine_;
    Logger& logger_;
    TensorInfo input_;
    std::vector<TensorInfo> outputs_;
    std::vector<BatchRange> profiles_;
};

}  // namespace

Result<std::unique_ptr<Engine>> load(nvinfer1::IRuntime& runtime, Logger& logger,
                                     std::string_view plan) {
    static_cast<void>(logger.take_error());
    std::unique_ptr<nvinfer1::ICudaEngine> native(
        runtime.deserializeCudaEngine(plan.data(), plan.size()));
    if (!native) {
        return fail(failure(ErrorCode::unsupported, "TensorRT can't load the engine", logger,
                            "build it again: saccade build"));
    }
    auto engine = std::make_unique<NativeEngine>(std::move(native), logger);
    if (auto ok = engine->examine(); !ok) return fail(ok.error());
    return engine;
}

}  // namespace saccade::infer::tensorrt::SACCADE_TENSORRT
