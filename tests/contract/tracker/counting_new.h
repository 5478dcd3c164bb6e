// Counts what this program takes from the heap.
#pragma once

#include <cstddef>

namespace saccade::test {

/// Calls of operator new so far, in any thread.
[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace saccade::test
