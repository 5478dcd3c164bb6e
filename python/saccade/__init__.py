"""Saccade: finds and follows objects in video, at the engine's own speed.

    import saccade

    for result in saccade.track("street.mp4", model="yolo11n.onnx"):
        print(result.index, result.ids, result.boxes)

Start with track(); Session for streams that come and go; FrameTracker for pictures of your own; saccade.trackers for
detections of your own. docs/python.md has more.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "_errors": (
        "Error",
        "InvalidArgument",
        "NotFound",
        "Unreadable",
        "Corrupt",
        "Unsupported",
        "Unwritable",
        "OutOfMemory",
        "Unavailable",
        "Interrupted",
        "InternalError",
        "SourcesFailed",
        "PartlyUnreadable",
    ),
    "_measure": ("bench", "eval", "val"),
    "_result": ("Frame", "Result"),
    "_session": (
        "Feed",
        "FrameTracker",
        "Session",
        "Stream",
        "Summary",
        "Tracking",
        "detect",
        "track",
    ),
    "_tables": ("to_arrow", "to_pandas"),
    "_words": ("settings",),
    "_engine": ("Detections", "Tracks"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [*sorted(_HOME_OF), "trackers"]
__version__: str

if TYPE_CHECKING:
    from . import trackers as trackers
    from ._engine import Detections as Detections
    from ._engine import Tracks as Tracks
    from ._errors import Corrupt as Corrupt
    from ._errors import Error as Error
    from ._errors import InternalError as InternalError
    from ._errors import Interrupted as Interrupted
    from ._errors import InvalidArgument as InvalidArgument
    from ._errors import NotFound as NotFound
    from ._errors import OutOfMemory as OutOfMemory
    from ._errors import PartlyUnreadable as PartlyUnreadable
    from ._errors import SourcesFailed as SourcesFailed
    from ._errors import Unavailable as Unavailable
    from ._errors import Unreadable as Unreadable
    from ._errors import Unsupported as Unsupported
    from ._errors import Unwritable as Unwritable
    from ._measure import bench as bench
    from ._measure import eval as eval
    from ._measure import val as val
    from ._result import Frame as Frame
    from ._result import Result as Result
    from ._session import Feed as Feed
    from ._session import FrameTracker as FrameTracker
    from ._session import Session as Session
    from ._session import Stream as Stream
    from ._session import Summary as Summary
    from ._session import Tracking as Tracking
    from ._session import detect as detect
    from ._session import track as track
    from ._tables import to_arrow as to_arrow
    from ._tables import to_pandas as to_pandas
    from ._words import settings as settings


# The engine and numpy are loaded when something of theirs is first asked for: the command needs neither.
def __getattr__(name: str) -> Any:
    if name == "trackers":
        return importlib.import_module(".trackers", __name__)
    if name == "__version__":
        return importlib.import_module("._engine", __name__).version()
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'saccade' has no attribute {name!r}")
    value = getattr(importlib.import_module("." + home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
