#include "profile/html/page.h"

#include <fmt/format.h>

#include <cmath>

namespace saccade::profile::html {
namespace {

// Colours by CVD-safe hues of equal weight; both themes keep 4.5:1 of text on ground.
constexpr std::string_view style = R"(
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#5d6b7c;--line:#e1e6ec;
--grid:#e8ecf1;--accent:#1f6feb;--good:#1a7f4b;--bad:#c2372b;--wait:#c9d1db;
--c0:#3b7ddd;--c1:#17a2a2;--c2:#7a5bd6;--c3:#d9822b;--c4:#3fa34d;--c5:#d1487c}
@media(prefers-color-scheme:dark){:root{--bg:#10151c;--card:#18202a;--ink:#e6ebf1;--soft:#95a3b4;
--line:#2a3542;--grid:#253040;--accent:#6aa6ff;--good:#4cc38a;--bad:#ff7b6e;--wait:#3a4656;
--c0:#5b9bf5;--c1:#2fbdbd;--c2:#9d83f0;--c3:#f0a04b;--c4:#5fc46d;--c5:#ee6f9f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",
Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:36px 24px 60px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em;overflow-wrap:anywhere}
.sub{color:var(--soft);margin:0 0 22px;overflow-wrap:anywhere}
h2{font-size:17px;margin:0 0 2px}
.note{color:var(--soft);font-size:13px;margin:0 0 12px}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 22px 20px;
margin:16px 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px;margin:0 0 16px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px 16px}
.tile b{font-size:25px;font-weight:650;letter-spacing:-.02em}
.tile i{font-style:normal;color:var(--soft);font-size:14px;margin-left:4px}
.tile span{display:block;color:var(--soft);font-size:13px}
.callout{border-left:4px solid var(--accent);padding:2px 0 2px 14px;font-size:17px;margin:4px 0 12px}
.callout.good{border-color:var(--good)}.callout.bad{border-color:var(--bad)}
ul{margin:4px 0 12px;padding-left:20px}li{margin:2px 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:550;white-space:normal;vertical-align:bottom}th:first-child,td:first-child{text-align:left;padding-left:0}
tr:last-child td{border-bottom:0}
.better{color:var(--good);font-weight:600}.worse{color:var(--bad);font-weight:600}
svg{display:block;width:100%;height:auto;font:12px system-ui,sans-serif;
font-variant-numeric:tabular-nums}
svg text{fill:var(--soft)}svg text.ink{fill:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--soft);margin:8px 0 2px}
.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:6px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}.pair section{margin:0}
@media(max-width:760px){.pair{grid-template-columns:1fr}}
footer{color:var(--soft);font-size:13px;margin-top:20px;overflow-wrap:anywhere}
)";

std::string grouped(long long value) {
    return value < 1000 ? fmt::format("{}", value)
                        : fmt::format("{},{:03}", grouped(value / 1000), value % 1000);
}

}  // namespace

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
        }
    }
    return out;
}

std::string number(double value) {
    const double size = std::abs(value);
    if (!std::isfinite(value)) return "-";
    if (size >= 10000) {
        if (size >= 1e18) return fmt::format("{:.3g}", value);
        return fmt::format("{}{}", value < 0 ? "-" : "", grouped(std::llround(size)));
    }
    if (size >= 100) return fmt::format("{:.0f}", value);
    if (size >= 10) return fmt::format("{:.1f}", value);
    if (size >= 1) return fmt::format("{:.2f}", value);
    if (size == 0) return "0";
    return fmt::format("{:.3f}", value);
}

Page::Page(std::string_view title, std::string_view subtitle) : title_(escape(title)) {
    body_ = fmt::format("<h1>{}</h1>\n<p class=\"sub\">{}</p>\n", title_, escape(subtitle));
}

void Page::close_section() {
    if (open_) body_ += "</section>\n";
    open_ = false;
}

void Page::tiles(const std::vector<Tile>& tiles) {
    close_section();
    body_ += "<div class=\"tiles\">";
    for (const Tile& tile : tiles) {
        body_ += fmt::format("<div class=\"tile\"><b>{}</b><i>{}</i><span>{}</span></div>",
                             escape(tile.value), escape(tile.unit), escape(tile.label));
    }
    body_ += "</div>\n";
}

void Page::section(std::string_view heading, std::string_view note) {
    close_section();
    open_ = true;
    body_ += fmt::format("<section><h2>{}</h2>\n", escape(heading));
    body_ += fmt::format("<p class=\"note\">{}</p>\n", escape(note));
}

void Page::paragraph(std::string_view text) {
    body_ += fmt::format("<p>{}</p>\n", escape(text));
}

void Page::list(const std::vector<std::string>& items) {
    body_ += "<ul>";
    for (const std::string& item : items) body_ += fmt::format("<li>{}</li>", escape(item));
    body_ += "</ul>\n";
}

void Page::table(const std::vector<std::string>& head,
                 const std::vector<std::vector<std::string>>& rows) {
    body_ += "<div class=\"scroll\"><table><thead><tr>";
    for (const std::string& cell : head) body_ += fmt::format("<th>{}</th>", escape(cell));
    body_ += "</tr></thead><tbody>\n";
    for (const auto& row : rows) {
        body_ += "<tr>";
        for (const std::string& cell : row) {
            const bool verdict = cell == "better" || cell == "worse";
            body_ += verdict ? fmt::format("<td class=\"{}\">{}</td>", cell, cell)
                             : fmt::format("<td>{}</td>", escape(cell));
        }
        body_ += "</tr>\n";
    }
    body_ += "</tbody></table></div>\n";
}

void Page::callout(std::string_view kind, std::string_view text) {
    body_ += fmt::format("<p class=\"callout {}\">{}</p>\n", kind, escape(text));
}

std::string Page::finish(std::string_view footer) && {
    close_section();
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<title>{}</title>\n<style>{}</style></head>\n<body><main>\n{}<footer>{}</footer>\n"
        "</main></body></html>\n",
        title_, style, body_, escape(footer));
}

}  // namespace saccade::profile::html
