// COCO results JSON, as pycocotools' loadRes reads it: one array of
//
//     {"image_id":0,"category_id":1,"bbox":[left,top,width,height],"score":0.5}
//
// A frame that is an image file has the image_id that its name is, as COCO's are ("000000000139.jpg" is
// 139), and its "file_name"; else image_id is the frame's index. Folders that mix both kinds of names are
// told apart by file_name alone.
//
// Always the detections, also when a tracker ran: the file is for mAP, which wants them all.
// Written as it comes, one object a line, so memory does not grow with the video.
#include <charconv>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>

#include "sink/coco_categories.h"
#include "sink/formats.h"
#include "sink/json_string.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

/// The number that all of `text` is.
std::optional<std::uint64_t> number_of(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

class CocoFormat final : public TextFormat {
  public:
    explicit CocoFormat(bool coco_category_ids) : coco_category_ids_(coco_category_ids) {}

    void header(const Context& context, fmt::memory_buffer& out) override {
        // COCO's numbers have gaps; other data sets' categories are numbered as the model's
        // classes.
        coco_category_ids_ = coco_category_ids_ && are_coco_classes(context.class_names);
        append(out, "[");
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        std::uint64_t image_id = result.id.index;
        std::string file_name;
        if (result.file) {
            const std::filesystem::path path = *result.file;
            image_id = number_of(path.stem().string()).value_or(image_id);
            file_name = fmt::format(",\"file_name\":{}", json_string(path.filename().string()));
        }
        for (const Detection& d : result.detections) {
            // Shortest form of the score that reads back exactly: rounding would make ties.
            fmt::format_to(std::back_inserter(out),
                           "{}\n{{\"image_id\":{},\"category_id\":{},"
                           "\"bbox\":[{:.3f},{:.3f},{:.3f},{:.3f}],\"score\":{}{}}}",
                           first_ ? "" : ",", image_id, category_id(d.class_id), d.box.x1, d.box.y1,
                           d.box.width(), d.box.height(), d.score, file_name);
            first_ = false;
        }
        return {};
    }

    void footer(Outcome, std::uint64_t, fmt::memory_buffer& out) override { append(out, "\n]\n"); }

  private:
    [[nodiscard]] int category_id(int class_id) const {
        const auto index = static_cast<std::size_t>(class_id);
        return coco_category_ids_ && index < coco_categories.size() ? coco_categories[index].id
                                                                    : class_id;
    }

    bool coco_category_ids_;
    bool first_ = true;
};

}  // namespace

std::unique_ptr<Sink> make_coco(const SinkOptions& options) {
    return make_text_sink(
        options, ".coco.json",
        std::make_unique<CocoFormat>(options.coco_category_ids));
}

}  // namespace saccade::sink
