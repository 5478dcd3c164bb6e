// Sessions: streams come and go, results are taken from one queue.
//
// Threads: every call from any; the GIL is released while the engine works. Threads of the engine
// run C++ alone: they put results into the queue and note what has ended (Hub).
#include "saccade/session.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>

#include "bind/parts.h"
#include "frame.h"
#include "glue.h"
#include "summaries.h"
#include "their_plane.h"
#include "tracks.h"

namespace saccade::python {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds slice{50};  ///< between looks at signals

/// What a session's streams hand their results to.
struct Hub {
    Hub(std::size_t capacity, WhenFull when_full, std::size_t most_held)
        : queue(capacity, when_full), most_held(most_held) {}

    ResultQueue queue;
    const std::size_t most_held;          ///< pictures that the program may hold
    std::atomic<std::size_t> held{0};     ///< that it does
    std::atomic<std::size_t> running{0};  ///< streams that have not ended
    std::atomic<std::uint64_t> taken{0};  ///< results
    std::mutex mutex;
    std::vector<std::pair<StreamId, StreamSummary>> ended;  ///< since they were last asked for
    std::set<StreamId> quiet;                               ///< that give no results
    std::map<StreamId, std::shared_ptr<const bind::Images>> images;  ///< of streams that are images
};

/// Counts a picture for as long as the program has it.
void count(Frame& frame, const std::shared_ptr<Hub>& hub) {
    if (frame.owner == nullptr) return;
    ++hub->held;
    frame.owner = {frame.owner.get(), [inner = frame.owner, hub](const void*) mutable {
                       inner.reset();
                       --hub->held;
                   }};
}

struct Raw {
    std::shared_ptr<const StreamResult> told;
    std::shared_ptr<Hub> hub;

    [[nodiscard]] std::string json() const {
        std::shared_ptr<const bind::Images> images;
        if (told->result.file != nullptr) {
            const std::lock_guard lock(hub->mutex);
            const auto found = hub->images.find(told->stream);
            if (found != hub->images.end()) images = found->second;
        }
        return bind::frame_json(told->result, images.get());
    }
};

/// Whether nobody has taken a result for as long as anything waits for room.
class Standstill {
  public:
    Standstill(const Hub& hub, double patience)
        : hub_(hub), patience_(patience), taken_(hub.taken), since_(Clock::now()) {}

    void check(const std::string& what) {
        const std::uint64_t taken = hub_.taken;
        if (taken != taken_ || hub_.queue.size() < hub_.queue.capacity()) {
            taken_ = taken;
            since_ = Clock::now();
        }
        if (Clock::now() - since_ < patience_) return;
        throw Failure{{ErrorCode::unavailable,
                       what + ": " + std::to_string(hub_.queue.size()) +
                           " results wait to be taken, and nobody takes them",
                       "iterate over the session (on another thread, say), add the stream with "
                       "results=False, or open the session with when_full=\"drop_oldest\""}};
    }

  private:
    const Hub& hub_;
    const std::chrono::duration<double> patience_;
    std::uint64_t taken_;
    Clock::time_point since_;
};

const std::map<std::string, PixelFormat>& formats() {
    static const std::map<std::string, PixelFormat> all = {
        {"rgb", PixelFormat::rgb24},       {"bgr", PixelFormat::rgb24},
        {"gray", PixelFormat::gray8},      {"i420", PixelFormat::i420},
        {"i422", PixelFormat::i422},       {"i444", PixelFormat::i444},
        {"nv12", PixelFormat::nv12},       {"i420p10", PixelFormat::i420p10},
        {"i422p10", PixelFormat::i422p10}, {"i444p10", PixelFormat::i444p10},
        {"p010", PixelFormat::p010}};
    return all;
}

/// The memory of a copy on the host, BGR turned to RGB. Without the GIL.
void copy_planes(Frame& frame, const std::vector<TheirPlane>& planes, bool bgr) {
    std::size_t bytes = 0;
    for (const TheirPlane& plane : planes) {
        bytes +=
            plane.rows * plane.columns * plane.channels * static_cast<std::size_t>(plane.bytes);
    }
    const std::shared_ptr<std::uint8_t[]> memory(new std::uint8_t[bytes]);
    std::uint8_t* out = memory.get();
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const TheirPlane& plane = planes[i];
        const std::size_t row =
            plane.columns * plane.channels * static_cast<std::size_t>(plane.bytes);
        frame.planes[i] = {out, static_cast<std::ptrdiff_t>(row)};
        const std::uint8_t* from = plane.data;
        for (std::size_t y = 0; y < plane.rows; ++y, from += plane.stride, out += row) {
            if (!bgr) {
                std::memcpy(out, from, row);
                continue;
            }
            for (std::size_t x = 0; x < row; x += 3) {
                out[x] = from[x + 2];
                out[x + 1] = from[x + 1];
                out[x + 2] = from[x];
            }
        }
    }
    frame.owner = memory;
}

