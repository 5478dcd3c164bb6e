// Annotations of one stream: boxes, labels and trails, sized to the picture.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sink/label_layout.h"
#include "sink/objects.h"
#include "sink/paint.h"
#include "sink/text.h"
#include "sink/trails.h"

namespace saccade::sink {

struct OverlayOptions {
    std::vector<std::string> class_names;
    int trail_length = 30;  ///< frames, 0 for none
};

/// One colour a track (a class, where there are no tracks), labels "person 12 0.87" on a plate of
/// that colour. Objects lower in the picture, usually nearer, are drawn over others; labels over
/// all. One thread; frames of a stream in order. Throws as TextRenderer does.
class Overlay {
  public:
    /// For pictures of width x height px.
    Overlay(int width, int height, OverlayOptions options);

    /// What is to be painted on a picture of the size given above, whose codes `color` tells; boxes
    /// in its pixels. Good until the next call.
    const PaintList& draw(std::span<const Object> objects, const ColorSpec& color);

  private:
    struct DrawnObject {
        Object object;
        Rect box;
        Rgb color;
    };
    void collect(std::span<const Object> objects);
    void draw_label(const DrawnObject& drawn, Canvas& canvas);
    [[nodiscard]] std::string label_of(const Object& object) const;

    OverlayOptions options_;
    int width_, height_;
    int line_;  ///< thickness of a box, px
    TextRenderer text_;
    LabelLayout labels_;
    Trails trails_;
    std::vector<DrawnObject> drawn_;
    PaintList list_;
};

}  // namespace saccade::sink
