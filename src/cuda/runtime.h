// Owners for the CUDA runtime's objects. Only in builds with CUDA.
//
// Calls throw CudaFailure; `guarded` turns that into a Result where a module's interface begins.
// Destructors ignore errors: a broken device reports itself at the next call that can say so.
// Everything works on the device that was current when it was made.
#pragma once

#include <cuda_runtime_api.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/callback.h"
#include "cuda/memory.h"
#include "saccade/error.h"

namespace saccade::cuda {

class CudaFailure : public std::runtime_error {
  public:
    CudaFailure(cudaError_t code, const char* what);
    [[nodiscard]] cudaError_t code() const noexcept { return code_; }

  private:
    cudaError_t code_;
};

/// Throws CudaFailure, with `what` was tried ("cudaMallocAsync"), unless the call succeeded.
inline void check(cudaError_t code, const char* what) {
    if (code != cudaSuccess) throw CudaFailure(code, what);
}

/// out_of_memory, unavailable (driver or device) or internal.
Error error_of(const CudaFailure& failure);

/// What `function` returns, or its CudaFailure as an Error.
template <typename Function>
auto guarded(Function&& function) -> Result<decltype(function())> {
    try {
        if constexpr (std::is_void_v<decltype(function())>) {
            function();
            return {};
        } else {
            return function();
        }
    } catch (const CudaFailure& failure) {
        return fail(error_of(failure));
    }
}

/// Makes `device` current on this thread until the end of the scope. The first scope of a device
/// has its waits yield the core: many streams of a run wait at once, for longer than a switch
/// takes.
class DeviceScope {
  public:
    explicit DeviceScope(int device);
    DeviceScope(const DeviceScope&) = delete;
    DeviceScope& operator=(const DeviceScope&) = delete;
    ~DeviceScope();

  private:
    int before_ = 0;
};

/// Never ordered with the legacy default stream.
class Stream {
  public:
    Stream();
    [[nodiscard]] cudaStream_t get() const noexcept { return handle_.get(); }
    void synchronize() const { check(cudaStreamSynchronize(get()), "cudaStreamSynchronize"); }

  private:
    struct Destroy {
        void operator()(cudaStream_t s) const noexcept { cudaStreamDestroy(s); }
    };
    std::unique_ptr<CUstream_st, Destroy> handle_;
};

/// Without timing, which costs. A thread that waits for it yields its core.
class Event {
  public:
    Event();
    [[nodiscard]] cudaEvent_t get() const noexcept { return handle_.get(); }
    void record(cudaStream_t stream) { check(cudaEventRecord(get(), stream), "cudaEventRecord"); }
    void synchronize() const { check(cudaEventSynchronize(get()), "cudaEventSynchronize"); }
    /// Whether synchronize() would not block; also where it would throw.
    [[nodiscard]] bool done() const noexcept { return cudaEventQuery(get()) != cudaErrorNotReady; }
    /// What comes later on `stream` waits for it.
    void hold(cudaStream_t stream) const {
        check(cudaStreamWaitEvent(stream, get(), 0), "cudaStreamWaitEvent");
    }

  private:
    struct Destroy {
        void operator()(cudaEvent_t e) const noexcept { cudaEventDestroy(e); }
    };
    std::unique_ptr<CUevent_st, Destroy> handle_;
};

/// Calls it on a thread of the driver's when the stream gets there. It must live until then, and is
/// not called where the device breaks before.
void call_on(cudaStream_t stream, Callback& callback);

/// With timing, which costs a little.
class TimedEvent {
  public:
    TimedEvent();
    void record(cudaStream_t stream) {
        check(cudaEventRecord(handle_.get(), stream), "cudaEventRecord");
    }
    void synchronize() const { check(cudaEventSynchronize(handle_.get()), "cudaEventSynchronize"); }
    /// Between two that are done. Throws CudaFailure.
    [[nodiscard]] std::chrono::nanoseconds since(const TimedEvent& earlier) const;

  private:
    struct Destroy {
        void operator()(cudaEvent_t e) const noexcept { cudaEventDestroy(e); }
    };
    std::unique_ptr<CUevent_st, Destroy> handle_;
};

/// Recorded work, ready to be launched again and again with the same addresses.
class Graph {
  public:
    /// Records what `work` puts on the stream, which runs none of it. Throws what `work` throws,
    /// and CudaFailure where the work can't be recorded.
    template <typename Work>
    static Graph capture(cudaStream_t stream, Work&& work) {
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal),
              "cudaStreamBeginCapture");
        try {
            work();
        } catch (...) {
            end_capture(stream);
            throw;
        }
        return Graph(stream);
    }
    Graph() = default;
    [[nodiscard]] explicit operator bool() const noexcept { return handle_ != nullptr; }
    void launch(cudaStream_t stream) const {
        check(cudaGraphLaunch(handle_.get(), stream), "cudaGraphLaunch");
    }

  private:
    explicit Graph(cudaStream_t stream);
    static void end_capture(cudaStream_t stream) noexcept;
    struct Destroy {
        void operator()(cudaGraphExec_t g) const noexcept { cudaGraphExecDestroy(g); }
    };
    std::unique_ptr<CUgraphExec_st, Destroy> handle_;
};

/// Memory of the current device, bytes. Throws CudaFailure.
struct DeviceMemory {
    std::size_t free = 0, total = 0;
    [[nodiscard]] std::size_t used() const noexcept { return total - free; }
};
DeviceMemory device_memory();

/// The driver's context behind the current device, CUcontext, for libraries that take one.
/// Throws CudaFailure.
void* current_context();

/// Device memory out of the device's stream-ordered pool (cudaMallocAsync), which keeps what comes
/// back. Blocks made without a stream are ready at once, by waiting on a stream of its own.
class DeviceResource final : public MemoryResource {
  public:
    /// Of the current device. Throws CudaFailure.
    DeviceResource();
    Result<void*> allocate(std::size_t bytes, StreamHandle stream) override;
    void deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept override;
    /// Gives back what the current device's pool keeps for later: blocks that came here without a
    /// stream, and others whose stream was seen to end.
    void trim() noexcept;

  private:
    Stream own_;
};

/// Page-locked host memory: copies from and to it run beside other work. Slow to allocate; put a
/// PoolResource on it.
class PinnedResource final : public MemoryResource {
  public:
    Result<void*> allocate(std::size_t bytes, StreamHandle stream) override;
    void deallocate(void* block, std::size_t bytes, StreamHandle stream) noexcept override;
};

}  // namespace saccade::cuda
