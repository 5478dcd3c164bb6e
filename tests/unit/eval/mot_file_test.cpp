#include "eval/mot_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::eval {
namespace {

TEST(MotFile, ReadsRowsAndOrdersThemByFrame) {
    const auto file = parse_mot_file(
        "2,7,10,20,30.5,40,0.5,-1,-1,-1\r\n"
        "\n"
        " 1 , 9, -1.5, +2, 3e1, 4, 1, 12, 0.25,\n"
        "1\t3  5 6 7 8 1\n"
        "1.0,2.0,0,0,1,1,1",
        "t.txt", MotFileKind::tracks);
    ASSERT_TRUE(file) << file.error().line();
    ASSERT_EQ(file->rows.size(), 4U);
    EXPECT_EQ(file->last_frame, 2);
    EXPECT_EQ(file->rows[0].id, 9);
    EXPECT_EQ(file->rows[0].x, -1.5);
    EXPECT_EQ(file->rows[0].y, 2);
    EXPECT_EQ(file->rows[0].width, 30);
    EXPECT_EQ(file->rows[0].class_id, 12);
    EXPECT_EQ(file->rows[1].id, 3);
    EXPECT_EQ(file->rows[1].class_id, 1) << "no column";
    EXPECT_EQ(file->rows[2].id, 2);
    EXPECT_EQ(file->rows[3].confidence, 0.5);
    EXPECT_EQ(file->rows[3].class_id, -1);
}

TEST(MotFile, AnEmptyFileHasNoRows) {
    for (const char* text : {"", "\n", "\r\n \n"}) {
        const auto file = parse_mot_file(text, "t.txt", MotFileKind::tracks);
        ASSERT_TRUE(file);
        EXPECT_EQ(file->last_frame, 0);
    }
}

TEST(MotFile, ReadsTheTenColumnsOfThe3dFormat) {
    const auto file = parse_mot_file("1,1,10,20,30,40,1,2,3,0\n2,1,10,20,30,40,1,-4.25,11.5,0\n",
                                     "t.txt", MotFileKind::truth);
    ASSERT_TRUE(file) << file.error().line();
    ASSERT_EQ(file->rows.size(), 2U);
    EXPECT_EQ(file->rows[0].class_id, -1) << "2 is a place in the world";
    EXPECT_EQ(file->rows[1].class_id, -1);
    EXPECT_EQ(file->rows[1].x, 10);
    // Columns of another number: the eighth is a class, and wrong.
    const auto nine = parse_mot_file("1,1,10,20,30,40,1,-4.25,11.5,0\n2,1,10,20,30,40,1,1,1\n",
                                     "t.txt", MotFileKind::truth);
    ASSERT_FALSE(nine);
    EXPECT_NE(nine.error().message.find("t.txt:1: class -4.25"), std::string::npos);
}

TEST(MotFile, ReadsFilesWithAByteOrderMark) {
    const test::TempDir dir;
    test::write_file(dir / "t.txt",
                     "\xef\xbb\xbf"
                     "1,1,0,0,9,9,1\r\n2,1,0,0,9,9,1\r\n");
    const auto file = read_mot_file(dir / "t.txt", MotFileKind::tracks);
    ASSERT_TRUE(file) << file.error().line();
    EXPECT_EQ(file->rows.size(), 2U);
    test::write_file(dir / "t.txt", std::string("\xff\xfe"
                                                "1\0,\0",
                                                6));
    EXPECT_EQ(read_mot_file(dir / "t.txt", MotFileKind::tracks).error().code,
              ErrorCode::unsupported);
}

TEST(MotFile, FramesFromZeroAreToldSo) {
    const auto file = parse_mot_file("0,1,10,20,30,40,1,-1,-1,-1\n", "t.txt", MotFileKind::tracks);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, "t.txt:1: frame 0: frames begin at 1");
}

