#include "cli/precision_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace saccade::cli {
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

nlohmann::json to_json(const Speed& speed) {
    nlohmann::json out = {{"fp32_fps", speed.reference},
                          {"changed_fps", speed.changed},
                          {"ratio", speed.changed / speed.reference},
                          {"worthwhile", speed.worthwhile()}};
    if (speed.usual > 0) {
        out["usual"] = {{"precision", speed.usual_precision}, {"fps", speed.usual}};
    }
    return out;
}

std::string to_text(const PrecisionReport& gate, const std::string& precision) {
    const quantize::Drift& d = gate.drift;
    std::string text = fmt::format(
        "on {} pictures held out: F1 {:.4f} at IoU 0.5, {:.4f} at 0.75 (FP32 taken for the truth); "
        "scores {:.4f} and boxes {:.4f} (1 - IoU) apart\n",
        d.frames, d.f1_50, d.f1_75, d.score, d.box);
    if (gate.map) {
        text += fmt::format(
            "mAP50-95 {:.4f} in {}, {:.4f} in FP32: {:+.2f} points (95 % of samples {:+.2f} to "
            "{:+.2f})\n",
            *gate.map, precision, *gate.reference_map, -gate.drop, 100 * gate.interval.low,
            100 * gate.interval.high);
    }
    return text;
}

std::string to_text(const Speed& speed, const std::string& precision) {
    std::string text = fmt::format("{:.1f} fps, FP32 {:.1f}: {:.2f} times\n", speed.changed,
                                   speed.reference, speed.changed / speed.reference);
    if (speed.usual > 0) {
        text += fmt::format("{} {:.1f} fps: {:.2f} times\n", speed.usual_precision, speed.usual,
                            speed.usual / speed.reference);
    }
    if (const std::string what = advice(speed, precision); !what.empty()) text += what + '\n';
    return text;
}

std::string loss_in_words(const PrecisionReport& gate, double max_drop) {
    return fmt::format("loses {:.2f} {}, {:.2f} is allowed", gate.drop,
                       gate.map ? "points of mAP" : "% of matched F1", max_drop);
}

std::string advice(const Speed& speed, const std::string& precision) {
    if (speed.worthwhile()) return {};
    const bool usual = speed.usual > speed.reference;
    return fmt::format("{} is slower than {} on this device: don't use it here", precision,
                       usual ? speed.usual_precision : "FP32");
}

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
    if (r.speed.reference > 0) out["speed"] = to_json(r.speed);
    return out;
}

std::string to_text(const QuantizeReport& r) {
    const auto& plan = r.found.plan;
    std::string text =
        fmt::format("{}: {} of {} layers in INT8, ranges by {}, {} pictures\n", r.model,
                    r.found.layers - plan.kept.size(), r.found.layers, plan.method, r.calibrated);
    if (!plan.kept.empty()) {
        text += fmt::format("kept in floating point: {}\n", fmt::join(plan.kept, ", "));
    }
    text += to_text(r.gate, "INT8");
    text += r.speed.reference > 0
                ? to_text(r.speed, "INT8")
                : fmt::format("judged in simulation: {} was not asked\n", r.device);
    return text;
}

}  // namespace saccade::cli
