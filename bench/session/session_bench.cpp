// Sessions under stress.
//
// session_bench churn [STREAMS=10000] [SEED=1]          streams added and removed at random
//                                                       moments of their lives: do memory,
//                                                       threads, descriptors grow?
// session_bench reopen [TIMES=1000]                     two sessions at once, opened and closed
//                                                       again and again
// session_bench snapshot [WINDOWS=400] [STREAMS=4]      what snapshot() costs at 100 Hz, as a ratio
//
// Sources are generated scenes of 160x160 and the network is the built-in one at 160, on the CPU.
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "held.h"
#include "saccade/session.h"

namespace {

using namespace saccade;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// Growth for each thousand steps, by least squares over the second half: caches are full by then.
double slope(const std::vector<std::pair<double, double>>& points) {
    const std::size_t from = points.size() / 2;
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (std::size_t i = from; i < points.size(); ++i) {
        n += 1;
        x += points[i].first;
        y += points[i].second;
        xx += points[i].first * points[i].first;
        xy += points[i].first * points[i].second;
    }
    const double below = n * xx - x * x;
    return below > 0 ? 1000 * (n * xy - x * y) / below : 0;
}

class Growth {
  public:
    void note(double step) {
        const bench::Held now = bench::held();
        memory_.emplace_back(step, now.megabytes);
        threads_.emplace_back(step, now.threads);
        descriptors_.emplace_back(step, now.descriptors);
        fmt::print("{:>7} | {:8.1f} MB | {:3} threads | {:3} descriptors\n", step, now.megabytes,
                   now.threads, now.descriptors);
        std::fflush(stdout);
    }
    void tell(const char* what) const {
        fmt::print(
            "slope for each 1000 {}, over the second half: {:.3f} MB, {:.3f} threads, {:.3f} "
            "descriptors\n",
            what, slope(memory_), slope(threads_), slope(descriptors_));
    }

  private:
    std::vector<std::pair<double, double>> memory_, threads_, descriptors_;
};

std::filesystem::path folder() {
    return std::filesystem::temp_directory_path() / fmt::format("session_bench-{}", ::getpid());
}

Settings settings() {
    Settings s;
    s.model = "synthetic";
    s.image_size = 160;
    s.save = {};
    s.warmup = 0;
    s.out = (folder() / "out").string();
    s.cache_dir = (folder() / "cache").string();
    return s;
}

int complain(const Error& error) {
    fmt::print(stderr, "{}\n", error.line());
    return 1;
}

std::string scene(std::uint64_t frames, unsigned seed) {
    return fmt::format("synthetic:width=160&height=160&objects=3&frames={}&seed={}", frames, seed);
}

int churn(std::uint64_t streams, unsigned seed) {
    auto session = Session::open(settings());
    if (!session) return complain(session.error());
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return random() % n; };
    auto shared = std::make_shared<ResultQueue>(16, WhenFull::drop_oldest);
    auto full = std::make_shared<ResultQueue>(1, WhenFull::block);  // which nobody empties
    std::vector<StreamId> live;
    std::map<StreamState, std::uint64_t> removed_in;
    std::uint64_t frames = 0, outputs = 0;
    std::chrono::nanoseconds longest{0};
    Growth growth;
    const auto remove = [&](std::size_t which) -> Result<void> {
        std::swap(live[which], live.back());
        const StreamId id = live.back();
        live.pop_back();
        for (const StreamSnapshot& s : session->snapshot().streams) {
            if (s.id == id) ++removed_in[s.state];
        }
        const auto before = Steady::now();
        const auto summary = session->remove(id);
        longest = std::max<std::chrono::nanoseconds>(longest, Steady::now() - before);
        if (!summary) return fail(summary.error());
        if (summary->status == Status::failed) return fail(*summary->error);
        frames += summary->frames;
        for (const std::string& output : summary->outputs) {
            ++outputs;
            std::filesystem::remove(output);
        }
        return {};
    };
    const auto start = Steady::now();
    for (std::uint64_t i = 0; i < streams; ++i) {
        StreamSettings own;
        own.confidence = 0.25F + 0.1F * static_cast<float>(below(4));
        own.stride = static_cast<int>(1 + below(3));
        if (below(4) == 0) own.results = shared;
        if (below(8) == 0) own.results = full;
        own.frames = below(2) == 0;
        if (below(8) == 0)
            own.on_result = [](const StreamResult&) { std::this_thread::sleep_for(1ms); };
        if (below(16) == 0) own.save = std::vector<std::string>{"jsonl", "mot"};
        const auto id =
            session->add(scene(below(4) == 0 ? below(8) + 1 : 1'000'000, random()), own);
        if (!id) return complain(id.error());
        live.push_back(*id);
        if (below(3) == 0) std::this_thread::sleep_for(std::chrono::microseconds(below(3000)));
        if (below(8) == 0) {
            const auto changed = session->change(live[below(static_cast<unsigned>(live.size()))],
                                                 {.stride = static_cast<int>(1 + below(4))});
            if (!changed) return complain(changed.error());
        }
        while (live.size() > below(12)) {
            if (auto done = remove(below(static_cast<unsigned>(live.size()))); !done) {
                return complain(done.error());
            }
        }
        if ((i + 1) % std::max<std::uint64_t>(streams / 40, 1) == 0) {
            while (!live.empty()) {
                if (auto done = remove(0); !done) return complain(done.error());
            }
            while (session->snapshot().left_behind > 0) std::this_thread::sleep_for(1ms);
            growth.note(static_cast<double>(i + 1));
        }
    }
    growth.tell("streams");
    fmt::print("{} streams in {:.1f} s, {} frames, {} outputs; longest remove() {:.0f} ms\n",
               streams, std::chrono::duration<double>(Steady::now() - start).count(), frames,
               outputs, std::chrono::duration<double, std::milli>(longest).count());
    for (const auto& [state, count] : removed_in) {
        fmt::print("removed while {}: {}\n", to_string(state), count);
    }
    return 0;
}

