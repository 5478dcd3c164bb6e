#include "sink/scale.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace saccade::sink {
namespace {

struct Tap {
    int first, second;
    int weight;  ///< of the second, of 256
};

std::vector<Tap> taps(int from, int to) {
    std::vector<Tap> all;
    for (int i = 0; i < to; ++i) {
        const double center = std::max(0.0, (i + 0.5) * from / to - 0.5);
        const int first = std::min(static_cast<int>(center), from - 1);
        all.push_back({first, std::min(first + 1, from - 1),
                       static_cast<int>(std::lround((center - first) * 256))});
    }
    return all;
}

void scale_plane(const PlaneView& from, const PlaneView& to) {
    const auto columns = taps(from.width, to.width), rows = taps(from.height, to.height);
    for (int y = 0; y < to.height; ++y) {
        const Tap& v = rows[static_cast<std::size_t>(y)];
        const std::uint8_t *upper = from.row(v.first), *lower = from.row(v.second);
        std::uint8_t* out = to.row(y);
        for (int x = 0; x < to.width; ++x) {
            const Tap& h = columns[static_cast<std::size_t>(x)];
            const int a = upper[h.first] * (256 - h.weight) + upper[h.second] * h.weight;
            const int b = lower[h.first] * (256 - h.weight) + lower[h.second] * h.weight;
            out[x] = static_cast<std::uint8_t>((a * (256 - v.weight) + b * v.weight + 32768) >> 16);
        }
    }
}

}  // namespace

void scale(const Picture& from, Picture& to) {
    to.color = from.color;
    for (std::size_t i = 0; i < 3; ++i) scale_plane(from.plane(i), to.plane(i));
}

}  // namespace saccade::sink
