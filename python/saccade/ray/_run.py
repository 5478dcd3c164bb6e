"""The driver: says what there is to do, lets Ray Data spread it, and collects a row a video."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, Union

from .. import _engine
from .._errors import InvalidArgument, Unavailable
from .._words import words
from . import _sources
from ._store import Store
from ._work import OF_THE_MACHINE, Work, Worker, _of_system, failed

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._settings import Settings

Path = Union[str, "os.PathLike[str]"]
Row = dict[str, Any]

#: Settings that have no meaning here, and the way out.
_NOT_HERE = {
    "save": "results are Parquet here; docs/ray.md has the columns",
    "line": "count in the rows, or run `saccade track` for its counts",
    "zone": "count in the rows, or run `saccade track` for its counts",
    "rotate": "results of a video are one file",
    "piece_minutes": "results of a video are one file",
    "relay": "nothing is served from a cluster",
    "live": "files are read as fast as they can be",
}
#: Likewise, and nothing is lost by leaving them out.
_PASSED_OVER = {
    "out",
    "resume",
    "streams",
    "reconnect",
    "silent_after",
    "frozen_after",
    "rtsp_transport",
    "credentials",
}
_FILES = ("model", "reid", "ground")


@dataclass(frozen=True)
class Options:
    """What track() takes besides settings; it says what each is."""

    workers: int | None = None
    cores: int | None = None
    address: str | None = None
    attempts: int = 3
    whole_digest: bool = False
    storage_options: dict[str, Any] | None = None
    out_storage_options: dict[str, Any] | None = None
    progress: Callable[[Row, int, int], None] | None = None


@dataclass(frozen=True)
class Report:
    """How a run ended.

    Attributes:
        rows: a dict a video, in the order of the sources: source, name, status ("complete", "partial", "failed"), code
            and reason and exit_code (as the command line has them), frames, rows, output, skipped (it was done before),
            seconds, node.
    """

    rows: list[Row]

    @property
    def done(self) -> int:
        """Videos that have their results, partial ones too."""
        return sum(row["status"] != "failed" for row in self.rows)

    @property
    def skipped(self) -> int:
        """Of those, done by an earlier run."""
        return sum(row["skipped"] for row in self.rows)

    @property
    def failed(self) -> int:
        return sum(row["status"] == "failed" for row in self.rows)

    @property
    def errors(self) -> list[Row]:
        """What errors.parquet has: failed and partial ones."""
        return [row for row in self.rows if row["status"] != "complete"]

    @property
    def exit_code(self) -> int:
        """As the command line's: 0, 1 where a video failed, 3 where one is partial."""
        codes = {row["exit_code"] for row in self.rows}
        return 130 if 130 in codes else 1 if codes - {0, 3} else 3 if 3 in codes else 0


def track(  # type: ignore[misc]  # (`out` is a setting too)
    paths: Path | Sequence[Path],
    out: Path,
    *,
    workers: int | None = None,
    cores: int | None = None,
    address: str | None = None,
    attempts: int = 3,
    whole_digest: bool = False,
    storage_options: dict[str, Any] | None = None,
    out_storage_options: dict[str, Any] | None = None,
    progress: Callable[[Row, int, int], None] | None = None,
    **settings: Unpack[Settings],
) -> Report:
    """Finds and follows objects in many videos at once, over the machines of a Ray cluster.

        report = saccade.ray.track(["s3://bucket/videos/*.mp4", "/nfs/yard.mp4"], out="s3://bucket/tracks")

    Each video is the work of one actor, which has a GPU of its own, or `cores` of a machine's. Results are
    OUT/NAME.parquet, which appear when they are whole. What was done before, from the same bytes and with settings that
    give the same results, is left out; so a run that broke off is called again. docs/ray.md has the columns.

    Args:
        paths: videos, folders, patterns, lists (.txt), several of them; on disks or in stores that fsspec knows.
        out: folder of the results, likewise.
        workers: actors at once; else as many as the cluster has GPUs, or room for `cores`.
        cores: CPUs an actor; else 2, or fewer where machines have fewer. On a GPU the same, beside it.
        address: of the cluster ("host:6379"); else RAY_ADDRESS, else a cluster of this machine alone, for this call.
        attempts: times that workers may die at a video before it is given up.
        whole_digest: whether files over 64 MB are digested whole; else 64 MB of each are.
        storage_options, out_storage_options: what fsspec is told of the sources' and the results' stores.
        progress: called with each video's row as it comes, how many there were, and how many there are.
        **settings: as saccade.track()'s; no `save`.

    Errors: at once, where nothing can run (a wrong setting, no model, no cluster). What is wrong with a video is its row
    in the report, and in OUT/_saccade/errors.parquet.
    """
    options = Options(
        workers,
        cores,
        address,
        attempts,
        whole_digest,
        storage_options,
        out_storage_options,
        progress,
    )
    return _run("track", paths, out, options, dict(settings))


