#include "sink/counts_sink.h"

#include <fmt/format.h>

#include <algorithm>
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

/// Errors: those of count_places().
Result<track::Counter> counter_of(const LiveShapes& live) {
    const LiveShapes::Shapes shapes = live.get();
    auto places = count_places(shapes.lines, shapes.zones, live.ground());
    if (!places) return fail(places.error());
    return track::Counter(std::move(places->lines), std::move(places->zones));
}

template <typename Shape>
Shape& named(std::vector<Shape>& shapes, const std::string& name) {
    for (Shape& shape : shapes) {
        if (shape.name == name) return shape;
    }
    shapes.push_back({name, {}});
    return shapes.back();
}

/// Adds later counts to earlier ones.
void add(const track::CountSummary& later, track::CountSummary& sum) {
    for (const auto& line : later.lines) {
        auto& by_class = named(sum.lines, line.name).by_class;
        for (const auto& [id, n] : line.by_class) {
            by_class[id].in += n.in;
            by_class[id].out += n.out;
        }
    }
    for (const auto& zone : later.zones) {
        auto& by_class = named(sum.zones, zone.name).by_class;
        for (const auto& [id, n] : zone.by_class) {
            track::ZoneCounts& all = by_class[id];
            all.visitors += n.visitors;
            all.inside = n.inside;
            all.dwell_seconds += n.dwell_seconds;
            all.longest_seconds = std::max(all.longest_seconds, n.longest_seconds);
        }
    }
}

class CountsSink final : public Sink {
  public:
    CountsSink(std::filesystem::path base, std::shared_ptr<const LiveShapes> live,
               std::uint64_t version, track::Counter counter)
        : base_(std::move(base)),
          live_(std::move(live)),
          version_(version),
          counter_(std::move(counter)) {}

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
        if (version_ != live_->version()) {
            if (auto changed = follow_shapes(); !changed) return changed;
        }
        counter_.update(result.tracks, result.pts);
        ++frames_;
        return {};
    }

    Result<void> finish(Outcome outcome) override {
        counter_.finish();
        track::CountSummary summary = counter_.summary();
        if (!before_.lines.empty() || !before_.zones.empty()) {
            add(summary, before_);
            summary = std::move(before_);
        }
        const std::string texts[] = {json(summary, outcome), csv(summary)};
        for (std::size_t i = 0; i < files_.size(); ++i) {
            if (auto done = files_[i].write(texts[i]); !done) return done;
            if (auto done = files_[i].commit(); !done) return done;
        }
        return {};
    }

    [[nodiscard]] std::string path() const override { return base_.string() + ".counts.json"; }

  private:
    Result<void> follow_shapes() {
        version_ = live_->version();
        auto counter = counter_of(*live_);
        if (!counter) return fail(counter.error());
        counter_.finish();
        add(counter_.summary(), before_);
        counter_ = std::move(*counter);
        return {};
    }

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
    std::shared_ptr<const LiveShapes> live_;
    std::uint64_t version_;         ///< of what counter_ counts
    track::CountSummary before_{};  ///< of shapes that were changed since
    track::Counter counter_;
    std::vector<AtomicFile> files_;
    std::uint64_t frames_ = 0;
};

}  // namespace

Result<CountPlaces> count_places(const std::vector<std::string>& lines,
                                 const std::vector<std::string>& zones,
                                 const track::GroundPlane* ground) {
    CountPlaces places;
    for (const std::string& text : lines) {
        auto line = track::parse_line(text);
        if (line) line = track::in_pixels(std::move(*line), ground);
        if (!line) return fail(line.error());
        places.lines.push_back(std::move(*line));
    }
    for (const std::string& text : zones) {
        auto zone = track::parse_zone(text);
        if (zone) zone = track::in_pixels(std::move(*zone), ground);
        if (!zone) return fail(zone.error());
        places.zones.push_back(std::move(*zone));
    }
    return places;
}

Result<std::unique_ptr<Sink>> make_counts_sink(const std::filesystem::path& folder,
                                               const std::string& stem,
                                               std::shared_ptr<const LiveShapes> shapes) {
    const std::uint64_t version = shapes->version();
    auto counter = counter_of(*shapes);
    if (!counter) return fail(counter.error());
    return std::make_unique<CountsSink>(folder / stem, std::move(shapes), version,
                                        std::move(*counter));
}

}  // namespace saccade::sink
