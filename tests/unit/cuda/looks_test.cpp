// What later stages need of pictures in device memory, against what the host makes of the same
// pictures. Skipped without a GPU.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "cuda/driver.h"
#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "detect/device_embedder.h"
#include "detect/embedder.h"
#include "engine/camera_motion.h"
#include "engine/device_luma.h"
#include "support/reid_model.h"
#include "support/temp_dir.h"
#include "track/camera_motion/luma.h"
#include "track/camera_motion/motion_view.h"
#include "unit/vision/frames.h"
#include "vision/cuda_crops.h"
#include "vision/preprocess.h"
#include "vision/resample.h"
#include "vision/small_luma.h"

namespace saccade {
namespace {

class DeviceLooksTest : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto driver = cuda::probe_driver(); !driver)
            GTEST_SKIP() << driver.error().line();
        scope_ = std::make_unique<cuda::DeviceScope>(0);
        memory_ = std::make_shared<cuda::DeviceResource>();
    }

    template <typename T>
    cuda::Buffer upload(const T* values, std::size_t count) {
        auto buffer = cuda::Buffer::make(*memory_, std::max<std::size_t>(1, count * sizeof(T)));
        EXPECT_TRUE(buffer);
        const cuda::Stream stream;
        cuda::check(cudaMemcpyAsync(buffer->data(), values, count * sizeof(T),
                                    cudaMemcpyHostToDevice, stream.get()),
                    "cudaMemcpyAsync");
        stream.synchronize();
        return std::move(*buffer);
    }

    /// The same picture, strides too, in device memory.
    Frame on_device(const Frame& frame) {
        const PixelLayout layout = layout_of(frame.format);
        struct Owner {
            std::shared_ptr<cuda::DeviceResource> memory;
            std::vector<cuda::Buffer> planes;
        };
        auto owner = std::make_shared<Owner>();
        owner->memory = memory_;
        Frame copy = frame;
        for (int p = 0; p < layout.planes; ++p) {
            const auto size = test::plane_size(frame.format, frame.width, frame.height, p);
            Plane& plane = copy.planes[static_cast<std::size_t>(p)];
            const auto bytes = static_cast<std::size_t>(plane.stride * (size.rows - 1) +
                                                        size.samples * layout.bytes_per_sample);
            owner->planes.push_back(upload(plane.data, bytes));
            plane.data = owner->planes.back().as<const std::uint8_t>();
        }
        copy.memory = MemoryKind::cuda;
        copy.device = 0;
        copy.owner = owner;
        return copy;
    }

    std::unique_ptr<cuda::DeviceScope> scope_;
    std::shared_ptr<cuda::DeviceResource> memory_;
    std::mt19937 random_{17};
};

TEST_F(DeviceLooksTest, SmallLumaEqualsItsTwinInAllFormatsAndOddSizes) {
    const auto luma = engine::DeviceLuma::open(0);
    ASSERT_TRUE(luma) << luma.error().line();
    for (const PixelFormat format : test::all_formats) {
        for (const auto& [width, height, factor] :
             {std::tuple{1, 1, 1}, {37, 21, 2}, {160, 91, 3}, {61, 203, 5}, {333, 175, 16}}) {
            const Frame frame = test::random_frame(format, width, height, random_);
            auto coming = (*luma)->take(on_device(frame), factor);
            ASSERT_TRUE(coming) << coming.error().line();
            const auto got = (*coming)->wait();
            ASSERT_TRUE(got) << got.error().line();
            const vision::SmallLumaJob job = vision::make_small_luma_job(frame, factor);
            for (int y = 0; y < job.height; ++y) {
                for (int x = 0; x < job.width; ++x) {
                    ASSERT_EQ((*got)[y * job.width + x], vision::small_luma_pixel(job, x, y))
                        << static_cast<int>(format) << " " << width << "x" << height << " " << x
                        << "," << y;
                }
            }
        }
    }
}

