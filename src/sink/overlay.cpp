#include "sink/overlay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace saccade::sink {
namespace {

/// `at_1080` px on a picture whose shorter side is 1080.
int scaled(int width, int height, double at_1080, int least) {
    return std::max(least, static_cast<int>(std::lround(at_1080 * std::min(width, height) / 1080)));
}

}  // namespace

Overlay::Overlay(int width, int height, OverlayOptions options)
    : options_(std::move(options)),
      width_(width),
      height_(height),
      line_(scaled(width, height, 2.5, 1)),
      text_(scaled(width, height, 18, 11)),
      labels_(width, height),
      trails_(options_.trail_length) {}

const PaintList& Overlay::draw(std::span<const Object> objects, const ColorSpec& color) {
    trails_.update(objects);
    collect(objects);
    list_.clear();
    Canvas canvas(width_, height_, color, list_);
    for (const DrawnObject& drawn : drawn_) {
        canvas.polyline(trails_.points(drawn.object.id), static_cast<float>(line_), drawn.color);
    }
    for (const DrawnObject& drawn : drawn_) canvas.outline(drawn.box, line_, drawn.color);
    labels_.clear();
    for (const DrawnObject& drawn : drawn_) draw_label(drawn, canvas);
    return list_;
}

/// What is in the picture, clipped to it, from the top to the bottom.
void Overlay::collect(std::span<const Object> objects) {
    drawn_.clear();
    for (const Object& object : objects) {
        const Box b = object.box.clipped(static_cast<float>(width_), static_cast<float>(height_));
        const Rect rect{static_cast<int>(std::lround(b.x1)), static_cast<int>(std::lround(b.y1)),
                        static_cast<int>(std::lround(b.x2)), static_cast<int>(std::lround(b.y2))};
        if (rect.width() <= 0 || rect.height() <= 0) continue;
        const std::int64_t number = object.id >= 0 ? object.id : object.class_id;
        drawn_.push_back({object, rect, color_of(number)});
    }
    std::stable_sort(drawn_.begin(), drawn_.end(), [](const DrawnObject& a, const DrawnObject& b) {
        return std::tie(a.box.bottom, a.object.id) < std::tie(b.box.bottom, b.object.id);
    });
}

void Overlay::draw_label(const DrawnObject& drawn, Canvas& canvas) {
    const std::string label = label_of(drawn.object);
    const int cap = text_.cap_height();
    const int pad_x = std::max(2, cap * 2 / 5);
    const int pad_y = std::max(2, (cap * 2 + 4) / 5);  // holds the descenders too
    const Rect plate = labels_.place(drawn.box, text_.width(label) + 2 * pad_x, cap + 2 * pad_y);
    canvas.fill(plate, drawn.color);
    text_.draw(canvas, label, plate.left + pad_x, plate.bottom - pad_y, text_color_on(drawn.color));
}

std::string Overlay::label_of(const Object& object) const {
    const std::string name = class_name(options_.class_names, object.class_id);
    if (object.id < 0) return fmt::format("{} {:.2f}", name, object.score);
    return fmt::format("{} {} {:.2f}", name, object.id, object.score);
}

}  // namespace saccade::sink
