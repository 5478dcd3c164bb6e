#include "media/container_extent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace saccade::media {
namespace {

std::optional<std::uint64_t> missing(const std::string& bytes) {
    return missing_bytes(
        [&](std::uint64_t offset, std::uint8_t* data, std::size_t size) {
            if (offset >= bytes.size()) return std::size_t{0};
            return bytes.copy(reinterpret_cast<char*>(data), size, offset);
        },
        bytes.size());
}

std::string number(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
}

std::string box(const std::string& type, std::size_t body) {
    return number(8 + body, 4) + type + std::string(body, 'x');
}

TEST(ContainerExtent, OfMp4Boxes) {
    const std::string whole = box("ftyp", 16) + box("moov", 100) + box("mdat", 500);
    EXPECT_EQ(missing(whole), std::nullopt);
    EXPECT_EQ(missing(whole.substr(0, whole.size() - 1)), 1U);
    EXPECT_EQ(missing(whole.substr(0, 24 + 108 + 8)), 500U);
    const std::string large =
        box("ftyp", 16) + number(1, 4) + "mdat" + number(6'000'000'000, 8) + std::string(50, 'x');
    EXPECT_EQ(missing(large), 6'000'000'000U - 66);
    const std::string open = box("ftyp", 16) + number(0, 4) + "mdat" + std::string(50, 'x');
    EXPECT_EQ(missing(open), std::nullopt) << "size 0: to the end of the file";
    const std::string padded = box("ftyp", 16) + box("moov", 9) + box("free", 500).substr(0, 30);
    EXPECT_EQ(missing(padded), std::nullopt) << "cut padding is no loss";
    const std::string tail = box("ftyp", 16) + "garbage that is no box";
    EXPECT_EQ(missing(tail), std::nullopt);
}

TEST(ContainerExtent, OfMatroskaSegments) {
    const std::string header = "\x1A\x45\xDF\xA3\x84wxyz";
    const std::string known = header + "\x18\x53\x80\x67" + "\x40\x64" + std::string(100, 'x');
    EXPECT_EQ(missing(known), std::nullopt);
    EXPECT_EQ(missing(known.substr(0, known.size() - 30)), 30U);
    EXPECT_EQ(missing(known + "more"), std::nullopt);
    const std::string live =
        header + "\x18\x53\x80\x67" + "\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF" + std::string(20, 'x');
    EXPECT_EQ(missing(live), std::nullopt) << "a live recording does not know its size";
}

TEST(ContainerExtent, OfTransportStreams) {
    std::string packet(188, 'x');
    packet[0] = 0x47;
    const std::string whole = packet + packet + packet + packet + packet;
    EXPECT_EQ(missing(whole), std::nullopt);
    EXPECT_EQ(missing(whole.substr(0, whole.size() - 8)), 8U);
    std::string other = whole.substr(0, whole.size() - 8);
    other[188] = 'x';
    EXPECT_EQ(missing(other), std::nullopt) << "only starts like one";
}

TEST(ContainerExtent, KnowsMp4ByItsFirstBox) {
    const auto looks = [](std::string_view bytes) {
        return looks_like_mp4([&](std::uint64_t offset, std::uint8_t* data, std::size_t size) {
            return bytes.substr(offset).copy(reinterpret_cast<char*>(data), size);
        });
    };
    EXPECT_TRUE(looks(box("ftyp", 16)));
    EXPECT_TRUE(looks(box("mdat", 8)));
    EXPECT_FALSE(looks("Only words here, and ftyp later"));
    EXPECT_FALSE(looks(""));
}

TEST(ContainerExtent, ClaimsNothingOfOtherBytes) {
    EXPECT_EQ(missing(""), std::nullopt);
    EXPECT_EQ(missing("short"), std::nullopt);
    EXPECT_EQ(missing("RIFF....AVI LIST"), std::nullopt);
    std::minstd_rand random(4);
    for (int i = 0; i < 2000; ++i) {  // no crash and no endless walk on anything
        std::string bytes = i % 2 == 0 ? box("ftyp", 4) : std::string("\x1A\x45\xDF\xA3");
        for (int n = 0; n < 60; ++n) bytes += static_cast<char>(random() % 4 == 0 ? random() : 0);
        const auto found = missing(bytes);
        EXPECT_TRUE(!found || *found > 0);
    }
}

}  // namespace
}  // namespace saccade::media
