// The kernels on a GPU against the CPU path: equal bits but for YOLOX's exponential. Skipped
// without a GPU.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "cuda/driver.h"
#include "cuda/runtime.h"
#include "detect/cuda_frames.h"
#include "unit/vision/frames.h"
#include "unit/vision/outputs.h"
#include "vision/cuda_postprocess.h"
#include "vision/cuda_preprocess.h"
#include "vision/nms.h"
#include "vision/preprocess.h"

namespace saccade::vision {
namespace {

class Kernels : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto driver = cuda::probe_driver(); !driver)
            GTEST_SKIP() << driver.error().line();
        scope_ = std::make_unique<cuda::DeviceScope>(0);
        memory_ = std::make_unique<cuda::DeviceResource>();
        stream_ = std::make_unique<cuda::Stream>();
    }

    template <typename T>
    cuda::Buffer upload(const std::vector<T>& values) {
        auto buffer =
            cuda::Buffer::make(*memory_, std::max<std::size_t>(1, values.size() * sizeof(T)));
        EXPECT_TRUE(buffer);
        // On the stream of the kernels: the default one, which they don't wait for, may come later.
        cuda::check(cudaMemcpyAsync(buffer->data(), values.data(), values.size() * sizeof(T),
                                    cudaMemcpyHostToDevice, stream_->get()),
                    "cudaMemcpyAsync");
        stream_->synchronize();
        return std::move(*buffer);
    }

    cuda::Buffer filled(std::size_t bytes, int value) {
        auto buffer = cuda::Buffer::make(*memory_, bytes);
        EXPECT_TRUE(buffer);
        cuda::check(cudaMemsetAsync(buffer->data(), value, bytes, stream_->get()),
                    "cudaMemsetAsync");
        stream_->synchronize();
        return std::move(*buffer);
    }

    std::vector<std::uint8_t> download(const cuda::Buffer& buffer) {
        std::vector<std::uint8_t> bytes(buffer.bytes());
        stream_->synchronize();
        cuda::check(cudaMemcpy(bytes.data(), buffer.data(), bytes.size(), cudaMemcpyDeviceToHost),
                    "cudaMemcpy");
        return bytes;
    }

    std::unique_ptr<cuda::DeviceScope> scope_;
    std::unique_ptr<cuda::DeviceResource> memory_;
    std::unique_ptr<cuda::Stream> stream_;
    cuda::PinnedResource pinned_;
};

TEST_F(Kernels, LetterboxEqualsThePreprocessorInAllFormatsAndTypes) {
    std::mt19937 random(11);
    for (const SampleType type :
         {SampleType::f32, SampleType::f16, SampleType::bf16, SampleType::u8}) {
        for (const PixelFormat format : test::all_formats) {
            InputLayout layout;
            layout.width = 96;
            layout.height = 64;
            layout.type = type;
            layout.bgr = random() % 2 == 0;
            layout.placement = static_cast<Placement>(random() % 3);
            layout.scale = type == SampleType::u8 ? 1.0F : 1.0F / 255;
            Preprocessor preprocessor(layout);
            detect::DeviceTables tables(*memory_, layout.placement, layout.width, layout.height);
            const std::pair<int, int> sizes[] = {{1, 1}, {2, 3}, {37, 21}, {160, 90}, {61, 203}};
            std::vector<PictureJob> jobs;
            std::vector<detect::Upload> uploads(std::size(sizes));
            std::vector<std::uint8_t> expected(preprocessor.image_bytes() * std::size(sizes));
            for (std::size_t i = 0; i < std::size(sizes); ++i) {
                Frame frame = test::random_frame(format, sizes[i].first, sizes[i].second, random);
                frame.color.matrix = static_cast<ColorMatrix>(random() % 3);
                frame.color.range = static_cast<ColorRange>(random() % 2);
                frame.color.siting = static_cast<ChromaSiting>(random() % 2);
                auto job = tables.job_of(frame, layout.scale);
                ASSERT_TRUE(job);
                ASSERT_TRUE(uploads[i].run(frame, *job, pinned_, *memory_, stream_->get()));
                jobs.push_back(*job);
                Letterbox box;
                ASSERT_TRUE(
                    preprocessor.run(frame, expected.data() + i * preprocessor.image_bytes(), box));
            }
            const cuda::Buffer on_device = upload(jobs);
            const cuda::Buffer images = filled(expected.size(), 0xcd);
            ASSERT_EQ(launch_letterbox(on_device.as<PictureJob>(), static_cast<int>(jobs.size()),
                                       layout, images.data(), stream_->get()),
                      cudaSuccess);
            const auto got = download(images);
            const auto differs = std::mismatch(got.begin(), got.end(), expected.begin());
            EXPECT_EQ(differs.first, got.end())
                << "type " << static_cast<int>(type) << " format " << static_cast<int>(format)
                << " byte " << differs.first - got.begin();
        }
    }
}

