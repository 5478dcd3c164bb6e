// The arithmetic of a network, and the words for it: the only place that spells them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace saccade::infer {

/// `mixed`: FP16, with the last layers of the head in FP32 (GPUs).
enum class Precision : std::uint8_t { fp32, fp16, bf16, int8, mixed };

/// All of them, in the order for a list.
[[nodiscard]] std::span<const Precision> precisions() noexcept;

/// "fp32" ...
[[nodiscard]] std::string_view to_string(Precision precision) noexcept;

/// The precision of that name; none for any other word.
[[nodiscard]] std::optional<Precision> precision_from(std::string_view word) noexcept;

}  // namespace saccade::infer