class PyFeed {
  public:
    PyFeed(std::shared_ptr<FrameFeed> feed, std::shared_ptr<Hub> hub, bool bgr)
        : feed_(std::move(feed)), hub_(std::move(hub)), bgr_(bgr) {}

    void push(const nb::list& objects, double time, bool copy, double patience) {
        refuse_fork();
        release_given_back();
        Frame frame;
        frame.format = feed_->options().format;
        frame.color = feed_->options().color;
        frame.device = feed_->options().device;
        const PixelLayout layout = layout_of(frame.format);
        std::vector<TheirPlane> planes;
        for (const nb::handle object : objects) {
            planes.push_back(plane_of(nb::borrow(object), feed_->options().device));
        }
        check(planes, layout, frame);
        constexpr double most = 9e9;  // s, that 64 bits of nanoseconds hold
        if (!(std::abs(time) < most)) no_picture("time is no number of seconds");
        frame.pts = Timestamp(std::llround(time * 1e9));
        if (frame.memory == MemoryKind::host && (copy || bgr_)) {
            const nb::gil_scoped_release released;
            copy_planes(frame, planes, bgr_);
        } else {
            for (std::size_t i = 0; i < planes.size(); ++i) {
                frame.planes[i] = {planes[i].data, planes[i].stride};
            }
            nb::list all;
            for (const TheirPlane& plane : planes) {
                all.append(plane.object);
                if (plane.array.is_valid()) all.append(nb::cast(plane.array));
            }
            frame.owner = kept(std::move(all));
        }
        Standstill standstill(*hub_, patience);
        while (true) {
            Result<bool> pushed;
            {
                const nb::gil_scoped_release released;
                if (frame.memory == MemoryKind::cuda) {
                    if (auto done = bind::synchronize(frame.device); !done) {
                        pushed = tl::unexpected<Error>(done.error());
                    }
                }
                if (pushed) pushed = feed_->push_for(frame, slice);
            }
            if (take(std::move(pushed))) return;
            check_signals();
            standstill.check(feed_->options().name);
        }
    }

    void lose(const std::string& reason) { feed_->lose(reason); }
    void end() {
        feed_->end();
        release_given_back();
    }

  private:
    static void check(const std::vector<TheirPlane>& planes, const PixelLayout& layout,
                      Frame& frame) {
        if (planes.size() != static_cast<std::size_t>(layout.planes)) {
            no_picture(std::to_string(planes.size()) + " planes where the format has " +
                       std::to_string(layout.planes));
        }
        const bool rgb = frame.format == PixelFormat::rgb24;
        frame.width = static_cast<int>(planes[0].columns);
        frame.height = static_cast<int>(planes[0].rows);
        frame.device = planes[0].device;
        frame.memory = frame.device >= 0 ? MemoryKind::cuda : MemoryKind::host;
        for (std::size_t i = 0; i < planes.size(); ++i) {
            const TheirPlane& plane = planes[i];
            const int sx = i == 0 ? 0 : layout.chroma_shift_x,
                      sy = i == 0 ? 0 : layout.chroma_shift_y;
            const auto part = [](int n, int shift) {
                return static_cast<std::size_t>((n + (1 << shift) - 1) >> shift);
            };
            const std::size_t channels = rgb ? 3 : (i > 0 && layout.planes == 2) ? 2 : 1;
            const bool fits = plane.columns == part(frame.width, sx) &&
                              plane.rows == part(frame.height, sy) && plane.channels == channels &&
                              plane.bytes == layout.bytes_per_sample &&
                              plane.device == planes[0].device;
            if (!fits) no_picture("plane " + std::to_string(i) + " does not fit the format");
        }
    }

    std::shared_ptr<FrameFeed> feed_;
    std::shared_ptr<Hub> hub_;
    bool bgr_;
};

/// A session that is being closed on a thread of its own.
struct Closing {
    std::atomic<bool> over{false};
    std::mutex mutex;
    std::condition_variable ended;
};

