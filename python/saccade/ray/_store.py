"""The folder of a run's outputs: on a disk, on NFS, or in an object store (fsspec).

    OUT/street.parquet                 results of a video, whole or not there
    OUT/_saccade/manifest/street.json  what they were made of
    OUT/_saccade/running/street.json   which attempt at it is under way
    OUT/_saccade/temporary/...         what is being written (disks and NFS alone)
    OUT/_saccade/errors.parquet        what the latest run could not do

Readers of folders of Parquet (pyarrow, pandas, DuckDB, Spark, Ray) leave out names that begin with "_".
"""

from __future__ import annotations

import json
import os
import uuid
from typing import Any

import fsspec
import pyarrow.parquet as pq

#: A key of the Parquet footer's own metadata.
ABOUT = b"saccade"

#: Stores in which an upload is seen when it is whole, and not before.
_WHOLE_UPLOADS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "oci", "cos", "memory"}


class Store:
    """Files below the folder `out`. Raises OSError, or what the store's own client raises."""

    def __init__(self, out: str, options: dict[str, Any]) -> None:
        self._files, self._root = fsspec.core.url_to_fs(out, **options)
        protocol = self._files.protocol
        names = {protocol} if isinstance(protocol, str) else set(protocol)
        self.on_disk = bool(names & {"file", "local"})
        self._whole_uploads = bool(names & _WHOLE_UPLOADS)

    def path(self, *parts: str) -> str:
        return "/".join([self._root.rstrip("/"), *parts])

    def output(self, name: str) -> str:
        return self.path(f"{name}.parquet")

    def make_folders(self) -> None:
        for part in ("manifest", "running", "temporary"):
            self._files.makedirs(self.path("_saccade", part), exist_ok=True)

    # Small files

    def read(self, kind: str, name: str) -> dict[str, Any] | None:
        """None where it is not there, or is none of ours."""
        try:
            told = json.loads(self._files.cat_file(self.path("_saccade", kind, f"{name}.json")))
        except (FileNotFoundError, ValueError):
            return None
        return told if isinstance(told, dict) else None

    def write(self, kind: str, name: str, what: dict[str, Any]) -> None:
        path = self.path("_saccade", kind, f"{name}.json")
        text = json.dumps(what, sort_keys=True).encode()
        if not self.on_disk:
            self._files.pipe_file(path, text)
            return
        temporary = f"{path}.{uuid.uuid4().hex}"
        with open(temporary, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)

    def remove(self, kind: str, name: str) -> None:
        try:
            self._files.rm_file(self.path("_saccade", kind, f"{name}.json"))
        except FileNotFoundError:
            pass

    # Results

    def about(self, path: str) -> dict[str, Any] | None:
        """What a file of results says of itself: its footer alone is read. None where it is not there, or none of ours."""
        try:
            with self._files.open(path, "rb") as file:
                told = (pq.read_metadata(file).metadata or {}).get(ABOUT)
            return None if told is None else dict(json.loads(told))
        except (OSError, ValueError):
            return None

    def temporary(self, name: str, folder: str) -> str:
        """Where to write results: beside their place on a disk, else in `folder`, which is the machine's own."""
        if self.on_disk:
            return self.path("_saccade", "temporary", f"{name}.parquet.{uuid.uuid4().hex}")
        return os.path.join(folder, f"{uuid.uuid4().hex}.parquet")

    def place(self, temporary: str, path: str) -> None:
        """Gives a whole local file its name; nobody ever sees part of it under that."""
        if self.on_disk:
            descriptor = os.open(temporary, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(temporary, path)
            return
        if self._whole_uploads:
            self._files.put_file(temporary, path)
        else:
            beside = self.path("_saccade", "temporary", uuid.uuid4().hex)
            self._files.put_file(temporary, beside)
            self._files.mv(beside, path)
        os.remove(temporary)

    def remove_leftovers(self, name: str) -> None:
        """What workers that died left of these results. One that still lives finds them done (Worker)."""
        if not self.on_disk:
            return
        for kind, ending in (
            ("temporary", ".parquet."),
            ("manifest", ".json."),
            ("running", ".json."),
        ):
            folder = self.path("_saccade", kind)
            for found in os.listdir(folder):
                if found.startswith(name + ending) and len(found) == len(name + ending) + 32:
                    try:
                        os.remove(os.path.join(folder, found))
                    except FileNotFoundError:
                        pass
