#include "cuda/runtime.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <mutex>

namespace saccade::cuda {

CudaFailure::CudaFailure(cudaError_t code, const char* what)
    : std::runtime_error(
          fmt::format("{}: {} ({})", what, cudaGetErrorString(code), cudaGetErrorName(code))),
      code_(code) {}

Error error_of(const CudaFailure& failure) {
    switch (failure.code()) {
        case cudaErrorMemoryAllocation:
            return {ErrorCode::out_of_memory, failure.what(), "use a smaller --batch"};
        case cudaErrorNoDevice:
        case cudaErrorInvalidDevice:
        case cudaErrorInsufficientDriver:
        case cudaErrorDevicesUnavailable:
            return {ErrorCode::unavailable, failure.what(),
                    "`saccade doctor` says what is missing; or use --device cpu"};
        default: return {ErrorCode::internal, failure.what(), ""};
    }
}

namespace {

/// Once a device: a context that is there already (of a program that embeds us) keeps its own ways.
void start(int device) {
    static std::array<std::once_flag, 64> started;
    if (device < 0 || device >= static_cast<int>(started.size()))
        return;  // cudaSetDevice will tell
    std::call_once(started[static_cast<std::size_t>(device)], [device] {
        if (cudaInitDevice(device, cudaDeviceScheduleBlockingSync, cudaInitDeviceFlagsAreValid) !=
            cudaSuccess) {
            cudaGetLastError();
        }
    });
}

}  // namespace

DeviceScope::DeviceScope(int device) {
    start(device);
    check(cudaGetDevice(&before_), "cudaGetDevice");
    check(cudaSetDevice(device), "cudaSetDevice");
}

DeviceScope::~DeviceScope() {
    cudaSetDevice(before_);
}

Stream::Stream() {
    cudaStream_t stream = nullptr;
    check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    handle_.reset(stream);
}

Event::Event() {
    cudaEvent_t event = nullptr;
    check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming | cudaEventBlockingSync),
          "cudaEventCreateWithFlags");
    handle_.reset(event);
}

void call_on(cudaStream_t stream, Callback& callback) {
    check(cudaLaunchHostFunc(
              stream, [](void* data) { (*static_cast<Callback*>(data))(); }, &callback),
          "cudaLaunchHostFunc");
}

TimedEvent::TimedEvent() {
    cudaEvent_t event = nullptr;
    check(cudaEventCreateWithFlags(&event, cudaEventBlockingSync), "cudaEventCreateWithFlags");
    handle_.reset(event);
}

std::chrono::nanoseconds TimedEvent::since(const TimedEvent& earlier) const {
    float ms = 0;
    check(cudaEventElapsedTime(&ms, earlier.handle_.get(), handle_.get()), "cudaEventElapsedTime");
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double, std::milli>(ms));
}

Graph::Graph(cudaStream_t stream) {
    cudaGraph_t graph = nullptr;
    check(cudaStreamEndCapture(stream, &graph), "cudaStreamEndCapture");
    cudaGraphExec_t executable = nullptr;
    const cudaError_t made = cudaGraphInstantiate(&executable, graph, 0);
    cudaGraphDestroy(graph);
    check(made, "cudaGraphInstantiate");
    handle_.reset(executable);
}

void Graph::end_capture(cudaStream_t stream) noexcept {
    cudaGraph_t graph = nullptr;
    cudaStreamEndCapture(stream, &graph);
    if (graph != nullptr) cudaGraphDestroy(graph);
    cudaGetLastError();  // what broke the recording was told by whoever threw
}

DeviceMemory device_memory() {
    DeviceMemory memory;
    check(cudaMemGetInfo(&memory.free, &memory.total), "cudaMemGetInfo");
    return memory;
}

void* current_context() {
    void* entry = nullptr;
    cudaDriverEntryPointQueryResult found{};
    check(cudaGetDriverEntryPointByVersion("cuCtxGetCurrent", &entry, 12000, cudaEnableDefault,
                                           &found),
          "cudaGetDriverEntryPointByVersion");
    void* context = nullptr;
    const auto get = reinterpret_cast<int (*)(void**)>(entry);
    if (found != cudaDriverEntryPointSuccess || get(&context) != 0 || context == nullptr) {
        check(cudaErrorDeviceUninitialized, "cuCtxGetCurrent");
    }
    return context;
}

DeviceResource::DeviceResource() {
    int device = 0;
    check(cudaGetDevice(&device), "cudaGetDevice");
    cudaMemPool_t pool = nullptr;
    check(cudaDeviceGetDefaultMemPool(&pool, device), "cudaDeviceGetDefaultMemPool");
    std::uint64_t keep = UINT64_MAX;
    check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep),
          "cudaMemPoolSetAttribute");
}

Result<void*> DeviceResource::allocate(std::size_t bytes, StreamHandle stream) {
    return guarded([&] {
        void* block = nullptr;
        const auto on = stream != nullptr ? static_cast<cudaStream_t>(stream) : own_.get();
        const cudaError_t code = cudaMallocAsync(&block, bytes, on);
        if (code != cudaSuccess) cudaGetLastError();  // not sticky: the caller may try smaller
        check(code, "cudaMallocAsync");
        if (stream == nullptr) own_.synchronize();
        return block;
    });
}

void DeviceResource::deallocate(void* block, std::size_t /*bytes*/, StreamHandle stream) noexcept {
    cudaFreeAsync(block, stream != nullptr ? static_cast<cudaStream_t>(stream) : own_.get());
}

void DeviceResource::trim() noexcept {
    cudaStreamSynchronize(own_.get());  // what is not seen to have come back is not given up
    int device = 0;
    cudaMemPool_t pool = nullptr;
    if (cudaGetDevice(&device) == cudaSuccess &&
        cudaDeviceGetDefaultMemPool(&pool, device) == cudaSuccess) {
        cudaMemPoolTrimTo(pool, 0);
    }
}

Result<void*> PinnedResource::allocate(std::size_t bytes, StreamHandle /*stream*/) {
    return guarded([&] {
        void* block = nullptr;
        const cudaError_t code = cudaHostAlloc(&block, bytes, cudaHostAllocPortable);
        if (code != cudaSuccess) cudaGetLastError();
        check(code, "cudaHostAlloc");
        return block;
    });
}

void PinnedResource::deallocate(void* block, std::size_t /*bytes*/,
                                StreamHandle /*stream*/) noexcept {
    cudaFreeHost(block);
}

}  // namespace saccade::cuda
