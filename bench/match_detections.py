#!/usr/bin/env python3
"""How far two runs of `saccade detect --save jsonl` agree: of the detections of the first with a score
of at least --score, the share that the second has too: same frame and class, IoU over --iou, score
within --within; and the other way round."""

import argparse
import json


def frames(path):
    found = {}
    with open(path) as lines:
        next(lines)
        for line in lines:
            record = json.loads(line)
            if "detections" in record:
                found[record["index"]] = record["detections"]
    return found


def iou(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    inter = w * h
    return inter / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter)


def share(first, second, options):
    total = matched = 0
    worst_score = 0.0
    for frame, detections in first.items():
        others = list(second.get(frame, []))
        for d in detections:
            if d["score"] < options.score:
                continue
            total += 1
            same = [(iou(d["box"], o["box"]), o) for o in others if o["class"] == d["class"]]
            best = max(same, key=lambda pair: pair[0], default=(0.0, None))
            if best[0] > options.iou:
                difference = abs(best[1]["score"] - d["score"])
                worst_score = max(worst_score, difference)
                matched += difference <= options.within
    return total, matched, worst_score


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--score", type=float, default=0.3)
    parser.add_argument("--iou", type=float, default=0.95)
    parser.add_argument("--within", type=float, default=0.02)
    options = parser.parse_args()
    a, b = frames(options.first), frames(options.second)
    for name, one, other in (("first in second", a, b), ("second in first", b, a)):
        total, matched, worst = share(one, other, options)
        print(
            f"{name}: {matched} of {total} = {100 * matched / max(total, 1):.2f} %, "
            f"largest difference of scores {worst:.4f}"
        )


main()