def detect(paths: Path | Sequence[Path], out: Path, **options: Any) -> Report:
    """As track(), without following: boxes of each frame for itself, and no ids."""
    own = {f.name: options.pop(f.name) for f in fields(Options) if f.name in options}
    return _run("detect", paths, out, Options(**own), options)


def _settings(given: dict[str, Any]) -> list[tuple[str, str]]:
    """All that are not at their defaults, so that every worker has the same."""
    local_files = {
        key: os.path.abspath(os.fspath(value))
        if key in _FILES and os.path.isfile(os.fspath(value))
        else value
        for key, value in given.items()
        if value is not None
    }
    in_force = dict(_engine.settings_in_force(words(local_files)))
    for key, way_out in _NOT_HERE.items():
        if in_force.get(key) not in (None, "", "false"):
            raise InvalidArgument(f"{key}: does not go with a cluster", way_out)
    left = {
        key: text
        for key, text in in_force.items()
        if key not in _PASSED_OVER
        and key not in _NOT_HERE
        and (key in given or key not in OF_THE_MACHINE)
    }
    for key in _FILES:
        if key in left and os.path.isfile(left[key]):
            left[key] = os.path.abspath(left[key])
    return sorted(left.items())


def _no_cluster(where: str, why: object) -> Unavailable:
    return Unavailable(
        f"{where}: no Ray cluster there: {_engine.shown_text(' '.join(str(why).split()))}",
        "start one: `ray start --head`, and give its address; or leave it out",
    )


def _look_for(where: str) -> None:
    """Whether anybody listens there at all, for which Ray itself waits for minutes."""
    host, _, port = where.rpartition(":")
    if "://" in where or not host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except OSError as error:
        raise _no_cluster(where, error.strerror or error) from None


@contextlib.contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    """Connects where this process is not connected, and leaves what it has connected to."""
    try:
        import ray
    except ImportError as error:
        raise Unavailable(f"Ray is not here: {error}", "pip install 'saccade[ray]'") from error

    if ray.is_initialized():
        if address is not None:
            raise InvalidArgument(
                "address: this process is in a cluster already",
                "leave it out, or call ray.shutdown()",
            )
        yield
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    where = address or os.environ.get("RAY_ADDRESS") or "local"
    _look_for(where)
    options: dict[str, Any] = {"include_dashboard": False} if where == "local" else {}
    try:
        ray.init(address=where, log_to_driver=False, logging_level=logging.WARNING, **options)
    except Exception as error:
        raise _no_cluster(where, error) from error
    try:
        yield
    finally:
        ray.shutdown()


@dataclass(frozen=True)
class _Place:
    """What an actor takes, and how many there are."""

    actors: int
    cpus: float
    gpus: float
    device: str


def _place(device: str, options: Options, videos: int) -> _Place:
    import ray

    workers, cores = options.workers, options.cores

    for name, value in (("workers", workers), ("cores", cores)):
        if value is not None and value < 1:
            raise InvalidArgument(f"{name}: {value} is none", "give 1 or more")
    nodes = [n["Resources"] for n in ray.nodes() if n["Alive"]]  # type: ignore[no-untyped-call]
    cpus = [int(node.get("CPU", 0)) for node in nodes]
    gpus = sum(int(node.get("GPU", 0)) for node in nodes)
    if device not in ("", "auto", "cpu", "cuda:0", "cuda:all"):
        raise InvalidArgument(
            f"device: '{device}' names GPUs, and each actor has one of its own",
            "use cuda:all or cpu",
        )
    on_gpus = device.startswith("cuda") or (device in ("", "auto") and gpus > 0)
    if on_gpus:
        if gpus == 0:
            raise Unavailable(
                "device: the cluster has no GPU", 'use device="cpu", or add nodes that have one'
            )
        with_gpus = [
            int(node.get("CPU", 0)) // int(node["GPU"]) for node in nodes if int(node.get("GPU", 0))
        ]
        each = cores if cores is not None else min(2, max(with_gpus))
        return _Place(max(1, min(workers or gpus, videos)), each, 1, "cuda:0")
    each = cores or max(1, min([2, *(n for n in cpus if n)]))
    room = sum(n // each for n in cpus)
    if room == 0:
        raise Unavailable(
            f"cores: no machine of the cluster has {each} CPUs", "give fewer by cores="
        )
    return _Place(max(1, min(workers or room, room, videos)), each, 0, "cpu")


def _answers(
    work: Work, items: list[dict[str, str]], place: _Place, worker: type[Worker]
) -> Iterator[Row]:
    """Each as it comes. A block a video; actors come back after they died, and what they were at is tried again."""
    import ray.data

    context = ray.data.DataContext.get_current()
    before = (context.enable_progress_bars, context.max_errored_blocks)
    loggers = [logging.getLogger(name) for name in ("ray.data",)]
    levels = [logger.level for logger in loggers]
    try:
        context.enable_progress_bars = False
        context.max_errored_blocks = -1  # (whoever gave no answer is told of by its name: _run)
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        answers = ray.data.from_items(items, override_num_blocks=len(items)).map(
            worker,  # type: ignore[arg-type]
            fn_constructor_args=[work],
            compute=ray.data.ActorPoolStrategy(
                min_size=1,
                max_size=place.actors,
                initial_size=place.actors,
                max_tasks_in_flight_per_actor=1,
            ),
            num_cpus=place.cpus,
            num_gpus=place.gpus or None,
        )
        yield from answers.iter_rows()
    finally:
        context.enable_progress_bars, context.max_errored_blocks = before
        for logger, level in zip(loggers, levels):
            logger.setLevel(level)


def _write_errors(store: Store, rows: list[Row]) -> None:
    import tempfile

    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "source": pa.string(),
        "reason": pa.string(),
        "code": pa.string(),
        "exit_code": pa.int32(),
        "status": pa.string(),
    }
    with tempfile.TemporaryDirectory(prefix="saccade-") as folder:
        path = store.temporary("errors", folder)
        pq.write_table(
            pa.table({n: pa.array([r[n] for r in rows], t) for n, t in columns.items()}), path
        )
        store.place(path, store.path("_saccade", "errors.parquet"))


