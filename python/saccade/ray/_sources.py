"""Sources: what is named, what is in it, and where the engine can read it."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from typing import Any

import fsspec

from .. import _engine
from .._errors import Error, InvalidArgument, NotFound, Unreadable

_MB = 1 << 20

#: A file up to this size is digested whole; a larger one by its beginning, its end and pieces between, as much in all.
WHOLE = 64 * _MB
_EDGE = 16 * _MB
_PIECE = _MB
_PIECES = (WHOLE - 2 * _EDGE) // _PIECE

_LIVE = {"rtsp", "rtsps", "rtmp", "rtmps", "srt", "udp", "rtp", "tcp", "mms", "whep"}


def scheme(source: str) -> str:
    """ "s3" of "s3://...", "" of a path or a generated scene."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", source)
    return found[1].lower() if found else ""


def _natural(text: str) -> list[Any]:
    return [
        (1, int(part)) if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text) if part
    ]


def _in_store(source: str, options: dict[str, Any]) -> list[str]:
    files, path = fsspec.core.url_to_fs(source, **options)
    if scheme(source) in ("http", "https"):
        return [source]
    if any(c in path for c in "*?"):
        found = [p for p in files.glob(path) if not files.isdir(p)]
    elif files.isdir(path):
        found = [p for p in files.ls(path, detail=False) if not files.isdir(p)]
        found = [p for p in found if _engine.is_video_name(p)]
    else:
        found = [path] if files.exists(path) else []
    if not found:
        raise NotFound(
            f"{_engine.shown_name(source)}: no video is there",
            "name a file, folder or pattern of videos",
        )
    return [files.unstrip_protocol(p) for p in sorted(found, key=_natural)]


def _one(source: str, options: dict[str, Any]) -> list[str]:
    if scheme(source) in _LIVE:
        raise InvalidArgument(
            f"{_engine.shown_name(source)}: is live, and work over a cluster is of files",
            "follow it by saccade.track() or `saccade track`",
        )
    if source == "-":
        raise InvalidArgument("-: standard input is this process's alone", "name a file")
    if scheme(source) == "file":
        source = fsspec.core.url_to_fs(source)[1]
    if scheme(source):
        try:
            return _in_store(source, options)
        except (OSError, ImportError, ValueError) as error:
            raise Unreadable(
                f"{_engine.shown_name(source)}: {_engine.shown_text(str(error))}"
            ) from None
    if source.startswith("synthetic:"):
        return [source]
    found = _engine.locations([source])
    if found == [source] and not scheme(source):
        return [os.path.abspath(source)]  # (a worker has another folder)
    return [one for each in found for one in _one(each, options)]


def expand(paths: Iterable[str], options: dict[str, Any]) -> list[tuple[str, Error | None]]:
    """One source each, as the command line expands them: files, folders, patterns, lists; of stores files, folders and
    patterns. What can't be found keeps its place, with the reason."""
    all_found: list[tuple[str, Error | None]] = []
    for path in paths:
        try:
            all_found += [(one, None) for one in _one(path, options)]
        except Error as error:
            all_found.append((path, error))
    return all_found


def _digest(read: Callable[[int, int], bytes], size: int, whole: bool) -> str:
    """`read` (offset, length). Of the whole, or of 64 MB of it: 16 at either end and 32 pieces of 1 MB, evenly between."""
    digest = hashlib.sha256()
    if whole or size <= WHOLE:
        for at in range(0, size, _PIECE):
            digest.update(read(at, min(_PIECE, size - at)))
        return digest.hexdigest()
    for at in range(0, _EDGE, _PIECE):
        digest.update(read(at, _PIECE))
    between = size - 2 * _EDGE
    for piece in range(_PIECES):
        digest.update(read(_EDGE + (between - _PIECE) * piece // (_PIECES - 1), _PIECE))
    for at in range(size - _EDGE, size, _PIECE):
        digest.update(read(at, min(_PIECE, size - at)))
    return digest.hexdigest()


def _of_file(path: str, whole: bool) -> dict[str, Any]:
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size

        def read(at: int, length: int) -> bytes:
            file.seek(at)
            return file.read(length)

        return {"size": size, "sha256": _digest(read, size, whole)}


def _members(source: str) -> list[str]:
    """Files of a folder or pattern of images."""
    if os.path.isdir(source):
        found = [entry.path for entry in os.scandir(source) if entry.is_file()]
    else:
        found = [p for p in glob.glob(source, recursive=True) if os.path.isfile(p)]
    return sorted(found)


def content(source: str, options: dict[str, Any], whole: bool) -> dict[str, Any]:
    """What is in a source: its size and a digest. Errors: those of the file system or the store."""
    if source.startswith("synthetic:"):
        return {"size": 0, "sha256": hashlib.sha256(source.encode()).hexdigest()}
    if scheme(source):
        files, path = fsspec.core.url_to_fs(source, **options)
        size = files.info(path)["size"]
        if size is None:
            raise OSError("its size is not told")
        with files.open(path, "rb", cache_type="none") as file:

            def read(at: int, length: int) -> bytes:
                file.seek(at)
                return bytes(file.read(length))

            return {"size": size, "sha256": _digest(read, size, whole)}
    if os.path.isfile(source):
        return _of_file(source, whole)
    digest, total = hashlib.sha256(), 0
    members = _members(source)
    if not members:
        raise FileNotFoundError(source)
    for path in members:
        told = _of_file(path, whole)
        total += told["size"]
        digest.update(f"{os.path.basename(path)} {told['size']} {told['sha256']}\n".encode())
    return {"size": total, "sha256": digest.hexdigest()}


def stamp(source: str) -> tuple[int, int] | None:
    """Size and time of a local file, to notice that it changed while it was read."""
    try:
        told = os.stat(source)
    except OSError:
        return None
    return told.st_size, told.st_mtime_ns


def local(source: str, folder: str, options: dict[str, Any]) -> str:
    """Where the engine reads it: a file of a store is fetched into `folder`."""
    if not scheme(source):
        return source
    files, path = fsspec.core.url_to_fs(source, **options)
    ending = os.path.splitext(path.split("?")[0])[1]
    here = os.path.join(
        folder, "source" + (ending if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", ending) else "")
    )
    files.get_file(path, here)
    return here
