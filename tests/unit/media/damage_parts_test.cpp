// Damaged streams read by one decoder and by several: the same frames, bytes, times and words, on
// every run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/mutate.h"
#include "support/stream_reading.h"
#include "support/temp_dir.h"
#include "unit/media/stream_kinds.h"

namespace saccade::media {
namespace {

/// More for a long run: SACCADE_MUTANTS=500, from seed SACCADE_FIRST_MUTANT on.
int setting(const char* name, int usual) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::atoi(value) : usual;
}

class DamagedKinds : public testing::TestWithParam<test::Kind> {};

TEST_P(DamagedKinds, AreReadAlikeByAnyDecoders) {
    const test::Kind& kind = GetParam();
    SACCADE_NEEDS_ENCODER(kind.encoder);
    const test::TempDir dir;
    const auto path = dir / kind.file;
    const auto written = test::write_clip(path, test::clip_of(kind));
    ASSERT_TRUE(written) << written.error().line();
    const std::string whole = test::read_file(path);
    const int first = setting("SACCADE_FIRST_MUTANT", 1), count = setting("SACCADE_MUTANTS", 8);
    for (int seed = first; seed < first + count; ++seed) {
        test::write_file(path, test::mutated(whole, static_cast<std::uint32_t>(seed)));
        const auto once = test::read_stream(path.string(), 1, {.decoder_threads = 1});
        EXPECT_THAT(once.errors, testing::IsEmpty()) << seed;
        const struct {
            std::size_t decoders;
            int threads;
        } others[] = {{1, 4}, {1, 4}, {2, 1}, {3, 2}, {3, 2}, {7, 1}, {7, 3}};
        for (const auto& other : others) {
            const auto again = test::read_stream(path.string(), other.decoders,
                                                 {.decoder_threads = other.threads});
            ASSERT_EQ(again.summary(), once.summary())
                << "seed " << seed << ", " << other.decoders << " decoders, " << other.threads
                << " threads";
            ASSERT_TRUE(again.frames == once.frames)
                << "seed " << seed << ", " << other.decoders << " decoders, " << other.threads
                << " threads";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedKinds, testing::ValuesIn(test::kinds()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace saccade::media
