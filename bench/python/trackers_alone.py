#!/usr/bin/env python3
"""Trackers alone, called from Python: ours beside those of roboflow/trackers and BoxMOT, on the same MOT17 detections.

  PYTHONPATH=build/release/python trackers_alone.py --program BUILD/bench/mot/track_detections MOT17_DIR [--sequences 04,05,10,11]

Each library is called as its users call it, with its own defaults and without pictures (BoxMOT gets one black picture a
sequence, made outside of what is timed). Detections are made into what each takes beforehand; timed is the call and the
reading of boxes and ids, one thread. All trackers of a round take turns, sequence by sequence; each number is the median
of the rounds. HOTA by `saccade eval`; that of the engine itself, by track_detections, stands beside it.

In a virtual environment to throw away: pip install trackers==2.6.1 boxmot==25.0.0 (AGPL-3.0: run, never linked or copied).
"""

import argparse
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

import numpy as np
import saccade
import supervision
import trackers
from boxmot.trackers.factory import create_tracker
from boxmot.trackers.specs import TrackerSpec


def read(sequence):
    info = dict(re.findall(r"(\w+)=(.*)", (sequence / "seqinfo.ini").read_text()))
    rows = np.loadtxt(sequence / "det/det.txt", delimiter=",", ndmin=2)
    frames = []
    for number in range(1, int(info["seqLength"]) + 1):
        now = rows[rows[:, 0] == number]
        boxes = now[:, 2:6].astype(np.float32)
        boxes[:, 2:] += boxes[:, :2]
        frames.append((np.ascontiguousarray(boxes), now[:, 6].astype(np.float32)))
    return float(info["frameRate"]), (int(info["imHeight"]), int(info["imWidth"]), 3), frames


class Ours:
    def __init__(self, name, rate, shape):
        self.tracker = saccade.trackers.all_trackers()[name](fps=rate)
        self.rate = rate

    def prepare(self, number, boxes, scores):
        return boxes, scores, np.zeros(len(scores), np.int32), number / self.rate

    def update(self, prepared):
        tracks = self.tracker.update(*prepared)
        return tracks.boxes, tracks.ids


class Roboflow:
    KINDS = {
        "sort": (trackers.SORTTracker, {}),
        "bytetrack": (trackers.ByteTrackTracker, {}),
        "ocsort": (trackers.OCSORTTracker, {}),
        "botsort": (trackers.BoTSORTTracker, {"enable_cmc": False}),
    }

    def __init__(self, name, rate, shape):
        kind, options = self.KINDS[name]
        self.tracker = kind(frame_rate=rate, **options)

    def prepare(self, number, boxes, scores):
        return supervision.Detections(
            xyxy=boxes, confidence=scores, class_id=np.zeros(len(scores), int)
        )

    def update(self, prepared):
        found = self.tracker.update(prepared)
        return found.xyxy, found.tracker_id

    @staticmethod
    def believed(boxes, ids):
        return boxes[ids >= 0], ids[ids >= 0] + 1


class BoxMot:
    KINDS = {"bytetrack": {}, "ocsort": {}, "botsort": {"use_cmc": False, "use_embeddings": False}}

    def __init__(self, name, rate, shape):
        self.tracker = create_tracker(
            TrackerSpec(name=name, options=tuple(sorted(self.KINDS[name].items())))
        )
        self.picture = np.zeros(shape, np.uint8)

    def prepare(self, number, boxes, scores):
        return np.column_stack([boxes, scores, np.zeros(len(scores))]).astype(np.float32)

    def update(self, prepared):
        found = np.asarray(self.tracker.update(prepared, self.picture))
        return found[:, :4], found[:, 4]


def run(kind, name, sequence, lines):
    rate, shape, frames = sequence
    tracker = kind(name, rate, shape)
    prepared = [tracker.prepare(n, *frame) for n, frame in enumerate(frames)]
    busy = 0.0
    for number, one in enumerate(prepared, 1):
        begin = time.perf_counter()
        boxes, ids = tracker.update(one)
        busy += time.perf_counter() - begin
        if lines is None or not len(ids):
            continue
        if hasattr(tracker, "believed"):
            boxes, ids = tracker.believed(boxes, ids)
        lines += [
            f"{number},{int(i)},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},1,-1,-1,-1\n"
            for (x1, y1, x2, y2), i in zip(boxes, ids)
        ]
    return len(frames), busy


def hota(truth, folder, names):
    scores = saccade.eval(truth, folder, sequences=names)
    return 100 * scores["combined"]["HOTA"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("truth", type=pathlib.Path)
    parser.add_argument("--program", required=True)
    parser.add_argument("--sequences", default="04,05,10,11")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    names = [f"MOT17-{s}-FRCNN" for s in args.sequences.split(",")]
    sequences = {name: read(args.truth / name) for name in names}
    sides = [
        (Ours, "saccade", saccade.trackers.all_trackers()),
        (Roboflow, "roboflow", Roboflow.KINDS),
        (BoxMot, "BoxMOT", BoxMot.KINDS),
    ]
    turns = [(kind, side, name) for kind, side, has in sides for name in has]
    rates = {(side, name): [] for _, side, name in turns}
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(args.rounds):
            for kind, side, name in turns:
                frames, busy = 0, 0.0
                for sequence in names:
                    lines = [] if number == 0 else None
                    done, took = run(kind, name, sequences[sequence], lines)
                    frames, busy = frames + done, busy + took
                    if lines is not None:
                        folder = pathlib.Path(scratch) / f"{side}-{name}"
                        folder.mkdir(exist_ok=True)
                        (folder / f"{sequence}.txt").write_text("".join(lines))
                rates[side, name].append(frames / busy)
        print("| tracker | of | updates/s (rounds) | HOTA | the engine's own |")
        print("| --- | --- | --- | --- | --- |")
        for _, side, name in sorted(turns, key=lambda t: (t[2], t[1] != "saccade")):
            own = ""
            if side == "saccade":
                folder = pathlib.Path(scratch) / f"engine-{name}"
                folder.mkdir()
                subprocess.run(
                    [
                        args.program,
                        "--tracker",
                        name,
                        "--out",
                        folder,
                        *(args.truth / n for n in names),
                    ],
                    check=True,
                    capture_output=True,
                )
                own = f"{hota(args.truth, folder, names):.2f}"
            found = hota(args.truth, pathlib.Path(scratch) / f"{side}-{name}", names)
            all_rounds = ", ".join(f"{r:.0f}" for r in rates[side, name])
            print(
                f"| {name} | {side} | {statistics.median(rates[side, name]):.0f} ({all_rounds}) | {found:.2f} | {own} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
