#!/usr/bin/env python3
"""Reads the networks that test_layouts writes, with onnxruntime and numpy alone, each as its exporter
documents its outputs, and prints what it finds as JSON: the golden values of tests/golden/layouts.json.
Usage: read_layouts.py FOLDER   (needs: pip install onnxruntime numpy)
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime

SIDE, CONFIDENCE, IOU = 64, 0.25, 0.7
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def picture():
    y, x, c = np.meshgrid(np.arange(SIDE), np.arange(SIDE), np.arange(3), indexing="ij")
    return (x * 7 + y * 13 + c * 29 + (x * y) % 31 * 5) % 256  # [H, W, RGB]


def network_input(layout):
    rgb = picture().astype(np.float64)
    if layout.startswith("yolox"):
        rgb = rgb[:, :, ::-1]  # BGR, 0 to 255
    else:
        rgb = rgb / 255
    if layout == "rf-detr":
        rgb = (rgb - MEAN) / DEVIATION
    return rgb.transpose(2, 0, 1)[None].astype(np.float32)


def corners(centred):
    centre, half = centred[:, :2], centred[:, 2:4] / 2
    return np.concatenate([centre - half, centre + half], 1)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def best_class(boxes, scores):
    """One candidate a box: its best class."""
    return boxes, scores.max(1), scores.argmax(1)


def suppressed(boxes, scores, labels):
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        if scores[i] <= CONFIDENCE:
            break
        clear = True
        for j in kept:
            low, high = (
                np.maximum(boxes[i, :2], boxes[j, :2]),
                np.minimum(boxes[i, 2:], boxes[j, 2:]),
            )
            inner = np.prod(np.clip(high - low, 0, None))
            outer = (
                np.prod(boxes[i, 2:] - boxes[i, :2]) + np.prod(boxes[j, 2:] - boxes[j, :2]) - inner
            )
            if labels[i] == labels[j] and inner > IOU * outer:
                clear = False
                break
        if clear:
            kept.append(i)
    return kept


def grids():
    rows = []
    for stride in (8, 16, 32):
        n = SIDE // stride
        rows += [(x, y, stride) for y in range(n) for x in range(n)]
    return np.array(rows, np.float64)


def read(layout, outputs):
    """Boxes (two corners, px), scores, class ids; and whether suppression is still to be done."""
    out = {k: v[0].astype(np.float64) if v.ndim > 1 else v for k, v in outputs.items()}
    one = out.get("output0")
    if layout == "yolov8":
        return *best_class(corners(one.T[:, :4]), one.T[:, 4:]), True
    if layout == "yolov8-turned":
        return *best_class(corners(one[:, :4]), one[:, 4:]), True
    if layout.startswith("yolov5") or layout == "yolox-decoded":
        return *best_class(corners(one[:, :4]), one[:, 4:5] * one[:, 5:]), True
    if layout == "yolox":
        cell = grids()
        centre = (one[:, :2] + cell[:, :2]) * cell[:, 2:]
        size = np.exp(one[:, 2:4]) * cell[:, 2:]
        return *best_class(
            corners(np.concatenate([centre, size], 1)), one[:, 4:5] * one[:, 5:]
        ), True
    if layout in ("e2e", "e2e-open"):
        return one[:, :4], one[:, 4], one[:, 5].astype(int), False
    if layout == "rows":
        return one[:, :4], one[:, 4], one[:, 5].astype(int), True
    if layout == "nms":
        n = int(outputs["num_dets"][0, 0])
        return (
            out["det_boxes"][:n],
            out["det_scores"][:n],
            out["det_classes"][:n].astype(int),
            False,
        )
    if layout.startswith("yolo-nas"):
        return *best_class(out["boxes"], out["scores"]), True
    if layout == "rt-detr":
        return out["boxes"], out["scores"], out["labels"].astype(int), False
    if layout == "ultralytics-detr":
        return *best_class(corners(one[:, :4] * SIDE), one[:, 4:]), False
    if layout == "ultralytics-detr-rows":
        return corners(one[:, :4] * SIDE), one[:, 4], one[:, 5].astype(int), False
    if layout == "hf-detr":
        return *best_class(corners(out["pred_boxes"] * SIDE), sigmoid(out["logits"])), False
    if layout == "rf-detr":
        return *best_class(corners(out["dets"] * SIDE), sigmoid(out["labels"][:, :-1])), False
    raise SystemExit(f"{layout}: unknown")


def main():
    found = {}
    for file in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
        layout = file.stem
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        feed = {"images": network_input(layout)}
        if layout == "rt-detr":
            feed["orig_target_sizes"] = np.array([[SIDE, SIDE]], np.int64)
        names = [o.name for o in session.get_outputs()]
        boxes, scores, labels, dense = read(layout, dict(zip(names, session.run(names, feed))))
        kept = suppressed(boxes, scores, labels) if dense else np.flatnonzero(scores > CONFIDENCE)
        clipped = np.clip(boxes, 0, SIDE)
        rows = []
        for i in kept:
            if (clipped[i, 2:] > clipped[i, :2]).all():
                rows.append(
                    {
                        "box": [round(float(v), 3) for v in clipped[i]],
                        "score": round(float(scores[i]), 5),
                        "class": int(labels[i]),
                    }
                )
        found[layout] = rows
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