TEST(MotFile, BadLinesAreNamedByFileAndLine) {
    const std::string good = "1,1,0,0,9,9,1,1\n";
    for (const char* bad : {"1,2,0,0,9,9",
                            "1,2,0,0,9,9,1",
                            "0,2,0,0,9,9,1,1",
                            "-1,2,0,0,9,9,1,1",
                            "1.5,2,0,0,9,9,1,1",
                            "99999999999,2,0,0,9,9,1,1",
                            "1,2.5,0,0,9,9,1,1",
                            "1,1e300,0,0,9,9,1,1",
                            "1,2,nan,0,9,9,1,1",
                            "1,2,0,inf,9,9,1,1",
                            "1,2,0,0,9,9,1,1.5",
                            "1,2,0,0,9,9,1,1e9",
                            "1,2,,0,9,9,1,1",
                            "1,2,0,0,9,9x,1,1",
                            "x",
                            ",",
                            "1;2;0;0;9;9;1;1",
                            "1,2,0,0,9,9,1,1,0.5,oops",
                            "1,2,0,0,9,1e999,1,1",
                            "1,2,0,0,0x10,9,1,1",
                            "1,1,5,5,9,9,1,1"}) {
        const auto file = parse_mot_file(good + bad + "\n", "dir/gt.txt", MotFileKind::truth);
        ASSERT_FALSE(file) << bad;
        EXPECT_EQ(file.error().code, ErrorCode::corrupt);
        EXPECT_EQ(file.error().message.find("dir/gt.txt:2: "), 0U) << file.error().message;
        EXPECT_FALSE(file.error().remedy.empty());
    }
}

TEST(MotFile, ASecondIdIsRefusedWhereverItStands) {
    const auto file = parse_mot_file("1,5,0,0,1,1,1\n2,5,0,0,1,1,1\n1,6,0,0,1,1,1\n1,5,0,0,1,1,1\n",
                                     "t.txt", MotFileKind::tracks);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, "t.txt:4: frame 1 has the id 5 a second time");
}

TEST(MotFile, DetectionsMayRepeatAnId) {
    const auto file =
        parse_mot_file("1,-1,0,0,1,1,67.5\n1,-1,0,0,1,1,2\n", "d.txt", MotFileKind::detections);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->rows.size(), 2U);
}

TEST(MotFile, AnyBytesGiveRowsOrALine) {
    std::mt19937 random(5);
    const std::string good =
        "1,1,10,20.5,30,40,1,1,0.5\n2,1,-10,20,30,40,0,7,1\r\n3 2 1 1 9 9 1 1\n";
    const std::string bytes = "0123456789,.-+e \t\r\nxn\0\xff";
    std::size_t refused = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text = good;
        for (unsigned n = 1 + random() % 4; n > 0; --n) {
            const std::size_t at = random() % text.size();
            const char byte = bytes[random() % bytes.size()];
            if (random() % 3 == 0) {
                text.insert(at, 1, byte);
            } else {
                text[at] = byte;
            }
        }
        const auto file = parse_mot_file(text, "t.txt", MotFileKind::truth);
        if (!file) {
            ++refused;
            EXPECT_EQ(file.error().code, ErrorCode::corrupt);
            continue;
        }
        for (const MotRow& row : file->rows) {
            EXPECT_GE(row.frame, 1);
            EXPECT_LE(row.frame, file->last_frame);
            EXPECT_TRUE(std::isfinite(row.x + row.y + row.width + row.height + row.confidence));
        }
    }
    EXPECT_GT(refused, 300U);
    EXPECT_LT(refused, 2990U);
}

TEST(MotFile, MissingFilesAreNamed) {
    saccade::test::TempDir dir;
    const auto file = read_mot_file(dir / "none.txt", MotFileKind::tracks);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::not_found);
    EXPECT_NE(file.error().message.find("none.txt"), std::string::npos);
    EXPECT_EQ(read_mot_file(dir.path(), MotFileKind::tracks).error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace saccade::eval
