#!/usr/bin/env python3
"""Checks that rooms of src/ include only the rooms that ARCHITECTURE.md allows them.

Also checks that the public headers show no library from outside but the standard one and
tl::expected, and that files stay under 600 lines. Usage: check_includes.py [ROOT]
"""

import pathlib
import re
import sys

ALLOWED = {
    "core": set(),
    "catalogue": {"core"},
    "trace": set(),
    "cuda": {"core"},
    "memory": {"core", "cuda", "media/source.h"},
    "media": {"core", "cuda"},
    "vision": {"core", "cuda"},
    "model": {"core"},
    "infer": {"core", "cuda", "memory", "model"},
    "detect": {"core", "cuda", "vision", "model", "infer"},
    "quantize": {"core", "media", "vision", "model", "infer", "detect", "eval"},
    "track": {"core"},
    "eval": {"core", "track"},
    "relay": {"core", "media"},
    "sink": {"core", "cuda", "media", "track/ground.h", "track/zones.h"},
    "settings": {"core", "memory", "model", "infer/device.h", "infer/precision.h", "sink", "track"},
    # The pipeline knows interfaces only: exactly these headers.
    "pipeline": {
        "core",
        "trace",
        "memory",
        "media/source.h",
        "detect/detector.h",
        "track/tracker.h",
        "sink/sink.h",
    },
    "profile": {"core", "trace", "cuda"},
    "engine": {
        "catalogue",
        "core",
        "trace",
        "cuda",
        "vision",
        "media",
        "memory",
        "model",
        "infer",
        "detect",
        "track",
        "relay",
        "sink",
        "settings",
        "pipeline",
    },
    "bench": {
        "core",
        "media",
        "infer",
        "detect",
        "eval",
        "track",
        "sink",
        "settings",
        "profile",
        "engine",
    },
    "cli": {
        "catalogue",
        "core",
        "trace",
        "cuda",
        "media",
        "model",
        "infer",
        "detect",
        "track",
        "sink",
        "settings",
        "pipeline",
        "profile",
        "engine",
        "eval",
        "quantize",
        "relay",
        "bench",
    },
    "bind": {
        "core",
        "cuda",
        "media",
        "infer",
        "track",
        "eval",
        "sink",
        "settings",
        "engine",
        "bench",
        "cli",
    },
}
PUBLIC_SYSTEM = re.compile(r"^(tl/expected\.hpp|[a-z_]+)$")  # <vector>, not <fmt/format.h>
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
LINES = 600


def complaints(root):
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp", ".cu", ".cuh"}:
            continue
        room = path.relative_to(root / "src").parts[0]
        text = path.read_text()
        if room not in ALLOWED:
            yield f"{path}: room {room} is not in ARCHITECTURE.md"
            continue
        for quote, name in INCLUDE.findall(text):
            if quote != '"' or name.startswith("saccade/"):
                continue
            other = name.split("/")[0]
            if not (root / "src" / name).is_file():
                yield f'{path}: "{name}" is not a path from src/'
            elif other != room and other not in ALLOWED[room] and name not in ALLOWED[room]:
                yield f"{path}: {room} must not include {name}"
        if text.count("\n") > LINES:
            yield f"{path}: over {LINES} lines"
    for path in sorted((root / "include").rglob("*.h")):
        for quote, name in INCLUDE.findall(path.read_text()):
            if quote == "<" and not PUBLIC_SYSTEM.match(name):
                yield f"{path}: a public header shows <{name}>"
            if quote == '"' and not name.startswith("saccade/"):
                yield f'{path}: a public header shows "{name}"'


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    found = list(complaints(root))
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
