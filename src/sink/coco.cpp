// COCO results JSON, as pycocotools' loadRes reads it: one array of
//
//     {"image_id":0,"category_id":1,"bbox":[left,top,width,height],"score":0.5}
//
// A frame that is an image file has an image_id that no other has, the number that its name is
// where that can be ("000000000139.jpg" is 139; media/image_names.h), and its "file_name" below the
// folder that all images share; else image_id is the frame's index.
//
// Always the detections, also when a tracker ran: the file is for mAP, which wants them all.
// Written as it comes, one object a line, so memory does not grow with the video.
#include <iterator>
#include <string>

#include "sink/coco_categories.h"
#include "sink/formats.h"
#include "sink/json_string.h"
#include "sink/text_sink.h"

namespace saccade::sink {
namespace {

class CocoFormat final : public TextFormat {
  public:
    explicit CocoFormat(bool coco_category_ids) : coco_category_ids_(coco_category_ids) {}

    void header(const Context& context, fmt::memory_buffer& out) override {
        images_ = context.images.get();
        // COCO's numbers have gaps; other data sets' categories are numbered as the model's
        // classes.
        coco_category_ids_ = coco_category_ids_ && are_coco_classes(context.class_names);
        append(out, "[");
    }

    Result<void> frame(const FrameResult& result, fmt::memory_buffer& out) override {
        auto image_id = static_cast<std::int64_t>(result.id.index);
        std::string file_name;
        if (images_ != nullptr) {
            const media::ImageName& image = images_->of(*result.file);
            image_id = image.id;
            file_name = fmt::format(",\"file_name\":{}", json_string(image.name));
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
    const media::ImageNames* images_ = nullptr;
    bool first_ = true;
};

}  // namespace

std::unique_ptr<Sink> make_coco(const SinkOptions& options) {
    return make_text_sink(options, ".coco.json",
                          std::make_unique<CocoFormat>(options.coco_category_ids));
}

}  // namespace saccade::sink
