"""Results as rows of Parquet: a row a track and frame, with all that the jsonl format has of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ._store import ABOUT

if TYPE_CHECKING:
    from .._result import Result

_STATES = np.array(["tentative", "confirmed", "lost"], dtype=object)
_BATCH = 50_000  # rows a row group

_FRAME = [("source", pa.string()), ("frame", pa.int64()), ("time_ns", pa.int64())]
_OBJECT = [
    *((name, pa.float32()) for name in ("x1", "y1", "x2", "y2", "score")),
    ("class", pa.int32()),
    ("class_name", pa.string()),
]
_TRACK = [
    ("state", pa.string()),
    *(
        (name, pa.float32())
        for name in ("raw_x1", "raw_y1", "raw_x2", "raw_y2", "velocity_x", "velocity_y")
    ),
    ("age", pa.int64()),
    ("detection", pa.int32()),
]
_GROUND = [
    (name, pa.float32()) for name in ("ground_x", "ground_y", "distance", "ground_vx", "ground_vy")
]


def schema(tracking: bool, ground: bool, images: bool) -> pa.Schema:
    fields = [*_FRAME]
    if images:
        fields.append(("file", pa.string()))
    if tracking:
        fields.append(("id", pa.int64()))
    fields += _OBJECT
    if tracking:
        fields += _TRACK
    if tracking and ground:
        fields += _GROUND
    return pa.schema(fields)


class Rows:
    """Writes results of one video, a batch of rows at a time."""

    def __init__(
        self, path: str, source: str, names: list[str], tracking: bool, ground: bool
    ) -> None:
        self._path, self._source, self._tracking, self._ground = path, source, tracking, ground
        self._names = np.array([*names, ""], dtype=object)
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[Result] = []
        self._held = 0
        self.rows = 0
        self.frames = 0

    def add(self, result: Result) -> None:
        if self._writer is None:
            self._open(result.file is not None)
        self.frames += 1
        if len(result) == 0:
            return
        self._waiting.append(result)
        self._held += len(result)
        if self._held >= _BATCH:
            self._flush()

    def _open(self, images: bool) -> None:
        self._images = images
        self._schema = schema(self._tracking, self._ground, images)
        self._writer = pq.ParquetWriter(self._path, self._schema, compression="zstd")

    def _flush(self) -> None:
        if not self._waiting:
            return
        results, self._waiting = self._waiting, []
        counts = [len(r) for r in results]
        found: list[Any] = [r.tracks if self._tracking else r.detections for r in results]

        def joined(name: str) -> Any:
            return np.concatenate([getattr(f, name) for f in found])

        boxes, classes = joined("boxes"), joined("classes")
        known = np.where(
            (classes >= 0) & (classes < len(self._names) - 1), classes, len(self._names) - 1
        )
        class_names = self._names[known]
        for at in np.flatnonzero(known == len(self._names) - 1):
            class_names[at] = str(classes[at])
        columns: dict[str, Any] = {
            "source": pa.array([self._source], pa.string()).take(
                pa.array(np.zeros(self._held, np.int64))
            ),
            "frame": np.repeat(np.array([r.index for r in results], np.int64), counts),
            "time_ns": np.repeat(np.array([r.time_ns for r in results], np.int64), counts),
            "score": joined("scores"),
            "class": classes,
            "class_name": pa.array(class_names, pa.string()),
        }
        for corner, name in enumerate(("x1", "y1", "x2", "y2")):
            columns[name] = np.ascontiguousarray(boxes[:, corner])
        if self._images:
            columns["file"] = pa.array(
                np.repeat(np.array([r.file for r in results], object), counts), pa.string()
            )
        if self._tracking:
            raw, velocities = joined("raw_boxes"), joined("velocities")
            columns["id"] = joined("ids")
            columns["state"] = pa.array(_STATES[joined("states")], pa.string())
            for corner, name in enumerate(("raw_x1", "raw_y1", "raw_x2", "raw_y2")):
                columns[name] = np.ascontiguousarray(raw[:, corner])
            columns["velocity_x"] = np.ascontiguousarray(velocities[:, 0])
            columns["velocity_y"] = np.ascontiguousarray(velocities[:, 1])
            columns["age"] = joined("ages")
            columns["detection"] = joined("detections")
            if self._ground:
                ground = joined("ground")
                for part, (name, _) in enumerate(_GROUND):
                    columns[name] = pa.array(
                        np.ascontiguousarray(ground[:, part]), from_pandas=True
                    )
        assert self._writer is not None
        self._writer.write_table(
            pa.table({f.name: columns[f.name] for f in self._schema}, schema=self._schema)
        )
        self.rows += self._held
        self._held = 0

    def finish(self, about: dict[str, Any]) -> None:
        """`about` goes into the footer, with the counts of frames and rows."""
        if self._writer is None:
            self._open(False)
        self._flush()
        assert self._writer is not None
        text = json.dumps({**about, "frames": self.frames, "rows": self.rows}, sort_keys=True)
        self._writer.add_key_value_metadata({ABOUT: text.encode()})
        self._writer.close()

    def close(self) -> None:
        """Of what was given up: the file is nobody's."""
        if self._writer is not None:
            self._writer.close()