std::vector<Detection> on_cpu(const PostJob& job, const std::vector<GridCell>& grid,
                              const float* output, const Letterbox& letterbox) {
    CandidateFilter filter;
    filter.confidence = job.head.confidence;
    filter.multi_label = job.head.multi_label;
    HeadDecoder decoder(filter);
    std::vector<Candidate> candidates, kept;
    switch (job.head.layout) {
        case HeadLayout::channels_first:
            decoder.decode_channels_first(output, job.head.classes, job.head.anchors, candidates);
            break;
        case HeadLayout::anchors_first:
            decoder.decode_anchors_first(output, job.head.classes, job.head.anchors, grid,
                                         candidates);
            break;
        case HeadLayout::rows:
            decoder.decode_rows_of_six(output, job.head.classes, job.head.anchors, candidates);
            break;
    }
    Nms({job.nms.iou, job.nms.max_detections, job.nms.max_candidates}).run(candidates, kept);
    std::vector<Detection> detections;
    for (const Candidate& c : kept) {
        const Box box = to_source(c.box, letterbox);
        if (box.area() > 0) detections.push_back({box, c.score, c.class_id});
    }
    return detections;
}

TEST_F(Kernels, PostprocessingEqualsHeadDecoderAndNms) {
    std::mt19937 random(12);
    constexpr int images = 3;
    const auto cells = make_grid(192, 256);
    for (int round = 0; round < 24; ++round) {
        PostJob job;
        job.head.layout = static_cast<HeadLayout>(round % 3);
        job.head.classes = round % 2 == 0 ? 7 : 80;
        job.head.anchors = static_cast<int>(cells.size());
        // From a handful of candidates to all of them: sorted on the chip and beyond it.
        job.head.confidence = round % 4 == 0 ? 0.0F : round % 4 == 1 ? 0.5F : 0.98F;
        job.head.multi_label = round % 5 == 0 && job.head.layout != HeadLayout::rows;
        job.nms.iou = round % 6 == 0 ? 1.0F : 0.45F;
        job.nms.max_detections = round % 7 == 0 ? 5 : 300;
        job.capacity = job.head.anchors * (job.head.multi_label ? job.head.classes : 1);
        const bool end_to_end = job.head.layout == HeadLayout::rows;
        const int row = end_to_end                                      ? 6
                        : job.head.layout == HeadLayout::channels_first ? 4 + job.head.classes
                                                                        : 5 + job.head.classes;
        job.output_stride = static_cast<std::ptrdiff_t>(row) * job.head.anchors;
        auto output =
            test::random_output(static_cast<std::size_t>(job.output_stride) * images, random);
        // Boxes in pixels, and classes that exist.
        for (std::size_t i = 0; i < output.size(); ++i) {
            const std::size_t in_image = i % static_cast<std::size_t>(job.output_stride);
            const std::size_t field = job.head.layout == HeadLayout::channels_first
                                          ? in_image / static_cast<std::size_t>(job.head.anchors)
                                          : in_image % static_cast<std::size_t>(row);
            if (field < 4) output[i] *= 150;
            if (end_to_end && field == 5) output[i] *= static_cast<float>(job.head.classes);
        }
        std::vector<PictureJob> pictures(images);
        for (int i = 0; i < images; ++i) {
            pictures[static_cast<std::size_t>(i)].letterbox =
                make_letterbox(640 + 100 * i, 360, 256, 192, static_cast<Placement>(i % 3));
        }
        const auto capacity = static_cast<std::size_t>(job.capacity);
        const cuda::Buffer out = upload(output), jobs = upload(pictures);
        const cuda::Buffer candidates = filled(images * capacity * sizeof(Candidate), 0xcd);
        const cuda::Buffer counts = filled(images * sizeof(std::int32_t), 0xcd);
        const cuda::Buffer ranked = filled(
            images * static_cast<std::size_t>(padded_size(job.capacity)) * sizeof(Ranked), 0xcd);
        const cuda::Buffer removed = filled(images * capacity, 0xcd);
        const cuda::Buffer results = filled(images * result_bytes(job.nms.max_detections), 0xcd);
        const PostMemory memory{candidates.as<Candidate>(), counts.as<std::int32_t>(),
                                ranked.as<Ranked>(), removed.as<std::uint8_t>(),
                                results.as<std::byte>()};
        ASSERT_EQ(launch_postprocess(job, out.as<float>(), jobs.as<PictureJob>(), images, memory,
                                     stream_->get()),
                  cudaSuccess);
        const auto got = download(results);
        for (std::size_t i = 0; i < images; ++i) {
            const std::uint8_t* const at = got.data() + i * result_bytes(job.nms.max_detections);
            ResultHeader header;
            std::memcpy(&header, at, sizeof header);
            ASSERT_GE(header.count, 0);
            ASSERT_LE(header.count, job.nms.max_detections);
            std::vector<Detection> detections(static_cast<std::size_t>(header.count));
            std::memcpy(detections.data(), at + sizeof header,
                        detections.size() * sizeof(Detection));
            const auto expected =
                on_cpu(job, {}, output.data() + static_cast<std::ptrdiff_t>(i) * job.output_stride,
                       pictures[i].letterbox);
            EXPECT_EQ(detections, expected) << "round " << round << " image " << i;
        }
    }
}

