"""track() and detect(): results, settings, errors, the same bytes as the command line."""

import asyncio
import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pytest
import saccade
from conftest import SCENE, shared


def test_results_come_in_order_with_arrays_of_their_kinds(scene):
    indices = []
    for result in saccade.track(scene, model="synthetic"):
        indices.append(result.index)
        n = len(result)
        assert result.boxes.shape == (n, 4) and result.boxes.dtype == np.float32
        assert result.ids.shape == (n,) and result.ids.dtype == np.int64
        assert result.scores.shape == (n,) and result.scores.dtype == np.float32
        assert result.classes.shape == (n,) and result.classes.dtype == np.int32
        assert (result.boxes[:, 2] > result.boxes[:, 0]).all()
        assert (np.diff(result.ids) > 0).all()
        assert (result.width, result.height) == (320, 240)
    assert indices == list(range(40))
    assert n > 0


def test_detect_gives_boxes_without_ids(scene):
    results = list(saccade.detect(scene, model="synthetic"))
    assert len(results) == 40
    assert results[-1].ids is None
    assert len(results[-1].boxes) == len(results[-1].detections) > 0
    assert results[-1].names[results[-1].classes[0]].endswith("box")


def lines_of(folder):
    [file] = pathlib.Path(folder).glob("*.jsonl")
    return file.read_text().splitlines()


@pytest.mark.parametrize(
    "settings",
    [{}, {"tracker": "bytetrack", "conf": 0.5, "classes": ["red box", "blue box"]}, {"stride": 3}],
)
def test_same_bytes_as_the_command_line(scene, program, tmp_path, settings):
    flags = []
    for key, value in settings.items():
        flags += [f"--{key}", ",".join(value) if isinstance(value, list) else str(value)]
    theirs = tmp_path / "command"
    subprocess.run(
        [
            program,
            "track",
            scene,
            "--model",
            "synthetic",
            "--save",
            "jsonl,mot",
            "--out",
            theirs,
            "--quiet",
            *flags,
        ],
        check=True,
    )
    ours = tmp_path / "python"
    results = list(
        saccade.track(scene, model="synthetic", save=["jsonl", "mot"], out=ours, **settings)
    )
    expected = sorted(p.name for p in theirs.iterdir() if p.suffix in (".jsonl", ".txt"))
    assert len(expected) == 2
    for name in expected:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes()
    # What the program itself got is each line of it.
    assert [r.to_json() for r in results] == lines_of(theirs)[1:-1]
    last = json.loads(lines_of(theirs)[-2])
    assert [t["id"] for t in last["tracks"]] == results[-1].ids.tolist()
    np.testing.assert_array_equal(
        np.array([t["box"] for t in last["tracks"]], np.float32), results[-1].boxes
    )


def test_a_real_clip_gives_the_same_bytes_too(program, tmp_path):
    clip, model = shared("video/people_1080p30.mp4"), shared("models/yolo11n.onnx.xz")
    common = {"stride": 60, "imgsz": 320}
    theirs = tmp_path / "command"
    subprocess.run(
        [
            program,
            "track",
            clip,
            "--model",
            model,
            "--save",
            "jsonl",
            "--out",
            theirs,
            "--quiet",
            "--stride",
            "60",
            "--imgsz",
            "320",
        ],
        check=True,
    )
    results = list(saccade.track(clip, model=model, frames=True, **common))
    assert [r.to_json() for r in results] == lines_of(theirs)[1:-1]
    assert sum(len(r) for r in results) > 0
    assert results[0].frame.format == "i420" and results[0].frame.to_rgb().shape == (1080, 1920, 3)


def test_nothing_is_written_unless_asked(scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    list(saccade.track(scene, model="synthetic"))
    assert list(tmp_path.iterdir()) == []


def test_several_sources_run_side_by_side(scene):
    other = "synthetic:frames=25&width=320&height=240&seed=3"
    with saccade.track([scene, other], model="synthetic") as tracking:
        seen = {}
        for result in tracking:
            seen.setdefault(result.source, []).append(result.index)
    assert seen == {scene: list(range(40)), other: list(range(25))}
    assert {s.status for s in tracking.summaries.values()} == {"complete"}
    assert tracking.summaries[other].frames == 25


def test_one_source_that_fails_raises_its_error(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 100)
    with pytest.raises(saccade.Error) as caught:
        list(saccade.track(broken, model="synthetic"))
    assert str(broken) in str(caught.value)
    assert isinstance(caught.value, (saccade.Corrupt, saccade.Unreadable, saccade.Unsupported))


def test_of_several_those_that_fail_are_told_when_the_others_are_done(scene, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 100)
    missing = str(tmp_path / "missing.mp4")
    frames = 0
    with pytest.raises(saccade.SourcesFailed) as caught:
        for _ in saccade.track([broken, scene, missing], model="synthetic"):
            frames += 1
    assert frames == 40
    assert sorted(source for source, _ in caught.value.failures) == sorted([str(broken), missing])
    assert {type(error) for _, error in caught.value.failures} >= {saccade.NotFound}


def test_what_is_partly_unreadable_is_told(tmp_path, program):
    whole = tmp_path / "whole"
    subprocess.run(
        [
            program,
            "track",
            SCENE,
            "--model",
            "synthetic",
            "--save",
            "video",
            "--out",
            whole,
            "--quiet",
        ],
        check=True,
    )
    [clip] = whole.glob("*.mp4")
    cut = tmp_path / "cut.mkv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", clip, "-c", "copy", cut], check=True
    ) if _ffmpeg() else pytest.skip("ffmpeg is not here")
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size * 2 // 3])
    with pytest.warns(saccade.PartlyUnreadable, match="cut.mkv"):
        with saccade.track(cut, model="synthetic") as tracking:
            frames = sum(1 for _ in tracking)
    assert 0 < frames < 40
    [summary] = tracking.summaries.values()
    assert summary.status == "partial" and summary.damage


