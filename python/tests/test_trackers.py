"""Trackers by themselves: the very numbers of the command line, every tracker of the registry."""

import json
import subprocess

import numpy as np
import pytest
import saccade
from conftest import SCENE, shared


def test_every_tracker_of_the_registry_is_a_class():
    import typing

    from saccade._settings import StreamSettings

    names = list(saccade.trackers.all_trackers())
    assert names == list(typing.get_args(typing.get_type_hints(StreamSettings)["tracker"]))
    written = {cls.__name__ for cls in saccade.trackers.all_trackers().values()}
    assert written == {"Saccade", "ByteTrack", "BoTSORT", "OCSORT", "SORT"}
    for name, cls in saccade.trackers.all_trackers().items():
        assert getattr(saccade.trackers, cls.__name__) is cls and cls.name == name and cls.__doc__


@pytest.mark.parametrize("name", ["saccade", "bytetrack", "ocsort", "sort", "botsort"])
def test_alone_they_give_what_the_engine_gives(name):
    tracker = saccade.trackers.all_trackers()[name]()
    for result in saccade.track(
        SCENE, model="synthetic", tracker=name, camera_motion="off", conf=0.1
    ):
        seen = result.detections
        tracks = tracker.update(seen.boxes, seen.scores, seen.classes, result.time_ns * 1e-9)
        np.testing.assert_array_equal(tracks.ids, result.ids)
        np.testing.assert_array_equal(tracks.boxes, result.boxes)
        np.testing.assert_array_equal(tracks.detections, result.tracks.detections)


def test_arrays_of_other_kinds_are_converted():
    exact, other = saccade.trackers.ByteTrack(), saccade.trackers.ByteTrack(fps=30)
    boxes = np.array([[0, 0, 10, 20], [50, 50, 80, 90]], np.float32)
    scores = np.array([0.9, 0.8], np.float32)
    for i in range(5):
        a = exact.update(boxes + i, scores, np.zeros(2, np.int32), i / 30)
        b = other.update(
            (boxes + i).astype(np.float64), scores.astype(np.float64), np.zeros(2, np.int64)
        )
        np.testing.assert_array_equal(a.boxes, b.boxes)
        np.testing.assert_array_equal(a.ids, b.ids)
    assert a.ids.tolist() == [1, 2]
    assert len(exact.update(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int), 1.0)) == 0
    exact.reset()
    assert exact.update(boxes, scores, None, 2.0).ids.tolist() == [3, 4]  # none is used twice


@pytest.mark.parametrize(
    "boxes, scores, classes",
    [
        (np.zeros((2, 4)), np.zeros(3), None),
        (np.zeros((2, 5)), np.zeros(2), None),
        (np.zeros((2, 4)), np.zeros(2), np.zeros(1, int)),
        (np.zeros(8), np.zeros(2), None),
    ],
)
def test_arrays_that_do_not_fit_are_refused(boxes, scores, classes):
    with pytest.raises(saccade.InvalidArgument, match="fit"):
        saccade.trackers.SORT().update(boxes, scores, classes, 0.0)


def test_time_does_not_go_backwards_and_options_are_checked():
    tracker = saccade.trackers.OCSORT()
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    tracker.update(*none, time=1.0)
    with pytest.raises(saccade.InvalidArgument):
        tracker.update(*none, time=0.5)
    with pytest.raises(saccade.InvalidArgument, match="time"):
        tracker.update(*none, time=float("inf"))
    with pytest.raises(saccade.InvalidArgument, match="high_score"):
        saccade.trackers.ByteTrack(high_score=2)
    with pytest.raises(saccade.InvalidArgument, match="fps"):
        saccade.trackers.ByteTrack(fps=0)


def read_detections(path):
    rows = np.loadtxt(path, delimiter=",", ndmin=2)
    frames = {}
    for row in rows:
        frames.setdefault(int(row[0]), []).append(row[2:7])
    return frames, int(rows[:, 0].max())


def test_hota_equals_the_engines(tmp_path, program):
    truth = shared("adl-rundle-6")
    frames, last = read_detections(truth / "det" / "det.txt")
    out = tmp_path / "tracks"
    out.mkdir()
    tracker = saccade.trackers.ByteTrack(fps=30)
    with open(out / "ADL-Rundle-6.txt", "w") as file:
        for frame in range(1, last + 1):
            rows = np.array(frames.get(frame, np.zeros((0, 5))), np.float32)
            boxes = rows[:, :4].copy()
            boxes[:, 2:] += boxes[:, :2]
            scores = np.clip(
                rows[:, 4] / 100 if rows[:, 4:].max(initial=0) > 1 else rows[:, 4], 0, 1
            )
            tracks = tracker.update(boxes, scores, None, (frame - 1) / 30)
            for id, (x1, y1, x2, y2) in zip(tracks.ids, tracks.boxes):
                file.write(
                    f"{frame},{id},{x1:.3f},{y1:.3f},{x2 - x1:.3f},{y2 - y1:.3f},1,-1,-1,-1\n"
                )
    gt = tmp_path / "gt" / "ADL-Rundle-6"
    gt.mkdir(parents=True)
    (gt / "gt").symlink_to(truth / "gt")
    scores = saccade.eval(gt.parent, out)
    told = subprocess.run(
        [program, "eval", "--gt", gt.parent, "--tracks", out, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert scores == json.loads(told.stdout)
    combined = json.dumps(scores)
    assert "hota" in combined.lower()
