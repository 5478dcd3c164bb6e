"""A driver for test_ray.py, in a process of its own so that it can be killed: its argument is what to do, as JSON.

Its workers stop where they are told to, say so by a file, and wait for another, so that what is killed is killed there.
"""

import json
import os
import pathlib
import sys
import time

from saccade.ray._run import _run
from saccade.ray._work import Worker

told = json.loads(sys.argv[1])


class Stopping(Worker):
    folder = told.get("folder")
    stops = told.get("stops", [])
    begun = 0

    def step(self, step, name):
        import ray

        if step == "begin":
            self.begun += 1
        for number, stop in enumerate(self.stops):
            here, go_on = (pathlib.Path(self.folder) / f"{what}.{number}" for what in ("stopped", "go_on"))
            if go_on.exists():
                continue
            node = ray.get_runtime_context().get_node_id()
            if step != stop["step"] or self.begun < stop.get("nth", 1) or node not in (stop.get("node") or node):
                return
            written = here.with_suffix(f".{os.getpid()}")
            written.write_text(json.dumps({"pid": os.getpid(), "node": node, "name": name}))
            try:
                os.link(written, here)  # one worker stops, whole
            except FileExistsError:
                return
            while not go_on.exists():
                time.sleep(0.01)


if __name__ == "__main__":
    report = _run(
        told.get("mode", "track"), told["paths"], told["out"], told.get("workers"), 1, told["address"],
        told.get("attempts", 3), False, told.get("source_options"), told.get("out_options"), None,
        {"model": "synthetic", **told.get("settings", {})}, worker=Stopping,
    )
    print(json.dumps({"rows": report.rows, "exit_code": report.exit_code}))
