"""The engine, bare: saccade's own modules are what to call."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy
import numpy.typing


def version() -> str: ...

def refuse_fork() -> None:
    """Raises Unavailable in a fork of a process that used the engine."""

class Picture:
    """A picture of the engine's own: views of its planes."""

    @property
    def width(self) -> int:
        """px"""

    @property
    def height(self) -> int:
        """px"""

    @property
    def format(self) -> str: ...

    @property
    def device(self) -> str: ...

    def planes(self) -> list[numpy.typing.NDArray[Any]]:
        """Read-only numpy views of all planes, without a copy."""

    def plane(self, number: int) -> Any:
        """
        A view of one plane by DLPack, in host or device memory, without a copy.
        """

    def converted(self, bgr: bool) -> numpy.typing.NDArray[numpy.uint8]:
        """A copy as uint8 [height, width, 3], RGB or BGR."""

def setting_words() -> list[dict[str, Any]]:
    """The settings table: a dict a setting."""

def locations(sources: Sequence[str]) -> list[str]:
    """Sources as the command line expands them, one stream each."""

def eval_json(truth: str, tracks: str, sequences: Sequence[str], benchmark: str, counts: bool, lines: Sequence[str], zones: Sequence[str], random_lines: int, random_zones: int, seed: int) -> str:
    """What `saccade eval --json` prints."""

def val_json(annotations: str, images: str, words: list[tuple[str, str | list[str]]]) -> str:
    """What `saccade val --json` prints."""

def settings_in_force(words: list[tuple[str, str | list[str]]]) -> list[tuple[str, str]]:
    """Every setting that is not at its default: given, or of a variable."""

def work_digest(mode: str, words: list[tuple[str, str | list[str]]]) -> str:
    """SHA-256 over all but the source that results depend on."""

def output_names(sources: Sequence[str]) -> list[str]:
    """
    A name for each source's outputs, as a run of the command line has them.
    """

def is_video_name(name: str) -> bool:
    """By its name's ending."""

def shown_text(text: str) -> str:
    """Without the secrets of URLs in it."""

def setting_flags() -> list[tuple[str, str, bool]]:
    """
    (key, flags of the command line, whether it takes a value) of each setting.
    """

class Tracks:
    """
    Objects followed, by ascending id: arrays of N, made when they are asked for.
    """

    def __len__(self) -> int: ...

    @property
    def boxes(self) -> numpy.typing.NDArray[numpy.float32]:
        """
        float32 [N, 4]: x1, y1, x2, y2 in px of the source, smoothed by the tracker.
        """

    @property
    def raw_boxes(self) -> numpy.typing.NDArray[numpy.float32]:
        """
        float32 [N, 4]: the detections that were matched; as `boxes` where none was.
        """

    @property
    def ids(self) -> numpy.typing.NDArray[numpy.int64]:
        """int64 [N], from 1, unique within a stream, never used twice."""

    @property
    def scores(self) -> numpy.typing.NDArray[numpy.float32]:
        """float32 [N] in [0, 1], of the latest matched detections."""

    @property
    def classes(self) -> numpy.typing.NDArray[numpy.int32]:
        """int32 [N], indices into the model's class names."""

    @property
    def states(self) -> numpy.typing.NDArray[numpy.uint8]:
        """
        uint8 [N]: 0 tentative, 1 confirmed, 2 lost (its box is predicted or filled in).
        """

    @property
    def velocities(self) -> numpy.typing.NDArray[numpy.float32]:
        """float32 [N, 2], px/s, of the centres."""

    @property
    def ages(self) -> numpy.typing.NDArray[numpy.int64]:
        """int64 [N]: frames since the first detection, 0 at birth."""

    @property
    def detections(self) -> numpy.typing.NDArray[numpy.int32]:
        """
        int32 [N]: which detection of this frame each was matched with, -1 where none.
        """

    @property
    def ground(self) -> numpy.typing.NDArray[numpy.float32]:
        """
        float32 [N, 5]: x, y, way (m) and velocity x, y (m/s) on the ground; NaN where unknown.
        """

class Detections:
    """Objects seen in one frame: arrays of N."""

    def __len__(self) -> int: ...

    @property
    def boxes(self) -> numpy.typing.NDArray[numpy.float32]:
        """float32 [N, 4]: x1, y1, x2, y2 in px of the source."""

    @property
    def scores(self) -> numpy.typing.NDArray[numpy.float32]:
        """float32 [N] in [0, 1]."""

    @property
    def classes(self) -> numpy.typing.NDArray[numpy.int32]:
        """int32 [N], indices into the model's class names."""

def trackers() -> list[tuple[str, str]]:
    """(name, one line) of each tracker, the default first."""

class Tracker:
    """A tracker by itself; see saccade.trackers."""

    def __init__(self, name: str, fps: float = 30.0, high_score: float | None = None, low_score: float | None = None, new_score: float | None = None, match_iou: float | None = None, lost_seconds: float | None = None, fuse_score: bool | None = None, class_aware: bool = True, report_tentative: bool = False, report_lost: bool = False) -> None: ...

    def update(self, boxes: numpy.typing.NDArray[Any], scores: numpy.typing.NDArray[Any], classes: numpy.typing.NDArray[Any] | None = None, time: float | None = None) -> Tracks: ...

    def reset(self) -> None: ...

class Raw:
    """One frame's results."""

    @property
    def stream(self) -> int: ...

    @property
    def index(self) -> int: ...

    @property
    def pts_ns(self) -> int: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def file(self) -> str | None: ...

    @property
    def carried(self) -> bool: ...

    @property
    def redacted(self) -> list[tuple[float, float, float, float]]: ...

    @property
    def sender_ns(self) -> int | None: ...

    @property
    def boundary(self) -> dict[str, Any] | None: ...

    def tracks(self) -> Tracks: ...

    def detections(self) -> Detections: ...

    def picture(self) -> Picture | None: ...

    def json(self) -> str: ...

class Feed:
    """One producer's end of a stream."""

    def push(self, planes: list[Any], time: float, copy: bool, patience: float) -> None: ...

    def lose(self, reason: str) -> None: ...

    def end(self) -> None: ...

class Session:
    """A session, bare."""

    def __init__(self, words: list[tuple[str, str | list[str]]], jobs: int, capacity: int, drop_oldest: bool, most_held: int) -> None: ...

    def add(self, source: str, words: list[tuple[str, str | list[str]]], mode: str, name: str | None, results: bool, frames: bool) -> int: ...

    def add_feed(self, name: str, width: int, height: int, format: str, device: int, fps: float, live: bool, queue: int, words: list[tuple[str, str | list[str]]], mode: str, results: bool, frames: bool) -> tuple[int, Feed]: ...

    def change(self, id: int, words: list[tuple[str, str | list[str]]]) -> None: ...

    def remove(self, id: int) -> dict[str, Any]: ...

    def wait(self, id: int, timeout: float | None, patience: float) -> dict[str, Any] | None: ...

    def next(self, timeout: float | None = None) -> Raw | None | Literal[False]: ...

    def ended(self) -> list[tuple[int, dict[str, Any]]]: ...

    def snapshot(self) -> dict[str, Any]: ...

    def close(self, within: float = -1.0) -> None: ...

    @property
    def class_names(self) -> list[str]: ...

def shown_name(source: str) -> str: ...

def finish_closings() -> None:
    """Waits for sessions whose close() was not waited for."""
