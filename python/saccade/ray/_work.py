"""What an actor does: one video after the other, each from its path to its rows, on one session that stays open."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from .. import _engine
from .._errors import (
    Error,
    InternalError,
    NotFound,
    OutOfMemory,
    Unavailable,
    Unreadable,
    Unwritable,
)
from .._session import Session
from . import _sources
from ._rows import Rows
from ._store import Store

#: Settings that are a machine's own: where nobody gave them, a worker's are those of its own environment.
OF_THE_MACHINE = ("cache_dir", "model_dirs")


@dataclass(frozen=True)
class Work:
    """What all actors of a run are told."""

    mode: Literal["track", "detect"]
    words: list[tuple[str, str]]  #: settings that are not at their defaults
    digest: str  #: of all but the source that results depend on
    out: str
    attempts: int  #: at one video, before it is given up
    whole: bool = False  #: whether large files are digested whole
    source_options: dict[str, Any] = field(default_factory=dict)
    out_options: dict[str, Any] = field(default_factory=dict)
    run: str = field(default_factory=lambda: uuid.uuid4().hex)


def key_of(digest: str, content: dict[str, Any]) -> str:
    """Two results with this key are the same, but for the path that they name."""
    text = f"saccade.ray/1 {digest} {content['size']} {content['sha256']}"
    return hashlib.sha256(text.encode()).hexdigest()


def failed(source: str, name: str, error: BaseException) -> dict[str, Any]:
    """An answer like that of Worker, with the reason and the exit code that the command line would have."""
    told = (
        error
        if isinstance(error, Error)
        else InternalError(f"{type(error).__name__}: {error}", "please report it")
    )
    return {
        "source": _engine.shown_name(source),
        "name": name,
        "status": "failed",
        "code": told.code,
        "exit_code": {"invalid_argument": 2, "interrupted": 130}.get(told.code, 1),
        "reason": _engine.shown_text(told.line),
        "frames": 0,
        "rows": 0,
        "output": "",
        "skipped": False,
        "seconds": 0.0,
        "node": socket.gethostname(),
    }


def _of_system(what: str, source: str, error: Exception) -> Error:
    """What a file system or a store's client raised, as one of ours; `what` for whoever reads or writes."""
    if isinstance(error, Error):
        return error
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    line = f"{_engine.shown_name(source)}: {_engine.shown_text(' '.join(said.split()))}"
    if what == "write":
        return Unwritable(line)
    return NotFound(line) if isinstance(error, FileNotFoundError) else Unreadable(line)


