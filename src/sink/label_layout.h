// Where labels go: near their boxes, inside the frame, and off each other where that is cheap.
#pragma once

#include <vector>

#include "sink/canvas.h"

namespace saccade::sink {

/// The labels of one frame, placed one after the other.
class LabelLayout {
  public:
    LabelLayout(int width, int height) : width_(width), height_(height) {}

    /// Makes it ready for the next frame.
    void clear() { placed_.clear(); }

    /// The place of a label of the given size for `box`: above its left corner, above its right
    /// corner, inside at the top, or below; the first that covers no earlier label, else the one
    /// that covers least. Always inside the frame where the label is not larger than it.
    Rect place(Rect box, int label_width, int label_height);

  private:
    int width_, height_;
    std::vector<Rect> placed_;
};

}  // namespace saccade::sink
