#include "media/mp4_tables.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace saccade::media {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 28U;  // of moov

std::uint64_t number(Bytes data, std::size_t at, int bytes) {
    std::uint64_t value = 0;
    if (at + static_cast<std::size_t>(bytes) > data.size()) return 0;
    for (int i = 0; i < bytes; ++i) value = value << 8U | data[at + static_cast<std::size_t>(i)];
    return value;
}

/// Calls `take` with type and content of each box in `data`.
template <typename Take>
void each_box(Bytes data, Take take) {
    while (data.size() >= 8) {
        std::uint64_t size = number(data, 0, 4);
        std::size_t head = 8;
        if (size == 1) size = number(data, 8, 8), head = 16;
        if (size == 0) size = data.size();
        if (size < head || size > data.size()) return;
        take(std::string_view(reinterpret_cast<const char*>(&data[4]), 4),
             data.subspan(head, static_cast<std::size_t>(size) - head));
        data = data.subspan(static_cast<std::size_t>(size));
    }
}

/// Of mvhd and mdhd.
struct Length {
    double scale = 0, seconds = 0;
};

Length length_of(Bytes box) {
    const bool large = !box.empty() && box[0] == 1;
    Length length;
    length.scale = static_cast<double>(number(box, large ? 20 : 12, 4));
    const auto units = static_cast<double>(number(box, large ? 24 : 16, large ? 8 : 4));
    if (length.scale > 0) length.seconds = units / length.scale;
    return length;
}

struct Track {
    std::uint64_t id = 0, length = 0;  ///< as tkhd has it, in the movie's time scale
    Length media;
    std::uint64_t samples = 0, units = 0;    ///< sum of stts
    std::uint64_t shown = 0, edits = 0;      ///< sum of elst, in the movie's time scale
    std::uint64_t media_begin = UINT64_MAX;  ///< of the earliest edit, in the media's time scale
    double media_seconds_of_edits = 0;
};

void read_edits(Bytes box, Track& track) {
    const int bytes = !box.empty() && box[0] == 1 ? 8 : 4;
    const std::uint64_t none = bytes == 8 ? UINT64_MAX : UINT32_MAX;
    const auto entry = static_cast<std::size_t>(2 * bytes + 4);
    for (std::size_t at = 8; at + entry <= box.size(); at += entry) {
        track.shown += number(box, at, bytes);
        const std::uint64_t begin = number(box, at + static_cast<std::size_t>(bytes), bytes);
        if (begin == none) continue;  // an empty edit: nothing is shown
        ++track.edits;
        track.media_begin = std::min(track.media_begin, begin);
        track.media_seconds_of_edits += static_cast<double>(number(box, at, bytes));
    }
}

void read_track(Bytes data, Track& track) {
    each_box(data, [&](std::string_view type, Bytes box) {
        if (type == "mdia" || type == "minf" || type == "stbl" || type == "edts")
            read_track(box, track);
        const bool large = !box.empty() && box[0] == 1;
        if (type == "tkhd") {
            track.id = number(box, large ? 20 : 12, 4);
            track.length = number(box, large ? 28 : 20, large ? 8 : 4);
        } else if (type == "mdhd") {
            track.media = length_of(box);
        } else if (type == "elst") {
            read_edits(box, track);
        } else if (type == "stts") {
            for (std::size_t at = 8; at + 8 <= box.size(); at += 8) {
                track.samples += number(box, at, 4);
                track.units += number(box, at, 4) * number(box, at + 4, 4);
            }
        }
    });
}

std::vector<std::uint8_t> read_moov(const ReadAt& read, std::uint64_t file_size) {
    for (std::uint64_t offset = 0; offset + 8 <= file_size;) {
        std::uint8_t head[16] = {};
        const std::size_t got = read(offset, head, sizeof head);
        std::uint64_t size = number(Bytes(head, got), 0, 4);
        if (size == 1) size = number(Bytes(head, got), 8, 8);
        if (size == 0) size = file_size - offset;
        if (size < 8 || size > file_size - offset) return {};
        if (std::memcmp(head + 4, "moov", 4) == 0 && size <= most_bytes) {
            std::vector<std::uint8_t> moov(static_cast<std::size_t>(size) - 8);
            moov.resize(read(offset + 8, moov.data(), moov.size()));
            return moov;
        }
        offset += size;
    }
    return {};
}

}  // namespace

std::optional<double> edited_seconds(const ReadAt& read, std::uint64_t file_size,
                                     std::uint32_t id) {
    const std::vector<std::uint8_t> moov = read_moov(read, file_size);
    Length movie;
    std::optional<Track> found;
    each_box(moov, [&](std::string_view type, Bytes box) {
        if (type == "mvhd") movie = length_of(box);
        if (type != "trak") return;
        Track track;
        read_track(box, track);
        if (track.id == id) found = track;
    });
    if (!found || found->edits == 0 || found->samples == 0 || movie.scale <= 0 ||
        found->media.scale <= 0) {
        return std::nullopt;
    }
    const double all = static_cast<double>(found->units) / found->media.scale;
    const double sample = all / static_cast<double>(found->samples);
    const auto agree = [&](double a, double b) {
        return std::abs(a - b) <= std::max(2 * sample, 0.01 * a);
    };
    const double shown = found->media_seconds_of_edits / movie.scale;
    const double begin = static_cast<double>(found->media_begin) / found->media.scale;
    const bool sound =
        agree(all, found->media.seconds) &&
        agree(static_cast<double>(found->length) / movie.scale,
              static_cast<double>(found->shown) / movie.scale) &&
        (found->edits > 1 || begin + shown <= all + std::max(2 * sample, 0.01 * all));
    return sound && shown < all ? std::optional(shown) : std::nullopt;
}

}  // namespace saccade::media
