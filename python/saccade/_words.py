"""Keyword arguments as the words that the settings table takes.

The table itself is the engine's (`saccade settings`): no name or default of it stands here. What does is how names and
values of Ultralytics' that mean the same are written here, and which of theirs have another way.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from . import _engine
from ._errors import InvalidArgument

Word = tuple[str, str | list[str]]

#: Arguments of Ultralytics' that are none here, and what to do instead.
_OTHER_WAYS = {
    "persist": "for pictures of your own use saccade.FrameTracker or Session.feed(), which keep identities from one to the next",
    "show": 'draw with result.frame.to_bgr() and cv2, or write a video: save="video"',
    "project": 'name the folder: out="runs/one"',
    "exist_ok": "outputs of a run replace those of one into the same folder; name another by out=",
    "save_txt": 'save="yolo"',
    "save_conf": 'save="yolo" or save="jsonl": scores are in both',
    "save_frames": "take result.frame.to_rgb() with frames=True",
    "save_crop": "crop result.frame.to_rgb() by result.boxes",
    "show_labels": 'save="video" draws labels',
    "show_conf": 'save="video" draws scores',
    "show_boxes": 'save="video" draws boxes',
    "line_width": 'save="video" chooses it by the picture\'s size',
    "augment": "refine=True looks again, closer, at what is small or unsure",
    "agnostic_nms": "classes are kept apart here",
    "visualize": "features are not given out",
    "retina_masks": "masks are not given out",
    "embed": "embeddings are not given out; reid= gives them to the tracker",
    "stream_buffer": "live=True drops the oldest frame, live=False none",
    "dnn": "the network runs in OpenVINO or TensorRT as it is",
    "int8": "`saccade quantize` makes an INT8 model; name it by model=",
    "task": "saccade.track() and saccade.detect() are calls of their own",
    "mode": "saccade.track() and saccade.detect() are calls of their own",
    "cfg": "give the settings by name",
    "nms": "models of either kind are recognised",
}


@cache
def table() -> dict[str, dict[str, Any]]:
    """The settings by name: `help`, `value` (what it takes), `initial`, `separator` (of a list), `of_stream`,
    `changeable`."""
    return {row["key"]: row for row in _engine.setting_words()}


def settings() -> dict[str, str]:
    """All settings that track(), detect() and Session() take, with one line of help each."""
    return {
        key: row["help"] + (f" [{row['initial']}]" if row["initial"] else "")
        for key, row in table().items()
    }


def _device(value: Any) -> Any:
    """Ultralytics' 0, "0", "0,1" and [0, 1] as cuda:0,cuda:1."""
    parts = value if isinstance(value, (list, tuple)) else str(value).split(",")
    return ",".join(f"cuda:{part}" if str(part).strip().isdigit() else str(part) for part in parts)


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, int) or hasattr(value, "__index__"):
        return str(int(value))
    if isinstance(value, float) or hasattr(value, "__float__"):
        return repr(float(value))
    raise InvalidArgument(f"{key}: a {type(value).__name__} is no value for a setting")


def _item(key: str, value: Any) -> str:
    """A value of a list; numbers of a line or zone may come as a sequence."""
    if isinstance(value, (str, bytes, os.PathLike)) or not isinstance(value, Iterable):
        return _text(key, value)
    return ",".join(_text(key, number) for number in value)


def _one(key: str, value: Any, row: Mapping[str, Any]) -> str | list[str]:
    if key == "device":
        return _text(key, _device(value))
    if key == "tracker" and isinstance(value, str):
        value = value.removesuffix(".yaml")
    if key == "imgsz" and isinstance(value, (list, tuple)):
        if len({*value}) != 1:
            raise InvalidArgument(
                f"imgsz: {list(value)} is not square",
                "give one number, and rect=True for less padding",
            )
        value = value[0]
    if key == "save" and isinstance(value, bool):
        if value:
            raise InvalidArgument(
                "save: True names no format", 'name it: save="video", "mot", "jsonl" ...'
            )
        return []
    is_list = not isinstance(value, (str, bytes, os.PathLike, Mapping)) and isinstance(
        value, Iterable
    )
    if row["separator"] and is_list:
        values = list(value)
        numbers = values and all(
            isinstance(v, (int, float)) and not isinstance(v, bool) for v in values
        )
        if row["separator"] == ";" and numbers:
            return [_item(key, values)]  # one line or zone
        return [_item(key, v) for v in values]
    if row["separator"] and not isinstance(value, str):
        return [_item(key, value)]  # one class by its number, say
    if is_list:
        return [_item(key, v) for v in value]  # refused by the engine, by name
    return _text(key, value)


def words(given: Mapping[str, Any]) -> list[Word]:
    """Settings by name as words; None means that one is not given."""
    rows = table()
    made: list[Word] = []
    for name, value in given.items():
        if value is None:
            continue
        key = {"vid_stride": "stride", "lines": "line", "zones": "zone"}.get(name, name)
        if key == "half" and isinstance(value, (bool, int)):
            if value:
                made.append(("precision", "fp16"))
            continue
        if key == "verbose" and not value:
            continue
        if key == "verbose":
            raise InvalidArgument("verbose: results are yours to print", "leave it out")
        if key == "stream":
            if value:
                continue
            raise InvalidArgument(
                "stream: results always come while it runs",
                "for all at once: list(saccade.track(...))",
            )
        if key in _OTHER_WAYS:
            if value is False:
                continue
            raise InvalidArgument(f"{name}: is no setting here", _OTHER_WAYS[key])
        if key not in rows and key != "resume":
            near = difflib.get_close_matches(name, [*rows], 1)
            raise InvalidArgument(
                f"{name}: is no setting",
                f"did you mean {near[0]}?" if near else "saccade.settings() lists them",
            )
        made.append((key, _one(key, value, rows.get(key, {"separator": ""}))))
    return made