class Worker:
    """An actor. Called with {"source", "name"}, answers with a row of the report; never raises for what a video is."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._session: Session | None = None
        self._store: Store | None = None
        # (What this machine's environment says is not what the run is made with.)
        for row in _engine.setting_words():
            if row["key"] not in OF_THE_MACHINE:
                os.environ.pop("SACCADE_" + row["key"].upper(), None)

    def step(self, step: str, name: str) -> None:
        """Where this worker is: "begin", "middle" (the first frame is there), "write" (rows are whole, but have not got
        their name), "placed" (they have), "end" (noted in the manifest). Nothing is done; tests stop here."""

    def __call__(self, item: dict[str, Any]) -> dict[str, Any]:
        source, name = str(item["source"]), str(item["name"])
        start = time.monotonic()
        try:
            answer = self._do(source, name)
        except Exception as error:
            if isinstance(error, (OutOfMemory, Unavailable, InternalError)) or not isinstance(
                error, Error
            ):
                self._give_up_session()
            answer = failed(source, name, error)
            self._end(name)
        return {**answer, "seconds": time.monotonic() - start}

    def _do(self, source: str, name: str) -> dict[str, Any]:
        work = self._work
        try:
            if self._store is None:
                self._store = Store(work.out, work.out_options)
        except Exception as error:
            raise _of_system("write", work.out, error) from error
        before = _sources.stamp(source)
        try:
            content = _sources.content(source, work.source_options, work.whole)
        except Exception as error:
            raise _of_system("read", source, error) from error
        key = key_of(work.digest, content)
        done = self._done(name, key)
        if done is not None:
            self._end(name)
            return self._answer(source, name, done, skipped=True)
        self._count_attempt(source, name)
        self.step("begin", name)
        with tempfile.TemporaryDirectory(prefix="saccade-") as folder:
            try:
                path = _sources.local(source, folder, work.source_options)
            except Exception as error:
                raise _of_system("read", source, error) from error
            entry = self._make(source, name, path, folder, {"content": content, "key": key}, before)
        self._end(name)
        return self._answer(source, name, entry, skipped=False)

    def _done(self, name: str, key: str) -> dict[str, Any] | None:
        """The manifest's entry, where it is of this content and these settings, and so is the file that is there."""
        assert self._store is not None
        try:
            entry = self._store.read("manifest", name)
            if entry is None or entry.get("key") != key or entry.get("status") != "complete":
                return None
            about = self._store.about(self._store.output(name))
        except Exception as error:
            raise _of_system("write", self._work.out, error) from error
        return entry if about is not None and about.get("key") == key else None

    def _count_attempt(self, source: str, name: str) -> None:
        """A video at which worker after worker dies is given up."""
        assert self._store is not None
        try:
            latest = self._store.read("running", name) or {}
            begun = int(latest.get("attempts", 0)) if latest.get("run") == self._work.run else 0
            if begun >= self._work.attempts:
                raise Unavailable(
                    f"{_engine.shown_name(source)}: the worker died {begun} times at it",
                    "look into the node's log for why (memory, say), or allow more by attempts=",
                )
            told = {
                "run": self._work.run,
                "attempts": begun + 1,
                "node": socket.gethostname(),
                "pid": os.getpid(),
            }
            self._store.write("running", name, told)
        except Exception as error:
            raise _of_system("write", self._work.out, error) from error

    def _end(self, name: str) -> None:
        if self._store is None:
            return
        with contextlib.suppress(Exception):  # (a marker that stays counts for this run alone)
            self._store.remove("running", name)
            self._store.remove_leftovers(name)

    def _open_session(self) -> Session:
        if self._session is None:
            work = self._work
            here = _engine.work_digest(work.mode, list(work.words))
            if here != work.digest:
                raise Unavailable(
                    f"{socket.gethostname()}: the model, the ground file or the version of saccade here is not the driver's",
                    "install one version everywhere, and name files that are the same on all machines",
                )
            self._session = Session(results=256, **dict(work.words))  # type: ignore[arg-type]
        return self._session

    def _give_up_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(Exception):
                session.close()

    def _make(
        self, source: str, name: str, path: str, folder: str, made_of: dict[str, Any], before: Any
    ) -> dict[str, Any]:
        work, store = self._work, self._store
        assert store is not None
        session = self._open_session()
        shown = _engine.shown_name(source)
        stream = session.add(path, mode=work.mode)
        rows = None
        try:
            try:
                temporary = store.temporary(name, folder)
                rows = Rows(
                    temporary,
                    shown,
                    session.names,
                    work.mode == "track",
                    any(k == "ground" for k, _ in work.words),
                )
                for result in session:
                    rows.add(result)
                    if rows.frames == 1:
                        self.step("middle", name)
            except (OSError, ValueError) as error:
                raise _of_system("write", store.output(name), error) from error
            summary = stream.wait()
            assert summary is not None
        except BaseException:
            if rows is not None:
                with contextlib.suppress(Exception):
                    rows.close()
            self._give_up_session()  # (what of its results waits would be taken for the next video's)
            raise
        session.remove(stream)
        if summary.status in ("failed", "interrupted"):
            rows.close()
            raise (summary.error or InternalError(f"{shown}: {summary.status}"))
        if before is not None and _sources.stamp(source) != before:
            rows.close()
            raise Unreadable(f"{shown}: it changed while it was read", "try again once it is whole")
        about = {"source": shown, "status": summary.status, "damage": summary.damage, **made_of}
        if summary.bad_images and not summary.damage:
            about["damage"] = (
                f"{len(summary.bad_images)} images can't be read, the first: {summary.bad_images[0]}"
            )
        try:
            rows.finish(
                {
                    **about,
                    "mode": work.mode,
                    "settings": dict(work.words),
                    "width": summary.width,
                    "height": summary.height,
                }
            )
            self.step("write", name)
            try:
                store.place(temporary, store.output(name))
            except FileNotFoundError:
                # Another worker, thought dead, made the same results and took what was left over with it.
                there = store.about(store.output(name)) if store.on_disk else None
                if there is None or there.get("key") != made_of["key"]:
                    raise
            self.step("placed", name)
            entry = {**about, "frames": rows.frames, "rows": rows.rows, "output": f"{name}.parquet"}
            store.write("manifest", name, entry)
        except Exception as error:
            raise _of_system("write", store.output(name), error) from error
        self.step("end", name)
        return entry

    def _answer(
        self, source: str, name: str, entry: dict[str, Any], skipped: bool
    ) -> dict[str, Any]:
        partial = entry["status"] == "partial"
        return {
            "source": _engine.shown_name(source),
            "name": name,
            "status": entry["status"],
            "code": "corrupt" if partial else "",
            "exit_code": 3 if partial else 0,
            "reason": _engine.shown_text(entry["damage"]) if partial else "",
            "frames": entry["frames"],
            "rows": entry["rows"],
            "output": entry["output"],
            "skipped": skipped,
            "seconds": 0.0,
            "node": socket.gethostname(),
        }
