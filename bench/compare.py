#!/usr/bin/env python3
"""Runs commands in turn, A B C A B C ..., and compares the fps that each prints as JSON.

Usage: compare.py [--runs 5] [--key fps] NAME=COMMAND NAME=COMMAND ...
Each command prints one JSON object on standard output. Prints a Markdown table of minimum, median
and maximum, and each one's median ratio to the first, pair by pair, so that a machine whose speed
drifts drifts for all of them.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--key", default="fps")
args = parser.parse_args()

commands = dict(c.split("=", 1) for c in args.commands)
figures = {name: [] for name in commands}
for run in range(args.runs):
    for name, command in commands.items():
        done = subprocess.run(shlex.split(command), capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{name}: exit {done.returncode}\n{done.stderr[-2000:]}")
        text = done.stdout
        figures[name].append(float(json.loads(text[text.index("{") :])[args.key]))
        print(f"run {run + 1} {name}: {figures[name][-1]:.2f}", file=sys.stderr)

first = next(iter(commands))
print(f"| command | min | median | max | ratio to {first} |")
print("| --- | --- | --- | --- | --- |")
for name, values in figures.items():
    ratio = statistics.median(v / f for v, f in zip(values, figures[first]))
    print(
        f"| {name} | {min(values):.2f} | {statistics.median(values):.2f} | {max(values):.2f} "
        f"| {ratio:.3f} |"
    )
