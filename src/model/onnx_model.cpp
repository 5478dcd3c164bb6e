#include "model/onnx_model.h"

#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>

#include "core/digest.h"
#include "core/file_claims.h"
#include "model/onnx_access.h"
#include "model/onnx_check.h"
#include "model/onnx_external.h"
#include "model/onnx_order.h"
#include "model/onnx_read.h"

namespace saccade::model {
namespace {

using onnx::TensorProto;

DataType data_type(std::int32_t type) {
    switch (type) {
        case TensorProto::FLOAT: return DataType::f32;
        case TensorProto::FLOAT16: return DataType::f16;
        case TensorProto::BFLOAT16: return DataType::bf16;
        case TensorProto::DOUBLE: return DataType::f64;
        case TensorProto::UINT8: return DataType::u8;
        case TensorProto::INT8: return DataType::i8;
        case TensorProto::INT32: return DataType::i32;
        case TensorProto::INT64: return DataType::i64;
        default: return DataType::other;
    }
}

ValueInfo value_info(const onnx::ValueInfoProto& value) {
    ValueInfo info{value.name(), DataType::other, false, {}};
    if (!value.has_type() || !value.type().has_tensor_type()) return info;
    const auto& tensor = value.type().tensor_type();
    info.type = data_type(tensor.elem_type());
    info.has_shape = tensor.has_shape();
    for (const auto& dim : tensor.shape().dim()) {
        // Some exporters write 0 or a negative number for "any".
        info.shape.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : -1);
    }
    return info;
}

}  // namespace

struct OnnxModel::State {
    std::string name;
    onnx::ModelProto proto;
    std::vector<ValueInfo> inputs, outputs;
    std::map<std::string, std::string> metadata;
    std::int64_t opset = 0;
    std::shared_ptr<FileClaims> weights;  ///< files beside the model's own that it was read from

    static Result<std::unique_ptr<State>> make(onnx::ModelProto proto, std::string name,
                                               const std::string& label,
                                               const std::stop_token& stop = {}) {
        if (auto ok = sort_nodes(*proto.mutable_graph(), label, stop); !ok) return fail(ok.error());
        if (auto ok = check(proto, label, stop); !ok) return fail(ok.error());
        auto state = std::make_unique<State>();
        state->name = std::move(name);
        state->proto = std::move(proto);
        const auto& graph = state->proto.graph();
        std::set<std::string_view> initializers;
        for (const auto& tensor : graph.initializer()) initializers.insert(tensor.name());
        for (const auto& input : graph.input()) {
            if (!initializers.contains(input.name())) state->inputs.push_back(value_info(input));
        }
        if (state->inputs.empty()) {
            return fail(ErrorCode::unsupported, label + ": the network has no input",
                        "export the model again");
        }
        for (const auto& output : graph.output()) state->outputs.push_back(value_info(output));
        for (const auto& entry : state->proto.metadata_props()) {
            state->metadata[entry.key()] = entry.value();
        }
        for (const auto& set : state->proto.opset_import()) {
            if (set.domain().empty() || set.domain() == "ai.onnx") state->opset = set.version();
        }
        return state;
    }
};

std::string_view to_string(DataType type) noexcept {
    switch (type) {
        case DataType::other: return "other";
        case DataType::f32: return "f32";
        case DataType::f16: return "f16";
        case DataType::bf16: return "bf16";
        case DataType::f64: return "f64";
        case DataType::u8: return "u8";
        case DataType::i8: return "i8";
        case DataType::i32: return "i32";
        case DataType::i64: return "i64";
    }
    return "other";
}

std::string shape_text(const ValueInfo& value) {
    if (!value.has_shape) return "[unknown]";
    std::string text = "[";
    for (const std::int64_t dim : value.shape) {
        if (text.size() > 1) text += ',';
        text += dim < 0 ? "?" : std::to_string(dim);
    }
    return text + "]";
}

Result<OnnxModel> OnnxModel::load(const std::filesystem::path& path, std::stop_token stop) {
    const std::string label = path.string();
    const auto bytes = read_model_file(path, stop);
    if (!bytes) return fail(bytes.error());
    auto proto = parse_proto(*bytes, label, stop);
    if (!proto) return fail(proto.error());
    auto weights = std::make_shared<FileClaims>();
    if (auto ok = read_external(*proto, path.parent_path(), label, bytes->size(), *weights, stop);
        !ok) {
        return fail(ok.error());
    }
    auto state = State::make(std::move(*proto), path.filename().string(), label, stop);
    if (!state) return fail(state.error());
    (*state)->weights = std::move(weights);
    return OnnxModel(std::move(*state));
}

Result<OnnxModel> OnnxModel::parse(std::string_view bytes, std::string name, std::stop_token stop) {
    auto proto = parse_proto(bytes, name, stop);
    if (!proto) return fail(proto.error());
    const std::string label = name;
    auto state = State::make(std::move(*proto), std::move(name), label, stop);
    if (!state) return fail(state.error());
    return OnnxModel(std::move(*state));
}

Result<OnnxModel> OnnxModel::Access::adopt(onnx::ModelProto proto, std::string name) {
    const std::string label = name;
    auto state = State::make(std::move(proto), std::move(name), label);
    if (!state) return fail(state.error());
    return OnnxModel(std::move(*state));
}

const onnx::ModelProto& OnnxModel::Access::proto(const OnnxModel& model) {
    return model.state_->proto;
}

OnnxModel::OnnxModel(std::unique_ptr<State> state) : state_(std::move(state)) {}
OnnxModel::OnnxModel(const OnnxModel& other) : state_(std::make_unique<State>(*other.state_)) {}
OnnxModel& OnnxModel::operator=(const OnnxModel& other) {
    if (this != &other) state_ = std::make_unique<State>(*other.state_);
    return *this;
}
OnnxModel::OnnxModel(OnnxModel&&) noexcept = default;
OnnxModel& OnnxModel::operator=(OnnxModel&&) noexcept = default;
OnnxModel::~OnnxModel() = default;

const std::string& OnnxModel::name() const noexcept {
    return state_->name;
}
const std::vector<ValueInfo>& OnnxModel::inputs() const noexcept {
    return state_->inputs;
}
const std::vector<ValueInfo>& OnnxModel::outputs() const noexcept {
    return state_->outputs;
}
const std::map<std::string, std::string>& OnnxModel::metadata() const noexcept {
    return state_->metadata;
}
std::int64_t OnnxModel::opset() const noexcept {
    return state_->opset;
}
const std::string& OnnxModel::producer() const noexcept {
    return state_->proto.producer_name();
}

Result<std::string> OnnxModel::to_bytes() const {
    std::string bytes;
    if (state_->proto.ByteSizeLong() > max_bytes || !state_->proto.SerializeToString(&bytes)) {
        return fail(ErrorCode::unsupported, state_->name + ": is larger than 2 GiB");
    }
    return bytes;
}

Result<std::string> OnnxModel::digest() const {
    const auto bytes = to_bytes();
    if (!bytes) return fail(bytes.error());
    return sha256(*bytes);
}

}  // namespace saccade::model
