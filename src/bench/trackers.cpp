#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <random>

#include "bench/suites.h"
#include "track/registry.h"

namespace saccade::bench {
namespace {

constexpr int object_count = 50;
constexpr std::size_t frame_count = 600;

/// People who walk to and fro, seen nine times out of ten and not quite where they are. Equal on
/// every machine.
std::vector<std::vector<Detection>> crowd() {
    std::mt19937 random(1);
    const auto uniform = [&](float low, float high) {
        return low + (high - low) * static_cast<float>(random()) / 4294967296.0F;
    };
    struct Walker {
        float x, y, vx, vy, w, h;
    };
    std::vector<Walker> walkers(object_count);
    for (Walker& p : walkers) {
        p = {uniform(0, 1800), uniform(100, 800), uniform(-4, 4),
             uniform(-1, 1),   uniform(30, 80),   0};
        p.h = 2.5F * p.w;
    }
    std::vector<std::vector<Detection>> frames(frame_count);
    for (auto& frame : frames) {
        for (Walker& p : walkers) {
            if (p.x + p.vx < 0 || p.x + p.vx > 1840) p.vx = -p.vx;
            if (p.y + p.vy < 0 || p.y + p.vy > 880) p.vy = -p.vy;
            p.x += p.vx;
            p.y += p.vy;
            const float seen = uniform(0, 1), dx = uniform(-2, 2), dy = uniform(-2, 2);
            if (seen < 0.1F) continue;
            frame.push_back(
                {{p.x + dx, p.y + dy, p.x + dx + p.w, p.y + dy + p.h}, uniform(0.3F, 0.95F), 0});
        }
    }
    return frames;
}

}  // namespace

Result<Rows> run_trackers(Bench& bench) {
    const auto frames = crowd();
    Rows rows;
    for (const track::TrackerDescription& described : track::trackers()) {
        bench.say(fmt::format("tracker {}", described.name));
        Usage usage;
        auto values = repeat(bench, [&]() -> Result<double> {
            auto tracker = track::make_tracker(described.name, {});
            if (!tracker) return fail(tracker.error());
            std::vector<Track> tracks;
            usage.begin();
            const auto start = std::chrono::steady_clock::now();
            for (std::size_t i = 0; i < frames.size(); ++i) {
                const track::Observation seen{
                    .detections = frames[i],
                    .pts = std::chrono::milliseconds(33) * static_cast<std::int64_t>(i),
                    .motion = std::nullopt,
                    .embeddings = {}};
                if (auto done = (*tracker)->update(seen, tracks); !done) return fail(done.error());
            }
            const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
            usage.end();
            return static_cast<double>(frames.size()) / passed.count();
        });
        if (!values) return fail(values.error());
        rows.push_back({.suite = "trackers",
                        .name = std::string(described.name),
                        .unit = "updates/s",
                        .values = std::move(*values)});
        usage.put(rows.back());
    }
    return rows;
}

}  // namespace saccade::bench
