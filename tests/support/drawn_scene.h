// Pictures with something to be seen in them, and what is drawn over them.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "core/frame.h"
#include "sink/overlay.h"

namespace saccade::test {

/// nv12 or p010 on the host: noise that goes from dark to light, at some stride of its own.
inline Frame noisy_frame(PixelFormat format, int width, int height, unsigned seed) {
    const int bytes = format == PixelFormat::p010 ? 2 : 1;
    const int stride = ((width + 1) / 2 * 2 + 10) * bytes;
    const int rows = height + (height + 1) / 2;
    auto pixels =
        std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(stride * rows));
    std::mt19937 random(seed);
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < stride / bytes; ++x) {
            const auto code = 4U * static_cast<unsigned>((x + 2 * y) % 200) + random() % 220;
            auto* const at = pixels->data() + y * stride + x * bytes;
            const unsigned word = code << 6U;
            at[0] = static_cast<std::uint8_t>(bytes == 1 ? code >> 2U : word);
            if (bytes == 2) at[1] = static_cast<std::uint8_t>(word >> 8U);
        }
    }
    Frame frame;
    frame.width = width;
    frame.height = height;
    frame.format = format;
    frame.planes = {Plane{pixels->data(), stride}, Plane{pixels->data() + height * stride, stride},
                    Plane{}};
    frame.owner = pixels;
    return frame;
}

/// Objects that walk, at the edges as well, with labels and trails.
inline std::vector<sink::Object> walkers(int count, int frame, int width, int height) {
    std::vector<sink::Object> objects;
    for (int i = 0; i < count; ++i) {
        const auto x = static_cast<float>((i * 97 + frame * 7) % (width + 40) - 20);
        const auto y = static_cast<float>((i * 61 + frame * 3) % (height + 40) - 20);
        objects.push_back({{x, y, x + 30.5F, y + 45.25F}, 0.5F, i % 3, i + 1});
    }
    return objects;
}

inline sink::Overlay scene_overlay(int width, int height) {
    return sink::Overlay(width, height, {{"person", "bicycle", "car"}, 30});
}

}  // namespace saccade::test
