"""One frame's results, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _tables
from ._engine import Detections, Picture, Raw, Tracks

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas
    import pyarrow
    import supervision


class Frame:
    """A picture as the engine decoded it: views of its planes, without a copy, in the stream's own pixel format.

    They stay as they are for as long as a view lives, and keep a buffer of the decoder's busy meanwhile: hold few, and
    not for long (`max_frames` of track() and Session() is the most). `to_rgb()` and `to_bgr()` are copies, which may be
    kept.

    Attributes:
        width, height: px.
        format: "i420", "i422", "i444", "nv12", "gray8", "rgb24"; with 10 bits in 16 "i420p10", "i422p10", "i444p10" (low
            bits) and "p010" (high bits).
        device: "cpu" or "cuda:0".
    """

    __slots__ = ("_picture",)

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    @property
    def width(self) -> int:
        return self._picture.width

    @property
    def height(self) -> int:
        return self._picture.height

    @property
    def format(self) -> str:
        return self._picture.format

    @property
    def device(self) -> str:
        return self._picture.device

    @property
    def planes(self) -> list[npt.NDArray[Any]]:
        """Read-only numpy views of all planes, [rows, columns] or [rows, columns, channels]. Of a picture on a GPU:
        Unsupported."""
        return list(self._picture.planes())

    def plane(self, number: int) -> Any:
        """A view of one plane that gives itself by DLPack, on the host or on the GPU: `torch.from_dlpack(...)`."""
        return self._picture.plane(number)

    def to_rgb(self) -> npt.NDArray[np.uint8]:
        """A copy as uint8 [height, width, 3] in the order R, G, B."""
        copy: npt.NDArray[np.uint8] = self._picture.converted(False)
        return copy

    def to_bgr(self) -> npt.NDArray[np.uint8]:
        """A copy as uint8 [height, width, 3] in the order B, G, R, as OpenCV has it."""
        copy: npt.NDArray[np.uint8] = self._picture.converted(True)
        return copy

    def __repr__(self) -> str:
        return f"Frame({self.width}x{self.height} {self.format} on {self.device})"


class Result:
    """What was found in one frame.

    Attributes:
        source: what the stream is of, without the secrets of a URL.
        stream: the stream's number in its session, from 1.
        names: the model's class names, by number.
        tracking: whether objects were followed; else they were only detected.
    """

    __slots__ = ("_raw", "source", "names", "tracking", "_tracks", "_detections", "_arrays")

    def __init__(self, raw: Raw, source: str, names: list[str], tracking: bool) -> None:
        self._raw = raw
        self.source = source
        self.names = names
        self.tracking = tracking
        self._tracks: Tracks | None = None
        self._detections: Detections | None = None
        self._arrays: dict[str, Any] = {}

    @property
    def stream(self) -> int:
        return self._raw.stream

    @property
    def index(self) -> int:
        """The frame's number in decode order, from 0."""
        return self._raw.index

    @property
    def time(self) -> float:
        """Seconds, by the clock of the stream itself."""
        return self._raw.pts_ns * 1e-9

    @property
    def time_ns(self) -> int:
        """Nanoseconds, by the clock of the stream itself."""
        return self._raw.pts_ns

    @property
    def width(self) -> int:
        """px, of the source."""
        return self._raw.width

    @property
    def height(self) -> int:
        """px, of the source."""
        return self._raw.height

    @property
    def file(self) -> str | None:
        """The image file that is this frame; None in a video."""
        return self._raw.file

    @property
    def boundary(self) -> dict[str, Any] | None:
        """What lies between this frame and the one before it, where that is not just time (docs/formats.md): lost_data,
        format_changed, new_size, gap (s), reason, ends_identities, outages (of a camera: begin and end in s, reason)."""
        return self._raw.boundary

    @property
    def carried(self) -> bool:
        """Nothing moved since the frame before, so its results are here again (when_moving)."""
        return self._raw.carried

    @property
    def redacted(self) -> list[tuple[float, float, float, float]]:
        """The places (x1, y1, x2, y2) that are covered in this frame's picture (redact)."""
        return self._raw.redacted

    @property
    def sender_time_ns(self) -> int | None:
        """When a camera says that it took the picture: nanoseconds since 1970, UTC. None where it has not told."""
        return self._raw.sender_ns

    @property
    def tracks(self) -> Tracks:
        """Objects followed, by ascending id; none where nothing is tracked."""
        if self._tracks is None:
            self._tracks = self._raw.tracks()
        return self._tracks

    @property
    def detections(self) -> Detections:
        """Objects as the detector saw them in this frame alone."""
        if self._detections is None:
            self._detections = self._raw.detections()
        return self._detections

    def _array(self, name: str) -> Any:
        array = self._arrays.get(name)
        if array is None:
            array = self._arrays[name] = getattr(
                self.tracks if self.tracking else self.detections, name
            )
        return array

    @property
    def boxes(self) -> npt.NDArray[np.float32]:
        """float32 [N, 4]: x1, y1, x2, y2 in px of the source; of the tracks, or where nothing is tracked, detections."""
        boxes: npt.NDArray[np.float32] = self._array("boxes")
        return boxes

    @property
    def scores(self) -> npt.NDArray[np.float32]:
        """float32 [N] in [0, 1], for `boxes`."""
        scores: npt.NDArray[np.float32] = self._array("scores")
        return scores

    @property
    def classes(self) -> npt.NDArray[np.int32]:
        """int32 [N], indices into `names`, for `boxes`."""
        classes: npt.NDArray[np.int32] = self._array("classes")
        return classes

    @property
    def ids(self) -> npt.NDArray[np.int64] | None:
        """int64 [N], for `boxes`: from 1, unique within a stream, never used twice. None where nothing is tracked."""
        return self._array("ids") if self.tracking else None

    @property
    def frame(self) -> Frame | None:
        """The picture, where frames=True asked for it."""
        picture = self._raw.picture()
        return None if picture is None else Frame(picture)

    def to_json(self) -> str:
        """The line of the jsonl format, as the command line writes it (of image files with their names,
        until the stream was removed)."""
        return self._raw.json()

    def to_supervision(self) -> supervision.Detections:
        """As supervision.Detections, with class_name in its data. Objects that are not (yet) believed or not seen in
        this frame are left out. Needs the package supervision."""
        return _tables.to_supervision(self)

    def to_pandas(self) -> pandas.DataFrame:
        """A table with a row an object: source, frame, time, id, x1, y1, x2, y2, score, class, class_name. Needs pandas."""
        return _tables.to_pandas([self])

    def to_arrow(self) -> pyarrow.Table:
        """As to_pandas(), as a pyarrow.Table. Needs pyarrow."""
        return _tables.to_arrow([self])

    def __len__(self) -> int:
        return len(self.tracks) if self.tracking else len(self.detections)

    def __repr__(self) -> str:
        return (
            f"Result({self.source!r}, frame {self.index}, {self.time:.3f} s, {len(self)} objects)"
        )
