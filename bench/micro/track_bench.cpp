// Trackers on one core: updates per second on MOT17-04's public detections and on a synthetic
// crowd. The sequence is read from $SACCADE_MOT17/MOT17-04-FRCNN (see shared/tools/unpack.sh);
// without the variable only the crowd runs.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>
#include <string>

#include "mot_files.h"
#include "track/camera_motion/camera_motion.h"
#include "track/camera_motion/motion_view.h"
#include "track/registry.h"

namespace {

using namespace saccade;

/// `count` people on straight ways, seen with some noise, a tenth of them unsure.
bench::DetectionSequence crowd(int count) {
    std::mt19937 random(1);
    const auto uniform = [&](float low, float high) {
        return low + (high - low) * static_cast<float>(random() % 10007) / 10006;
    };
    bench::DetectionSequence s;
    s.frames.resize(300);
    for (int i = 0; i < count; ++i) {
        const float h = uniform(60, 160), w = 0.4F * h;
        const float x0 = uniform(200, 1600), y0 = uniform(50, 850);
        const float vx = uniform(-1, 1), vy = uniform(-0.5F, 0.5F);
        for (std::size_t f = 0; f < s.frames.size(); ++f) {
            const float x = x0 + vx * static_cast<float>(f) + uniform(-1, 1);
            const float y = y0 + vy * static_cast<float>(f) + uniform(-1, 1);
            const float score = random() % 10 == 0 ? 0.3F : 0.9F;
            s.frames[f].push_back({{x, y, x + w, y + h}, score, 0});
        }
    }
    return s;
}

void track_all(benchmark::State& state, const std::string& name,
               const bench::DetectionSequence& sequence) {
    auto tracker = track::make_tracker(name, {});
    if (!tracker) {
        state.SkipWithError(tracker.error().line().c_str());
        return;
    }
    std::vector<Track> tracks;
    std::size_t detections = 0;
    for (const auto& frame : sequence.frames) detections += frame.size();
    for (auto _ : state) {
        (*tracker)->reset();
        for (std::size_t f = 0; f < sequence.frames.size(); ++f) {
            track::Observation o;
            o.detections = sequence.frames[f];
            o.pts = sequence.pts(f);
            if (!(*tracker)->update(o, tracks)) state.SkipWithError("update failed");
            benchmark::DoNotOptimize(tracks.data());
        }
    }
    const auto frames = static_cast<double>(sequence.frames.size());
    state.counters["updates/s"] =
        benchmark::Counter(frames, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["detections/frame"] = static_cast<double>(detections) / frames;
}

/// A 1080p luma plane of noise, of which another part is seen from frame to frame: corners are
/// everywhere.
class PassingNoise {
  public:
    PassingNoise() {
        std::mt19937 random(1);
        std::vector<std::uint8_t> noise(static_cast<std::size_t>(stride) * (height + room));
        for (auto& v : noise) v = static_cast<std::uint8_t>(random());
        picture_.resize(noise.size());
        for (int y = 0; y < height + room; ++y) {
            for (int x = 0; x < stride; ++x) {  // cells of 12 px, so that it survives shrinking
                picture_[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x)] =
                    noise[static_cast<std::size_t>(y / 12) * stride +
                          static_cast<std::size_t>(x / 12)];
            }
        }
    }
    track::LumaView next() {
        at_ = (at_ + 3) % room;
        return {picture_.data() + at_, width, height, stride};
    }
    static constexpr int width = 1920, height = 1080;

  private:
    static constexpr int room = 64, stride = width + room;
    std::vector<std::uint8_t> picture_;
    int at_ = 0;
};

void count_frames(benchmark::State& state) {
    state.counters["frames/s"] =
        benchmark::Counter(1, benchmark::Counter::kIsIterationInvariantRate);
}

/// The whole estimate.
void camera_motion(benchmark::State& state) {
    PassingNoise noise;
    track::CameraMotionEstimator estimator;
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            estimator.estimate(noise.next(), PassingNoise::width, PassingNoise::height, {}));
    }
    count_frames(state);
}

/// What the decoder's thread does, where frames are on the host.
void camera_motion_shrink(benchmark::State& state) {
    PassingNoise noise;
    track::LumaImage small;
    for (auto _ : state) track::shrink(noise.next(), 3, small);
    count_frames(state);
}

/// What is left, of a frame that was shrunk by then.
void camera_motion_small(benchmark::State& state) {
    PassingNoise noise;
    track::LumaImage small[2];
    for (auto& one : small) track::shrink(noise.next(), 3, one);
    track::MotionView views[2];
    views[0].look(small[0].view(), 3, 3, {});
    std::size_t now = 0;
    for (auto _ : state) {
        now ^= 1U;
        views[now].look(small[now].view(), 3, 3, {});
        benchmark::DoNotOptimize(views[now].since(views[now ^ 1U]));
    }
    count_frames(state);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::pair<std::string, bench::DetectionSequence>> sequences;
    sequences.emplace_back("crowd_50", crowd(50));
    sequences.emplace_back("crowd_1000", crowd(1000));
    if (const char* dir = std::getenv("SACCADE_MOT17")) {
        auto read = bench::read_detections(std::filesystem::path(dir) / "MOT17-04-FRCNN");
        if (!read) {
            std::fprintf(stderr, "bench_track: %s\n", read.error().line().c_str());
            return 1;
        }
        sequences.emplace_back(read->name, std::move(*read));
    }
    for (const auto& [label, sequence] : sequences) {
        for (const auto& t : track::trackers()) {
            const std::string name(t.name);
            benchmark::RegisterBenchmark(
                (name + "/" + label).c_str(),
                [name, &sequence](benchmark::State& state) { track_all(state, name, sequence); })
                ->Unit(benchmark::kMillisecond);
        }
    }
    using Work = void (*)(benchmark::State&);
    for (const auto& [name, work] :
         {std::pair<const char*, Work>{"camera_motion/1080p", camera_motion},
          {"camera_motion/shrink_1080p", camera_motion_shrink},
          {"camera_motion/of_640x360", camera_motion_small}}) {
        benchmark::RegisterBenchmark(name, work)->Unit(benchmark::kMillisecond);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
