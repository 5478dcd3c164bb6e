"""A model of Ultralytics' as one of the engine's: `python -m saccade.export yolo11n.pt`.

Their own exporter makes the ONNX file, in the user's own environment (which has ultralytics; this package needs neither it
nor torch), and the result is checked: the engine must recognise its family, load it and get numbers from it that scores and
boxes can be. Weights of Ultralytics' are under the AGPL or their own licence: that is between the user and them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from ._errors import Error, InvalidArgument, NotFound, Unavailable


def export(
    weights: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    imgsz: int = 640,
    opset: int = 17,
    dynamic: bool = True,
) -> str:
    """Exports `weights` (a .pt file or a name that ultralytics knows) and checks what came. Returns the ONNX file's path.

    Args:
        out: where to put it; else beside the weights, as their exporter does. Not replaced where it is there.
        imgsz: px; with `dynamic`, the size that is assumed where nobody says.
        opset: of ONNX.
        dynamic: sizes of batch and picture are left open, which the engine makes use of.
    """
    if out is not None and os.path.exists(out):
        raise InvalidArgument(
            f"{os.fspath(out)}: is there already", "name another file, or remove it"
        )
    try:
        from ultralytics import YOLO
    except ImportError as error:
        raise Unavailable(
            f"the package ultralytics can't be imported: {error}",
            "run: pip install ultralytics onnx",
        ) from error
    try:
        made = YOLO(os.fspath(weights)).export(
            format="onnx", imgsz=imgsz, opset=opset, dynamic=dynamic
        )
    except FileNotFoundError as error:
        raise NotFound(f"{os.fspath(weights)}: {error}", "check the path") from error
    except Exception as error:  # whatever it is, it is theirs
        raise Error(f"{os.fspath(weights)}: ultralytics could not export it: {error}") from error
    path = os.fspath(made) if made else ""
    if not os.path.isfile(path):
        raise Error(f"{os.fspath(weights)}: ultralytics told of no file that it wrote ({made!r})")
    check(path)
    if out is None:
        return path
    import shutil

    shutil.move(path, out)
    return os.fspath(out)


def check(model: str | os.PathLike[str]) -> dict[str, Any]:
    """Loads a model and runs it on a picture. Returns its class `names` and the `input` size (width, height) in px.

    Errors: those of the engine, naming what the file lacks.
    """
    import numpy as np

    from ._session import FrameTracker

    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    with FrameTracker(
        model=os.fspath(model), format="rgb", fps=30, mode="detect", warmup=1
    ) as tracker:
        tracker.update(noise)
        [stream] = tracker.session.snapshot()["streams"]
        return {"names": tracker.names, "input": (stream["input_width"], stream["input_height"])}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m saccade.export",
        description="Exports a model of Ultralytics' and checks it.",
    )
    parser.add_argument("weights", help="a .pt file, or a name that ultralytics knows")
    parser.add_argument("-o", "--out", help="the ONNX file to make [beside the weights]")
    parser.add_argument("--imgsz", type=int, default=640, help="px [640]")
    parser.add_argument("--opset", type=int, default=17, help="of ONNX [17]")
    parser.add_argument("--static", action="store_true", help="fix the sizes of batch and picture")
    given = parser.parse_args(arguments)
    try:
        path = export(
            given.weights, given.out, imgsz=given.imgsz, opset=given.opset, dynamic=not given.static
        )
        found = check(path)
    except Error as error:
        print(f"saccade: error: {error}", file=sys.stderr)
        return 2 if isinstance(error, InvalidArgument) else 1
    width, height = found["input"]
    print(
        f"{path}: {len(found['names'])} classes, input {width}x{height}: well. Try it: saccade track --model {path} VIDEO"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
