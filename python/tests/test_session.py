"""Sessions: streams come and go, pictures of the program's own, frames, waiting that would never end."""

import asyncio
import gc
import threading

import numpy as np
import pytest
import saccade
from conftest import SCENE, shared

LONG = "synthetic:frames=100000&width=160&height=160"


def test_streams_come_and_go():
    with saccade.Session(model="synthetic") as session:
        door, gate = session.add(LONG, name="door"), session.add(SCENE)
        assert (door.id, gate.id) == (1, 2)
        seen = set()
        while seen != {1, 2}:
            seen.add(session.next().stream)
        states = {s["id"]: s for s in session.snapshot()["streams"]}
        assert states[1]["name"] == LONG and states[1]["state"] == "running"
        summary = door.remove()
        assert summary.status == "interrupted" and summary.frames > 0 and summary.error is None
        assert [s["id"] for s in session.snapshot()["streams"]] == [2]
        rest = [r.index for r in session if r.stream == 2]
        assert rest == sorted(rest) and rest[-1] == 39
        ended = gate.wait()
        assert (ended.status, ended.frames, ended.width) == ("complete", 40, 320)
        with pytest.raises(saccade.NotFound):
            door.remove()
    with pytest.raises(saccade.Interrupted):
        session.add(SCENE)


def test_changes_take_effect_while_it_runs():
    with saccade.Session(model="synthetic", conf=0.1) as session:
        stream = session.add(LONG)
        assert any(len(result) for _, result in zip(range(200), session))
        stream.change(classes=["blue box"])
        blue = session.names.index("blue box")
        for result in session:
            if len(result.detections) and set(result.detections.classes.tolist()) == {blue}:
                break
        for _, result in zip(range(100), session):
            assert set(result.detections.classes.tolist()) <= {blue}
        with pytest.raises(saccade.InvalidArgument, match="tracker"):
            stream.change(tracker="sort")
        with pytest.raises(saccade.InvalidArgument, match="model: is the session's"):
            stream.change(model="other")
        with pytest.raises(saccade.InvalidArgument, match="under the session's"):
            stream.change(conf=0.05)