def _names(sources: list[str]) -> list[str]:
    """Names of outputs, as the command line has them. Readers of Parquet pass over names that begin with _ or a dot."""
    named = [
        "file" + os.path.basename(s) if os.path.basename(s)[:1] in ("_", ".") else s
        for s in sources
    ]
    made: list[str] = _engine.output_names(named)
    return made


def _claim(store: Store, sources: list[str], names: list[str]) -> None:
    """No output may stand where a source is."""
    if not store.on_disk:
        return
    outputs = {os.path.realpath(store.output(name)): name for name in names}
    for source in sources:
        if os.path.realpath(source) in outputs:
            raise InvalidArgument(
                f"{source}: a result would replace it", "name another folder by out="
            )


def _run(
    mode: Literal["track", "detect"],
    paths: Path | Sequence[Path],
    out: Path,
    options: Options,
    settings: dict[str, Any],
    worker: type[Worker] = Worker,
) -> Report:
    if options.attempts < 1:
        raise InvalidArgument(f"attempts: {options.attempts} is none", "give 1 or more")
    in_force = _settings(settings)
    named = [os.fspath(p) for p in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]
    if not named:
        raise InvalidArgument("paths: nothing is named", "name a video")
    source_options = dict(options.storage_options or {})
    out_options = dict(options.out_storage_options or {})
    found = _sources.expand(named, source_options)
    sources = [source for source, _ in found]
    names = _names(sources)
    folder = os.fspath(out)
    if not _sources.scheme(folder):
        folder = os.path.abspath(folder)
    try:
        store = Store(folder, out_options)
        _claim(store, sources, names)
        store.make_folders()
    except Exception as error:
        raise _of_system("write", folder, error) from error
    with _cluster(options.address):
        place = _place(dict(in_force).get("device", "auto"), options, len(sources))
        told = {**dict(in_force), "device": place.device}
        if not place.gpus:
            told.setdefault("threads", str(place.cpus))
        all_words = sorted(told.items())
        work = Work(
            mode,
            all_words,
            _engine.work_digest(mode, list(all_words)),
            folder,
            options.attempts,
            options.whole_digest,
            source_options,
            out_options,
        )
        rows: dict[str, Row] = {}

        def take(row: Row) -> None:
            rows[row["name"]] = row
            if options.progress is not None:
                options.progress(row, len(rows), len(names))

        todo = []
        for (source, why), name in zip(found, names):
            if why is None:
                todo.append({"source": source, "name": name})
            else:
                take(failed(source, name, why))
        if todo:
            for row in _answers(work, todo, place, worker):
                if row["name"] not in rows:  # (else the same, told twice after a node died)
                    take(row)
    for source, name in zip(sources, names):
        if name not in rows:
            lost = Unavailable(
                f"{_engine.shown_name(source)}: its worker gave no answer",
                "call it again: what is done stays",
            )
            rows[name] = failed(source, name, lost)
    report = Report([rows[name] for name in names])
    try:
        _write_errors(store, report.errors)
    except Exception as error:
        raise _of_system("write", folder, error) from error
    return report
