// An ONNX file in memory: read, checked, looked into, written back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/error.h"

namespace saccade::model {

/// Element types of network inputs and outputs that the engine can meet.
enum class DataType : std::uint8_t { other, f32, f16, bf16, f64, u8, i8, i32, i64 };

/// "f32", "i64" ..., "other".
std::string_view to_string(DataType type) noexcept;

/// A graph input or output.
struct ValueInfo {
    std::string name;
    DataType type = DataType::other;
    bool has_shape = false;           ///< false: not even the number of dimensions is known
    std::vector<std::int64_t> shape;  ///< slowest dimension first; -1 where dynamic
};

/// "[1,3,640,640]", dynamic dimensions as "?"; "[unknown]" without a shape. For messages.
std::string shape_text(const ValueInfo& value);

/// A whole model; copies are deep. Const calls may run in parallel.
///
/// What has been read is safe to walk, and to hand to a backend: every node input is produced by an
/// earlier node, an initializer or a graph input (nodes in another order are sorted); every
/// initializer holds as many bytes as its shape says; no number in it is out of any sense.
class OnnxModel {
  public:
    /// Largest model taken, its weights in other files included: protobuf's own limit.
    static constexpr std::size_t max_bytes = 0x7fffffff;

    /// Weights in files beside the model are read into it, if they are in its folder or below. A
    /// stop is heard within a second.
    /// Errors: not_found (also of such a file); unreadable; corrupt (empty, text, truncated,
    /// contradicting itself, numbers without sense); unsupported (weights elsewhere, no input or
    /// output, over 2 GiB, unknown operator sets); interrupted.
    static Result<OnnxModel> load(const std::filesystem::path& path, std::stop_token stop = {});

    /// As load(), from memory, where weights in other files are refused. `name` stands in messages.
    static Result<OnnxModel> parse(std::string_view bytes, std::string name,
                                   std::stop_token stop = {});

    OnnxModel(const OnnxModel& other);
    OnnxModel& operator=(const OnnxModel& other);
    OnnxModel(OnnxModel&&) noexcept;
    OnnxModel& operator=(OnnxModel&&) noexcept;
    ~OnnxModel();

    /// File name without folders, for messages.
    [[nodiscard]] const std::string& name() const noexcept;
    /// Initializers listed as inputs (IR version 3) are not counted as such.
    [[nodiscard]] const std::vector<ValueInfo>& inputs() const noexcept;
    [[nodiscard]] const std::vector<ValueInfo>& outputs() const noexcept;
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const noexcept;
    /// Version of the default operator set, 0 where the file imports none.
    [[nodiscard]] std::int64_t opset() const noexcept;
    [[nodiscard]] const std::string& producer() const noexcept;

    /// The file's bytes; equal models give equal bytes. Errors: unsupported (over 2 GiB).
    [[nodiscard]] Result<std::string> to_bytes() const;

    /// SHA-256 of to_bytes(), hex: differs where any weight does, also one that came from another
    /// file. Errors: as to_bytes().
    [[nodiscard]] Result<std::string> digest() const;

    /// The protobuf inside: for src/model alone (onnx_access.h).
    struct Access;

  private:
    struct State;
    explicit OnnxModel(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace saccade::model
