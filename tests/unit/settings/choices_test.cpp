#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "settings/network_choices.h"
#include "settings/stream_choices.h"
#include "settings/words.h"

namespace saccade::settings {
namespace {

using testing::HasSubstr;

void expect_refused(const Error& error, const char* setting) {
    EXPECT_EQ(error.code, ErrorCode::invalid_argument) << setting;
    EXPECT_TRUE(error.message.starts_with(std::string(setting) + ": ")) << error.line();
}

TEST(NetworkChoices, DefaultsLeaveTheChoiceToModelAndDevice) {
    const auto choices = network_choices({});
    ASSERT_TRUE(choices);
    EXPECT_EQ(choices->device.kind, infer::DeviceChoice::Kind::best);
    EXPECT_FALSE(choices->precision);
    EXPECT_FALSE(choices->overrides.family);
    EXPECT_FALSE(choices->overrides.bgr);
    EXPECT_FALSE(choices->overrides.scale);
    EXPECT_FALSE(choices->memory);
}

TEST(NetworkChoices, WordsBecomeValues) {
    Settings s;
    for (const std::string& word : precision_words()) {
        s.precision = word;
        const auto choices = network_choices(s);
        ASSERT_TRUE(choices) << word;
        EXPECT_EQ(choices->precision ? to_string(*choices->precision) : automatic_word, word);
    }
    s.family = "yolov8", s.input_order = "bgr", s.input_range = "255", s.vram_limit = "2GB";
    const auto choices = network_choices(s);
    ASSERT_TRUE(choices);
    EXPECT_EQ(choices->overrides.family, model::Family::yolov8);
    EXPECT_EQ(choices->overrides.bgr, true);
    EXPECT_EQ(choices->overrides.scale, 1.0F);
    EXPECT_EQ(choices->memory->bytes, 2'000'000'000U);
}

TEST(NetworkChoices, UnknownWordsAreRefusedByTheirSetting) {
    const auto refused = [](const char* setting, auto field) {
        Settings s;
        s.*field = "nonsense";
        const auto choices = network_choices(s);
        ASSERT_FALSE(choices) << setting;
        expect_refused(choices.error(), setting);
    };
    refused("device", &Settings::device);
    refused("precision", &Settings::precision);
    refused("family", &Settings::family);
    refused("input_order", &Settings::input_order);
    refused("input_range", &Settings::input_range);
    refused("vram_limit", &Settings::vram_limit);
}

TEST(StreamChoices, ATrackersCapabilitiesAreTheRegistrys) {
    for (const auto& tracker : track::trackers()) {
        Settings s;
        s.tracker = tracker.name;
        const auto plain = stream_choices(Mode::track, s);
        ASSERT_TRUE(plain) << tracker.name;
        EXPECT_EQ(plain->camera_motion, tracker.camera_motion) << tracker.name;
        EXPECT_FALSE(plain->appearance);
        s.camera_motion = "on";
        EXPECT_TRUE(stream_choices(Mode::track, s)->camera_motion);
        s.camera_motion = "off";
        EXPECT_FALSE(stream_choices(Mode::track, s)->camera_motion);
        s.reid = "looks.onnx";
        const auto looks = stream_choices(Mode::track, s);
        EXPECT_EQ(looks.has_value(), tracker.appearance) << tracker.name;
        if (!looks) expect_refused(looks.error(), "reid");
        const auto untracked = stream_choices(Mode::detect, s);
        ASSERT_TRUE(untracked);
        EXPECT_FALSE(untracked->tracker || untracked->appearance || untracked->camera_motion);
    }
}

TEST(StreamChoices, CountsAreOutputsWhereThereIsSomethingToCount) {
    Settings s;
    s.save = {"jsonl"};
    EXPECT_EQ(stream_choices(Mode::track, s)->outputs.size(), 1U);
    s.lines = {"0,0,10,10:door"};
    const auto choices = stream_choices(Mode::track, s);
    ASSERT_TRUE(choices);
    EXPECT_EQ(choices->lines.front().name, "door");
    EXPECT_TRUE(choices->writes("jsonl") && choices->writes("counts_json") &&
                choices->writes("counts_csv"));
    EXPECT_EQ(stream_choices(Mode::detect, s)->outputs.size(), 1U) << "nothing is tracked";
    s.save = {"counts_json"};
    const auto named = stream_choices(Mode::track, s);
    ASSERT_FALSE(named);
    expect_refused(named.error(), "save");
    EXPECT_THAT(named.error().message, testing::Not(HasSubstr("counts_csv")));
}

TEST(StreamChoices, UnknownWordsAreRefusedByTheirSetting) {
    Settings s;
    s.tracker = "nonsense";
    expect_refused(stream_choices(Mode::track, s).error(), "tracker");
    s = {};
    s.camera_motion = "nonsense";
    expect_refused(stream_choices(Mode::track, s).error(), "camera_motion");
    s = {};
    s.save = {"mot", "nonsense"};
    expect_refused(stream_choices(Mode::detect, s).error(), "save");
    s = {};
    s.remember = 5;
    expect_refused(stream_choices(Mode::track, s).error(), "remember");
    s = {};
    s.zones = {"1,2"};
    EXPECT_FALSE(stream_choices(Mode::track, s));
}

TEST(StreamChoices, TheEncoderIsUnderstoodBeforeAnythingIsOpened) {
    Settings s;
    s.save = {"video"};
    s.encoder = "mpeg4", s.bitrate = "4M";
    const auto choices = stream_choices(Mode::track, s);
    ASSERT_TRUE(choices) << choices.error().line();
    EXPECT_EQ(choices->encoder.name, "mpeg4");
    EXPECT_EQ(choices->encoder.bitrate, 4'000'000);
    s.encoder = "h266_magic";
    expect_refused(stream_choices(Mode::track, s).error(), "encoder");
    s.save = {"mot"};
    expect_refused(stream_choices(Mode::track, s).error(), "encoder");
    s.encoder = "mpeg4", s.preset = "fast";
    expect_refused(stream_choices(Mode::track, s).error(), "preset");
    s.preset = "", s.bitrate = "fast";
    expect_refused(stream_choices(Mode::track, s).error(), "bitrate");
    s.bitrate = "", s.crf = 60;
    expect_refused(stream_choices(Mode::track, s).error(), "crf");
}

TEST(StreamChoices, WhatWouldShowWhatIsCoveredIsRefused) {
    Settings s;
    s.redact = {"person"};
    s.save = {"mot", "video", "crops"};
    EXPECT_TRUE(stream_choices(Mode::track, s));
    s.save = {"source"};
    expect_refused(stream_choices(Mode::track, s).error(), "redact");
    s.redact = {};
    EXPECT_TRUE(stream_choices(Mode::track, s));
}

TEST(StreamChoices, CropsAreOfTracks) {
    Settings s;
    s.save = {"crops"};
    EXPECT_TRUE(stream_choices(Mode::track, s));
    expect_refused(stream_choices(Mode::detect, s).error(), "save");
}

}  // namespace
}  // namespace saccade::settings
