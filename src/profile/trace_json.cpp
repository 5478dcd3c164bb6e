#include "profile/trace_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "core/atomic_file.h"

namespace saccade::profile {
namespace {

/// Where a frame's flow binds to: the beginning of a slice.
struct Stop {
    TraceEvent::Time time;
    int track;
};

constexpr int slot_tracks = 1 << 24;  // above all Linux thread ids, which end at 2^22

class Writer {
  public:
    explicit Writer(TraceEvent::Time start) : start_(start) {}

    [[nodiscard]] double us(TraceEvent::Time time) const {
        return std::chrono::duration<double, std::micro>(time - start_).count();
    }
    /// A line of the format; `rest` holds its further members.
    template <typename... Args>
    void add(char phase, int track, fmt::format_string<Args...> rest, Args&&... args) {
        auto out = std::back_inserter(text_);
        fmt::format_to(out, "{}{{\"ph\":\"{}\",\"pid\":1,\"tid\":{},", text_.empty() ? "" : ",\n",
                       phase, track);
        fmt::format_to(out, rest, std::forward<Args>(args)...);
        text_ += '}';
    }
    [[nodiscard]] std::string finish() && {
        return "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" + std::move(text_) + "\n]}\n";
    }

  private:
    TraceEvent::Time start_;
    std::string text_;
};

}  // namespace

std::string trace_json(const Tracer& tracer, std::span<const Sample> samples) {
    Writer out(tracer.start());
    out.add('M', 0, R"("name":"process_name","args":{{"name":"saccade"}})");
    std::map<FrameId, std::vector<Stop>> ways;
    int number = 0;
    for (const TraceLane& lane : tracer.lanes()) {
        // Lanes are named by the program itself, so there is nothing to escape.
        const int track = lane.thread() == 0 ? slot_tracks + number : lane.thread();
        out.add('M', track, R"("name":"thread_name","args":{{"name":"{}"}})", lane.name());
        out.add('M', track, R"("name":"thread_sort_index","args":{{"sort_index":{}}})", number++);
        for (const TraceEvent& event : lane.events()) {
            const auto frames = lane.frames(event);
            std::string args;
            if (!frames.empty()) {
                args = fmt::format(R"("stream":{},"frame":{})", frames.front().stream,
                                   frames.front().index);
            }
            if (frames.size() > 1) args += fmt::format(R"(,"batch":{})", frames.size());
            out.add('X', track, R"("name":"{}","cat":"{}","ts":{:.3f},"dur":{:.3f},"args":{{{}}})",
                    to_string(event.activity), is_waiting(event.activity) ? "wait" : "work",
                    out.us(event.begin), out.us(event.end) - out.us(event.begin), args);
            if (is_waiting(event.activity)) continue;
            for (const FrameId& id : frames) ways[id].push_back({event.begin, track});
        }
    }
    for (const DeviceLane& lane : tracer.device_lanes()) {
        const int track = slot_tracks + number;
        out.add('M', track, R"("name":"thread_name","args":{{"name":"{}"}})", lane.name);
        out.add('M', track, R"("name":"thread_sort_index","args":{{"sort_index":{}}})", number++);
        for (const DeviceEvent& event : lane.events) {
            out.add(
                'X', track,
                R"("name":"{}","cat":"device","ts":{:.3f},"dur":{:.3f},"args":{{"stream":{},"frame":{},"batch":{}}})",
                event.what, out.us(event.begin), out.us(event.end) - out.us(event.begin),
                event.frame.stream, event.frame.index, event.frames);
            ways[event.frame].push_back({event.begin, track});
        }
    }
    for (auto& [id, stops] : ways) {
        if (stops.size() < 2) continue;
        std::stable_sort(stops.begin(), stops.end(),
                         [](const Stop& a, const Stop& b) { return a.time < b.time; });
        const std::uint64_t flow = (std::uint64_t{id.stream} << 40U) | id.index;
        for (std::size_t i = 0; i < stops.size(); ++i) {
            const bool last = i + 1 == stops.size();
            out.add(i == 0 ? 's' : (last ? 'f' : 't'), stops[i].track,
                    R"("name":"frame","cat":"frame","id":"{:#x}","ts":{:.3f}{})", flow,
                    out.us(stops[i].time), last ? R"(,"bp":"e")" : "");
        }
    }
    for (const Sample& sample : samples) {
        out.add('C', 0, R"("name":"cores busy","ts":{:.3f},"args":{{"cores":{:.3f}}})",
                out.us(sample.time), sample.cores);
        out.add('C', 0, R"("name":"memory","ts":{:.3f},"args":{{"MB":{:.1f}}})",
                out.us(sample.time), static_cast<double>(sample.memory) / 1e6);
    }
    return std::move(out).finish();
}

Result<void> write_trace(const std::filesystem::path& path, const Tracer& tracer,
                         std::span<const Sample> samples) {
    return write_whole(path, trace_json(tracer, samples),
                       {.way_out = "name another file with --trace"});
}

}  // namespace saccade::profile
