// The kernels' own code, run on the host against the CPU path: equal bits.
#include <gtest/gtest.h>

#include <barrier>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "unit/vision/frames.h"
#include "unit/vision/outputs.h"
#include "vision/cuda_candidates.h"
#include "vision/cuda_pixel.h"
#include "vision/nms.h"
#include "vision/preprocess.h"
#include "vision/resample.h"

namespace saccade::vision {
namespace {

void expect_equal_pixels(const Frame& frame, const InputLayout& layout) {
    Preprocessor preprocessor(layout);
    std::vector<float> cpu(preprocessor.image_bytes() / sizeof(float));
    Letterbox box;
    ASSERT_TRUE(preprocessor.run(frame, cpu.data(), box));

    const ResampleTables tables = make_resample_tables(box, frame.format, frame.color.siting);
    PictureJob job = make_picture_job(frame, box, layout.scale);
    job.luma_x = tables.luma_x.data();
    job.luma_y = tables.luma_y.data();
    job.chroma_x = tables.chroma_x.data();
    job.chroma_y = tables.chroma_y.data();
    const std::size_t plane =
        static_cast<std::size_t>(layout.width) * static_cast<std::size_t>(layout.height);
    for (int y = 0; y < box.new_height; ++y) {
        for (int x = 0; x < box.new_width; ++x) {
            const Rgb pixel = letterbox_pixel(job, x, y);
            const std::size_t at =
                static_cast<std::size_t>(box.top + y) * static_cast<std::size_t>(layout.width) +
                static_cast<std::size_t>(box.left + x);
            const float gpu[] = {pixel.r, pixel.g, pixel.b};
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t from = layout.bgr ? 2 - c : c;
                ASSERT_EQ(std::memcmp(&cpu[from * plane + at], &gpu[c], sizeof(float)), 0)
                    << x << "," << y << " channel " << c << ": " << cpu[from * plane + at]
                    << " and " << gpu[c];
            }
        }
    }
}

TEST(KernelPixel, EqualsThePreprocessorInAllFormats) {
    std::mt19937 random(1);
    for (const PixelFormat format : test::all_formats) {
        for (const auto& [width, height] :
             {std::pair{1, 1}, {2, 3}, {37, 21}, {160, 90}, {61, 203}}) {
            Frame frame = test::random_frame(format, width, height, random);
            frame.color.matrix = static_cast<ColorMatrix>(random() % 3);
            frame.color.range = static_cast<ColorRange>(random() % 2);
            frame.color.siting = static_cast<ChromaSiting>(random() % 2);
            InputLayout layout;
            layout.width = 96;
            layout.height = 64;
            layout.bgr = random() % 2 == 0;
            layout.placement = static_cast<Placement>(random() % 3);
            layout.scale = random() % 2 == 0 ? 1.0F / 255 : 1.0F;
            SCOPED_TRACE(testing::Message()
                         << static_cast<int>(format) << " " << width << "x" << height);
            expect_equal_pixels(frame, layout);
        }
    }
}

std::vector<Candidate> kernel_decode(const HeadJob& job, const std::vector<float>& output) {
    std::vector<Candidate> candidates;
    for (int a = 0; a < job.anchors; ++a) {
        decode_anchor(job, output.data(), a, [&](const Candidate& c) { candidates.push_back(c); });
    }
    return candidates;
}

void expect_same_set(std::vector<Candidate> a, std::vector<Candidate> b) {
    const auto by_order = [](const Candidate& x, const Candidate& y) { return x.order < y.order; };
    std::sort(a.begin(), a.end(), by_order);
    std::sort(b.begin(), b.end(), by_order);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].order, b[i].order);
        EXPECT_EQ(a[i].box, b[i].box);
        EXPECT_EQ(a[i].score, b[i].score);
        EXPECT_EQ(a[i].class_id, b[i].class_id);
    }
}

TEST(KernelDecode, EqualsTheHeadDecoder) {
    std::mt19937 random(2);
    constexpr int classes = 7;
    const auto cells = make_grid(64, 96);
    const int anchors = static_cast<int>(cells.size());
    for (int round = 0; round < 40; ++round) {
        CandidateFilter filter;
        filter.confidence = round % 5 == 0 ? 0.0F : 0.6F;
        filter.multi_label = round % 2 == 0;
        std::vector<std::uint8_t> wanted;
        if (round % 3 == 0) {
            for (int c = 0; c < classes; ++c) wanted.push_back(random() % 2);
            filter.wanted.assign(wanted.begin(), wanted.end());
        }
        HeadDecoder decoder(filter);
        HeadJob job;
        job.classes = classes;
        job.anchors = anchors;
        job.confidence = filter.confidence;
        job.multi_label = filter.multi_label;
        job.wanted = wanted.empty() ? nullptr : wanted.data();

        std::vector<Candidate> expected;
        auto output =
            test::random_output(static_cast<std::size_t>(anchors) * (4 + classes), random);
        decoder.decode_channels_first(output.data(), classes, anchors, expected);
        expect_same_set(kernel_decode(job, output), expected);

        output = test::random_output(static_cast<std::size_t>(anchors) * (5 + classes), random);
        job.layout = HeadLayout::anchors_first;
        expected.clear();
        decoder.decode_anchors_first(output.data(), classes, anchors, {}, expected);
        expect_same_set(kernel_decode(job, output), expected);
        job.grid = cells.data();
        expected.clear();
        decoder.decode_anchors_first(output.data(), classes, anchors, cells, expected);
        expect_same_set(kernel_decode(job, output), expected);

        output = test::random_output(static_cast<std::size_t>(anchors) * 6, random);
        for (int a = 0; a < anchors; ++a) output[static_cast<std::size_t>(a) * 6 + 5] *= 10;
        job.layout = HeadLayout::rows;
        expected.clear();
        decoder.decode_rows_of_six(output.data(), classes, anchors, expected);
        expect_same_set(kernel_decode(job, output), expected);
    }
}

