#!/usr/bin/env python3
"""Judges the cases of a folder with pycocotools, as the reference of the COCO tests.

coco_reference.py DIR: for each NAME.gt.json with NAME.dt.json beside it and NAME.max.json (three
numbers, maxDets), prints one JSON object {NAME: {"stats": [12 numbers], "ap": {category: ap}}}.
"""

import contextlib
import io
import json
import pathlib
import sys

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def mean(values):
    values = values[values > -1]
    return float(values.mean()) if values.size else -1.0


def judge(folder, name):
    truth = COCO(str(folder / f"{name}.gt.json"))
    found = json.loads((folder / f"{name}.dt.json").read_text())
    judged = COCOeval(truth, truth.loadRes(found) if found else COCO(), "bbox")
    if not found:
        judged.cocoDt.dataset = {
            "images": truth.dataset["images"],
            "annotations": [],
            "categories": truth.dataset["categories"],
        }
        judged.cocoDt.createIndex()
    judged.params.maxDets = json.loads((folder / f"{name}.max.json").read_text())
    judged.evaluate()
    judged.accumulate()
    # Not summarize(): it looks for maxDets of 100 by name.
    precision, recall = judged.eval["precision"], judged.eval["recall"]
    stats = [mean(p[..., 0, 2]) for p in (precision, precision[0], precision[5])]
    stats += [mean(precision[..., area, 2]) for area in (1, 2, 3)]
    stats += [mean(recall[..., 0, m]) for m in (0, 1, 2)]
    stats += [mean(recall[..., area, 2]) for area in (1, 2, 3)]
    if judged.params.maxDets == [1, 10, 100]:
        judged.summarize()
        assert np.allclose(judged.stats, stats)
    by_category = {
        str(c): mean(precision[:, :, k, 0, 2]) for k, c in enumerate(judged.params.catIds)
    }
    return {"stats": stats, "ap": by_category}


def main():
    folder = pathlib.Path(sys.argv[1])
    names = sorted(p.name.removesuffix(".gt.json") for p in folder.glob("*.gt.json"))
    with contextlib.redirect_stdout(io.StringIO()):
        results = {name: judge(folder, name) for name in names}
    json.dump(results, sys.stdout, indent=1)


main()
