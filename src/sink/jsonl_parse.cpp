#include "sink/jsonl_parse.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "sink/jsonl_reader.h"
#include "sink/jsonl_text.h"
#include "sink/partial_mark.h"

namespace saccade::sink {
namespace {

// Parsed straight to float: by way of double a number could be rounded twice and come out
// different.
using FloatJson = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t,
                                       std::uint64_t, float>;

/// Thrown and caught in this file only, as nlohmann's own exceptions are.
struct Malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

template <typename Json>
const Json& member(const Json& object, const char* key) {
    if (!object.is_object()) throw Malformed("an object is expected");
    const auto found = object.find(key);
    if (found == object.end()) throw Malformed(fmt::format("\"{}\" is missing", key));
    return *found;
}

template <typename Int, typename Json>
Int integer(const Json& object, const char* key) {
    const Json& value = member(object, key);
    if (!value.is_number_integer()) throw Malformed(fmt::format("\"{}\" is no integer", key));
    if (value.is_number_unsigned()) {
        const auto number = value.template get<std::uint64_t>();
        if (std::in_range<Int>(number)) return static_cast<Int>(number);
    } else {
        const auto number = value.template get<std::int64_t>();
        if (std::in_range<Int>(number)) return static_cast<Int>(number);
    }
    throw Malformed(fmt::format("\"{}\" is out of range", key));
}

float real(const FloatJson& value, const char* key) {
    if (!value.is_number()) throw Malformed(fmt::format("\"{}\" is no number", key));
    const auto number = value.get<float>();
    if (!std::isfinite(number)) throw Malformed(fmt::format("\"{}\" is out of range", key));
    return number;
}

const FloatJson& array(const FloatJson& object, const char* key) {
    const FloatJson& value = member(object, key);
    if (!value.is_array()) throw Malformed(fmt::format("\"{}\" is no array", key));
    return value;
}

const FloatJson& array(const FloatJson& object, const char* key, std::size_t size) {
    const FloatJson& value = array(object, key);
    if (value.size() != size) throw Malformed(fmt::format("\"{}\" has not {} numbers", key, size));
    return value;
}

Box box(const FloatJson& object, const char* key) {
    const FloatJson& v = array(object, key, 4);
    return {real(v[0], key), real(v[1], key), real(v[2], key), real(v[3], key)};
}

template <typename Json>
const std::string& text(const Json& value, const char* key) {
    if (!value.is_string()) throw Malformed(fmt::format("\"{}\" is no string", key));
    return value.template get_ref<const std::string&>();
}

template <typename Enum>
Enum one_of(const FloatJson& object, const char* key, std::initializer_list<Enum> values) {
    const std::string& name = text(member(object, key), key);
    for (const Enum value : values) {
        if (to_string(value) == name) return value;
    }
    throw Malformed(fmt::format("\"{}\" can't be \"{}\"", key, name));
}

Detection detection(const FloatJson& object) {
    return {box(object, "box"), real(member(object, "score"), "score"),
            integer<int>(object, "class")};
}

GroundState ground(const FloatJson& object) {
    const FloatJson& position = array(object, "position", 2);
    GroundState g{real(position[0], "position"), real(position[1], "position"),
                  real(member(object, "distance"), "distance")};
    if (!object.contains("velocity")) return g;
    const FloatJson& velocity = array(object, "velocity", 2);
    g.moving = true;
    g.velocity_x = real(velocity[0], "velocity");
    g.velocity_y = real(velocity[1], "velocity");
    return g;
}

Track track(const FloatJson& object, std::size_t detections) {
    Track t;
    t.id = integer<std::int64_t>(object, "id");
    t.box = box(object, "box");
    t.raw_box = box(object, "raw_box");
    t.score = real(member(object, "score"), "score");
    t.class_id = integer<int>(object, "class");
    t.state =
        one_of(object, "state", {TrackState::tentative, TrackState::confirmed, TrackState::lost});
    const FloatJson& velocity = array(object, "velocity", 2);
    t.velocity_x = real(velocity[0], "velocity");
    t.velocity_y = real(velocity[1], "velocity");
    t.age = integer<std::uint32_t>(object, "age");
    t.detection = integer<int>(object, "detection");
    if (object.contains("ground")) t.ground = ground(member(object, "ground"));
    if (t.detection < -1 || t.detection >= static_cast<std::int64_t>(detections)) {
        throw Malformed("\"detection\" is none of this frame's");
    }
    return t;
}

std::vector<Outage> gaps(const FloatJson& object) {
    std::vector<Outage> found;
    for (const auto& gap : array(object, "gaps")) {
        found.push_back({Timestamp(integer<std::int64_t>(gap, "begin_ns")),
                         Timestamp(integer<std::int64_t>(gap, "end_ns")),
                         text(member(gap, "reason"), "reason")});
    }
    return found;
}

FrameResult frame(const FloatJson& object) {
    FrameResult result;
    result.id.index = integer<std::uint64_t>(object, "index");
    result.pts = Timestamp(integer<std::int64_t>(object, "pts_ns"));
    result.width = integer<int>(object, "width");
    result.height = integer<int>(object, "height");
    if (object.contains("file")) {
        result.file = std::make_shared<const std::string>(text(member(object, "file"), "file"));
    }
    if (object.contains("sender_ns")) {
        result.sender.emplace();
        result.sender->synced = !object["sender_ns"].is_null();
        if (result.sender->synced) {
            result.sender->at =
                std::chrono::nanoseconds(integer<std::int64_t>(object, "sender_ns"));
        }
    }
    if (object.contains("gaps")) {
        auto boundary = std::make_shared<Boundary>();
        boundary->outages = gaps(object);
        result.boundary = std::move(boundary);
    }
    for (const auto& d : array(object, "detections")) result.detections.push_back(detection(d));
    for (const auto& t : array(object, "tracks")) {
        result.tracks.push_back(track(t, result.detections.size()));
    }
    return result;
}

JsonlFooter footer(const FloatJson& object) {
    JsonlFooter footer{
        one_of(object, "outcome", {Outcome::complete, Outcome::interrupted, Outcome::failed}),
        integer<std::uint64_t>(object, "frames"),
        {}};
    if (object.contains("gaps")) footer.gaps = gaps(object);
    return footer;
}

Context header(const nlohmann::json& object) {
    Context context;
    context.source = text(member(object, "source"), "source");
    context.width = integer<int>(object, "width");
    context.height = integer<int>(object, "height");
    const auto& rate = member(object, "frame_rate");
    if (!rate.is_number()) throw Malformed("\"frame_rate\" is no number");
    context.frame_rate = rate.get<double>();
    if (object.contains("start_ns")) {
        context.start = Timestamp(integer<std::int64_t>(object, "start_ns"));
    }
    context.live = object.value("live", nlohmann::json(false)) == true;
    const auto& tracking = member(object, "tracking");
    if (!tracking.is_boolean()) throw Malformed("\"tracking\" is neither true nor false");
    context.tracking = tracking.get<bool>();
    const auto& names = member(object, "class_names");
    if (!names.is_array()) throw Malformed("\"class_names\" is no array");
    for (const auto& name : names) context.class_names.push_back(text(name, "class_names"));
    return context;
}

/// nlohmann's parser needs memory for each level of nesting, ours has four.
bool too_deep(std::string_view line) {
    int depth = 0;
    for (const char c : line) {
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        if (depth > 64) return true;
    }
    return false;
}

template <typename Json>
Json parse(std::string_view line) {
    if (too_deep(line)) throw Malformed("no JSON of ours: nested too deeply");
    Json value = Json::parse(line.begin(), line.end(), nullptr, false);
    if (value.is_discarded()) throw Malformed("no JSON");
    return value;
}

}  // namespace

Result<Context> parse_jsonl_header(std::string_view line) {
    try {
        const auto object = parse<nlohmann::json>(line);
        if (!object.is_object() || object.value("schema", nlohmann::json()) != jsonl_schema) {
            throw Malformed(fmt::format("no header with the schema \"{}\"", jsonl_schema));
        }
        if (const int version = integer<int>(object, "version"); version != jsonl_version) {
            return fail(
                ErrorCode::unsupported,
                fmt::format("version {} of the format, this reads {}", version, jsonl_version),
                "use the saccade that wrote it");
        }
        return header(object);
    } catch (const std::exception& e) {
        return fail(ErrorCode::corrupt, e.what());
    }
}

Result<std::variant<FrameResult, JsonlFooter>> parse_jsonl_line(std::string_view line) {
    try {
        const auto object = parse<FloatJson>(line);
        if (object.is_object() && object.contains("outcome")) return footer(object);
        return frame(object);
    } catch (const std::exception& e) {
        return fail(ErrorCode::corrupt, e.what());
    }
}

}  // namespace saccade::sink
