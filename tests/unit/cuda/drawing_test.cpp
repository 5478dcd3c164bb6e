// Drawing and covering on a GPU against the CPU path: equal bytes. Skipped without a GPU.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "contract/sink/scene.h"
#include "core/crop.h"
#include "cuda/driver.h"
#include "cuda/runtime.h"
#include "sink/device_painter.h"
#include "sink/picture.h"
#include "sink/redactor.h"
#include "support/drawn_scene.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

class DeviceDrawing : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto driver = cuda::probe_driver(); !driver)
            GTEST_SKIP() << driver.error().line();
        scope_ = std::make_unique<cuda::DeviceScope>(0);
    }

    /// nv12 or p010, as it lies on the host.
    static Frame upload(const Frame& frame) {
        struct Memory {
            std::vector<void*> blocks;
            ~Memory() {
                for (void* block : blocks) cudaFree(block);
            }
        };
        auto memory = std::make_shared<Memory>();
        Frame copy = frame;
        for (std::size_t p = 0; p < 2; ++p) {
            const int rows = p == 0 ? frame.height : (frame.height + 1) / 2;
            const auto bytes = static_cast<std::size_t>(frame.planes[p].stride * rows);
            void* block = nullptr;
            cuda::check(cudaMalloc(&block, bytes), "cudaMalloc");
            memory->blocks.push_back(block);
            cuda::check(cudaMemcpy(block, frame.planes[p].data, bytes, cudaMemcpyHostToDevice),
                        "cudaMemcpy");
            copy.planes[p].data = static_cast<const std::uint8_t*>(block);
        }
        copy.memory = MemoryKind::cuda;
        copy.device = 0;
        copy.owner = memory;
        return copy;
    }

    static void expect_equal(const Frame& a, const Frame& b) {
        ASSERT_EQ(a.format, b.format);
        ASSERT_EQ(a.width, b.width);
        ASSERT_EQ(a.height, b.height);
        const int bytes = layout_of(a.format).bytes_per_sample;
        for (std::size_t p = 0; p < 2; ++p) {
            const int rows = p == 0 ? a.height : (a.height + 1) / 2;
            const auto row =
                static_cast<std::size_t>((p == 0 ? a.width : (a.width + 1) / 2 * 2) * bytes);
            for (int y = 0; y < rows; ++y) {
                ASSERT_EQ(std::memcmp(a.planes[p].data + y * a.planes[p].stride,
                                      b.planes[p].data + y * b.planes[p].stride, row),
                          0)
                    << "plane " << p << " row " << y;
            }
        }
    }

    std::unique_ptr<cuda::DeviceScope> scope_;
};

TEST_F(DeviceDrawing, PaintsTheBytesOfTheCpu) {
    auto painter = open_device_painter(0);
    ASSERT_TRUE(painter) << painter.error().line();
    for (const PixelFormat format : {PixelFormat::nv12, PixelFormat::p010}) {
        for (const auto& [width, height] :
             {std::pair{1920, 1080}, {321, 181}, {64, 48}, {33, 17}, {2, 2}}) {
            SCOPED_TRACE(testing::Message() << width << "x" << height);
            Overlay overlay = test::scene_overlay(width, height);
            for (int i = 0; i < 8; ++i) {
                const Frame frame = test::noisy_frame(format, width, height, 5U + i);
                // Many paints: more than a block looks at in one go.
                const int count = i == 0 ? 0 : 40;
                const PaintList& list = overlay.draw(test::walkers(count, i, width, height), {});
                Picture picture;
                ASSERT_TRUE(to_i420(frame, picture));
                paint(list, picture);
                const Frame there = upload(frame);
                for (const auto to : {DevicePainter::To::host, DevicePainter::To::device}) {
                    ASSERT_TRUE((*painter)->start(there, list, to));
                }
                Picture shown;
                for (int n = 0; n < 2; ++n) {
                    auto painted = (*painter)->finish();
                    ASSERT_TRUE(painted) << painted.error().line();
                    ASSERT_EQ(painted->memory, n == 0 ? MemoryKind::host : MemoryKind::cuda);
                    const auto host = on_host(*painted);
                    ASSERT_TRUE(host) << host.error().line();
                    ASSERT_TRUE(to_i420(*host, shown));
                    for (std::size_t p = 0; p < 3; ++p) {
                        const PlaneView& a = picture.plane(p);
                        for (int y = 0; y < a.height; ++y) {
                            ASSERT_EQ(std::memcmp(a.row(y), shown.plane(p).row(y),
                                                  static_cast<std::size_t>(a.width)),
                                      0)
                                << "plane " << p << " row " << y;
                        }
                    }
                }
                // The picture itself is as it was.
                const auto again = on_host(there);
                ASSERT_TRUE(again);
                expect_equal(*again, frame);
            }
        }
    }
}

TEST_F(DeviceDrawing, UploadsWhatWasDrawnOnTheHost) {
    auto painter = open_device_painter(0);
    ASSERT_TRUE(painter);
    const Frame frame = test::noisy_frame(PixelFormat::nv12, 322, 182, 5);
    Picture picture;
    ASSERT_TRUE(to_i420(frame, picture));
    const auto uploaded = (*painter)->upload(picture.view(frame));
    ASSERT_TRUE(uploaded) << uploaded.error().line();
    const auto host = on_host(*uploaded);
    ASSERT_TRUE(host);
    expect_equal(*host, frame);
}

