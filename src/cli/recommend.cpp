// `saccade recommend`: which model reaches what is asked for, on this machine. It runs the very
// command that it recommends, as a process of its own, the most accurate model first.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/suites.h"
#include "bench/target.h"
#include "catalogue/catalogue.h"
#include "cli/bench_parts.h"
#include "cli/child_run.h"
#include "cli/clip.h"
#include "cli/exit_code.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "cli/verb.h"
#include "core/mask_secrets.h"
#include "engine/device_list.h"
#include "engine/model_store.h"
#include "media/source.h"
#include "settings/table.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct RecommendFlags {
    std::string target, clip, coco;
    std::vector<std::string> models;
    std::size_t frames = 0;
    bool all = false;
};

/// A model, and what is known and measured of it.
struct Option {
    std::string model;          ///< as --model takes it
    const char* map_from = "";  ///< "published" or "measured"; "" where its accuracy is not known
    bench::Achieved achieved;
    std::string backend;
    std::string trouble;  ///< why it could not run; "" where it could
    bool measured = false;

    [[nodiscard]] std::string verdict(const bench::Target& target) const {
        return trouble.empty() ? bench::falls_short(achieved, target) : trouble;
    }
};

struct Recommendation {
    bench::Target target;
    std::string clip;
    std::vector<Option> options;        ///< those that were looked at, most accurate first
    std::optional<std::size_t> chosen;  ///< of them
    std::string command;                ///< that reaches the target
};

