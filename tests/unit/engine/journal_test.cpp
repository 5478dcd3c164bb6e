#include "engine/journal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>
#include <vector>

#include "settings/table.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::engine {
namespace {

class JournalTest : public testing::Test {
  protected:
    std::string write(const std::string& name, const std::string& text = "x") {
        std::ofstream(dir_ / name, std::ios::app) << text;
        return (dir_ / name).string();
    }
    JournalEntry entry(const std::string& name, Status status = Status::complete) {
        return {*identify(write(name + ".mp4")), name, "digest", status, 12,
                {write(name + ".txt")}};
    }
    std::optional<JournalEntry> found(const JournalEntry& e) {
        return Journal(dir_.path()).done(e.source, e.stem, e.settings);
    }
    std::string text() { return test::read_file(dir_ / Journal::file_name); }
    test::TempDir dir_;
};

TEST_F(JournalTest, ACompleteFileIsFoundAgainByAnotherRun) {
    const JournalEntry street = entry("street");
    EXPECT_FALSE(found(street));
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    const auto again = found(street);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->frames, 12U);
    EXPECT_EQ(again->outputs, street.outputs);
}

TEST_F(JournalTest, WhatDidNotCompleteRunsAgain) {
    for (const Status status : {Status::partial, Status::interrupted, Status::failed}) {
        const JournalEntry broken = entry("broken", status);
        ASSERT_TRUE(Journal(dir_.path()).note(broken));
        EXPECT_FALSE(found(broken));
    }
    const JournalEntry mended = entry("broken");
    ASSERT_TRUE(Journal(dir_.path()).note(mended));
    EXPECT_TRUE(found(mended));
}

TEST_F(JournalTest, AChangedFileStemOrSettingIsAnotherOne) {
    const JournalEntry street = entry("street");
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    JournalEntry other = street;
    other.settings = "other";
    EXPECT_FALSE(found(other));
    other = street;
    other.stem = "street-2";
    EXPECT_FALSE(found(other));
    write("street.mp4", "more");
    other = street;
    other.source = *identify((dir_ / "street.mp4").string());
    EXPECT_FALSE(found(other));
    EXPECT_TRUE(found(street));
}

TEST_F(JournalTest, AMissingOutputRunsAgain) {
    const JournalEntry street = entry("street");
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    std::filesystem::remove(street.outputs[0]);
    EXPECT_FALSE(found(street));
}

TEST_F(JournalTest, AnEntryWhoseOutputsWereReplacedIsForgotten) {
    const JournalEntry street = entry("street");
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    JournalEntry other = entry("other");
    other.outputs = street.outputs;
    ASSERT_TRUE(Journal(dir_.path()).note(other));
    EXPECT_FALSE(found(street));
    EXPECT_TRUE(found(other));
}

TEST_F(JournalTest, DamagedLinesCountAsNone) {
    const JournalEntry street = entry("street");
    write(Journal::file_name, "{\"source\": \"half\n\xff\xfe\n[]\n{}\n\n\"text\"\n");
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    EXPECT_TRUE(found(street));
    write(Journal::file_name, "{\"sour");
    EXPECT_TRUE(found(street));
}

TEST_F(JournalTest, ATornLineIsLostAloneAndNothingBehindIt) {
    const JournalEntry street = entry("street"), square = entry("square");
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    const std::string whole = text();
    for (std::size_t length = 1; length + 1 < whole.size(); length += 7) {
        test::write_file(dir_ / Journal::file_name, whole.substr(0, length));
        EXPECT_FALSE(found(street)) << length;
        ASSERT_TRUE(Journal(dir_.path()).note(square));
        EXPECT_TRUE(found(square)) << length;
    }
}

TEST_F(JournalTest, AChangedByteCountsAsNone) {
    const JournalEntry street = entry("street");
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    std::string changed = text();
    changed.replace(changed.find(":12"), 3, ":13");
    test::write_file(dir_ / Journal::file_name, changed);
    EXPECT_FALSE(found(street));
}

TEST_F(JournalTest, LinesAreOnlyAdded) {
    std::string before;
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(Journal(dir_.path()).note(entry("v" + std::to_string(i))));
        const std::string now = text();
        EXPECT_EQ(now.substr(0, before.size()), before);
        EXPECT_LT(now.size() - before.size(), 1000U);
        before = now;
    }
}

TEST_F(JournalTest, IsCompactedWhereMostOfItNoLongerCounts) {
    const JournalEntry street = entry("street"), square = entry("square");
    Journal journal(dir_.path());
    ASSERT_TRUE(journal.note(square));
    ASSERT_TRUE(journal.note(street));
    const std::string two = text();
    ASSERT_TRUE(journal.compact());
    EXPECT_EQ(text(), two);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(journal.note(street));
    // (Another run adds a line that this one doesn't know of.)
    const JournalEntry park = entry("park");
    ASSERT_TRUE(Journal(dir_.path()).note(park));
    ASSERT_TRUE(journal.compact());
    const std::string compacted = text();
    EXPECT_EQ(std::count(compacted.begin(), compacted.end(), '\n'), 3);
    for (const auto& e : {street, square, park}) EXPECT_TRUE(found(e)) << e.stem;
    ASSERT_TRUE(journal.note(entry("late")));
    EXPECT_TRUE(found(square));
}

