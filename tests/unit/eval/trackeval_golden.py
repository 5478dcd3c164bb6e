#!/usr/bin/env python3
"""Prints TrackEval's figures on the files that the golden tests write: tests/golden/eval/mot.json.

trackeval_golden.py DIR: DIR/RULES/{gt/SEQ/...,tracks/ours/SEQ.txt}. Needs `pip install
trackeval==1.3.0`; shares the call of TrackEval with bench/peers/trackeval_compare.py.
"""

import json
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "bench/peers"))
from trackeval_compare import theirs  # noqa: E402


def plain(figures):
    return {
        name: np.asarray(value, dtype=float).round(10).tolist()
        for name, value in figures.items()
        if name != "Frames"
    }


def main():
    result = {}
    for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        rules = "MOT15" if folder.name == "ADL" else folder.name
        root = folder / "gt"
        judged = theirs(sorted(root.iterdir()), rules, root, "ours")
        result[folder.name] = {sequence: plain(figures) for sequence, figures in judged.items()}
    lines = [
        f"{json.dumps(rules)}: {{\n"
        + ",\n".join(f"{json.dumps(s)}: {json.dumps(f)}" for s, f in by_sequence.items())
        + "}"
        for rules, by_sequence in result.items()
    ]
    print("{" + ",\n".join(lines) + "}")


main()
