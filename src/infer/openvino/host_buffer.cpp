#include "infer/openvino/host_buffer.h"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <new>

namespace saccade::infer {
namespace {

constexpr std::align_val_t alignment{64};

}  // namespace

HostBuffer::HostBuffer(std::size_t bytes)
    : data_(static_cast<std::byte*>(::operator new(bytes, alignment))), size_(bytes) {
    std::memset(data_.get(), 0, bytes);
}

void HostBuffer::Free::operator()(std::byte* bytes) const noexcept {
    ::operator delete(bytes, alignment);
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0, resident = 0;
    if (!(file >> total >> resident)) return 0;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace saccade::infer
