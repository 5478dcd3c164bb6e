"""Sessions: the engine opened once, streams come and go, results come while it runs."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import warnings
import weakref
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Union

from . import _engine
from ._errors import Error, InvalidArgument, PartlyUnreadable, SourcesFailed, _made
from ._result import Result
from ._words import words

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from typing_extensions import Self, Unpack

    from ._settings import Settings, StreamSettings

Source = Union[str, "os.PathLike[str]"]

#: Seconds for which Ctrl-C waits for a session's end: a network that is being loaded takes longer.
_LEFT_BEHIND = 0.7

#: Seconds for which a call waits on results that nobody takes, before it says so.
PATIENCE = 5.0

_open: weakref.WeakSet[Session] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    try:
        for session in list(_open):
            session.close()
        _engine.finish_closings()
    except KeyboardInterrupt:  # again: a network that is being loaded is not waited for
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)


@dataclass(frozen=True)
class Summary:
    """How a stream came to its end.

    Attributes:
        name: the source, without the secrets of a URL.
        status: "complete"; "partial" (part of it could not be read); "interrupted" (removed, or the session closed);
            "failed".
        error: why it failed.
        damage: what could not be read, of a partial one.
        bad_images: (path, why), of an image sequence.
        decoder, width, height (px), input_width, input_height (of the network, px).
        frames, detections; dropped and passed_over frames, and drops by reason.
        ids_by_class: how many were followed.
        outputs: files that were written.
        seconds, fps: of this stream.
    """

    name: str
    status: Literal["complete", "partial", "interrupted", "failed"]
    error: Error | None
    damage: str
    bad_images: list[tuple[str, str]]
    decoder: str
    width: int
    height: int
    input_width: int
    input_height: int
    frames: int
    dropped: int
    drops: dict[str, int]
    passed_over: int
    detections: int
    ids_by_class: dict[str, int]
    outputs: list[str]
    seconds: float
    fps: float


def _summary(told: dict[str, Any]) -> Summary:
    error = told.pop("error")
    return Summary(error=None if error is None else _made(*error), **told)


def _path(source: Any) -> str:
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    if isinstance(source, int):
        raise InvalidArgument(
            f"source: {source} is no name", f"a camera is named by its device: /dev/video{source}"
        )
    raise InvalidArgument(
        f"source: a {type(source).__name__} is no name of a file or stream",
        "for pictures of your own use saccade.FrameTracker or Session.feed()",
    )


class _Results:
    """Iteration over results, in a loop or `async for`."""

    _executor: ThreadPoolExecutor | None = None
    _pending: Future[Any] | None = None

    def _next(self, timeout: float | None) -> Result | None:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Result]:
        return self

    def __next__(self) -> Result:
        result = self._next(None)
        assert result is not None
        return result

    def __aiter__(self) -> AsyncIterator[Result]:
        return self

    async def __anext__(self) -> Result:
        import asyncio  # (here and below: a third of this package's loading, for those who need it)

        # What is there is taken at once, and others of the loop get their turn; else a thread waits. One that was
        # waited for when the task was cancelled is the next one's.
        while True:
            if self._pending is None:
                try:
                    result = self._next(0)
                except StopIteration:
                    self._stop_executor()
                    raise StopAsyncIteration from None
                if result is not None:
                    await self._yield(result)
                    return result
                if self._executor is None:
                    from concurrent.futures import ThreadPoolExecutor

                    self._executor = ThreadPoolExecutor(1, "saccade-results")
                self._pending = self._executor.submit(self._wait)
            pending = self._pending
            ended, result = await asyncio.shield(asyncio.wrap_future(pending))
            self._pending = None
            if ended:
                self._stop_executor()
                raise StopAsyncIteration
            if result is not None:
                taken: Result = result
                return taken

    async def _yield(self, result: Result) -> None:
        import asyncio
        from concurrent.futures import Future

        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:  # the result is the next one's
            self._pending = Future()
            self._pending.set_result((False, result))
            raise

    def _wait(self) -> tuple[bool, Result | None]:
        try:
            return False, self._next(0.2)
        except StopIteration:  # which no future may hold
            return True, None

    def _stop_executor(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None


class Stream:
    """A stream of a session.

    Attributes:
        id: its number in the session, from 1.
        source: what it is of, without the secrets of a URL.
    """

    def __init__(self, session: Session, id: int, source: str) -> None:
        self._session = session
        self.id = id
        self.source = source

    def change(self, **settings: Unpack[StreamSettings]) -> None:
        """Changes conf, classes, line, zone, stride or max_fps from the next frame on: all or nothing."""
        self._session.change(self, **settings)

    def remove(self) -> Summary:
        """Ends the stream, within a second, and forgets it."""
        return self._session.remove(self)

    def wait(self, timeout: float | None = None) -> Summary | None:
        """Until it has ended by itself, `timeout` seconds at most; None where it still runs."""
        return self._session.wait(self, timeout)

    def __repr__(self) -> str:
        return f"Stream({self.id}, {self.source!r})"


class Feed(Stream):
    """Pictures of the program's own, as a stream: see Session.feed(). The stream is added with the first picture."""

    def __init__(
        self, session: Session, options: dict[str, Any], format: str, fps: float | None, copy: bool
    ) -> None:
        super().__init__(session, 0, options["name"])
        self._options = options
        self._format = format
        self._fps = fps
        self._copy = copy
        self._feed: _engine.Feed | None = None
        self._pushed = 0
        self._ended = False

    def push(self, picture: Any, time: float | None = None) -> None:
        """Hands in a picture; blocks while the engine is behind.

        Args:
            picture: uint8 [height, width, 3] for "rgb" and "bgr", [height, width] for "gray", or a sequence of planes for
                the YUV formats. A numpy array, anything with DLPack, or with the CUDA array interface. Rows may be
                apart; pixels of a row may not.
            time: seconds, not before the last one's; without it, pictures are 1/fps apart.

        On the host a picture is copied, unless copy=False: it must then be left as it is until the engine is done with it.
        On a GPU it is never copied, and the device's work so far is waited for.
        """
        if time is None:
            if not self._fps:
                raise InvalidArgument(
                    f"{self.source}: a picture without a time", "give time=, or fps= to feed()"
                )
            time = self._pushed / self._fps
        planes = list(picture) if isinstance(picture, (list, tuple)) else [picture]
        if self._feed is None:
            if self._ended:
                raise InvalidArgument(f"{self.source}: a picture behind the end")
            if not planes or len(getattr(planes[0], "shape", ())) not in (2, 3):
                raise InvalidArgument(
                    "push: this is no picture", "give uint8 [height, width, 3] or [height, width]"
                )
            height, width = (int(n) for n in planes[0].shape[:2])
            self._feed = self._session._add_feed(
                self, width, height, self._format, self._fps or 0, self._options
            )
        self._feed.push(planes, time, self._copy, self._session._patience)
        self._pushed += 1

    def lose(self, reason: str) -> None:
        """Tells that data was lost in front of the next picture, as a camera does that missed some."""
        if self._feed is not None:
            self._feed.lose(reason)

    def end(self) -> None:
        """No picture follows: the stream ends when those pushed are done."""
        self._ended = True
        if self._feed is not None:
            self._feed.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        self.end()


