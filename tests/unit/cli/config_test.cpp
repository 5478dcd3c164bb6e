#include "cli/config.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "settings/table.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::cli {
namespace {

class ConfigTest : public testing::Test {
  protected:
    /// Without the settings of who runs the tests: make, for one, names a cache by the environment.
    void SetUp() override {
        ::setenv("XDG_CONFIG_HOME", dir_.path().c_str(), 1);
        for (const settings::Row& row : settings::table()) ::unsetenv(variable_of(row.key).c_str());
    }
    void TearDown() override { ::unsetenv("SACCADE_CONF"); }
    std::filesystem::path file(const std::string& text) {
        test::write_file(dir_ / "c.toml", text);
        return dir_ / "c.toml";
    }
    test::TempDir dir_;
};

TEST_F(ConfigTest, LaterOriginsWin) {
    const auto toml =
        file("conf = 0.1\niou = 0.5\nclasses = [\"person\", 2]\nstreams = \"auto\"\n");
    auto config = merge_config(toml, {});
    ASSERT_TRUE(config) << config.error().line();
    EXPECT_FLOAT_EQ(config->settings.confidence, 0.1F);
    EXPECT_EQ(config->settings.classes, (std::vector<std::string>{"person", "2"}));
    ::setenv("SACCADE_CONF", "0.2", 1);
    config = merge_config(toml, {});
    EXPECT_FLOAT_EQ(config->settings.confidence, 0.2F);
    EXPECT_EQ(config->origin.at("conf"), "SACCADE_CONF");
    config = merge_config(toml, {{"conf", "0.3"}});
    EXPECT_FLOAT_EQ(config->settings.confidence, 0.3F);
    EXPECT_FLOAT_EQ(config->settings.iou, 0.5F);
    EXPECT_EQ(config->origin.at("conf"), "command line");
    EXPECT_EQ(config->origin.at("iou"), toml.string());
    EXPECT_EQ(config->origin.at("out"), "default");
}

TEST_F(ConfigTest, SaysWhatWasSet) {
    EXPECT_TRUE(set_values(merge_config({}, {}).value()).empty());
    const auto config = merge_config(file("iou = 0.5\n"), {{"max_det", "7"}}).value();
    EXPECT_EQ(set_values(config),
              (std::vector<std::pair<std::string, std::string>>{{"iou", "0.5"}, {"max_det", "7"}}));
}

TEST_F(ConfigTest, TheUsersOwnFileIsFound) {
    std::filesystem::create_directories(dir_ / "saccade");
    test::write_file(dir_ / "saccade/config.toml", "max_det = 7\n");
    EXPECT_EQ(merge_config({}, {}).value().settings.max_detections, 7);
}

TEST_F(ConfigTest, BadWordsAreNamedWithTheirPlace) {
    const auto expect_error = [&](const std::string& text, const std::string& part) {
        const auto config = merge_config(file(text), {});
        ASSERT_FALSE(config) << text;
        EXPECT_EQ(config.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(config.error().message.find(part), std::string::npos) << config.error().line();
    };
    expect_error("\nconfidence = 1\n", "c.toml:2: no setting is called 'confidence'");
    expect_error("conf = 2\n", "from 0 to 1");
    expect_error("conf = \"abc\"\n", "'abc'");
    expect_error("conf = nan\n", "nan");
    expect_error("save = [\"mot\", \"avi\"]\n", "'avi' is none of");
    expect_error("tracker = \"magic\"\n", "'magic' is none of");
    expect_error("conf = {a=1}\n", "takes text");
    expect_error("conf = \n", "c.toml:1");
    expect_error("batch = -1\n", "-1");
    expect_error("batch = 99999999999999999999\n", "c.toml:1");
    EXPECT_EQ(merge_config(dir_ / "none.toml", {}).error().code, ErrorCode::not_found);
    EXPECT_EQ(merge_config({}, {{"queue", "0"}}).error().code, ErrorCode::invalid_argument);
}

TEST_F(ConfigTest, WhatIsPrintedReadsBackToTheSameSettings) {
    const std::string strange =
        "x\"y\\z'\n\r\n\t\b\x01\x1f\x7f = [1] # \xc3\xa4\xef\xbf\xbd\"\"\"''";
    const std::vector<GivenFlags> given = {
        {},
        {{"conf", "0.125"}, {"classes", "a b,c"}, {"out", strange}},
        {{"model", "11n"},
         {"reid", "0x10"},
         {"device", "1"},
         {"cache_dir", "7 up"},
         {"out", "true"}},
        {{"model", strange},
         {"model_dirs", strange + "," + strange},
         {"line", "0,0,1,1:" + strange}},
        {{"conf", "1e-05"}, {"image_rate", "0.001"}, {"max_wait", "0.01"}, {"imgsz", "320"}},
        {{"vram_limit", "0.8"}, {"resume", "true"}, {"batch", "auto"}, {"save", ""}}};
    for (const GivenFlags& flags : given) {
        const auto config = merge_config({}, flags);
        ASSERT_TRUE(config) << config.error().line();
        const auto text = print_config(*config);
        ASSERT_TRUE(text) << text.error().line();
        const auto again = merge_config(file(*text), {});
        ASSERT_TRUE(again) << again.error().line() << *text;
        for (const settings::Row& row : settings::table()) {
            EXPECT_EQ(row.get(again->settings), row.get(config->settings)) << row.key;
        }
    }
}

TEST_F(ConfigTest, OriginsInCommentsCantBreakTheFile) {
    const std::string path = dir_ / "new\nline \xff.toml";
    test::write_file(path, "conf = 0.5\n");
    const auto config = merge_config(path, {});
    ASSERT_TRUE(config) << config.error().line();
    const auto again = merge_config(file(*print_config(*config)), {});
    ASSERT_TRUE(again) << again.error().line();
    EXPECT_EQ(again->settings.confidence, 0.5F);
}

TEST_F(ConfigTest, WhatTomlCantHoldIsRefusedByName) {
    const auto config = merge_config({}, {{"out", "caf\xe9"}});
    ASSERT_TRUE(config);
    const auto text = print_config(*config);
    ASSERT_FALSE(text);
    EXPECT_NE(text.error().message.find("out: 'caf?'"), std::string::npos) << text.error().line();
}

TEST_F(ConfigTest, HugeFilesNeitherOverflowNorFillTheScreen) {
    const std::string key(1 << 20, 'k');
    std::string header = "[a";
    for (int i = 0; i < 31000; ++i) header += ".a";
    for (const std::string& text :
         {header + "]\n", "[" + std::string(31000, '.') + "]\n", header.substr(1) + " = 1\n",
          std::string(31000, '['), "conf = " + std::string(31000, '['),
          "conf = " + std::string(31000, '{'), key + " = 1\n", "conf = \"" + key + "\"\n",
          "tracker = \"" + key + "\"\n", "save = [\"" + key + "\"]\n", "refine = \"" + key + "\"\n",
          "\"" + key, key}) {
        const auto config = merge_config(file(text), {});
        ASSERT_FALSE(config) << text.substr(0, 20);
        EXPECT_EQ(config.error().code, ErrorCode::invalid_argument);
        EXPECT_LT(config.error().line().size(), 1000U) << text.substr(0, 20);
    }
}

TEST_F(ConfigTest, AnEmptyFolderOfOutputsIsRefused) {
    EXPECT_EQ(merge_config({}, {{"out", ""}}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(merge_config(file("out = \"\"\n"), {}).error().code, ErrorCode::invalid_argument);
}

TEST(SettingsTable, EveryRowSetsWhatItGets) {
    for (const settings::Row& row : settings::table()) {
        Settings settings;
        const std::string value = row.get(settings);
        EXPECT_TRUE(row.set(settings, value)) << row.key;
        EXPECT_EQ(row.get(settings), value) << row.key;
        EXPECT_FALSE(row.help.empty());
    }
}

}  // namespace
}  // namespace saccade::cli
