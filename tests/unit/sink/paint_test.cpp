// The kernel's own drawing and covering, run on the host against the CPU path: equal bytes.
#include "sink/paint.h"

#include <gtest/gtest.h>

#include <cstring>

#include "sink/mosaic.h"
#include "sink/mosaic_job.h"
#include "sink/picture.h"
#include "support/drawn_scene.h"
#include "support/fake_painter.h"

namespace saccade::sink {
namespace {

void expect_equal(const Frame& nv12, const Picture& picture) {
    for (int y = 0; y < picture.height(); ++y) {
        for (int x = 0; x < picture.width(); ++x) {
            ASSERT_EQ(nv12.planes[0].data[y * nv12.planes[0].stride + x],
                      picture.plane(0).row(y)[x])
                << x << "," << y;
        }
    }
    for (int y = 0; y < picture.plane(1).height; ++y) {
        const std::uint8_t* pairs = nv12.planes[1].data + y * nv12.planes[1].stride;
        for (int x = 0; x < picture.plane(1).width; ++x) {
            ASSERT_EQ(pairs[2 * x], picture.plane(1).row(y)[x]) << x << "," << y;
            ASSERT_EQ(pairs[2 * x + 1], picture.plane(2).row(y)[x]) << x << "," << y;
        }
    }
}

TEST(PaintCells, GiveTheBytesOfTheCpu) {
    for (const PixelFormat format : {PixelFormat::nv12, PixelFormat::p010}) {
        for (const auto& [width, height] : {std::pair{320, 180}, {201, 133}, {33, 17}, {2, 2}}) {
            SCOPED_TRACE(testing::Message() << width << "x" << height);
            Overlay overlay = test::scene_overlay(width, height);
            for (int i = 0; i < 12; ++i) {
                const Frame frame = test::noisy_frame(format, width, height, 7U + i);
                const PaintList& list = overlay.draw(test::walkers(9, i, width, height), {});
                Picture picture;
                ASSERT_TRUE(to_i420(frame, picture));
                paint(list, picture);
                expect_equal(test::painted_by_cells(frame, list, 0), picture);
            }
        }
    }
}

TEST(PaintList, ALongTrailCostsByItsLength) {
    PaintList list;
    Canvas canvas(4000, 4000, {}, list);
    canvas.polyline(std::vector<Point>{{10, 10}, {3990, 3990}}, 5, {255, 0, 0});
    EXPECT_GT(list.masks.size(), 100'000U);
    EXPECT_LT(list.masks.size(), 600'000U) << "the area is 16 million";
}

TEST(MosaicCells, GiveTheBytesOfTheCpu) {
    for (const PixelFormat format : {PixelFormat::nv12, PixelFormat::p010}) {
        for (const CoverStyle style : {CoverStyle::pixelate, CoverStyle::blur, CoverStyle::fill}) {
            for (const auto& [width, height] :
                 {std::pair{320, 180}, {201, 133}, {33, 17}, {2, 2}}) {
                const Frame frame = test::noisy_frame(format, width, height, 3);
                const auto right = static_cast<float>(width), bottom = static_cast<float>(height);
                const std::vector<Box> places = {
                    {0, 0, 20, 14}, {10, 6, 150, 100}, {100, 20, right, bottom}, {-4, 8, 18, 12}};
                const auto host = cover_on_host(frame, places, style);
                ASSERT_TRUE(host) << host.error().line();
                int count = 0;
                const auto mosaics = mosaics_of(places, width, height, count);
                std::vector<CellColor> cells(static_cast<std::size_t>(count));
                const bool words = format == PixelFormat::p010;
                const std::ptrdiff_t pitch = (width + 1) / 2 * 2 * (words ? 2 : 1);
                std::vector<std::uint8_t> out(
                    static_cast<std::size_t>(pitch * (height + (height + 1) / 2)));
                const MosaicJob job{.luma = frame.planes[0].data,
                                    .chroma = frame.planes[1].data,
                                    .luma_stride = frame.planes[0].stride,
                                    .chroma_stride = frame.planes[1].stride,
                                    .width = width,
                                    .height = height,
                                    .words = words,
                                    .out = out.data(),
                                    .pitch = pitch,
                                    .mosaics = mosaics.data(),
                                    .count = static_cast<int>(mosaics.size()),
                                    .cells = cells.data(),
                                    .style = style};
                test::take_colors_by_cells(job, cells);
                for (int cy = 0; cy < (height + 1) / 2; ++cy) {
                    for (int cx = 0; cx < (width + 1) / 2; ++cx) cover_cell(job, cx, cy);
                }
                for (int p = 0; p < 2; ++p) {
                    const Plane& expected = host->planes[static_cast<std::size_t>(p)];
                    const int rows = p == 0 ? height : (height + 1) / 2;
                    const auto row_bytes = static_cast<std::size_t>(
                        (p == 0 ? width : (width + 1) / 2 * 2) * (words ? 2 : 1));
                    for (int y = 0; y < rows; ++y) {
                        const auto* const row = out.data() + pitch * (p == 0 ? y : height + y);
                        ASSERT_EQ(std::memcmp(row, expected.data + y * expected.stride, row_bytes),
                                  0)
                            << width << "x" << height << " plane " << p << " row " << y;
                    }
                }
            }
        }
    }
}

}  // namespace
}  // namespace saccade::sink
