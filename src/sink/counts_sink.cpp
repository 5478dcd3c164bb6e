#include "sink/counts_sink.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "core/atomic_file.h"
#include "track/zones.h"

namespace saccade::sink {
namespace {

using nlohmann::ordered_json;

const char* word(Outcome outcome) {
    switch (outcome) {
        case Outcome::complete: return "complete";
        case Outcome::interrupted: return "interrupted";
        case Outcome::failed: return "failed";
    }
    return "failed";
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

class CountsSink final : public Sink {
  public:
    CountsSink(std::filesystem::path base, std::vector<track::Line> lines,
               std::vector<track::Zone> zones)
        : base_(std::move(base)), counter_(std::move(lines), std::move(zones)) {}

    Result<void> begin(const Context& context) override {
        context_ = context;
        for (const char* suffix : kCountsSuffixes) {
            auto file = AtomicFile::create(base_.string() + suffix);
            if (!file) return fail(file.error());
            files_.push_back(std::move(*file));
        }
        return {};
    }

    Result<void> write(const FrameResult& result, const Frame&) override {
        counter_.update(result.tracks, result.pts);
        ++frames_;
        return {};
    }

    Result<void> finish(Outcome outcome) override {
        counter_.finish();
        const track::CountSummary summary = counter_.summary();
        const std::string texts[] = {json(summary, outcome), csv(summary)};
        for (std::size_t i = 0; i < files_.size(); ++i) {
            if (auto done = files_[i].write(texts[i]); !done) return done;
            if (auto done = files_[i].commit(); !done) return done;
        }
        return {};
    }

    [[nodiscard]] std::string path() const override { return base_.string() + ".counts.json"; }

  private:
    [[nodiscard]] std::string class_name(int id) const {
        const auto index = static_cast<std::size_t>(id);
        return index < context_.class_names.size() ? context_.class_names[index]
                                                   : fmt::format("class {}", id);
    }

    [[nodiscard]] std::string json(const track::CountSummary& summary, Outcome outcome) const {
        ordered_json lines = ordered_json::array(), zones = ordered_json::array();
        for (const auto& line : summary.lines) {
            ordered_json classes = ordered_json::object();
            for (const auto& [id, n] : line.by_class) {
                classes[class_name(id)] = {{"in", n.in}, {"out", n.out}};
            }
            lines.push_back({{"name", line.name}, {"classes", std::move(classes)}});
        }
        for (const auto& zone : summary.zones) {
            ordered_json classes = ordered_json::object();
            for (const auto& [id, n] : zone.by_class) {
                classes[class_name(id)] = {{"visitors", n.visitors},
                                           {"inside", n.inside},
                                           {"dwell_seconds", n.dwell_seconds},
                                           {"longest_seconds", n.longest_seconds}};
            }
            zones.push_back({{"name", zone.name}, {"classes", std::move(classes)}});
        }
        const ordered_json all = {{"schema", "saccade.counts/1"}, {"source", context_.source},
                                  {"outcome", word(outcome)},     {"frames", frames_},
                                  {"lines", std::move(lines)},    {"zones", std::move(zones)}};
        return all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
    }

    [[nodiscard]] std::string csv(const track::CountSummary& summary) const {
        std::string text =
            "kind,name,class,in,out,visitors,inside,dwell_seconds,longest_seconds\r\n";
        for (const auto& line : summary.lines) {
            for (const auto& [id, n] : line.by_class) {
                text += fmt::format("line,{},{},{},{},,,,\r\n", quoted(line.name),
                                    quoted(class_name(id)), n.in, n.out);
            }
        }
        for (const auto& zone : summary.zones) {
            for (const auto& [id, n] : zone.by_class) {
                text += fmt::format("zone,{},{},,,{},{},{},{}\r\n", quoted(zone.name),
                                    quoted(class_name(id)), n.visitors, n.inside, n.dwell_seconds,
                                    n.longest_seconds);
            }
        }
        return text;
    }

    std::filesystem::path base_;
    Context context_;
    track::Counter counter_;
    std::vector<AtomicFile> files_;
    std::uint64_t frames_ = 0;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_counts_sink(const std::filesystem::path& folder,
                                               const std::string& stem,
                                               const std::vector<std::string>& lines,
                                               const std::vector<std::string>& zones) {
    std::vector<track::Line> parsed_lines;
    for (const std::string& text : lines) {
        auto line = track::parse_line(text);
        if (!line) return fail(line.error());
        parsed_lines.push_back(std::move(*line));
    }
    std::vector<track::Zone> parsed_zones;
    for (const std::string& text : zones) {
        auto zone = track::parse_zone(text);
        if (!zone) return fail(zone.error());
        parsed_zones.push_back(std::move(*zone));
    }
    return std::make_unique<CountsSink>(folder / stem, std::move(parsed_lines),
                                        std::move(parsed_zones));
}

}  // namespace saccade::sink
