// Head decoding and NMS as the kernels of cuda_postprocess.cu do them, written for a team of
// threads that work on one image. Compiles for the host too, where tests run the same code with one
// thread and with several, and hold it against HeadDecoder and Nms.
#pragma once

#include <cmath>
#include <cstdint>

#include "saccade/types.h"
#include "vision/head.h"
#include "vision/letterbox.h"
#include "vision/sampling.h"

namespace saccade::vision {

enum class HeadLayout : std::uint8_t { channels_first, anchors_first, rows };

/// One image's output of the network, and what is wanted of it. Pointers are device memory.
struct HeadJob {
    HeadLayout layout = HeadLayout::channels_first;
    int classes = 0, anchors = 0;
    const GridCell* grid = nullptr;        ///< one an anchor; null: boxes are decoded
    const std::uint8_t* wanted = nullptr;  ///< by class id; null: all
    float confidence = 0.25F;              ///< not below 0
    bool multi_label = false;
};

SACCADE_HOST_DEVICE inline bool is_finite(float x) {
    return x - x == 0;
}

SACCADE_HOST_DEVICE inline bool is_finite(const Box& b) {
    return is_finite(b.x1) && is_finite(b.y1) && is_finite(b.x2) && is_finite(b.y2);
}

SACCADE_HOST_DEVICE inline Box box_from_center(float cx, float cy, float w, float h) {
    const float half_w = 0.5F * w, half_h = 0.5F * h;
    return {cx - half_w, cy - half_h, cx + half_w, cy + half_h};
}

SACCADE_HOST_DEVICE inline bool is_wanted(const HeadJob& job, int class_id) {
    return job.wanted == nullptr || job.wanted[class_id] != 0;
}

SACCADE_HOST_DEVICE inline Box box_of_anchor(const HeadJob& job, const float* row, int anchor) {
    if (job.grid == nullptr) return box_from_center(row[0], row[1], row[2], row[3]);
    const GridCell cell = job.grid[anchor];
    return box_from_center((row[0] + cell.x) * cell.stride, (row[1] + cell.y) * cell.stride,
                           expf(row[2]) * cell.stride, expf(row[3]) * cell.stride);
}

/// Calls emit(Candidate) for all that anchor `a` (or row) of the output gives.
template <typename Emit>
SACCADE_HOST_DEVICE void decode_anchor(const HeadJob& job, const float* output, int a, Emit emit) {
    const auto order = static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(job.classes);
    if (job.layout == HeadLayout::rows) {
        const float* const row = output + static_cast<std::ptrdiff_t>(a) * 6;
        const Box box{row[0], row[1], row[2], row[3]};
        const float score = row[4], label = row[5];
        if (!(score > job.confidence) || !is_finite(score) || !is_finite(box)) return;
        if (!(label >= 0) || !(label < static_cast<float>(job.classes))) return;
        const int class_id = static_cast<int>(label);
        if (is_wanted(job, class_id)) {
            emit(Candidate{box, score, class_id, static_cast<std::uint32_t>(a)});
        }
        return;
    }
    const bool channels = job.layout == HeadLayout::channels_first;
    // A column of a [4 + classes, anchors] matrix, or a row of [anchors, 5 + classes].
    const std::ptrdiff_t step = channels ? job.anchors : 1;
    const float* const first =
        channels ? output + a : output + static_cast<std::ptrdiff_t>(a) * (5 + job.classes);
    const float objectness = channels ? 1.0F : first[4];
    if (!channels && (!(objectness > job.confidence) || !is_finite(objectness))) return;
    const float* const scores = first + (channels ? 4 : 5) * step;

    int best = -1;
    float best_score = job.confidence;
    for (int c = 0; c < job.classes; ++c) {
        const float raw = scores[c * step];
        const float score = channels ? raw : multiply(objectness, raw);
        if (!(score > best_score) || !is_finite(score)) continue;
        best = c;
        if (!job.multi_label) {
            best_score = score;
        } else if (is_wanted(job, c)) {
            const Box box =
                channels ? box_from_center(first[0], first[step], first[2 * step], first[3 * step])
                         : box_of_anchor(job, first, a);
            if (is_finite(box))
                emit(Candidate{box, score, c, order + static_cast<std::uint32_t>(c)});
        }
    }
    if (best < 0 || job.multi_label || !is_wanted(job, best)) return;
    const Box box = channels
                        ? box_from_center(first[0], first[step], first[2 * step], first[3 * step])
                        : box_of_anchor(job, first, a);
    if (is_finite(box)) {
        emit(Candidate{box, best_score, best, order + static_cast<std::uint32_t>(best)});
    }
}

/// A candidate's place in the order of NMS: descending score, then ascending order. Never 0.
SACCADE_HOST_DEVICE inline std::uint64_t rank_of(const Candidate& c) {
    union {
        float score;
        std::uint32_t bits;  // of floats that are not negative: ordered as they are
    } u;
    u.score = c.score;
    return static_cast<std::uint64_t>(u.bits) << 32 | (~c.order & 0xffffffffU);
}

struct Ranked {
    std::uint64_t rank;
    std::uint32_t index;  ///< of the candidate
};

/// Least power of two that is not below n, at least 2.
SACCADE_HOST_DEVICE inline int padded_size(int n) {
    int size = 2;
    while (size < n) size *= 2;
    return size;
}

/// Sorts by descending rank (bitonic, Batcher 1968). `size` is a power of two; what is not used has
/// rank 0. A team has rank(), size() and sync(), a barrier for all its threads.
template <typename Team>
SACCADE_HOST_DEVICE void sort_ranked(Team& team, Ranked* items, int size) {
    for (int run = 2; run <= size; run *= 2) {
        for (int distance = run / 2; distance > 0; distance /= 2) {
            team.sync();
            for (int i = team.rank(); i < size / 2; i += team.size()) {
                const int low = 2 * i - (i & (distance - 1));  // bit `distance` clear
                const int high = low + distance;
                const bool descending = (low & run) == 0;
                const Ranked a = items[low], b = items[high];
                if ((a.rank < b.rank) == descending) {
                    items[low] = b;
                    items[high] = a;
                }
            }
        }
    }
    team.sync();
}

/// inter > iou * union in floats without fused products, as Nms.
SACCADE_HOST_DEVICE inline bool covers(const Box& kept, const Box& box, float iou) {
    const float w = (box.x2 < kept.x2 ? box.x2 : kept.x2) - (box.x1 > kept.x1 ? box.x1 : kept.x1);
    const float h = (box.y2 < kept.y2 ? box.y2 : kept.y2) - (box.y1 > kept.y1 ? box.y1 : kept.y1);
    const float inter = multiply(w > 0 ? w : 0, h > 0 ? h : 0);
    const auto area = [](const Box& b) {
        const float bw = b.x2 - b.x1, bh = b.y2 - b.y1;
        return multiply(bw > 0 ? bw : 0, bh > 0 ? bh : 0);
    };
    return inter > multiply(iou, add(area(box), area(kept)) - inter);
}

struct NmsJob {
    float iou = 0.7F;  ///< from 1: nothing is dropped
    int max_detections = 300;
    int max_candidates = 30000;
};

/// An image's detections as they travel to the host: this, then max_detections of Detection.
struct ResultHeader {
    std::int32_t count = 0;       ///< detections
    std::int32_t candidates = 0;  ///< found, also those over the capacity, which were dropped
};

/// Greedy NMS over candidates in sorted order; the survivors in the picture's pixels, best first,
/// empty ones left out. `removed` has a byte for each of `sorted`. All threads of the team call it.
template <typename Team>
SACCADE_HOST_DEVICE void suppress(Team& team, const NmsJob& job, const Candidate* candidates,
                                  const Ranked* sorted, int count, std::uint8_t* removed,
                                  const Letterbox& letterbox, Detection* detections,
                                  ResultHeader& header) {
    const int limit = count < job.max_candidates ? count : job.max_candidates;
    for (int i = team.rank(); i < limit; i += team.size()) removed[i] = 0;
    team.sync();
    int kept = 0, written = 0;
    for (int i = 0; i < limit && kept < job.max_detections; ++i) {
        // Written only before the latest sync: bytes behind i change after it.
        if (removed[i] != 0) continue;
        const Candidate best = candidates[sorted[i].index];
        ++kept;
        const Box box = to_source(best.box, letterbox);
        if (box.x2 > box.x1 && box.y2 > box.y1) {
            if (team.rank() == 0) detections[written] = Detection{box, best.score, best.class_id};
            ++written;
        }
        if (job.iou >= 1) continue;
        for (int j = i + 1 + team.rank(); j < limit; j += team.size()) {
            if (removed[j] != 0) continue;
            const Candidate& other = candidates[sorted[j].index];
            if (other.class_id == best.class_id && covers(best.box, other.box, job.iou))
                removed[j] = 1;
        }
        team.sync();
    }
    if (team.rank() == 0) header.count = written;
}

}  // namespace saccade::vision