/// Never destroyed: those that go on while the process ends.
struct Closings {
    std::mutex mutex;
    std::vector<std::shared_ptr<Closing>> all;
};
Closings& closings() {
    static auto* const all = new Closings;
    return *all;
}

std::shared_ptr<Closing> begin_closing(std::shared_ptr<Session> session,
                                       const std::shared_ptr<Hub>& hub) {
    auto closing = std::make_shared<Closing>();
    {
        const std::lock_guard lock(closings().mutex);
        auto& all = closings().all;
        std::erase_if(all, [](const auto& one) { return one->over.load(); });
        all.push_back(closing);
    }
    std::thread([session = std::move(session), hub = hub, closing]() mutable {
        hub->queue.close();
        session->close();
        session.reset();
        while (hub->queue.try_pop()) {
        }
        hub.reset();
        const std::lock_guard lock(closing->mutex);
        closing->over = true;
        closing->ended.notify_all();
    }).detach();
    return closing;
}

/// With the GIL, which others have meanwhile; throws what signal handlers raise.
void wait_for(const std::vector<std::shared_ptr<Closing>>& all, double within) {
    const auto start = Clock::now();
    for (const auto& closing : all) {
        while (!closing->over) {
            {
                const nb::gil_scoped_release released;
                std::unique_lock lock(closing->mutex);
                closing->ended.wait_for(lock, slice, [&] { return closing->over.load(); });
            }
            check_signals();
            if (within >= 0 && Clock::now() - start >= std::chrono::duration<double>(within))
                return;
        }
    }
}

/// Whether it is there within a slice. With the GIL, which others have meanwhile.
bool ready(const std::future<Result<void>>& result) {
    const nb::gil_scoped_release released;
    return result.wait_for(slice) == std::future_status::ready;
}

class PySession {
  public:
    PySession(const nb::list& words, std::size_t jobs, std::size_t capacity, bool drop_oldest,
              std::size_t most_held)
        : hub_(std::make_shared<Hub>(
              capacity, drop_oldest ? WhenFull::drop_oldest : WhenFull::block, most_held)) {
        refuse_fork();
        const auto wanted = given(words);
        auto opened =
            std::async(std::launch::async, [&] { return open(wanted, jobs, stop_.get_token()); });
        try {
            while (!ready(opened)) check_signals();
        } catch (...) {
            stop_.request_stop();  // (heard while the model is read; waited for by `opened`'s end)
            const nb::gil_scoped_release released;
            opened.wait();
            throw;
        }
        take(opened.get());
    }
    PySession(const PySession&) = delete;
    PySession& operator=(const PySession&) = delete;

    ~PySession() {
        if (forked()) {  // its threads are in the other process: nothing here can be ended
            new std::shared_ptr<Session>(std::move(session_));
            new std::shared_ptr<Closing>(std::move(closing_));
            return;
        }
        const nb::gil_scoped_release released;
        hub_->queue.close();
        session_.reset();
    }

    StreamId add(const std::string& source, const nb::list& words, const std::string& mode,
                 const std::optional<std::string>& name, bool results, bool frames) {
        refuse_fork();
        StreamSettings own = own_settings(words, mode, name, results, frames);
        Result<StreamId> id;
        {
            const nb::gil_scoped_release released;
            auto images = results ? bind::images_of(source) : nullptr;
            ++hub_->running;
            id = session_->add(source, std::move(own));
            if (!id) --hub_->running;
            const std::lock_guard lock(hub_->mutex);
            if (id && !results) hub_->quiet.insert(*id);
            if (id && images != nullptr) hub_->images.emplace(*id, std::move(images));
        }
        return take(std::move(id));
    }

    std::pair<StreamId, PyFeed> add_feed(const std::string& name, int width, int height,
                                         const std::string& format, int device, double fps,
                                         bool live, std::size_t queue, const nb::list& words,
                                         const std::string& mode, bool results, bool frames) {
        refuse_fork();
        const auto found = formats().find(format);
        if (found == formats().end()) {
            throw Failure{{ErrorCode::invalid_argument, "format: '" + format + "' is unknown",
                           "use rgb, bgr, gray, i420, nv12 or another of docs/python.md"}};
        }
        if (format == "bgr" && device >= 0) {
            throw Failure{{ErrorCode::unsupported, "format: bgr is taken on the host only",
                           "turn it to rgb on the device"}};
        }
        StreamSettings own = own_settings(words, mode, name, results, frames);
        auto feed = std::make_shared<FrameFeed>(FeedOptions{.name = name,
                                                            .width = width,
                                                            .height = height,
                                                            .format = found->second,
                                                            .color = {},
                                                            .device = device,
                                                            .frame_rate = fps,
                                                            .live = live,
                                                            .queue = queue});
        Result<StreamId> id;
        {
            const nb::gil_scoped_release released;
            ++hub_->running;
            id = session_->add(feed, std::move(own));
            if (!id) --hub_->running;
        }
        if (id && !results) {
            const std::lock_guard lock(hub_->mutex);
            hub_->quiet.insert(*id);
        }
        return {take(std::move(id)), PyFeed(std::move(feed), hub_, format == "bgr")};
    }

