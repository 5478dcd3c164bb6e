"""A driver for test_ray.py, in a process of its own so that it can be killed: its argument is what to do, as JSON.

Its workers stop where they are told to, say so by a file, and wait for another, so that what is killed is killed there.
"""

import json
import os
import pathlib
import sys
import time

from saccade.ray._run import Options, _run
from saccade.ray._work import Worker

told = json.loads(sys.argv[1])


class Stopping(Worker):
    folder = told.get("folder")
    stops = told.get("stops", [])
    done = 0

    def step(self, step, name):
        self._stop(step, name)
        self.done += step == "end"

    def _stop(self, step, name):
        import ray

        for number, stop in enumerate(self.stops):
            here, go_on = (
                pathlib.Path(self.folder) / f"{what}.{number}" for what in ("stopped", "go_on")
            )
            if go_on.exists():
                continue
            node = ray.get_runtime_context().get_node_id()
            if (
                step != stop["step"]
                or self.done < stop.get("after", 0)
                or node not in (stop.get("node") or node)
            ):
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
    options = Options(
        workers=told.get("workers"),
        cores=1,
        address=told["address"],
        attempts=told.get("attempts", 3),
        storage_options=told.get("source_options"),
        out_storage_options=told.get("out_options"),
    )
    settings = {"model": "synthetic", **told.get("settings", {})}
    report = _run("track", told["paths"], told["out"], options, settings, worker=Stopping)
    print(json.dumps({"rows": report.rows, "exit_code": report.exit_code}))
