#!/usr/bin/env python3
"""How much faster saccade.ray is with more workers: the same videos with one and with several, in turns, as ratios.

  PYTHONPATH=build/release/python bench/ray_scaling.py [--workers 2] [--rounds 3] [--videos 16] [--gpus]
      [--cores 1] [--set KEY=VALUE ...] VIDEO

VIDEO is copied --videos times. One Ray node of this machine serves all rounds. Two figures a run, in
frames a second: `steady`, of the videos that ended after as many as there are workers had (so
without the actors' starts and the networks' loading), and `call`, all frames over the whole call.
With --gpus each worker has a GPU of its own (num_gpus=1), else --cores cores.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import tempfile
import time

import ray
import saccade.ray


def one(folder, out, workers, args, settings):
    """(steady, call) in frames a second."""
    ends = []
    start = time.perf_counter()
    report = saccade.ray.track(
        folder,
        out=out,
        workers=workers,
        cores=args.cores,
        progress=lambda row, *_: ends.append((time.perf_counter(), row["frames"])),
        **settings,
    )
    wall = time.perf_counter() - start
    if report.exit_code != 0:
        raise SystemExit(f"{report.errors[0]['reason']}")
    assert {row["skipped"] for row in report.rows} == {False}
    later = ends[workers:]
    steady = sum(frames for _, frames in later) / (later[-1][0] - ends[workers - 1][0])
    return steady, sum(frames for _, frames in ends) / wall


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--videos", type=int, default=16)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--gpus", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    args = parser.parse_args()
    settings = {"device": "cuda:all" if args.gpus else "cpu"}
    settings.update(one.split("=", 1) for one in args.set)
    if args.videos < 3 * args.workers:
        parser.error("--videos: three for each worker at least")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    needed = {} if args.gpus else {"num_cpus": args.workers * args.cores}
    ray.init(address="local", include_dashboard=False, log_to_driver=False, **needed)
    speeds = {1: [], args.workers: []}
    with tempfile.TemporaryDirectory(prefix="saccade-") as work:
        folder = pathlib.Path(work, "videos")
        folder.mkdir()
        for number in range(args.videos):
            shutil.copy(args.video, folder / f"c{number:03}{pathlib.Path(args.video).suffix}")
        for number in range(args.rounds):
            order = list(speeds) if number % 2 == 0 else list(speeds)[::-1]
            for workers in order:
                out = pathlib.Path(work, f"out-{number}-{workers}")
                speeds[workers].append(one(folder, out, workers, args, settings))
                steady, call = speeds[workers][-1]
                print(
                    f"round {number}, {workers}: {steady:.1f} steady, {call:.1f} call", flush=True
                )
    for column, name in enumerate(("steady", "call")):
        ratios = [
            m[column] / s[column] for s, m in zip(speeds[1], speeds[args.workers], strict=True)
        ]
        print(
            f"{name}: {args.workers} workers over one: median {statistics.median(ratios):.3f}"
            f" ({min(ratios):.3f} to {max(ratios):.3f})"
        )
    ray.shutdown()


if __name__ == "__main__":
    main()
