// Small media files for tests, made through whatever encoders this machine's libavcodec has.
//
// A test that needs an encoder says so first: SACCADE_NEEDS_ENCODER("libx264").
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "saccade/error.h"

namespace saccade::test {

struct Rgb {
    std::uint8_t r = 0, g = 0, b = 0;
    friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// An RGB picture to draw on. Row major, 3 bytes a pixel, no padding.
struct Canvas {
    Canvas(int w, int h, Rgb color = {})
        : width(w), height(h), pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {
        fill(0, 0, w, h, color);
    }
    /// The rectangle [x1, x2) x [y1, y2), clipped to the picture.
    void fill(int x1, int y1, int x2, int y2, Rgb color);
    [[nodiscard]] Rgb& at(int x, int y) {
        return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                      static_cast<std::size_t>(x)];
    }
    [[nodiscard]] const Rgb& at(int x, int y) const { return const_cast<Canvas*>(this)->at(x, y); }

    int width, height;
    std::vector<Rgb> pixels;
};

/// The planes that go into the encoder, in ClipOptions::pixel_format. Strides in bytes.
struct RawPicture {
    int width, height;
    std::uint8_t* data[4];
    std::ptrdiff_t stride[4];
};

/// Red, green and blue quadrants (top left, top right, bottom left) and a grey one (bottom right)
/// whose level tells the frame: frame_grey(index).
void draw_quadrants(Canvas& canvas, int index);
[[nodiscard]] std::uint8_t frame_grey(int index);

struct ClipOptions {
    std::string codec = "mpeg4";  ///< encoder's name: "libx264", "libvpx-vp9", "mjpeg", "png" ...
    std::string container;        ///< muxer's name; "" guesses from the file's name
    int width = 64, height = 48;  ///< px as coded, before `rotation`
    int frames = 10;
    int frame_rate = 25;                   ///< Hz
    std::string pixel_format = "yuv420p";  ///< libavutil's name
    std::string matrix;  ///< "bt709", "smpte170m", "bt2020nc" ...; "" leaves it untagged (and 601)
    bool full_range = false;             ///< content and tag
    std::string siting;                  ///< "left", "center" ...; "" leaves it untagged
    int rotation = 0;                    ///< degrees clockwise a viewer must turn the picture
    bool mirrored = false;               ///< and mirror it left to right, before turning
    std::vector<std::int64_t> times_ms;  ///< a time for each frame; empty: constant rate
    int gop = 0;                         ///< frames from key to key; 0: the encoder's choice
    /// Options of the encoder and the muxer: {"crf", "10"}, {"movflags", "faststart"} ...
    std::vector<std::pair<std::string, std::string>> options;
    std::function<void(Canvas&, int)> draw = draw_quadrants;
    /// Instead of `draw`, where exact sample values matter.
    std::function<void(const RawPicture&, int)> draw_raw;
};

[[nodiscard]] bool has_encoder(const std::string& name);

/// Writes one clip. Errors: unavailable (no such encoder), unwritable, internal (text of libav).
Result<void> write_clip(const std::filesystem::path& path, const ClipOptions& options = {});

/// One picture; format from the name: .png, .jpg, .bmp, .ppm ...
Result<void> write_image(const std::filesystem::path& path, const Canvas& canvas);

/// A mono 8 kHz sound with no video stream (.wav).
Result<void> write_sound(const std::filesystem::path& path, double seconds);

}  // namespace saccade::test

/// First line of a test that encodes with `name`.
#define SACCADE_NEEDS_ENCODER(name)                                  \
    if (!::saccade::test::has_encoder(name)) {                       \
        GTEST_SKIP() << "this libavcodec has no encoder " << (name); \
    }
