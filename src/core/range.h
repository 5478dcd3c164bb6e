// Names what a thread is at for NVIDIA's tools (Nsight Systems), by NVTX.
//
// A build without NVTX's header has empty ranges. With it and no tool at work one costs a call and
// a test of a pointer.
#pragma once

namespace saccade {

/// The time of a scope, in the domain "saccade" and on the calling thread. Ranges of a thread nest.
class Range {
  public:
#ifdef SACCADE_NVTX
    explicit Range(const char* name) noexcept;  ///< a literal
    ~Range();
#else
    explicit Range(const char* /*name*/) noexcept {}
    ~Range() {}  // not trivial, so that a Range for its scope's sake is no unused variable
#endif
    Range(const Range&) = delete;
    Range& operator=(const Range&) = delete;
};

}  // namespace saccade
