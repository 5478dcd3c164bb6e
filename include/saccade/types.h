// The values that travel through the engine: boxes, detections, tracks, frame identity and time.
//
// Pixel coordinates are continuous: (0, 0) is the top left corner of the top left pixel, so a box
// over the whole of a w x h frame is {0, 0, w, h}. All boxes are in source pixels of the frame as a
// viewer sees it (after rotation metadata) unless a name says otherwise.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace saccade {

/// Presentation time by the clock of the stream itself, in nanoseconds: a file may start at 2 s.
using Timestamp = std::chrono::nanoseconds;

/// Seconds between two timestamps, as trackers use them.
[[nodiscard]] constexpr double seconds(Timestamp t) noexcept {
    return std::chrono::duration<double>(t).count();
}

/// Which frame: the stream's number within a run and the frame's index in decode order, from 0.
struct FrameId {
    std::uint32_t stream = 0;
    std::uint64_t index = 0;
    friend auto operator<=>(const FrameId&, const FrameId&) = default;
};

/// An axis-aligned rectangle by two corners, in pixels.
struct Box {
    float x1 = 0, y1 = 0, x2 = 0, y2 = 0;

    [[nodiscard]] constexpr float width() const noexcept { return x2 - x1; }
    [[nodiscard]] constexpr float height() const noexcept { return y2 - y1; }
    [[nodiscard]] constexpr float center_x() const noexcept { return 0.5F * (x1 + x2); }
    [[nodiscard]] constexpr float center_y() const noexcept { return 0.5F * (y1 + y2); }
    /// 0 for an empty or inverted box.
    [[nodiscard]] constexpr float area() const noexcept {
        return std::max(0.0F, width()) * std::max(0.0F, height());
    }
    /// Intersected with a w x h frame.
    [[nodiscard]] constexpr Box clipped(float w, float h) const noexcept {
        return {std::clamp(x1, 0.0F, w), std::clamp(y1, 0.0F, h), std::clamp(x2, 0.0F, w),
                std::clamp(y2, 0.0F, h)};
    }
    friend bool operator==(const Box&, const Box&) = default;
};

/// Intersection over union, in [0, 1]; 0 where the union is empty.
[[nodiscard]] constexpr float iou(const Box& a, const Box& b) noexcept {
    const float w = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
    const float h = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
    if (w <= 0 || h <= 0) return 0;
    const float inter = w * h;
    const float uni = a.area() + b.area() - inter;
    return uni > 0 ? inter / uni : 0;
}

/// One object seen in one frame.
struct Detection {
    Box box;
    float score = 0;   ///< in [0, 1]
    int class_id = 0;  ///< index into the model's class names
    friend bool operator==(const Detection&, const Detection&) = default;
};

enum class TrackState : std::uint8_t {
    tentative,  ///< seen too few times to be believed
    confirmed,  ///< seen in this frame and believed
    lost,       ///< believed, not seen in this frame: its box is predicted or interpolated
};

/// Where an object touches the ground, on the plane that Settings::ground tells of.
struct GroundState {
    float x = 0, y = 0;                    ///< m, smoothed
    float distance = 0;                    ///< m of way since its first position
    bool moving = false;                   ///< whether the velocity is known: once seen for 0.3 s
    float velocity_x = 0, velocity_y = 0;  ///< m/s, 0 while it is not known
    friend bool operator==(const GroundState&, const GroundState&) = default;
};

/// One object followed over time, as it stands at one frame.
struct Track {
    std::int64_t id = 0;  ///< from 1, unique within a stream, never used twice
    Box box;              ///< the filter's estimate (smoothed)
    Box raw_box;          ///< the detection it was matched with; equals `box` when lost
    float score = 0;      ///< of the latest matched detection
    int class_id = 0;
    TrackState state = TrackState::confirmed;
    float velocity_x = 0, velocity_y = 0;  ///< of the centre, px/s
    std::uint32_t age = 0;                 ///< frames since its first detection, 0 at birth
    int detection = -1;  ///< index of the matched detection of this frame, -1 where none
    /// Nothing without a ground, at its horizon, and where the picture's edge may cut the feet off.
    std::optional<GroundState> ground = std::nullopt;
    friend bool operator==(const Track&, const Track&) = default;
};

/// When a picture was taken, by the clock of who sent it (RTCP sender reports, RFC 3550).
struct SenderTime {
    bool synced = false;             ///< the sender has told; else `at` says nothing
    std::chrono::nanoseconds at{0};  ///< since 1970, UTC
    friend bool operator==(const SenderTime&, const SenderTime&) = default;
};

/// Time in which a live source gave no pictures: what happened in it was seen by nobody. Both ends
/// are by the stream's own clock: of the last picture before it, and of the first one behind.
struct Outage {
    Timestamp begin{0}, end{0};
    std::string reason;  ///< "silent: no picture for 5 s" ..., in one line without secrets
    friend bool operator==(const Outage&, const Outage&) = default;
};

/// What lies between a frame and the one before it in its stream, where that is not just time.
/// docs/formats.md says what it does to identities, counts and outputs.
struct Boundary {
    bool lost_data = false;       ///< something in between was lost or damaged
    bool format_changed = false;  ///< from here on the size, pixel format or colour differs
    bool new_size = false;        ///< and it is the size
    /// Time that passed between the two, where it is far more than between others; else 0.
    std::chrono::nanoseconds gap{0};
    std::string reason;  ///< what was lost, in one line; "" where nothing was
    /// In order. Several where the frames between two were dropped.
    std::vector<Outage> outages = {};

    /// Whether identities end here: nobody can be told to be who was there before.
    [[nodiscard]] bool ends_identities() const noexcept { return new_size || gap.count() > 0; }
};

/// Everything the engine knows about one frame.
struct FrameResult {
    FrameId id;
    Timestamp pts{0};
    int width = 0, height = 0;  ///< of the source frame, px
    std::vector<Detection> detections;
    std::vector<Track> tracks;                ///< empty where no tracker ran
    std::shared_ptr<const std::string> file;  ///< image that is this frame; none in a video
    std::shared_ptr<const Boundary> boundary = nullptr;  ///< in front of this frame; mostly none
    std::optional<SenderTime> sender = std::nullopt;     ///< of live streams; none of files
    /// The scene stood still (Settings::when_moving): nobody looked, and detections and tracks are
    /// those of the frame before.
    bool carried = false;
    /// What is covered in every picture of this frame that is given out (Settings::redact), margins
    /// and all. Whole pixels, in the picture.
    std::vector<Box> redacted = {};
};

}  // namespace saccade