TEST_F(DeviceDrawing, CoversTheBytesOfTheCpu) {
    for (const PixelFormat format : {PixelFormat::nv12, PixelFormat::p010}) {
        for (const CoverStyle style : {CoverStyle::pixelate, CoverStyle::blur, CoverStyle::fill}) {
            Redactor redactor(style);
            for (const auto& [width, height] :
                 {std::pair{1920, 1080}, {321, 181}, {33, 17}, {2, 2}}) {
                SCOPED_TRACE(testing::Message() << width << "x" << height);
                const Frame frame = test::noisy_frame(format, width, height, 9);
                const auto right = static_cast<float>(width), bottom = static_cast<float>(height);
                const std::vector<Box> places = {{0, 0, 20, 14},
                                                 {10, 6, 150, 100},
                                                 {100, 20, right, bottom},
                                                 {-4, 8, 18, 12},
                                                 {400, 300, 1200, 980}};
                const auto host = cover_on_host(frame, places, style);
                ASSERT_TRUE(host);
                const Frame there = upload(frame);
                const auto covered = redactor.redact(there, places);
                ASSERT_TRUE(covered) << covered.error().line();
                EXPECT_EQ(covered->memory, MemoryKind::cuda);
                const auto down = on_host(*covered);
                ASSERT_TRUE(down);
                expect_equal(*down, *host);
                const auto again = on_host(there);
                ASSERT_TRUE(again);
                expect_equal(*again, frame);
            }
        }
    }
}

TEST_F(DeviceDrawing, APartOfAFrameComesToTheHost) {
    const Frame frame = test::noisy_frame(PixelFormat::p010, 320, 180, 3);
    const auto part = crop(upload(frame), {31, 21, 99, 80}), same = crop(frame, {31, 21, 99, 80});
    ASSERT_TRUE(part && same);
    const auto host = on_host(*part);
    ASSERT_TRUE(host) << host.error().line();
    expect_equal(*host, *same);
}

TEST_F(DeviceDrawing, AVideoOfTheDeviceIsTheSameFile) {
    const auto written = [&](bool there) {
        test::TempDir dir;
        SinkOptions options = test::scene_options(dir.path());
        options.open_encoder = {};  // x264
        auto sink = make_sink("video", options);
        Context context = test::scene_context();
        context.width = 640, context.height = 360;
        EXPECT_TRUE((*sink)->begin(context));
        for (int i = 0; i < 40; ++i) {
            FrameResult result;
            result.id.index = static_cast<std::uint64_t>(i);
            result.pts = std::chrono::milliseconds(40) * i;
            result.width = 640, result.height = 360;
            for (const Object& o : test::walkers(12, i, 640, 360)) {
                result.tracks.push_back(
                    {.id = o.id, .box = o.box, .raw_box = o.box, .score = o.score});
            }
            Frame frame = test::noisy_frame(PixelFormat::nv12, 640, 360, 1);
            frame.pts = result.pts;
            const auto done = (*sink)->write(result, there ? upload(frame) : frame);
            EXPECT_TRUE(done) << done.error().line();
        }
        EXPECT_TRUE((*sink)->finish(Outcome::complete));
        return test::read_file((*sink)->path());
    };
    EXPECT_EQ(written(true), written(false));
}

/// An encoder of the device that looks at what it is given.
class LookingEncoder final : public media::Encoder {
  public:
    explicit LookingEncoder(int& pictures) : pictures_(pictures) {}
    Result<void> write(const Frame& frame) override {
        if (frame.memory != MemoryKind::cuda || frame.format != PixelFormat::nv12 ||
            frame.planes[1].data != frame.planes[0].data + frame.planes[0].stride * frame.height) {
            return fail(ErrorCode::invalid_argument, "not a picture for an encoder of the device");
        }
        auto host = on_host(frame);
        if (!host) return fail(host.error());
        ++pictures_;
        return {};
    }
    Result<void> finish() override { return {}; }

  private:
    int& pictures_;
};

TEST_F(DeviceDrawing, AnEncoderOfTheDeviceGetsItsPicturesThere) {
    int pictures = 0;
    test::TempDir dir;
    SinkOptions options = test::scene_options(dir.path());
    options.encoder.name = "h264_nvenc";
    options.open_encoder =
        [&](const std::filesystem::path&,
            const media::EncoderOptions& asked) -> Result<std::unique_ptr<media::Encoder>> {
        EXPECT_EQ(asked.device, 0);
        return std::make_unique<LookingEncoder>(pictures);
    };
    auto sink = make_sink("video", options);
    ASSERT_TRUE((*sink)->begin(test::scene_context()));
    for (std::uint64_t i = 0; i < 5; ++i) {
        const FrameResult result = test::scene_result(i);
        Frame frame = test::noisy_frame(PixelFormat::nv12, 64, 48, 1);
        frame.pts = result.pts;
        const auto done = (*sink)->write(result, i == 3 ? frame : upload(frame));
        ASSERT_TRUE(done) << done.error().line();
    }
    static_cast<void>((*sink)->finish(Outcome::complete));  // (that encoder leaves no file)
    EXPECT_EQ(pictures, 5);
}

}  // namespace
}  // namespace saccade::sink
