#include "model/onnx_writer.h"

namespace saccade::model {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;

}  // namespace

OnnxWriter::OnnxWriter(std::int64_t opset) {
    proto_.set_ir_version(8);
    proto_.add_opset_import()->set_version(opset);
}

void OnnxWriter::describe_value(onnx::ValueInfoProto& value, const std::string& name,
                                const std::vector<std::int64_t>& shape, std::int32_t type) {
    value.set_name(name);
    auto* tensor = value.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        auto* dim = tensor->mutable_shape()->add_dim();
        if (shape[i] >= 0) {
            dim->set_dim_value(shape[i]);
        } else {
            dim->set_dim_param(i == 0 ? "batch" : name + "_dim_" + std::to_string(i));
        }
    }
}

void OnnxWriter::input(const std::string& name, const std::vector<std::int64_t>& shape,
                       std::int32_t type) {
    describe_value(*proto_.mutable_graph()->add_input(), name, shape, type);
}

void OnnxWriter::output(const std::string& name, const std::vector<std::int64_t>& shape,
                        std::int32_t type) {
    describe_value(*proto_.mutable_graph()->add_output(), name, shape, type);
}

void OnnxWriter::metadata(const std::string& key, const std::string& value) {
    auto* entry = proto_.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
}

void OnnxWriter::describe(const std::string& producer, const std::string& graph_name) {
    proto_.set_producer_name(producer);
    proto_.mutable_graph()->set_name(graph_name);
}

std::string OnnxWriter::fresh(const std::string& stem) {
    return prefix_ + stem + "_" + std::to_string(next_++);
}

std::string OnnxWriter::floats(const std::vector<float>& values,
                               const std::vector<std::int64_t>& shape) {
    auto* tensor = proto_.mutable_graph()->add_initializer();
    tensor->set_name(fresh("floats"));
    tensor->set_data_type(TensorProto::FLOAT);
    for (const std::int64_t dim : shape) tensor->add_dims(dim);
    tensor->set_raw_data(values.data(), values.size() * sizeof(float));
    return tensor->name();
}

std::string OnnxWriter::integers(const std::vector<std::int64_t>& values) {
    auto* tensor = proto_.mutable_graph()->add_initializer();
    tensor->set_name(fresh("integers"));
    tensor->set_data_type(TensorProto::INT64);
    tensor->add_dims(static_cast<std::int64_t>(values.size()));
    tensor->set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
    return tensor->name();
}

std::string OnnxWriter::node(const std::string& op, const std::vector<std::string>& inputs,
                             const std::vector<IntegerList>& lists,
                             const std::vector<std::pair<std::string, std::int64_t>>& numbers,
                             const std::string& name) {
    auto* made = proto_.mutable_graph()->add_node();
    made->set_op_type(op);
    for (const std::string& input : inputs) made->add_input(input);
    made->add_output(name.empty() ? fresh(op) : name);
    made->set_name(made->output(0));
    for (const auto& [key, values] : lists) {
        auto* attribute = made->add_attribute();
        attribute->set_name(key);
        attribute->set_type(AttributeProto::INTS);
        for (const std::int64_t value : values) attribute->add_ints(value);
    }
    for (const auto& [key, value] : numbers) {
        auto* attribute = made->add_attribute();
        attribute->set_name(key);
        attribute->set_type(AttributeProto::INT);
        attribute->set_i(value);
    }
    return made->output(0);
}

}  // namespace saccade::model
