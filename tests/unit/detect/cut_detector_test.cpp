// A network whose head is cut off and decoded by us must find what it finds as a whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "detect/factory.h"
#include "detect/host_detector.h"
#include "infer/registry.h"
#include "media/source.h"
#include "support/files.h"
#include "support/models.h"
#include "support/prepared.h"

namespace saccade::detect {
namespace {

/// Every `step`-th frame of a source, `count` at most.
std::vector<Frame> frames_of(const std::string& location, int step, std::size_t count) {
    std::vector<Frame> frames;
    auto source = media::open_source(location, {});
    EXPECT_TRUE(source);
    for (int i = 0; source && frames.size() < count;) {
        auto event = (*source)->read();
        if (!event || std::holds_alternative<media::End>(*event)) break;
        auto* frame = std::get_if<Frame>(&*event);
        if (frame != nullptr && i++ % step == 0) frames.push_back(std::move(*frame));
    }
    return frames;
}

std::unique_ptr<Detector> whole(const DetectorOptions& options) {
    const auto network = options.model->network(model::HeadForm::whole).value();
    infer::BackendOptions load = options.backend;
    load.width = options.input.width;
    load.height = options.input.height;
    auto backend = infer::make_backend(network, load);
    EXPECT_TRUE(backend);
    return HostDetector::create(std::move(*backend), network.spec, "whole", options.thresholds)
        .value();
}

TEST(CutDetector, FindsWhatTheWholeNetworkFinds) {
    SACCADE_NEEDS_MODEL("yolo11n", file);
    SACCADE_NEEDS_SHARED("coco/images");
    SACCADE_NEEDS_SHARED("video/people_1080p30.mp4");
    const auto shared = test::shared_dir();
    std::vector<Frame> frames = frames_of((shared / "coco/images").string(), 29, 4);
    for (Frame& frame : frames_of((shared / "video/people_1080p30.mp4").string(), 10, 2)) {
        frames.push_back(std::move(frame));
    }
    ASSERT_EQ(frames.size(), 6U);
    for (const bool fine : {false, true}) {
        DetectorOptions options;
        options.model = test::prepared(file);
        options.input = fine ? Size{320, 320} : Size{640, 640};
        options.backend.max_batch = fine ? 2 : 1;
        options.backend.precision = infer::Precision::fp32;  // for both
        options.thresholds.confidence = fine ? 0.001F : 0.25F;
        options.thresholds.multi_label = fine;
        auto cut = make_detector(options);
        ASSERT_TRUE(cut) << cut.error().line();
        ASSERT_EQ((*cut)->info().backend.outputs[0].shape[1], 144);
        const auto reference = whole(options);
        ASSERT_EQ(reference->info().backend.outputs[0].shape[1], 84);
        std::size_t found = 0;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            std::vector<Frame> batch{frames[i]};
            if (fine) batch.push_back(frames[(i + 1) % frames.size()]);
            ASSERT_TRUE((*cut)->submit(batch));
            ASSERT_TRUE(reference->submit(batch));
            const auto is = (*cut)->collect(), should = reference->collect();
            ASSERT_TRUE(is && should);
            for (std::size_t k = 0; k < batch.size(); ++k) {
                const Detections &got = (*is)[k], &want = (*should)[k];
                found += want.size();
                EXPECT_EQ(got.size(), want.size()) << i;
                for (const Detection& w : want) {
                    EXPECT_TRUE(std::any_of(got.begin(), got.end(),
                                            [&](const Detection& g) {
                                                return g.class_id == w.class_id &&
                                                       iou(g.box, w.box) > 0.999F &&
                                                       std::abs(g.score - w.score) < 1e-4F;
                                            }))
                        << i << ": class " << w.class_id << ", score " << w.score;
                }
            }
        }
        EXPECT_GT(found, fine ? 600U : 10U);
    }
}

TEST(CutDetector, LeavesThePrecisionToTheBackend) {
    SACCADE_NEEDS_MODEL("yolo11n", file);
    DetectorOptions options;
    options.model = test::prepared(file);
    options.input = {320, 320};
    infer::BackendOptions load{.bf16_will_do = true, .height = 320, .width = 320};
    const auto backend =
        infer::make_backend(options.model->network(model::HeadForm::raw).value(), load);
    ASSERT_TRUE(backend) << backend.error().line();
    const auto cut = make_detector(options);
    ASSERT_TRUE(cut) << cut.error().line();
    EXPECT_EQ((*cut)->info().backend.precision, (*backend)->info().precision);
    options.backend.precision = infer::Precision::fp32;
    EXPECT_EQ(make_detector(options).value()->info().backend.precision, infer::Precision::fp32);
}

}  // namespace
}  // namespace saccade::detect
