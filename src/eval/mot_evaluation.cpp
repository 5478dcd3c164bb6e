#include "eval/mot_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/text_file.h"

namespace saccade::eval {
namespace {

namespace fs = std::filesystem;

constexpr int most_frames = 1'000'000;  // nine hours: more is a slip in the file

fs::path truth_file(const fs::path& sequence) {
    return sequence / "gt" / "gt.txt";
}

std::string_view without_blanks(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

struct SequenceInfo {
    std::optional<int> length;   ///< seqLength
    std::optional<double> rate;  ///< frameRate
};

template <typename Number>
bool read_number(std::string_view text, Number& value) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && stop == text.data() + text.size();
}

// What a seqinfo.ini says; nothing where there is no such file.
Result<SequenceInfo> sequence_info(const fs::path& path) {
    auto text = read_written_text(path);
    if (!text) {
        if (text.error().code == ErrorCode::not_found) return SequenceInfo{};
        return fail(text.error());
    }
    SequenceInfo info;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = without_blanks(line.substr(0, equals));
        const std::string_view value = without_blanks(line.substr(equals + 1));
        if (key == "seqLength" && !info.length) {
            int length = 0;
            if (!read_number(value, length) || length < 1 || length > most_frames) {
                return fail(ErrorCode::corrupt,
                            fmt::format("{}: seqLength is '{}'", path.string(), value),
                            "give the number of frames");
            }
            info.length = length;
        }
        double rate = 0;
        if (key == "frameRate" && read_number(value, rate) && rate > 0) info.rate = rate;
    }
    if (info.length) return info;
    return fail(ErrorCode::corrupt, fmt::format("{}: no seqLength", path.string()),
                "add the line seqLength=FRAMES");
}

// Folders of sequences by name.
Result<std::vector<fs::path>> find_sequences(const fs::path& truth) {
    std::error_code error;
    if (fs::exists(truth_file(truth), error)) {
        fs::path folder = fs::canonical(truth, error);
        if (!error) return std::vector{std::move(folder)};
    }
    std::vector<fs::path> found;
    fs::directory_iterator entries(truth, error);
    if (error) {
        return fail(error == std::errc::no_such_file_or_directory ? ErrorCode::not_found
                                                                  : ErrorCode::unreadable,
                    fmt::format("can't open {}: {}", truth.string(), error.message()),
                    "give the folder that holds the sequences");
    }
    for (; entries != fs::directory_iterator(); entries.increment(error)) {
        if (fs::exists(truth_file(entries->path()), error)) found.push_back(entries->path());
    }
    if (found.empty()) {
        return fail(ErrorCode::not_found, fmt::format("no sequence in {}", truth.string()),
                    "ground truth is looked for as SEQUENCE/gt/gt.txt");
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<std::vector<fs::path>> choose(std::vector<fs::path> found, const EvalOptions& options) {
    if (options.sequences.empty()) return found;
    std::vector<fs::path> chosen;
    for (const std::string& name : options.sequences) {
        const auto at = std::find_if(found.begin(), found.end(),
                                     [&](const fs::path& p) { return p.filename() == name; });
        if (at == found.end()) {
            return fail(ErrorCode::not_found,
                        fmt::format("no sequence {} in {}", name, options.truth.string()),
                        "check the names of the sequences");
        }
        if (std::find(chosen.begin(), chosen.end(), *at) != chosen.end()) {
            return fail(ErrorCode::invalid_argument, fmt::format("sequence {} twice", name),
                        "name each sequence once");
        }
        chosen.push_back(*at);
    }
    return chosen;
}

/// A sequence and its result, read.
struct Folder {
    std::string name, truth_name, tracks_name;
    MotFile truth, tracks;
    int frames = 0;
    std::optional<double> rate;
    MotBenchmark benchmark = MotBenchmark::mot17;
};

Result<Folder> read_folder(const fs::path& path, const EvalOptions& options) {
    Folder folder;
    folder.name = path.filename().string();
    const fs::path truth_path = truth_file(path),
                   tracks_path = options.tracks / (folder.name + ".txt");
    folder.truth_name = truth_path.string();
    folder.tracks_name = tracks_path.string();
    auto truth = read_mot_file(truth_path, MotFileKind::truth);
    if (!truth) return fail(truth.error());
    auto tracks = read_mot_file(tracks_path, MotFileKind::tracks);
    if (!tracks) {
        Error error = tracks.error();
        if (error.code == ErrorCode::not_found) {
            error.remedy = "each sequence needs its result SEQUENCE.txt; or name fewer sequences";
        }
        return fail(std::move(error));
    }
    auto info = sequence_info(path / "seqinfo.ini");
    if (!info) return fail(info.error());
    folder.frames = info->length.value_or(std::max(truth->last_frame, tracks->last_frame));
    folder.rate = info->rate;
    if (folder.frames > most_frames) {
        return fail(ErrorCode::corrupt, fmt::format("{}: frame {}", folder.name, folder.frames),
                    "frames count from 1, one by one");
    }
    folder.benchmark = options.benchmark.value_or(benchmark_of(*truth, folder.name));
    folder.truth = std::move(*truth);
    folder.tracks = std::move(*tracks);
    return folder;
}

Result<SequenceScore> evaluate_folder(const fs::path& path, const EvalOptions& options) {
    const auto f = read_folder(path, options);
    if (!f) return fail(f.error());
    const auto sequence = prepare_sequence(f->truth, f->truth_name, f->tracks, f->tracks_name,
                                           f->frames, f->benchmark);
    if (!sequence) return fail(sequence.error());
    return evaluate_sequence(f->name, *sequence);
}

Result<SequenceCounts> count_folder(const fs::path& path, const EvalOptions& options,
                                    const CountOptions& counts) {
    const auto f = read_folder(path, options);
    if (!f) return fail(f.error());
    if (!f->rate) {
        return fail(ErrorCode::corrupt,
                    fmt::format("{}: no frameRate", (path / "seqinfo.ini").string()),
                    "counting needs times: add the line frameRate=FPS");
    }
    const auto judged =
        judged_rows(f->truth, f->truth_name, f->tracks, f->tracks_name, f->frames, f->benchmark);
    if (!judged) return fail(judged.error());
    CountPlaces places = counts.places;
    if (places.lines.empty() && places.zones.empty()) {
        places =
            random_places(judged->truth, counts.random_lines, counts.random_zones, counts.seed);
    }
    auto evaluation =
        evaluate_counts({judged->truth, *f->rate}, {judged->tracks, *f->rate}, places);
    return SequenceCounts{f->name, std::move(places), std::move(evaluation)};
}

template <typename Score>
Score combined(std::span<const SequenceScore> scores, Score SequenceScore::* part) {
    std::vector<Score> parts;
    for (const SequenceScore& s : scores) parts.push_back(s.*part);
    return combine(parts);
}

}  // namespace

MotBenchmark benchmark_of(const MotFile& truth, const std::string& name) {
    const bool has_classes = std::any_of(truth.rows.begin(), truth.rows.end(),
                                         [](const MotRow& row) { return row.class_id >= 1; });
    if (!has_classes) return MotBenchmark::mot15;
    return name.starts_with("MOT20") ? MotBenchmark::mot20 : MotBenchmark::mot17;
}

namespace {

/// `of` of each sequence that is asked for, in order.
template <typename Score, typename Of>
Result<std::vector<Score>> each_folder(const EvalOptions& options, Of&& of) {
    auto found = find_sequences(options.truth);
    if (!found) return fail(found.error());
    const auto chosen = choose(std::move(*found), options);
    if (!chosen) return fail(chosen.error());
    std::vector<Score> scores;
    for (const fs::path& folder : *chosen) {
        auto score = of(folder);
        if (!score) return fail(score.error());
        scores.push_back(std::move(*score));
    }
    return scores;
}

}  // namespace

Result<EvalReport> evaluate_mot(const EvalOptions& options) {
    auto scores = each_folder<SequenceScore>(
        options, [&](const fs::path& folder) { return evaluate_folder(folder, options); });
    if (!scores) return fail(scores.error());
    EvalReport report;
    report.sequences = std::move(*scores);
    report.combined = combine(std::span<const SequenceScore>(report.sequences));
    return report;
}

Result<CountReport> evaluate_mot_counts(const EvalOptions& options, const CountOptions& counts) {
    auto scores = each_folder<SequenceCounts>(
        options, [&](const fs::path& folder) { return count_folder(folder, options, counts); });
    if (!scores) return fail(scores.error());
    CountReport report;
    report.sequences = std::move(*scores);
    std::vector<CountScore> all;
    for (const SequenceCounts& s : report.sequences) all.push_back(s.evaluation.score);
    report.combined = combine(all);
    return report;
}

SequenceScore evaluate_sequence(std::string name, const MotSequence& sequence) {
    SequenceScore score;
    score.name = std::move(name);
    score.hota = evaluate_hota(sequence);
    score.clear = evaluate_clear(sequence);
    score.identity = evaluate_identity(sequence);
    score.frames = sequence.frames.size();
    score.boxes = sequence.all_track_boxes;
    score.truth_boxes = sequence.all_truth_boxes;
    score.ids = sequence.track_boxes.size();
    score.truth_ids = sequence.truth_boxes.size();
    return score;
}

SequenceScore combine(std::span<const SequenceScore> scores) {
    SequenceScore all;
    all.name = "COMBINED";
    all.hota = combined(scores, &SequenceScore::hota);
    all.clear = combined(scores, &SequenceScore::clear);
    all.identity = combined(scores, &SequenceScore::identity);
    for (const SequenceScore& s : scores) {
        all.frames += s.frames;
        all.boxes += s.boxes;
        all.truth_boxes += s.truth_boxes;
        all.ids += s.ids;
        all.truth_ids += s.truth_ids;
    }
    return all;
}

}  // namespace saccade::eval
