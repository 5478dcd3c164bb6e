#include "profile/json_parts.h"
#include "profile/profile_report.h"

namespace saccade::profile {

using nlohmann::json;

std::string profile_json(const Profile& profile) {
    const Measurement& m = profile.measurement;
    json stages = json::array(), waiting = json::array(), queues = json::array(),
         threads = json::array(), layers = json::array(), what_if = json::array();
    for (const Stage& s : m.stages) {
        stages.push_back({{"stage", s.name},
                          {"time", to_json(s.time)},
                          {"servers", s.servers},
                          {"utilization", s.utilization},
                          {"share", s.share},
                          {"service_ms", s.service_ms},
                          {"cpu_ms", s.cpu_ms}});
    }
    for (const Waiting& w : m.waiting) {
        waiting.push_back({{"what", w.name}, {"time", to_json(w.time)}, {"share", w.share}});
    }
    for (const QueueDepth& q : m.queues) {
        queues.push_back({{"queue", q.name},
                          {"capacity", q.capacity},
                          {"mean", q.mean},
                          {"empty", q.empty},
                          {"full", q.full},
                          {"wait", to_json(q.wait)},
                          {"depth", q.series}});
    }
    for (const ThreadUse& t : m.threads) {
        threads.push_back({{"thread", t.name},
                           {"cpu_s", t.cpu_s},
                           {"without_core_s", t.delayed_s},
                           {"share", t.share}});
    }
    for (const LayerTime& layer : profile.layers) {
        layers.push_back({{"name", layer.name}, {"kind", layer.kind}, {"ms", layer.ms}});
    }
    for (const WhatIf& change : profile.verdict.what_if) {
        what_if.push_back({{"change", change.change}, {"speedup", change.speedup}});
    }
    const Verdict& v = profile.verdict;
    json out = {
        {"schema", "saccade.profile/1"},
        {"title", profile.title},
        {"setup", profile.setup},
        {"version", profile.version},
        {"machine", to_json(profile.machine)},
        {"frames", m.frames},
        {"seconds", m.seconds},
        {"fps", m.fps},
        {"cores_used", m.cores_used},
        {"streams", m.streams},
        {"queue", m.queue},
        {"batch", m.batch},
        {"slots", m.slots},
        {"peak_memory_bytes", profile.peak_memory},
        {"events_dropped", m.events_dropped},
        {"stages", std::move(stages)},
        {"waiting", std::move(waiting)},
        {"queues", std::move(queues)},
        {"latency", to_json(m.latency)},
        {"threads", std::move(threads)},
        {"samples", {{"time_s", m.time_s}, {"cores", m.cores_series}, {"memory_mb", m.memory_mb}}},
        {"verdict",
         {{"bottleneck", v.bottleneck},
          {"stage", v.stage},
          {"summary", v.summary},
          {"evidence", v.evidence},
          {"advice", v.advice},
          {"speedup", v.speedup},
          {"next", v.then},
          {"model_fps", v.model_fps},
          {"model_error", v.model_error},
          {"what_if", std::move(what_if)}}}};
    if (!m.gpu.empty()) {
        out["gpu"] = {{"name", m.gpu},
                      {"busy", m.gpu_busy},
                      {"decoder", m.gpu_decoder},
                      {"memory_mb", m.gpu_memory_mb},
                      {"pcie_in_mb_s", m.pcie_in_mb_s},
                      {"pcie_out_mb_s", m.pcie_out_mb_s}};
    }
    if (!profile.layers.empty()) out["layers"] = std::move(layers);
    return json_text(out);
}

}  // namespace saccade::profile
