// Small networks with inputs and outputs of any layout, for tests of what reads them. Needs LIBS
// saccade_onnx_proto.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "model/onnx_access.h"
#include "model/onnx_writer.h"
#include "support/files.h"

namespace saccade::test {

/// Named inputs and outputs around hardly any arithmetic: each output is its own values plus `gain`
/// times the mean of the first input (a picture). So a test knows what comes out, in any layout.
struct SmallNetwork {
    struct Port {
        std::string name;
        std::vector<std::int64_t> shape;  ///< -1 for a dynamic dimension (inputs only)
        std::int32_t type = onnx::TensorProto::FLOAT;
    };
    struct Output {
        Port port;
        std::vector<float> values = {};  ///< of its shape; empty: random between low and high
        float low = 0, high = 1;
        float gain = 0;
        bool dynamic_batch = false;  ///< one copy of `values` (of batch 1) for each picture
    };
    std::vector<Port> inputs = {{"images", {1, 3, 64, 64}}};
    std::vector<Output> outputs;
    std::vector<std::pair<std::string, std::string>> metadata = {};
    unsigned seed = 1;

    [[nodiscard]] onnx::ModelProto build() const;
    /// The bytes of build() in a file; its path.
    std::filesystem::path write(const std::filesystem::path& path) const {
        write_file(path, build().SerializeAsString());
        return path;
    }
};

inline onnx::ModelProto SmallNetwork::build() const {
    using onnx::TensorProto;
    model::OnnxWriter writer(17);
    writer.describe("saccade tests", "small network");
    std::mt19937 random(seed);
    const auto cast = [&](const std::string& value, std::int32_t to, const std::string& name) {
        return writer.node("Cast", {value}, {}, {{"to", to}}, name);
    };
    for (const Port& input : inputs) writer.input(input.name, input.shape, input.type);
    const std::string picture = cast(inputs.front().name, TensorProto::FLOAT, "picture");
    const std::string mean =
        writer.node("ReduceMean", {picture}, {{"axes", {1, 2, 3}}});  // [N,1,1,1]
    // Further inputs count for nothing, but they are read: backends drop those that nothing reads.
    std::string nothing = writer.scalar(0);
    for (std::size_t i = 1; i < inputs.size(); ++i) {
        const std::string number = cast(inputs[i].name, TensorProto::FLOAT, "");
        const std::string sum = writer.node("ReduceSum", {number}, {}, {{"keepdims", 0}});
        nothing = writer.node("Add", {nothing, writer.node("Mul", {sum, writer.scalar(0)})});
    }
    for (const Output& output : outputs) {
        std::size_t count = 1;
        for (const std::int64_t dim : output.port.shape) count *= static_cast<std::size_t>(dim);
        std::vector<float> values = output.values;
        while (output.values.empty() && values.size() < count) {
            const float share = static_cast<float>(random() >> 8) * 0x1p-24F;
            values.push_back(output.low + share * (output.high - output.low));
        }
        std::vector<std::int64_t> ones(output.port.shape.size(), 1);
        std::vector<std::int64_t> declared = output.port.shape;
        std::string level = writer.node("Add", {mean, nothing});
        if (output.dynamic_batch) {
            ones.front() = declared.front() = -1;
        } else {
            level = writer.node("ReduceMean", {level}, {{"axes", {0}}});
        }
        level = writer.node("Reshape", {level, writer.integers(ones)});
        const std::string made =
            writer.node("Add", {writer.floats(values, output.port.shape),
                                writer.node("Mul", {level, writer.scalar(output.gain)})});
        cast(made, output.port.type, output.port.name);
        writer.output(output.port.name, declared, output.port.type);
    }
    for (const auto& [key, value] : metadata) writer.metadata(key, value);
    return writer.take();
}

}  // namespace saccade::test
