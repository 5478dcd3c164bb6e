#include "eval/mot_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace saccade::eval {
namespace {

using nlohmann::ordered_json;

constexpr std::array table_columns{"HOTA",   "DetA", "AssA", "LocA", "MOTA", "MOTP",
                                   "IDF1",   "IDP",  "IDR",  "IDSW", "Frag", "CLR_FP",
                                   "CLR_FN", "MT",   "PT",   "ML"};

ordered_json to_json(const SequenceScore& score) {
    ordered_json object;
    for (const Figure& f : figures(score)) {
        if (f.whole) {
            object[f.name] = static_cast<std::int64_t>(f.value);
        } else {
            object[f.name] = f.value;
        }
    }
    for (const FigureByAlpha& f : figures_by_alpha(score)) object["by_alpha"][f.name] = f.values;
    return object;
}

}  // namespace

std::vector<Figure> figures(const SequenceScore& s) {
    std::vector<Figure> all;
    for (const FigureByAlpha& f : figures_by_alpha(s)) {
        if (!f.name.starts_with("HOTA_")) all.push_back({f.name, mean(f.values)});
    }
    const ClearScore& c = s.clear;
    const IdentityScore& i = s.identity;
    const auto count = [](std::size_t n) { return static_cast<double>(n); };
    const std::array rest{
        Figure{"HOTA(0)", s.hota.hota[0]},
        Figure{"LocA(0)", s.hota.loc_a[0]},
        Figure{"HOTALocA(0)", s.hota.hota[0] * s.hota.loc_a[0]},
        Figure{"MOTA", c.mota},
        Figure{"MOTP", c.motp},
        Figure{"MODA", c.moda},
        Figure{"sMOTA", c.smota},
        Figure{"MOTAL", c.motal},
        Figure{"CLR_Re", c.recall},
        Figure{"CLR_Pr", c.precision},
        Figure{"CLR_F1", c.f1},
        Figure{"FP_per_frame", c.false_positives_per_frame},
        Figure{"MTR", c.mostly_tracked_ratio},
        Figure{"PTR", c.partly_tracked_ratio},
        Figure{"MLR", c.mostly_lost_ratio},
        Figure{"MOTP_sum", c.iou_sum},
        Figure{"CLR_TP", c.true_positives, true},
        Figure{"CLR_FN", c.false_negatives, true},
        Figure{"CLR_FP", c.false_positives, true},
        Figure{"IDSW", c.switches, true},
        Figure{"MT", c.mostly_tracked, true},
        Figure{"PT", c.partly_tracked, true},
        Figure{"ML", c.mostly_lost, true},
        Figure{"Frag", c.fragmentations, true},
        Figure{"CLR_Frames", c.frames, true},
        Figure{"IDF1", i.f1},
        Figure{"IDR", i.recall},
        Figure{"IDP", i.precision},
        Figure{"IDTP", i.true_positives, true},
        Figure{"IDFN", i.false_negatives, true},
        Figure{"IDFP", i.false_positives, true},
        Figure{"Dets", count(s.boxes), true},
        Figure{"GT_Dets", count(s.truth_boxes), true},
        Figure{"IDs", count(s.ids), true},
        Figure{"GT_IDs", count(s.truth_ids), true},
    };
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

std::vector<FigureByAlpha> figures_by_alpha(const SequenceScore& score) {
    const HotaScore& h = score.hota;
    return {{"HOTA", h.hota},
            {"DetA", h.det_a},
            {"AssA", h.ass_a},
            {"DetRe", h.det_recall},
            {"DetPr", h.det_precision},
            {"AssRe", h.ass_recall},
            {"AssPr", h.ass_precision},
            {"LocA", h.loc_a},
            {"OWTA", h.owta},
            {"HOTA_TP", h.true_positives},
            {"HOTA_FN", h.false_negatives},
            {"HOTA_FP", h.false_positives}};
}

std::string format_table(const EvalReport& report) {
    std::size_t wide = report.combined.name.size();
    for (const SequenceScore& s : report.sequences) wide = std::max(wide, s.name.size());
    std::string text = fmt::format("{:<{}}", "", wide);
    for (const char* name : table_columns) text += fmt::format(" {:>7}", name);
    text += '\n';
    const auto add_row = [&](const SequenceScore& s) {
        text += fmt::format("{:<{}}", s.name, wide);
        const auto all = figures(s);
        for (const std::string_view name : table_columns) {
            const auto f = std::find_if(all.begin(), all.end(),
                                        [&](const Figure& figure) { return figure.name == name; });
            text += f->whole ? fmt::format(" {:>7.0f}", f->value)
                             : fmt::format(" {:>7.2f}", 100 * f->value);
        }
        text += '\n';
    };
    for (const SequenceScore& s : report.sequences) add_row(s);
    add_row(report.combined);
    return text;
}

std::string format_json(const EvalReport& report) {
    ordered_json root;
    root["sequences"] = ordered_json::object();
    for (const SequenceScore& s : report.sequences) root["sequences"][s.name] = to_json(s);
    root["combined"] = to_json(report.combined);
    return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace saccade::eval
