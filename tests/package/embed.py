#!/usr/bin/env python3
"""Installs a build, builds the program of docs/embedding.md against it, and runs it.

Usage: embed.py --cmake CMAKE --compiler CXX --build BUILD_DIR --docs EMBEDDING.md
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def run(command, **options):
    done = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} gave {done.returncode}:\n{done.stdout}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    for name in ("cmake", "compiler", "build", "docs"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    text = pathlib.Path(options.docs).read_text()
    [project], [program] = blocks(text, "cmake"), blocks(text, "cpp")
    if program.count("\n") >= 60:
        sys.exit(
            f"the program of {options.docs} has {program.count(chr(10))} lines: under 60 are promised"
        )
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        prefix, source = folder / "prefix", folder / "watch"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(project)
        (source / "watch.cpp").write_text(program)
        run([options.cmake, "--install", options.build, "--prefix", prefix])
        run(
            [
                options.cmake,
                "-S",
                source,
                "-B",
                folder / "build",
                f"-DCMAKE_PREFIX_PATH={prefix}",
                f"-DCMAKE_CXX_COMPILER={options.compiler}",
                "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror",
            ]
        )
        run([options.cmake, "--build", folder / "build"])
        environment = dict(os.environ, SACCADE_CACHE_DIR=str(folder / "cache"))
        told = run(
            [folder / "build" / "watch", "synthetic:frames=40&width=320&height=240"],
            cwd=folder,
            env=environment,
        )
    for wanted in (
        r"removed after \d+ frames",
        r"synthetic:frames=40.*: 40 frames",
        r"[1-9]\d* boxes followed",
    ):
        if not re.search(wanted, told):
            sys.exit(f"the program did not say {wanted}:\n{told}")
    print(told)


if __name__ == "__main__":
    main()
