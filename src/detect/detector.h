// Frames in, detections in source pixels out: a backend with its pre- and postprocessing.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/frame.h"
#include "infer/backend.h"
#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::detect {

/// What a detection must be to be handed out.
struct Thresholds {
    float confidence = 0.25F;  ///< scores must be above
    float iou = 0.7F;  ///< NMS: a box overlapping a better one of its class by more is dropped
    int max_detections = 300;  ///< best ones of a frame
    std::vector<int> classes;  ///< only these; empty for all
    /// Whether a place may hold objects of several classes. Published COCO figures are made so; the
    /// default, its best class alone, is what a person wants to see.
    bool multi_label = false;
};

struct DetectorInfo {
    std::string model;           ///< file name
    std::string family;          ///< as model::to_string
    bool family_forced = false;  ///< the user's word, not what the file was recognised as
    infer::BackendInfo backend;
    std::vector<std::string> class_names;
    int input_width = 0, input_height = 0;  ///< px
    int cuda_device = -1;                   ///< that reads frames where they are; -1: the host
};

/// The detections of one frame, best score first; boxes lie within the frame and are not empty.
using Detections = std::vector<Detection>;

/// Where the detector's time goes; sums over all batches so far.
struct DetectorTimes {
    std::chrono::nanoseconds preprocess{0}, wait{0}, postprocess{0};
};

/// Work of one batch on one of the device's own queues (a CUDA stream), measured there by its
/// events and told on the host's clock.
struct DeviceSpan {
    int stream = 0;  ///< which queue, from 0
    const char* what =
        "";  ///< a literal: "upload", "preprocess", "network", "postprocess", "download"
    std::chrono::steady_clock::time_point begin, end;
};

/// Batches go in by submit and come out of collect in the same order; up to depth() are under way.
/// One thread at a time. Deterministic.
class Detector {
  public:
    Detector() = default;
    Detector(const Detector&) = delete;
    Detector& operator=(const Detector&) = delete;
    virtual ~Detector() = default;

    [[nodiscard]] virtual const DetectorInfo& info() const noexcept = 0;

    /// Largest batch submit takes.
    [[nodiscard]] virtual int max_batch() const noexcept = 0;
    /// How many batches may be under way; a further submit needs a collect first.
    [[nodiscard]] virtual int depth() const noexcept = 0;
    [[nodiscard]] virtual int in_flight() const noexcept = 0;

    /// Starts a batch of 1 to max_batch() frames, which may differ in size and format. The detector
    /// keeps copies (shared pixels) only as long as it needs them. On out_of_memory nothing is
    /// under way of this batch and the same frames may be submitted again in smaller batches.
    virtual Result<void> submit(std::span<const Frame> frames) = 0;

    /// Blocks for the oldest batch: one entry a frame, in the order submitted. After a failure that
    /// batch is no longer under way; after out_of_memory its frames may be submitted again.
    virtual Result<std::vector<Detections>> collect() = 0;

    /// Whether collect() would not block, or nothing better is known than to try.
    [[nodiscard]] virtual bool ready() const { return true; }
    /// `told` is called on any thread whenever a batch becomes ready; it must neither block nor
    /// call the detector. Once this returns, the function set before is called no more. A device
    /// that fails may never call it: ask ready() as well. To be set while nothing is under way; may
    /// be cleared at any time.
    virtual void on_ready(std::function<void()> /*told*/) {}

    /// Frees memory kept for later use only (caches, idle blocks of pools). Batches may be under
    /// way.
    virtual void trim() {}

    [[nodiscard]] virtual infer::MemoryUse memory() const = 0;
    [[nodiscard]] virtual DetectorTimes times() const = 0;

    /// Whether device_spans() will be asked, from the next submit on: measuring may cost something.
    virtual void record_spans(bool /*on*/) {}
    /// What the device did for the batch collected last. Empty where it doesn't tell.
    [[nodiscard]] virtual std::vector<DeviceSpan> device_spans() { return {}; }

    /// Of the batch collected last, as infer::Backend::layer_times.
    virtual Result<std::vector<infer::LayerTime>> layer_times() {
        return fail(ErrorCode::unsupported, "this detector doesn't tell the times of layers");
    }
};

}  // namespace saccade::detect
