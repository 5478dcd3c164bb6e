#include "summaries.h"

#include <chrono>
#include <string>

namespace saccade::python {
namespace {

double ms(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

nb::object error_text(const std::optional<Error>& error) {
    return error ? nb::cast(error->line()) : nb::object(nb::none());
}

}  // namespace

nb::dict summary_dict(const StreamSummary& s) {
    nb::dict d;
    d["name"] = s.name;
    d["status"] = std::string(to_string(s.status));
    d["error"] = s.error
                     ? nb::cast(nb::make_tuple(std::string(to_string(s.error->code)),
                                               s.error->message, s.error->remedy, s.error->line()))
                     : nb::object(nb::none());
    d["damage"] = s.damage;
    nb::list bad;
    for (const BadImage& image : s.bad_images) bad.append(nb::make_tuple(image.path, image.reason));
    d["bad_images"] = bad;
    d["decoder"] = s.decoder;
    d["width"] = s.width;
    d["height"] = s.height;
    d["input_width"] = s.input_width;
    d["input_height"] = s.input_height;
    d["frames"] = s.frames;
    d["dropped"] = s.dropped;
    nb::dict drops;
    for (const DropCount& drop : s.drops) {
        drops[nb::str((drop.stage + ": " + drop.reason).c_str())] = drop.frames;
    }
    d["drops"] = drops;
    d["passed_over"] = s.passed_over;
    d["detections"] = s.detections;
    nb::dict ids;
    for (const auto& [name, number] : s.ids_by_class) ids[nb::str(name.c_str())] = number;
    d["ids_by_class"] = ids;
    d["outputs"] = s.outputs;
    d["seconds"] = s.seconds;
    d["fps"] = s.fps;
    return d;
}

nb::dict snapshot_dict(const SessionSnapshot& snapshot) {
    nb::list streams, detectors, devices;
    for (const StreamSnapshot& s : snapshot.streams) {
        nb::dict d;
        d["id"] = s.id;
        d["name"] = s.name;
        d["state"] = std::string(to_string(s.state));
        d["status"] = s.state == StreamState::ended ? nb::cast(std::string(to_string(s.status)))
                                                    : nb::object(nb::none());
        d["error"] = error_text(s.error);
        d["decoder"] = s.decoder;
        d["device"] = s.device;
        d["width"] = s.width;
        d["height"] = s.height;
        d["input_width"] = s.input_width;
        d["input_height"] = s.input_height;
        d["frames"] = s.frames;
        d["frames_expected"] = s.frames_expected;
        d["passed_over"] = s.passed_over;
        d["detections"] = s.detections;
        d["objects"] = s.objects;
        d["fps"] = s.fps;
        std::uint64_t dropped = 0;
        for (const DropCount& drop : s.drops) dropped += drop.frames;
        d["dropped"] = dropped;
        d["boundaries"] = s.boundaries;
        d["queued"] = s.queued;
        nb::dict latency;
        latency["mean"] = ms(s.latency.mean);
        latency["p50"] = ms(s.latency.p50);
        latency["p95"] = ms(s.latency.p95);
        latency["p99"] = ms(s.latency.p99);
        latency["max"] = ms(s.latency.max);
        d["latency_ms"] = latency;
        d["age"] = std::chrono::duration<double>(s.age).count();
        streams.append(d);
    }
    for (const DetectorSnapshot& s : snapshot.detectors) {
        nb::dict d;
        d["device"] = s.device;
        d["input_width"] = s.input_width;
        d["input_height"] = s.input_height;
        d["frames"] = s.frames;
        d["batches"] = s.batches;
        d["waiting"] = s.waiting;
        d["memory"] = s.memory;
        d["error"] = error_text(s.error);
        detectors.append(d);
    }
    for (const DeviceSnapshot& s : snapshot.devices) {
        nb::dict d;
        d["name"] = s.name;
        d["streams"] = s.streams;
        d["limit"] = s.limit;
        d["used"] = s.used;
        d["others"] = s.others;
        devices.append(d);
    }
    nb::dict all;
    all["streams"] = streams;
    all["detectors"] = detectors;
    all["devices"] = devices;
    all["loading"] = snapshot.loading;
    all["left_behind"] = snapshot.left_behind;
    return all;
}

}  // namespace saccade::python
