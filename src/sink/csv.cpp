// A table: the columns of supervision's CSVSink in its order, then the time by the source's own
// clock and the class's name; where frames are image files, also the image's name. RFC 4180: lines
// end in CRLF, fields with a comma, quote or line break are quoted.
#include <cmath>
#include <iterator>

#include "sink/csv_field.h"
#include "sink/formats.h"
#include "sink/objects.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

/// The last four columns, empty where nothing is known.
std::string ground_fields(const std::optional<GroundState>& ground) {
    if (!ground) return ",,,,";
    const std::string speed =
        ground->moving ? fmt::format("{:.3f}", std::hypot(ground->velocity_x, ground->velocity_y))
                       : std::string();
    return fmt::format(",{:.3f},{:.3f},{},{:.3f}", ground->x, ground->y, speed, ground->distance);
}

class CsvFormat final : public TextFormat {
  public:
    CsvFormat(bool include_lost, bool ground) : include_lost_(include_lost), ground_(ground) {}

    void header(const Context& context, fmt::memory_buffer& out) override {
        context_ = &context;
        append(out,
               "x_min,y_min,x_max,y_max,class_id,confidence,tracker_id,frame_index,pts_s,"
               "class_name");
        if (context.images) append(out, ",file_name");
        append(out, ground_ ? ",x_m,y_m,speed_mps,distance_m\r\n" : "\r\n");
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        shown_objects(result, context_->tracking, include_lost_, objects_);
        const std::string time = exact_seconds(result.pts);
        std::string file;
        if (context_->images) {
            file = fmt::format(",{}", csv_field(context_->images->of(*result.file).name));
        }
        for (const Object& o : objects_) {
            // supervision leaves the field empty where there is no tracker.
            const std::string id = context_->tracking ? fmt::to_string(o.id) : std::string();
            fmt::format_to(std::back_inserter(out),
                           "{:.3f},{:.3f},{:.3f},{:.3f},{},{:.6f},{},{},{},{}{}{}\r\n", o.box.x1,
                           o.box.y1, o.box.x2, o.box.y2, o.class_id, o.score, id, result.id.index,
                           time, csv_field(class_name(context_->class_names, o.class_id)), file,
                           ground_ ? ground_fields(o.ground) : std::string());
        }
        return {};
    }

    void footer(Outcome, std::uint64_t, fmt::memory_buffer&) override {}

  private:
    bool include_lost_, ground_;
    const Context* context_ = nullptr;
    std::vector<Object> objects_;
};

}  // namespace

std::unique_ptr<Sink> make_csv(const SinkOptions& options) {
    return make_text_sink(options, ".csv",
                          std::make_unique<CsvFormat>(options.include_lost, options.ground));
}

}  // namespace saccade::sink
