#include "cli/precision_report.h"

#include <fmt/format.h>

#include <iterator>

namespace saccade::cli {
namespace {

nlohmann::json to_json(const PrecisionReport& gate) {
    const quantize::Drift& d = gate.drift;
    nlohmann::json out = {{"good", gate.good},
                          {"drop", gate.drop},
                          {"unit", gate.map ? "points of mAP50-95" : "percent of matched F1"},
                          {"frames", d.frames},
                          {"detections", {{"fp32", d.reference}, {"changed", d.changed}}},
                          {"f1_50", d.f1_50},
                          {"f1_75", d.f1_75},
                          {"strict_f1_50", d.strict_f1_50},
                          {"score_drift", d.score},
                          {"box_drift", d.box}};
    if (gate.map) {
        out["map"] = {{"fp32", *gate.reference_map},
                      {"changed", *gate.map},
                      {"difference_95", {gate.interval.low, gate.interval.high}}};
    }
    return out;
}

}  // namespace

nlohmann::json to_json(const QuantizeReport& r) {
    nlohmann::json parts = nlohmann::json::array();
    for (const auto& part : r.found.scan.parts) {
        parts.push_back({{"layers", part.layers}, {"loss", part.loss}});
    }
    nlohmann::json out = {{"schema", "saccade.quantize/1"},
                          {"model", r.model},
                          {"output", r.output},
                          {"device", r.device},
                          {"calibrated_on", r.calibrated},
                          {"held_out", r.held_out},
                          {"max_drop", r.max_drop},
                          {"method", r.found.plan.method},
                          {"loss_by_method", r.found.losses},
                          {"layers", r.found.layers},
                          {"kept", r.found.plan.kept},
                          {"scan", {{"whole", r.found.scan.whole}, {"parts", std::move(parts)}}},
                          {"gate", to_json(r.gate)}};
    if (r.speed.reference > 0) {
        out["speed"] = {{"fp32_fps", r.speed.reference},
                        {"int8_fps", r.speed.changed},
                        {"ratio", r.speed.changed / r.speed.reference}};
    }
    return out;
}

std::string to_text(const QuantizeReport& r) {
    std::string text;
    const auto line = [&](const char* format, const auto&... values) {
        fmt::format_to(std::back_inserter(text), fmt::runtime(format), values...);
        text += '\n';
    };
    const quantize::Drift& d = r.gate.drift;
    line("{}: {} of {} layers in INT8, ranges by {}, {} pictures", r.model,
         r.found.layers - r.found.plan.kept.size(), r.found.layers, r.found.plan.method, r.calibrated);
    if (!r.found.plan.kept.empty()) {
        std::string names;
        for (const auto& layer : r.found.plan.kept) names += (names.empty() ? "" : ", ") + layer;
        line("kept in floating point: {}", names);
    }
    line("on {} pictures held out: F1 {:.4f} at IoU 0.5, {:.4f} at 0.75 (FP32 taken for the truth); "
         "scores {:.4f} and boxes {:.4f} (1 - IoU) apart",
         d.frames, d.f1_50, d.f1_75, d.score, d.box);
    if (r.gate.map) {
        line("mAP50-95 {:.4f}, FP32 {:.4f}: {:+.2f} points (95 % of samples {:+.2f} to {:+.2f})", *r.gate.map,
             *r.gate.reference_map, -r.gate.drop, 100 * r.gate.interval.low, 100 * r.gate.interval.high);
    }
    if (r.speed.reference > 0) {
        line("{:.1f} fps, FP32 {:.1f}: {:.2f} times", r.speed.changed, r.speed.reference,
             r.speed.changed / r.speed.reference);
        if (r.speed.changed < r.speed.reference) {
            line("INT8 is slower than FP32 on this device: don't use it here");
        }
    } else {
        line("judged in simulation: {} was not asked", r.device);
    }
    return text;
}

}  // namespace saccade::cli
