// Everything that a stream gives, read by one decoder or by several at once, as text to compare.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/digest.h"
#include "media/source.h"
#include "support/host_frame.h"

namespace saccade::test {

/// What is compared of a frame. (Sources that share a stream foretell its index.)
inline std::string look(const Frame& given) {
    const Frame frame = on_host(given);
    Digest digest(Digest::Algorithm::md5);
    const PixelLayout layout = layout_of(frame.format);
    for (int p = 0; p < layout.planes; ++p) {
        const bool chroma = p > 0;
        const int interleaved = layout.planes == 2 && chroma ? 2 : 1;
        const int shift_x = chroma ? layout.chroma_shift_x : 0,
                  shift_y = chroma ? layout.chroma_shift_y : 0;
        const auto columns =
            static_cast<std::size_t>((frame.width + (1 << shift_x) - 1) >> shift_x);
        const int rows = (frame.height + (1 << shift_y) - 1) >> shift_y;
        const auto& plane = frame.planes[static_cast<std::size_t>(p)];
        for (int y = 0; y < rows; ++y) {
            const auto bytes =
                columns * static_cast<std::size_t>(layout.bytes_per_sample * interleaved);
            digest.update(std::as_bytes(std::span(plane.data + y * plane.stride, bytes)));
        }
    }
    return fmt::format("at {} ns, {}x{}: {}", frame.pts.count(), frame.width, frame.height,
                       digest.hex());
}

/// What one source gives, by part.
struct Lane {
    std::map<std::uint64_t, std::vector<std::string>> parts;
    std::map<std::uint64_t, std::uint64_t>
        next;                            ///< the part behind one, where it is not the next number
    std::vector<std::uint64_t> indices;  ///< of all frames
    std::string end;
    std::vector<std::string> gaps;
    std::vector<Error> errors;
    std::size_t ended = 0;  ///< parts
};

inline Lane read_lane(media::Source& source) {
    Lane lane;
    std::uint64_t part = 0;
    for (;;) {
        auto event = source.read();
        if (!event) {
            lane.errors.push_back(event.error());
            return lane;
        }
        if (const auto* begins = std::get_if<media::PartBegins>(&*event)) {
            part = begins->number;
            EXPECT_EQ(lane.ended, lane.parts.size()) << "the one before has not ended";
            EXPECT_TRUE(lane.parts.try_emplace(part).second) << "part " << part << " again";
        } else if (const auto* ends = std::get_if<media::PartEnds>(&*event)) {
            ++lane.ended;
            if (ends->next) lane.next[part] = *ends->next;
        } else if (const auto* frame = std::get_if<Frame>(&*event)) {
            lane.parts[part].push_back(look(*frame));
            lane.indices.push_back(frame->id.index);
        } else if (const auto* gap = std::get_if<media::Discontinuity>(&*event)) {
            lane.gaps.push_back(gap->reason);
        } else if (const auto* end = std::get_if<media::End>(&*event)) {
            lane.end = end->damage;
            return lane;
        }
    }
}

struct StreamReading {
    std::vector<std::string> frames;  ///< in the order in which they are shown
    std::size_t decoders = 0, parts = 1;
    bool again = false;  ///< a part of it, alone
    std::set<std::uint64_t> indices;
    std::set<std::string> ends;
    std::vector<std::string> gaps;
    std::vector<Error> errors;
    std::string refused;  ///< why the stream could not be opened

    /// All that must not depend on how many decoders there are, in few words.
    [[nodiscard]] std::string summary() const {
        std::string text = refused;
        for (const std::string& end : ends) text += "end: " + end + "\n";
        for (const Error& error : errors) text += "error: " + error.message + "\n";
        return text + fmt::format("{} frames", frames.size());
    }
};

inline StreamReading read_stream(const std::string& path, std::size_t decoders,
                                 const media::SourceOptions& options = {}) {
    StreamReading all;
    auto sources = media::open_sources(path, options, decoders);
    if (!sources) {
        all.refused = sources.error().message;
        return all;
    }
    all.decoders = sources->size();
    std::vector<Lane> lanes(sources->size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            threads.emplace_back([&, i] { lanes[i] = read_lane(*(*sources)[i]); });
        }
    }
    std::map<std::uint64_t, std::vector<std::string>> parts;
    std::map<std::uint64_t, std::uint64_t> next;
    for (Lane& lane : lanes) {
        for (auto& [number, frames] : lane.parts) {
            EXPECT_TRUE(parts.emplace(number, std::move(frames)).second)
                << "part twice: " << number;
        }
        next.insert(lane.next.begin(), lane.next.end());
        all.ends.insert(lane.end);
        all.indices.insert(lane.indices.begin(), lane.indices.end());
        if (sources->size() > 1 && lane.errors.empty()) {
            EXPECT_EQ(lane.ended, lane.parts.size());
        }
        all.gaps.insert(all.gaps.end(), lane.gaps.begin(), lane.gaps.end());
        all.errors.insert(all.errors.end(), lane.errors.begin(), lane.errors.end());
    }
    all.parts = parts.size();
    all.again = !next.empty();
    for (std::uint64_t part = 0; parts.contains(part);) {
        const auto& frames = parts[part];
        all.frames.insert(all.frames.end(), frames.begin(), frames.end());
        const auto jump = next.find(part);
        part = jump == next.end() ? part + 1 : jump->second;
    }
    return all;
}

}  // namespace saccade::test
