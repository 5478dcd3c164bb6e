// Trackers by themselves, and what they report as arrays.
#include <cmath>
#include <limits>
#include <mutex>
#include <string>

#include "bind/parts.h"
#include "glue.h"
#include "tracks.h"

namespace saccade::python {
namespace {

/// One array of a column: `get(item, out)` writes N numbers of each.
template <typename T, std::size_t N, typename Items, typename Get>
nb::object column(const Items& items, Get get) {
    std::unique_ptr<T[]> values(new T[items.size() * N]);
    T* out = values.get();
    for (const auto& item : items) {
        get(item, out);
        out += N;
    }
    if constexpr (N == 1) {
        return array_of<T>(std::move(values), {items.size()});
    } else {
        return array_of<T>(std::move(values), {items.size(), N});
    }
}

void put(const Box& box, float* out) {
    out[0] = box.x1;
    out[1] = box.y1;
    out[2] = box.x2;
    out[3] = box.y2;
}

void put_ground(const Track& track, float* out) {
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    const auto& g = track.ground;
    out[0] = g ? g->x : none;
    out[1] = g ? g->y : none;
    out[2] = g ? g->distance : none;
    out[3] = g && g->moving ? g->velocity_x : none;
    out[4] = g && g->moving ? g->velocity_y : none;
}

using Numbers = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;
using Classes = nb::ndarray<const std::int32_t, nb::c_contig, nb::device::cpu>;

[[noreturn]] void wrong(const std::string& what) {
    throw Failure{{ErrorCode::invalid_argument, what,
                   "give boxes [N, 4] (x1, y1, x2, y2 in px), scores [N] and classes [N]"}};
}

class PyTracker {
  public:
    PyTracker(const std::string& name, const track::TrackerOptions& options, double fps)
        : fps_(fps) {
        if (!(fps > 0 && std::isfinite(fps))) {
            throw Failure{{ErrorCode::invalid_argument, "fps: is no rate above 0", ""}};
        }
        tracker_ = take(bind::make_tracker(name, options));
    }

    Tracks update(const Numbers& boxes, const Numbers& scores,
                  const std::optional<Classes>& classes, const std::optional<double>& time) {
        const std::size_t count = scores.ndim() == 1 ? scores.shape(0) : 0;
        const bool none = boxes.size() == 0 && scores.size() == 0;
        if (!none && (boxes.ndim() != 2 || boxes.shape(1) != 4 || scores.ndim() != 1 ||
                      boxes.shape(0) != count)) {
            wrong("boxes and scores don't fit together");
        }
        if (classes && classes->size() != count) wrong("classes and scores don't fit together");
        const float* box = boxes.data();
        const float* score = scores.data();
        const std::int32_t* id = classes ? classes->data() : nullptr;
        auto tracks = std::make_shared<std::vector<Track>>();
        Result<void> done;
        {
            const nb::gil_scoped_release released;
            const std::lock_guard lock(mutex_);
            detections_.resize(count);
            for (std::size_t i = 0; i < count; ++i, box += 4) {
                detections_[i] = {{box[0], box[1], box[2], box[3]},
                                  score[i],
                                  id != nullptr ? static_cast<int>(id[i]) : 0};
            }
            const double seconds = time.value_or(static_cast<double>(updates_) / fps_);
            constexpr double most = 9e9;  // s, that 64 bits of nanoseconds hold
            if (!(std::abs(seconds) < most)) {
                done = fail(ErrorCode::invalid_argument, "time: is no number of seconds");
            } else {
                done = tracker_->update({.detections = detections_,
                                         .pts = Timestamp(std::llround(seconds * 1e9)),
                                         .motion = std::nullopt,
                                         .embeddings = {}},
                                        *tracks);
            }
            if (done) ++updates_;
        }
        take(std::move(done));
        return {std::move(tracks)};
    }

    void reset() {
        const std::lock_guard lock(mutex_);
        tracker_->reset();
    }

