// The values that a node of an ONNX graph can read. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace saccade::model {

/// What is known of a value before the network runs. Points into the model.
struct KnownValue {
    const onnx::TensorProto* tensor = nullptr;      ///< of an initializer or a Constant
    const onnx::AttributeProto* numbers = nullptr;  ///< a Constant's value_int, value_ints ...
    int rank = -1;                                  ///< number of dimensions; -1: not known
};

/// Graphs inside of nodes see the values of the graphs around them; those outside don't see theirs.
class Scope {
  public:
    /// False where the name is taken; the value then stays what it was.
    bool add(std::string_view name, const KnownValue& value);
    [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }
    /// -1 where it is not known.
    [[nodiscard]] int rank(std::string_view name) const;

    /// Integers of a constant of up to `most` of them (a shape, axes); nothing where the value is
    /// computed, of another type, or longer.
    [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view name,
                                                                    std::size_t most) const;
    /// Likewise its numbers of any type.
    [[nodiscard]] std::optional<std::vector<double>> numbers(std::string_view name,
                                                             std::size_t most) const;
    /// The constant's tensor, nullptr where it is none or a list.
    [[nodiscard]] const onnx::TensorProto* tensor(std::string_view name) const;

    /// leave(enter()) forgets what was added in between.
    [[nodiscard]] std::size_t enter() const { return added_.size(); }
    void leave(std::size_t mark);

  private:
    std::unordered_map<std::string_view, KnownValue> values_;
    std::vector<std::string_view> added_;
};

}  // namespace saccade::model