def _ffmpeg():
    import shutil

    return shutil.which("ffmpeg")


@pytest.mark.parametrize(
    "settings, what, way",
    [
        ({"conf": 2}, "conf", "from 0 to 1"),
        ({"cnof": 0.5}, "cnof: is no setting", "did you mean conf"),
        ({"tracker": "deepsort"}, "tracker", "bytetrack"),
        ({"persist": True}, "persist", "FrameTracker"),
        ({"stream": False}, "stream", "list(saccade.track"),
        ({"save": True}, "save", 'save="video"'),
        ({"resume": True}, "resume", "saccade track --resume"),
        ({"imgsz": [640, 480]}, "imgsz", "not square"),
        ({"conf": [0.5, 0.6]}, "conf", "not a list"),
        ({"save_txt": True}, "save_txt", "yolo"),
        ({"classes": ["unicorn"]}, "unicorn", ""),
        ({"line": "1,2,3"}, "line", ""),
    ],
)
def test_a_wrong_setting_is_refused_by_name_with_the_way_out(scene, settings, what, way):
    with pytest.raises(saccade.InvalidArgument) as caught:
        saccade.track(scene, model="synthetic", **settings)
    assert isinstance(caught.value, ValueError)
    assert what in str(caught.value) and way in str(caught.value)
    assert "\n" not in str(caught.value)


def test_errors_are_the_command_lines_own(scene, program):
    told = subprocess.run(
        [program, "track", scene, "--model", "synthetic", "--conf", "2"],
        capture_output=True,
        text=True,
    )
    with pytest.raises(saccade.InvalidArgument) as caught:
        saccade.track(scene, model="synthetic", conf=2)
    assert told.returncode == 2 and told.stderr.strip() == f"saccade: error: {caught.value}"
    told = subprocess.run(
        [program, "track", "nowhere.mp4", "--model", "synthetic"], capture_output=True, text=True
    )
    with pytest.raises(saccade.NotFound) as caught:
        saccade.track("nowhere.mp4", model="synthetic")
    assert told.stderr.strip() == f"saccade: error: {caught.value}"
    assert caught.value.code == "not_found" and caught.value.remedy in caught.value.line


def test_names_of_ultralytics_mean_the_same(scene):
    from saccade._words import words

    assert words({"vid_stride": 2}) == [("stride", "2")]
    assert words({"half": True}) == [("precision", "fp16")]
    assert words(
        {"half": False, "stream": True, "verbose": False, "save": False, "show": False}
    ) == [("save", [])]
    assert words({"device": 0}) == words({"device": "0"}) == [("device", "cuda:0")]
    assert words({"device": [0, 1]}) == [("device", "cuda:0,cuda:1")]
    assert words({"device": "cpu", "tracker": "bytetrack.yaml"}) == [
        ("device", "cpu"),
        ("tracker", "bytetrack"),
    ]
    assert words({"imgsz": (640, 640)}) == [("imgsz", "640")]
    assert words({"classes": 0}) == [("classes", ["0"])]
    assert words({"line": [1, 2, 3, 4]}) == [("line", ["1,2,3,4"])]
    assert words({"lines": ["1,2,3,4:door", (5, 6, 7, 8)]}) == [
        ("line", ["1,2,3,4:door", "5,6,7,8"])
    ]
    assert words(
        {
            "conf": np.float32(0.25),
            "batch": np.int64(4),
            "model": pathlib.Path("a.onnx"),
            "iou": None,
        }
    ) == [("conf", "0.25"), ("batch", "4"), ("model", "a.onnx")]
    results = list(
        saccade.track(scene, model="synthetic", vid_stride=4, stream=True, verbose=False)
    )
    assert [r.index for r in results] == list(range(0, 40, 4))


def test_every_setting_of_the_table_is_a_keyword():
    from saccade._settings import Settings

    keys = set(saccade.settings())
    assert {"conf", "iou", "classes", "imgsz", "device", "tracker", "save"} <= keys
    assert keys == set(Settings.__annotations__) - {"vid_stride", "half", "stream"}


def test_keywords_for_type_checkers_are_the_tables(tmp_path):
    root = pathlib.Path(__file__).parents[2]
    made = tmp_path / "made.py"
    subprocess.run([sys.executable, root / "scripts" / "python_settings.py", made], check=True)
    assert made.read_text() == (root / "python" / "saccade" / "_settings.py").read_text(), (
        "run scripts/python_settings.py"
    )


