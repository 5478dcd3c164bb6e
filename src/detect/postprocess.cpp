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
    options.iou = spec.family == model::Family::end_to_end ? 1.0F : thresholds.iou;
    options.max_detections = thresholds.max_detections;
    return options;
}

tl::unexpected<Error> wrong_shape(const infer::TensorView& output, model::Family family) {
    return fail(ErrorCode::unsupported,
                fmt::format("the network's output [{}] can't be read as a {} head",
                            fmt::join(output.shape, ","), model::to_string(family)),
                "name the right one with --family");
}

}  // namespace

Postprocessor::Postprocessor(const model::ModelSpec& spec, int width, int height,
                             const Thresholds& thresholds)
    : family_(spec.family),
      classes_(static_cast<int>(spec.class_names.size())),
      decoder_(filter_of(thresholds)),
      nms_(nms_of(spec, thresholds)) {
    if (family_ == model::Family::yolox) grid_ = vision::make_grid(width, height);
}

Result<void> Postprocessor::decode(const infer::TensorView& output, int image) {
    if (output.type != infer::ElementType::f32 || output.memory != MemoryKind::host ||
        output.shape.size() != 3 || image >= output.shape[0]) {
        return wrong_shape(output, family_);
    }
    const int rows = static_cast<int>(output.shape[1]), columns = static_cast<int>(output.shape[2]);
    const float* const data = static_cast<const float*>(output.data) +
                              static_cast<std::ptrdiff_t>(image) * rows * columns;
    switch (family_) {
        case model::Family::yolov8:
            if (rows != 4 + classes_) return wrong_shape(output, family_);
            decoder_.decode_channels_first(data, classes_, columns, candidates_);
            return {};
        case model::Family::yolov5:
        case model::Family::yolox:
            if (columns != 5 + classes_) return wrong_shape(output, family_);
            if (!grid_.empty() && rows != static_cast<int>(grid_.size())) {
                return wrong_shape(output, family_);
            }
            decoder_.decode_anchors_first(data, classes_, rows, grid_, candidates_);
            return {};
        case model::Family::end_to_end:
            if (columns != 6) return wrong_shape(output, family_);
            decoder_.decode_end_to_end(data, classes_, rows, candidates_);
            return {};
    }
    return wrong_shape(output, family_);
}

Result<Detections> Postprocessor::run(const infer::TensorView& output, int image,
                                      const vision::Letterbox& letterbox) {
    candidates_.clear();
    if (auto decoded = decode(output, image); !decoded) return fail(decoded.error());
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
