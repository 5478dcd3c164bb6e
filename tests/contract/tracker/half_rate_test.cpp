// Every second frame removed from real sequences: a tracker loses little, because it goes by time.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <vector>

#include "eval/mot_evaluation.h"
#include "eval/mot_file.h"
#include "support/files.h"
#include "support/temp_dir.h"
#include "tracker_contract.h"

namespace saccade::track {
namespace {

struct Sequence {
    eval::MotFile truth;
    std::map<int, std::vector<Detection>> detections;  // by frame, from 1
    int frames = 0;
    double rate = 30;
};

Sequence read(const std::filesystem::path& dir, int frames, double rate) {
    Sequence s;
    s.frames = frames;
    s.rate = rate;
    auto truth = eval::read_mot_file(dir / "gt" / "gt.txt", eval::MotFileKind::truth);
    auto found = eval::read_mot_file(dir / "det" / "det.txt", eval::MotFileKind::detections);
    EXPECT_TRUE(truth && found) << dir;
    if (!truth || !found) return s;
    s.truth = std::move(*truth);
    for (const auto& row : found->rows) {
        s.detections[row.frame].push_back(
            {{static_cast<float>(row.x), static_cast<float>(row.y),
              static_cast<float>(row.x + row.width), static_cast<float>(row.y + row.height)},
             static_cast<float>(row.confidence),
             0});
    }
    return s;
}

/// HOTA on the odd frames, of a tracker that is shown every `every`th frame.
double hota(const std::string& name, const Sequence& s, int every) {
    auto tracker = make_tracker(name, {});
    std::vector<Track> tracks;
    eval::MotFile truth, result;
    for (int f = 1; f <= s.frames; f += every) {
        Observation o;
        const auto at = s.detections.find(f);
        if (at != s.detections.end()) o.detections = at->second;
        o.pts = Timestamp(static_cast<Timestamp::rep>(1e9 * (f - 1) / s.rate));
        EXPECT_TRUE((*tracker)->update(o, tracks));
        if (f % 2 == 0) continue;
        for (const Track& t : tracks) {
            result.rows.push_back(
                {(f + 1) / 2, t.id, t.box.x1, t.box.y1, t.box.width(), t.box.height(), 1, 1});
        }
        result.last_frame = (f + 1) / 2;
    }
    for (auto row : s.truth.rows) {
        if (row.frame % 2 == 0) continue;
        row.frame = (row.frame + 1) / 2;
        truth.rows.push_back(row);
        truth.last_frame = row.frame;
    }
    const auto sequence = eval::prepare_sequence(truth, "truth", result, "tracks",
                                                 (s.frames + 1) / 2, eval::MotBenchmark::mot17);
    EXPECT_TRUE(sequence);
    return sequence ? eval::mean(eval::evaluate_hota(*sequence).hota) : 0;
}

TEST_P(TrackerContract, EverySecondFrameOfMot17LosesLittle) {
    SACCADE_NEEDS_SHARED("mot17.tar.xz");
    const test::TempDir dir;
    const auto archive = test::shared_dir() / "mot17.tar.xz";
    const std::string unpack =
        "tar -xJf '" + archive.string() + "' -C '" + dir.path().string() + "'";
    ASSERT_EQ(std::system(unpack.c_str()), 0);
    for (const auto& [name, frames, rate] :
         {std::tuple{"MOT17-04-FRCNN", 1050, 30.0}, {"MOT17-11-FRCNN", 900, 30.0}}) {
        std::filesystem::path found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
            if (entry.path().filename() == name) found = entry.path();
        }
        ASSERT_FALSE(found.empty()) << name;
        const Sequence s = read(found, frames, rate);
        const double all = hota(GetParam(), s, 1), half = hota(GetParam(), s, 2);
        RecordProperty(std::string(name) + "_all", std::to_string(all));
        RecordProperty(std::string(name) + "_half", std::to_string(half));
        EXPECT_GT(all, 0.45) << name;
        EXPECT_GT(half, all - 0.045) << name;
    }
}

}  // namespace
}  // namespace saccade::track
