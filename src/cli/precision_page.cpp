#include "cli/precision_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "core/atomic_file.h"
#include "core/base64.h"
#include "media/jpeg.h"
#include "profile/html/charts.h"
#include "profile/html/page.h"

namespace saccade::cli {
namespace {

using profile::html::escape;
using profile::html::number;

constexpr std::size_t most_pictures = 12, most_parts = 20;
constexpr media::JpegOptions picture_options{.longest_side = 960, .quantizer = 5};

// (Green and red apart also for eyes that don't tell them: what only one network finds is dashed.)
constexpr const char* style = R"(<style>
.both{display:grid;grid-template-columns:1fr 1fr;gap:10px;margin:0 0 18px}
.both figure{margin:0}.both figcaption{color:var(--soft);font-size:13px}
.both rect{fill:none;stroke:#2fbf71;stroke-width:2;vector-effect:non-scaling-stroke}
.both .only rect{stroke:#ff4d3d;stroke-width:3;stroke-dasharray:6 3}
.both text{fill:#fff;stroke:#000;stroke-width:.22em;paint-order:stroke;font-weight:600}
@media(max-width:760px){.both{grid-template-columns:1fr}}
</style>)";

std::string name_of(const std::vector<std::string>& names, int class_id) {
    const auto i = static_cast<std::size_t>(class_id);
    return class_id >= 0 && i < names.size() ? names[i] : fmt::format("class {}", class_id);
}

/// The boxes of one side, over the picture `symbol`. Those in `only` (part of `all`) stand out,
/// with their names.
std::string side(const Frame& frame, const std::string& symbol, const detect::Detections& boxes,
                 std::span<const std::size_t> all, std::span<const std::size_t> only,
                 const std::vector<std::string>& names, const std::string& caption) {
    const double letter = frame.width / 42.0;
    std::string svg = fmt::format(
        "<figure><svg viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\">"
        "<use href=\"#{3}\" width=\"{0}\" height=\"{1}\"/>",
        frame.width, frame.height, escape(caption), symbol);
    for (const std::size_t i : all) {
        const Detection& d = boxes[i];
        const bool alone = std::find(only.begin(), only.end(), i) != only.end();
        const std::string what = fmt::format("{} {:.2f}", name_of(names, d.class_id), d.score);
        svg += fmt::format(
            "<g{}><title>{}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"{:.1f}\"/>",
            alone ? " class=\"only\"" : "", escape(what), d.box.x1, d.box.y1,
            std::max(0.0F, d.box.x2 - d.box.x1), std::max(0.0F, d.box.y2 - d.box.y1));
        if (alone) {
            svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.1f}\">{}</text>",
                               d.box.x1, std::max<double>(d.box.y1 - letter / 4, letter), letter,
                               escape(what));
        }
        svg += "</g>";
    }
    return svg + "</svg><figcaption>" + escape(caption) + "</figcaption></figure>";
}

struct Differing {
    std::size_t frame = 0;
    quantize::Shown shown;
};

/// Those pictures in which something is found by one network only, most differences first.
std::vector<Differing> differing(const PrecisionPage& page) {
    std::vector<Differing> out;
    for (std::size_t i = 0; i < page.held_out.frames.size(); ++i) {
        auto shown = quantize::shown(page.held_out.reference[i], page.gate.found[i]);
        if (shown.differing() > 0) out.push_back({i, std::move(shown)});
    }
    std::stable_sort(out.begin(), out.end(), [](const Differing& a, const Differing& b) {
        return a.shown.differing() > b.shown.differing();
    });
    return out;
}

Result<void> add_pictures(profile::html::Page& out, const PrecisionPage& page) {
    const auto pictures = differing(page);
    const std::size_t total = page.held_out.frames.size();
    out.section(
        "Where they differ",
        "Left FP32, right " + page.precision +
            ". Green: found by both. Red, dashed and named: found by one only, at IoU 0.5, "
            "from a score of 0.25 (0.15 in the other network is enough to count as found).");
    if (pictures.empty()) {
        out.paragraph(
            fmt::format("Nowhere: in all {} pictures both find the same objects.", total));
        return {};
    }
    out.paragraph(fmt::format("In {} of {} pictures; those that differ most are shown.",
                              pictures.size(), total));
    out.html(style);
    for (std::size_t n = 0; n < std::min(pictures.size(), most_pictures); ++n) {
        const auto& [i, shown] = pictures[n];
        const Frame& frame = page.held_out.frames[i];
        const auto jpeg = media::encode_jpeg(frame, picture_options);
        if (!jpeg) return fail(jpeg.error());
        const std::string symbol = fmt::format("picture{}", n + 1);
        // The picture is in the page once, and shown on both sides.
        out.html(fmt::format(
            "<svg width=\"0\" height=\"0\" style=\"position:absolute\"><symbol id=\"{0}\" "
            "viewBox=\"0 0 {1} {2}\"><image width=\"{1}\" height=\"{2}\" "
            "preserveAspectRatio=\"none\" href=\"data:image/jpeg;base64,{3}\"/></symbol></svg>",
            symbol, frame.width, frame.height, to_base64(*jpeg)));
        out.html("<div class=\"both\">");
        out.html(side(frame, symbol, page.held_out.reference[i], shown.before, shown.lost,
                      page.class_names,
                      fmt::format("FP32: {} objects, {} of them lost in {}", shown.before.size(),
                                  shown.lost.size(), page.precision)));
        out.html(side(frame, symbol, page.gate.found[i], shown.after, shown.added, page.class_names,
                      fmt::format("{}: {} objects, {} of them new", page.precision,
                                  shown.after.size(), shown.added.size())));
        out.html("</div>\n");
    }
    return {};
}

void add_figures(profile::html::Page& out, const PrecisionPage& page) {
    const quantize::Drift& d = page.gate.drift;
    std::vector<profile::html::Tile> tiles;
    if (page.gate.map) {
        tiles.push_back({fmt::format("{:.4f}", *page.gate.map), "mAP50-95",
                         fmt::format("FP32 {:.4f}; 95 % of samples {:+.2f} to {:+.2f} points",
                                     *page.gate.reference_map, 100 * page.gate.interval.low,
                                     100 * page.gate.interval.high)});
    }
    tiles.push_back({fmt::format("{:.4f}", d.f1_50), "F1 at IoU 0.5",
                     fmt::format("{:.4f} at 0.75; FP32 taken for the truth", d.f1_75)});
    tiles.push_back({number(d.score), "scores apart", "mean of those found by both"});
    tiles.push_back({number(d.box), "boxes apart", "1 - IoU, likewise"});
    if (page.speed && page.speed->usual > 0) {
        tiles.push_back({fmt::format("{:.2f}", page.speed->usual / page.speed->reference), "times",
                         fmt::format("FP32's speed in {}, which runs where no precision is named",
                                     page.speed->usual_precision)});
    }
    if (page.speed) {
        tiles.push_back({fmt::format("{:.2f}", page.speed->changed / page.speed->reference),
                         "times",
                         fmt::format("FP32's speed in {}: {} fps against {}", page.precision,
                                     number(page.speed->changed), number(page.speed->reference))});
    }
    out.tiles(tiles);
    out.callout(page.gate.good ? "good" : "bad",
                fmt::format("{} {}", page.precision, loss_in_words(page.gate, page.max_drop)));
    if (!page.speed) return;
    const std::string what = advice(*page.speed, page.precision);
    if (!what.empty()) out.callout("bad", what);
}

void add_layers(profile::html::Page& out, const quantize::Found& found) {
    out.section("Layers",
                fmt::format("{} of {} in INT8; ranges by {}", found.layers - found.plan.kept.size(),
                            found.layers, found.plan.method));
    if (!found.plan.kept.empty()) {
        out.paragraph("Kept in floating point:");
        out.list({found.plan.kept.begin(), found.plan.kept.end()});
    }
    if (!found.losses.empty()) {
        std::vector<std::vector<std::string>> rows;
        for (const auto& [method, loss] : found.losses) rows.push_back({method, number(loss)});
        out.table({"ranges by", "loss, all layers in INT8"}, rows);
    }
    std::vector<profile::html::Bar> bars;
    const double most = found.scan.parts.empty() ? 0 : found.scan.parts.front().loss;
    for (std::size_t i = 0; i < std::min(found.scan.parts.size(), most_parts); ++i) {
        const quantize::Part& part = found.scan.parts[i];
        const std::string more =
            part.layers.size() > 1 ? fmt::format(" and {} more", part.layers.size() - 1) : "";
        bars.push_back({part.layers.front() + more, number(part.loss),
                        most > 0 ? std::clamp(part.loss / most, 0.0, 1.0) : 0, 0});
    }
    if (bars.empty()) return;
    out.paragraph("What is lost where these layers alone are in INT8 (0 nothing, 1 all):");
    out.html(profile::html::bars(bars));
}

}  // namespace

Result<std::string> to_html(const PrecisionPage& page) {
    profile::html::Page out(page.model + " in " + page.precision,
                            fmt::format("against FP32, on {} pictures held out; device: {}",
                                        page.held_out.frames.size(), page.device));
    add_figures(out, page);
    if (auto ok = add_pictures(out, page); !ok) return fail(ok.error());
    if (page.found != nullptr) add_layers(out, *page.found);
    return std::move(out).finish("Made by saccade.");
}

Result<void> write_page(const std::string& file, const PrecisionPage& page) {
    const auto text = to_html(page);
    if (!text) return fail(text.error());
    return write_whole(file, *text, {.way_out = "name another file with --html"});
}

}  // namespace saccade::cli
