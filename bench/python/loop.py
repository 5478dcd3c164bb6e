#!/usr/bin/env python3
"""The Python loop against the command line on the same sources, in turns, as ratios of the pairs.

  PYTHONPATH=build/release/python loop.py [--rounds 5] [--model M] [--frames] [--set KEY=VALUE ...] SOURCE...

Each side is a process of its own, with the same settings, and writes nothing; the loop reads boxes and ids of each frame,
with --frames its luma plane too. Three speeds: `engine`, frames over the seconds of the longest stream, as the engine tells
it on both sides (from its opening to its end); `process`, frames over all of the process's wall time, the interpreter's
start included; `CPU`, frames over all of its CPU time. A ratio is Python's over the command line's: above 1, Python is the
faster. Which is first changes from round to round.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from saccade._command import program

SPEEDS = ("engine", "process", "CPU")

LOOP = """
import json, sys
import saccade
sources, settings, frames = json.loads(sys.argv[1])
count = objects = 0
with saccade.track(sources, frames=frames, **settings) as tracking:
    for result in tracking:
        count += 1
        objects += len(result.ids) + result.boxes.shape[0]
        if frames:
            objects += result.frame.planes[0].shape[0]
print(json.dumps({"frames": count, "seconds": max(s.seconds for s in tracking.summaries.values())}))
"""


def timed(command, read):
    """(engine, process, CPU) speeds, frames a second."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    frames, seconds = read(json.loads(done.stdout))
    return frames / seconds, frames / wall, frames / cpu


def python(args, settings):
    return timed(
        [sys.executable, "-c", LOOP, json.dumps([args.source, settings, args.frames])],
        lambda told: (told["frames"], told["seconds"]),
    )


def command(args, settings, out):
    flags = [
        f for key, value in settings.items() for f in (f"--{key.replace('_', '-')}", str(value))
    ]
    return timed(
        [program(), "track", *args.source, *flags, "--save", "", "--out", out, "--json", "--quiet"],
        lambda told: (told["frames"], max(s["seconds"] for s in told["streams"])),
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", default="synthetic")
    parser.add_argument("--frames", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    args = parser.parse_args()
    settings = {"model": args.model, **dict(one.split("=", 1) for one in args.set)}
    ratios = []
    with tempfile.TemporaryDirectory() as out:
        for number in range(args.rounds):
            ours = python(args, settings) if number % 2 else None
            theirs = command(args, settings, out)
            ours = ours or python(args, settings)
            ratios.append([mine / their for mine, their in zip(ours, theirs)])
            print(
                f"round {number + 1}: "
                + "; ".join(
                    f"{name} {mine:.1f} to {their:.1f} frames/s, {mine / their:.3f}"
                    for name, mine, their in zip(SPEEDS, ours, theirs)
                ),
                flush=True,
            )
    for name, column in zip(SPEEDS, zip(*ratios)):
        print(
            f"{name}: median ratio {statistics.median(column):.3f} of {args.rounds} ({min(column):.3f} to {max(column):.3f})"
        )


if __name__ == "__main__":
    main()