TEST_F(JournalTest, NamesNeedNotBeUtf8) {
    // Names that a replacement character would make equal.
    const JournalEntry one = entry("caf\xe9"), two = entry("caf\xea"),
                       three = entry("caf\xef\xbf\xbd");
    ASSERT_TRUE(Journal(dir_.path()).note(one));
    EXPECT_TRUE(found(one));
    EXPECT_FALSE(found(two));
    EXPECT_FALSE(found(three));
    ASSERT_TRUE(Journal(dir_.path()).note(three));
    ASSERT_TRUE(found(one) && found(three));
    EXPECT_EQ(found(one)->outputs, one.outputs);
    EXPECT_EQ(found(three)->outputs, three.outputs);
}

TEST_F(JournalTest, RunsMayKeepItAtTheSameTime) {
    std::vector<JournalEntry> all;
    for (int i = 0; i < 20; ++i) all.push_back(entry("v" + std::to_string(i)));
    {
        std::vector<std::jthread> threads;
        for (const auto& e : all) {
            threads.emplace_back([&] {
                Journal own(dir_.path());
                for (int i = 0; i < 5; ++i) EXPECT_TRUE(own.note(e));
                EXPECT_TRUE(own.compact());
            });
        }
    }
    for (const auto& e : all) EXPECT_TRUE(found(e)) << e.stem;
}

TEST_F(JournalTest, StreamsMayEndAtTheSameTime) {
    std::vector<JournalEntry> all;
    for (int i = 0; i < 20; ++i) all.push_back(entry("v" + std::to_string(i)));
    Journal journal(dir_.path());
    {
        std::vector<std::jthread> threads;
        for (const auto& e : all) {
            threads.emplace_back([&] { EXPECT_TRUE(journal.note(e)); });
        }
    }
    for (const auto& e : all) EXPECT_TRUE(found(e)) << e.stem;
}

TEST_F(JournalTest, AnUnwritableFolderIsToldAsSuch) {
    const JournalEntry street = entry("street");
    const auto noted = Journal(write("a-file")).note(street);
    ASSERT_FALSE(noted);
    EXPECT_EQ(noted.error().code, ErrorCode::unwritable);
}

TEST_F(JournalTest, OnlyRegularFilesAreIdentified) {
    EXPECT_FALSE(identify("synthetic:frames=3"));
    EXPECT_FALSE(identify("-"));
    EXPECT_FALSE(identify(dir_.path().string()));
    EXPECT_FALSE(identify((dir_ / "missing").string()));
    const auto direct = identify(write("clip.mp4"));
    const auto roundabout = identify((dir_ / "." / "clip.mp4").string());
    EXPECT_EQ(direct, roundabout);
}

/// A value for the row that is not its default.
std::string other_value(const settings::Row& row) {
    for (const char* value :
         {"true", "7", "0.5", "cpu", "fp16", "yolov8", "bgr", "255", "ocsort", "on", "udp", "csv",
          "1,2,3,4", "0,0,9,0,9,9", "1h", "4M", "blur", "a-name"}) {
        Settings s;
        if (row.set(s, value) && row.get(s) != row.get(Settings{})) return value;
    }
    ADD_FAILURE() << row.key << ": no value is known for it here";
    return "";
}

TEST_F(JournalTest, TheDigestFollowsEverySettingThatChangesResultsAndNoOther) {
    const auto digest = [](const Settings& s) {
        return settings_digest(Mode::track, s, "weights", "", "");
    };
    const std::string base = digest({});
    for (const settings::Row& row : settings::table()) {
        Settings s;
        ASSERT_TRUE(row.set(s, other_value(row))) << row.key;
        EXPECT_EQ(digest(s) != base, row.effect == settings::Effect::results) << row.key;
    }
    Settings s;
    s.lines = {"0,0,1,1\xff"};
    const std::string strange = digest(s);
    EXPECT_NE(strange, base);
    s.lines = {"0,0,1,1\xfe"};
    EXPECT_NE(digest(s), strange);
    s.lines = {"0,0,1,1", "0,0,2,2"};
    const std::string two = digest(s);
    s.lines = {"0,0,1,1;0,0,2,2"};
    EXPECT_NE(digest(s), two);
}

TEST_F(JournalTest, TheDigestFollowsModeAndNetworks) {
    const Settings s;
    const std::string base = settings_digest(Mode::track, s, "weights", "", "");
    EXPECT_NE(settings_digest(Mode::detect, s, "weights", "", ""), base);
    EXPECT_NE(settings_digest(Mode::track, s, "others", "", ""), base);
    EXPECT_NE(settings_digest(Mode::track, s, "weights", "looks", ""), base);
    EXPECT_NE(settings_digest(Mode::track, s, "weights", "", "ground"), base);
    EXPECT_EQ(settings_digest(Mode::track, s, "weights", "", ""), base);
}

}  // namespace
}  // namespace saccade::engine
