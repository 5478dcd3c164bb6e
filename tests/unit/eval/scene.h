// Tiny sequences for hand-worked figures: boxes of height 10 in a row, y = 0.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "eval/mot_sequence.h"

namespace saccade::eval::test {

class Scene {
  public:
    explicit Scene(int frames) : frames_(frames) {}

    Scene& truth(int frame, int id, double x, int class_id = 1, double confidence = 1) {
        add(truth_, {frame, id, x, 0, 10, 10, confidence, class_id});
        return *this;
    }
    /// A track box of the given width: at the x of a truth box its IoU is width / 10.
    Scene& track(int frame, int id, double x, double width = 10) {
        add(tracks_, {frame, id, x, 0, width, 10, 1, 1});
        return *this;
    }
    [[nodiscard]] MotSequence prepare(MotBenchmark benchmark = MotBenchmark::mot17) const {
        auto sequence = prepare_sequence(truth_, "gt.txt", tracks_, "t.txt", frames_, benchmark);
        EXPECT_TRUE(sequence);
        return *sequence;
    }

  private:
    // In front of the rows of later frames, as files are read.
    static void add(MotFile& file, const MotRow& row) {
        const auto later = std::find_if(file.rows.begin(), file.rows.end(),
                                        [&](const MotRow& r) { return r.frame > row.frame; });
        file.rows.insert(later, row);
        file.last_frame = file.rows.back().frame;
    }

    int frames_;
    MotFile truth_, tracks_;
};

/// One person over ten frames whose track changes its id in the middle.
inline Scene split_track() {
    Scene scene(10);
    for (int f = 1; f <= 10; ++f) scene.truth(f, 4, 0).track(f, f <= 5 ? 8 : 9, 0);
    return scene;
}

}  // namespace saccade::eval::test
