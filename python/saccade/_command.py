"""The command `saccade`: the same program as everywhere, which the package carries."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def program() -> str:
    """The program's path."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "saccade")


def main() -> NoReturn:
    """Becomes the program: signals, standard streams and the exit code are its own."""
    path = program()
    os.environ.setdefault("SACCADE_PYTHON", sys.executable)  # (for --ray, which comes back here)
    os.execv(path, [path, *sys.argv[1:]])
