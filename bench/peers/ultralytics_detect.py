#!/usr/bin/env python3
"""Frames a second of Ultralytics' predict or track on a video, as JSON.

Ultralytics (AGPL-3.0) is called from the environment that runs this, never shipped or copied.
Usage: ultralytics_detect.py MODEL VIDEO [--imgsz 640] [--track bytetrack.yaml]
MODEL is an .onnx file or an exported OpenVINO folder.
"""

import argparse
import json
import time

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("video")
parser.add_argument("--imgsz", type=int, default=640)
parser.add_argument("--track")
args = parser.parse_args()

import ultralytics  # noqa: E402
from ultralytics import YOLO  # noqa: E402  (slow to import: not before the arguments are checked)

model = YOLO(args.model, task="detect")
common = dict(imgsz=args.imgsz, stream=True, verbose=False, device="cpu", save=False)


def results():
    if args.track:
        return model.track(args.video, tracker=args.track, **common)
    return model.predict(args.video, **common)


frames = 0
boxes = 0
start = None
for result in results():
    if start is None:  # the first frame warms up: model load is not counted
        start = time.perf_counter()
        continue
    frames += 1
    boxes += len(result.boxes)
seconds = time.perf_counter() - start
print(
    json.dumps(
        {
            "peer": f"ultralytics {ultralytics.__version__}",
            "frames": frames,
            "boxes": boxes,
            "seconds": seconds,
            "fps": frames / seconds,
        }
    )
)
