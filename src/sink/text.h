// Text in the built-in font (DejaVu Sans), by FreeType.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "sink/canvas.h"

namespace saccade::sink {

/// The font at one size, with its glyphs kept once they are drawn. One thread.
class TextRenderer {
  public:
    /// Throws std::runtime_error where FreeType refuses the built-in font (a broken build).
    explicit TextRenderer(int pixel_size);
    ~TextRenderer();
    TextRenderer(const TextRenderer&) = delete;
    TextRenderer& operator=(const TextRenderer&) = delete;

    /// Advance of a line of UTF-8, px. Bytes that are not UTF-8 count as U+FFFD.
    [[nodiscard]] int width(std::string_view text);
    /// Draws from `x` rightwards, the letters standing on `baseline`.
    void draw(Canvas& canvas, std::string_view text, int x, int baseline, Rgb color);

    /// Height of a capital letter or digit over the baseline, px.
    [[nodiscard]] int cap_height() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace saccade::sink
