#!/usr/bin/env python3
"""Quantises a detector with NNCF and onnxruntime, for bench/results/int8.md.

usage: int8_peers.py MODEL.onnx FRAMES_DIR OUT_DIR [SIZE] [--bgr255]
Writes OUT_DIR/NAME-{nncf,nncf-nodecode,ort}.onnx; judge them with `saccade val`. FRAMES_DIR: pictures, as
`ffmpeg -i clip.mp4 -vf fps=2 FRAMES_DIR/%04d.jpg` writes them. Needs nncf, onnx, onnxruntime, pillow.
"""

import pathlib
import sys

import numpy as np
import onnx
from PIL import Image


def letterbox(path, size, bgr255):
    picture = Image.open(path).convert("RGB")
    gain = min(size / picture.width, size / picture.height)
    small = picture.resize(
        (round(picture.width * gain), round(picture.height * gain)), Image.BILINEAR
    )
    canvas = Image.new("RGB", (size, size), (114, 114, 114))
    at = (0, 0) if bgr255 else ((size - small.width) // 2, (size - small.height) // 2)
    canvas.paste(small, at)
    pixels = np.asarray(canvas, dtype=np.float32).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(pixels[:, ::-1]) if bgr255 else pixels / 255


def convolutions(model):
    """All, the last ones before each output, and names of what follows these."""
    made = {out: node for node in model.graph.node for out in node.output}
    last, tail, open_ = set(), set(), [out.name for out in model.graph.output]
    while open_:
        node = made.get(open_.pop())
        if node is None or node.name in tail or node.op_type == "Shape":
            continue
        tail.add(node.name)
        weights = [
            t for t in model.graph.initializer if len(node.input) > 1 and t.name == node.input[1]
        ]
        if node.op_type == "Conv" and not (
            weights and weights[0].dims[0] == 1 and weights[0].dims[2] == 1 and "dfl" in node.name
        ):
            last.add(node.name)
            continue
        open_ += list(node.input)
    return [n.name for n in model.graph.node if n.op_type == "Conv"], last, tail


def main():
    bgr255 = "--bgr255" in sys.argv
    words = [w for w in sys.argv[1:] if not w.startswith("--")]
    path, frames, out = (pathlib.Path(w) for w in words[:3])
    size = int(words[3]) if len(words) > 3 else 640
    model = onnx.load(path)
    for i, node in enumerate(model.graph.node):
        node.name = node.name or f"node_{i}"
    name = model.graph.input[0].name
    pictures = [letterbox(p, size, bgr255) for p in sorted(frames.iterdir())]
    every, last, tail = convolutions(model)
    out.mkdir(parents=True, exist_ok=True)

    import nncf

    data = nncf.Dataset(pictures, lambda p: {name: p})
    onnx.save(nncf.quantize(model, data, subset_size=len(pictures)), out / f"{path.stem}-nncf.onnx")
    scope = nncf.IgnoredScope(names=sorted(tail), validate=False)
    onnx.save(
        nncf.quantize(model, data, subset_size=len(pictures), ignored_scope=scope),
        out / f"{path.stem}-nncf-nodecode.onnx",
    )

    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = iter(pictures)

        def get_next(self):
            picture = next(self.left, None)
            return None if picture is None else {name: picture}

    named = out / "named.onnx"
    onnx.save(model, named)
    quantize_static(
        str(named),
        str(out / f"{path.stem}-ort.onnx"),
        Reader(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        nodes_to_quantize=[n for n in every if n not in last],
    )
    named.unlink()


if __name__ == "__main__":
    main()