TEST_F(DeviceLooksTest, TheMotionIsTheSameBitsAsOfFramesOnTheHost) {
    engine::FrameMotion host, device;
    std::shared_ptr<pipeline::MotionPicture> host_before, device_before;
    const auto noise = [](int x, int y) {
        unsigned h =
            static_cast<unsigned>(x / 12) * 374761393U + static_cast<unsigned>(y / 12) * 668265263U;
        h = (h ^ (h >> 13U)) * 1274126177U;
        return static_cast<int>((h >> 16U) & 0xFFU);
    };
    const std::vector<Detection> detections{{{100, 100, 300, 500}, 0.9F, 0}};
    int found = 0;
    for (int i = 0; i < 6; ++i) {
        const Frame frame =
            test::make_frame(PixelFormat::nv12, 1280, 721, [&](int plane, int x, int y) {
                return plane == 0 ? noise(x + 4 * i, y + 2 * i) : 128;
            });
        auto a = host.take(frame), b = device.take(on_device(frame));
        ASSERT_TRUE(a && b) << b.error().line();
        if (i % 2 == 1) (*b)->put_by();
        ASSERT_TRUE(host.prepare(**a, detections));
        ASSERT_TRUE(device.prepare(**b, detections));
        if (i > 0) {
            const auto want = host.between(*host_before, **a);
            const auto got = device.between(*device_before, **b);
            ASSERT_EQ(want.has_value(), got.has_value());
            if (want) {
                EXPECT_EQ(std::memcmp(&*want, &*got, sizeof *want), 0) << i;
                ++found;
            }
        }
        host_before = *a, device_before = *b;
    }
    EXPECT_EQ(found, 5);
}

TEST_F(DeviceLooksTest, ManyLumasAtOnceAndPicturesThatGoBefore) {
    const auto luma = engine::DeviceLuma::open(0);
    ASSERT_TRUE(luma) << luma.error().line();
    std::vector<Frame> frames;
    std::vector<std::unique_ptr<engine::LumaOnItsWay>> coming;
    for (int i = 0; i < 60; ++i) {
        frames.push_back(test::random_frame(PixelFormat::nv12, 640, 361, random_));
        auto taken = (*luma)->take(on_device(frames.back()), 2);  // whose memory only it holds
        ASSERT_TRUE(taken);
        coming.push_back(std::move(*taken));
        if (i % 3 == 2) coming[static_cast<std::size_t>(i - 1)].reset();
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (coming[i] == nullptr) continue;
        const auto got = coming[i]->wait();
        ASSERT_TRUE(got);
        const auto job = vision::make_small_luma_job(frames[i], 2);
        for (int y = 0; y < job.height; y += 7) {
            for (int x = 0; x < job.width; ++x) {
                ASSERT_EQ((*got)[y * job.width + x], vision::small_luma_pixel(job, x, y)) << i;
            }
        }
    }
}

