// Memory for tensors on the host, and how much of it the process has.
#pragma once

#include <cstddef>
#include <memory>

namespace saccade::infer {

/// Zeroed, 64-byte aligned (a cache line, an AVX-512 register) at an address that never changes.
class HostBuffer {
  public:
    explicit HostBuffer(std::size_t bytes);

    [[nodiscard]] std::byte* data() noexcept { return data_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    struct Free {
        void operator()(std::byte* bytes) const noexcept;
    };
    std::unique_ptr<std::byte, Free> data_;
    std::size_t size_ = 0;
};

/// Bytes of the process that are in memory now (Linux: resident set of /proc/self/statm), 0 where
/// the system doesn't tell.
std::size_t resident_bytes();

}  // namespace saccade::infer
