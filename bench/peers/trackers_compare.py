#!/usr/bin/env python3
"""Runs our trackers and those of roboflow/trackers on the same MOT17 detections and scores both.

  trackers_compare.py --program BUILD/bench/mot/track_detections MOT17_DIR [--sequences 04,05,10,11]

MOT17_DIR holds MOT17-04-FRCNN and so on. Needs `pip install trackers==2.6.1 trackeval==1.3.0`. Both
sides use their own default settings; there are no frames, so no camera motion on either side. Scores
by TrackEval. Prints a Markdown table of each sequence and of all together, with updates per second:
the time inside of the tracker's update only, one thread.
"""

import argparse
import contextlib
import io
import pathlib
import re
import subprocess
import tempfile
import time

import numpy as np
import supervision
import trackers

PEERS = {
    "sort": (trackers.SORTTracker, {}),
    "bytetrack": (trackers.ByteTrackTracker, {}),
    "ocsort": (trackers.OCSORTTracker, {}),
    "botsort": (trackers.BoTSORTTracker, {"enable_cmc": False}),
}


def run_peer(name, sequences, out):
    """Writes a MOT file per sequence; gives {sequence: updates per second}."""
    kind, options = PEERS[name]
    rates = {}
    for sequence in sequences:
        info = dict(re.findall(r"(\w+)=(.*)", (sequence / "seqinfo.ini").read_text()))
        rows = np.loadtxt(sequence / "det/det.txt", delimiter=",", ndmin=2)
        frames = []
        for frame in range(1, int(info["seqLength"]) + 1):
            now = rows[rows[:, 0] == frame]
            boxes = now[:, 2:6].astype(np.float32)
            boxes[:, 2:] += boxes[:, :2]
            frames.append(
                supervision.Detections(
                    xyxy=boxes,
                    confidence=now[:, 6].astype(np.float32),
                    class_id=np.zeros(len(now), int),
                )
            )
        tracker = kind(frame_rate=float(info["frameRate"]), **options)
        busy, lines = 0.0, []
        for number, detections in enumerate(frames, 1):
            begin = time.perf_counter()
            found = tracker.update(detections)
            busy += time.perf_counter() - begin
            for (x1, y1, x2, y2), track in zip(found.xyxy, found.tracker_id):
                if track >= 0:  # below 0: not yet believed
                    lines.append(
                        f"{number},{track + 1},{x1:.2f},{y1:.2f},{x2 - x1:.2f},"
                        f"{y2 - y1:.2f},1,-1,-1,-1\n"
                    )
        (out / f"{sequence.name}.txt").write_text("".join(lines))
        rates[sequence.name] = len(frames) / busy
    return rates


def run_ours(program, name, sequences, out):
    text = subprocess.run(
        [program, "--tracker", name, "--out", out, *sequences],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {m[1]: float(m[2]) for m in re.finditer(r"(\S+): .* (\d+) updates/s", text)}


def score(truth, sequences, results):
    """{sequence or "all": (HOTA, MOTA, IDF1, IDSW)}"""
    import trackeval  # here, so that trackers_at_rates.py does without

    with contextlib.redirect_stdout(io.StringIO()):
        evaluator = trackeval.Evaluator(
            {
                "PRINT_RESULTS": False,
                "PRINT_CONFIG": False,
                "TIME_PROGRESS": False,
                "OUTPUT_SUMMARY": False,
                "OUTPUT_DETAILED": False,
                "PLOT_CURVES": False,
            }
        )
        data = trackeval.datasets.MotChallenge2DBox(
            {
                "GT_FOLDER": str(truth),
                "TRACKERS_FOLDER": str(results.parent),
                "TRACKERS_TO_EVAL": [results.name],
                "BENCHMARK": "MOT17",
                "SPLIT_TO_EVAL": "train",
                "SKIP_SPLIT_FOL": True,
                "TRACKER_SUB_FOLDER": "",
                "PRINT_CONFIG": False,
                "SEQ_INFO": {s.name: None for s in sequences},
            }
        )
        quiet = {"PRINT_CONFIG": False}
        found, _ = evaluator.evaluate(
            [data],
            [
                trackeval.metrics.HOTA(),
                trackeval.metrics.CLEAR(quiet | {"THRESHOLD": 0.5}),
                trackeval.metrics.Identity(quiet | {"THRESHOLD": 0.5}),
            ],
        )
    table = {}
    for name, of in found["MotChallenge2DBox"][results.name].items():
        of = of["pedestrian"]
        table["all" if name == "COMBINED_SEQ" else name] = (
            100 * of["HOTA"]["HOTA"].mean(),
            100 * of["CLEAR"]["MOTA"],
            100 * of["Identity"]["IDF1"],
            int(of["CLEAR"]["IDSW"]),
        )
    return table


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("truth", type=pathlib.Path)
    parser.add_argument("--program", required=True)
    parser.add_argument("--sequences", default="04,05,10,11")
    args = parser.parse_args()
    sequences = [args.truth / f"MOT17-{s}-FRCNN" for s in args.sequences.split(",")]
    listed = subprocess.run([args.program, "--list"], check=True, capture_output=True, text=True)
    print("| tracker | sequence | HOTA | MOTA | IDF1 | IDSW | updates/s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        for name in listed.stdout.split():
            for side in ("saccade", "trackers"):
                if side == "trackers" and name not in PEERS:
                    continue
                out = pathlib.Path(scratch) / f"{side}-{name}"
                out.mkdir()
                rates = (
                    run_ours(args.program, name, sequences, out)
                    if side == "saccade"
                    else run_peer(name, sequences, out)
                )
                for sequence, (hota, mota, idf1, idsw) in score(args.truth, sequences, out).items():
                    rate = f"{rates[sequence]:.0f}" if sequence in rates else ""
                    print(
                        f"| {side} {name} | {sequence} | {hota:.2f} | {mota:.2f} | {idf1:.2f} | "
                        f"{idsw} | {rate} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
