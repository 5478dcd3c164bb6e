#!/usr/bin/env python3
"""Runs the trackers of roboflow/trackers on sequences thinned by bench/mot/track_table.

  track_table MOT17_DIR/MOT17-*-FRCNN --fps 30,15,6,3 [--drop 0.2 --noise 0.05] --write THIN
  trackers_at_rates.py THIN OUT
  track_table MOT17_DIR/MOT17-*-FRCNN --fps 30,15,6,3 --score OUT --trackers sort,bytetrack,ocsort,botsort

OUT gets RATEfps/TRACKER/SEQ.txt. Each peer has its defaults and is told the rate. Needs
`pip install trackers==2.6.1`.
"""

import argparse
import pathlib

from trackers_compare import PEERS, run_peer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("thin", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    for rate in sorted(p for p in args.thin.iterdir() if p.is_dir()):
        for name in PEERS:
            out = args.out / rate.name / name
            out.mkdir(parents=True, exist_ok=True)
            run_peer(name, sorted(p for p in rate.iterdir() if p.is_dir()), out)
            print(rate.name, name, flush=True)


if __name__ == "__main__":
    main()
