#include "eval/mot_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>

#include "core/text_file.h"

namespace saccade::eval {
namespace {

constexpr std::size_t used_columns = 8;
constexpr std::size_t world_columns = 10;  // with a place in the world: ..., x, y, z

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// Takes the next column off `line`: up to a comma, or to blanks where there are no commas.
std::string_view next_column(std::string_view& line) noexcept {
    line = trimmed(line);
    const std::size_t end = line.find_first_of(", \t");
    std::string_view column = line.substr(0, end);
    line = end == std::string_view::npos ? std::string_view() : trimmed(line.substr(end));
    if (!line.empty() && line.front() == ',') line.remove_prefix(1);
    return column;
}

std::optional<double> number(std::string_view text) noexcept {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

bool is_integer(double value, double low, double high) noexcept {
    return value >= low && value <= high && value == std::trunc(value);
}

struct ParsedRow {
    MotRow row;
    std::size_t columns = 0;
    std::string no_class;  ///< why the eighth column is none
};

// "" or what is wrong with the line.
std::string parse_row(std::string_view line, MotFileKind kind, ParsedRow& parsed) {
    MotRow& row = parsed.row;
    std::array<double, used_columns> values{};
    std::size_t columns = 0;
    while (!line.empty()) {
        const std::string_view text = next_column(line);
        const auto value = number(text);
        if (!value) return fmt::format("column {} is not a number: '{}'", columns + 1, text);
        if (columns < used_columns) values[columns] = *value;
        ++columns;
    }
    const std::size_t needed = kind == MotFileKind::truth ? 8 : 7;
    if (columns < needed) return fmt::format("{} columns, {} are needed", columns, needed);
    if (values[0] == 0) return "frame 0: frames begin at 1";
    if (!is_integer(values[0], 1, std::numeric_limits<int>::max())) {
        return fmt::format("frame {}", values[0]);
    }
    if (!is_integer(values[1], -0x1p53, 0x1p53)) return fmt::format("id {}", values[1]);
    parsed.columns = columns;
    const bool has_class = columns >= used_columns && is_integer(values[7], -1, 1000);
    if (columns >= used_columns && !has_class) parsed.no_class = fmt::format("class {}", values[7]);
    row.frame = static_cast<int>(values[0]);
    row.id = static_cast<std::int64_t>(values[1]);
    row.x = values[2];
    row.y = values[3];
    row.width = values[4];
    row.height = values[5];
    row.confidence = values[6];
    row.class_id = has_class ? static_cast<int>(values[7]) : 1;
    return {};
}

tl::unexpected<Error> bad_line(std::string_view name, std::size_t line, std::string_view what) {
    return fail(ErrorCode::corrupt, fmt::format("{}:{}: {}", name, line, what),
                "lines are: frame,id,x,y,width,height,confidence,class,...");
}

}  // namespace

Result<MotFile> read_mot_file(const std::filesystem::path& path, MotFileKind kind) {
    auto text = read_written_text(path);
    if (!text) return fail(text.error());
    return parse_mot_file(*text, path.string(), kind);
}

Result<MotFile> parse_mot_file(std::string_view text, std::string_view name, MotFileKind kind) {
    std::vector<MotRow> rows;
    std::vector<std::size_t> lines;  // where each row was
    std::size_t first_without_class = 0;
    std::string no_class;
    bool all_world = true;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        const std::string_view content = trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (content.empty()) continue;
        ParsedRow parsed;
        const std::string wrong = parse_row(content, kind, parsed);
        if (!wrong.empty()) return bad_line(name, line, wrong);
        if (!parsed.no_class.empty() && first_without_class == 0) {
            first_without_class = line;
            no_class = parsed.no_class;
        }
        all_world = all_world && parsed.columns == world_columns;
        rows.push_back(parsed.row);
        lines.push_back(line);
    }
    // Ten columns throughout, the eighth of which is no class: places in the world, as MOT's 3D files have.
    if (first_without_class != 0 && !all_world) return bad_line(name, first_without_class, no_class);
    if (first_without_class != 0) {
        for (MotRow& row : rows) row.class_id = -1;
    }

    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    if (kind != MotFileKind::detections) {
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::tie(rows[a].frame, rows[a].id, a) < std::tie(rows[b].frame, rows[b].id, b);
        });
        const auto twice =
            std::adjacent_find(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
                return rows[a].frame == rows[b].frame && rows[a].id == rows[b].id;
            });
        if (twice != order.end()) {
            const std::size_t second = *std::next(twice);
            return bad_line(name, lines[second],
                            fmt::format("frame {} has the id {} a second time", rows[second].frame,
                                        rows[second].id));
        }
    }
    MotFile file;
    file.rows = std::move(rows);
    std::stable_sort(file.rows.begin(), file.rows.end(),
                     [](const MotRow& a, const MotRow& b) { return a.frame < b.frame; });
    if (!file.rows.empty()) file.last_frame = file.rows.back().frame;
    return file;
}

}  // namespace saccade::eval