struct OneThread {
    [[nodiscard]] int rank() const { return 0; }
    [[nodiscard]] int size() const { return 1; }
    void sync() const {}
};

struct ManyThreads {
    int number, count;
    std::barrier<>& barrier;
    [[nodiscard]] int rank() const { return number; }
    [[nodiscard]] int size() const { return count; }
    void sync() const { barrier.arrive_and_wait(); }
};

struct Selected {
    std::vector<Detection> detections;
    ResultHeader header;
};

/// What the kernel `select` does, by `threads` threads.
Selected kernel_select(const std::vector<Candidate>& candidates, const NmsJob& job,
                       const Letterbox& letterbox, int threads) {
    const int count = static_cast<int>(candidates.size());
    const int size = padded_size(count);
    std::vector<Ranked> sorted(static_cast<std::size_t>(size), Ranked{0, 0});
    std::vector<std::uint8_t> removed(candidates.size() + 1, 0xcc);
    Selected selected;
    selected.detections.resize(static_cast<std::size_t>(job.max_detections));
    const auto work = [&](auto team) {
        for (int i = team.rank(); i < count; i += team.size()) {
            const auto at = static_cast<std::size_t>(i);
            sorted[at] = {rank_of(candidates[at]), static_cast<std::uint32_t>(i)};
        }
        sort_ranked(team, sorted.data(), size);
        suppress(team, job, candidates.data(), sorted.data(), count, removed.data(), letterbox,
                 selected.detections.data(), selected.header);
    };
    if (threads == 1) {
        work(OneThread{});
    } else {
        std::barrier barrier(threads);
        std::vector<std::jthread> all;
        for (int t = 0; t < threads; ++t)
            all.emplace_back([&, t] { work(ManyThreads{t, threads, barrier}); });
    }
    selected.detections.resize(static_cast<std::size_t>(selected.header.count));
    return selected;
}

TEST(KernelSelect, EqualsNmsWithAnyNumberOfThreads) {
    std::mt19937 random(3);
    const Letterbox letterbox = make_letterbox(1280, 720, 640, 640, Placement::centered);
    std::uniform_real_distribution<float> place(-40, 660), side(-2, 120), score(0.01F, 1);
    for (int round = 0; round < 60; ++round) {
        std::vector<Candidate> candidates(random() % (round % 10 == 0 ? 900 : 90));
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            Candidate& c = candidates[i];
            const float x = place(random), y = place(random);
            c.box = {x, y, x + side(random), y + side(random)};
            c.score = random() % 4 == 0 ? 0.5F : score(random);
            c.class_id = static_cast<int>(random() % 3);
            c.order = static_cast<std::uint32_t>(candidates.size() - i);
            if (i > 0 && random() % 3 == 0) c.box = candidates[i - 1].box;
        }
        NmsJob job;
        job.iou = round % 7 == 0 ? 1.0F : 0.1F * static_cast<float>(round % 10);
        job.max_detections = round % 4 == 0 ? 5 : 300;
        job.max_candidates = round % 5 == 0 ? 20 : 30000;
        Nms nms({job.iou, job.max_detections, job.max_candidates});
        std::vector<Candidate> kept;
        nms.run(candidates, kept);
        std::vector<Detection> expected;
        for (const Candidate& c : kept) {
            const Box box = to_source(c.box, letterbox);
            if (box.area() > 0) expected.push_back({box, c.score, c.class_id});
        }
        std::shuffle(candidates.begin(), candidates.end(), random);  // as atomics would
        for (const int threads : {1, 3}) {
            EXPECT_EQ(kernel_select(candidates, job, letterbox, threads).detections, expected)
                << "round " << round << ", threads " << threads;
        }
    }
}

TEST(KernelSelect, NothingGivesNothing) {
    EXPECT_TRUE(kernel_select({}, {}, make_letterbox(10, 10, 64, 64, Placement::centered), 1)
                    .detections.empty());
}

}  // namespace
}  // namespace saccade::vision