def test_a_stream_that_fails_fails_alone_and_says_why(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing" * 1000)
    with saccade.Session(model="synthetic") as session:
        bad, good = session.add(broken), session.add(SCENE)
        assert [r.index for r in session if r.stream == good.id] == list(range(40))
        summary = bad.wait()
        assert summary.status == "failed" and str(broken) in str(summary.error)
        assert isinstance(summary.error, saccade.Error)


def test_waiting_for_what_nobody_takes_says_so(monkeypatch):
    with saccade.Session(model="synthetic", results=4) as session:
        session._patience = 0.3
        stream = session.add(LONG)
        with pytest.raises(saccade.Unavailable, match="results=False"):
            stream.wait()
        quiet = session.add(SCENE, results=False)
        assert quiet.wait().frames == 40
        assert stream.wait(0.01) is None
        feed = session.feed("mine", format="gray", fps=25, queue=1)
        with pytest.raises(saccade.Unavailable, match="nobody takes them"):
            while True:
                feed.push(np.zeros((160, 160), np.uint8))


def test_drop_oldest_loses_results_and_counts_them():
    with saccade.Session(model="synthetic", results=2, when_full="drop_oldest") as session:
        stream = session.add(SCENE)
        assert stream.wait().frames == 40
        assert [r.index for r in session] == [38, 39]
        assert session.snapshot()["results_dropped"] == 38


def pictures(**settings):
    """The scene's own frames as RGB, and what is tracked on them."""
    return [
        (r.frame.to_rgb(), r.time, r.ids.tolist(), r.boxes)
        for r in saccade.track(SCENE, model="synthetic", frames=True, **settings)
    ]


def test_pushed_pictures_are_tracked_as_the_stream_they_are_of():
    expected = pictures()
    with saccade.Session(model="synthetic") as session:
        with session.feed("mine", format="rgb") as feed:
            got = []
            for rgb, time, _, _ in expected:
                feed.push(rgb, time)
        got = list(session)
    assert [r.index for r in got] == list(range(40))
    assert got[0].source == "mine"
    close = sum(r.ids.tolist() == ids for r, (_, _, ids, _) in zip(got, expected))
    assert close >= 38  # (RGB of 4:2:0 is not what the network saw to the last bit)


@pytest.mark.parametrize("order", ["rgb", "bgr"])
@pytest.mark.parametrize("copy", [True, False])
def test_every_way_in_gives_the_same(order, copy):
    base = pictures()[::4]
    step = -1 if order == "bgr" else 1
    with saccade.Session(model="synthetic") as session:
        plain = session.feed("plain", format="rgb", fps=10)
        other = session.feed("other", format=order, fps=10, copy=copy)
        apart = session.feed("apart", format=order, fps=10, copy=copy)
        for rgb, *_ in base:
            plain.push(rgb)
            other.push(np.ascontiguousarray(rgb[..., ::step]))
            wide = np.zeros((rgb.shape[0], rgb.shape[1] + 7, 3), np.uint8)  # rows that are apart
            wide[:, : rgb.shape[1]] = rgb[..., ::step]
            apart.push(wide[:, : rgb.shape[1]])
        for feed in (plain, other, apart):
            feed.end()
        lines = {}
        for result in session:
            lines.setdefault(result.source, []).append(result.to_json())
    assert len(lines["plain"]) == len(base)
    assert lines["plain"] == lines["other"] == lines["apart"]


class OnlyDlpack:
    """What torch, jax or cupy arrays are to the engine."""

    def __init__(self, array):
        self.array = array
        self.shape = array.shape

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_pictures_by_dlpack_and_planes_of_yuv_are_taken():
    frames = [r.frame for r in saccade.track(SCENE, model="synthetic", frames=True)]
    y = [tuple(np.array(p) for p in f.planes) for f in frames]
    expected = [r.to_json() for r in saccade.track(SCENE, model="synthetic")]
    with saccade.Session(model="synthetic") as session:
        with session.feed("yuv", format=frames[0].format) as feed:
            times = [r.time for r in saccade.track(SCENE, model="synthetic", stride=1)]
            for planes, time in zip(y, times):
                feed.push([OnlyDlpack(p) for p in planes], time)
        got = [r.to_json() for r in session]
    # The same pixels: the same bytes of results, where the colour's tags are the same.
    assert len(got) == 40
    import json

    for mine, theirs in zip(got, expected):
        assert [t["id"] for t in json.loads(mine)["tracks"]] == [
            t["id"] for t in json.loads(theirs)["tracks"]
        ]


@pytest.mark.parametrize(
    "picture, what",
    [
        (np.zeros((160, 160, 3), np.float32), "uint8"),
        (np.zeros((160, 160, 4), np.uint8), "format"),
        (np.zeros((160,), np.uint8), "picture"),
        (np.zeros((160, 320, 3), np.uint8)[:, ::2], "apart"),
        ("a.jpg", "picture"),
        (None, "picture"),
    ],
)
def test_what_is_no_picture_is_refused(picture, what):
    with saccade.Session(model="synthetic") as session:
        with session.feed("mine", format="rgb", fps=25) as feed:
            with pytest.raises(saccade.InvalidArgument, match=what):
                feed.push(picture)


def test_times_must_be_told_and_not_go_backwards():
    black = np.zeros((160, 160, 3), np.uint8)
    with saccade.Session(model="synthetic") as session:
        with session.feed("mine", format="rgb") as feed:
            with pytest.raises(saccade.InvalidArgument, match="time="):
                feed.push(black)
            feed.push(black, 1.0)
            with pytest.raises(saccade.InvalidArgument, match="backwards"):
                feed.push(black, 0.5)
            with pytest.raises(saccade.InvalidArgument, match="seconds"):
                feed.push(black, float("nan"))


def test_a_picture_that_is_not_copied_is_let_go_of():
    import weakref

    class Array(np.ndarray):
        pass

    black = np.zeros((160, 160, 3), np.uint8).view(Array)
    gone = weakref.ref(black)
    with saccade.Session(model="synthetic") as session:
        feed = session.feed("mine", format="rgb", fps=25, copy=False)
        feed.push(black)
        del black
        assert gone() is not None
        assert session.next().index == 0
        feed.end()
        assert list(session) == []
    gc.collect()
    assert gone() is None


def test_one_call_a_picture():
    expected = pictures()
    with saccade.FrameTracker(model="synthetic", format="rgb") as tracker:
        for index, (rgb, time, _, _) in enumerate(expected):
            result = tracker.update(rgb, time)
            assert result.index == index
        assert result.ids.tolist() == expected[-1][2]
    with pytest.raises(saccade.InvalidArgument, match="interpolate"):
        saccade.FrameTracker(model="synthetic", format="rgb", interpolate=3)


def test_frames_are_views_that_keep_their_pixels():
    results = saccade.track(SCENE, model="synthetic", frames=True)
    frame = next(results).frame
    assert (frame.width, frame.height, frame.device) == (320, 240, "cpu")
    luma = frame.planes[0]
    assert luma.shape == (240, 320) and luma.dtype == np.uint8 and not luma.flags.writeable
    before, address = luma.copy(), luma.ctypes.data
    assert frame.planes[0].ctypes.data == address  # no copy is made
    dl = np.from_dlpack(frame.plane(0))
    assert dl.ctypes.data == address
    assert frame.plane(0).__dlpack_device__() == (1, 0)
    for _ in results:
        pass
    del results, frame
    gc.collect()
    np.testing.assert_array_equal(luma, before)


def test_rgb_is_the_pictures_colours():
    red = np.zeros((160, 160, 3), np.uint8)
    red[..., 0] = 200
    with saccade.Session(model="synthetic") as session:
        with session.feed("mine", format="rgb", fps=1, frames=True) as feed:
            feed.push(red)
        frame = session.next().frame
        np.testing.assert_array_equal(frame.to_rgb(), red)
        np.testing.assert_array_equal(frame.to_bgr(), red[..., ::-1])
    # And of YCbCr: the scene's boxes have the colours that their classes are named by.
    channels = {"red box": 0, "green box": 1, "blue box": 2}
    checked = 0
    for result in saccade.track(SCENE, model="synthetic", frames=True):
        rgb = result.frame.to_rgb()
        for box, kind in zip(result.detections.boxes, result.detections.classes):
            x, y = int((box[0] + box[2]) / 2), int((box[1] + box[3]) / 2)
            checked += int(rgb[y, x].argmax()) == channels[result.names[kind]]
    assert checked > 100


def test_frames_that_are_kept_are_refused_before_they_fill_memory():
    kept = []
    with pytest.raises(saccade.OutOfMemory, match="max_frames"):
        for result in saccade.track(SCENE, model="synthetic", frames=True, max_frames=10):
            kept.append(result.frame)
    assert len(kept) == 10
    kept.clear()
    tracking = saccade.track(SCENE, model="synthetic", frames=True, max_frames=10)
    assert sum(1 for _ in tracking) == 40  # one at a time is well
    assert tracking.session.snapshot()["frames_held"] <= 1


def test_iteration_on_another_thread():
    with saccade.Session(model="synthetic") as session:
        indices = []
        thread = threading.Thread(target=lambda: indices.extend(r.index for r in session))
        stream = session.add(SCENE)
        thread.start()
        assert stream.wait().frames == 40
        thread.join()
        assert indices == list(range(40))


def test_async_iteration_of_a_session():
    async def consume():
        with saccade.Session(model="synthetic") as session:
            session.add(SCENE)
            return [result.index async for result in session]

    assert asyncio.run(consume()) == list(range(40))


def test_a_clip_in_frames_is_the_clip():
    clip = shared("video/people_1080p30.mp4")
    shapes = [
        r.frame.planes[1].shape
        for r in saccade.detect(clip, model="synthetic", frames=True, stride=100)
    ]
    assert shapes == [(540, 960)] * 4
