// A table: the columns of supervision's CSVSink in its order, then the time and the class's name.
// RFC 4180: lines end in CRLF, fields with a comma, quote or line break are quoted.
#include <cstdlib>
#include <iterator>

#include "sink/formats.h"
#include "sink/objects.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

std::string csv_field(std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
    std::string text = "\"";
    for (const char c : field) {
        if (c == '"') text += '"';
        text += c;
    }
    return text + '"';
}

/// Seconds with all nine digits of the nanoseconds.
std::string exact_seconds(Timestamp pts) {
    const auto ns = pts.count();
    const auto magnitude =
        ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
    return fmt::format("{}{}.{:09}", ns < 0 ? "-" : "", magnitude / 1'000'000'000,
                       magnitude % 1'000'000'000);
}

class CsvFormat final : public TextFormat {
  public:
    explicit CsvFormat(bool include_lost) : include_lost_(include_lost) {}

    void header(const Context& context, fmt::memory_buffer& out) override {
        context_ = &context;
        append(out,
               "x_min,y_min,x_max,y_max,class_id,confidence,tracker_id,frame_index,pts_s,"
               "class_name\r\n");
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        shown_objects(result, context_->tracking, include_lost_, objects_);
        const std::string time = exact_seconds(result.pts);
        for (const Object& o : objects_) {
            // supervision leaves the field empty where there is no tracker.
            const std::string id = context_->tracking ? fmt::to_string(o.id) : std::string();
            fmt::format_to(std::back_inserter(out),
                           "{:.3f},{:.3f},{:.3f},{:.3f},{},{:.6f},{},{},{},{}\r\n", o.box.x1,
                           o.box.y1, o.box.x2, o.box.y2, o.class_id, o.score, id, result.id.index,
                           time, csv_field(class_name(context_->class_names, o.class_id)));
        }
        return {};
    }

    void footer(Outcome, std::uint64_t, fmt::memory_buffer&) override {}

  private:
    bool include_lost_;
    const Context* context_ = nullptr;
    std::vector<Object> objects_;
};

}  // namespace

std::unique_ptr<Sink> make_csv(const SinkOptions& options) {
    return make_text_sink(options, ".csv", std::make_unique<CsvFormat>(options.include_lost));
}

}  // namespace saccade::sink
