"""`python -m saccade.export`, with a stand-in for ultralytics that gives files of ours."""

import lzma
import os
import subprocess
import sys

import pytest
import saccade
import saccade.export
from conftest import shared

FAKE = """
import os, shutil
class YOLO:
    def __init__(self, weights):
        if not os.path.exists(weights):
            raise FileNotFoundError(f"No such file: {weights}")
        self.weights = weights
    def export(self, *, format, imgsz, opset, dynamic):
        assert format == "onnx"
        with open(os.environ["FAKE_LOG"], "w") as log:
            log.write(f"{imgsz} {opset} {dynamic}")
        if os.environ["FAKE_RESULT"] == "raise":
            raise RuntimeError("no torch")
        made = os.path.splitext(self.weights)[0] + ".onnx"
        shutil.copy(os.environ["FAKE_RESULT"], made)
        return made
"""


@pytest.fixture
def ultralytics(tmp_path, monkeypatch):
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "ultralytics.py").write_text(FAKE)
    (tmp_path / "yolo11n.pt").write_bytes(b"weights")
    model = tmp_path / "theirs.onnx"
    model.write_bytes(lzma.decompress(shared("models/yolo11n.onnx.xz").read_bytes()))
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("FAKE_RESULT", str(model))
    monkeypatch.setenv(
        "PYTHONPATH",
        os.pathsep.join([str(tmp_path / "fake"), os.environ["PYTHONPATH"]])
        if "PYTHONPATH" in os.environ
        else str(tmp_path / "fake"),
    )
    return tmp_path


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "saccade.export", *map(str, arguments)],
        capture_output=True,
        text=True,
    )


def test_their_exporter_is_called_and_its_file_checked(ultralytics):
    done = run(ultralytics / "yolo11n.pt", "--imgsz", 320)
    assert done.returncode == 0, done.stderr
    assert (ultralytics / "log").read_text() == "320 17 True"
    assert done.stdout.startswith(str(ultralytics / "yolo11n.onnx")) and "80 classes" in done.stdout


def test_the_file_goes_where_it_is_wanted_and_replaces_nothing(ultralytics):
    wanted = ultralytics / "mine.onnx"
    assert run(ultralytics / "yolo11n.pt", "--out", wanted, "--static").returncode == 0
    assert (ultralytics / "log").read_text() == "640 17 False" and wanted.exists()
    done = run(ultralytics / "yolo11n.pt", "--out", wanted)
    assert done.returncode == 2 and "is there already" in done.stderr


def test_a_file_that_is_no_model_is_told(ultralytics, monkeypatch):
    bad = ultralytics / "bad"
    bad.write_bytes(b"no model")
    monkeypatch.setenv("FAKE_RESULT", str(bad))
    done = run(ultralytics / "yolo11n.pt")
    assert (
        done.returncode == 1
        and done.stderr.startswith("saccade: error: ")
        and "yolo11n.onnx" in done.stderr
    )


def test_failures_of_theirs_are_told_in_a_line(ultralytics, monkeypatch):
    monkeypatch.setenv("FAKE_RESULT", "raise")
    done = run(ultralytics / "yolo11n.pt")
    assert done.returncode == 1 and "ultralytics could not export it: no torch" in done.stderr
    done = run(ultralytics / "missing.pt")
    assert done.returncode == 1 and "missing.pt" in done.stderr and "check the path" in done.stderr


def test_without_ultralytics_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    with pytest.raises(saccade.Unavailable, match="pip install ultralytics"):
        saccade.export.export("yolo11n.pt")


def test_check_tells_what_a_model_is():
    found = saccade.export.check(shared("models/yolox_nano.onnx"))
    assert len(found["names"]) == 80 and found["input"] == (416, 416)
