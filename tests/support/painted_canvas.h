// A canvas whose paints are on the picture when it goes.
#pragma once

#include "sink/canvas.h"
#include "sink/picture.h"

namespace saccade::test {

struct PaintsOf {
    sink::PaintList list;
};

/// Each statement with a temporary one draws at once.
class PaintedCanvas : private PaintsOf, public sink::Canvas {
  public:
    explicit PaintedCanvas(sink::Picture& picture)
        : Canvas(picture.width(), picture.height(), picture.color, list), picture_(picture) {}
    ~PaintedCanvas() { sink::paint(list, picture_); }
    PaintedCanvas(const PaintedCanvas&) = delete;
    PaintedCanvas& operator=(const PaintedCanvas&) = delete;

  private:
    sink::Picture& picture_;
};

}  // namespace saccade::test