TEST_F(DeviceLooksTest, CropsEqualThePreprocessorInAllFormats) {
    const cuda::Stream stream;
    for (const PixelFormat format : test::all_formats) {
        vision::InputLayout layout;
        layout.width = 24;
        layout.height = 48;
        layout.placement = Placement::stretched;
        const vision::ChannelScale channels{{0.485F, 0.456F, 0.406F},
                                            {1 / 0.229F, 1 / 0.224F, 1 / 0.225F}};
        vision::Preprocessor preprocessor(layout);
        constexpr int images = 3;
        const std::size_t plane = 24 * 48, image = 3 * plane;
        std::vector<float> expected(images * image);
        std::vector<vision::PictureJob> jobs;
        std::vector<Frame> held;
        std::vector<cuda::Buffer> taps;
        for (int i = 0; i < images; ++i) {
            Frame frame = test::random_frame(format, 31 + 17 * i, 77 - 20 * i, random_);
            frame.color.matrix = static_cast<ColorMatrix>(random_() % 3);
            vision::Letterbox box;
            float* const to = expected.data() + static_cast<std::size_t>(i) * image;
            ASSERT_TRUE(preprocessor.run(frame, to, box));
            for (std::size_t k = 0; k < image; ++k) {
                const std::size_t c = k / plane;
                to[k] = (to[k] - channels.mean[c]) * channels.scale[c];
            }
            held.push_back(on_device(frame));
            auto job = vision::make_picture_job(held.back(), box, layout.scale);
            const auto tables = vision::make_resample_tables(box, format, frame.color.siting);
            const auto put = [&](const std::vector<vision::Tap>& axis) {
                taps.push_back(upload(axis.data(), axis.size()));
                return taps.back().as<vision::Tap>();
            };
            job.luma_x = put(tables.luma_x);
            job.luma_y = put(tables.luma_y);
            job.chroma_x = put(tables.chroma_x);
            job.chroma_y = put(tables.chroma_y);
            jobs.push_back(job);
        }
        const cuda::Buffer on_gpu = upload(jobs.data(), jobs.size());
        const cuda::Buffer input = upload(expected.data(), expected.size());
        cuda::check(cudaMemsetAsync(input.data(), 0xcd, input.bytes(), stream.get()), "memset");
        ASSERT_EQ(vision::launch_crops(on_gpu.as<vision::PictureJob>(), images, layout, channels,
                                       input.data(), stream.get()),
                  cudaSuccess);
        std::vector<float> got(expected.size());
        stream.synchronize();
        cuda::check(cudaMemcpy(got.data(), input.data(), input.bytes(), cudaMemcpyDeviceToHost),
                    "cudaMemcpy");
        EXPECT_EQ(std::memcmp(got.data(), expected.data(), input.bytes()), 0)
            << static_cast<int>(format);
    }
}

TEST_F(DeviceLooksTest, EmbeddingsAreThoseOfTheHost) {
    const test::TempDir folder;
    const auto path = test::write_reid_model(folder / "colors.onnx", {});
    const auto model = model::OnnxModel::load(path);
    ASSERT_TRUE(model);
    infer::BackendOptions on_host, on_gpu;
    on_gpu.device = {0};
    on_gpu.precision = infer::Precision::fp32;
    on_host.max_batch = on_gpu.max_batch = 4;
    on_gpu.cache_dir = (folder / "cache").string();
    const auto device = detect::DeviceEmbedder::load(*model, on_gpu);
    if (!device && device.error().code == ErrorCode::unavailable) {
        GTEST_SKIP() << device.error().line();
    }
    ASSERT_TRUE(device) << device.error().line();
    const auto host = detect::Embedder::load(*model, on_host);
    ASSERT_TRUE(host) << host.error().line();
    ASSERT_EQ((*device)->dimension(), (*host)->dimension());
    // More crops than all slots take, of frames here and there, some showing nothing.
    std::vector<detect::LookRequest> requests(9);
    std::vector<detect::LookRequest*> all;
    std::vector<Frame> frames;
    for (std::size_t r = 0; r < requests.size(); ++r) {
        frames.push_back(test::random_frame(PixelFormat::nv12, 161, 120, random_));
        requests[r].frame = r % 3 == 1 ? frames[r] : on_device(frames[r]);
        for (std::size_t d = 0; d < r; ++d) {
            const auto x = static_cast<float>(7 * d);
            requests[r].detections.push_back({{x, 5, x + 40, d == 3 ? 5.0F : 100.0F}, 0.9F, 0});
        }
        all.push_back(&requests[r]);
    }
    for (int again = 0; again < 2; ++again) {
        const auto done = (*device)->embed(all);
        ASSERT_TRUE(done) << done.error().line();
        for (std::size_t r = 0; r < requests.size(); ++r) {
            ASSERT_TRUE(requests[r].outcome) << requests[r].outcome.error().line();
            std::vector<float> rows;
            ASSERT_TRUE((*host)->embed(frames[r], requests[r].detections, rows));
            ASSERT_EQ(requests[r].rows.size(), rows.size());
            for (std::size_t k = 0; k < rows.size(); ++k) {
                EXPECT_NEAR(requests[r].rows[k], rows[k], 1e-4) << r << " " << k;
            }
        }
    }
}

}  // namespace
}  // namespace saccade
