#!/usr/bin/env python3
"""Runs `saccade track` many times with different thread counts and compares the outputs' bytes.

Usage: determinism.py PROGRAM VIDEO [--runs 20] [flags for saccade ...]
Exits with 1 where any output differs.
"""

import argparse
import hashlib
import itertools
import pathlib
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("video")
parser.add_argument("--runs", type=int, default=20)
args, extra = parser.parse_known_args()

variants = itertools.cycle(
    [
        [],
        ["--threads", "1"],
        ["--threads", "2"],
        ["--decoder-threads", "1"],
        ["--decoder-threads", "2"],
        ["--queue", "1"],
    ]
)
seen = {}
for _run in range(args.runs):
    flags = next(variants)
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(
            [
                args.program,
                "track",
                args.video,
                "--out",
                out,
                "--quiet",
                "--save",
                "mot,jsonl,md5",
                *flags,
                *extra,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        digest = hashlib.sha256()
        for path in sorted(pathlib.Path(out).iterdir()):
            digest.update(path.name.encode() + path.read_bytes())
    seen.setdefault(digest.hexdigest(), []).append(" ".join(flags) or "default")
for digest, runs in seen.items():
    print(f"{digest[:16]}: {len(runs)} runs ({', '.join(sorted(set(runs)))})")
sys.exit(0 if len(seen) == 1 else 1)
