#!/usr/bin/env python3
"""Compares `saccade eval` with TrackEval, figure by figure, on several tracker outputs.

  trackeval_compare.py --program build/release/saccade DIR... [--keep DIR]

Each DIR holds sequences (SEQ/gt/gt.txt, SEQ/det/det.txt, SEQ/seqinfo.ini) or is one. Needs numpy
and `pip install trackeval==1.3.0`. The tracker outputs are made here, the same on every run. Prints
the largest difference per output, and ends with 1 if one is above 1e-4.
"""

import argparse
import collections
import contextlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import numpy as np
import trackeval

LIMIT = 1e-4


def read(path):
    """{frame: [[id, x, y, w, h, confidence, class]]}"""
    frames = collections.defaultdict(list)
    for line in path.read_text().splitlines():
        v = [float(x) for x in line.split(",")]
        frames[int(v[0])].append(v[1:7] + [v[7] if len(v) > 7 else 1])
    return frames


def iou(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return 0 if w <= 0 or h <= 0 else w * h / (a[2] * a[3] + b[2] * b[3] - w * h)


# Tracker outputs: functions of (truth, detections, random) that give rows (frame, id, x, y, w, h).


def greedy_iou(truth, found, rng):
    """A crude tracker on the public detections."""
    tracks, ids = [], 0
    for frame in sorted(found):
        boxes, kept = [d[1:5] for d in found[frame]], []
        for track, last, box in sorted(tracks, key=lambda t: t[0]):
            best = max(boxes, key=lambda b: iou(box, b), default=None)
            if best is not None and iou(box, best) > 0.4:
                boxes.remove(best)
                kept.append((track, frame, best))
            elif frame - last < 5:
                kept.append((track, last, box))
        for box in boxes:
            ids += 1
            kept.append((ids, frame, box))
        tracks = kept
        yield from ((frame, track, *box) for track, last, box in tracks if last == frame)


def ranked(truth, found, rng):
    """Ids by place from left to right: many switches."""
    for frame in found:
        for rank, d in enumerate(sorted(found[frame], key=lambda d: d[1])):
            yield (frame, rank + 1, *d[1:5])


def all_truth(truth, found, rng):
    """Every box of the truth, distractors too."""
    for frame in truth:
        yield from ((frame, int(t[0]), *t[1:5]) for t in truth[frame])


def perturbed(truth, found, rng):
    """The truth with misses, moved boxes, switched ids and false boxes."""
    ids, fresh = {}, 10000
    for frame in sorted(truth):
        for t in truth[frame]:
            if t[0] not in ids or rng.random() < 0.01:
                fresh += 1
                ids[t[0]] = fresh
            if rng.random() < 0.15:
                continue
            move = [rng.gauss(0, 0.08) * t[3 + k % 2] for k in range(4)]
            yield (frame, ids[t[0]], t[1] + move[0], t[2] + move[1], t[3] + move[2], t[4] + move[3])
        if rng.random() < 0.5:
            fresh += 1
            yield (frame, fresh, rng.uniform(0, 1800), rng.uniform(0, 900), 60, 150)


def swapped(truth, found, rng):
    """Two people exchange ids every 40 frames."""
    for frame in sorted(truth):
        for t in truth[frame]:
            partner = (int(t[0]) - 1 ^ 1) + 1
            yield (frame, partner if frame // 40 % 2 else int(t[0]), *t[1:5])


def half_overlap(truth, found, rng):
    """Boxes whose IoU with the truth is 0.5 exactly, or just not."""
    for frame in truth:
        for t in truth[frame]:
            wide = 2 * t[3] + (0.001 if int(t[0]) % 3 == 0 else 0)
            yield (frame, int(t[0]), t[1], t[2], wide, t[4])


def late(truth, found, rng):
    """The truth three frames late, in every second frame."""
    for frame in truth:
        if frame % 2 == 0:
            yield from ((frame, int(t[0]), *t[1:5]) for t in truth.get(frame - 3, []))


def doubled(truth, found, rng):
    """Each box twice under two ids, not quite equal."""
    for frame in truth:
        for t in truth[frame]:
            yield (frame, int(t[0]), *t[1:5])
            yield (frame, int(t[0]) + 5000, t[1] + 3.1, t[2] - 2.3, t[3], t[4])


def nothing(truth, found, rng):
    """No box at all."""
    return iter(())


OUTPUTS = [greedy_iou, ranked, all_truth, perturbed, swapped, half_overlap, late, doubled, nothing]


def write_output(make, sequences, folder):
    folder.mkdir(parents=True)
    for path in sequences:
        rng = random.Random(f"{make.__name__} {path.name}")
        rows = make(read(path / "gt/gt.txt"), read(path / "det/det.txt"), rng)
        lines = ["%d,%d,%.3f,%.3f,%.3f,%.3f,1,-1,-1,-1" % row for row in rows]
        (folder / f"{path.name}.txt").write_text("".join(line + "\n" for line in lines))


def theirs(sequences, benchmark, root, output):
    """{sequence: {figure: number or 19 numbers}} by TrackEval."""
    dataset = trackeval.datasets.MotChallenge2DBox(
        {
            "GT_FOLDER": str(root),
            "TRACKERS_FOLDER": str(root.parent / "tracks"),
            "TRACKERS_TO_EVAL": [output],
            "TRACKER_SUB_FOLDER": "",
            "BENCHMARK": benchmark,
            "SKIP_SPLIT_FOL": True,
            "SEQ_INFO": {p.name: None for p in sequences},
            "PRINT_CONFIG": False,
        }
    )
    metrics = [
        trackeval.metrics.HOTA(),
        trackeval.metrics.CLEAR({"PRINT_CONFIG": False}),
        trackeval.metrics.Identity({"PRINT_CONFIG": False}),
    ]
    evaluator = trackeval.Evaluator(
        {
            "PRINT_CONFIG": False,
            "PRINT_RESULTS": False,
            "TIME_PROGRESS": False,
            "OUTPUT_SUMMARY": False,
            "OUTPUT_DETAILED": False,
            "PLOT_CURVES": False,
            "LOG_ON_ERROR": None,
        }
    )
    with contextlib.redirect_stdout(io.StringIO()):
        result, _ = evaluator.evaluate([dataset], metrics)
    result = result["MotChallenge2DBox"][output]
    return {
        sequence: {
            name: value
            for metric in by_class["pedestrian"].values()
            for name, value in metric.items()
        }
        for sequence, by_class in result.items()
    }


def ours(program, root, output):
    command = [
        program,
        "eval",
        "--gt",
        str(root),
        "--tracks",
        str(root.parent / "tracks" / output),
        "--json",
    ]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {**result["sequences"], "COMBINED_SEQ": result["combined"]}


def differences(mine, reference):
    """(difference, figure) for each figure that TrackEval has."""
    for name, value in reference.items():
        if np.ndim(value) > 0:
            yield float(np.max(np.abs(np.array(mine["by_alpha"][name]) - value))), name + "[]"
            if name in mine:
                yield abs(mine[name] - float(np.mean(value))), name
        elif name != "Frames":
            yield abs(mine[name] - float(value)), name


def compare(program, sequences, benchmark, work):
    root = work / benchmark / "gt"
    root.mkdir(parents=True)
    for path in sequences:
        (root / path.name).symlink_to(path.resolve())
    worst = 0.0
    for make in OUTPUTS:
        write_output(make, sequences, root.parent / "tracks" / make.__name__)
        start = time.monotonic()
        reference = theirs(sequences, benchmark, root, make.__name__)
        middle = time.monotonic()
        mine = ours(program, root, make.__name__)
        end = time.monotonic()
        found = [
            (*d, sequence)
            for sequence in reference
            for d in differences(mine[sequence], reference[sequence])
        ]
        largest = max(found)
        worst = max(worst, largest[0])
        combined = mine["COMBINED_SEQ"]
        print(
            f"| {benchmark} | {make.__name__} | {combined['HOTA']:.4f} | "
            f"{combined['MOTA']:.4f} | {combined['IDF1']:.4f} | {combined['IDSW']} | {len(found)} | {largest[0]:.1e} | "
            f"{middle - start:.2f} | {end - middle:.2f} |",
            flush=True,
        )
        for difference, figure, sequence in sorted(found, reverse=True)[:10]:
            if difference > LIMIT:
                print(f"  {sequence} {figure}: {difference:g}")
    return worst


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--program", required=True, help="the saccade program")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the outputs in this new folder")
    arguments = parser.parse_args()
    groups = collections.defaultdict(list)
    for folder in arguments.folders:
        one = (folder / "gt/gt.txt").exists()
        found = folder.glob("*/gt/gt.txt")
        for path in [folder] if one else sorted(p.parent.parent for p in found):
            classes = {box[6] for boxes in read(path / "gt/gt.txt").values() for box in boxes}
            groups["MOT17" if max(classes) >= 1 else "MOT15"].append(path)
    print(
        "| rules | output | HOTA | MOTA | IDF1 | IDSW | figures | largest difference | "
        "TrackEval s | saccade s |\n" + "| --- " * 10 + "|"
    )
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.keep or pathlib.Path(temporary)
        worst = max(
            compare(arguments.program, sequences, benchmark, work)
            for benchmark, sequences in groups.items()
        )
    print(f"\nlargest difference: {worst:.1e} (TrackEval {trackeval.__version__}, limit {LIMIT:g})")
    sys.exit(worst > LIMIT)


if __name__ == "__main__":
    main()
