// Sequence parameter sets of H.264, written bit by bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saccade::media {

class BitWriter {
  public:
    void write(std::uint32_t value, unsigned count) {
        while (count-- > 0) bits_.push_back(value >> count & 1U);
    }
    void golomb(std::uint32_t value) {
        unsigned length = 0;
        while ((value + 1) >> (length + 1) != 0) ++length;
        write(0, length);
        write(value + 1, length + 1);
    }
    /// With the stop bit, and a 3 in each 0 0 0 to 0 0 3.
    [[nodiscard]] std::vector<std::uint8_t> unit(std::uint8_t header) const {
        std::vector<bool> all = bits_;
        all.push_back(true);
        while (all.size() % 8 != 0) all.push_back(false);
        std::vector<std::uint8_t> bytes{header};
        unsigned zeros = 0;
        for (std::size_t i = 0; i < all.size(); i += 8) {
            unsigned byte = 0;
            for (std::size_t bit = 0; bit < 8; ++bit) byte = byte << 1U | (all[i + bit] ? 1U : 0U);
            if (zeros >= 2 && byte <= 3) {
                bytes.push_back(3);
                zeros = 0;
            }
            zeros = byte == 0 ? zeros + 1 : 0;
            bytes.push_back(static_cast<std::uint8_t>(byte));
        }
        return bytes;
    }

  private:
    std::vector<bool> bits_;
};

struct H264Set {
    std::uint32_t profile = 100;
    std::uint32_t chroma_format = 1;
    bool scaling_lists = false;
    std::uint32_t order_type = 0;
    bool vui = true, hrd = false, timing = true, restriction = true;
};

/// Of 1920x1080 by ITU-T H.264, 7.3.2.1.1 and E.1.1.
inline std::vector<std::uint8_t> h264_set(const H264Set& set) {
    BitWriter bits;
    const auto hrd = [&] {
        bits.golomb(1);  // two schedules
        bits.write(0x12, 8);
        for (int i = 0; i < 2; ++i) {
            bits.golomb(70000);
            bits.golomb(0);
            bits.write(1, 1);
        }
        bits.write(0, 20);
    };
    bits.write(set.profile, 8);
    bits.write(0, 8);
    bits.write(40, 8);
    bits.golomb(0);
    if (set.profile >= 100) {
        bits.golomb(set.chroma_format);
        if (set.chroma_format == 3) bits.write(0, 1);
        bits.golomb(0);
        bits.golomb(0);
        bits.write(0, 1);
        bits.write(set.scaling_lists ? 1 : 0, 1);
        if (set.scaling_lists) {
            for (int i = 0; i < (set.chroma_format == 3 ? 12 : 8); ++i) {
                bits.write(i % 2 == 0 ? 1 : 0, 1);
                if (i % 2 != 0) continue;
                bits.golomb(i == 0 ? 16 : 0);  // delta -8: the default list; or all the same
                if (i == 0) continue;
                for (int j = 1; j < (i < 6 ? 16 : 64); ++j) bits.golomb(0);
            }
        }
    }
    bits.golomb(4);
    bits.golomb(set.order_type);
    if (set.order_type == 0) bits.golomb(2);
    if (set.order_type == 1) {
        bits.write(1, 1);
        bits.golomb(3);
        bits.golomb(4);
        bits.golomb(2);
        bits.golomb(5);
        bits.golomb(6);
    }
    bits.golomb(4);
    bits.write(0, 1);
    bits.golomb(119);
    bits.golomb(67);
    bits.write(1, 1);
    bits.write(1, 1);
    bits.write(1, 1);
    for (const unsigned edge : {0U, 0U, 0U, 4U}) bits.golomb(edge);
    bits.write(set.vui ? 1 : 0, 1);
    if (!set.vui) return bits.unit(0x67);
    bits.write(1, 1);
    bits.write(255, 8);
    bits.write(0x00010001, 32);
    bits.write(0, 1);
    bits.write(1, 1);
    bits.write(0b1010, 4);
    bits.write(1, 1);
    bits.write(0x010101, 24);
    bits.write(1, 1);
    bits.golomb(0);
    bits.golomb(0);
    bits.write(set.timing ? 1 : 0, 1);
    if (set.timing) {
        bits.write(1, 32);
        bits.write(60, 32);
        bits.write(1, 1);
    }
    bits.write(set.hrd ? 1 : 0, 1);
    if (set.hrd) hrd();
    bits.write(set.hrd ? 1 : 0, 1);
    if (set.hrd) {
        hrd();
        bits.write(0, 1);
    }
    bits.write(0, 1);
    bits.write(set.restriction ? 1 : 0, 1);
    if (set.restriction) {
        bits.write(1, 1);
        for (const unsigned value : {0U, 0U, 10U, 10U, 2U, 4U}) bits.golomb(value);
    }
    return bits.unit(0x67);
}

}  // namespace saccade::media
