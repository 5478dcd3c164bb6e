// A typed view of memory that somebody else owns: network inputs and outputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "core/frame.h"

namespace saccade::infer {

enum class ElementType : std::uint8_t { f32, f16, bf16, u8, i8, i32, i64 };

[[nodiscard]] constexpr std::size_t size_of(ElementType t) noexcept {
    switch (t) {
        case ElementType::f32:
        case ElementType::i32: return 4;
        case ElementType::f16:
        case ElementType::bf16: return 2;
        case ElementType::u8:
        case ElementType::i8: return 1;
        case ElementType::i64: return 8;
    }
    return 0;
}

/// Dimensions, slowest first; -1 where a dimension is dynamic (in infos only, never in views).
using Shape = std::vector<std::int64_t>;

[[nodiscard]] inline std::int64_t element_count(const Shape& s) {
    return std::accumulate(s.begin(), s.end(), std::int64_t{1}, std::multiplies<>());
}

struct TensorInfo {
    std::string name;
    ElementType type = ElementType::f32;
    Shape shape;
};

/// Dense, row-major. Does not own `data`.
struct TensorView {
    void* data = nullptr;
    ElementType type = ElementType::f32;
    Shape shape;
    MemoryKind memory = MemoryKind::host;
    int device = -1;
};

}  // namespace saccade::infer
