// Counts of lines and zones: what a Counter (track/zones.h) says of the tracks at the stream's end,
// as JSON (saccade.counts/1) and as a table. docs/formats.md tells what they hold.
#include <iterator>
#include <nlohmann/json.hpp>

#include "sink/csv_field.h"
#include "sink/formats.h"
#include "sink/live_counter.h"
#include "sink/objects.h"
#include "sink/partial_mark.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

using nlohmann::ordered_json;

/// Feeds the counter; what it says is written in the footer.
class CountsFormat : public TextFormat {
  public:
    explicit CountsFormat(const SinkOptions& options) : counter_(options.shapes) {}

    void header(const Context& context, fmt::memory_buffer&) final { context_ = &context; }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer&) final {
        if (result.boundary != nullptr) {
            for (const Outage& gap : result.boundary->outages) gaps_.push_back(gap);
        }
        return counter_.update(result);
    }

    void outage_at_end(const Outage& outage) final { gaps_.push_back(outage); }

    void footer(Outcome outcome, std::uint64_t frames, fmt::memory_buffer& out) final {
        put(counter_.finish(), outcome, frames, out);
    }

  protected:
    virtual void put(const track::CountSummary& summary, Outcome outcome, std::uint64_t frames,
                     fmt::memory_buffer& out) const = 0;

    [[nodiscard]] const Context& context() const noexcept { return *context_; }
    /// In which nobody looked: no zero of theirs is one.
    [[nodiscard]] const std::vector<Outage>& gaps() const noexcept { return gaps_; }
    [[nodiscard]] std::string name_of(int class_id) const {
        return class_name(context_->class_names, class_id);
    }

  private:
    LiveCounter counter_;
    const Context* context_ = nullptr;
    std::vector<Outage> gaps_;
};

class CountsJson final : public CountsFormat {
  public:
    using CountsFormat::CountsFormat;
    [[nodiscard]] bool marks_outcome() const noexcept override { return true; }

  private:
    void put(const track::CountSummary& summary, Outcome outcome, std::uint64_t frames,
             fmt::memory_buffer& out) const override {
        ordered_json lines = ordered_json::array(), zones = ordered_json::array();
        for (const auto& line : summary.lines) {
            ordered_json classes = ordered_json::object();
            for (const auto& [id, n] : line.by_class) {
                classes[name_of(id)] = {{"in", n.in}, {"out", n.out}};
            }
            lines.push_back({{"name", line.name}, {"classes", std::move(classes)}});
        }
        for (const auto& zone : summary.zones) {
            ordered_json classes = ordered_json::object();
            for (const auto& [id, n] : zone.by_class) {
                classes[name_of(id)] = {{"visitors", n.visitors},
                                        {"inside", n.inside},
                                        {"dwell_seconds", n.dwell_seconds},
                                        {"longest_seconds", n.longest_seconds}};
            }
            zones.push_back({{"name", zone.name}, {"classes", std::move(classes)}});
        }
        ordered_json all = {{"schema", "saccade.counts/1"},  {"source", context().source},
                            {"outcome", to_string(outcome)}, {"frames", frames},
                            {"lines", std::move(lines)},     {"zones", std::move(zones)}};
        if (context().live) {
            ordered_json list = ordered_json::array();
            for (const Outage& gap : gaps()) {
                list.push_back({{"begin_ns", gap.begin.count()},
                                {"end_ns", gap.end.count()},
                                {"reason", gap.reason}});
            }
            all["gaps"] = std::move(list);
        }
        append(out, all.dump(2, ' ', false, ordered_json::error_handler_t::replace));
        append(out, "\n");
    }
};

class CountsTable final : public CountsFormat {
  public:
    using CountsFormat::CountsFormat;

  private:
    void put(const track::CountSummary& summary, Outcome, std::uint64_t,
             fmt::memory_buffer& out) const override {
        // (Of live sources two columns more, for the gaps.)
        const std::string_view end = context().live ? ",,\r\n" : "\r\n";
        append(out, "kind,name,class,in,out,visitors,inside,dwell_seconds,longest_seconds");
        append(out, context().live ? ",begin_ns,end_ns\r\n" : "\r\n");
        const auto to = std::back_inserter(out);
        for (const auto& line : summary.lines) {
            for (const auto& [id, n] : line.by_class) {
                fmt::format_to(to, "line,{},{},{},{},,,,{}", csv_quoted(line.name),
                               csv_quoted(name_of(id)), n.in, n.out, end);
            }
        }
        for (const auto& zone : summary.zones) {
            for (const auto& [id, n] : zone.by_class) {
                fmt::format_to(to, "zone,{},{},,,{},{},{},{}{}", csv_quoted(zone.name),
                               csv_quoted(name_of(id)), n.visitors, n.inside, n.dwell_seconds,
                               n.longest_seconds, end);
            }
        }
        for (const Outage& gap : gaps()) {
            fmt::format_to(to, "gap,{},,,,,,,,{},{}\r\n", csv_quoted(gap.reason), gap.begin.count(),
                           gap.end.count());
        }
    }
};

}  // namespace

std::unique_ptr<Sink> make_counts_json(const SinkOptions& options) {
    return make_text_sink(options, ".counts.json", std::make_unique<CountsJson>(options));
}

std::unique_ptr<Sink> make_counts_table(const SinkOptions& options) {
    return make_text_sink(options, ".counts.csv", std::make_unique<CountsTable>(options));
}

}  // namespace saccade::sink
