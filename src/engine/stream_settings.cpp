#include "engine/stream_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/setup.h"
#include "settings/words.h"
#include "sink/registry.h"
#include "sink/rotation.h"
#include "track/registry.h"
#include "track/zones.h"

namespace saccade::engine {
namespace {

tl::unexpected<Error> wrong(const char* setting, const std::string& what, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", setting, what),
                std::move(remedy));
}

template <typename T>
void override_with(T& value, const std::optional<T>& by) {
    if (by) value = *by;
}

template <typename Descriptions>
Result<void> check_known(const char* setting, const std::string& name, const Descriptions& known) {
    std::vector<std::string> names;
    for (const auto& one : known) names.emplace_back(one.name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return {};
    return wrong(setting, fmt::format("'{}' is none of {}", name, fmt::join(names, ", ")));
}

template <typename Parse>
Result<void> check_shapes(const char* setting, const std::vector<std::string>& shapes, Parse parse,
                          const track::GroundPlane* ground) {
    for (const std::string& text : shapes) {
        auto shape = parse(text);
        if (shape) shape = track::in_pixels(std::move(*shape), ground);
        if (!shape) return wrong(setting, shape.error().message);
    }
    return {};
}

Result<void> check(const Settings& session, const Settings& s, const track::GroundPlane* ground) {
    if (!(s.confidence >= 0 && s.confidence <= 1)) {
        return wrong("confidence", fmt::format("{} is no number from 0 to 1", s.confidence));
    }
    if (s.confidence < session.confidence) {
        return wrong("confidence",
                     fmt::format("{} is under the session's {}", s.confidence, session.confidence),
                     "open the session with the least that a stream wants");
    }
    if (s.stride < 1) return wrong("stride", fmt::format("{} is not 1 or more", s.stride));
    if (!(s.max_fps >= 0 && std::isfinite(s.max_fps))) {
        return wrong("max_fps", fmt::format("{} is no rate", s.max_fps));
    }
    if (s.interpolate < 0 || s.interpolate > session.interpolate) {
        return wrong(
            "interpolate",
            fmt::format("{} is not from 0 to the session's {}", s.interpolate, session.interpolate),
            "open the session with the most that a stream wants");
    }
    if (s.camera_motion != "auto" && s.camera_motion != "on" && s.camera_motion != "off") {
        return wrong("camera_motion",
                     fmt::format("'{}' is none of auto, on, off", s.camera_motion));
    }
    if (!(s.reconnect >= 0 && s.reconnect <= 3600)) {
        return wrong("reconnect", fmt::format("{} is no number from 0 to 3600", s.reconnect));
    }
    if (!(s.silent_after >= 0.1 && s.silent_after <= 3600)) {
        return wrong("silent_after",
                     fmt::format("{} is no number from 0.1 to 3600", s.silent_after));
    }
    if (!(s.frozen_after >= 0 && s.frozen_after <= 86400)) {
        return wrong("frozen_after",
                     fmt::format("{} is no number from 0 to 86400", s.frozen_after));
    }
    if (s.rtsp_transport != "tcp" && s.rtsp_transport != "udp") {
        return wrong("rtsp_transport", fmt::format("'{}' is none of tcp, udp", s.rtsp_transport));
    }
    if (!s.redact.empty() && session.redact.empty()) {
        return wrong("redact", "the session covers nothing, and holds no pictures back for it",
                     "open the session with what its streams cover");
    }
    if (!(s.redact_margin >= 0 && s.redact_margin <= 2)) {
        return wrong("redact_margin", fmt::format("{} is no number from 0 to 2", s.redact_margin));
    }
    if (s.out.empty()) return wrong("out", "an empty name is no folder");
    if (auto known = check_known("tracker", s.tracker, track::trackers()); !known) return known;
    for (const std::string& format : s.save) {
        if (auto known = check_known("save", format, sink::sinks()); !known) return known;
    }
    if (auto good = sink::parse_rotation(s.rotate); !good) return fail(good.error());
    if (auto good = check_shapes("lines", s.lines, track::parse_line, ground); !good) return good;
    return check_shapes("zones", s.zones, track::parse_zone, ground);
}

}  // namespace

Result<Settings> merged(const Settings& session, const Settings& base, const StreamSettings& stream,
                        const track::GroundPlane* ground) {
    Settings s = base;
    override_with(s.confidence, stream.confidence);
    override_with(s.classes, stream.classes);
    override_with(s.lines, stream.lines);
    override_with(s.zones, stream.zones);
    override_with(s.stride, stream.stride);
    override_with(s.max_fps, stream.max_fps);
    override_with(s.tracker, stream.tracker);
    override_with(s.camera_motion, stream.camera_motion);
    override_with(s.interpolate, stream.interpolate);
    override_with(s.live, stream.live);
    override_with(s.reconnect, stream.reconnect);
    override_with(s.silent_after, stream.silent_after);
    override_with(s.frozen_after, stream.frozen_after);
    override_with(s.rtsp_transport, stream.rtsp_transport);
    override_with(s.out, stream.out);
    override_with(s.save, stream.save);
    override_with(s.rotate, stream.rotate);
    override_with(s.encoder, stream.encoder);
    override_with(s.crf, stream.crf);
    override_with(s.bitrate, stream.bitrate);
    override_with(s.preset, stream.preset);
    override_with(s.redact, stream.redact);
    override_with(s.redact_style, stream.redact_style);
    override_with(s.redact_margin, stream.redact_margin);
    s.resume = false;
    // The session's ReID network is for the streams whose trackers make use of it.
    const auto appearance = settings::appearance_words();
    if (std::find(appearance.begin(), appearance.end(), s.tracker) == appearance.end()) {
        s.reid.clear();
        s.remember = 0;
    }
    if (auto good = check(session, s, ground); !good) return fail(good.error());
    return s;
}

std::string unchangeable(const StreamSettings& change) {
    const std::pair<const char*, bool> fixed[] = {
        {"mode", change.mode.has_value()},
        {"tracker", change.tracker.has_value()},
        {"camera_motion", change.camera_motion.has_value()},
        {"interpolate", change.interpolate.has_value()},
        {"live", change.live.has_value()},
        {"reconnect", change.reconnect.has_value()},
        {"silent_after", change.silent_after.has_value()},
        {"frozen_after", change.frozen_after.has_value()},
        {"rtsp_transport", change.rtsp_transport.has_value()},
        {"name", change.name.has_value()},
        {"out", change.out.has_value()},
        {"save", change.save.has_value()},
        {"rotate", change.rotate.has_value()},
        {"encoder", change.encoder.has_value()},
        {"crf", change.crf.has_value()},
        {"bitrate", change.bitrate.has_value()},
        {"preset", change.preset.has_value()},
        {"redact", change.redact.has_value()},
        {"redact_style", change.redact_style.has_value()},
        {"redact_margin", change.redact_margin.has_value()},
        {"on_result", static_cast<bool>(change.on_result)},
        {"results", change.results != nullptr},
        {"frames", change.frames},
        {"on_end", static_cast<bool>(change.on_end)},
    };
    for (const auto& [name, set] : fixed) {
        if (set) return name;
    }
    return "";
}

Result<pipeline::Controls::Values> controls_of(const Settings& session, const Settings& stream,
                                               const std::vector<std::string>& class_names,
                                               const std::string& model) {
    pipeline::Controls::Values values{.stride = stream.stride, .max_fps = stream.max_fps};
    // (What the detector leaves out need not be looked for again.)
    if (stream.confidence > session.confidence) values.confidence = stream.confidence;
    if (stream.classes == session.classes) return values;
    auto wanted = class_ids(stream.classes, class_names, model);
    if (!wanted) return fail(wanted.error());
    auto found = class_ids(session.classes, class_names, model);
    if (!found) return fail(found.error());
    if (wanted->empty()) wanted = found;  // all that there are
    for (const int id : *wanted) {
        if (found->empty() || std::find(found->begin(), found->end(), id) != found->end()) continue;
        return wrong("classes",
                     fmt::format("the session does not look for '{}'",
                                 class_names[static_cast<std::size_t>(id)]),
                     "open the session with all classes that a stream wants");
    }
    std::sort(wanted->begin(), wanted->end());
    values.classes = std::move(*wanted);
    return values;
}

}  // namespace saccade::engine
