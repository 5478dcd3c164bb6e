#!/usr/bin/env python3
"""Checks src/ with clang-tidy by the rules of .clang-tidy. Usage: tidy.py BUILD_FOLDER [PATTERN]

BUILD_FOLDER comes from `cmake --preset tidy`: it compiles several files of a folder as one, so that
their headers are read once, which takes a fifth of the time. Only the rules count, not the
compiler's own warnings. PATTERN chooses among the files to compile, as a regular expression.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# In our own files: what is found in headers of others is theirs.
FOUND = re.compile(
    rf"^{re.escape(str(ROOT))}/(src|include|python|build/tidy/include)/\S+:\d+:\d+: (error|warning): "
)


def check(build, unit):
    done = subprocess.run(
        [
            ROOT / ".venv/bin/clang-tidy",
            "-p",
            build,
            "--quiet",
            "--extra-arg=-w",
            f"--config-file={ROOT / '.clang-tidy'}",
            unit,
        ],
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if FOUND.match(line)]
    if done.returncode != 0 and not re.search(r": (error|warning): ", done.stdout):
        lines.append(f"{unit}: clang-tidy failed: {done.stderr.strip()}")
    return lines


def main():
    build = pathlib.Path(sys.argv[1])
    pattern = re.compile(sys.argv[2] if len(sys.argv) > 2 else "")
    units = sorted(
        {entry["file"] for entry in json.loads((build / "compile_commands.json").read_text())}
    )
    units = [unit for unit in units if pattern.search(unit)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # A fault in a header is found by all that include it.
        found = sorted(
            {line for lines in pool.map(lambda u: check(build, u), units) for line in lines}
        )
    for line in found:
        print(line.replace(f"{ROOT}/", ""))
    sys.exit(1 if found or not units else 0)


if __name__ == "__main__":
    main()