    void change(StreamId id, const nb::list& words) {
        refuse_fork();
        const StreamSettings change = take(bind::stream_settings(given(words)));
        Result<void> done;
        {
            const nb::gil_scoped_release released;
            done = session_->change(id, change);
        }
        take(std::move(done));
    }

    nb::dict remove(StreamId id) {
        refuse_fork();
        Result<StreamSummary> summary;
        {
            const nb::gil_scoped_release released;
            summary = session_->remove(id);
            const std::lock_guard lock(hub_->mutex);
            hub_->images.erase(id);
        }
        release_given_back();
        return summary_dict(take(std::move(summary)));
    }

    nb::object wait(StreamId id, const std::optional<double>& timeout, double patience) {
        refuse_fork();
        const auto start = Clock::now();
        Standstill standstill(*hub_, patience);
        bool quiet = false;  // whoever gives no results waits for nobody to take them
        {
            const std::lock_guard lock(hub_->mutex);
            quiet = hub_->quiet.contains(id);
        }
        while (true) {
            Result<std::optional<StreamSummary>> summary;
            {
                const nb::gil_scoped_release released;
                summary = session_->wait(id, slice);
            }
            if (const auto ended = take(std::move(summary))) return summary_dict(*ended);
            check_signals();
            if (timeout && Clock::now() - start >= std::chrono::duration<double>(*timeout)) {
                return nb::none();
            }
            if (!quiet) standstill.check("wait");
        }
    }

    /// The next result; None where there is none within `timeout` seconds; False where every stream
    /// has ended and all was taken. Without a timeout it waits for either.
    nb::object next(const std::optional<double>& timeout) {
        refuse_fork();
        if (hub_->held >= hub_->most_held) {
            throw Failure{{ErrorCode::out_of_memory,
                           std::to_string(hub_->held) +
                               " frames are held by the program, and each keeps a picture of the "
                               "decoder's",
                           "let results go, keep copies (frame.to_rgb()), or allow more by "
                           "max_frames="}};
        }
        const auto start = Clock::now();
        while (true) {
            std::optional<StreamResult> told = hub_->queue.try_pop();
            bool over = false;
            if (!told) {
                const nb::gil_scoped_release released;
                const auto until = Clock::now() + slice;
                while (!told && Clock::now() < until) {
                    const bool last = hub_->running == 0 || closed_;
                    constexpr milliseconds step{5};  // of what ends without a result
                    const auto left =
                        timeout
                            ? std::min<std::chrono::nanoseconds>(
                                  step, std::chrono::duration_cast<std::chrono::nanoseconds>(
                                            std::chrono::duration<double>(std::max(0.0, *timeout))))
                            : std::chrono::nanoseconds(step);
                    told = last ? hub_->queue.try_pop() : hub_->queue.pop_for(left);
                    over = last && !told;
                    if (over || (timeout && passed(start, *timeout))) break;
                }
            }
            if (told) {
                ++hub_->taken;
                count(told->frame, hub_);
                release_given_back();
                return nb::cast(Raw{std::make_shared<const StreamResult>(std::move(*told)), hub_});
            }
            if (over) return nb::bool_(false);
            check_signals();
            if (timeout && passed(start, *timeout)) return nb::none();
        }
    }

    nb::list ended() {
        std::vector<std::pair<StreamId, StreamSummary>> all;
        {
            const std::lock_guard lock(hub_->mutex);
            all.swap(hub_->ended);
        }
        nb::list list;
        for (const auto& [id, summary] : all) {
            list.append(nb::make_tuple(id, summary_dict(summary)));
        }
        return list;
    }

