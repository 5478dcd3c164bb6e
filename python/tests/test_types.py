"""Stubs and docstrings: what people see before they call."""

import inspect
import pathlib
import subprocess
import sys

import saccade

ROOT = pathlib.Path(__file__).parents[1]


def test_the_stub_of_the_engine_is_the_engines(tmp_path):
    made = tmp_path / "_engine.pyi"
    subprocess.run(
        [sys.executable, "-m", "nanobind.stubgen", "-m", "saccade._engine", "-o", made],
        check=True,
        capture_output=True,
    )
    assert made.read_text() == (ROOT / "saccade" / "_engine.pyi").read_text(), (
        "run python -m nanobind.stubgen -m saccade._engine -o python/saccade/_engine.pyi"
    )


def test_types_hold(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            ROOT / "pyproject.toml",
            "--cache-dir",
            tmp_path,
            ROOT / "saccade",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_wrong_calls_are_found_by_a_type_checker(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("""import saccade

for result in saccade.track("a.mp4", model="m.onnx", conf=0.5, classes=["person"], tracker="bytetrack", line="1,2,3,4"):
    boxes = result.boxes
    boxes.shape
saccade.track("a.mp4", cnof=0.5)
saccade.track("a.mp4", tracker="deepsort")
saccade.trackers.ByteTrack().update(1)
session = saccade.Session(model="m.onnx")
session.add("a.mp4", model="other.onnx")
""")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", tmp_path / "cache", program],
        capture_output=True,
        text=True,
        env={"MYPYPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    lines = [
        int(line.split(":")[1])
        for line in done.stdout.splitlines()
        if ": error:" in line and line.startswith(str(program))
    ]
    assert sorted(set(lines)) == [6, 7, 8, 10], done.stdout


def test_all_that_is_public_says_what_it_is():
    for name in saccade.__all__:
        item = getattr(saccade, name)
        assert item.__doc__, name
        if not inspect.isclass(item) or item.__module__ == "saccade._engine":
            continue
        for member, value in vars(item).items():
            if member.startswith("_") or not (
                inspect.isfunction(value) or isinstance(value, property)
            ):
                continue
            text = value.__doc__ or (item.__doc__ or "")
            assert text and (value.__doc__ or member in item.__doc__), f"{name}.{member}"


def test_the_command_needs_neither_engine_nor_numpy_in_python():
    code = "import sys, saccade, saccade._command; print([m for m in sys.modules if m in ('numpy', 'saccade._engine')])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def test_the_module_runs_as_the_program(program):
    told = subprocess.run(
        [sys.executable, "-m", "saccade", "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert told == f"saccade {saccade.__version__}\n"
    assert (
        subprocess.run([sys.executable, "-m", "saccade", "track"], capture_output=True).returncode
        == 2
    )
