#include "model/quantize/int8_plan.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace saccade::model {
namespace {

using nlohmann::json;

constexpr const char* schema = "saccade.int8/1";

std::optional<float> finite(const json& value) {
    if (!value.is_number()) return std::nullopt;
    const auto number = value.get<float>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<Int8Range> range_of(const json& entry) {
    if (!entry.is_array() || entry.size() != 3) return std::nullopt;
    const auto low = finite(entry[0]), high = finite(entry[1]), reach = finite(entry[2]);
    if (!low || !high || !reach || *low > 0 || *high < 0 || *low == *high || *reach <= 0) {
        return std::nullopt;
    }
    return Int8Range{*low, *high, *reach};
}

std::optional<Int8Plan> plan_of(const json& document) {
    const auto text = [&](const char* key) {
        const auto found = document.find(key);
        return found != document.end() && found->is_string()
                   ? std::optional(found->get<std::string>())
                   : std::nullopt;
    };
    if (!document.is_object() || text("schema") != schema) return std::nullopt;
    const auto ranges = document.find("ranges"), kept = document.find("kept");
    const auto method = text("method"), source = text("source");
    if (ranges == document.end() || !ranges->is_object() || kept == document.end() ||
        !kept->is_array() || !method || !source) {
        return std::nullopt;
    }
    Int8Plan plan{.ranges = {}, .kept = {}, .method = *method, .source = *source};
    for (const auto& [tensor, entry] : ranges->items()) {
        const auto range = range_of(entry);
        if (!range) return std::nullopt;
        plan.ranges[tensor] = *range;
    }
    for (const json& layer : *kept) {
        if (!layer.is_string()) return std::nullopt;
        plan.kept.insert(layer.get<std::string>());
    }
    return plan;
}

}  // namespace

std::string to_json(const Int8Plan& plan) {
    json ranges = json::object();
    for (const auto& [tensor, range] : plan.ranges) {
        ranges[tensor] = {range.low, range.high, range.reach};
    }
    return json{{"schema", schema},
                {"method", plan.method},
                {"source", plan.source},
                {"kept", plan.kept},
                {"ranges", std::move(ranges)}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::optional<Int8Plan>> int8_plan(const OnnxModel& model) {
    const auto found = model.metadata().find(int8_key);
    if (found == model.metadata().end()) return std::nullopt;
    auto plan = plan_of(json::parse(found->second, nullptr, false));
    if (!plan) {
        return fail(ErrorCode::corrupt,
                    model.name() + ": its metadata '" + int8_key + "' can't be read",
                    "make it again, as `saccade quantize --help` says");
    }
    return plan;
}

}  // namespace saccade::model
