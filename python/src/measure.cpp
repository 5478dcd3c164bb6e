// Settings as words, measures as JSON.
#include "bind/parts.h"
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
}

}  // namespace saccade::python