    nb::dict snapshot() const {
        refuse_fork();
        SessionSnapshot look;
        {
            const nb::gil_scoped_release released;
            look = session_->snapshot();
        }
        nb::dict all = snapshot_dict(look);
        all["waiting"] = hub_->queue.size();
        all["results_dropped"] = hub_->queue.dropped();
        all["frames_held"] = hub_->held.load();
        return all;
    }

    /// Ends all. `within` seconds are waited at most (for ever where it is negative); what then
    /// still goes on, a network that is being loaded, ends by itself, and the process waits for it
    /// at its end (finish_closings). So it is where a signal breaks the waiting off.
    void close(double within) {
        if (forked()) return;
        if (closing_ == nullptr) {
            closed_ = true;
            closing_ = begin_closing(session_, hub_);
        }
        wait_for({closing_}, within);
        release_given_back();
    }

    [[nodiscard]] std::vector<std::string> class_names() const { return session_->class_names(); }

  private:
    static bool passed(Clock::time_point start, double timeout) {
        return Clock::now() - start >= std::chrono::duration<double>(timeout);
    }

    /// Without the GIL, on a thread of its own, so that the caller's hears signals meanwhile.
    Result<void> open(const std::vector<bind::Given>& wanted, std::size_t jobs,
                      const std::stop_token& stop) {
        bind::prepare_process();
        auto settings = bind::session_settings(wanted);
        if (!settings) return tl::unexpected<Error>(settings.error());
        if (jobs > 0) {
            const auto at_once = bind::streams_at_once(*settings, jobs);
            if (!at_once) return tl::unexpected<Error>(at_once.error());
            settings->streams = *at_once;
        }
        engine_used();
        auto session = Session::open(*settings, stop);
        if (!session) return tl::unexpected<Error>(session.error());
        session_ = std::make_shared<Session>(std::move(*session));
        return {};
    }

    StreamSettings own_settings(const nb::list& words, const std::string& mode,
                                const std::optional<std::string>& name, bool results,
                                bool frames) const {
        StreamSettings own = take(bind::stream_settings(given(words)));
        if (mode != "track" && mode != "detect") {
            throw Failure{{ErrorCode::invalid_argument, "mode: '" + mode + "' is unknown",
                           "use track or detect"}};
        }
        own.mode = mode == "track" ? Mode::track : Mode::detect;
        own.name = name;
        own.frames = frames;
        if (results) own.results = {hub_, &hub_->queue};
        own.on_end = [hub = hub_](StreamId id, const StreamSummary& summary) {
            const std::lock_guard lock(hub->mutex);
            hub->ended.emplace_back(id, summary);
            --hub->running;
        };
        return own;
    }

    std::shared_ptr<Hub> hub_;
    std::shared_ptr<Session> session_;
    std::shared_ptr<Closing> closing_;  ///< once close() was called
    std::atomic<bool> closed_{false};
    std::stop_source stop_;  ///< of opening
};

nb::object boundary_of(const Raw& raw) {
    const auto& boundary = raw.told->result.boundary;
    if (boundary == nullptr) return nb::none();
    nb::dict d;
    d["lost_data"] = boundary->lost_data;
    d["format_changed"] = boundary->format_changed;
    d["new_size"] = boundary->new_size;
    d["gap"] = seconds(boundary->gap);
    d["reason"] = boundary->reason;
    d["ends_identities"] = boundary->ends_identities();
    nb::list outages;
    for (const Outage& outage : boundary->outages) {
        nb::dict one;
        one["begin"] = seconds(outage.begin);
        one["end"] = seconds(outage.end);
        one["reason"] = outage.reason;
        outages.append(one);
    }
    d["outages"] = outages;
    return d;
}

}  // namespace