def test_variables_of_the_environment_are_settings_too(scene, monkeypatch):
    monkeypatch.setenv("SACCADE_STRIDE", "10")
    assert len(list(saccade.track(scene, model="synthetic"))) == 4
    assert len(list(saccade.track(scene, model="synthetic", stride=20))) == 2
    monkeypatch.setenv("SACCADE_STRIDE", "none")
    with pytest.raises(saccade.InvalidArgument, match="SACCADE_STRIDE"):
        saccade.track(scene, model="synthetic")


def test_async_for_gives_all_and_lets_others_run(scene):
    async def consume():
        turns = 0

        async def other():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        indices = [result.index async for result in saccade.track(scene, model="synthetic")]
        task.cancel()
        return indices, turns

    indices, turns = asyncio.run(consume())
    assert indices == list(range(40))
    assert turns >= 40


def test_a_cancelled_wait_loses_no_result(scene):
    async def consume():
        tracking = saccade.track(scene, model="synthetic")
        indices, cancelled = [], 0
        while True:
            try:
                result = await asyncio.wait_for(tracking.__anext__(), 0.002)
            except asyncio.TimeoutError:
                cancelled += 1
                continue
            except StopAsyncIteration:
                return indices, cancelled
            indices.append(result.index)

    indices, cancelled = asyncio.run(consume())
    assert indices == list(range(40))
    assert cancelled > 0


def test_a_slow_loop_holds_the_engine_back_and_loses_nothing():
    long = "synthetic:frames=300&width=160&height=160"
    with saccade.track(long, model="synthetic") as tracking:
        first = next(tracking)
        while tracking.session.snapshot()["waiting"] < 64:  # until the queue is full
            pass
        state = tracking.session.snapshot()["streams"][0]
        assert state["frames"] < 300 and state["state"] == "running"
        assert [first.index, *(r.index for r in tracking)] == list(range(300))


def test_closing_ends_it_and_its_outputs_are_whole(tmp_path):
    with saccade.track(
        "synthetic:frames=100000&width=160&height=160",
        model="synthetic",
        save="jsonl",
        out=tmp_path,
    ) as tracking:
        next(tracking)
    with pytest.raises(StopIteration):
        next(tracking)
    assert json.loads(lines_of(tmp_path)[-1])["outcome"] == "interrupted"
    [summary] = tracking.summaries.values()
    assert summary.status == "interrupted"


def test_tables_of_other_packages(scene):
    pandas = pytest.importorskip("pandas")
    pyarrow = pytest.importorskip("pyarrow")
    results = list(saccade.track(scene, model="synthetic"))
    frame = saccade.to_pandas(results)
    assert isinstance(frame, pandas.DataFrame) and len(frame) == sum(len(r) for r in results)
    assert list(frame.columns) == [
        "source",
        "frame",
        "time",
        "id",
        "x1",
        "y1",
        "x2",
        "y2",
        "score",
        "class",
        "class_name",
    ]
    last = frame[frame.frame == 39]
    assert last.id.tolist() == results[-1].ids.tolist()
    assert set(last.class_name) <= set(results[-1].names)
    table = results[-1].to_arrow()
    assert isinstance(table, pyarrow.Table) and table.num_rows == len(results[-1])
    assert saccade.to_arrow([]).num_rows == 0


def test_supervision_detections_leave_out_what_is_not_seen(scene):
    supervision = pytest.importorskip("supervision")
    results = list(saccade.track(scene, model="synthetic", interpolate=5))
    for result in results:
        detections = result.to_supervision()
        assert isinstance(detections, supervision.Detections)
        assert len(detections) == int((result.tracks.states == 1).sum())
        assert set(detections.tracker_id) <= set(result.ids)


def test_a_missing_package_is_named(scene, monkeypatch):
    result = next(iter(saccade.track(scene, model="synthetic")))
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(saccade.Unavailable, match="pip install pandas"):
        result.to_pandas()


def test_secrets_of_urls_are_never_shown():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(saccade.Error) as caught:
            list(
                saccade.track("http://me:geheim@127.0.0.1:9/a.mp4?token=geheim", model="synthetic")
            )
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("named", ["folder", "pattern", "one"])
def test_the_json_of_images_has_their_names(named, tmp_path):
    image = pytest.importorskip("PIL.Image")
    folder = tmp_path / "images"
    folder.mkdir()
    for name in ("000000000139.png", "a.png", "b.png"):
        image.new("RGB", (320, 240), (0, 0, 255)).save(folder / name)
    source = {"folder": folder, "pattern": f"{folder}/*.png", "one": folder / "a.png"}[named]
    out = tmp_path / "out"
    lines = [r.to_json() for r in saccade.track(source, model="synthetic", save="jsonl", out=out)]
    [file] = out.glob("*.jsonl")
    assert lines == file.read_text().splitlines()[1:-1]
    assert ('"image_id":141' in lines[-1]) == (named != "one")
