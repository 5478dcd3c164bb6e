// A network's output for one image, as detections in the source frame.
#pragma once

#include <vector>

#include "detect/detector.h"
#include "infer/tensor.h"
#include "model/spec.h"
#include "saccade/error.h"
#include "vision/head.h"
#include "vision/letterbox.h"
#include "vision/nms.h"

namespace saccade::detect {

/// Reads a head of any layout on the host. One thread at a time; keeps its working memory.
class Postprocessor {
  public:
    /// `width` and `height`: of the network's input, px.
    Postprocessor(const model::ModelSpec& spec, int width, int height,
                  const Thresholds& thresholds);

    /// Whether an output of this type and shape (-1 where not known yet) is this family's head.
    /// Errors: unsupported.
    [[nodiscard]] Result<void> check(infer::ElementType type, const infer::Shape& shape) const;

    /// The detections of `image` of a batch's output (f32, host memory, shape as spec.h says).
    /// Errors: those of check.
    Result<Detections> run(const infer::TensorView& output, int image,
                           const vision::Letterbox& letterbox);

  private:
    void decode(const infer::TensorView& output, int image);

    model::Family family_;  ///< for messages
    model::HeadLayout layout_;
    int classes_;
    int reg_max_;                         ///< over 0: a raw yolov8 head (spec.h)
    std::vector<vision::GridCell> grid_;  ///< undecoded and raw heads only
    vision::HeadDecoder decoder_;
    vision::Nms nms_;
    std::vector<vision::Candidate> candidates_, kept_;
};

}  // namespace saccade::detect
