#include "detect/postprocess.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>

namespace saccade::detect {
namespace {

vision::CandidateFilter filter_of(const Thresholds& thresholds) {
    vision::CandidateFilter filter;
    filter.confidence = thresholds.confidence;
    filter.multi_label = thresholds.multi_label;
    for (const int class_id : thresholds.classes) {
        const auto at = static_cast<std::size_t>(class_id);
        if (at >= filter.wanted.size()) filter.wanted.resize(at + 1);
        filter.wanted[at] = true;
    }
    return filter;
}

vision::NmsOptions nms_of(const model::ModelSpec& spec, const Thresholds& thresholds) {
    vision::NmsOptions options;
    options.iou = spec.suppressed ? 1.0F : thresholds.iou;
    options.max_detections = thresholds.max_detections;
    return options;
}

}  // namespace

Postprocessor::Postprocessor(const model::ModelSpec& spec, int width, int height,
                             const Thresholds& thresholds)
    : family_(spec.family),
      layout_(spec.layout),
      classes_(static_cast<int>(spec.class_names.size())),
      reg_max_(spec.reg_max),
      decoder_(filter_of(thresholds)),
      nms_(nms_of(spec, thresholds)) {
    if (spec.on_grids || reg_max_ > 0) grid_ = vision::make_grid(width, height);
}

Result<void> Postprocessor::check(infer::ElementType type, const infer::Shape& shape) const {
    std::int64_t rows = -1, columns = -1;  // -1: any
    switch (layout_) {
        case model::HeadLayout::channels_first:
            rows = (reg_max_ > 0 ? 4 * reg_max_ : 4) + classes_;
            if (reg_max_ > 0) columns = static_cast<std::int64_t>(grid_.size());
            break;
        case model::HeadLayout::anchors_first:
            if (!grid_.empty()) rows = static_cast<std::int64_t>(grid_.size());
            columns = 5 + classes_;
            break;
        case model::HeadLayout::rows: columns = 6; break;
    }
    const auto agree = [](std::int64_t is, std::int64_t want) {
        return is == -1 || want == -1 || is == want;
    };
    if (type == infer::ElementType::f32 && shape.size() == 3 && agree(shape[1], rows) &&
        agree(shape[2], columns)) {
        return {};
    }
    return fail(ErrorCode::unsupported,
                fmt::format("the network's output [{}] can't be read as a {} head of {} classes",
                            fmt::join(shape, ","), model::to_string(family_), classes_),
                "name the right family with --family");
}

void Postprocessor::decode(const infer::TensorView& output, int image) {
    const int rows = static_cast<int>(output.shape[1]), columns = static_cast<int>(output.shape[2]);
    const float* const data = static_cast<const float*>(output.data) +
                              static_cast<std::ptrdiff_t>(image) * rows * columns;
    candidates_.clear();
    switch (layout_) {
        case model::HeadLayout::channels_first:
            if (reg_max_ > 0) {
                decoder_.decode_raw(data, classes_, reg_max_, grid_, candidates_);
            } else {
                decoder_.decode_channels_first(data, classes_, columns, candidates_);
            }
            break;
        case model::HeadLayout::anchors_first:
            decoder_.decode_anchors_first(data, classes_, rows, grid_, candidates_);
            break;
        case model::HeadLayout::rows:
            decoder_.decode_rows_of_six(data, classes_, rows, candidates_);
            break;
    }
}

Result<Detections> Postprocessor::run(const infer::TensorView& output, int image,
                                      const vision::Letterbox& letterbox) {
    if (auto checked = check(output.type, output.shape); !checked) return fail(checked.error());
    decode(output, image);
    nms_.run(candidates_, kept_);
    Detections detections;
    detections.reserve(kept_.size());
    for (const vision::Candidate& c : kept_) {
        const Box box = vision::to_source(c.box, letterbox);
        if (box.area() > 0) detections.push_back({box, c.score, c.class_id});
    }
    return detections;
}

}  // namespace saccade::detect
