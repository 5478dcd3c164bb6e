// How many images a device may take at once, so that it is never idle for caution and never over
// its memory: a control loop that measures instead of guessing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "core/clock.h"
#include "memory/probe.h"
#include "memory/use.h"

namespace saccade::memory {

struct GovernorOptions {
    std::size_t limit = 0;  ///< bytes this process may hold on the device; 0: all there are
    std::chrono::nanoseconds interval = std::chrono::milliseconds(100);  ///< between two readings
    /// Without trouble, until the batch grows by one.
    std::chrono::nanoseconds quiet = std::chrono::seconds(2);
    /// Before a single image that found no memory is tried again; doubles with each failure.
    std::chrono::nanoseconds pause = std::chrono::milliseconds(20);
};

/// What was decided in a run, and on what grounds.
struct GovernorReport {
    std::size_t limit = 0;        ///< bytes; 0: none known
    std::size_t peak = 0;         ///< most that this process was seen to hold, bytes
    std::size_t others_peak = 0;  ///< most that others were seen to hold, bytes
    std::size_t per_image = 0;    ///< bytes a further image of a batch takes; 0: not known
    int max_batch = 1, batch = 1, smallest_batch = 1;  ///< images; `batch` as it was left
    std::uint64_t readings = 0;                        ///< of the probe
    std::uint64_t warnings = 0;       ///< times 90 % of the limit was crossed, one image less each
    std::uint64_t fitted = 0;         ///< times only fewer images fitted
    std::uint64_t out_of_memory = 0;  ///< batches that found no memory and were run again, smaller
    std::uint64_t grown = 0;          ///< times the batch grew back by one image
    std::uint64_t trims = 0;          ///< times caches were freed
};

/// Decides the batch size: floor(0.8 of the memory available to images / bytes of an image), within
/// 1 and the detector's largest; one less when this process crosses 90 % of its limit; half of what
/// ran out of memory; one more again after each quiet time. Every change is logged with its reason.
/// Pure logic: no thread, no time but the clock's. One thread at a time.
class Governor {
  public:
    /// `probe` may be none: then only failures make the batch smaller. Both outlive this.
    Governor(const GovernorOptions& options, int max_batch, Probe* probe, const Clock& clock);

    struct Decision {
        int batch;  ///< images to take next
        bool trim;  ///< free caches first
    };
    /// To be asked before each batch. `use` is the detector's report, whose `held` covers a largest
    /// batch where it reserves memory when it is loaded.
    Decision next(const Use& use);

    /// A batch of so many images came through.
    void done(int batch);
    /// A batch of so many images found no memory. Returns how long to wait before the same frames
    /// are tried in batches of next(); nothing where a single image failed `tries` times in a row.
    std::optional<std::chrono::nanoseconds> out_of_memory(int batch);
    static constexpr int tries = 5;

    /// Between these two calls a stream's peak is kept, which the second returns in bytes.
    void open_stream(std::uint32_t stream);
    std::size_t close_stream(std::uint32_t stream);

    [[nodiscard]] GovernorReport report() const;
    /// The device's memory, as last read.
    [[nodiscard]] const State& memory() const noexcept { return memory_; }

  private:
    void read_probe();
    void watch_limit();
    void fit();
    void grow();
    void shrink(int batch);
    [[nodiscard]] std::size_t limit() const;
    [[nodiscard]] std::size_t image() const;
    [[nodiscard]] std::size_t available() const;
    [[nodiscard]] int fitting() const;

    const GovernorOptions options_;
    const int max_batch_;
    Probe* const probe_;
    const Clock& clock_;

    GovernorReport report_;
    State memory_;  ///< as last read
    Use use_;       ///< as last told
    Clock::time_point read_{}, trouble_{};
    int batch_;
    int largest_ = 0;           ///< batch that came through
    std::size_t before_ = 0;    ///< bytes used before a batch larger than all so far was run
    std::size_t measured_ = 0;  ///< bytes an image, where the detector doesn't say
    bool above_ = false;        ///< since 90 % of the limit was crossed
    bool trim_ = false;
    int failed_ = 0;                                ///< single images without memory, in a row
    std::map<std::uint32_t, std::size_t> streams_;  ///< peaks
};

}  // namespace saccade::memory
