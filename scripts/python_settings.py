#!/usr/bin/env python3
"""Writes python/saccade/_settings.py, the keywords of track() and Session() for type checkers, by the engine's settings table.

Usage: PYTHONPATH=build/release/python scripts/python_settings.py [FILE]   (a test compares)
"""

import pathlib
import sys

from saccade._words import table

WHOLE = {
    "batch",
    "warmup",
    "in_flight",
    "threads",
    "max_det",
    "refine_budget",
    "interpolate",
    "streams",
    "queue",
    "decoder_threads",
    "decoders",
    "stride",
    "imgsz",
    "redact_frames",
}


def kind(row):
    value = row["value"]
    if not value:
        return "bool"
    if row["separator"] == ";":
        return "Union[str, Sequence[Union[str, Sequence[float]]]]"
    if row["separator"]:
        return "Union[str, int, Sequence[Union[str, int]]]"
    if row["key"] == "device":
        return "Union[str, int, Sequence[int]]"
    number = "int" if row["key"] in WHOLE else "float"
    if value == "N":
        return number
    if value.startswith("auto|N"):
        return f"Union[{number}, Literal['auto']]"
    words = value.split("|")
    if len(words) > 1 and all(w.islower() or w.isdigit() for w in words):
        return f"Literal[{', '.join(repr(w) for w in words)}]"
    return "Union[str, os.PathLike[str]]" if "FILE" in value or value == "DIR" else "str"


def text():
    yield '"""The settings as keyword arguments, for type checkers. Made by scripts/python_settings.py: not to be edited."""'
    yield "from __future__ import annotations"
    yield ""
    yield "import os"
    yield "from collections.abc import Sequence"
    yield "from typing import Literal, TypedDict, Union"
    for name, chosen in (
        ("StreamSettings", lambda row: row["of_stream"]),
        ("Settings", lambda row: True),
    ):
        yield ""
        yield ""
        yield f"class {name}(TypedDict, total=False):"
        for row in table().values():
            if chosen(row):
                default = f" [{row['initial']}]" if row["initial"] else ""
                yield f"    {row['key']}: {kind(row)}"
                yield f'    """{row["help"]}{default}"""'.replace('"""""', '""" ""').replace(
                    "\\", ""
                )
        if name == "StreamSettings":
            yield "    vid_stride: int"
            yield '    """Ultralytics\' name of stride."""'
            continue
        yield "    vid_stride: int"
        yield '    """Ultralytics\' name of stride."""'
        yield "    half: bool"
        yield '    """Ultralytics\' short form of precision="fp16"."""'
        yield "    stream: bool"
        yield '    """Of Ultralytics: results always come while it runs."""'


def main():
    file = pathlib.Path(
        sys.argv[1]
        if len(sys.argv) > 1
        else pathlib.Path(__file__).parent.parent / "python" / "saccade" / "_settings.py"
    )
    file.write_text("\n".join(text()) + "\n")


if __name__ == "__main__":
    main()
