// Cameras that fail, and what the engine makes of it.
//
// live_bench faults [SECONDS=7]        each fault of tests/support/rtsp_proxy.h for so long, in
//                                      front of gst-rtsp-server: when its state is seen, when
//                                      results go on after its end, and what the neighbours' p99 is
//                                      meanwhile
// live_bench remove                    how long removing takes in each state
// live_bench reconnects [TIMES=10000]  connections (MPEG-TS over TCP) that end after six pictures,
//                                      one after the other without a pause: do memory, threads,
//                                      descriptors grow?
// live_bench rtsp-reconnects [TIMES]   likewise of RTSP, given up by their reader
//
// The network is the built-in one at 160, on the CPU.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/log.h"
#include "held.h"
#include "media/live_source.h"
#include "saccade/session.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/gst_camera.h"
#include "support/rtsp_proxy.h"
#include "support/temp_dir.h"

namespace {

using namespace saccade;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using test::RtspProxy;
using Kind = RtspProxy::Kind;

double in_seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

Settings settings(const std::string& out) {
    Settings s;
    s.model = "synthetic";
    s.image_size = 160;
    s.device = "cpu";
    s.threads = 1;
    s.out = out;
    s.save = {};
    s.live = true;
    s.silent_after = 2;
    s.frozen_after = 3;
    s.max_wait = 1;
    return s;
}

/// When results came, and how long they took since their packets came in.
class Watch {
  public:
    void add(const StreamResult& result) {
        const auto now = Steady::now();
        std::lock_guard lock(mutex_);
        latest_ = now;
        took_.push_back(now - result.frame.received);
        width_ = result.result.width;
    }
    [[nodiscard]] Steady::time_point latest() const {
        std::lock_guard lock(mutex_);
        return latest_;
    }
    [[nodiscard]] int width() const {
        std::lock_guard lock(mutex_);
        return width_;
    }
    /// In ms, of those since the last call.
    std::pair<std::size_t, double> p99() {
        std::lock_guard lock(mutex_);
        std::vector<std::chrono::nanoseconds> took = std::exchange(took_, {});
        if (took.empty()) return {0, 0};
        std::sort(took.begin(), took.end());
        return {took.size(), 1e3 * in_seconds(took[(took.size() - 1) * 99 / 100])};
    }

