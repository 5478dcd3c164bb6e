"""Measures: tracks against ground truth, models against a data set, the engine on this machine."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import _engine
from ._command import program
from ._errors import Error, InternalError, Interrupted, InvalidArgument
from ._words import table, words

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._settings import Settings


def eval(
    gt: str | os.PathLike[str],
    tracks: str | os.PathLike[str],
    *,
    sequences: Sequence[str] = (),
    benchmark: str | None = None,
    counts: bool = False,
    line: Sequence[str] = (),
    zone: Sequence[str] = (),
    lines: int = 200,
    zones: int = 50,
    seed: int = 1,
) -> dict[str, Any]:
    """Scores tracks against MOTChallenge ground truth: HOTA, CLEAR, IDF1; as `saccade eval --json`.

    Args:
        gt: folder of sequences, SEQ/gt/gt.txt each.
        tracks: folder of results, SEQ.txt each.
        sequences: only these, in this order.
        benchmark: "mot15", "mot16", "mot17", "mot20"; else as the truth tells.
        counts: score crossings of lines and stays in zones instead: of these `line`s and `zone`s, else of so many random
            `lines` and `zones`.
    """
    found: dict[str, Any] = json.loads(
        _engine.eval_json(
            os.fspath(gt),
            os.fspath(tracks),
            list(sequences),
            benchmark or "",
            counts,
            list(line),
            list(zone),
            lines,
            zones,
            seed,
        )
    )
    return found


def val(
    annotations: str | os.PathLike[str],
    images: str | os.PathLike[str] | None = None,
    **settings: Unpack[Settings],
) -> dict[str, Any]:
    """A model's mAP on a COCO data set, as `saccade val --json`: map, map50, map75, by size and class, recall.

    Args:
        annotations: instances.json of the data set.
        images: folder of its images; else images/ beside it.
    """
    found: dict[str, Any] = json.loads(
        _engine.val_json(
            os.fspath(annotations), "" if images is None else os.fspath(images), words(settings)
        )
    )
    return found


def _flags(settings: dict[str, Any]) -> list[str]:
    flags: list[str] = []
    rows = table()
    for key, value in words(settings):
        if key not in rows:
            raise InvalidArgument(f"{key}: is of runs alone")
        flag = "--" + key.replace("_", "-")
        if not rows[key]["value"]:
            flags += [flag] if value == "true" else []
        elif isinstance(value, list):
            for one in value:
                quoted = '"' + one.replace('"', '""') + '"'
                flags += [flag, quoted if rows[key]["separator"] in one else one]
        else:
            flags += [flag, value]
    return flags


def bench(
    *suites: str,
    source: str | os.PathLike[str] | None = None,
    reps: int = 5,
    frames: int = 120,
    **settings: Unpack[Settings],
) -> dict[str, Any]:
    """Measures the engine on this machine, as `saccade bench --json`, in a process of its own.

    Args:
        suites: which (`saccade bench --help` lists them); else all.
        source: the video to measure with.
        reps, frames: repetitions, and frames a repetition, about.
    """
    command = [
        program(),
        "bench",
        *suites,
        "--json",
        "--quiet",
        "--reps",
        str(reps),
        "--frames",
        str(frames),
    ]
    if source is not None:
        command += ["--source", os.fspath(source)]
    done = subprocess.run(command + _flags(dict(settings)), capture_output=True, text=True)
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    lines = [line for line in done.stderr.splitlines() if line.startswith("saccade: error: ")]
    kinds: dict[int, type[Error]] = {2: InvalidArgument, 130: Interrupted}
    kind = kinds.get(done.returncode, Error if lines else InternalError)
    raise kind(
        lines[-1][len("saccade: error: ") :]
        if lines
        else f"saccade bench ended with {done.returncode}"
    )
