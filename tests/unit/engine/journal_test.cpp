#include "engine/journal.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "support/small_network.h"
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
    write(Journal::kName, "{\"source\": \"half\n\xff\xfe\n[]\n{}\n\n\"text\"\n");
    ASSERT_TRUE(Journal(dir_.path()).note(street));
    EXPECT_TRUE(found(street));
    write(Journal::kName, "{\"sour");
    EXPECT_TRUE(found(street));
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

TEST_F(JournalTest, TheDigestFollowsWhatChangesResultsAndNothingElse) {
    const auto network = [&](const std::string& name, unsigned seed) {
        const test::SmallNetwork net{.outputs = {{{"output0", {1, 6, 8}}}}, .seed = seed};
        return net.write(dir_ / name).string();
    };
    const std::string model = network("net.onnx", 1);
    const Settings plain;
    const auto digest = [&](const Settings& s, Mode mode = Mode::track) {
        return *settings_digest(mode, s, model);
    };
    const std::string base = digest(plain);
    EXPECT_NE(digest(plain, Mode::detect), base);
    Settings s;
    s.confidence = 0.3F;
    EXPECT_NE(digest(s), base);
    s = plain;
    s.classes = {"person"};
    EXPECT_NE(digest(s), base);
    s = plain;
    s.tracker = "ocsort";
    EXPECT_NE(digest(s), base);
    s = plain;
    s.save = {"mot", "jsonl"};
    EXPECT_NE(digest(s), base);
    s = plain;
    s.reid = network("looks.onnx", 1);
    const std::string with_looks = digest(s);
    EXPECT_NE(with_looks, base);
    EXPECT_EQ(digest(s, Mode::detect), digest(plain, Mode::detect));
    network("looks.onnx", 2);
    EXPECT_NE(digest(s), with_looks);
    s = plain;
    s.lines = {"0,0,1,1\xff"};
    EXPECT_NE(digest(s), base);
    s = plain;
    s.batch = 7, s.threads = 3, s.streams = 9, s.queue = 5, s.vram_limit = "2GB";
    EXPECT_EQ(digest(s), base);
    network("net.onnx", 2);
    EXPECT_NE(digest(plain), base);
    EXPECT_EQ(settings_digest(Mode::track, plain, dir_ / "none").error().code,
              ErrorCode::not_found);
}

}  // namespace
}  // namespace saccade::engine
