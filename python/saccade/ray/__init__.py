"""Many videos over the machines of a Ray cluster: paths in, tracks out.

    import saccade.ray

    report = saccade.ray.track("/nfs/videos", out="/nfs/tracks", model="yolo11n.onnx")
    print(report.done, report.failed)

Each video is worked on where an actor is, one an actor; pictures never travel. Results are Parquet, a file a video, and
calling it again does only what is missing. docs/ray.md has more. Needs Ray: pip install 'saccade[ray]'.
"""

from __future__ import annotations

from ._run import Report as Report
from ._run import detect as detect
from ._run import track as track

__all__ = ["Report", "detect", "track"]
