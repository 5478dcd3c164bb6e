#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "saccade/engine.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

/// All outputs of a run by file name.
std::map<std::string, std::string> outputs_of(const std::vector<std::string>& sources,
                                              const std::function<void(Settings&)>& change) {
    test::TempDir dir;
    Settings settings;
    settings.model = "synthetic";
    settings.out = (dir / "out").string();
    settings.cache_dir = (dir / "cache").string();
    settings.save = {"mot", "jsonl", "coco", "csv", "md5"};
    settings.interpolate = 5;
    change(settings);
    const auto summary = run(Mode::track, settings, sources);
    EXPECT_TRUE(summary) << summary.error().line();
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(dir / "out")) {
        files[entry.path().filename().string()] = test::read_file(entry.path());
    }
    return files;
}

const std::vector<std::string> kOne = {"synthetic:frames=60&crossings=1"};
const std::vector<std::string> kThree = {
    "synthetic:frames=60&crossings=1", "synthetic:frames=40&seed=2", "synthetic:frames=50&seed=3"};

TEST(Determinism, OutputBytesDoNotDependOnRunsThreadsQueuesOrStreams) {
    const auto reference = outputs_of(kThree, [](Settings&) {});
    ASSERT_EQ(reference.size(), 15U);
    EXPECT_GT(reference.at("synthetic-frames-60-crossings-1.txt").size(), 1000U);
    const std::pair<const char*, void (*)(Settings&)> variants[] = {
        {"again", [](Settings&) {}},
        {"one thread", [](Settings& s) { s.threads = 1; }},
        {"two threads", [](Settings& s) { s.threads = 2; }},
        {"smallest queues", [](Settings& s) { s.queue = 1; }},
        {"one stream at a time", [](Settings& s) { s.streams = 1; }},
        {"all streams at once", [](Settings& s) { s.streams = 3; }},
        {"batches of four", [](Settings& s) { s.batch = 4; }},
    };
    for (const auto& [name, change] : variants) {
        EXPECT_EQ(outputs_of(kThree, change), reference) << name;
    }
}

TEST(Determinism, NorDoSecondLooks) {
    const std::vector<std::string> sources = {"synthetic:width=2560&height=1440&frames=30",
                                              "synthetic:width=1920&height=1080&frames=25&seed=2"};
    const auto refined = [](Settings& s) {
        s.image_size = 320;
        s.refine = true;
        s.refine_budget = 3;
        s.confidence = 0.5F;
    };
    const auto reference = outputs_of(sources, refined);
    ASSERT_EQ(reference.size(), 10U);
    const auto plain = outputs_of(sources, [](Settings& s) {
        s.image_size = 320;
        s.confidence = 0.5F;
    });
    EXPECT_NE(plain, reference);
    const std::pair<const char*, void (*)(Settings&)> variants[] = {
        {"one thread", [](Settings& s) { s.threads = 1; }},
        {"smallest queues", [](Settings& s) { s.queue = 1; }},
        {"one stream at a time", [](Settings& s) { s.streams = 1; }},
        {"batches of four", [](Settings& s) { s.batch = 4; }},
    };
    for (const auto& [name, change] : variants) {
        const auto both = [&refined, change = change](Settings& s) {
            refined(s);
            change(s);
        };
        EXPECT_EQ(outputs_of(sources, both), reference) << name;
    }
}

TEST(Determinism, NorHowManyDecodersShareAFile) {
    SACCADE_NEEDS_ENCODER("libx264");
    const test::TempDir dir;
    const auto clip = (dir / "clip.mp4").string();
    ASSERT_TRUE(test::write_clip(
        clip, {.codec = "libx264", .width = 192, .height = 160, .frames = 400, .gop = 25}));
    const auto with = [&](int decoders, std::vector<std::string> save) {
        return outputs_of({clip, kOne[0]}, [&](Settings& s) {
            s.confidence = 0.05F;
            s.streams = 2;
            s.image_size = 160;
            s.decoders = decoders;
            s.save = save;
        });
    };
    const auto reference = with(1, {"mot", "jsonl", "coco", "csv"});
    ASSERT_EQ(reference.size(), 8U);
    EXPECT_GT(reference.at("clip.jsonl").size(), 10'000U);
    for (const int decoders : {2, 3, 8}) {
        EXPECT_EQ(with(decoders, {"mot", "jsonl", "coco", "csv"}), reference) << decoders;
    }
    // Where pictures are looked at, one decoder does it.
    EXPECT_EQ(with(4, {"md5"}), with(1, {"md5"}));
}

TEST(Determinism, NorDoesItWhereTheCamerasMotionIsEstimated) {
    SACCADE_NEEDS_ENCODER("libx264");
    const test::TempDir dir;
    const auto clip = (dir / "clip.mp4").string();
    ASSERT_TRUE(test::write_clip(
        clip, {.codec = "libx264",
               .width = 320,
               .height = 240,
               .frames = 300,
               .gop = 25,
               .draw = [](test::Canvas& canvas, int index) {
                   // A camera that passes over cells of grey, and a box before it.
                   for (int y = 0; y < canvas.height; ++y) {
                       for (int x = 0; x < canvas.width; ++x) {
                           unsigned h = static_cast<unsigned>((x + 2 * index) / 12) * 374761393U +
                                        static_cast<unsigned>((y + index) / 12) * 668265263U;
                           h = (h ^ (h >> 13U)) * 1274126177U;
                           const auto grey = static_cast<std::uint8_t>(60 + ((h >> 16U) & 0x7FU));
                           canvas.at(x, y) = {grey, grey, grey};
                       }
                   }
                   canvas.fill(100 + index % 60, 80, 160 + index % 60, 180, {255, 0, 0});
               }}));
    const auto with = [&](int decoders, std::size_t queue, const std::string& motion) {
        return outputs_of({clip}, [&](Settings& s) {
            s.tracker = "botsort";
            s.camera_motion = motion;
            s.confidence = 0.05F;
            s.image_size = 160;
            s.decoders = decoders;
            s.queue = queue;
            s.save = {"mot", "jsonl"};
        });
    };
    const auto reference = with(1, 32, "on");
    EXPECT_GT(reference.at("clip.jsonl").size(), 10'000U);
    EXPECT_TRUE(with(1, 32, "off") != reference) << "no motion is found, nothing is shown";
    for (const int decoders : {2, 3, 8}) {
        EXPECT_TRUE(with(decoders, 32, "on") == reference) << decoders;
    }
    EXPECT_TRUE(with(3, 1, "on") == reference);
}

TEST(Determinism, AFileGivesTheSameAloneAndAmongOthers) {
    const auto alone = outputs_of(kOne, [](Settings&) {});
    const auto among = outputs_of(kThree, [](Settings&) {});
    for (const auto& [name, bytes] : alone) EXPECT_EQ(among.at(name), bytes) << name;
}

}  // namespace
}  // namespace saccade
