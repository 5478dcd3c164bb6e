// Damaged files that other programs' users met with, remade: ../shared/cases/damage. Whatever the
// number of decoders and threads, the same frames, bytes and words on every run; and what is
// missing is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/source.h"
#include "support/files.h"
#include "support/stream_reading.h"

namespace saccade::media {
namespace {

struct DamagedFile {
    const char* name;
    std::size_t frames;  ///< that FFmpeg's own decoder gives with one thread
    const char* told;
};

void PrintTo(const DamagedFile& file, std::ostream* out) {
    *out << file.name;
}

class DamagedFiles : public testing::TestWithParam<DamagedFile> {};

TEST_P(DamagedFiles, AreToldAndReadAlikeByAnyDecoders) {
    const std::string file = std::string("cases/damage/") + GetParam().name;
    SACCADE_NEEDS_SHARED(file);
    const std::string path = (test::shared_dir() / file).string();
    const test::StreamReading once = test::read_stream(path, 1, {.decoder_threads = 1});
    EXPECT_EQ(once.frames.size(), GetParam().frames);
    EXPECT_THAT(once.errors, testing::IsEmpty());
    ASSERT_EQ(once.ends.size(), 1U);
    EXPECT_THAT(*once.ends.begin(), testing::HasSubstr(GetParam().told));
    for (const std::size_t decoders : {1U, 3U, 7U}) {
        for (const int threads : {1, 4, 4}) {
            const auto again = test::read_stream(path, decoders, {.decoder_threads = threads});
            EXPECT_EQ(again.summary(), once.summary())
                << decoders << " decoders, " << threads << " threads";
            EXPECT_TRUE(again.frames == once.frames)
                << decoders << " decoders, " << threads << " threads";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedFiles,
                         testing::Values(DamagedFile{"h264_shuffle_7064.mp4", 198, "damaged"},
                                         DamagedFile{"hevc_flip_7179.mp4", 198, "damaged"},
                                         DamagedFile{"hevc_flip_7013.mkv", 138, "damaged"},
                                         DamagedFile{"h264_remove_73.flv", 16, "did not come out"},
                                         DamagedFile{"h264_zero_1684.h264", 16,
                                                     "7 pictures did not come out"},
                                         DamagedFile{"hevc_flip_1784.mp4", 1, "promises"},
                                         DamagedFile{"vp9_flip_21.mp4", 1, "promises"},
                                         DamagedFile{"av1_header_346.mp4", 1, "promises"},
                                         DamagedFile{"mjpeg_flip_1027.avi", 24, "damaged"},
                                         DamagedFile{"h264frag_header_1689.mp4", 4, "damaged"}),
                         [](const auto& test) {
                             std::string name = test.param.name;
                             for (char& c : name) {
                                 if (c == '.') c = '_';
                             }
                             return name;
                         });

}  // namespace
}  // namespace saccade::media
