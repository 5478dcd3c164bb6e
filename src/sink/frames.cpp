// A table of the frames themselves, for formats that number them and have no room for more (mot, video):
//
//     frame,pts_s,width,height,image_id,file_name
//
// `frame` is as in the mot format, from 1; the time is by the source's own clock. The last two are
// those of the coco format, and empty where frames are no image files. RFC 4180, as csv.
#include <iterator>

#include "sink/csv_field.h"
#include "sink/formats.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

class FramesFormat final : public TextFormat {
  public:
    void header(const Context& context, fmt::memory_buffer& out) override {
        images_ = context.images.get();
        append(out, "frame,pts_s,width,height,image_id,file_name\r\n");
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        const auto to = std::back_inserter(out);
        fmt::format_to(to, "{},{},{},{},", result.id.index + 1, exact_seconds(result.pts),
                       result.width, result.height);
        if (images_ != nullptr && result.file) {
            const media::ImageName& image = images_->of(*result.file);
            fmt::format_to(to, "{},{}\r\n", image.id, csv_field(image.name));
        } else {
            append(out, ",\r\n");
        }
        return {};
    }

    void footer(Outcome, std::uint64_t, fmt::memory_buffer&) override {}

  private:
    const media::ImageNames* images_ = nullptr;
};

}  // namespace

std::unique_ptr<Sink> make_frames(const SinkOptions& options) {
    return make_text_sink(options, ".frames.csv", std::make_unique<FramesFormat>());
}

}  // namespace saccade::sink
