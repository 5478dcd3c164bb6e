#!/usr/bin/env python3
"""Loops over the results of one video: ours beside Ultralytics', in turns, on the CPU.

  PYTHONPATH=build/release/python PYTHON peers_loop.py [--rounds 2] [--imgsz 320] MODEL.onnx VIDEO

PYTHON is that of a venv of its own with torch, ultralytics and onnxruntime (none of them is
a part of this project; Ultralytics is under the AGPL). All use the same ONNX file and ByteTrack.
Each loop is a process; frames a second from before the first result to after the last, after one
frame that is not counted, so without imports and loading.
"""

import argparse
import statistics
import subprocess
import sys

LOOPS = {
    "saccade": """
results = saccade.track(video, model=model, imgsz=imgsz, tracker="bytetrack", device="cpu")
for result in results:
    tick(len(result.ids), result.boxes)
""",
    "ultralytics": """
results = YOLO(model, task="detect").track(
    video, stream=True, imgsz=imgsz, tracker="bytetrack.yaml", device="cpu", verbose=False)
for result in results:
    ids = result.boxes.id
    tick(0 if ids is None else len(ids), result.boxes.xyxy.numpy())
""",
}
IMPORTS = {
    "saccade": "import saccade",
    "ultralytics": "from ultralytics import YOLO",
}
FRAME = """
import sys, time
{imports}
model, video, imgsz = sys.argv[1], sys.argv[2], int(sys.argv[3])
start = frames = objects = 0
def tick(count, boxes):
    global start, frames, objects
    if start == 0:
        start = time.perf_counter()
        return
    frames += 1
    objects += count
{loop}
print("speed", frames / (time.perf_counter() - start), frames, objects)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("video")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--imgsz", type=int, default=320)
    args = parser.parse_args()
    speeds = {name: [] for name in LOOPS}
    for _ in range(args.rounds):
        for name, loop in LOOPS.items():
            code = FRAME.format(imports=IMPORTS[name], loop=loop)
            command = [sys.executable, "-c", code, args.model, args.video, str(args.imgsz)]
            done = subprocess.run(command, capture_output=True, text=True)
            told = [line for line in done.stdout.splitlines() if line.startswith("speed ")]
            if not told:
                raise SystemExit(f"{name}: {done.stderr[-2000:]}")
            _, speed, frames, objects = told[-1].split()
            speeds[name].append(float(speed))
            print(
                f"{name}: {float(speed):.1f} frames/s, {frames} frames, {objects} objects",
                flush=True,
            )
    for name, all_speeds in speeds.items():
        ratio = statistics.median(a / b for a, b in zip(speeds["saccade"], all_speeds, strict=True))
        print(f"{name}: median {statistics.median(all_speeds):.1f}; saccade over it {ratio:.2f}")


if __name__ == "__main__":
    main()
