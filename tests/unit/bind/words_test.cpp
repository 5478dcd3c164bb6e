#include "bind/words.h"

#include <gtest/gtest.h>

#include <set>

#include "settings/table.h"

namespace saccade::bind {
namespace {

using Texts = std::vector<std::string>;

TEST(Words, AreTheTableWithoutWhatIsOfRunsAlone) {
    std::set<std::string> keys;
    for (const SettingWord& word : setting_words()) keys.insert(word.key);
    for (const settings::Row& row : settings::table()) {
        EXPECT_EQ(keys.contains(row.key), row.key != "resume") << row.key;
    }
}

TEST(Words, EachSettingReadsBackAsItsInitialText) {
    for (const SettingWord& word : setting_words()) {
        if (word.initial.empty() || word.key == "model") continue;
        const auto read = session_settings({{.key = word.key, .values = {word.initial}}});
        EXPECT_TRUE(read) << word.key << ": " << read.error().line();
    }
}

TEST(Words, NothingIsSavedUnlessItIsSaid) {
    EXPECT_EQ(session_settings({})->save, Texts{});
    EXPECT_EQ(session_settings({{.key = "save", .values = {"mot", "jsonl"}, .list = true}})->save,
              (Texts{"mot", "jsonl"}));
}

TEST(Words, ValuesOfAListAreTakenAsTheyAre) {
    const auto own =
        stream_settings({{.key = "classes", .values = {"traffic light, red", "car"}, .list = true},
                         {.key = "line", .values = {"1,2,3,4:a;b", "5,6,7,8"}, .list = true}});
    ASSERT_TRUE(own) << own.error().line();
    EXPECT_EQ(own->classes, (Texts{"traffic light, red", "car"}));
    EXPECT_EQ(own->lines, (Texts{"1,2,3,4:a;b", "5,6,7,8"}));
    EXPECT_FALSE(own->confidence);
}

TEST(Words, WhatIsWrongIsNamed) {
    const auto code = [](const auto& result) { return result.error().code; };
    const auto list = stream_settings({{.key = "conf", .values = {"0.5", "0.6"}, .list = true}});
    EXPECT_EQ(list.error().message, "conf: takes one value, not a list");
    EXPECT_EQ(code(session_settings({{.key = "cnof", .values = {"1"}}})),
              ErrorCode::invalid_argument);
    EXPECT_EQ(code(session_settings({{.key = "resume", .values = {"true"}}})),
              ErrorCode::invalid_argument);
    const auto of_session = stream_settings({{.key = "model", .values = {"a.onnx"}}});
    EXPECT_NE(of_session.error().message.find("model: is the session's"), std::string::npos);
}

TEST(Words, EveryStreamsOwnSettingIsTaken) {
    for (const SettingWord& word : setting_words()) {
        const std::string text = word.key == "line"                              ? "1,2,3,4"
                                 : word.key == "zone"                            ? "1,1,9,1,9,9"
                                 : word.initial.empty() && word.key == "classes" ? "person"
                                 : word.initial.empty() && word.key == "save"    ? "mot"
                                                                                 : word.initial;
        const auto own = stream_settings({{.key = word.key, .values = {text}}});
        EXPECT_EQ(own.has_value(), word.of_stream) << word.key;
    }
}

}  // namespace
}  // namespace saccade::bind
