"""A cluster of two Ray nodes on this machine: the rows of one process, whatever dies, and none of them twice.

SACCADE_TEST_RAY=full (or `make ray`) kills each of actor, node and driver at each step, with 40 videos.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest

os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = (
    "0"  # (what keeps nodes on loopback; read when Ray is imported)
)
pytest.importorskip("ray")
import pyarrow.parquet as pq  # noqa: E402
import saccade.ray  # noqa: E402
from saccade.ray import _sources  # noqa: E402

FULL = os.environ.get("SACCADE_TEST_RAY") == "full"
VIDEOS = 40 if FULL else 12  # three of them broken
STEPS = ("begin", "middle", "write", "placed", "end")
TESTS = pathlib.Path(__file__).parent
LIMIT = 400  # s, for hangs alone


def processes(word):
    """Those of this machine that have the word in their command lines."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                text = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
                if (
                    word in text
                    and (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
                ):
                    found[int(entry.name)] = text
    return found


def until(happened, what):
    end = time.monotonic() + LIMIT
    while not (got := happened()):
        assert time.monotonic() < end, f"waited for {what} in vain"
        time.sleep(0.02)
    return got


class Machines:
    """Two nodes, each of one CPU; the first one is the head, where drivers are."""

    def __init__(self):
        from ray.cluster_utils import Cluster

        self.folder = tempfile.mkdtemp(prefix="sr", dir="/tmp")  # (short: sockets lie in it)
        os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_TOKEN_PATH=f"{self.folder}/token")
        os.environ.setdefault("RAY_DISABLE_IMPORT_WARNING", "1")
        # Ray's workers give way to all else on the machine (nice 15): beside a build or other tests
        # that takes them minutes.
        os.environ.setdefault("RAY_worker_niceness", "0")
        self.options = {
            "num_cpus": 1,
            "num_gpus": 0,
            "object_store_memory": 100 << 20,
            "include_dashboard": False,
        }
        self.cluster = Cluster(
            initialize_head=True,
            head_node_args={**self.options, "temp_dir": self.folder},
        )
        self.other = None
        self.add()

    def add(self):
        if self.other is None:
            self.other = self.cluster.add_node(**self.options)
            self.cluster.wait_for_nodes(timeout=LIMIT)

    def kill_other(self):
        node, self.other = self.other, None
        self.cluster.remove_node(node, allow_graceful=False)

    def close(self):
        for driver in Driver.all:
            driver.kill()
        self.cluster.shutdown()
        until(lambda: not processes(self.folder), "the cluster's processes to end")
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def machines():
    all_machines = Machines()
    yield all_machines
    all_machines.close()


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """The videos' folder, and what the command line, one process, makes of them: its summary, and a table a video."""
    from saccade._command import program

    folder = tmp_path_factory.mktemp("videos")
    scenes = [
        f"synthetic:frames={8 + n % 5}&width=240&height=160&seed={n}" for n in range(VIDEOS - 3)
    ]
    subprocess.run(
        [program(), "track", *scenes, "-m", "synthetic", "--save", "video", "--out", folder, "-q"],
        check=True,
    )
    for number, made in enumerate(sorted(folder.glob("*.mp4"))):
        made.rename(folder / f"v{number:02}.mp4")
    for left in folder.iterdir():
        if not left.name.startswith("v"):
            left.unlink()
    (folder / "broken1.mp4").write_bytes(b"")
    (folder / "broken2.mp4").write_bytes(b"no video at all\n" * 500)
    (folder / "broken3.mp4").write_bytes((folder / "v00.mp4").read_bytes()[:3000])
    alone = tmp_path_factory.mktemp("alone")
    run = subprocess.run(
        [
            program(),
            "track",
            folder,
            "-m",
            "synthetic",
            "--save",
            "jsonl",
            "--out",
            alone,
            "--json",
        ],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    tables = {}
    for made in alone.glob("v*.jsonl"):
        header, *frames, footer = (json.loads(line) for line in made.read_text().splitlines())
        assert footer["outcome"] == "complete"
        tables[made.stem] = [
            (
                f["index"],
                f["pts_ns"],
                t["id"],
                *t["box"],
                t["score"],
                t["class"],
                header["class_names"][t["class"]],
                t["state"],
                *t["raw_box"],
                *t["velocity"],
                t["age"],
                t["detection"],
            )
            for f in frames
            for t in f["tracks"]
        ]
    assert len(tables) == VIDEOS - 3 and any(tables.values())
    return folder, tables, json.loads(run.stdout)


def rows_of(path):
    """A file's rows, in the order of `tables`; floats as the shortest text of a float32 reads."""
    table = pq.read_table(path).drop_columns(["source"])
    columns = []
    for _name, column in zip(table.column_names, table.columns):
        values = column.to_numpy()
        columns.append(
            [float(str(v)) for v in values] if column.type == "float" else values.tolist()
        )
    assert table.column_names == [
        "frame",
        "time_ns",
        "id",
        "x1",
        "y1",
        "x2",
        "y2",
        "score",
        "class",
        "class_name",
        "state",
        "raw_x1",
        "raw_y1",
        "raw_x2",
        "raw_y2",
        "velocity_x",
        "velocity_y",
        "age",
        "detection",
    ]
    return list(zip(*columns))


class Driver:
    all = []

    def __init__(self, machines, folder, out, tmp_path, stops=(), **more):
        self.folder = tmp_path / f"steps-{time.monotonic_ns()}"
        self.folder.mkdir()
        told = {
            "paths": [str(folder)],
            "out": str(out),
            "address": machines.cluster.address,
            "folder": str(self.folder),
            "stops": list(stops),
            **more,
        }
        self.log = (self.folder / "log").open("w+")
        self.all.append(self)
        self.process = subprocess.Popen(
            [sys.executable, str(TESTS / "ray_driver.py"), json.dumps(told)],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def stopped(self, number):
        """Who stopped there."""
        file = self.folder / f"stopped.{number}"
        until(lambda: file.exists() or self.process.poll() is not None, f"stop {number}")
        assert file.exists(), self.said()
        return json.loads(file.read_text())

    def go_on(self, number):
        (self.folder / f"go_on.{number}").touch()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def report(self):
        out, _ = self.process.communicate(timeout=LIMIT)
        assert self.process.returncode == 0, self.said()
        return json.loads(out.splitlines()[-1])  # (Ray prints there too)


def noted(out):
    """The manifest: what was made of what, and which file (by inode: one that was made again has another)."""
    found = {}
    for file in (out / "_saccade" / "manifest").glob("*.json"):
        found[file.stem] = (
            json.loads(file.read_text())["key"],
            (out / f"{file.stem}.parquet").stat().st_ino,
        )
    return found


def assert_whole(out, videos, report):
    folder, tables, summary = videos
    assert {p.stem for p in out.glob("*")} - {"_saccade"} == set(tables)
    for name, rows in tables.items():
        assert rows_of(out / f"{name}.parquet") == rows, name
    by_name = {row["name"]: row for row in report["rows"]}
    assert len(report["rows"]) == len(by_name) == VIDEOS and report["exit_code"] == 1
    for name, row in by_name.items():
        assert row["status"] == ("failed" if name.startswith("broken") else "complete"), row
        assert row["rows"] == len(tables.get(name, ()))
    errors = {
        pathlib.Path(e["source"]).name: e
        for e in pq.read_table(out / "_saccade" / "errors.parquet").to_pylist()
    }
    said = {
        pathlib.Path(s["source"]).name: s["error"]
        for s in summary["streams"]
        if s["status"] == "failed"
    }
    assert set(errors) == set(said) == {"broken1.mp4", "broken2.mp4", "broken3.mp4"}
    for name, error in errors.items():
        assert error["exit_code"] == 1 and error["code"] and error["status"] == "failed"
        assert error["code"] == said[name]["code"] and said[name]["message"] in error["reason"]
    left = [p for kind in ("temporary", "running") for p in (out / "_saccade" / kind).iterdir()]
    assert not left
    assert all(p.suffix == ".json" for p in (out / "_saccade" / "manifest").iterdir())


def kill(machines, driver, victim, stop):
    """Ends what stopped there; whoever is left goes on."""
    who = driver.stopped(stop)
    if victim == "actor":
        os.kill(who["pid"], signal.SIGKILL)
    elif victim == "node":
        assert who["node"] == machines.other.node_id
        machines.kill_other()
    else:
        driver.kill()
        until(
            lambda: not pathlib.Path(f"/proc/{who['pid']}").exists(),
            "the actor to end with its driver",
        )
    driver.go_on(stop)
    return who


def node_of(machines, victim):
    return machines.other.node_id if victim == "node" else None


@pytest.mark.skipif(FULL, reason="the full one does each by itself")
def test_rows_are_those_of_one_process_though_actor_driver_and_node_are_killed(
    machines, videos, tmp_path
):
    out = tmp_path / "out"
    first = Driver(
        machines,
        videos[0],
        out,
        tmp_path,
        [{"step": "begin", "after": 1}, {"step": "write", "after": 1}],
    )
    kill(machines, first, "actor", 0)
    who = kill(machines, first, "driver", 1)
    before = noted(out)
    assert before and who["name"] not in before  # its rows were whole, and had not got their name
    assert not (out / f"{who['name']}.parquet").exists()
    second = Driver(
        machines, videos[0], out, tmp_path, [{"step": "middle", "node": node_of(machines, "node")}]
    )
    kill(machines, second, "node", 0)
    report = second.report()
    machines.add()
    assert_whole(out, videos, report)
    after = noted(out)
    assert {name: after[name] for name in before} == before
    assert {row["name"] for row in report["rows"] if row["skipped"]} == set(before)


@pytest.mark.skipif(not FULL, reason="SACCADE_TEST_RAY=full")
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("victim", ["actor", "node", "driver"])
def test_each_killed_at_each_step(machines, videos, tmp_path, victim, step):
    machines.add()
    out = tmp_path / "out"
    driver = Driver(
        machines,
        videos[0],
        out,
        tmp_path,
        [{"step": step, "after": 2, "node": node_of(machines, victim)}],
    )
    who = kill(machines, driver, victim, 0)
    if victim == "driver":
        before = noted(out)
        assert (who["name"] in before) == (step == "end")
        driver = Driver(machines, videos[0], out, tmp_path)
        report = driver.report()
        after = noted(out)
        assert {name: after[name] for name in before} == before
        assert {row["name"] for row in report["rows"] if row["skipped"]} == set(before)
    else:
        report = driver.report()
    assert_whole(out, videos, report)


@pytest.mark.skipif(not FULL, reason="SACCADE_TEST_RAY=full")
def test_a_video_at_which_workers_die_is_given_up_and_the_rest_is_done(machines, videos, tmp_path):
    folder = tmp_path / "two"
    folder.mkdir()
    for name in ("v00.mp4", "v01.mp4"):
        shutil.copy(videos[0] / name, folder)
    stops = [{"step": "middle"}, {"step": "middle"}]
    driver = Driver(machines, folder, tmp_path / "out", tmp_path, stops, workers=1, attempts=2)
    first, second = (kill(machines, driver, "actor", stop) for stop in (0, 1))
    report = driver.report()
    if first["name"] != second["name"]:
        pytest.fail(f"another video was taken up: {first}, {second}")
    by_name = {row["name"]: row for row in report["rows"]}
    given_up = by_name.pop(first["name"])
    assert (given_up["status"], given_up["code"]) == (
        "failed",
        "unavailable",
    ) and "died 2 times" in given_up["reason"]
    [[_, other]] = by_name.items()
    assert other["status"] == "complete"


@pytest.fixture
def here(monkeypatch):
    """A run whose one actor is this process: all of it but Ray."""
    from saccade.ray import _run

    for name in [name for name in os.environ if name.startswith("SACCADE_")]:
        monkeypatch.setenv(name, os.environ[name])  # (a worker takes them out)
    monkeypatch.setattr(_run, "_cluster", lambda address: contextlib.nullcontext())
    monkeypatch.setattr(_run, "_place", lambda *_: _run._Place(1, 1, 0, "cpu"))

    def answers(work, items, place, worker):
        actor = worker(work)
        yield from map(actor, items)
        actor._give_up_session()

    monkeypatch.setattr(_run, "_answers", answers)
    return lambda *paths, **settings: saccade.ray.track(
        *paths, **{"model": "synthetic", **settings}
    )


def skipped(report):
    return {row["name"] for row in report.rows if row["skipped"]}


def test_changed_bytes_and_settings_are_made_again_and_nothing_else(here, videos, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    shutil.copy(videos[0] / "v00.mp4", folder / "a.mp4")
    shutil.copy(videos[0] / "v01.mp4", folder / "b.mp4")
    assert skipped(here(folder, out)) == set()
    os.utime(folder / "a.mp4", (1, 1))  # its bytes count, not its time
    shutil.copy(videos[0] / "v02.mp4", folder / "b.mp4")
    assert skipped(here(folder, out)) == {"a"}
    assert rows_of(out / "b.parquet") == videos[1]["v02"]
    (out / "a.parquet").write_bytes(b"of somebody else")
    assert skipped(here(folder, out, threads=1)) == {"b"}  # (which changes no result)
    assert rows_of(out / "a.parquet") == videos[1]["v00"]
    # Results that another run replaced are not taken for those of the manifest.
    shutil.copy(out / "a.parquet", out / "b.parquet")
    assert skipped(here(folder, out)) == {"a"}
    assert skipped(here(folder, out, conf=0.9)) == set()


def test_what_is_wrong_with_a_video_is_a_row(here, videos, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    whole = (videos[0] / "v00.mp4").read_bytes()
    (folder / "whole.mp4").write_bytes(whole)
    (folder / "_hidden.mp4").write_bytes(whole)
    (folder / "unread.mp4").mkdir()
    report = here(
        [
            folder / "whole.mp4",
            folder / "_hidden.mp4",
            folder / "unread.mp4",
            tmp_path / "no-such.mp4",
            "rtsp://a:b@c/d",
        ],
        out,
    )
    assert [(row["name"], row["status"], row["code"], row["exit_code"]) for row in report.rows] == [
        ("whole", "complete", "", 0),
        ("file_hidden", "complete", "", 0),
        ("unread", "failed", "not_found", 1),
        ("no-such", "failed", "not_found", 1),
        ("d", "failed", "invalid_argument", 2),
    ]
    assert (report.exit_code, report.done, report.failed) == (1, 2, 3)
    assert {r["source"].rsplit("/", 1)[1] for r in pq.read_table(out).to_pylist()} == {
        "whole.mp4",
        "_hidden.mp4",
    }
    assert "a:b" not in json.dumps(report.rows)


def test_detections_and_images_have_their_columns(here, tmp_path, program):
    report = saccade.ray.detect("synthetic:frames=5", tmp_path / "out", model="synthetic")
    table = pq.read_table(tmp_path / "out" / f"{report.rows[0]['name']}.parquet")
    boxes = [r.boxes.tolist() for r in saccade.detect("synthetic:frames=5", model="synthetic")]
    assert table.column_names == [
        "source",
        "frame",
        "time_ns",
        "x1",
        "y1",
        "x2",
        "y2",
        "score",
        "class",
        "class_name",
    ]
    assert [
        list(row.values()) for row in table.select(["x1", "y1", "x2", "y2"]).to_pylist()
    ] == sum(boxes, [])
    from PIL import Image

    (tmp_path / "images").mkdir()
    for number in range(3):
        Image.new("RGB", (320, 240), (0, 0, 255)).save(tmp_path / "images" / f"{number}.png")
    report = here(tmp_path / "images", tmp_path / "out")
    assert report.exit_code == 0 and report.rows[0]["frames"] == 3
    assert "file" in pq.read_schema(tmp_path / "out" / "images.parquet").names


@pytest.fixture
def bucket(tmp_path):
    """A server of S3's protocol on loopback, with a bucket."""
    pytest.importorskip("moto")
    s3fs = pytest.importorskip("s3fs")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path / "moto.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=log,
        stderr=log,
    )

    def answers():
        assert server.poll() is None
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    until(answers, "the store")
    options = {"key": "me", "secret": "open sesame", "endpoint_url": f"http://127.0.0.1:{port}"}
    files = s3fs.S3FileSystem(**options)
    files.mkdir("videos")
    yield files, options
    server.terminate()
    server.wait()


def assert_in_store(videos, bucket, report):
    files, _ = bucket
    assert {row["name"]: row["status"] for row in report["rows"]} == {
        "broken2": "failed",
        "v00": "complete",
        "v01": "complete",
        "v02": "complete",
    }
    files.invalidate_cache()
    for name in ("v00", "v01", "v02"):
        with files.open(f"videos/out/{name}.parquet", "rb") as file:
            assert rows_of(file) == videos[1][name]
            file.seek(0)
            assert set(pq.read_table(file).column("source").to_pylist()) == {
                f"s3://videos/in/{name}.mp4"
            }
    assert not [
        path for path in files.find("videos/out") if "/running/" in path or "/temporary/" in path
    ]
    assert b"open sesame" not in b"".join(files.cat(files.find("videos/out")).values())
    assert "open sesame" not in json.dumps(report)


def test_object_store(here, videos, bucket):
    files, options = bucket
    for name in ("v00.mp4", "v01.mp4", "v02.mp4", "broken2.mp4"):
        files.put_file(str(videos[0] / name), f"videos/in/{name}")
    stores = {"storage_options": options, "out_storage_options": options}
    assert skipped(here("s3://videos/in/v00.mp4", "s3://videos/out", **stores)) == set()
    report = here("s3://videos/in/*.mp4", "s3://videos/out", **stores)
    assert skipped(report) == {"v00"}
    assert_in_store(videos, bucket, {"rows": report.rows})
    assert skipped(here("s3://videos/in", "s3://videos/out", **stores)) == {"v00", "v01", "v02"}


@pytest.mark.skipif(not FULL, reason="SACCADE_TEST_RAY=full")
def test_object_store_from_a_cluster(machines, videos, bucket, tmp_path):
    files, options = bucket
    for name in ("v00.mp4", "v01.mp4", "v02.mp4", "broken2.mp4"):
        files.put_file(str(videos[0] / name), f"videos/in/{name}")
    more = {"source_options": options, "out_options": options, "workers": 2}
    first = Driver(
        machines, "s3://videos/in/*.mp4", "s3://videos/out", tmp_path, [{"step": "write"}], **more
    )
    kill(machines, first, "driver", 0)
    report = Driver(machines, "s3://videos/in", "s3://videos/out", tmp_path, **more).report()
    assert_in_store(videos, bucket, report)


def test_command_becomes_it(machines, videos, tmp_path, program):
    environment = {**os.environ, "SACCADE_PYTHON": sys.executable, "SACCADE_CONF": "0.3"}
    words = [
        program,
        "track",
        videos[0] / "v00.mp4",
        "-m",
        "synthetic",
        f"--ray={machines.cluster.address}",
        "--json",
    ]
    run = subprocess.run(
        [*words, "--out", tmp_path / "out", "--interpolate", "2"],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert run.returncode == 0, run.stderr
    [row] = json.loads(run.stdout)["videos"]
    assert row["status"] == "complete"
    about = json.loads(pq.read_metadata(tmp_path / "out" / "v00.parquet").metadata[b"saccade"])
    assert (
        about["settings"].items()
        >= {"conf": "0.3", "interpolate": "2", "model": "synthetic"}.items()
    )
    run = subprocess.run([*words, "--save", "mot"], capture_output=True, text=True, env=environment)
    assert run.returncode == 2 and "save: does not go with a cluster" in run.stderr
    run = subprocess.run([*words, "--auto"], capture_output=True, text=True, env=environment)
    assert run.returncode == 2 and "--auto does not go with --ray" in run.stderr


@pytest.mark.parametrize("python, says", [("no-such-python", "can't be run"), ("/bin/false", "")])
def test_command_without_python(python, says, program, tmp_path):
    run = subprocess.run(
        [program, "track", "a.mp4", "--ray", "-m", "synthetic"],
        capture_output=True,
        text=True,
        env={**os.environ, "SACCADE_PYTHON": python},
    )
    assert (
        run.returncode == 1
        and says in run.stderr
        and (not says or "pip install 'saccade[ray]'" in run.stderr)
    )


def test_command_without_the_package(program):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    run = subprocess.run(
        [program, "track", "a.mp4", "--ray", "-m", "synthetic"],
        capture_output=True,
        text=True,
        cwd="/",
        env={**environment, "SACCADE_PYTHON": sys.executable},
    )
    assert run.returncode == 1 and "No module named 'saccade'" in run.stderr
    assert "pip install 'saccade[ray]'" in run.stderr


def test_wrong_calls_are_told_at_once(tmp_path):
    for error, settings in [
        (saccade.InvalidArgument, {"save": "mot"}),
        (saccade.InvalidArgument, {"line": "0,0,1,1"}),
        (saccade.InvalidArgument, {"konf": 1}),
        (saccade.InvalidArgument, {"attempts": 0}),
    ]:
        with pytest.raises(error):
            saccade.ray.track("a.mp4", tmp_path / "out", model="synthetic", **settings)
    with pytest.raises(saccade.Unavailable, match="no Ray cluster"):
        saccade.ray.track("a.mp4", tmp_path / "out", model="synthetic", address="127.0.0.1:1")
    video = tmp_path / "x.parquet"
    video.write_bytes(b"a video by another name")
    with pytest.raises(saccade.InvalidArgument, match="would replace it"):
        saccade.ray.track(video, tmp_path, model="synthetic")
    assert video.read_bytes() == b"a video by another name"
    [(_, error)] = _sources.expand(["rtsp://user:secret@host/1"], {})
    assert "live" in str(error) and "secret" not in str(error)


def test_digest_of_large_files_is_bounded_and_tells_sizes_and_ends_apart(monkeypatch, tmp_path):
    monkeypatch.setattr(_sources, "WHOLE", 64)
    monkeypatch.setattr(_sources, "_EDGE", 16)
    monkeypatch.setattr(_sources, "_PIECE", 1)
    monkeypatch.setattr(_sources, "_PIECES", 32)
    base = bytes(range(256)) * 40
    read = []

    def digest(data, whole=False):
        def take(at, length):
            read.append(length)
            part = data[at : at + length]
            assert len(part) == length
            return part

        read.clear()
        return _sources._digest(take, len(data), whole)

    known = digest(base)
    assert sum(read) == 64
    for at in (0, 15, len(base) - 16, len(base) - 1):
        changed = bytearray(base)
        changed[at] ^= 1
        assert digest(bytes(changed)) != known
    unseen = bytearray(base)
    unseen[20] ^= 1
    assert digest(bytes(unseen)) == known  # as docs/ray.md says
    assert digest(bytes(unseen), True) != digest(base, True)
    file = tmp_path / "file"
    file.write_bytes(base)
    assert _sources.content(str(file), {}, False) == {"size": len(base), "sha256": known}
    assert _sources.content("file://" + str(file), {}, False) == _sources.content(
        str(file), {}, False
    )
