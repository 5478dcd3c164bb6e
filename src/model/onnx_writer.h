// Writes an ONNX graph node by node, a new one or behind one that is there. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace saccade::model {

/// Builds one graph; values are known by names that it gives. Call order is graph order.
class OnnxWriter {
  public:
    using Names = std::initializer_list<std::string>;
    using IntegerList = std::pair<std::string, std::vector<std::int64_t>>;

    explicit OnnxWriter(std::int64_t opset);
    /// Adds to a graph; the names that it gives begin with `prefix`.
    OnnxWriter(onnx::ModelProto proto, std::string prefix)
        : proto_(std::move(proto)), prefix_(std::move(prefix)) {}

    /// An input or output of one of TensorProto's element types; -1 in `shape` makes a dynamic
    /// dimension.
    void input(const std::string& name, const std::vector<std::int64_t>& shape,
               std::int32_t type = onnx::TensorProto::FLOAT);
    void output(const std::string& name, const std::vector<std::int64_t>& shape,
                std::int32_t type = onnx::TensorProto::FLOAT);
    void metadata(const std::string& key, const std::string& value);
    void describe(const std::string& producer, const std::string& graph_name);

    /// Constants; an empty shape makes a scalar.
    std::string floats(const std::vector<float>& values, const std::vector<std::int64_t>& shape);
    std::string scalar(float value) { return floats({value}, {}); }
    std::string integers(const std::vector<std::int64_t>& values);

    /// A node with one output, whose name is returned (`name`, or one made up).
    std::string node(const std::string& op, const std::vector<std::string>& inputs,
                     const std::vector<IntegerList>& lists = {},
                     const std::vector<std::pair<std::string, std::int64_t>>& numbers = {},
                     const std::string& name = {});

    [[nodiscard]] onnx::ModelProto take() { return std::move(proto_); }
    [[nodiscard]] onnx::ModelProto& proto() { return proto_; }

  private:
    std::string fresh(const std::string& stem);
    static void describe_value(onnx::ValueInfoProto& value, const std::string& name,
                               const std::vector<std::int64_t>& shape, std::int32_t type);

    onnx::ModelProto proto_;
    std::string prefix_;
    int next_ = 0;
};

}  // namespace saccade::model
