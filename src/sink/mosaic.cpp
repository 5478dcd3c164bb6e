#include "sink/mosaic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "sink/mosaic_job.h"

namespace saccade::sink {
namespace {

constexpr int most_cells = 4;   ///< along the longer side
constexpr int least_cell = 16;  ///< px

/// One component of a frame in memory: samples of 8 or 16 bits, `step` apart.
struct Component {
    std::uint8_t* data;  ///< its first sample
    std::ptrdiff_t stride;
    int step, bytes;  ///< bytes from a sample to the next, and of one
    int width, height;
    Samples samples;
    bool chroma;

    [[nodiscard]] unsigned read(int x, int y) const {
        const std::uint8_t* at = data + y * stride + x * step;
        return bytes == 1 ? *at : at[0] | static_cast<unsigned>(at[1]) << 8U;
    }
    void write(int x, int y, std::uint16_t value) const {
        std::uint8_t* at = data + y * stride + x * step;
        at[0] = static_cast<std::uint8_t>(value);
        if (bytes == 2) at[1] = static_cast<std::uint8_t>(value >> 8U);
    }
};

struct PlaneShape {
    int width, height;  ///< samples, those that stand side by side counted as one
    int components;
    [[nodiscard]] std::size_t row_bytes(const PixelLayout& layout) const {
        return static_cast<std::size_t>(width * components * layout.bytes_per_sample);
    }
};

PlaneShape shape_of(const Frame& frame, const PixelLayout& layout, int plane) {
    const int shift_x = plane == 0 ? 0 : layout.chroma_shift_x;
    const int shift_y = plane == 0 ? 0 : layout.chroma_shift_y;
    const int components = frame.format == PixelFormat::rgb24 ? 3
                           : layout.planes == 2 && plane == 1 ? 2
                                                              : 1;
    return {(frame.width + (1 << shift_x) - 1) >> shift_x,
            (frame.height + (1 << shift_y) - 1) >> shift_y, components};
}

/// A copy that is ours, rows without gaps, and its components.
Frame copy_of(const Frame& frame, std::vector<Component>& components) {
    const PixelLayout layout = layout_of(frame.format);
    std::size_t bytes = 0;
    for (int p = 0; p < layout.planes; ++p) {
        const PlaneShape shape = shape_of(frame, layout, p);
        bytes += shape.row_bytes(layout) * static_cast<std::size_t>(shape.height);
    }
    const std::shared_ptr<std::uint8_t[]> pixels(new std::uint8_t[bytes]);
    Frame copy = frame;
    std::uint8_t* at = pixels.get();
    for (int p = 0; p < layout.planes; ++p) {
        const PlaneShape shape = shape_of(frame, layout, p);
        const std::size_t row = shape.row_bytes(layout);
        const Plane& from = frame.planes[static_cast<std::size_t>(p)];
        copy.planes[static_cast<std::size_t>(p)] = {at, static_cast<std::ptrdiff_t>(row)};
        const bool chroma = p > 0;
        for (int c = 0; c < shape.components; ++c) {
            components.push_back(
                {.data = at + c * layout.bytes_per_sample,
                 .stride = static_cast<std::ptrdiff_t>(row),
                 .step = shape.components * layout.bytes_per_sample,
                 .bytes = layout.bytes_per_sample,
                 .width = shape.width,
                 .height = shape.height,
                 .samples = {chroma ? layout.chroma_shift_x : 0, chroma ? layout.chroma_shift_y : 0,
                             frame.format == PixelFormat::p010 ? 16 : layout.depth},
                 .chroma = chroma});
        }
        for (int y = 0; y < shape.height; ++y, at += row) {
            std::memcpy(at, from.data + y * from.stride, row);
        }
    }
    copy.owner = pixels;
    return copy;
}

/// The samples of a component that a range of pixels touches.
Rect samples_of(const Component& component, const Rect& px) {
    const auto& s = component.samples;
    const auto up = [](int v, int shift) { return (v + (1 << shift) - 1) >> shift; };
    return {px.left >> s.shift_x, px.top >> s.shift_y,
            std::min(up(px.right, s.shift_x), component.width),
            std::min(up(px.bottom, s.shift_y), component.height)};
}

void fill(const Component& component, const Rect& area, std::uint16_t value) {
    for (int y = area.top; y < area.bottom; ++y) {
        if (component.step == 1) {
            std::memset(component.data + y * component.stride + area.left, value,
                        static_cast<std::size_t>(area.width()));
        } else {
            for (int x = area.left; x < area.right; ++x) component.write(x, y, value);
        }
    }
}

/// As covered_value() says of each sample; what is of one colour at once.
void cover(const Mosaic& mosaic, const std::vector<CellColor>& cells, CoverStyle style,
           const Component& component, std::size_t c) {
    const Rect area = samples_of(component, mosaic.rect);
    if (style == CoverStyle::fill) {
        return fill(component, area, fill_value(component.chroma, component.samples.bits));
    }
    if (style == CoverStyle::pixelate) {
        for (int i = 0; i < mosaic.columns * mosaic.rows; ++i) {
            const Rect px = cell_rect(mosaic, i % mosaic.columns, i / mosaic.columns);
            fill(component, samples_of(component, px),
                 cells[static_cast<std::size_t>(mosaic.first + i)].of[c]);
        }
        return;
    }
    for (int y = area.top; y < area.bottom; ++y) {
        for (int x = area.left; x < area.right; ++x) {
            component.write(x, y,
                            covered_value(mosaic, cells.data(), style, component.samples,
                                          static_cast<int>(c), component.chroma, x, y));
        }
    }
}

void take_colors(const Mosaic& mosaic, const std::vector<Component>& components,
                 std::vector<CellColor>& cells) {
    for (int row = 0; row < mosaic.rows; ++row) {
        for (int column = 0; column < mosaic.columns; ++column) {
            const Rect px = cell_rect(mosaic, column, row);
            CellColor& cell =
                cells[static_cast<std::size_t>(mosaic.first + row * mosaic.columns + column)];
            for (std::size_t c = 0; c < components.size(); ++c) {
                const Component& component = components[c];
                const Rect area = samples_of(component, px);
                unsigned long long sum = 0;
                for (int y = area.top; y < area.bottom; ++y) {
                    for (int x = area.left; x < area.right; ++x) sum += component.read(x, y);
                }
                const auto count = static_cast<unsigned long long>(area.width()) *
                                   static_cast<unsigned long long>(area.height());
                cell.of[c] = cell_value(sum, count, component.samples.bits);
            }
        }
    }
}

}  // namespace

std::vector<Mosaic> mosaics_of(std::span<const Box> places, int width, int height, int& cells) {
    std::vector<Mosaic> mosaics;
    cells = 0;
    for (const Box& place : places) {
        const Rect rect{std::max(static_cast<int>(place.x1) & ~1, 0),
                        std::max(static_cast<int>(place.y1) & ~1, 0),
                        std::min((static_cast<int>(place.x2) + 1) & ~1, width),
                        std::min((static_cast<int>(place.y2) + 1) & ~1, height)};
        if (rect.width() <= 0 || rect.height() <= 0) continue;
        const int cell = std::max(
            (std::max(rect.width(), rect.height()) + most_cells - 1) / most_cells, least_cell);
        Mosaic mosaic{.rect = rect,
                      .columns = std::max(1, rect.width() / cell),
                      .rows = std::max(1, rect.height() / cell),
                      .first = cells};
        cells += mosaic.columns * mosaic.rows;
        mosaics.push_back(mosaic);
    }
    return mosaics;
}

Result<Frame> cover_on_host(const Frame& frame, std::span<const Box> places, CoverStyle style) {
    if (frame.memory != MemoryKind::host || frame.planes[0].data == nullptr) {
        return fail(ErrorCode::unsupported,
                    fmt::format("frame {} has no pixels in host memory", frame.id.index));
    }
    int count = 0;
    const auto mosaics = mosaics_of(places, frame.width, frame.height, count);
    std::vector<Component> components;
    Frame covered = copy_of(frame, components);
    std::vector<CellColor> cells(static_cast<std::size_t>(count));
    // All colours first: places may lie over each other.
    if (style != CoverStyle::fill) {
        for (const Mosaic& mosaic : mosaics) take_colors(mosaic, components, cells);
    }
    for (const Mosaic& mosaic : mosaics) {
        for (std::size_t c = 0; c < components.size(); ++c) {
            cover(mosaic, cells, style, components[c], c);
        }
    }
    return covered;
}

}  // namespace saccade::sink
