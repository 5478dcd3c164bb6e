// `saccade models`: which models there are, and fetching those that are published as ONNX.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "catalogue/catalogue.h"
#include "cli/exit_code.h"
#include "cli/fetch_model.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "cli/verb.h"
#include "engine/model_store.h"

namespace saccade::cli {
namespace {

using catalogue::Model;
using nlohmann::json;

struct ModelFlags {
    std::shared_ptr<SettingFlags> settings;
    std::string name, folder;
};

/// Where the model of that name lies, "" where it was not found.
std::string model_place(const std::vector<engine::FoundModel>& found, const std::string& name) {
    for (const engine::FoundModel& file : found) {
        if (file.name == name) return file.path.string();
    }
    return {};
}

std::string model_figure(double value, const char* format) {
    return value > 0 ? fmt::format(fmt::runtime(format), value) : "-";
}

std::string what_to_do(const Model& model, const std::string& place) {
    if (!place.empty()) return place;
    if (!model.fetched()) return fmt::format("to export: `saccade models show {}`", model.name);
    return fmt::format("{:.1f} MB: `saccade models get {}`",
                       1e-6 * static_cast<double>(model.bytes), model.name);
}

void print_table(const std::vector<engine::FoundModel>& found) {
    print_formatted("{:<13} {:<8} {:>5}  {:<10} {:>5} {:>5} {:>5} {:>6}  {}\n", "model", "family",
                    "input", "licence", "mAP", "ours", "CPU", "H100", "here, or how to get it");
    for (const Model& model : catalogue::models()) {
        print_formatted(
            "{:<13} {:<8} {:>5}  {:<10} {:>5} {:>5} {:>5} {:>6}  {}\n", model.name, model.family,
            model.input, model.licence, model_figure(model.published_map, "{:.1f}"),
            model_figure(model.measured_map, "{:.1f}"), model_figure(model.cpu_fps, "{:.0f}"),
            model_figure(model.h100_fps, "{:.0f}"),
            what_to_do(model, model_place(found, model.name)));
    }
    for (const engine::FoundModel& file : found) {
        if (catalogue::find(file.name) != nullptr) continue;
        print_formatted("{:<13} {:<8} {:>5}  {:<10} {:>5} {:>5} {:>5} {:>6}  {}\n", file.name, "-",
                        "-", "-", "-", "-", "-", "-", file.path.string());
    }
    print(
        "\nmAP: mAP50-95 on COCO val2017, as published; ours: on this project's 120 images of it.\n"
        "CPU: frames/s on two cores of an AMD EPYC, FP32; H100: FP16, batch 32. Detection alone.\n"
        "`saccade models show NAME` says where a figure is from; `saccade bench models` measures "
        "here.\n");
}

json model_json(const Model& model, const std::string& place) {
    const auto number = [](double value) { return value > 0 ? json(value) : json(nullptr); };
    const auto text = [](const std::string& value) {
        return value.empty() ? json(nullptr) : json(value);
    };
    return {{"name", model.name},
            {"family", model.family},
            {"input", model.input},
            {"licence", model.licence},
            {"homepage", model.homepage},
            {"url", text(model.url)},
            {"bytes", model.fetched() ? json(model.bytes) : json(nullptr)},
            {"sha256", text(model.sha256)},
            {"map_published", number(model.published_map)},
            {"map_published_in", text(model.published_in)},
            {"map_measured", number(model.measured_map)},
            {"cpu_fps", number(model.cpu_fps)},
            {"h100_fps", number(model.h100_fps)},
            {"export", model.export_commands},
            {"path", text(place)}};
}

int list_models(const ModelFlags& flags) {
    flags.settings->apply_verbosity();
    const auto config = flags.settings->merged();
    if (!config) return complain(config.error());
    const auto found = engine::models_found(config->settings);
    if (!flags.settings->json) {
        print_table(found);
        return exit_done;
    }
    json known = json::array(), others = json::array();
    for (const Model& model : catalogue::models()) {
        known.push_back(model_json(model, model_place(found, model.name)));
    }
    for (const engine::FoundModel& file : found) {
        if (catalogue::find(file.name) != nullptr) continue;
        others.push_back({{"name", file.name}, {"path", file.path.string()}});
    }
    print_formatted("{}\n", json{{"schema", "saccade.models/1"},
                                 {"known", std::move(known)},
                                 {"others", std::move(others)}}
                                .dump(2));
    return exit_done;
}

Result<const Model*> known_model(const std::string& name) {
    if (const Model* model = catalogue::find(name)) return model;
    return fail(ErrorCode::not_found, fmt::format("no model is known as '{}'", name),
                "`saccade models` lists those that are");
}

int show_model(const ModelFlags& flags) {
    flags.settings->apply_verbosity();
    const auto config = flags.settings->merged();
    if (!config) return complain(config.error());
    const auto model = known_model(flags.name);
    if (!model) return complain(model.error());
    const Model& m = **model;
    const std::string place = model_place(engine::models_found(config->settings), m.name);
    if (flags.settings->json) {
        print_formatted("{}\n", model_json(m, place).dump(2));
        return exit_done;
    }
    print_formatted("{}: family {}, input {}x{}, licence {}\n  by {}\n", m.name, m.family, m.input,
                    m.input, m.licence, m.homepage);
    print_formatted("  mAP50-95 on COCO val2017: {}, published in {}\n",
                    model_figure(m.published_map, "{:.1f}"), m.published_in);
    if (m.measured_map > 0) {
        print_formatted(
            "  measured: {:.1f} on 120 images of it, {:.1f} frames/s on two cores of an AMD EPYC "
            "(bench/results/models-cpu.md)\n",
            m.measured_map, m.cpu_fps);
    }
    if (m.h100_fps > 0) {
        print_formatted("  measured: {:.0f} frames/s on one H100 (bench/results/h100.md)\n",
                        m.h100_fps);
    }
    if (!place.empty()) print_formatted("  found here: {}\n", place);
    if (m.fetched()) {
        print_formatted("  {}\n  {} bytes, SHA-256 {}\nTo fetch it:\n  saccade models get {}\n",
                        m.url, m.bytes, m.sha256, m.name);
        return exit_done;
    }
    print(
        "It is not published as ONNX. To export it, in a Python environment (python3 -m venv):\n");
    for (const std::string& command : m.export_commands) print_formatted("  {}\n", command);
    print_formatted("Then name the file, --model {}.onnx, or move it into ./models.\n", m.name);
    return exit_done;
}

int get_model(const ModelFlags& flags) {
    flags.settings->apply_verbosity();
    const auto model = known_model(flags.name);
    if (!model) return complain(model.error());
    const SignalStop signals;
    const auto got = fetch_model(**model, flags.folder, flags.settings->quiet, signals.token());
    if (!got) return complain(got.error());
    if (flags.settings->json) {
        print_formatted("{}\n", json{{"schema", "saccade.models.get/1"},
                                     {"name", (*model)->name},
                                     {"path", got->path.string()},
                                     {"bytes", (*model)->bytes},
                                     {"sha256", (*model)->sha256},
                                     {"was_there", got->was_there}}
                                    .dump(2));
    } else if (!flags.settings->quiet) {
        print_formatted("{} {}: size and SHA-256 are those that were published.\n",
                        got->path.string(), got->was_there ? "was there" : "is there now");
    }
    return exit_done;
}

}  // namespace

void add_models(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand("models", "list the models known and found, or get one");
    verb->require_subcommand(0, 1);
    auto flags = std::make_shared<ModelFlags>();
    flags->settings = add_settings(*verb);
    const auto add = [&](const char* name, const char* summary, int (*run)(const ModelFlags&)) {
        CLI::App* sub = verb->add_subcommand(name, summary);
        sub->fallthrough();
        sub->add_option("name", flags->name, "as `saccade models` lists it")
            ->type_name("NAME")
            ->required();
        sub->callback([=, &job] { job = [=] { return run(*flags); }; });
        return sub;
    };
    add("get", "fetch it into the user's model folder, checked", get_model)
        ->add_option("--to", flags->folder, "into this folder [~/.local/share/saccade/models]")
        ->type_name("DIR");
    add("show", "all that is known of it, and how to export it", show_model);
    verb->callback([=, &job] {
        if (verb->get_subcommands().empty()) job = [=] { return list_models(*flags); };
    });
}

}  // namespace saccade::cli
