// JSON lines, the form that loses nothing: a header, a line a frame (jsonl_text.h), a footer.
//
//     {"schema":"saccade.results","version":1,"source":..,"width":..,"height":..,"frame_rate":..,
//      "tracking":true,"class_names":[..]}
//     {"outcome":"complete","frames":2}
//
// Times are by the source's own clock; the header has "start_ns", that of the first picture, where
// it is not 0. Frames that are image files have "file", the path as the source named it, and
// "image_id", as in the coco format.
//
// Of a live source the header has "live":true, each frame "sender_ns": when the sender took the
// picture, by its own clock, in ns since 1970 UTC, or null as long as it has not told. The first
// frame behind times without pictures has them as "gaps", the footer the one that the stream was
// left in: [{"begin_ns":..,"end_ns":..,"reason":".."}], by the stream's own clock.
//
// jsonl_reader.h reads it back. A change that old readers can't read raises the version.
#include <iterator>
#include <optional>

#include "sink/formats.h"
#include "sink/json_string.h"
#include "sink/jsonl_reader.h"
#include "sink/jsonl_text.h"
#include "sink/partial_mark.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

class JsonlFormat final : public TextFormat {
  public:
    void header(const Context& context, fmt::memory_buffer& out) override {
        images_ = context.images.get();
        const auto to = std::back_inserter(out);
        fmt::format_to(to,
                       R"({{"schema":"{}","version":{},"source":{},"width":{},"height":{},)"
                       R"("frame_rate":{},"tracking":{},"class_names":[)",
                       jsonl_schema, jsonl_version, json_string(context.source), context.width,
                       context.height, context.frame_rate, context.tracking);
        const char* comma = "";
        for (const std::string& name : context.class_names) {
            fmt::format_to(to, "{}{}", comma, json_string(name));
            comma = ",";
        }
        append(out, "]");
        if (context.start != Timestamp{0}) {
            fmt::format_to(to, R"(,"start_ns":{})", context.start.count());
        }
        if (context.live) append(out, R"(,"live":true)");
        append(out, "}\n");
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        append_frame_json(result, images_, out);
        append(out, "\n");
        return {};
    }

    void footer(Outcome outcome, std::uint64_t frames, fmt::memory_buffer& out) override {
        fmt::format_to(std::back_inserter(out), R"({{"outcome":"{}","frames":{})",
                       to_string(outcome), frames);
        if (at_end_) {
            append(out, R"(,"gaps":)");
            append_gaps_json({&*at_end_, 1}, out);
        }
        append(out, "}\n");
    }

    void outage_at_end(const Outage& outage) override { at_end_ = outage; }

    [[nodiscard]] bool marks_outcome() const noexcept override { return true; }

  private:
    const media::ImageNames* images_ = nullptr;
    std::optional<Outage> at_end_;
};

}  // namespace

std::unique_ptr<Sink> make_jsonl(const SinkOptions& options) {
    return make_text_sink(options, ".jsonl", std::make_unique<JsonlFormat>());
}

}  // namespace saccade::sink
