#include "thin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "core/atomic_file.h"

namespace saccade::bench {
namespace {

/// The library's distributions differ from one to the next; the engine does not.
class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    /// In [0, 1).
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    /// Normal, by Box and Muller.
    double normal() {
        const double r = std::sqrt(-2 * std::log(1 - uniform()));
        return r * std::cos(2 * std::numbers::pi * uniform());
    }

  private:
    std::mt19937_64 engine_;
};

Box moved(const Box& b, double noise, Random& random) {
    const double x = b.center_x() + noise * b.width() * random.normal();
    const double y = b.center_y() + noise * b.height() * random.normal();
    const double w = 0.5 * b.width() * std::exp(noise * random.normal());
    const double h = 0.5 * b.height() * std::exp(noise * random.normal());
    return {static_cast<float>(x - w), static_cast<float>(y - h), static_cast<float>(x + w),
            static_cast<float>(y + h)};
}

Result<void> write(const std::filesystem::path& path, const std::string& text) {
    auto file = AtomicFile::create(path);
    if (!file) return fail(file.error());
    if (auto done = file->write(text); !done) return done;
    return file->commit();
}

}  // namespace

int every_of(const DetectionSequence& sequence, const Thinning& thinning) {
    if (thinning.rate <= 0) return 1;
    return std::max(1, static_cast<int>(std::lround(sequence.rate / thinning.rate)));
}

DetectionSequence thin(const DetectionSequence& sequence, const Thinning& thinning) {
    const int every = every_of(sequence, thinning);
    DetectionSequence out{
        sequence.name, sequence.rate / every, sequence.width, sequence.height, {}};
    Random random(thinning.seed);
    for (std::size_t f = 0; f < sequence.frames.size(); f += static_cast<std::size_t>(every)) {
        auto& frame = out.frames.emplace_back();
        for (Detection d : sequence.frames[f]) {
            if (thinning.dropped > 0 && random.uniform() < thinning.dropped) continue;
            if (thinning.noise > 0) d.box = moved(d.box, thinning.noise, random);
            frame.push_back(d);
        }
    }
    return out;
}

eval::MotFile thin(const eval::MotFile& truth, int every) {
    eval::MotFile out;
    for (eval::MotRow row : truth.rows) {
        if ((row.frame - 1) % every != 0) continue;
        row.frame = (row.frame - 1) / every + 1;
        out.last_frame = row.frame;
        out.rows.push_back(row);
    }
    return out;
}

Result<void> write_sequence(const std::filesystem::path& dir, const DetectionSequence& sequence,
                            const eval::MotFile& truth) {
    const auto info = fmt::format(
        "[Sequence]\nname={}\nimDir=img1\nframeRate={}\nseqLength={}\nimWidth={}\nimHeight={}\n"
        "imExt=.jpg\n",
        sequence.name, sequence.rate, sequence.frames.size(), sequence.width, sequence.height);
    if (auto done = write(dir / "seqinfo.ini", info); !done) return done;
    std::string text;
    for (std::size_t f = 0; f < sequence.frames.size(); ++f) {
        for (const Detection& d : sequence.frames[f]) {
            text += fmt::format("{},-1,{:.3f},{:.3f},{:.3f},{:.3f},{},-1,-1,-1\n", f + 1, d.box.x1,
                                d.box.y1, d.box.width(), d.box.height(), d.score);
        }
    }
    if (auto done = write(dir / "det" / "det.txt", text); !done) return done;
    text.clear();
    for (const eval::MotRow& r : truth.rows) {
        text += fmt::format("{},{},{},{},{},{},{},{},1\n", r.frame, r.id, r.x, r.y, r.width,
                            r.height, r.confidence, r.class_id);
    }
    return write(dir / "gt" / "gt.txt", text);
}

}  // namespace saccade::bench
