#!/usr/bin/env python3
"""Frames a second of Ultralytics' predict and track on a GPU in FP16, and of its network alone.

Ultralytics (AGPL-3.0) is called from the environment that runs this, never shipped or copied. It builds
its own YOLO('yolo11n.yaml') and gets the weights of the ONNX file that we run, since no .pt file is at
hand: every parameter must be filled by one initializer of that name and shape. Nothing is downloaded.

Usage: ultralytics_gpu.py --onnx yolo11n.onnx --clip CLIP MODE...
MODE, run in this order, one JSON object a line:
  check                   the filled model against the ONNX file by ONNX Runtime, FP32 on the CPU
  network[:BATCH]         the network on a tensor that lies on the GPU: no decoding, no NMS
  predict[:BATCH]         the whole clip, decoding and NMS included, as a user's loop over stream=True
  track:bytetrack.yaml    the same with a tracker (batch 1: Ultralytics' trackers know no other)
  track:botsort.yaml
predict and track warm up on the first frames in a pass of their own, and then run the clip from its start.
"""

import argparse
import ast
import itertools
import json
import os
import tempfile
import time

parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("modes", nargs="+", metavar="MODE")
parser.add_argument("--onnx", required=True)
parser.add_argument("--clip", required=True)
parser.add_argument(
    "--yaml", default="yolo11n.yaml", help="the architecture, by Ultralytics' name for it"
)
parser.add_argument(
    "--device", default="cuda:0", help="'cpu' runs in FP32: a trial of this script only"
)
parser.add_argument("--imgsz", type=int, default=640)
parser.add_argument(
    "--square",
    action="store_true",
    help="square input; else Ultralytics' default, which for 1080p cuts 640x640 to 384x640",
)
parser.add_argument("--warmup", type=int, default=100, help="frames of the warm-up pass")
parser.add_argument("--seconds", type=float, default=3, help="for `network`")
args = parser.parse_args()

# Before the import: no look-ups, no pip, no settings in the user's home.
os.environ.update(YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false")
os.environ.setdefault("YOLO_CONFIG_DIR", tempfile.mkdtemp(prefix="ultralytics-"))

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import torch  # noqa: E402
import ultralytics  # noqa: E402
from ultralytics import YOLO  # noqa: E402

cuda = args.device != "cpu"


def filled(path):
    """YOLO of args.yaml, fused, with the weights of the ONNX file at `path`."""
    graph = onnx.load(path)
    weights = {w.name: onnx.numpy_helper.to_array(w) for w in graph.graph.initializer}
    model = YOLO(args.yaml, task="detect")
    model.model.eval().fuse(verbose=False)
    state = model.model.state_dict()
    lacking = [
        n for n, t in state.items() if n not in weights or weights[n].shape != tuple(t.shape)
    ]
    if lacking:
        raise SystemExit(
            f"{path}: no weights of that name and shape for {len(lacking)} of {len(state)} "
            f"tensors of {args.yaml}, the first is {lacking[0]}"
        )
    model.model.load_state_dict(
        {n: torch.from_numpy(weights[n].copy()) for n in state}, strict=True
    )
    model.model.names = ast.literal_eval({p.key: p.value for p in graph.metadata_props}["names"])
    return model


def first_frame():
    ok, frame = cv2.VideoCapture(args.clip).read()
    if not ok:
        raise SystemExit(f"{args.clip}: no frame can be read")
    return frame


def check(model):
    """Largest differences to ONNX Runtime: of the raw output on a frame, and of the detections on it."""
    import onnxruntime

    frame = first_frame()
    image = cv2.resize(frame, (args.imgsz, args.imgsz))[None, :, :, ::-1].transpose(0, 3, 1, 2)
    image = np.ascontiguousarray(image, np.float32) / 255
    session = onnxruntime.InferenceSession(args.onnx, providers=["CPUExecutionProvider"])
    expected = session.run(None, {session.get_inputs()[0].name: image})[0]
    with torch.inference_mode():
        got = model.model.cpu().float()(torch.from_numpy(image))
    got = (got[0] if isinstance(got, (tuple, list)) else got).numpy()
    pixels, score = (
        float(np.abs(got[:, part] - expected[:, part]).max()) for part in (slice(4), slice(4, None))
    )

    options = dict(imgsz=args.imgsz, rect=False, verbose=False, device="cpu", save=False)
    ours, theirs = (
        m.predict(frame, **options)[0].boxes.data.numpy()
        for m in (model, YOLO(args.onnx, task="detect"))
    )
    if ours.shape != theirs.shape or not len(ours):
        raise SystemExit(
            f"{args.onnx}: {len(ours)} detections against {len(theirs)} by ONNX Runtime"
        )
    apart = float(np.abs(ours - theirs).max())
    if max(pixels, apart) > 0.05 or score > 1e-3:
        raise SystemExit(
            f"{args.onnx}: not the network that ONNX Runtime runs: "
            f"{pixels} px, {score} of score, detections {apart}"
        )
    model.predictor = None  # that one was set up for the CPU
    return dict(
        raw_pixels_off=pixels, raw_score_off=score, detections=len(ours), detections_off=apart
    )


def network(model, batch):
    kind = torch.float16 if cuda else torch.float32
    net = model.model.to(args.device, kind)
    height = args.imgsz if args.square else -(-args.imgsz * 9 // 16 // 32) * 32
    image = torch.rand(batch, 3, height, args.imgsz, dtype=kind, device=args.device)
    wait = torch.cuda.synchronize if cuda else (lambda: None)
    with torch.inference_mode():
        for _ in range(20):
            net(image)
        wait()
        images, started = 0, time.perf_counter()
        while time.perf_counter() - started < args.seconds:
            for _ in range(10):
                net(image)
            wait()
            images += 10 * batch
        seconds = time.perf_counter() - started
    return dict(
        batch=batch, input=list(image.shape), images=images, seconds=seconds, fps=images / seconds
    )


def video(run, batch):
    options = dict(
        imgsz=args.imgsz,
        rect=not args.square,
        stream=True,
        verbose=False,
        save=False,
        device=args.device,
        quantize=16 if cuda else None,
    )
    for _ in itertools.islice(run(args.clip, **options), args.warmup):
        pass
    frames = boxes = 0
    started = time.perf_counter()
    for result in run(args.clip, **options):
        frames += 1
        boxes += len(result.boxes)
    seconds = time.perf_counter() - started
    return dict(batch=batch, frames=frames, boxes=boxes, seconds=seconds, fps=frames / seconds)


def run_mode(model, mode):
    name, _, what = mode.partition(":")
    if name == "check":
        return check(model)
    if name == "network":
        return network(model, int(what or 1))
    if name == "predict":
        batch = int(what or 1)
        return video(lambda clip, **options: model.predict(clip, batch=batch, **options), batch)
    if name == "track":
        # A model of its own: trackers hook themselves into the predictor.
        tracked = filled(args.onnx)
        return video(lambda clip, **options: tracked.track(clip, tracker=what, **options), 1)
    raise SystemExit(f"{mode}: unknown; see --help")


model = filled(args.onnx)
for mode in args.modes:
    figures = run_mode(model, mode)
    print(
        json.dumps(
            {
                "peer": f"ultralytics {ultralytics.__version__}",
                "mode": mode,
                "torch": torch.__version__,
                "precision": "fp16" if cuda and mode != "check" else "fp32",
                "square": args.square,
                **figures,
            }
        ),
        flush=True,
    )
