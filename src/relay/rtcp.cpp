#include "relay/rtcp.h"

#include <string_view>

namespace saccade::relay {
namespace {

constexpr std::uint64_t unix_in_ntp = 2'208'988'800;  // s from 1900 to 1970
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::string_view name = "saccade";

class Writer {
  public:
    void byte(unsigned value) { bytes.push_back(static_cast<std::uint8_t>(value)); }
    void word(std::uint32_t value) {
        for (const unsigned shift : {24U, 16U, 8U, 0U}) byte(value >> shift & 0xFFU);
    }
    /// `words`: of 32 bits behind this one.
    void header(unsigned count, unsigned type, unsigned words) {
        byte(0x80U | count);
        byte(type);
        byte(words >> 8U);
        byte(words & 0xFFU);
    }
    std::vector<std::uint8_t> bytes;
};

}  // namespace

std::vector<std::uint8_t> sender_report(std::uint32_t ssrc, const Burst& burst,
                                        const SentCounts& sent) {
    const auto wall = static_cast<std::uint64_t>(burst.wall_ns);
    Writer out;
    out.header(0, 200, 6);
    out.word(ssrc);
    out.word(static_cast<std::uint32_t>(wall / second_ns + unix_in_ntp));
    out.word(static_cast<std::uint32_t>((wall % second_ns << 32U) / second_ns));
    out.word(burst.rtp_time);
    out.word(sent.packets);
    out.word(sent.bytes);
    // The name's item, and zeros to the next word: 4 (sender) + 2 + 7 + 3.
    out.header(1, 202, 4);
    out.word(ssrc);
    out.byte(1);
    out.byte(name.size());
    for (const char c : name) out.byte(static_cast<unsigned char>(c));
    while (out.bytes.size() % 4 != 0) out.byte(0);
    return std::move(out.bytes);
}

std::vector<std::uint8_t> goodbye(std::uint32_t ssrc) {
    Writer out;
    out.header(1, 203, 1);
    out.word(ssrc);
    return std::move(out.bytes);
}

}  // namespace saccade::relay
