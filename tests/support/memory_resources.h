// Memory resources for tests: plain host memory, and one that fails where a test wants it.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <mutex>
#include <new>
#include <set>
#include <utility>

#include "cuda/memory.h"

namespace saccade::test {

/// Fails the allocations with the given numbers (from 0), as a device would whose memory is taken
/// by others.
class ScriptedResource final : public cuda::MemoryResource {
  public:
    ScriptedResource(cuda::MemoryResource& upstream, std::set<std::size_t> failing)
        : upstream_(upstream), failing_(std::move(failing)) {}

    Result<void*> allocate(std::size_t bytes, cuda::StreamHandle stream) override {
        {
            const std::lock_guard lock(mutex_);
            if (failing_.contains(calls_++)) {
                return fail(ErrorCode::out_of_memory,
                            fmt::format("no {} bytes, as scripted", bytes));
            }
        }
        return upstream_.allocate(bytes, stream);
    }
    void deallocate(void* block, std::size_t bytes, cuda::StreamHandle stream) noexcept override {
        upstream_.deallocate(block, bytes, stream);
    }
    [[nodiscard]] std::size_t calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }

  private:
    cuda::MemoryResource& upstream_;
    const std::set<std::size_t> failing_;
    mutable std::mutex mutex_;
    std::size_t calls_ = 0;
};

/// Plain host memory.
class HostResource final : public cuda::MemoryResource {
  public:
    Result<void*> allocate(std::size_t bytes, cuda::StreamHandle /*stream*/) override {
        void* const block = ::operator new(bytes, std::align_val_t{64}, std::nothrow);
        if (block == nullptr) {
            return fail(ErrorCode::out_of_memory, fmt::format("no {} bytes of host memory", bytes));
        }
        return block;
    }
    void deallocate(void* block, std::size_t /*bytes*/,
                    cuda::StreamHandle /*stream*/) noexcept override {
        ::operator delete(block, std::align_val_t{64});
    }
};

}  // namespace saccade::test