class Session(_Results):
    """The engine as something that lives: opened once, streams come and go, results come while it runs.

        with saccade.Session(model="yolo11n") as session:
            session.add("street.mp4")
            for result in session:
                print(result.index, result.boxes)

    Iteration (also `async for`) ends when every stream that was added has ended and all results were taken. All calls may
    come from any thread.

    Args:
        results: results that wait to be taken; more make streams wait.
        when_full: "block" (nothing is lost; live streams drop frames then), or "drop_oldest" of the results, counted.
        max_frames: pictures (frames=True) that the program may hold before next() is refused.
        **settings: as the command line's: saccade.settings() lists them. Nothing is saved unless `save` says so.

    Errors: those of saccade.Error, naming the setting, file or device.
    """

    def __init__(
        self,
        *,
        results: int = 64,
        when_full: Literal["block", "drop_oldest"] = "block",
        max_frames: int = 64,
        _jobs: int = 0,
        **settings: Unpack[Settings],
    ) -> None:
        if when_full not in ("block", "drop_oldest"):
            raise InvalidArgument(
                f"when_full: '{when_full}' is unknown", "use block or drop_oldest"
            )
        if results < 1 or max_frames < 1:
            raise InvalidArgument("results and max_frames are 1 or more")
        self._lock = threading.Lock()
        self._streams: dict[int, tuple[str, bool]] = {}
        self._summaries: dict[int, Summary] = {}
        self._patience = PATIENCE
        self._engine = _engine.Session(
            words(settings), _jobs, results, when_full == "drop_oldest", max_frames
        )
        #: The model's class names, by number.
        self.names: list[str] = list(self._engine.class_names)
        _open.add(self)

    def add(
        self,
        source: Source,
        *,
        mode: Literal["track", "detect"] = "track",
        name: str | None = None,
        results: bool = True,
        frames: bool = False,
        **settings: Unpack[StreamSettings],
    ) -> Stream:
        """Adds a file, folder of images, pattern or URL: one stream. Returns at once; whether it can be opened is seen in
        snapshot() and its Summary.

        Args:
            mode: "track", or "detect": boxes without identities.
            name: of its outputs; else from its source.
            results: whether its results come to the program.
            frames: whether they come with their pictures.
            **settings: what it has of its own (conf, classes, line, zone, stride, max_fps, tracker, camera_motion,
                interpolate, live, out, save, rotate); what is not given is the session's.
        """
        path = _path(source)
        with self._lock:
            id = self._engine.add(path, words(settings), mode, name, results, frames)
            shown = _engine.shown_name(path)
            self._streams[id] = (shown, mode == "track")
        return Stream(self, id, shown)

    def feed(
        self,
        name: str = "feed",
        *,
        format: str,
        fps: float | None = None,
        device: int | None = None,
        queue: int = 4,
        copy: bool = True,
        mode: Literal["track", "detect"] = "track",
        results: bool = True,
        frames: bool = False,
        **settings: Unpack[StreamSettings],
    ) -> Feed:
        """A stream of pictures that the program has: see Feed.push().

        Args:
            format: "rgb", "bgr" (OpenCV's), "gray", or planes: "i420", "i422", "i444", "nv12", "i420p10", "i422p10",
                "i444p10", "p010".
            fps: pictures a second, where push() is not told times; for the headers of outputs.
            device: the CUDA device that pictures are on, which must be the network's; None for the host.
            queue: pictures that may wait; with live=True the oldest goes then, rather than that push() waits.
            copy: False takes host pictures as they are, without a copy.
        """
        options = {
            "name": name,
            "live": bool(settings.get("live", False)),
            "queue": queue,
            "mode": mode,
            "results": results,
            "frames": frames,
            "device": -1 if device is None else device,
            "words": words(settings),
        }
        return Feed(self, options, format, fps, copy)

    def _add_feed(
        self, feed: Feed, width: int, height: int, format: str, fps: float, options: dict[str, Any]
    ) -> _engine.Feed:
        o = options
        with self._lock:
            id, made = self._engine.add_feed(
                o["name"],
                width,
                height,
                format,
                o["device"],
                fps,
                o["live"],
                o["queue"],
                o["words"],
                o["mode"],
                o["results"],
                o["frames"],
            )
            self._streams[id] = (o["name"], o["mode"] == "track")
        feed.id = id
        return made

    def change(self, stream: Stream, **settings: Unpack[StreamSettings]) -> None:
        """Changes a running stream: conf, classes, line, zone, stride or max_fps, from the next frame on."""
        self._engine.change(stream.id, words(settings))

    def remove(self, stream: Stream) -> Summary:
        """Ends a stream from any state, within a second, and forgets it. Its outputs are whole, marked as interrupted."""
        return _summary(self._engine.remove(stream.id))

    def wait(self, stream: Stream, timeout: float | None = None) -> Summary | None:
        """Until the stream has ended by itself, `timeout` seconds at most; None where it still runs. Unavailable where its
        results fill the queue and nobody takes them."""
        told = self._engine.wait(stream.id, timeout, self._patience)
        return None if told is None else _summary(told)

    def snapshot(self) -> dict[str, Any]:
        """Everything as it stands, as plain values; stops nothing. `streams` (id, name, state, frames, fps, objects,
        latency_ms ...), `detectors`, `devices`, `waiting` (results), `results_dropped`, `frames_held`."""
        return self._engine.snapshot()

    def next(self, timeout: float | None = None) -> Result | None:
        """The next result; None where there is none within `timeout` seconds, or no stream is left that could give one."""
        try:
            return self._next(timeout)
        except StopIteration:
            return None

    def _next(self, timeout: float | None) -> Result | None:
        raw = self._engine.next(timeout)
        if raw is None:
            return None
        if raw is False:
            raise StopIteration
        stream = self._streams.get(raw.stream)
        if stream is None:
            with self._lock:  # add() is about to note it
                stream = self._streams[raw.stream]
        return Result(raw, stream[0], self.names, stream[1])

    def close(self) -> None:
        """Ends all streams and gives the model up. Results not yet taken are gone. Later calls raise Interrupted."""
        self._close(-1)

    def _close(self, within: float) -> None:
        """As close(); what takes longer than `within` seconds ends by itself, and the process's end waits for it."""
        _open.discard(self)
        self._engine.close(within)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close(_LEFT_BEHIND if kind is KeyboardInterrupt else -1)


