#include "cuda/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <new>

namespace saccade::cuda {

Result<void*> BudgetedResource::allocate(std::size_t bytes, StreamHandle stream) {
    {
        const std::lock_guard lock(mutex_);
        if (limit_ > 0 && bytes > limit_ - std::min(held_, limit_)) {
            return fail(ErrorCode::out_of_memory,
                        fmt::format("{} bytes would go over the memory limit: {} of {} are in use",
                                    bytes, held_, limit_),
                        "use a smaller --batch");
        }
        held_ += bytes;  // before the upstream is asked, so that two threads can't pass together
    }
    auto block = upstream_.allocate(bytes, stream);
    const std::lock_guard lock(mutex_);
    if (block) {
        peak_ = std::max(peak_, held_);
    } else {
        held_ -= bytes;
    }
    return block;
}

void BudgetedResource::deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept {
    upstream_.deallocate(block, bytes, stream);
    const std::lock_guard lock(mutex_);
    held_ -= bytes;
}

std::size_t BudgetedResource::held() const {
    const std::lock_guard lock(mutex_);
    return held_;
}

std::size_t BudgetedResource::peak() const {
    const std::lock_guard lock(mutex_);
    return peak_;
}

std::size_t PoolResource::size_class(std::size_t bytes) noexcept {
    constexpr std::size_t least = 256;
    if (bytes <= least) return least;
    const std::size_t step = std::bit_floor(bytes - 1) / 4;
    return (bytes + step - 1) / step * step;
}

Result<void*> PoolResource::allocate(std::size_t bytes, StreamHandle stream) {
    const std::size_t size = size_class(bytes);
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = idle_.find(size); found != idle_.end()) {
            void* const block = found->second;
            idle_.erase(found);
            return block;
        }
    }
    auto block = upstream_.allocate(size, stream);
    if (block || block.error().code != ErrorCode::out_of_memory) return block;
    trim();  // idle blocks of other sizes may be what is lacking
    return upstream_.allocate(size, stream);
}

void PoolResource::deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        idle_.emplace(size_class(bytes), block);
    } catch (const std::bad_alloc&) {
        upstream_.deallocate(block, size_class(bytes), stream);
    }
}

void PoolResource::trim() noexcept {
    const std::lock_guard lock(mutex_);
    for (const auto& [size, block] : idle_) upstream_.deallocate(block, size, nullptr);
    idle_.clear();
}

SlabResource::~SlabResource() {
    for (const auto& [slab, bytes] : slabs_) upstream_.deallocate(slab, bytes, nullptr);
}

Result<void*> SlabResource::allocate(std::size_t bytes, StreamHandle /*stream*/) {
    const std::size_t size = PoolResource::size_class(bytes);
    const std::lock_guard lock(mutex_);
    auto found = idle_.find(size);
    if (found == idle_.end()) {
        const auto slab = upstream_.allocate(size * blocks_, nullptr);
        if (!slab) return fail(slab.error());
        slabs_.emplace_back(*slab, size * blocks_);
        for (std::size_t i = 0; i < blocks_; ++i) {
            found = idle_.emplace(size, static_cast<std::byte*>(*slab) + i * size);
        }
    }
    void* const block = found->second;
    idle_.erase(found);
    return block;
}

void SlabResource::deallocate(void* block, std::size_t bytes, StreamHandle /*stream*/) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        idle_.emplace(PoolResource::size_class(bytes), block);
    } catch (const std::bad_alloc&) {  // it stays in its slab, unused
    }
}

Result<Buffer> Buffer::make(MemoryResource& resource, std::size_t bytes, StreamHandle stream) {
    auto block = resource.allocate(bytes, stream);
    if (!block) return fail(block.error());
    Buffer buffer;
    buffer.resource_ = &resource;
    buffer.data_ = *block;
    buffer.bytes_ = bytes;
    buffer.stream_ = stream;
    return buffer;
}

Buffer::~Buffer() {
    if (data_ != nullptr) resource_->deallocate(data_, bytes_, stream_);
}

void Buffer::swap(Buffer& other) noexcept {
    std::swap(resource_, other.resource_);
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(stream_, other.stream_);
}

}  // namespace saccade::cuda
