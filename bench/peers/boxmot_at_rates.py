#!/usr/bin/env python3
"""Runs BoxMOT's motion-only trackers on sequences thinned by bench/mot/track_table.

  track_table MOT17_DIR/MOT17-*-FRCNN --fps 30,15,6,3 [--drop 0.2 --noise 0.05] --write THIN
  boxmot_at_rates.py THIN OUT
  track_table MOT17_DIR/MOT17-*-FRCNN --fps 30,15,6,3 --score OUT --trackers boxmot-bytetrack,...

OUT gets RATEfps/boxmot-TRACKER/SEQ.txt. Each tracker has the defaults of its configuration file, and
neither pictures nor looks. In a virtual environment to throw away (BoxMOT is AGPL-3.0; it is run
here, never linked or copied):

  pip install --no-deps boxmot==25.0.0
  pip install numpy scipy opencv-python filterpy lapx pyyaml rich platformdirs click pandas tqdm

BoxMOT also imports PyTorch, of which these trackers use no function; where it is not installed,
empty types stand in for it.
"""

import argparse
import importlib.util
import pathlib
import re
import sys
import types

import numpy as np


class _Names(types.ModuleType):
    """Gives an empty type for every name."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        setattr(self, name, type(name, (), {}))
        return getattr(self, name)


if importlib.util.find_spec("torch") is None:
    for module in ("torch", "torch.nn", "torch.nn.functional"):
        sys.modules[module] = _Names(module)
    sys.modules["torch"].nn = sys.modules["torch.nn"]
    sys.modules["torch.nn"].functional = sys.modules["torch.nn.functional"]

from boxmot.trackers.factory import create_tracker  # noqa: E402
from boxmot.trackers.specs import TrackerSpec  # noqa: E402

PEERS = {
    "bytetrack": {},
    "botsort": {"use_cmc": False, "use_embeddings": False},
    "ocsort": {},
    "boosttrack": {"use_cmc": False, "use_embeddings": False},
    "hybridsort": {
        "cmc_method": None,
        "use_embeddings": False,
        "with_longterm_reid": False,
        "with_longterm_reid_correction": False,
    },
    "sfsort": {},
    "occluboost": {"use_cmc": False, "use_embeddings": False},
}


def run(name, sequence):
    """The tracks of one sequence as lines of a MOT file."""
    info = dict(re.findall(r"(\w+)=(.*)", (sequence / "seqinfo.ini").read_text()))
    width, height = int(info["imWidth"]), int(info["imHeight"])
    picture = np.zeros((height, width, 3), np.uint8)
    options = dict(PEERS[name])
    if name == "sfsort":
        options |= {"frame_width": width, "frame_height": height}
    tracker = create_tracker(TrackerSpec(name=name, options=tuple(sorted(options.items()))))
    rows = np.loadtxt(sequence / "det/det.txt", delimiter=",", ndmin=2)
    lines = []
    for number in range(1, int(info["seqLength"]) + 1):
        now = rows[rows[:, 0] == number]
        found = np.zeros((len(now), 6), np.float32)
        found[:, :4], found[:, 4] = now[:, 2:6], now[:, 6]
        found[:, 2:4] += found[:, :2]
        for x1, y1, x2, y2, track, score in np.asarray(tracker.update(found, picture))[:, :6]:
            lines.append(
                f"{number},{int(track)},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},"
                f"{score:.3f},-1,-1,-1\n"
            )
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("thin", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--trackers", default=",".join(PEERS))
    args = parser.parse_args()
    for rate in sorted(p for p in args.thin.iterdir() if p.is_dir()):
        for name in args.trackers.split(","):
            out = args.out / rate.name / f"boxmot-{name}"
            out.mkdir(parents=True, exist_ok=True)
            for sequence in sorted(p for p in rate.iterdir() if p.is_dir()):
                (out / f"{sequence.name}.txt").write_text("".join(run(name, sequence)))
            print(rate.name, name, flush=True)


if __name__ == "__main__":
    main()
