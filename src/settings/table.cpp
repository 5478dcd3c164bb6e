#include "settings/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/elide.h"
#include "infer/device.h"
#include "memory/limit.h"
#include "settings/list_text.h"
#include "settings/words.h"
#include "sink/registry.h"
#include "sink/rotation.h"
#include "track/zones.h"

namespace saccade::settings {
namespace {

template <typename T>
Result<T> number(const std::string& key, const std::string& text, T low, T high) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || !(value >= low && value <= high)) {
        return fail(ErrorCode::invalid_argument, fmt::format("{}: '{}' is no number from {} to {}",
                                                             key, elided(text), low, high));
    }
    return value;
}

template <typename T>
Row numeric(std::string key, std::string flags, std::string help, T Settings::* field, T low,
            T high) {
    return {.key = key,
            .flags = std::move(flags),
            .value = "N",
            .help = std::move(help),
            .set = [=](Settings& s, const std::string& text) -> Result<void> {
                const auto value = number<T>(key, text, low, high);
                if (!value) return fail(value.error());
                s.*field = *value;
                return {};
            },
            .get = [=](const Settings& s) { return fmt::format("{}", s.*field); }};
}

Row text(std::string key, std::string flags, std::string value, std::string help,
         std::string Settings::* field) {
    return {.key = std::move(key),
            .flags = std::move(flags),
            .value = std::move(value),
            .help = std::move(help),
            .set = [=](Settings& s, const std::string& given) -> Result<void> {
                s.*field = given;
                return {};
            },
            .get = [=](const Settings& s) { return s.*field; }};
}

/// On where its flag is given; "true" or "false" elsewhere.
Row toggle(std::string key, std::string flags, std::string help, bool Settings::* field) {
    return {.key = key,
            .flags = std::move(flags),
            .help = std::move(help),
            .set = [=](Settings& s, const std::string& given) -> Result<void> {
                if (given != "true" && given != "false") {
                    return fail(
                        ErrorCode::invalid_argument,
                        fmt::format("{}: '{}' is neither true nor false", key, elided(given)));
                }
                s.*field = given == "true";
                return {};
            },
            .get = [=](const Settings& s) { return s.*field ? "true" : "false"; }};
}

Row choice(std::string key, std::string flags, std::string help, std::string Settings::* field,
           std::vector<std::string> choices) {
    Row row = text(key, std::move(flags), fmt::format("{}", fmt::join(choices, "|")),
                   std::move(help), field);
    row.set = [=](Settings& s, const std::string& given) -> Result<void> {
        if (std::find(choices.begin(), choices.end(), given) == choices.end()) {
            return unknown_word(key, given, choices);
        }
        s.*field = given;
        return {};
    };
    return row;
}

Error in_setting(const std::string& key, Error error) {
    error.message = key + ": " + error.message;
    return error;
}

Row list(std::string key, std::string flags, std::string value, std::string help,
         std::vector<std::string> Settings::* field, std::vector<std::string> choices = {}) {
    return {.key = key,
            .flags = std::move(flags),
            .value = std::move(value),
            .help = std::move(help),
            .set = [=](Settings& s, const std::string& given) -> Result<void> {
                auto parts = split_list(given, ',');
                if (!parts) return fail(in_setting(key, parts.error()));
                for (const std::string& part : *parts) {
                    if (!choices.empty() &&
                        std::find(choices.begin(), choices.end(), part) == choices.end()) {
                        return unknown_word(key, part, choices);
                    }
                }
                s.*field = std::move(*parts);
                return {};
            },
            .get = [=](const Settings& s) { return join_list(s.*field, ','); },
            .separator = ','};
}

/// Shapes such as lines: values hold commas, so that semicolons stand between them.
template <typename Parse>
Row shapes(std::string key, std::string flags, std::string value, std::string help,
           std::vector<std::string> Settings::* field, Parse parse) {
    Row row = list(key, std::move(flags), std::move(value), std::move(help), field);
    row.separator = ';';
    row.set = [=](Settings& s, const std::string& given) -> Result<void> {
        auto parts = split_list(given, ';');
        if (!parts) return fail(in_setting(key, parts.error()));
        for (const std::string& part : *parts) {
            if (auto shape = parse(part); !shape) return fail(shape.error());
        }
        s.*field = std::move(*parts);
        return {};
    };
    row.get = [=](const Settings& s) { return join_list(s.*field, ';'); };
    return row;
}

