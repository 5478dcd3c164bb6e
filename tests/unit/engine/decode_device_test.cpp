#include "engine/decode_device.h"

#include <gtest/gtest.h>

namespace saccade::engine {
namespace {

int decode_device(Mode mode, const Settings& settings, int detector_device) {
    const auto choices = settings::stream_choices(mode, settings);
    EXPECT_TRUE(choices) << choices.error().line();
    return choices ? engine::decode_device(*choices, detector_device) : -2;
}

TEST(DecodeDevice, OnTheDetectorsGpuUnlessPixelsAreReadElsewhere) {
    Settings settings;
    settings.save = {"mot", "jsonl", "csv"};
    settings.tracker = "bytetrack";
    settings.camera_motion = "auto";
    EXPECT_EQ(decode_device(Mode::track, settings, 1), 1);
    EXPECT_EQ(decode_device(Mode::track, settings, -1), -1);
    settings.tracker = "botsort";
    EXPECT_EQ(decode_device(Mode::track, settings, 1), -1);
    EXPECT_EQ(decode_device(Mode::detect, settings, 1), 1);
    settings.camera_motion = "off";
    EXPECT_EQ(decode_device(Mode::track, settings, 1), 1);
    settings.reid = "looks.onnx";
    EXPECT_EQ(decode_device(Mode::track, settings, 1), -1);
    EXPECT_EQ(decode_device(Mode::detect, settings, 1), 1);
    settings.reid = "";
    settings.camera_motion = "on";
    settings.tracker = "bytetrack";
    EXPECT_EQ(decode_device(Mode::track, settings, 0), -1);
    EXPECT_EQ(decode_device(Mode::detect, settings, 0), 0);
    settings.camera_motion = "off";
    for (const auto& format : sink::sinks()) {
        if (format.of_counts) continue;
        settings.save = {"mot", std::string(format.name)};
        EXPECT_EQ(decode_device(Mode::track, settings, 0), 0)
            << format.name << ": sinks take frames where they are";
    }
}

TEST(DecodersOfAFile, AreAsSetAndOneOnAHost) {
    Settings settings;
    EXPECT_EQ(decoders_of_a_file(settings, -1, 1), 1U);
    EXPECT_GE(decoders_of_a_file(settings, 0, 1), 1U) << "whatever is here";
    EXPECT_EQ(decoders_of_a_file(settings, 0, 1000), 1U);
    settings.decoders = 5;
    EXPECT_EQ(decoders_of_a_file(settings, -1, 16), 5U);
    EXPECT_EQ(decoders_of_a_file(settings, 0, 16), 5U);
}

}  // namespace
}  // namespace saccade::engine
