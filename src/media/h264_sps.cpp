#include "media/h264_sps.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace saccade::media {
namespace {

/// Bits of a unit, its emulation prevention bytes (7.4.1: the 3 of 0 0 3) left out. Behind the end
/// all are 0, and past_end() says so.
class Bits {
  public:
    explicit Bits(std::span<const std::uint8_t> unit) {
        std::size_t zeros = 0;
        for (const std::uint8_t byte : unit) {
            const bool inserted = zeros >= 2 && byte == 3;
            zeros = byte == 0 ? zeros + 1 : 0;
            if (!inserted) bytes_.push_back(byte);
        }
    }

    unsigned one() {
        const std::size_t byte = at_ / 8;
        const unsigned shift = 7 - at_ % 8;
        ++at_;
        return byte < bytes_.size() ? bytes_[byte] >> shift & 1U : 0U;
    }
    std::uint32_t read(unsigned count) {
        std::uint32_t value = 0;
        for (; count > 0; --count) value = value << 1U | one();
        return value;
    }
    void skip(std::size_t count) { at_ += count; }
    /// ue(v) of 9.1.
    std::uint32_t unsigned_golomb() {
        unsigned zeros = 0;
        while (zeros < 32 && one() == 0) ++zeros;
        return zeros == 32 ? 0xFFFFFFFFU : (1U << zeros) - 1 + read(zeros);
    }
    /// se(v) of 9.1.1.
    std::int64_t signed_golomb() {
        const std::int64_t code = unsigned_golomb();
        return code % 2 == 0 ? -code / 2 : (code + 1) / 2;
    }
    [[nodiscard]] bool past_end() const { return at_ > 8 * bytes_.size(); }

  private:
    std::vector<std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

/// 7.3.2.1.1.1.
void skip_scaling_list(Bits& bits, int size) {
    std::int64_t last = 8, next = 8;
    for (int i = 0; i < size && next != 0; ++i) {
        next = (last + bits.signed_golomb() + 256) % 256;
        if (next != 0) last = next;
    }
}

/// What profiles of 7.3.2.1.1 with a chroma format of their own have in front of the frame numbers.
void skip_chroma_and_scaling(Bits& bits) {
    const std::uint32_t chroma_format = bits.unsigned_golomb();
    if (chroma_format == 3) bits.skip(1);
    bits.unsigned_golomb();  // bit depths
    bits.unsigned_golomb();
    bits.skip(1);
    if (bits.one() == 0) return;
    const int lists = chroma_format == 3 ? 12 : 8;
    for (int i = 0; i < lists; ++i) {
        if (bits.one() != 0) skip_scaling_list(bits, i < 6 ? 16 : 64);
    }
}

/// E.1.2.
void skip_hrd(Bits& bits) {
    const std::uint32_t schedules = std::min(bits.unsigned_golomb(), 31U) + 1;
    bits.skip(8);
    for (std::uint32_t i = 0; i < schedules; ++i) {
        bits.unsigned_golomb();
        bits.unsigned_golomb();
        bits.skip(1);
    }
    bits.skip(20);
}

/// Of E.1.1, whose last part it is: bitstream_restriction_flag.
bool restricted(Bits& bits) {
    constexpr std::uint32_t extended_sar = 255;
    if (bits.one() != 0 && bits.read(8) == extended_sar) bits.skip(32);
    if (bits.one() != 0) bits.skip(1);  // overscan
    if (bits.one() != 0) {              // video signal
        bits.skip(4);
        if (bits.one() != 0) bits.skip(24);
    }
    if (bits.one() != 0) {  // chroma siting
        bits.unsigned_golomb();
        bits.unsigned_golomb();
    }
    if (bits.one() != 0) bits.skip(65);  // timing
    const bool nal = bits.one() != 0;
    if (nal) skip_hrd(bits);
    const bool vcl = bits.one() != 0;
    if (vcl) skip_hrd(bits);
    if (nal || vcl) bits.skip(1);
    bits.skip(1);
    return bits.one() != 0;
}

}  // namespace

bool tells_reordering(std::span<const std::uint8_t> sps) {
    constexpr std::array with_chroma{100U, 110U, 122U, 244U, 44U,  83U, 86U,
                                     118U, 128U, 138U, 139U, 134U, 135U};
    constexpr unsigned baseline = 66;
    Bits bits(sps);
    bits.skip(8);
    const std::uint32_t profile = bits.read(8);
    bits.skip(16);
    bits.unsigned_golomb();
    if (std::find(with_chroma.begin(), with_chroma.end(), profile) != with_chroma.end()) {
        skip_chroma_and_scaling(bits);
    }
    bits.unsigned_golomb();  // frame numbers
    const std::uint32_t order = bits.unsigned_golomb();
    if (order == 0) bits.unsigned_golomb();
    if (order == 1) {
        bits.skip(1);
        bits.signed_golomb();
        bits.signed_golomb();
        const std::uint32_t cycle = std::min(bits.unsigned_golomb(), 255U);
        for (std::uint32_t i = 0; i < cycle; ++i) bits.signed_golomb();
    }
    bits.unsigned_golomb();  // reference frames
    bits.skip(1);
    bits.unsigned_golomb();  // width and height
    bits.unsigned_golomb();
    if (bits.one() == 0) bits.skip(1);
    bits.skip(1);
    if (bits.one() != 0) {
        for (int i = 0; i < 4; ++i) bits.unsigned_golomb();  // cropping
    }
    const bool told = bits.one() != 0 && restricted(bits);
    return !bits.past_end() && (told || order == 2 || profile == baseline);
}

}  // namespace saccade::media
