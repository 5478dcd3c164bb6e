#include "sink/jsonl_text.h"

#include <cmath>
#include <iterator>

#include "sink/json_string.h"

namespace saccade::sink {
namespace {

struct Exact {
    float value;
};

struct Corners {
    const Box& box;
};

}  // namespace
}  // namespace saccade::sink

template <>
struct fmt::formatter<saccade::sink::Exact> : fmt::formatter<float> {
    template <typename Context>
    auto format(const saccade::sink::Exact& exact, Context& context) const {
        // "-0" would be read back as the integer zero, which has no sign.
        if (exact.value == 0 && std::signbit(exact.value)) {
            return fmt::format_to(context.out(), "-0.0");
        }
        return fmt::formatter<float>::format(exact.value, context);
    }
};

template <>
struct fmt::formatter<saccade::sink::Corners> {
    constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
    template <typename Context>
    auto format(const saccade::sink::Corners& corners, Context& context) const {
        using saccade::sink::Exact;
        const saccade::Box& b = corners.box;
        return fmt::format_to(context.out(), "[{},{},{},{}]", Exact{b.x1}, Exact{b.y1}, Exact{b.x2},
                              Exact{b.y2});
    }
};

namespace saccade::sink {

namespace {

void append_ground(const GroundState& g, fmt::memory_buffer& out) {
    const auto to = std::back_inserter(out);
    fmt::format_to(to, R"(,"ground":{{"position":[{},{}],"distance":{})", Exact{g.x}, Exact{g.y},
                   Exact{g.distance});
    if (g.moving) {
        fmt::format_to(to, R"(,"velocity":[{},{}],"speed":{})", Exact{g.velocity_x},
                       Exact{g.velocity_y}, Exact{std::hypot(g.velocity_x, g.velocity_y)});
    }
    fmt::format_to(to, "}}");
}

}  // namespace

std::string_view to_string(TrackState state) noexcept {
    switch (state) {
        case TrackState::tentative: return "tentative";
        case TrackState::confirmed: return "confirmed";
        case TrackState::lost: return "lost";
    }
    return "lost";
}

void append_gaps_json(std::span<const Outage> gaps, fmt::memory_buffer& out) {
    const auto to = std::back_inserter(out);
    const char* comma = "[";
    for (const Outage& gap : gaps) {
        fmt::format_to(to, R"({}{{"begin_ns":{},"end_ns":{},"reason":{}}})", comma,
                       gap.begin.count(), gap.end.count(), json_string(gap.reason));
        comma = ",";
    }
    fmt::format_to(to, "{}", gaps.empty() ? "[]" : "]");
}

void append_frame_json(const FrameResult& result, const media::ImageNames* images,
                       fmt::memory_buffer& out) {
    const auto to = std::back_inserter(out);
    fmt::format_to(to, R"({{"index":{},"pts_ns":{},"width":{},"height":{},)", result.id.index,
                   result.pts.count(), result.width, result.height);
    if (result.sender && result.sender->synced) {
        fmt::format_to(to, R"("sender_ns":{},)", result.sender->at.count());
    } else if (result.sender) {
        fmt::format_to(to, R"("sender_ns":null,)");
    }
    if (result.boundary != nullptr && !result.boundary->outages.empty()) {
        fmt::format_to(to, R"("gaps":)");
        append_gaps_json(result.boundary->outages, out);
        fmt::format_to(to, ",");
    }
    if (images != nullptr) {
        fmt::format_to(to, R"("file":{},"image_id":{},)", json_string(*result.file),
                       images->of(*result.file).id);
    }
    if (result.carried) fmt::format_to(to, R"("carried":true,)");
    fmt::format_to(to, R"("detections":[)");
    const char* comma = "";
    for (const Detection& d : result.detections) {
        fmt::format_to(to, R"({}{{"box":{},"score":{},"class":{}}})", comma, Corners{d.box},
                       Exact{d.score}, d.class_id);
        comma = ",";
    }
    fmt::format_to(to, R"(],"tracks":[)");
    comma = "";
    for (const Track& t : result.tracks) {
        fmt::format_to(to,
                       R"({}{{"id":{},"box":{},"raw_box":{},"score":{},"class":{},"state":"{}",)"
                       R"("velocity":[{},{}],"age":{},"detection":{})",
                       comma, t.id, Corners{t.box}, Corners{t.raw_box}, Exact{t.score}, t.class_id,
                       to_string(t.state), Exact{t.velocity_x}, Exact{t.velocity_y}, t.age,
                       t.detection);
        if (t.ground) append_ground(*t.ground, out);
        fmt::format_to(to, "}}");
        comma = ",";
    }
    fmt::format_to(to, "]}}");
}

}  // namespace saccade::sink