  private:
    mutable std::mutex mutex_;
    Steady::time_point latest_{};
    int width_ = 0;
    std::vector<std::chrono::nanoseconds> took_;
};

struct FaultCase {
    const char* name;
    std::function<void(RtspProxy&)> begin;
    std::vector<LiveState> states;  ///< any of them is right
    bool breaks = true;             ///< else results are to go on all the time
    bool reconnects = false;        ///< begins with the next connection: cut the one there is
};

StreamSnapshot look(const Session& session, StreamId id) {
    for (const auto& stream : session.snapshot().streams) {
        if (stream.id == id) return stream;
    }
    return {};
}

bool wait_for(const std::function<bool()>& condition, std::chrono::seconds most) {
    const auto until = Steady::now() + most;
    while (!condition()) {
        if (Steady::now() > until) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

int faults(std::chrono::seconds length) {
    const test::GstCamera camera;
    if (camera.port() == 0) {
        fmt::print(stderr, "gst-rtsp-server is not there: scripts/setup.sh\n");
        return 1;
    }
    RtspProxy proxy(camera.port());
    auto session = Session::open(settings("/nonexistent"));
    if (!session) {
        fmt::print(stderr, "{}\n", session.error().line());
        return 1;
    }
    Watch watch, neighbours;
    StreamSettings own;
    own.on_result = [&](const StreamResult& result) { watch.add(result); };
    own.frames = true;
    StreamSettings beside;
    beside.frames = true;
    beside.on_result = [&](const StreamResult& result) { neighbours.add(result); };
    for (int i = 0; i < 3; ++i) static_cast<void>(session->add(camera.url("fast"), beside));
    using S = LiveState;
    const auto set = [](Kind kind) { return [kind](RtspProxy& p) { p.set(kind); }; };
    const auto stall = [](const char* verb) {
        return [verb](RtspProxy& p) { p.set(RtspProxy::Fault{Kind::stall, verb}); };
    };
    const auto path = [](const char* name) {
        return [name](RtspProxy& p) {
            p.set_path(name);
            p.set(Kind::end);
            std::this_thread::sleep_for(50ms);
            p.set(Kind::none);
        };
    };
    const std::vector<FaultCase> cases = {
        {"freeze", set(Kind::freeze), {S::silent}},
        {"FIN", set(Kind::end), {S::broken, S::waiting, S::connecting}},
        {"RST", set(Kind::reset), {S::broken, S::waiting, S::connecting}},
        {"refused", set(Kind::refuse), {S::broken, S::waiting, S::connecting}},
        {"stall at OPTIONS", stall("OPTIONS"), {S::connecting}, true, true},
        {"stall at DESCRIBE", stall("DESCRIBE"), {S::connecting}, true, true},
        {"stall at SETUP", stall("SETUP"), {S::connecting}, true, true},
        {"stall at PLAY", stall("PLAY"), {S::connecting}, true, true},
        {"wrong password", set(Kind::wrong_password), {S::waiting, S::connecting}, true, true},
        {"slow bytes", set(Kind::slow), {S::silent}},
        {"sound only", path("/sound"), {S::waiting, S::connecting}},
        {"frozen picture", path("/frozen"), {S::frozen}},
        {"lost packets", set(Kind::lose), {S::running}, false},
        {"swapped packets", set(Kind::swap), {S::running}, false},
        {"times jump an hour", set(Kind::jump), {S::running}, false},
        {"another size", path("/big"), {S::running}, false},
        {"another codec", path("/hevc"), {S::running}, false},
    };
    fmt::print(
        "| fault | state | seen after | reason | results again after its end | neighbours' "
        "p99, ms, before and during |\n| --- | --- | --- | --- | --- | --- |\n");
    int wrong = 0;
    for (const FaultCase& fault : cases) {
        // A stream of its own, since pauses grow until one has run for a good minute.
        const auto id = session->add(proxy.url(), own);
        const auto added = Steady::now();
        if (!id || !wait_for([&] { return watch.latest() > added; }, 60s)) {
            fmt::print(stderr, "no picture came\n");
            return 1;
        }
        std::this_thread::sleep_for(2s);
        neighbours.p99();
        std::this_thread::sleep_for(length);  // as long as the fault, and just before it
        const double quiet = neighbours.p99().second;
        const auto begin = Steady::now();
        fault.begin(proxy);
        if (fault.reconnects) {
            // The fault lies in connecting: what is there is cut, with the fault in place.
            const auto kind = fault;
            proxy.set(Kind::reset);
            std::this_thread::sleep_for(50ms);
            kind.begin(proxy);
        }
        std::string seen = "-", reason;
        double after = 0;
        while (Steady::now() < begin + length) {
            const auto live = look(*session, *id).live;
            const bool stopped = Steady::now() - watch.latest() > 300ms || live->state == S::frozen;
            const bool right = live && std::find(fault.states.begin(), fault.states.end(),
                                                 live->state) != fault.states.end();
            if (seen == "-" && right && (stopped || !fault.breaks)) {
                seen = to_string(live->state);
                after = in_seconds(Steady::now() - begin);
            }
            if (live && !live->reason.empty() && live->state != S::running) reason = live->reason;
            std::this_thread::sleep_for(5ms);
        }
        const double p99 = neighbours.p99().second;
        proxy.set(Kind::none);
        const bool other_path = !fault.breaks || fault.states == std::vector{S::frozen} ||
                                std::string_view(fault.name) == "sound only";
        if (other_path && fault.states != std::vector{S::running}) path("/cam")(proxy);
        const auto ended = Steady::now();
        const bool again = wait_for([&] { return watch.latest() > ended; }, 60s);
        const double back = in_seconds(watch.latest() - ended);
        const bool good = seen != "-" && again && back <= 5;
        if (!good) ++wrong;
        fmt::print("| {} | {} | {:.2f} s | {} | {} | {:.1f}, {:.1f} |{}\n", fault.name, seen, after,
                   reason.empty() ? "-" : reason, again ? fmt::format("{:.2f} s", back) : "never",
                   quiet, p99, good ? "" : " WRONG");
        std::fflush(stdout);
        static_cast<void>(session->remove(*id));
        proxy.set_path("/cam");
    }
    session->close();
    return wrong;
}

int removal() {
    const test::GstCamera camera;
    if (camera.port() == 0) return 1;
    auto session = Session::open(settings("/nonexistent"));
    if (!session) return 1;
    struct Case {
        const char* name;
        RtspProxy::Fault fault;
        bool first_runs;
        LiveState state;
    };
    const std::vector<Case> cases = {
        {"connecting (OPTIONS unanswered)", {Kind::stall, "OPTIONS"}, false, LiveState::connecting},
        {"connecting (DESCRIBE unanswered)",
         {Kind::stall, "DESCRIBE"},
         false,
         LiveState::connecting},
        {"connecting (PLAY unanswered)", {Kind::stall, "PLAY"}, false, LiveState::connecting},
        {"waiting, never connected", {Kind::refuse, ""}, false, LiveState::waiting},
        {"running", {}, true, LiveState::running},
        {"silent", {Kind::freeze, ""}, true, LiveState::silent},
        {"waiting", {Kind::refuse, ""}, true, LiveState::waiting},
        {"frozen", {}, true, LiveState::frozen},
    };
    int wrong = 0;
    fmt::print("| state | removed after |\n| --- | --- |\n");
    for (const Case& c : cases) {
        RtspProxy proxy(camera.port());
        if (c.state == LiveState::frozen) proxy.set_path("/frozen");
        if (!c.first_runs) proxy.set(c.fault);
        const auto id = session->add(proxy.url(), {});
        const auto in_state = [&](LiveState state) {
            return wait_for(
                [&] {
                    const auto live = look(*session, *id).live;
                    return live && live->state == state;
                },
                60s);
        };
        if (c.first_runs) {
            in_state(LiveState::running);
            proxy.set(c.fault);
        }
        const bool reached = in_state(c.state);
        const auto begin = Steady::now();
        const auto removed = session->remove(*id);
        const double took = in_seconds(Steady::now() - begin);
        const bool good = reached && removed && took < 1 && session->snapshot().left_behind == 0;
        if (!good) ++wrong;
        fmt::print("| {} | {:.3f} s |{}\n", c.name, took, good ? "" : " WRONG");
        std::fflush(stdout);
    }
    return wrong;
}

/// Sends the same MPEG-TS to whoever comes, one after the other, and closes.
class TsServer {
  public:
    explicit TsServer(std::string bytes)
        : bytes_(std::move(bytes)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
            ::listen(socket_, 8) != 0 ||
            ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            return;
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
                if (client < 0) return;
                std::string_view left = bytes_;
                while (!left.empty()) {
                    const auto sent = ::send(client, left.data(), left.size(), MSG_NOSIGNAL);
                    if (sent <= 0) break;
                    left.remove_prefix(static_cast<std::size_t>(sent));
                }
                ::close(client);
            }
        });
    }
    ~TsServer() {
        thread_.request_stop();
        ::shutdown(socket_, SHUT_RDWR);
        if (thread_.joinable()) thread_.join();
        ::close(socket_);
    }
    TsServer(const TsServer&) = delete;
    TsServer& operator=(const TsServer&) = delete;
    [[nodiscard]] std::string url() const { return fmt::format("tcp://127.0.0.1:{}", port_); }

