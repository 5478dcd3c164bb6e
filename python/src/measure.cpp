// Settings as words, measures as JSON.
#include "bind/parts.h"
#include "bind/work.h"
#include "glue.h"

namespace saccade::python {

void bind_measures(nb::module_& m) {
    m.def(
        "setting_words",
        [] {
            nb::list all;
            for (const bind::SettingWord& word : bind::setting_words()) {
                nb::dict row;
                row["key"] = word.key;
                row["value"] = word.value;
                row["help"] = word.help;
                row["initial"] = word.initial;
                row["separator"] =
                    word.separator == '\0' ? std::string() : std::string(1, word.separator);
                row["of_stream"] = word.of_stream;
                row["changeable"] = word.changeable;
                all.append(row);
            }
            return all;
        },
        nb::sig("def setting_words() -> list[dict[str, typing.Any]]"),
        "The settings table: a dict a setting.");
    m.def(
        "locations",
        [](const std::vector<std::string>& sources) {
            Result<std::vector<std::string>> all;
            {
                const nb::gil_scoped_release released;
                all = bind::locations(sources);
            }
            return take(std::move(all));
        },
        "sources"_a, "Sources as the command line expands them, one stream each.");
    m.def(
        "eval_json",
        [](std::string truth, std::string tracks, std::vector<std::string> sequences,
           std::string benchmark, bool counts, std::vector<std::string> lines,
           std::vector<std::string> zones, int random_lines, int random_zones, std::uint64_t seed) {
            const bind::EvalWords words{.truth = std::move(truth),
                                        .tracks = std::move(tracks),
                                        .sequences = std::move(sequences),
                                        .benchmark = std::move(benchmark),
                                        .counts = counts,
                                        .lines = std::move(lines),
                                        .zones = std::move(zones),
                                        .random_lines = random_lines,
                                        .random_zones = random_zones,
                                        .seed = seed};
            Result<std::string> json;
            {
                const nb::gil_scoped_release released;
                json = bind::eval_json(words);
            }
            return take(std::move(json));
        },
        "truth"_a, "tracks"_a, "sequences"_a, "benchmark"_a, "counts"_a, "lines"_a, "zones"_a,
        "random_lines"_a, "random_zones"_a, "seed"_a, "What `saccade eval --json` prints.");
    m.def(
        "val_json",
        [](const std::string& annotations, const std::string& images, const nb::list& words) {
            refuse_fork();
            engine_used();
            const auto settings = given(words);
            Result<std::string> json;
            {
                const nb::gil_scoped_release released;
                json = bind::val_json(annotations, images, settings);
            }
            return take(std::move(json));
        },
        "annotations"_a, "images"_a, "words"_a,
        nb::sig("def val_json(annotations: str, images: str, words: list[tuple[str, str | "
                "list[str]]]) -> str"),
        "What `saccade val --json` prints.");
    m.def(
        "settings_in_force",
        [](const nb::list& words) {
            nb::list all;
            for (const auto& [key, text] : take(bind::settings_in_force(given(words)))) {
                all.append(nb::make_tuple(key, text));
            }
            return all;
        },
        "words"_a,
        nb::sig("def settings_in_force(words: list[tuple[str, str | list[str]]]) -> "
                "list[tuple[str, str]]"),
        "Every setting that is not at its default: given, or of a variable.");
    m.def(
        "work_digest",
        [](const std::string& mode, const nb::list& words) {
            const auto settings = given(words);
            Result<std::string> digest;
            {
                const nb::gil_scoped_release released;
                digest = bind::work_digest(mode == "detect" ? Mode::detect : Mode::track, settings);
            }
            return take(std::move(digest));
        },
        "mode"_a, "words"_a,
        nb::sig("def work_digest(mode: str, words: list[tuple[str, str | list[str]]]) -> str"),
        "SHA-256 over all but the source that results depend on.");
    m.def("output_names", &bind::output_names, "sources"_a,
          "A name for each source's outputs, as a run of the command line has them.");
    m.def("is_video_name", &bind::is_video_name, "name"_a, "By its name's ending.");
    m.def("shown_text", &bind::shown_text, "text"_a, "Without the secrets of URLs in it.");
    m.def(
        "setting_flags",
        [] {
            nb::list all;
            for (const bind::SettingFlag& flag : bind::setting_flags()) {
                all.append(nb::make_tuple(flag.key, flag.flags, flag.takes_value));
            }
            return all;
        },
        nb::sig("def setting_flags() -> list[tuple[str, str, bool]]"),
        "(key, flags of the command line, whether it takes a value) of each setting.");
}

}  // namespace saccade::python