/// 0 in the struct reads "auto" in words.
template <typename T>
Row automatic(std::string key, std::string flags, std::string help, T Settings::* field, T low,
              T high) {
    Row row = numeric<T>(key, std::move(flags), std::move(help), field, low, high);
    row.value = "auto|N";
    row.set = [=, parse = row.set](Settings& s, const std::string& given) -> Result<void> {
        if (given == "auto") {
            s.*field = 0;
            return {};
        }
        return parse(s, given);
    };
    row.get = [=](const Settings& s) {
        return s.*field == 0 ? std::string("auto") : fmt::format("{}", s.*field);
    };
    return row;
}

std::vector<Row> make_table() {
    using S = Settings;
    const std::vector<std::string> formats = format_words();
    std::vector<Row> rows;
    const auto add = [&](Effect effect, Row row) -> Row& {
        row.effect = effect;
        return rows.emplace_back(std::move(row));
    };
    add(Effect::file, text("model", "-m,--model", "NAME|FILE",
                           "ONNX model: a file, a name to look for, or 'synthetic'", &S::model));
    std::vector<std::string> families = family_words();
    families.insert(families.begin(), "");
    add(Effect::results,
        choice("family", "--family", "how to read the model's output, where it can't be told",
               &S::family, std::move(families)))
        .value = "NAME";
    add(Effect::results, choice("input_order", "--input-order",
                                "order of the model's input channels, where its family has another",
                                &S::input_order, {"", "rgb", "bgr"}))
        .value = "rgb|bgr";
    add(Effect::results, choice("input_range", "--input-range",
                                "largest value of the model's input, where its family has another",
                                &S::input_range, {"", "1", "255"}))
        .value = "1|255";
    add(Effect::results, text("device", "--device", std::string(infer::device_words),
                              "where the model runs; several GPUs share the streams", &S::device));
    add(Effect::results, choice("precision", "--precision", "arithmetic of the model",
                                &S::precision, precision_words()));
    add(Effect::results,
        automatic("imgsz", "--imgsz", "square input size of the model, px [auto: by the source's]",
                  &S::image_size, 1, 8192));
    add(Effect::results,
        toggle("rect", "--rect", "inputs of the source's shape: less padding, faster",
               &S::rectangles));
    add(Effect::none, automatic("batch", "--batch", "images a batch", &S::batch, 1, 1024));
    add(Effect::none, numeric<int>("warmup", "--warmup", "batches run before the first frame",
                                   &S::warmup, 0, 1000));
    add(Effect::none,
        automatic("in_flight", "--in-flight", "batches under way at once", &S::in_flight, 1, 64));
    add(Effect::none,
        automatic("threads", "--threads", "CPU threads of the model", &S::threads, 1, 1024));
    add(Effect::none,
        text("vram_limit", "--vram-limit", "SIZE|SHARE",
             "memory to hold on the device: 20GB, 2GiB, 0.8 [20GB of a GPU]", &S::vram_limit))
        .set = [](Settings& s, const std::string& given) -> Result<void> {
        if (auto limit = memory::parse_limit(given); !limit) return fail(limit.error());
        s.vram_limit = given;
        return {};
    };
    add(Effect::results,
        numeric<float>("conf", "--conf", "least score of a detection", &S::confidence, 0, 1));
    add(Effect::results,
        numeric<float>("iou", "--iou", "overlap over which the weaker box is dropped", &S::iou, 0,
                       1));
    add(Effect::results, numeric<int>("max_det", "--max-det", "most detections a frame",
                                      &S::max_detections, 1, 30000));
    add(Effect::results,
        list("classes", "--classes", "NAME|N,...",
             "only these classes; \"a name, with commas\" in double quotes", &S::classes));
    add(Effect::results,
        toggle("multi_label", "--multi-label",
               "let a place hold several classes, as COCO figures are made", &S::multi_label));
    add(Effect::results, toggle("refine", "--refine",
                                "look again, closer, at what is small or uncertain", &S::refine));
    add(Effect::results, numeric<int>("refine_budget", "--refine-budget",
                                      "crops a frame for --refine", &S::refine_budget, 1, 64));
    add(Effect::results,
        choice("tracker", "--tracker", "how identities are kept", &S::tracker, tracker_words()));
    add(Effect::file, text("reid", "--reid", "NAME|FILE",
                           fmt::format("ONNX network that tells objects apart by appearance ({})",
                                       fmt::join(appearance_words(), ", ")),
                           &S::reid));
    add(Effect::results,
        numeric<double>(
            "remember", "--remember",
            "seconds for which objects that left are recognised by appearance (with --reid)",
            &S::remember, 0, 1e6));
    add(Effect::results,
        numeric<int>("interpolate", "--interpolate", "fill gaps in tracks of up to so many frames",
                     &S::interpolate, 0, 1000));
    add(Effect::file,
        text("ground", "--ground", "FILE",
             "where the picture shows which metres: speeds, lines and zones in metres",
             &S::ground));
    add(Effect::results, shapes("line", "--line", "X1,Y1,X2,Y2[:NAME]",
                                "count objects that cross this line (px); may be repeated",
                                &S::lines, track::parse_line));
    add(Effect::results,
        shapes("zone", "--zone", "X1,Y1,X2,Y2,X3,Y3,...[:NAME]",
               "count objects in this polygon and how long they stay; may be repeated", &S::zones,
               track::parse_zone));
    add(Effect::results,
        choice("camera_motion", "--camera-motion", "make up for a moving camera before matching",
               &S::camera_motion, camera_motion_words()));
    add(Effect::none, automatic<std::size_t>("streams", "--streams", "sources run at once",
                                             &S::streams, 1, 4096));
    add(Effect::none,
        numeric<std::size_t>("queue", "--queue", "frames each queue holds", &S::queue, 1, 4096));
    add(Effect::none, automatic("decoder_threads", "--decoder-threads", "threads of each decoder",
                                &S::decoder_threads, 1, 256));
    add(Effect::none,
        automatic("decoders", "--decoders",
                  "decoders that share a file, each in another part of it [auto: a GPU's engines]",
                  &S::decoders, 1, 64));
    add(Effect::results,
        numeric<double>("image_rate", "--image-rate", "frames a second of image sequences",
                        &S::image_rate, 0.001, 1000));
    add(Effect::results, numeric<int>("stride", "--stride", "look at every N-th frame only",
                                      &S::stride, 1, 1'000'000));
    add(Effect::results,
        numeric<double>("max_fps", "--max-fps",
                        "look at N frames a second at most, by their times; 0: all", &S::max_fps, 0,
                        1e6));
    add(Effect::results,
        toggle("live", "--live",
               "read files at their own pace; drop frames rather than fall behind", &S::live));
    add(Effect::results,
        toggle("when_moving", "--when-moving",
               "look only where something moves; frames of a still scene carry the results of the "
               "one before",
               &S::when_moving));
    add(Effect::results, numeric<double>("look_every", "--look-every",
                                         "s that --when-moving goes without a look at most",
                                         &S::look_every, 0.01, 3600));
    add(Effect::results,
        numeric<double>("reconnect", "--reconnect",
                        "a camera that is gone is tried again, every N s at most; 0: not",
                        &S::reconnect, 0, 3600));
    add(Effect::results,
        numeric<double>("silent_after", "--silent-after",
                        "s without a picture after which a camera is silent; twice: tried again",
                        &S::silent_after, 0.1, 3600));
    add(Effect::results,
        numeric<double>("frozen_after", "--frozen-after",
                        "s of the same picture after which a camera is frozen; 0: never",
                        &S::frozen_after, 0, 86400));
    add(Effect::none, choice("rtsp_transport", "--rtsp-transport", "how RTSP brings pictures",
                             &S::rtsp_transport, {"tcp", "udp"}));
    add(Effect::none, text("credentials", "--credentials", "FILE",
                           "lines of HOST USER PASSWORD for cameras, so that no URL need hold them",
                           &S::credentials));
    add(Effect::none, automatic<double>("max_wait", "--max-wait",
                                        "ms a frame may wait for its batch [5 live, else 100]",
                                        &S::max_wait, 0.01, 10000));
    add(Effect::none, numeric<double>("target_p99", "--target-p99",
                                      "ms for 99 of 100 live frames to be detected in; 0: none",
                                      &S::target_p99, 0, 60000));
    add(Effect::none, text("out", "-o,--out", "DIR", "folder of the outputs", &S::out)).set =
        [](Settings& s, const std::string& given) -> Result<void> {
        if (given.empty()) {
            return fail(ErrorCode::invalid_argument, "out: an empty name is no folder",
                        "this folder is --out .");
        }
        s.out = given;
        return {};
    };
    add(Effect::results, list("save", "-s,--save", fmt::format("{},...", fmt::join(formats, "|")),
                              "formats to write", &S::save, formats));
    add(Effect::results, text("rotate", "--rotate", "TIME|SIZE",
                              "split outputs: 15m, 1h, 100MB ...; pieces are numbered", &S::rotate))
        .set = [](Settings& s, const std::string& given) -> Result<void> {
        if (auto rotation = sink::parse_rotation(given); !rotation) return fail(rotation.error());
        s.rotate = given;
        return {};
    };
    add(Effect::results,
        numeric<double>("piece_minutes", "--piece-minutes", "length of the pieces of --save source",
                        &S::piece_minutes, 0.001, 1e5));
    add(Effect::results,
        text("encoder", "--encoder", "NAME",
             "of drawn video, as FFmpeg names it: libx264, libx265, h264_nvenc ...", &S::encoder));
    Row crf = numeric<double>(
        "crf", "--crf", "quality of drawn video by the encoder's own scale, 0 the best [auto: 21]",
        &S::crf, 0, 63);
    crf.value = "auto|N";
    crf.set = [parse = crf.set](Settings& s, const std::string& given) -> Result<void> {
        if (given != "auto") return parse(s, given);
        s.crf = -1;
        return {};
    };
    crf.get = [](const Settings& s) {
        return s.crf < 0 ? std::string("auto") : fmt::format("{}", s.crf);
    };
    add(Effect::results, std::move(crf));
    add(Effect::results, text("bitrate", "--bitrate", "RATE",
                              "bit/s of drawn video in place of --crf: 4M, 800k", &S::bitrate))
        .set = [](Settings& s, const std::string& given) -> Result<void> {
        if (!given.empty()) {
            if (auto rate = media::parse_bitrate(given); !rate) return fail(rate.error());
        }
        s.bitrate = given;
        return {};
    };
    add(Effect::results,
        text("preset", "--preset", "NAME",
             "how much work the encoder puts in, as it names it: veryfast, p4 ...", &S::preset));
    add(Effect::results,
        list("redact", "--redact", "NAME|N|all,...",
             "make these classes unrecognisable in every picture that is given out", &S::redact));
    add(Effect::results, choice("redact_style", "--redact-style", "how --redact covers",
                                &S::redact_style, redact_style_words()));
    add(Effect::results,
        numeric<double>("redact_margin", "--redact-margin",
                        "covered around a box, of its width and height", &S::redact_margin, 0, 2));
    add(Effect::results, numeric<int>("redact_frames", "--redact-frames",
                                      "frames covered before the first and after the last sighting",
                                      &S::redact_frames, 0, 1000));
    add(Effect::none,
        text("relay", "--relay", "[HOST:]PORT",
             "serve the streams by RTSP while they run, plain and with boxes", &S::relay));
    add(Effect::none,
        toggle("resume", "--resume", "leave out files that an earlier run into --out completed",
               &S::resume));
    add(Effect::none, list("model_dirs", "--model-dirs", "DIR,...",
                           "folders searched first for models", &S::model_dirs));
    add(Effect::none, text("cache_dir", "--cache-dir", "DIR", "folder of caches", &S::cache_dir));
    return rows;
}

}  // namespace

const std::vector<Row>& table() {
    static const std::vector<Row> table = make_table();
    return table;
}

std::string results_text(const Settings& settings) {
    std::string text;
    for (const Row& row : table()) {
        if (row.effect != Effect::results) continue;
        const std::string value = row.get(settings);
        text += fmt::format("{} {}:{}\n", row.key, value.size(), value);
    }
    return text;
}

}  // namespace saccade::settings