class Tracking(_Results):
    """Results of track() and detect(), while they are made.

    Iterate over it once, in a loop or by `async for`. A slow loop holds the engine back; nothing is dropped (but with
    live=True). `close()`, leaving a `with` block or letting go of it ends the work.

    Attributes:
        summaries: how each source came to its end, once it has: a Summary by source.
    """

    def __init__(
        self,
        mode: str,
        source: Source | Sequence[Source],
        frames: bool,
        max_frames: int,
        settings: dict[str, Any],
    ) -> None:
        several = not isinstance(source, (str, os.PathLike, int)) and isinstance(source, Sequence)
        named: list[Any] = list(source) if isinstance(source, Sequence) and several else [source]
        if not named:
            raise InvalidArgument("source: nothing is named", "name a video")
        self.summaries: dict[str, Summary] = {}
        self._failures: list[tuple[str, Error]] = []
        paths: list[str] = []
        for one in named:
            try:
                paths += _engine.locations([_path(one)])
            except Error as error:
                if len(named) == 1:
                    raise
                self._failures.append((_engine.shown_name(_path(one)), error))
        self._sources = len(paths) + len(self._failures)
        self.session = Session(
            results=32 if frames else 64,
            max_frames=max_frames,
            _jobs=max(len(paths), 1),
            **settings,
        )
        self._names: dict[int, str] = {}
        for path in paths:
            try:
                stream = self.session.add(path, mode=mode, frames=frames)  # type: ignore[arg-type]
            except Error as error:
                if self._sources == 1:
                    self.session.close()
                    raise
                self._failures.append((_engine.shown_name(path), error))
                continue
            self._names[stream.id] = stream.source
        self._over = False

    @property
    def names(self) -> list[str]:
        """The model's class names, by number."""
        return self.session.names

    def _next(self, timeout: float | None) -> Result | None:
        if self._over:
            raise StopIteration
        try:
            return self.session._next(timeout)
        except StopIteration:
            self._finish()
            raise
        except KeyboardInterrupt:
            self._close(_LEFT_BEHIND)
            raise

    def _collect(self) -> None:
        for id, told in self.session._engine.ended():
            summary = _summary(told)
            source = self._names.get(id, summary.name)
            key = source if source not in self.summaries else f"{source} ({id})"
            self.summaries[key] = summary
            if summary.status == "failed":
                self._failures.append((source, summary.error or Error(f"{source}: failed")))
            elif summary.status == "partial":
                warnings.warn(
                    f"{source}: partly unreadable: {summary.damage}", PartlyUnreadable, stacklevel=5
                )

    def _finish(self) -> None:
        self._collect()
        self.close()
        if not self._failures:
            return
        if self._sources == 1:
            raise self._failures[0][1]
        raise SourcesFailed(self._failures, self._sources)

    def close(self) -> None:
        """Ends all that is under way: files are whole, and marked as interrupted."""
        self._close(-1)

    def _close(self, within: float) -> None:
        if self._over:
            return
        self._over = True
        self.session._close(within)
        for id, told in self.session._engine.ended():
            self.summaries.setdefault(self._names.get(id, ""), _summary(told))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        self.close()


