// Where memory for the GPU path comes from: resources, stacked on each other as rmm does it, and
// the owner of one block. Nothing here needs CUDA, so that budgets, pools and failures are tested
// without.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "saccade/error.h"

namespace saccade::cuda {

/// cudaStream_t, so that headers without CUDA can name it. nullptr stands for no stream: the block
/// is ready at once, and is given back when nothing uses it any more. It never means the default
/// stream.
using StreamHandle = void*;

/// Any thread. What it gives must come back to it, with its size, before it ends.
class MemoryResource {
  public:
    MemoryResource() = default;
    MemoryResource(const MemoryResource&) = delete;
    MemoryResource& operator=(const MemoryResource&) = delete;
    virtual ~MemoryResource() = default;

    /// A block for work that comes later on `stream`. bytes > 0. Errors: out_of_memory, internal.
    virtual Result<void*> allocate(std::size_t bytes, StreamHandle stream) = 0;
    /// Takes it back, in the order of `stream`.
    virtual void deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept = 0;
};

/// Refuses what would go over a limit, and counts.
class BudgetedResource final : public MemoryResource {
  public:
    /// `limit` in bytes; 0 for none.
    BudgetedResource(MemoryResource& upstream, std::size_t limit)
        : upstream_(upstream), limit_(limit) {}

    Result<void*> allocate(std::size_t bytes, StreamHandle stream) override;
    void deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept override;

    [[nodiscard]] std::size_t held() const;
    [[nodiscard]] std::size_t peak() const;
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }

  private:
    MemoryResource& upstream_;
    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::size_t held_ = 0, peak_ = 0;
};

/// Keeps blocks that come back and hands them out again to requests of the same size class (powers
/// of two from 256 bytes, with three steps between). For pinned memory, whose allocation stops the
/// device. Ignores streams: blocks come back when nothing uses them.
class PoolResource final : public MemoryResource {
  public:
    explicit PoolResource(MemoryResource& upstream) : upstream_(upstream) {}
    ~PoolResource() override { trim(); }

    Result<void*> allocate(std::size_t bytes, StreamHandle stream) override;
    void deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept override;
    /// Gives all idle blocks back to the upstream.
    void trim() noexcept;
    /// Bytes of a request's size class.
    static std::size_t size_class(std::size_t bytes) noexcept;

  private:
    MemoryResource& upstream_;
    std::mutex mutex_;
    std::multimap<std::size_t, void*> idle_;
};

/// Blocks of a size class (as PoolResource) cut out of larger ones, many at a time, since each
/// allocation of pinned memory stops the device. Keeps all until it ends. Ignores streams: blocks
/// come back when nothing uses them.
class SlabResource final : public MemoryResource {
  public:
    explicit SlabResource(MemoryResource& upstream, std::size_t blocks = 16)
        : upstream_(upstream), blocks_(blocks) {}
    ~SlabResource() override;

    Result<void*> allocate(std::size_t bytes, StreamHandle stream) override;
    void deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept override;

  private:
    MemoryResource& upstream_;
    const std::size_t blocks_;  ///< a slab
    std::mutex mutex_;
    std::multimap<std::size_t, void*> idle_;
    std::vector<std::pair<void*, std::size_t>> slabs_;  ///< with their bytes
};

/// Owns one block; movable. The resource must outlive it.
class Buffer {
  public:
    Buffer() = default;
    static Result<Buffer> make(MemoryResource& resource, std::size_t bytes,
                               StreamHandle stream = nullptr);
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        Buffer(std::move(other)).swap(*this);
        return *this;
    }
    ~Buffer();

    [[nodiscard]] void* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    template <typename T>
    [[nodiscard]] T* as() const noexcept {
        return static_cast<T*>(data_);
    }

  private:
    void swap(Buffer& other) noexcept;

    MemoryResource* resource_ = nullptr;
    void* data_ = nullptr;
    std::size_t bytes_ = 0;
    StreamHandle stream_ = nullptr;
};

}  // namespace saccade::cuda
