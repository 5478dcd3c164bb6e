#include "bench/limits.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "detect/factory.h"
#include "engine/decoders_of_a_file.h"
#include "engine/setup.h"
#include "media/source.h"

namespace saccade::bench {
namespace {

using Steady = std::chrono::steady_clock;

/// Frames that threads have read, and the first failure.
struct Tally {
    Steady::time_point until{};  ///< when it is enough
    std::mutex mutex;
    std::uint64_t frames = 0;
    std::optional<Error> error;
    Steady::time_point ended{};  ///< the last frame was read; decoders may take longer to go

    void end(std::uint64_t read) {
        const std::lock_guard lock(mutex);
        ended = std::max(ended, Steady::now());
        frames += read;
    }

    void fail_with(const Error& failure) {
        const std::lock_guard lock(mutex);
        // (What one decoder gives up ends those that share its file.)
        if (!error || error->code == ErrorCode::interrupted) error = failure;
    }
};

/// The frames of one stream, by part: those of a part that turned out to be void are read again in
/// another, and count once.
class Parts {
  public:
    void add(std::uint64_t part, std::uint64_t frames, std::optional<std::uint64_t> next) {
        const std::lock_guard lock(mutex_);
        Part& known = parts_[part];
        known.frames += frames;
        if (next) known.next = *next;
    }
    /// Of all parts that are not void.
    [[nodiscard]] std::uint64_t frames() const {
        const std::lock_guard lock(mutex_);
        std::uint64_t all = 0, number = 0;
        for (auto part = parts_.find(number); part != parts_.end(); part = parts_.find(number)) {
            all += part->second.frames;
            number = part->second.next.value_or(number + 1);
        }
        return all;
    }

  private:
    struct Part {
        std::uint64_t frames = 0;
        std::optional<std::uint64_t> next;  ///< that follows, if not the one of the next number
    };
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Part> parts_;
};

void read_all(media::Source& source, Parts& parts, Tally& tally) {
    std::uint64_t part = 0, frames = 0;
    bool begun = false;
    const auto leave = [&](std::optional<std::uint64_t> next) {
        parts.add(part, std::exchange(frames, 0), next);
    };
    while (Steady::now() < tally.until) {
        const auto event = source.read();
        if (!event) {
            tally.fail_with(event.error());
            break;
        }
        if (std::holds_alternative<Frame>(*event)) ++frames;
        if (const auto* begins = std::get_if<media::PartBegins>(&*event)) {
            part = begins->number;
            begun = true;
        }
        if (const auto* ends = std::get_if<media::PartEnds>(&*event)) {
            leave(ends->next);
            begun = false;
        }
        if (std::holds_alternative<media::End>(*event)) break;
    }
    // A stream that can't be cut has no parts; a decoder may have been given none.
    if (begun || frames > 0) leave(std::nullopt);
}

void decode_all(const Bench& bench, const std::string& clip, const DecodeOptions& options,
                Tally& tally) {
    const auto sources = media::open_sources(clip,
                                             {.cuda_device = options.cuda_device,
                                              .decoder_threads = options.threads,
                                              .stop = bench.stop},
                                             options.decoders);
    if (!sources) return tally.fail_with(sources.error());
    Parts parts;
    std::vector<std::jthread> beside;
    for (std::size_t i = 1; i < sources->size(); ++i) {
        beside.emplace_back([&, &source = *(*sources)[i]] { read_all(source, parts, tally); });
    }
    read_all(*sources->front(), parts, tally);
    beside.clear();
    tally.end(parts.frames());
}

}  // namespace

Result<BackendAlone> BackendAlone::open(const Settings& settings, infer::Goal goal,
                                        const detect::DetectorInfo& detector) {
    auto planned = engine::single_detector(settings, goal);
    if (!planned) return fail(planned.error());
    detect::DetectorOptions& options = *planned;
    options.input = {detector.input_width, detector.input_height};
    options.backend.precision = detector.backend.precision;
    options.backend.max_batch = detector.backend.max_batch;
    options.backend.slots = detector.backend.slots;
    auto network = detect::open_network(options);
    if (!network) return fail(network.error());
    return BackendAlone(std::move(network->backend));
}

Result<double> BackendAlone::measure(int batch, std::size_t images) {
    const int slots = info().slots;
    const int total = std::max(2 * slots, static_cast<int>(images) / batch);
    const auto start = Steady::now();
    for (int done = 0, begun = 0; done < total; ++done) {
        for (; begun < total && begun - done < slots; ++begun) {
            if (auto started = backend_->submit(begun % slots, batch); !started) {
                return fail(started.error());
            }
        }
        if (auto outputs = backend_->wait(done % slots); !outputs) return fail(outputs.error());
    }
    return static_cast<double>(total) * batch / seconds_since(start);
}

Result<double> measure_decode(const Bench& bench, const std::string& clip,
                              const DecodeOptions& options) {
    Tally tally;
    const auto start = Steady::now();
    tally.until = start + options.at_most;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < options.streams; ++i) {
            threads.emplace_back([&] { decode_all(bench, clip, options, tally); });
        }
    }
    if (tally.error) return fail(*tally.error);
    return static_cast<double>(tally.frames) /
           std::chrono::duration<double>(tally.ended - start).count();
}

Result<RunLimit> RunLimit::prepare(Bench& bench, const Settings& settings, std::string clip,
                                   std::size_t streams) {
    const auto device = device_of(bench);
    if (!device) return fail(device.error());
    constexpr auto goal = infer::Goal::throughput;
    detect::DetectorInfo info;  // of a detector that gives its memory back at once
    {
        const auto detector = engine::open_detector(settings, goal);
        if (!detector) return fail(detector.error());
        info = (*detector)->info();
    }
    auto backend = BackendAlone::open(settings, goal, info);
    if (!backend) return fail(backend.error());
    RunLimit limit(bench, std::move(clip));
    limit.decode_ = {.threads = settings.decoder_threads,
                     .cuda_device = device->cuda,
                     .streams = streams,
                     .decoders = engine::decoders_of_a_file(settings, device->cuda, streams)};
    limit.once_ = device->cuda >= 0;
    limit.backend_.emplace(std::move(*backend));
    if (limit.once_) {
        for (int i = 0; i <= bench.repetitions; ++i) {
            if (auto done = limit.measure(); !done) return fail(done.error());
        }
        limit.backend_.reset();
    }
    return limit;
}

Result<void> RunLimit::measure() {
    if (!backend_) return {};
    const auto backend = backend_->measure(backend_->info().max_batch, bench_->frames);
    if (!backend) return fail(backend.error());
    const auto decode = measure_decode(*bench_, clip_, decode_);
    if (!decode) return fail(decode.error());
    backend_rates_.push_back(*backend);
    decode_rates_.push_back(*decode);
    return {};
}

void RunLimit::put(profile::BenchRow& row) const {
    // The first of each warmed up.
    const auto rate = [](const std::vector<double>& rates) {
        return profile::median({rates.begin() + (rates.size() > 1 ? 1 : 0), rates.end()});
    };
    const double backend = rate(backend_rates_), decode = rate(decode_rates_);
    row.limit = std::min(backend, decode);
    row.limit_name = backend <= decode ? "backend alone" : "decode alone";
}

}  // namespace saccade::bench
