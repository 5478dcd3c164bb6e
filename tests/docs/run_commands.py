#!/usr/bin/env python3
"""Runs the commands of a page: its blocks marked ```sh run, in their order, in one folder.

The folder has two short videos, street.mp4 and yard.mp4, made by the program from its own scene, and the
generated network is the default model, so that the commands are run as they stand in the page.

Usage: run_commands.py PROGRAM PAGE
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```sh run\n(.*?)^```$", re.M | re.S)
LONGEST_S = 500


def run(command, folder, environment):
    return subprocess.run(
        ["/bin/sh", "-e", "-c", command],
        cwd=folder,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LONGEST_S,
    )


def make_video(name, options, folder, environment):
    scene = f"synthetic:frames=20&{options}"
    made = run(
        f"saccade track '{scene}' --save video --out made -q && mv made/*.mp4 {name} && rm -r made",
        folder,
        environment,
    )
    if made.returncode:
        sys.exit(f"{name} could not be made: {made.stderr}")


def main():
    program, page = (pathlib.Path(argument).absolute() for argument in sys.argv[1:3])
    blocks = BLOCK.findall(page.read_text())
    if not blocks:
        sys.exit(f"{page}: no block is marked ```sh run")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "bin").mkdir()
        (root / "bin" / "saccade").symlink_to(program)
        work = root / "work"
        work.mkdir()
        environment = {
            "PATH": f"{root / 'bin'}:{os.environ['PATH']}",
            "HOME": folder,
            "SACCADE_CACHE_DIR": str(root / "cache"),
            "SACCADE_SHARED": str(root / "none"),
            "SACCADE_MODEL": "synthetic",
            "LANG": "C.UTF-8",
        }
        for name in ("TBB_ENABLE_SANITIZERS", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        make_video("street.mp4", "seed=1", work, environment)
        make_video("yard.mp4", "seed=2&width=640&height=480", work, environment)
        for block in blocks:
            done = run(block, work, environment)
            print(f"$ {block}{done.stdout}{done.stderr}")
            if done.returncode:
                sys.exit(f"{page}: exit code {done.returncode} of:\n{block}")


if __name__ == "__main__":
    main()
