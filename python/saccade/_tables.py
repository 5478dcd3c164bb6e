"""Results as the tables of other packages, which are imported when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import Unavailable

if TYPE_CHECKING:
    import pandas
    import pyarrow
    import supervision

    from ._result import Result

_CONFIRMED = 1


def _package(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Unavailable(f"the package {name} is not here", f"pip install {name}") from error


def _names(result: Result, classes: Any) -> list[str]:
    names = result.names
    return [names[c] if 0 <= c < len(names) else str(c) for c in classes.tolist()]


def to_supervision(result: Result) -> supervision.Detections:
    sv = _package("supervision")
    boxes, scores, classes, ids = result.boxes, result.scores, result.classes, result.ids
    if result.tracking:
        sure = result.tracks.states == _CONFIRMED
        boxes, scores, classes = boxes[sure], scores[sure], classes[sure]
        ids = ids[sure] if ids is not None else None
    made: supervision.Detections = sv.Detections(
        xyxy=boxes,
        confidence=scores,
        class_id=classes.astype(int),
        tracker_id=None if ids is None else ids.astype(int),
        data={"class_name": np.array(_names(result, classes), dtype=str)},
    )
    return made


def columns(results: Iterable[Result]) -> dict[str, Any]:
    """A row an object; column by column."""
    all_results = list(results)
    counts = [len(r) for r in all_results]
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(r.boxes for r in all_results)])
    ids = [np.zeros(n, np.int64) if r.ids is None else r.ids for r, n in zip(all_results, counts)]
    return {
        "source": [r.source for r, n in zip(all_results, counts) for _ in range(n)],
        "frame": np.repeat(np.array([r.index for r in all_results], np.int64), counts),
        "time": np.repeat(np.array([r.time for r in all_results], np.float64), counts),
        "id": np.concatenate([np.zeros(0, np.int64), *ids]),
        "x1": boxes[:, 0],
        "y1": boxes[:, 1],
        "x2": boxes[:, 2],
        "y2": boxes[:, 3],
        "score": np.concatenate([np.zeros(0, np.float32), *(r.scores for r in all_results)]),
        "class": np.concatenate([np.zeros(0, np.int32), *(r.classes for r in all_results)]),
        "class_name": [name for r in all_results for name in _names(r, r.classes)],
    }


def to_pandas(results: Iterable[Result]) -> pandas.DataFrame:
    """All objects of all results as one pandas.DataFrame: a row an object. Where nothing is tracked, ids are 0."""
    pd = _package("pandas")
    return pd.DataFrame(columns(results))


def to_arrow(results: Iterable[Result]) -> pyarrow.Table:
    """All objects of all results as one pyarrow.Table: a row an object. Where nothing is tracked, ids are 0."""
    pa = _package("pyarrow")
    made = columns(results)
    texts = {"source", "class_name"}
    return pa.table(
        {
            name: pa.array(values, pa.string())
            if name in texts
            else pa.array(np.ascontiguousarray(values))
            for name, values in made.items()
        }
    )