TEST_F(Kernels, YoloxGridsDifferByTheExponentialAlone) {
    std::mt19937 random(13);
    const auto cells = make_grid(192, 256);
    PostJob job;
    job.head.layout = HeadLayout::anchors_first;
    job.head.classes = 5;
    job.head.anchors = static_cast<int>(cells.size());
    job.head.confidence = 0.9F;
    job.nms.iou = 1.0F;  // what is kept must not hang on the last bit of a box
    job.capacity = job.head.anchors;
    job.output_stride = static_cast<std::ptrdiff_t>(10) * job.head.anchors;
    std::vector<float> output(static_cast<std::size_t>(job.output_stride));
    std::uniform_real_distribution<float> usual(0, 1);
    for (float& v : output) v = usual(random);
    const std::vector<PictureJob> pictures{
        {.letterbox = make_letterbox(640, 360, 256, 192, Placement::centered)}};
    const auto capacity = static_cast<std::size_t>(job.capacity);
    const cuda::Buffer out = upload(output), jobs = upload(pictures), grid = upload(cells);
    job.head.grid = grid.as<GridCell>();
    const cuda::Buffer candidates = filled(capacity * sizeof(Candidate), 0xcd);
    const cuda::Buffer counts = filled(sizeof(std::int32_t), 0xcd);
    const cuda::Buffer ranked =
        filled(static_cast<std::size_t>(padded_size(job.capacity)) * sizeof(Ranked), 0xcd);
    const cuda::Buffer removed = filled(capacity, 0xcd);
    const cuda::Buffer results = filled(result_bytes(job.nms.max_detections), 0xcd);
    ASSERT_EQ(launch_postprocess(
                  job, out.as<float>(), jobs.as<PictureJob>(), 1,
                  {candidates.as<Candidate>(), counts.as<std::int32_t>(), ranked.as<Ranked>(),
                   removed.as<std::uint8_t>(), results.as<std::byte>()},
                  stream_->get()),
              cudaSuccess);
    const auto got = download(results);
    ResultHeader header;
    std::memcpy(&header, got.data(), sizeof header);
    const auto expected = on_cpu(job, cells, output.data(), pictures[0].letterbox);
    ASSERT_EQ(static_cast<std::size_t>(header.count), expected.size());
    ASSERT_GT(expected.size(), 10U);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        Detection detection;
        std::memcpy(&detection, got.data() + sizeof header + i * sizeof detection,
                    sizeof detection);
        EXPECT_EQ(detection.score, expected[i].score);
        EXPECT_EQ(detection.class_id, expected[i].class_id);
        EXPECT_NEAR(detection.box.x1, expected[i].box.x1, 1e-3);
        EXPECT_NEAR(detection.box.y1, expected[i].box.y1, 1e-3);
        EXPECT_NEAR(detection.box.x2, expected[i].box.x2, 1e-3);
        EXPECT_NEAR(detection.box.y2, expected[i].box.y2, 1e-3);
    }
}

TEST_F(Kernels, BuffersOutOfThePoolAreWhole) {
    std::mt19937 random(14);
    for (int round = 0; round < 50; ++round) {
        std::vector<std::uint32_t> values(1 + random() % 100'000);
        for (auto& v : values) v = static_cast<std::uint32_t>(random());
        const cuda::Buffer buffer = upload(values);
        const auto bytes = download(buffer);
        ASSERT_EQ(std::memcmp(bytes.data(), values.data(), values.size() * sizeof(values[0])), 0);
    }
    const auto before = cuda::device_memory().used();
    memory_->trim();
    EXPECT_LE(cuda::device_memory().used(), before);
}

TEST_F(Kernels, AGraphRepeatsWhatWasRecorded) {
    const cuda::Buffer buffer = filled(1024, 0);
    const cuda::Graph graph = cuda::Graph::capture(stream_->get(), [&] {
        cuda::check(cudaMemsetAsync(buffer.data(), 7, 1024, stream_->get()), "cudaMemsetAsync");
    });
    EXPECT_EQ(download(buffer), std::vector<std::uint8_t>(1024, 0)) << "recording runs nothing";
    graph.launch(stream_->get());
    EXPECT_EQ(download(buffer), std::vector<std::uint8_t>(1024, 7));
}

}  // namespace
}  // namespace saccade::vision
