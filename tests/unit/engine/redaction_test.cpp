// What is to be covered is seen in no picture that a run gives out: on the scene whose truth is
// known.
#include "engine/redaction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "media/synthetic.h"
#include "saccade/session.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

// (Boxes that come down across the others' ways hide them for a while.)
constexpr const char* scene =
    "synthetic:frames=240&width=640&height=480&objects=12&seed=5&crossings=1";

class RedactionTest : public testing::Test {
  protected:
    Settings settings() const {
        Settings s;
        s.model = "synthetic";
        s.save = {};
        s.image_size = 320;
        s.warmup = 0;
        s.redact = {"red box", "2"};  // blue ones by number
        s.redact_style = "fill";
        s.out = (dir_ / "out").string();
        s.cache_dir = (dir_ / "cache").string();
        return s;
    }

    struct Shown {
        FrameResult result;
        Frame frame;
    };
    static std::vector<Shown> run(const Settings& settings, Mode mode = Mode::track) {
        auto session = Session::open(settings);
        EXPECT_TRUE(session) << session.error().line();
        std::vector<Shown> shown;
        StreamSettings own;
        own.mode = mode;
        own.frames = true;
        own.on_result = [&](const StreamResult& r) { shown.push_back({r.result, r.frame}); };
        const auto id = session->add(scene, std::move(own));
        EXPECT_TRUE(id) << id.error().line();
        const auto summary = session->wait(*id);
        EXPECT_TRUE(summary && *summary && (*summary)->status == Status::complete);
        return shown;
    }

    test::TempDir dir_;
};

/// Of `box`, the pixels that are not what covering leaves.
int pixels_seen(const Frame& frame, const Box& box) {
    int seen = 0;
    for (int y = static_cast<int>(box.y1); y < static_cast<int>(box.y2); ++y) {
        for (int x = static_cast<int>(box.x1); x < static_cast<int>(box.x2); ++x) {
            const auto sample = [&](std::size_t p, int shift) {
                return frame.planes[p].data[frame.planes[p].stride * (y >> shift) + (x >> shift)];
            };
            seen += sample(0, 0) != 64 || sample(1, 1) != 128 || sample(2, 1) != 128 ? 1 : 0;
        }
    }
    return seen;
}

TEST_F(RedactionTest, NoPixelOfAnObjectShowsBetweenItsFirstAndItsLastSighting) {
    const auto options = media::parse_synthetic(scene);
    ASSERT_TRUE(options);
    for (const Mode mode : {Mode::track, Mode::detect}) {
        const auto shown = run(settings(), mode);
        ASSERT_EQ(shown.size(), 240U);
        struct Sightings {
            std::uint64_t first = 0, last = 0, count = 0;
        };
        std::map<std::int64_t, Sightings> seen;  // of objects, as the scene numbers them
        for (std::uint64_t i = 0; i < shown.size(); ++i) {
            for (const auto& object : media::synthetic_truth(*options, i)) {
                const auto& found = shown[i].result.detections;
                const bool sighted =
                    std::any_of(found.begin(), found.end(), [&](const Detection& d) {
                        return d.class_id == object.class_id && iou(d.box, object.box) > 0.5F;
                    });
                if (object.class_id == 1 || !sighted) continue;
                auto& sightings = seen.try_emplace(object.id, Sightings{i, i, 0}).first->second;
                sightings.last = i;
                ++sightings.count;
            }
        }
        ASSERT_GE(seen.size(), 2U);
        std::uint64_t missed = 0, others = 0;
        for (std::uint64_t i = 0; i < shown.size(); ++i) {
            for (const auto& object : media::synthetic_truth(*options, i)) {
                const auto known = seen.find(object.id);
                if (known == seen.end()) {
                    others += object.class_id == 1 && pixels_seen(shown[i].frame, object.box) > 0;
                    continue;
                }
                if (i < known->second.first || i > known->second.last) continue;
                EXPECT_EQ(pixels_seen(shown[i].frame, object.box), 0)
                    << "object " << object.id << " in frame " << i;
            }
        }
        for (const auto& [id, s] : seen) missed += s.last - s.first + 1 - s.count;
        if (mode == Mode::track) {
            EXPECT_GT(missed, 0U) << "the scene must hide objects";
        }
        EXPECT_GT(others, 100U) << "others are seen";
    }
}

TEST_F(RedactionTest, WithoutItTheyAreSeen) {
    Settings s = settings();
    s.redact = {};
    const auto shown = run(s);
    const auto options = media::parse_synthetic(scene);
    int pixels = 0;
    for (std::uint64_t i = 0; i < shown.size(); ++i) {
        EXPECT_TRUE(shown[i].result.redacted.empty());
        for (const auto& object : media::synthetic_truth(*options, i)) {
            pixels += pixels_seen(shown[i].frame, object.box);
        }
    }
    EXPECT_GT(pixels, 100'000);
}

TEST_F(RedactionTest, ResultsAreThoseOfARunWithoutIt) {
    Settings plain = settings();
    plain.redact = {};
    const auto covered = run(settings()), open = run(plain);
    ASSERT_EQ(covered.size(), open.size());
    for (std::size_t i = 0; i < open.size(); ++i) {
        EXPECT_EQ(covered[i].result.tracks, open[i].result.tracks) << i;
        EXPECT_EQ(covered[i].result.id.index, i);
        EXPECT_EQ(covered[i].frame.pts, covered[i].result.pts);
    }
}

TEST_F(RedactionTest, WhatCanNotBeIsRefusedBeforeAnythingIsOpened) {
    const auto refused = [](const Settings& s) {
        const auto session = Session::open(s);
        EXPECT_FALSE(session);
        return session ? "" : session.error().line();
    };
    Settings s = settings();
    s.redact = {"purple box"};
    EXPECT_NE(refused(s).find("redact: synthetic.onnx has no class 'purple box'"),
              std::string::npos)
        << refused(s);
    s = settings();
    s.classes = {"green box"};
    EXPECT_NE(refused(s).find("'red box' is none of the classes"), std::string::npos);
    s = settings();
    s.save = {"source"};
    EXPECT_NE(refused(s).find("copies the camera's own pictures"), std::string::npos);
    s = settings();
    s.redact_style = "swirl";
    EXPECT_NE(refused(s).find("none of pixelate, blur, fill"), std::string::npos);
}

TEST_F(RedactionTest, AStreamCoversWhatItsSessionHasRoomFor) {
    Settings s = settings();
    s.redact = {};
    auto session = Session::open(s);
    ASSERT_TRUE(session);
    StreamSettings own;
    own.redact = std::vector<std::string>{"red box"};
    EXPECT_EQ(session->add(scene, own).error().code, ErrorCode::invalid_argument);
    auto covering = Session::open(settings());
    ASSERT_TRUE(covering);
    const auto id = covering->add("synthetic:frames=100000&width=320&height=240");
    ASSERT_TRUE(id);
    // What is covered must go on being looked for.
    StreamSettings change;
    change.classes = std::vector<std::string>{"green box"};
    EXPECT_EQ(covering->change(*id, change).error().code, ErrorCode::invalid_argument);
    StreamSettings restyle;
    restyle.redact_style = "blur";
    EXPECT_EQ(covering->change(*id, restyle).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace saccade
