#include "engine/ground_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/elide.h"
#include "core/text_file.h"

namespace saccade::engine {
namespace {

using nlohmann::json;

/// Ten times what a ground takes. (Parsers follow deep nesting by recursion.)
constexpr std::size_t most_bytes = 4096;

const char* const form =
    "give pixels = [[x, y], ...] and metres = [[x, y], ...] of four points, or a homography of "
    "three rows of three numbers";

tl::unexpected<Error> wrong(std::string message) {
    return fail(ErrorCode::invalid_argument, std::move(message), form);
}

/// TOML as JSON: the few types that a ground has are in both.
Result<json> parse(const std::string& text, bool is_json) {
    json value;
    try {
        if (is_json) {
            value = json::parse(text);
        } else {
            std::ostringstream out;
            out << toml::json_formatter(toml::parse(text));
            value = json::parse(out.str());
        }
    } catch (const toml::parse_error& e) {
        return wrong(fmt::format("line {} is no TOML: {}", e.source().begin.line,
                                 elided(std::string(e.description()))));
    } catch (const json::exception& e) {
        return wrong(fmt::format("no JSON: {}", elided(e.what())));
    }
    if (!value.is_object()) return wrong("no table of settings");
    return value;
}

/// `count` rows of `size` numbers, one behind the other; nothing where it is none.
std::optional<std::vector<double>> rows(const json& value, std::size_t count, std::size_t size) {
    if (!value.is_array() || value.size() != count) return std::nullopt;
    std::vector<double> numbers;
    for (const json& row : value) {
        if (!row.is_array() || row.size() != size) return std::nullopt;
        for (const json& number : row) {
            if (!number.is_number()) return std::nullopt;
            numbers.push_back(number.get<double>());
        }
    }
    return numbers;
}

Result<track::GroundPlane> of_points(const json& pixels, const json& metres) {
    const auto from = rows(pixels, 4, 2), to = rows(metres, 4, 2);
    if (!from) return wrong("pixels: not four points of two numbers");
    if (!to) return wrong("metres: not four points of two numbers");
    std::array<track::Point, 4> p;
    std::array<track::GroundPoint, 4> q;
    for (std::size_t i = 0; i < 4; ++i) {
        p[i] = {static_cast<float>((*from)[2 * i]), static_cast<float>((*from)[2 * i + 1])};
        q[i] = {(*to)[2 * i], (*to)[2 * i + 1]};
    }
    return track::GroundPlane::of_points(p, q);
}

Result<track::GroundPlane> of_value(const json& value) {
    for (const auto& [key, unused] : value.items()) {
        if (key == "pixels" || key == "metres" || key == "homography") continue;
        return wrong(fmt::format("unknown key '{}'", elided(key)));
    }
    const bool points = value.contains("pixels") && value.contains("metres");
    const bool some = value.contains("pixels") || value.contains("metres");
    if (value.contains("homography")) {
        if (some) return wrong("both points and a homography");
        const auto numbers = rows(value["homography"], 3, 3);
        if (!numbers) return wrong("homography: not three rows of three numbers");
        track::GroundPlane::Matrix matrix{};
        std::copy(numbers->begin(), numbers->end(), matrix.begin());
        return track::GroundPlane::of_homography(matrix);
    }
    if (!points) return wrong(some ? "pixels without metres, or metres without pixels" : "empty");
    return of_points(value["pixels"], value["metres"]);
}

}  // namespace

Result<track::GroundPlane> read_ground(const std::filesystem::path& file) {
    const auto text = read_written_text(file);
    if (!text) return fail(text.error());
    const auto named = [&](Error error) {
        error.message = file.string() + ": " + error.message;
        return fail(std::move(error));
    };
    if (text->size() > most_bytes) {
        return named(wrong(fmt::format("{} bytes are no ground", text->size())).value());
    }
    const auto value = parse(*text, file.extension() == ".json");
    if (!value) return named(value.error());
    auto plane = of_value(*value);
    if (!plane) return named(plane.error());
    return plane;
}

}  // namespace saccade::engine
