"""Trackers by themselves, for those who have a detector of their own.

    tracker = saccade.trackers.ByteTrack()
    for boxes, scores, classes, time in detections:
        tracks = tracker.update(boxes, scores, classes, time)
        print(tracks.ids, tracks.boxes)

Every tracker of the engine is a class here: `all_trackers()` tells which. They are the very code of `saccade track`, without
the camera's motion and appearance, which need pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from . import _engine
from ._engine import Tracks

if TYPE_CHECKING:
    import numpy.typing as npt

#: How names are written as classes, where that can't be told from them.
_WRITTEN = {
    "bytetrack": "ByteTrack",
    "botsort": "BoTSORT",
    "ocsort": "OCSORT",
    "sort": "SORT",
    "saccade": "Saccade",
}


class Tracker:
    """Gives detections identities over time. Deterministic; may be called from any thread, one call after the other.

    Args (what is left out is the tracker's published default; what one has no use for is not looked at):
        fps: updates a second, where update() is not told times.
        high_score: detections from here up are associated first, [0, 1].
        low_score: below it a detection is not looked at, [0, 1].
        new_score: least score of a detection that starts a track, [0, 1].
        match_iou: least overlap of a pair, [0, 1].
        lost_seconds: how long an unseen object is waited for, s.
        fuse_score: weigh overlaps by the detection's score.
        class_aware: a track is continued by detections of its own class only.
        report_tentative, report_lost: also report tracks not yet believed; that are waited for.
    """

    name: ClassVar[str] = ""

    def __init__(
        self,
        *,
        fps: float = 30.0,
        high_score: float | None = None,
        low_score: float | None = None,
        new_score: float | None = None,
        match_iou: float | None = None,
        lost_seconds: float | None = None,
        fuse_score: bool | None = None,
        class_aware: bool = True,
        report_tentative: bool = False,
        report_lost: bool = False,
    ) -> None:
        self._tracker = _engine.Tracker(
            self.name,
            fps,
            high_score,
            low_score,
            new_score,
            match_iou,
            lost_seconds,
            fuse_score,
            class_aware,
            report_tentative,
            report_lost,
        )
        #: The engine's own method: nothing stands between.
        self.__dict__["update"] = self._tracker.update

    if TYPE_CHECKING:

        def update(  # noqa: F811
            self,
            boxes: npt.NDArray[Any],
            scores: npt.NDArray[Any],
            classes: npt.NDArray[Any] | None = None,
            time: float | None = None,
        ) -> Tracks:
            """Moves on by one frame.

            Args:
                boxes: [N, 4]: x1, y1, x2, y2 in px. float32 in one piece is taken as it is, others are converted.
                scores: [N], in [0, 1].
                classes: [N], integers; None for one class.
                time: seconds, not before the last one's; without it, updates are 1/fps apart.
            """

    def reset(self) -> None:
        """Forgets every object; ids go on where they were."""
        self._tracker.reset()


_by_name: dict[str, type[Tracker]] = {}
for _name, _summary in _engine.trackers():
    _class = type(
        _WRITTEN.get(_name, _name.title()),
        (Tracker,),
        {"name": _name, "__doc__": f"{_summary}.", "__module__": __name__},
    )
    globals()[_class.__name__] = _by_name[_name] = _class

if TYPE_CHECKING:

    class ByteTrack(Tracker): ...

    class BoTSORT(Tracker): ...

    class OCSORT(Tracker): ...

    class SORT(Tracker): ...

    class Saccade(Tracker): ...


def all_trackers() -> dict[str, type[Tracker]]:
    """Every tracker by its name, as tracker= takes it; the default first."""
    return dict(_by_name)
