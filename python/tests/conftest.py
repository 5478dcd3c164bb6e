"""Tests run against the package of the build (ctest sets PYTHONPATH), or one that is installed."""

import os
import pathlib

import pytest

#: A small scene that takes a second or two: 3 classes, objects that move.
SCENE = "synthetic:frames=40&width=320&height=240"


def shared(name):
    root = pathlib.Path(
        os.environ.get("SACCADE_SHARED", pathlib.Path(__file__).parents[2] / ".." / "shared")
    )
    path = root / name
    if not path.exists():
        pytest.skip(f"{path} is not here: SACCADE_SHARED names the folder of test data")
    return path


@pytest.fixture
def scene():
    return SCENE


@pytest.fixture
def program():
    from saccade._command import program

    return program()
