#include "engine/xz.h"

#include <gtest/gtest.h>
#include <lzma.h>

#include <random>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::engine {
namespace {

std::string packed(const std::string& text) {
    std::string out(lzma_stream_buffer_bound(text.size()), '\0');
    std::size_t size = 0;
    const auto done = lzma_easy_buffer_encode(
        6, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()),
        text.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size());
    EXPECT_EQ(done, LZMA_OK);
    out.resize(size);
    return out;
}

std::string sample(std::size_t size) {
    std::mt19937 random(3);
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(random() % 7);
    return text;
}

TEST(UnpackXz, GivesBackWhatWasPacked) {
    test::TempDir dir;
    for (const std::size_t size : {0U, 1U, 65536U, 300000U}) {
        test::write_file(dir / "in.xz", packed(sample(size)));
        ASSERT_TRUE(unpack_xz(dir / "in.xz", dir / "sub/out", 1 << 20));
        EXPECT_EQ(test::read_file(dir / "sub/out"), sample(size));
    }
}

TEST(UnpackXz, EveryTruncationAndFlippedByteIsRefusedAndLeavesNothing) {
    test::TempDir dir;
    const std::string whole = packed(sample(2000));
    for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
        test::write_file(dir / "in.xz", whole.substr(0, cut));
        const auto done = unpack_xz(dir / "in.xz", dir / "out", 1 << 20);
        ASSERT_FALSE(done) << cut;
        EXPECT_EQ(done.error().code, ErrorCode::corrupt);
        std::string flipped = whole;
        flipped[cut] = static_cast<char>(flipped[cut] ^ 0x20);
        test::write_file(dir / "in.xz", flipped);
        EXPECT_FALSE(unpack_xz(dir / "in.xz", dir / "out", 1 << 20)) << cut;
    }
    EXPECT_FALSE(std::filesystem::exists(dir / "out"));
}

TEST(UnpackXz, ABombIsStoppedAtTheLimit) {
    test::TempDir dir;
    test::write_file(dir / "in.xz", packed(std::string(1 << 20, 'a')));
    const auto done = unpack_xz(dir / "in.xz", dir / "out", 1000);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::unsupported);
    EXPECT_FALSE(std::filesystem::exists(dir / "out"));
    EXPECT_EQ(unpack_xz(dir / "none.xz", dir / "out", 1000).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace saccade::engine
