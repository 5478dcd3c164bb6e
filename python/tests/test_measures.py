"""eval, val and bench: what the command line prints as JSON."""

import json
import subprocess

import pytest
import saccade
from conftest import shared


def test_val_is_the_command_lines(program):
    annotations, model = shared("coco/instances.json"), shared("models/yolox_nano.onnx")
    told = subprocess.run(
        [program, "val", annotations, "--model", model, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = saccade.val(annotations, model=model)
    assert found == json.loads(told.stdout)
    assert found["images"] == 120 and 0.1 < found["map"] < 0.5


def test_val_and_eval_fail_as_the_command_line_does(tmp_path):
    with pytest.raises(saccade.Error, match="nowhere"):
        saccade.val(tmp_path / "nowhere.json", model="synthetic")
    with pytest.raises(saccade.NotFound, match="nowhere"):
        saccade.eval(tmp_path / "nowhere", tmp_path)
    with pytest.raises(saccade.InvalidArgument, match="mot20"):
        saccade.eval(tmp_path, tmp_path, benchmark="kitti")


def test_bench_measures_in_a_process_of_its_own():
    found = saccade.bench("trackers", reps=1, frames=30, model="synthetic")
    assert {row["name"] for row in found["rows"]} == set(saccade.trackers.all_trackers())
    with pytest.raises(saccade.InvalidArgument, match="no suite is called 'speed'"):
        saccade.bench("speed")
    with pytest.raises(saccade.InvalidArgument, match="conf"):
        saccade.bench("trackers", conf=7)
