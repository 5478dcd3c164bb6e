#include "infer/precision.h"

#include <array>

namespace saccade::infer {

std::span<const Precision> precisions() noexcept {
    static constexpr std::array all = {Precision::fp32, Precision::fp16, Precision::mixed,
                                       Precision::bf16, Precision::int8};
    return all;
}

std::string_view to_string(Precision precision) noexcept {
    switch (precision) {
        case Precision::fp32: return "fp32";
        case Precision::fp16: return "fp16";
        case Precision::bf16: return "bf16";
        case Precision::int8: return "int8";
        case Precision::mixed: return "mixed";
    }
    return "";
}

std::optional<Precision> precision_from(std::string_view word) noexcept {
    for (const Precision precision : precisions()) {
        if (to_string(precision) == word) return precision;
    }
    return std::nullopt;
}

}  // namespace saccade::infer
