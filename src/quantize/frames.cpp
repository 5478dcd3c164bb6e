#include "quantize/frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <variant>

#include "core/digest.h"
#include "media/source.h"
#include "vision/preprocess.h"

namespace saccade::quantize {
namespace {

constexpr int thumb_width = 32, thumb_height = 18;
constexpr std::uint64_t most_looked_at = 20'000;  ///< of a video
constexpr std::size_t least_pictures = 8;

/// Every frame of a location for which `wants(index)` holds, in order, until `use` returns false.
Result<void> each_frame(const std::string& location, const std::stop_token& stop,
                        const std::function<bool(std::uint64_t)>& wants,
                        const std::function<Result<bool>(const Frame&)>& use) {
    auto source = media::open_source(location, {.stop = stop});
    if (!source) return fail(source.error());
    for (;;) {
        if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        const auto event = (*source)->read();
        if (!event) return fail(event.error());
        if (std::holds_alternative<media::End>(*event)) return {};
        const auto* frame = std::get_if<Frame>(&*event);
        if (frame == nullptr || !wants(frame->id.index)) continue;
        const auto more = use(*frame);
        if (!more) return fail(more.error());
        if (!*more) return {};
    }
}

std::uint64_t distance(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    std::uint32_t sum = 0;  // at most 1728 * 255^2
    for (std::size_t i = 0; i < a.size(); ++i) {
        const int d = int{a[i]} - int{b[i]};
        sum += static_cast<std::uint32_t>(d * d);
    }
    return sum;
}

}  // namespace

std::vector<std::size_t> farthest_points(std::span<const std::vector<std::uint8_t>> points,
                                         std::size_t wanted) {
    std::vector<std::size_t> taken;
    std::vector<std::uint64_t> nearest(points.size(), std::numeric_limits<std::uint64_t>::max());
    std::size_t next = 0;
    while (taken.size() < std::min(wanted, points.size()) && nearest[next] > 0) {
        taken.push_back(next);
        for (std::size_t i = 0; i < points.size(); ++i) {
            nearest[i] = std::min(nearest[i], distance(points[i], points[taken.back()]));
        }
        next = static_cast<std::size_t>(std::max_element(nearest.begin(), nearest.end()) -
                                        nearest.begin());
    }
    return taken;
}

Result<Choice> choose_frames(std::span<const std::string> locations, std::size_t calibration,
                             std::size_t held_out, const std::stop_token& stop,
                             const Progress& progress) {
    vision::Preprocessor shrink({.width = thumb_width,
                                 .height = thumb_height,
                                 .scale = 1,
                                 .placement = Placement::stretched,
                                 .type = vision::SampleType::u8});
    std::vector<Pick> picks;
    std::vector<std::vector<std::uint8_t>> thumbs;
    Digest digest(Digest::Algorithm::sha256);
    for (std::size_t at = 0; at < locations.size(); ++at) {
        std::uint64_t step = 1;
        if (auto source = media::open_source(locations[at], {.stop = stop}); source) {
            step += (*source)->info().frame_count.value_or(0) / most_looked_at;
        }
        const auto looked = each_frame(
            locations[at], stop, [&](std::uint64_t index) { return index % step == 0; },
            [&](const Frame& frame) -> Result<bool> {
                std::vector<std::uint8_t> thumb(shrink.image_bytes());
                vision::Letterbox held;
                if (auto ok = shrink.run(frame, thumb.data(), held); !ok) return fail(ok.error());
                digest.update(std::as_bytes(std::span(thumb)));
                thumbs.push_back(std::move(thumb));
                picks.push_back({at, frame.id.index});
                if (progress) progress("looking at pictures", picks.size(), 0);
                return true;
            });
        if (!looked) return fail(looked.error());
    }
    const auto taken = farthest_points(thumbs, calibration + held_out);
    if (taken.size() < least_pictures) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: holds {} pictures that differ, too few to calibrate on",
                                locations.empty() ? "" : locations.front(), taken.size()),
                    "give 100 or more of what the network will see: --calib FOLDER|VIDEO|LIST");
    }
    // Where there are fewer than asked for, both get their part of them.
    const double share =
        static_cast<double>(held_out) / static_cast<double>(calibration + held_out);
    Choice choice;
    double owed = 0;
    for (const std::size_t index : taken) {
        owed += share;
        const bool out = owed >= 1;
        if (out) owed -= 1;
        (out ? choice.held_out : choice.calibration).push_back(picks[index]);
        digest.update(fmt::format("{} {} {};", picks[index].location, picks[index].index, out));
    }
    std::sort(choice.calibration.begin(), choice.calibration.end());
    std::sort(choice.held_out.begin(), choice.held_out.end());
    choice.digest = digest.hex();
    return choice;
}

Result<void> read_frames(std::span<const std::string> locations, std::span<const Pick> picks,
                         const std::stop_token& stop,
                         const std::function<Result<void>(const Frame&)>& use) {
    auto next = picks.begin();
    while (next != picks.end()) {
        const std::size_t at = next->location;
        const auto read = each_frame(
            locations[at], stop, [&](std::uint64_t index) { return index == next->index; },
            [&](const Frame& frame) -> Result<bool> {
                if (auto ok = use(frame); !ok) return fail(ok.error());
                ++next;
                return next != picks.end() && next->location == at;
            });
        if (!read) return fail(read.error());
        if (next != picks.end() && next->location == at) {
            return fail(ErrorCode::corrupt,
                        fmt::format("{}: frame {} is no longer there", locations[at], next->index));
        }
    }
    return {};
}

Result<std::vector<Frame>> load_frames(std::span<const std::string> locations,
                                       std::span<const Pick> picks, const std::stop_token& stop) {
    std::vector<Frame> frames;
    auto read = read_frames(locations, picks, stop, [&](const Frame& frame) -> Result<void> {
        frames.push_back(frame);
        return {};
    });
    if (!read) return fail(read.error());
    return frames;
}

}  // namespace saccade::quantize