  private:
    const std::string bytes_;
    const int socket_;
    int port_ = 0;
    std::jthread thread_;
};

/// The source alone, without a pause between connections. `pictures`: after so many the reader
/// gives the connection up, as a watchdog does; 0: it ends by itself.
int reconnects(const std::string& url, int pictures, std::uint64_t times) {
    static const SteadyClock clock;
    const auto status = std::make_shared<media::LiveStatus>();
    media::LiveOptions options;
    options.name = url;
    options.host = "camera";
    options.back_off = std::make_shared<media::BackOff>();
    options.status = status;
    options.sleep = [](Clock::time_point) {};
    log::set_level(log::Level::error);
    std::atomic<bool> cut{false};
    const auto opener = [&](const media::LiveAttempt& attempt) {
        auto mine = std::make_shared<media::LiveInput>(attempt.input);
        mine->gives_up = [&cut, gives_up = mine->gives_up] { return cut.load() || gives_up(); };
        cut = false;
        media::SourceOptions connection{.decoder_threads = 1};
        connection.live = std::move(mine);
        connection.stop = attempt.stop;
        return media::open_source(url, connection);
    };
    auto source = media::open_live(opener, options, clock);
    if (!source) {
        fmt::print(stderr, "{}\n", source.error().line());
        return 1;
    }
    fmt::print(
        "| connections | memory, MB | threads | descriptors | after |\n"
        "| ---: | ---: | ---: | ---: | ---: |\n");
    const auto begin = Steady::now();
    std::uint64_t told = 0, frames = 0;
    while (told < times) {
        auto event = (*source)->read();
        if (!event || std::holds_alternative<media::End>(*event)) return 1;
        if (!std::holds_alternative<Frame>(*event)) continue;
        event = media::End{};  // the picture goes
        ++frames;
        if (pictures > 0 && frames % static_cast<std::uint64_t>(pictures) == 0) cut = true;
        const auto view = *status->view();
        if (view.connections < told + times / 20 && told > 0) continue;
        if (view.connections < times / 20) continue;
        told = view.connections;
        const bench::Held now = bench::held();
        fmt::print("| {} | {:.1f} | {} | {} | {:.0f} s |\n", told, now.megabytes, now.threads,
                   now.descriptors, in_seconds(Steady::now() - begin));
        std::fflush(stdout);
    }
    fmt::print("\n{} pictures\n", frames);
    return 0;
}

int reconnects_by_itself(std::uint64_t times) {
    const test::TempDir folder;
    if (!test::write_clip(folder / "clip.ts", {.codec = "mpeg2video", .frames = 6})) return 1;
    const TsServer server(test::read_file(folder / "clip.ts"));
    return reconnects(server.url(), 0, times);
}

int reconnects_of_rtsp(std::uint64_t times) {
    const test::GstCamera camera;
    if (camera.port() == 0) return 1;
    return reconnects(camera.url("fast"), 2, times);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const long number = argc > 2 ? std::atol(argv[2]) : 0;
    if (what == "faults") return faults(std::chrono::seconds(number > 0 ? number : 7));
    if (what == "remove") return removal();
    const auto times = static_cast<std::uint64_t>(number > 0 ? number : 10'000);
    if (what == "reconnects") return reconnects_by_itself(times);
    if (what == "rtsp-reconnects") return reconnects_of_rtsp(times);
    fmt::print(stderr,
               "live_bench faults [SECONDS] | remove | reconnects [TIMES] | rtsp-reconnects "
               "[TIMES]\n");
    return 2;
}
