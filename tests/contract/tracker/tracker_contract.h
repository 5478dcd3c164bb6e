// What the tracker contract tests share: one run for each name in the registry.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "track/registry.h"

namespace saccade::track {

inline std::vector<std::string> tracker_names() {
    std::vector<std::string> names;
    for (const auto& t : trackers()) names.emplace_back(t.name);
    return names;
}

inline std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
    return name;
}

class TrackerContract : public ::testing::TestWithParam<std::string> {
  protected:
    static std::unique_ptr<Tracker> make(const TrackerOptions& options = {}) {
        auto made = make_tracker(GetParam(), options);
        EXPECT_TRUE(made) << (made ? "" : made.error().line());
        return std::move(made.value());
    }
    static std::vector<Track> update(Tracker& tracker, const std::vector<Detection>& detections,
                                     Timestamp pts) {
        std::vector<Track> tracks;
        Observation o;
        o.detections = detections;
        o.pts = pts;
        const auto ok = tracker.update(o, tracks);
        EXPECT_TRUE(ok) << (ok ? "" : ok.error().line());
        return tracks;
    }
};

}  // namespace saccade::track