  private:
    std::unique_ptr<track::Tracker> tracker_;
    std::mutex mutex_;
    std::vector<Detection> detections_;
    double fps_;
    std::uint64_t updates_ = 0;
};

}  // namespace

void bind_trackers(nb::module_& m) {
    nb::class_<Tracks>(m, "Tracks",
                       "Objects followed, by ascending id: arrays of N, made when they are asked "
                       "for.")
        .def("__len__", [](const Tracks& t) { return t.all->size(); })
        .def_prop_ro(
            "boxes",
            [](const Tracks& t) {
                return column<float, 4>(*t.all,
                                        [](const Track& k, float* out) { put(k.box, out); });
            },
            nb::sig("def boxes(self) -> numpy.typing.NDArray[numpy.float32]"),
            "float32 [N, 4]: x1, y1, x2, y2 in px of the source, smoothed by the tracker.")
        .def_prop_ro(
            "raw_boxes",
            [](const Tracks& t) {
                return column<float, 4>(*t.all,
                                        [](const Track& k, float* out) { put(k.raw_box, out); });
            },
            nb::sig("def raw_boxes(self) -> numpy.typing.NDArray[numpy.float32]"),
            "float32 [N, 4]: the detections that were matched; as `boxes` where none was.")
        .def_prop_ro(
            "ids",
            [](const Tracks& t) {
                return column<std::int64_t, 1>(
                    *t.all, [](const Track& k, std::int64_t* out) { *out = k.id; });
            },
            nb::sig("def ids(self) -> numpy.typing.NDArray[numpy.int64]"),
            "int64 [N], from 1, unique within a stream, never used twice.")
        .def_prop_ro(
            "scores",
            [](const Tracks& t) {
                return column<float, 1>(*t.all, [](const Track& k, float* out) { *out = k.score; });
            },
            nb::sig("def scores(self) -> numpy.typing.NDArray[numpy.float32]"),
            "float32 [N] in [0, 1], of the latest matched detections.")
        .def_prop_ro(
            "classes",
            [](const Tracks& t) {
                return column<std::int32_t, 1>(
                    *t.all, [](const Track& k, std::int32_t* out) { *out = k.class_id; });
            },
            nb::sig("def classes(self) -> numpy.typing.NDArray[numpy.int32]"),
            "int32 [N], indices into the model's class names.")
        .def_prop_ro(
            "states",
            [](const Tracks& t) {
                return column<std::uint8_t, 1>(*t.all, [](const Track& k, std::uint8_t* out) {
                    *out = static_cast<std::uint8_t>(k.state);
                });
            },
            nb::sig("def states(self) -> numpy.typing.NDArray[numpy.uint8]"),
            "uint8 [N]: 0 tentative, 1 confirmed, 2 lost (its box is predicted or filled in).")
        .def_prop_ro(
            "velocities",
            [](const Tracks& t) {
                return column<float, 2>(*t.all, [](const Track& k, float* out) {
                    out[0] = k.velocity_x;
                    out[1] = k.velocity_y;
                });
            },
            nb::sig("def velocities(self) -> numpy.typing.NDArray[numpy.float32]"),
            "float32 [N, 2], px/s, of the centres.")
        .def_prop_ro(
            "ages",
            [](const Tracks& t) {
                return column<std::int64_t, 1>(
                    *t.all, [](const Track& k, std::int64_t* out) { *out = k.age; });
            },
            nb::sig("def ages(self) -> numpy.typing.NDArray[numpy.int64]"),
            "int64 [N]: frames since the first detection, 0 at birth.")
        .def_prop_ro(
            "detections",
            [](const Tracks& t) {
                return column<std::int32_t, 1>(
                    *t.all, [](const Track& k, std::int32_t* out) { *out = k.detection; });
            },
            nb::sig("def detections(self) -> numpy.typing.NDArray[numpy.int32]"),
            "int32 [N]: which detection of this frame each was matched with, -1 where none.")
        .def_prop_ro(
            "ground", [](const Tracks& t) { return column<float, 5>(*t.all, &put_ground); },
            nb::sig("def ground(self) -> numpy.typing.NDArray[numpy.float32]"),
            "float32 [N, 5]: x, y, way (m) and velocity x, y (m/s) on the ground; NaN where "
            "unknown.");

    nb::class_<Detections>(m, "Detections", "Objects seen in one frame: arrays of N.")
        .def("__len__", [](const Detections& d) { return d.all->size(); })
        .def_prop_ro(
            "boxes",
            [](const Detections& d) {
                return column<float, 4>(*d.all,
                                        [](const Detection& k, float* out) { put(k.box, out); });
            },
            nb::sig("def boxes(self) -> numpy.typing.NDArray[numpy.float32]"),
            "float32 [N, 4]: x1, y1, x2, y2 in px of the source.")
        .def_prop_ro(
            "scores",
            [](const Detections& d) {
                return column<float, 1>(*d.all,
                                        [](const Detection& k, float* out) { *out = k.score; });
            },
            nb::sig("def scores(self) -> numpy.typing.NDArray[numpy.float32]"),
            "float32 [N] in [0, 1].")
        .def_prop_ro(
            "classes",
            [](const Detections& d) {
                return column<std::int32_t, 1>(
                    *d.all, [](const Detection& k, std::int32_t* out) { *out = k.class_id; });
            },
            nb::sig("def classes(self) -> numpy.typing.NDArray[numpy.int32]"),
            "int32 [N], indices into the model's class names.");

    m.def(
        "trackers",
        [] {
            nb::list all;
            for (const auto& t : bind::trackers()) {
                all.append(nb::make_tuple(std::string(t.name), std::string(t.summary)));
            }
            return all;
        },
        nb::sig("def trackers() -> list[tuple[str, str]]"),
        "(name, one line) of each tracker, the default first.");

    nb::class_<PyTracker>(m, "Tracker", "A tracker by itself; see saccade.trackers.")
        .def(
            "__init__",
            [](PyTracker* self, const std::string& name, double fps,
               std::optional<float> high_score, std::optional<float> low_score,
               std::optional<float> new_score, std::optional<float> match_iou,
               std::optional<double> lost_seconds, std::optional<bool> fuse_score, bool class_aware,
               bool report_tentative, bool report_lost) {
                const track::TrackerOptions options{.high_score = high_score,
                                                    .low_score = low_score,
                                                    .new_score = new_score,
                                                    .match_iou = match_iou,
                                                    .lost_seconds = lost_seconds,
                                                    .remember_seconds = std::nullopt,
                                                    .fuse_score = fuse_score,
                                                    .class_aware = class_aware,
                                                    .report_tentative = report_tentative,
                                                    .report_lost = report_lost};
                new (self) PyTracker(name, options, fps);
            },
            "name"_a, "fps"_a = 30.0, "high_score"_a = nb::none(), "low_score"_a = nb::none(),
            "new_score"_a = nb::none(), "match_iou"_a = nb::none(), "lost_seconds"_a = nb::none(),
            "fuse_score"_a = nb::none(), "class_aware"_a = true, "report_tentative"_a = false,
            "report_lost"_a = false)
        .def("update", &PyTracker::update, "boxes"_a, "scores"_a, "classes"_a = nb::none(),
             "time"_a = nb::none(),
             nb::sig("def update(self, boxes: numpy.typing.NDArray[typing.Any], scores: "
                     "numpy.typing.NDArray[typing.Any], classes: "
                     "numpy.typing.NDArray[typing.Any] | None = None, time: float | None = None) "
                     "-> Tracks"))
        .def("reset", &PyTracker::reset);
}

}  // namespace saccade::python