def track(
    source: Source | Sequence[Source],
    *,
    frames: bool = False,
    max_frames: int = 64,
    **settings: Unpack[Settings],
) -> Tracking:
    """Finds and follows objects; yields a Result a frame while it runs, each stream's in order.

        for result in saccade.track("street.mp4", model="yolo11n.onnx", conf=0.4):
            print(result.index, result.ids, result.boxes)

    Args:
        source: a video, image, folder, pattern, list (.txt) or URL, or several of them; several run side by side.
        frames: whether results come with their pictures (Result.frame).
        max_frames: pictures that the program may hold.
        **settings: as the command line's; names of Ultralytics' that mean the same are taken too.
            saccade.settings() lists them. Nothing is saved unless `save` says so.

    Errors: at once, where nothing can run (a wrong setting, no model, a single source that is not there); in the loop,
    where the one source fails; at its end, where some of several failed (SourcesFailed). What is partly unreadable is told
    by a warning (PartlyUnreadable) and in `summaries`.
    """
    return Tracking("track", source, frames, max_frames, dict(settings))


def detect(
    source: Source | Sequence[Source],
    *,
    frames: bool = False,
    max_frames: int = 64,
    **settings: Unpack[Settings],
) -> Tracking:
    """As track(), without following: boxes of each frame for itself."""
    return Tracking("detect", source, frames, max_frames, dict(settings))


