#include "media/container_extent.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace saccade::media {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

std::uint64_t big_endian(const std::uint8_t* data, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | data[i];
    return value;
}

bool is(const std::uint8_t* data, const char* type) {
    return std::memcmp(data, type, 4) == 0;
}

std::optional<std::uint64_t> beyond(std::uint64_t end, std::uint64_t file_size) {
    return end > file_size ? std::optional(end - file_size) : std::nullopt;
}

/// Walks the top-level boxes: 32-bit size and type, or size 1 and a 64-bit size behind the type.
std::optional<std::uint64_t> missing_of_mp4(const ReadAt& read, std::uint64_t file_size) {
    std::uint64_t offset = 0;
    while (offset < file_size) {
        Bytes head{};
        const std::size_t got = read(offset, head.data(), head.size());
        if (got < 8) return got == 0 ? std::nullopt : beyond(offset + 8, file_size);
        std::uint64_t size = big_endian(head.data(), 4);
        if (size == 0) return std::nullopt;  // to the end of the file, wherever that is
        if (size == 1) size = big_endian(head.data() + 8, 8);
        if (size < 8 || size > INT64_MAX) return std::nullopt;  // not boxes: no promise to go by
        const bool padding = is(&head[4], "free") || is(&head[4], "skip") || is(&head[4], "wide");
        if (size > file_size - offset) {
            const bool known = is(&head[4], "mdat") || is(&head[4], "moov") ||
                               is(&head[4], "moof") || is(&head[4], "ftyp");
            return known && !padding ? beyond(offset + size, file_size) : std::nullopt;
        }
        offset += size;
    }
    return std::nullopt;
}

/// An EBML number at `data`: the count of leading zero bits gives its length.
struct VarInt {
    int length = 0;  // bytes; 0: none
    std::uint64_t value = 0;
    bool unknown = false;  // all value bits set: "size not known"
};

VarInt var_int(const std::uint8_t* data, std::size_t available) {
    if (available == 0 || data[0] == 0) return {};
    const int length = std::countl_zero(data[0]) + 1;
    if (static_cast<std::size_t>(length) > available) return {};
    const std::uint64_t all = (std::uint64_t{1} << (7 * length)) - 1;
    const std::uint64_t value = big_endian(data, length) & all;
    return {length, value, value == all};
}

std::optional<std::uint64_t> missing_of_matroska(const ReadAt& read, std::uint64_t file_size) {
    Bytes head{};
    std::size_t got = read(0, head.data(), head.size());
    if (got < 5) return std::nullopt;
    const VarInt header = var_int(&head[4], got - 4);
    if (header.length == 0 || header.unknown || header.value > file_size) return std::nullopt;
    const std::uint64_t segment = 4 + static_cast<unsigned>(header.length) + header.value;
    got = read(segment, head.data(), head.size());
    if (got < 5 || big_endian(head.data(), 4) != 0x18538067) return std::nullopt;
    const VarInt size = var_int(&head[4], got - 4);
    if (size.length == 0 || size.unknown) return std::nullopt;
    return beyond(segment + 4 + static_cast<unsigned>(size.length) + size.value, file_size);
}

/// MPEG-TS (ISO 13818-1, 2.4.3) comes in packets of 188 bytes that start with 0x47: a last one that
/// is shorter was cut.
std::optional<std::uint64_t> missing_of_ts(const ReadAt& read, std::uint64_t file_size) {
    constexpr std::uint64_t packet = 188;
    for (std::uint64_t i = 0; i < 4; ++i) {
        std::uint8_t sync = 0;
        if (read(i * packet, &sync, 1) != 1 || sync != 0x47) return std::nullopt;
    }
    const std::uint64_t rest = file_size % packet;
    return rest == 0 ? std::nullopt : std::optional(packet - rest);
}

}  // namespace

std::optional<std::uint64_t> missing_bytes(const ReadAt& read, std::uint64_t file_size) {
    Bytes head{};
    if (read(0, head.data(), head.size()) < 8) return std::nullopt;
    if (big_endian(head.data(), 4) == 0x1A45DFA3) return missing_of_matroska(read, file_size);
    if (head[0] == 0x47) return missing_of_ts(read, file_size);
    return looks_like_mp4(read) ? missing_of_mp4(read, file_size) : std::nullopt;
}

bool looks_like_mp4(const ReadAt& read) {
    std::array<std::uint8_t, 8> head{};
    if (read(0, head.data(), head.size()) < head.size()) return false;
    constexpr std::array types = {"ftyp", "moov", "mdat", "free", "wide", "skip"};
    return std::any_of(types.begin(), types.end(),
                       [&](const char* type) { return is(&head[4], type); });
}

}  // namespace saccade::media