/// A word of a shell's command line.
std::string quoted(const std::string& word) {
    constexpr const char* plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=+%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// The user's settings as words, without those that a measurement has of its own.
std::vector<std::string> given_words(const SettingFlags& flags) {
    static constexpr std::string_view own[] = {"model", "out", "save", "streams", "resume"};
    std::vector<std::string> words;
    for (const settings::Row& row : settings::table()) {
        const auto given = flags.given.find(row.key);
        if (given == flags.given.end()) continue;
        if (std::find(std::begin(own), std::end(own), row.key) != std::end(own)) continue;
        words.push_back(row.flags.substr(row.flags.find("--")));
        if (!row.value.empty()) words.push_back(given->second);
    }
    if (flags.half) words.emplace_back("--half");
    if (!flags.config_file.empty()) words.insert(words.end(), {"--config", flags.config_file});
    return words;
}

class Recommender {
  public:
    Recommender(const SettingFlags& flags, const RecommendFlags& wanted, const Settings& settings,
                std::stop_token stop)
        : flags_(flags), wanted_(wanted), settings_(settings), stop_(std::move(stop)) {}

    Result<Recommendation> run() {
        auto target = bench::parse_target(wanted_.target);
        if (!target) return fail(target.error());
        result_.target = *target;
        if (auto ok = list_options(); !ok) return fail(ok.error());
        const auto scratch = Scratch::make();
        if (!scratch) return fail(scratch.error());
        scratch_ = scratch->path();
        auto clip = make_clip();
        if (!clip) return fail(clip.error());
        for (std::size_t i = 0; i < result_.options.size(); ++i) {
            Option& option = result_.options[i];
            say(fmt::format("{} ...", option.model));
            if (auto done = measure(option, *clip); !done) return fail(done.error());
            if (!result_.chosen && option.verdict(result_.target).empty()) result_.chosen = i;
            if (result_.chosen && !wanted_.all) {
                result_.options.resize(i + 1);
                break;
            }
        }
        if (result_.chosen) result_.command = command_of(result_.options[*result_.chosen]);
        return std::move(result_);
    }

  private:
    void say(const std::string& what) const {
        if (!flags_.quiet) fmt::print(stderr, "recommend: {}\n", what);
    }

    /// The models named, else all that are found here; by their accuracy.
    Result<void> list_options() {
        std::vector<std::string> models = wanted_.models;
        if (models.empty()) {
            for (const auto& found : engine::models_found(settings_)) models.push_back(found.name);
        }
        if (models.empty()) {
            return fail(ErrorCode::not_found, "no model is here",
                        "get one: `saccade models get yolox_nano`");
        }
        std::optional<eval::CocoDataset> dataset;
        if (!wanted_.coco.empty()) {
            auto loaded = eval::CocoDataset::load(wanted_.coco);
            if (!loaded) return fail(loaded.error());
            dataset.emplace(std::move(*loaded));
        }
        for (const std::string& model : models) {
            Option option{.model = model};
            if (auto ok = judge(option, dataset ? &*dataset : nullptr); !ok) return ok;
            result_.options.push_back(std::move(option));
        }
        std::stable_sort(result_.options.begin(), result_.options.end(),
                         [](const Option& a, const Option& b) {
                             return a.achieved.map.value_or(-1) > b.achieved.map.value_or(-1);
                         });
        return {};
    }

    /// How accurate it is: measured where there is a data set, else as its makers publish it.
    Result<void> judge(Option& option, const eval::CocoDataset* dataset) const {
        Settings settings = settings_;
        settings.model = option.model;
        if (dataset != nullptr) {
            say(option.model + ", accuracy ...");
            bench::Bench bench;
            bench.coco = wanted_.coco;
            bench.stop = stop_;
            const auto summary = bench::model_accuracy(bench, settings, *dataset);
            if (summary) {
                option.achieved.map = 100 * summary->ap;
                option.map_from = "measured";
                return {};
            }
            if (summary.error().code == ErrorCode::interrupted) return fail(summary.error());
            option.trouble = summary.error().line();
            return {};
        }
        // (At another input size than its own it would be another figure.)
        const catalogue::Model* known =
            catalogue::find(fs::path(option.model).filename().stem().string());
        if (known != nullptr && known->published_map > 0 &&
            (settings.image_size == 0 || settings.image_size == known->input)) {
            option.achieved.map = known->published_map;
            option.map_from = "published";
        }
        return {};
    }

    /// The user's clip, one found here or the built-in scene, at the target's size.
    Result<std::string> make_clip() {
        const Size size = result_.target.size;
        std::string clip = wanted_.clip.empty() ? real_clip() : wanted_.clip;
        if (clip.empty()) {
            clip = fmt::format("synthetic:width={}&height={}", size.width, size.height);
        }
        result_.clip = fs::path(mask_url(clip)).filename().string();
        bench::Bench bench;
        bench.clip = clip;
        bench.scratch = bench.clips = scratch_;
        bench.stop = stop_;
        const auto source = media::open_source(clip, {.stop = stop_});
        if (!source) return fail(source.error());
        const media::StreamInfo& info = (*source)->info();
        say(fmt::format("{} at {}x{} ...", result_.clip, size.width, size.height));
        return Size{info.width, info.height} == size
                   ? bench::clip_of(bench, frames())
                   : bench::scaled_clip(bench, size.width, size.height, frames());
    }
    [[nodiscard]] std::size_t frames() const { return wanted_.frames / result_.target.streams + 1; }

    /// The words behind "saccade track VIDEO".
    [[nodiscard]] std::vector<std::string> words_of(const Option& option) const {
        std::vector<std::string> words{"--model", option.model};
        const std::vector<std::string> given = given_words(flags_);
        words.insert(words.end(), given.begin(), given.end());
        return words;
    }

    Result<void> measure(Option& option, const std::string& clip) const {
        if (!option.trouble.empty()) return {};
        std::vector<std::string> words{"track"};
        words.insert(words.end(), result_.target.streams, clip);
        const std::vector<std::string> own = words_of(option);
        words.insert(words.end(), own.begin(), own.end());
        words.insert(words.end(),
                     {"--streams", std::to_string(result_.target.streams), "--save", "mot", "--out",
                      (scratch_ / "out").string(), "--json", "--quiet"});
        const auto child = run_child(words, stop_);
        if (!child) return fail(child.error());
        if (child->exit_code != exit_done) {
            option.trouble = child->err.substr(0, child->err.find('\n'));
            if (const auto at = option.trouble.find("error: "); at != std::string::npos)
                option.trouble.erase(0, at + 7);
            if (option.trouble.empty())
                option.trouble = fmt::format("ended with exit code {}", child->exit_code);
            return {};
        }
        const json summary = json::parse(child->out, nullptr, false);
        if (summary.is_discarded()) {
            return fail(ErrorCode::internal, "the run's summary is not JSON");
        }
        option.measured = true;
        option.backend = summary.at("backend").get<std::string>();
        option.achieved.fps = summary.at("fps").get<double>();
        const bool gpu = option.backend.starts_with("tensorrt");
        option.achieved.memory =
            gpu ? summary.at("governor").at("peak_bytes").get<std::size_t>() : child->memory;
        return {};
    }

    [[nodiscard]] std::string command_of(const Option& option) const {
        std::string command = "saccade track VIDEO";
        if (result_.target.streams > 1) command += " ...";
        for (const std::string& word : words_of(option)) command += " " + quoted(word);
        if (result_.target.streams > 1)
            command += fmt::format(" --streams {}", result_.target.streams);
        return command;
    }

    const SettingFlags& flags_;
    const RecommendFlags& wanted_;
    const Settings& settings_;
    std::stop_token stop_;
    fs::path scratch_;
    Recommendation result_;
};

std::string to_text(const Recommendation& r) {
    std::string text = fmt::format("asked for: {}\nmeasured with {}\n\n", r.target.text(), r.clip);
    text += fmt::format("{:<22} {:>18} {:>10} {:>11}  {}\n", "model", "mAP50-95", "frames/s",
                        "memory, GB", "");
    for (const Option& o : r.options) {
        const std::string map =
            o.achieved.map ? fmt::format("{:.1f} ({})", *o.achieved.map, o.map_from) : "not known";
        const std::string verdict = o.verdict(r.target);
        text += fmt::format(
            "{:<22} {:>18} {:>10} {:>11}  {}\n", o.model, map,
            o.measured ? fmt::format("{:.1f}", o.achieved.fps) : "-",
            o.measured ? fmt::format("{:.2f}", 1e-9 * static_cast<double>(o.achieved.memory)) : "-",
            verdict.empty() ? "reaches it" : verdict);
    }
    if (r.chosen) text += "\n" + r.command + "\n";
    return text;
}

json to_json(const Recommendation& r) {
    const auto optional = [](const auto& value) { return value ? json(*value) : json(nullptr); };
    json options = json::array();
    for (const Option& o : r.options) {
        json row = {{"model", o.model},
                    {"map", optional(o.achieved.map)},
                    {"map_from", o.achieved.map ? json(o.map_from) : json(nullptr)},
                    {"falls_short", o.verdict(r.target)}};
        if (o.measured) {
            row["fps"] = o.achieved.fps;
            row["memory_bytes"] = o.achieved.memory;
            row["backend"] = o.backend;
        }
        options.push_back(std::move(row));
    }
    return {{"schema", "saccade.recommend/1"},
            {"target",
             {{"fps", r.target.fps},
              {"size", {r.target.size.width, r.target.size.height}},
              {"streams", r.target.streams},
              {"memory_bytes", optional(r.target.memory)},
              {"map", optional(r.target.map)}}},
            {"clip", r.clip},
            {"options", std::move(options)},
            {"command", r.chosen ? json(r.command) : json(nullptr)}};
}

/// What there is to say where nothing reaches the target.
Error nothing_reaches(const Recommendation& r) {
    const Option* nearest = nullptr;
    for (const Option& o : r.options) {
        if (!o.measured) continue;
        if (nearest == nullptr || o.achieved.fps > nearest->achieved.fps) nearest = &o;
    }
    std::string what = "nothing here reaches " + r.target.text();
    if (nearest != nullptr) {
        what += fmt::format("; the fastest is {} with {:.1f} frames/s", nearest->model,
                            nearest->achieved.fps);
    }
    return {ErrorCode::unsupported, what,
            "smaller models: `saccade models`; or ask for fewer frames: `saccade track --help` has "
            "--stride and --max-fps"};
}

int recommend(const SettingFlags& flags, RecommendFlags wanted) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    if (wanted.frames == 0) wanted.frames = engine::first_gpu(config->settings) >= 0 ? 3000 : 120;
    if (auto ok = claim_inputs(config->settings, wanted.models, wanted.coco, wanted.clip); !ok) {
        return complain(ok.error());
    }
    const SignalStop signals;
    const auto result = Recommender(flags, wanted, config->settings, signals.token()).run();
    if (!result) return complain(result.error());
    flags.json ? print(to_json(*result).dump(2) + "\n") : print(to_text(*result));
    return result->chosen ? static_cast<int>(exit_done) : complain(nothing_reaches(*result));
}

}  // namespace

void add_recommend(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand(
        "recommend", "find the most accurate model that reaches a speed on this machine");
    auto wanted = std::make_shared<RecommendFlags>();
    verb->add_option("--target", wanted->target,
                     "what it has to reach: \"100 fps at 1080p under 4 GB\"; also \"4 streams\", "
                     "\"mAP 40\"")
        ->required()
        ->type_name("TEXT");
    verb->add_option("--models", wanted->models, "models to choose from [all that are found]")
        ->type_name("NAME|FILE,...")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--clip", wanted->clip, "video to measure with [one found here]")
        ->type_name("VIDEO");
    verb->add_option("--coco", wanted->coco,
                     "instances.json of a COCO data set, images/ beside it: measure the accuracy")
        ->type_name("FILE");
    verb->add_option("--frames", wanted->frames,
                     "frames a measurement, all streams together [120; 3000 on a GPU]")
        ->check(CLI::Range(1, 10000000));
    verb->add_flag("--all", wanted->all, "measure the others too, once one reaches it");
    auto flags = add_settings(*verb);
    verb->callback([=, &job] { job = [=] { return recommend(*flags, *wanted); }; });
}

}  // namespace saccade::cli