class FrameTracker:
    """Follows objects over pictures that the program has, one call a picture: the place of Ultralytics'
    `model.track(picture, persist=True)`.

        tracker = saccade.FrameTracker(model="yolo11n", format="bgr", fps=30)
        while True:
            ok, picture = capture.read()
            if not ok:
                break
            result = tracker.update(picture)

    Each call waits for its own result, so decoding, the network and the program take turns. Where the pictures come from a
    file or stream, track() is faster.

    Args:
        format, fps: as Session.feed().
        mode: "track" or "detect".
        frames: whether results come with their pictures.
        **settings: as Session().
    """

    def __init__(
        self,
        *,
        format: str,
        fps: float | None = None,
        device_of_pictures: int | None = None,
        mode: Literal["track", "detect"] = "track",
        frames: bool = False,
        **settings: Unpack[Settings],
    ) -> None:
        if settings.get("interpolate"):
            raise InvalidArgument(
                "interpolate: fills gaps once later frames are known", "use Session.feed()"
            )
        settings.setdefault("batch", 1)
        self.session = Session(results=2, **settings)
        self._feed = self.session.feed(
            "frames",
            format=format,
            fps=fps,
            device=device_of_pictures,
            queue=1,
            mode=mode,
            frames=frames,
        )

    @property
    def names(self) -> list[str]:
        """The model's class names, by number."""
        return self.session.names

    def update(self, picture: Any, time: float | None = None) -> Result:
        """The result of this picture: see Feed.push()."""
        self._feed.push(picture, time)
        try:
            result = self.session._next(None)
        except StopIteration:
            summary = self._feed.wait(0)
            raise (summary and summary.error) or Error("frames: the stream has ended") from None
        assert result is not None
        return result

    def close(self) -> None:
        """Ends it; the model is given up."""
        self._feed.end()
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        self.close()