int reopen(std::uint64_t times) {
    Growth growth;
    for (std::uint64_t i = 0; i < times; ++i) {
        auto first = Session::open(settings()), second = Session::open(settings());
        if (!first) return complain(first.error());
        if (!second) return complain(second.error());
        const auto a = first->add(scene(1'000'000, 1)), b = second->add(scene(4, 2));
        if (!a) return complain(a.error());
        if (!b) return complain(b.error());
        const auto done = second->wait(*b);
        if (!done || (**done).frames != 4) {
            return complain({ErrorCode::internal, "a stream did not come to its end", ""});
        }
        if (i % 2 == 0) second->close();
        first->close();
        if ((i + 1) % std::max<std::uint64_t>(times / 20, 1) == 0) {
            growth.note(static_cast<double>(i + 1));
        }
    }
    growth.tell("pairs of sessions");
    return 0;
}

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Spent {
    double wall = 0, cpu = 0, frames = 0;
};

/// Windows of a fifth of a second with a look every 10 ms and without, in the order A B B A while
/// the same streams run: what changes over time is in both.
int snapshot(std::uint64_t windows, std::size_t streams) {
    std::atomic<std::uint64_t> frames{0};
    auto session = Session::open(settings());
    if (!session) return complain(session.error());
    for (std::size_t i = 0; i < streams; ++i) {
        StreamSettings own;
        own.on_result = [&](const StreamResult&) { ++frames; };
        const auto id = session->add(scene(100'000'000, static_cast<unsigned>(i)), own);
        if (!id) return complain(id.error());
    }
    while (frames < 500) {
        for (const StreamSnapshot& stream : session->snapshot().streams) {
            if (stream.error) return complain(*stream.error);
        }
        std::this_thread::sleep_for(10ms);
    }
    Spent with, without;
    for (std::uint64_t w = 0; w < windows; ++w) {
        const bool looks = w % 4 == 1 || w % 4 == 2;
        const auto start = Steady::now();
        const double cpu = cpu_seconds();
        const std::uint64_t before = frames;
        auto due = start;
        for (int i = 0; i < 20; ++i) {
            if (looks && session->snapshot().streams.size() != streams) std::abort();
            std::this_thread::sleep_until(due += 10ms);
        }
        Spent& spent = looks ? with : without;
        spent.wall += std::chrono::duration<double>(Steady::now() - start).count();
        spent.cpu += cpu_seconds() - cpu;
        spent.frames += static_cast<double>(frames - before);
    }
    fmt::print(
        "{} windows, {:.0f} frames: rate with looks over without {:.4f}, CPU a frame without over "
        "with "
        "{:.4f}\n",
        windows, with.frames + without.frames,
        (with.frames / with.wall) / (without.frames / without.wall),
        (without.cpu / without.frames) / (with.cpu / with.frames));
    session->close();
    session = Session::open(settings());
    if (!session) return complain(session.error());
    // One look by itself, with streams that stand in queues.
    auto full = std::make_shared<ResultQueue>(1, WhenFull::block);
    for (std::size_t i = 0; i < streams; ++i) {
        StreamSettings own;
        own.results = full;
        static_cast<void>(session->add(scene(1'000'000, 1), own));
    }
    std::this_thread::sleep_for(500ms);
    constexpr int look_count = 2000;
    timespec before{}, after{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    for (int i = 0; i < look_count; ++i) static_cast<void>(session->snapshot());
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    const double each = (1e6 * static_cast<double>(after.tv_sec - before.tv_sec) +
                         1e-3 * static_cast<double>(after.tv_nsec - before.tv_nsec)) /
                        look_count;
    fmt::print("a look at {} streams takes {:.1f} us of CPU: {:.3f} % of a core at 100 Hz\n",
               streams, each, each / 100);
    return 0;
}

std::uint64_t number(int argc, char** argv, int at, std::uint64_t otherwise) {
    if (argc <= at) return otherwise;
    const std::string text = argv[at];
    std::uint64_t value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    int code = 2;
    if (what == "churn") {
        code =
            churn(number(argc, argv, 2, 10'000), static_cast<unsigned>(number(argc, argv, 3, 1)));
    } else if (what == "reopen") {
        code = reopen(number(argc, argv, 2, 1000));
    } else if (what == "snapshot") {
        code = snapshot(number(argc, argv, 2, 400), number(argc, argv, 3, 4));
    } else {
        fmt::print(stderr, "session_bench churn|reopen|snapshot [N] [M]\n");
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder(), ignored);
    return code;
}