void bind_session(nb::module_& m) {
    nb::class_<Raw>(m, "Raw", "One frame's results.")
        .def_prop_ro("stream", [](const Raw& r) { return r.told->stream; })
        .def_prop_ro("index", [](const Raw& r) { return r.told->result.id.index; })
        .def_prop_ro("pts_ns", [](const Raw& r) { return r.told->result.pts.count(); })
        .def_prop_ro("width", [](const Raw& r) { return r.told->result.width; })
        .def_prop_ro("height", [](const Raw& r) { return r.told->result.height; })
        .def_prop_ro("file",
                     [](const Raw& r) -> std::optional<std::string> {
                         if (r.told->result.file == nullptr) return std::nullopt;
                         return *r.told->result.file;
                     })
        .def_prop_ro("carried", [](const Raw& r) { return r.told->result.carried; })
        .def_prop_ro("redacted",
                     [](const Raw& r) {
                         std::vector<std::tuple<float, float, float, float>> places;
                         for (const Box& b : r.told->result.redacted) {
                             places.emplace_back(b.x1, b.y1, b.x2, b.y2);
                         }
                         return places;
                     })
        .def_prop_ro("sender_ns",
                     [](const Raw& r) -> std::optional<std::int64_t> {
                         const auto& sender = r.told->result.sender;
                         if (!sender || !sender->synced) return std::nullopt;
                         return sender->at.count();
                     })
        .def_prop_ro("boundary", &boundary_of,
                     nb::sig("def boundary(self) -> dict[str, typing.Any] | None"))
        .def("tracks", [](const Raw& r) { return Tracks{{r.told, &r.told->result.tracks}}; })
        .def("detections",
             [](const Raw& r) { return Detections{{r.told, &r.told->result.detections}}; })
        .def("picture",
             [](const Raw& r) -> std::optional<Picture> {
                 if (r.told->frame.planes[0].data == nullptr) return std::nullopt;
                 return Picture{r.told->frame};
             })
        .def("json", &Raw::json);

    nb::class_<PyFeed>(m, "Feed", "One producer's end of a stream.")
        .def("push", &PyFeed::push, "planes"_a, "time"_a, "copy"_a, "patience"_a,
             nb::sig("def push(self, planes: list[typing.Any], time: float, copy: bool, patience: "
                     "float) -> None"))
        .def("lose", &PyFeed::lose, "reason"_a)
        .def("end", &PyFeed::end);

    nb::class_<PySession>(m, "Session", "A session, bare.")
        .def(nb::init<const nb::list&, std::size_t, std::size_t, bool, std::size_t>(), "words"_a,
             "jobs"_a, "capacity"_a, "drop_oldest"_a, "most_held"_a,
             nb::sig("def __init__(self, words: list[tuple[str, str | list[str]]], jobs: int, "
                     "capacity: int, drop_oldest: bool, most_held: int) -> None"))
        .def("add", &PySession::add, "source"_a, "words"_a, "mode"_a, "name"_a.none(), "results"_a,
             "frames"_a,
             nb::sig("def add(self, source: str, words: list[tuple[str, str | list[str]]], mode: "
                     "str, name: str | None, results: bool, frames: bool) -> int"))
        .def("add_feed", &PySession::add_feed, "name"_a, "width"_a, "height"_a, "format"_a,
             "device"_a, "fps"_a, "live"_a, "queue"_a, "words"_a, "mode"_a, "results"_a, "frames"_a,
             nb::sig("def add_feed(self, name: str, width: int, height: int, format: str, device: "
                     "int, fps: float, live: bool, queue: int, words: "
                     "list[tuple[str, str | list[str]]], mode: str, results: bool, frames: bool) "
                     "-> tuple[int, Feed]"))
        .def("change", &PySession::change, "id"_a, "words"_a,
             nb::sig("def change(self, id: int, words: list[tuple[str, str | list[str]]]) -> None"))
        .def("remove", &PySession::remove, "id"_a,
             nb::sig("def remove(self, id: int) -> dict[str, typing.Any]"))
        .def("wait", &PySession::wait, "id"_a, "timeout"_a.none(), "patience"_a,
             nb::sig("def wait(self, id: int, timeout: float | None, patience: float) -> "
                     "dict[str, typing.Any] | None"))
        .def("next", &PySession::next, "timeout"_a = nb::none(),
             nb::sig("def next(self, timeout: float | None = None) -> "
                     "Raw | None | typing.Literal[False]"))
        .def("ended", &PySession::ended,
             nb::sig("def ended(self) -> list[tuple[int, dict[str, typing.Any]]]"))
        .def("snapshot", &PySession::snapshot,
             nb::sig("def snapshot(self) -> dict[str, typing.Any]"))
        .def("close", &PySession::close, "within"_a = -1.0)
        .def_prop_ro("class_names", &PySession::class_names);
    m.def("shown_name", &bind::shown_name, "source"_a);
    m.def(
        "finish_closings",
        [] {
            if (forked()) return;
            std::vector<std::shared_ptr<Closing>> all;
            {
                const std::lock_guard lock(closings().mutex);
                all = closings().all;
            }
            wait_for(all, -1);
        },
        "Waits for sessions whose close() was not waited for.");
}

}  // namespace saccade::python
