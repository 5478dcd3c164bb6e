"""`python -m saccade.ray track SOURCE... --out DIR`: what `saccade track --ray` becomes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from .. import _engine
from .._errors import Error
from ._run import Options, _run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="saccade.ray", description="Many videos over the machines of a Ray cluster."
    )
    parser.add_argument("mode", choices=["track", "detect"])
    parser.add_argument("source", nargs="+")
    parser.add_argument(
        "--address", help="of the cluster; else RAY_ADDRESS, else this machine alone"
    )
    parser.add_argument("--workers", type=int, help="actors at once")
    parser.add_argument("--cores", type=int, help="CPUs an actor")
    parser.add_argument(
        "--attempts", type=int, default=3, help="times that workers may die at a video [3]"
    )
    parser.add_argument("--whole-digest", action="store_true", help="digest large files whole")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="errors only")
    helps = {row["key"]: row for row in _engine.setting_words()}
    for key, flags, takes_value in _engine.setting_flags():
        all_flags = {*flags.split(","), "--" + key}
        text = helps.get(key, {}).get("help", "").replace("%", "%%")
        options: dict[str, Any] = {"dest": "setting_" + key, "help": text}
        if takes_value:
            parser.add_argument(*sorted(all_flags), action="append", **options)
        else:
            parser.add_argument(*sorted(all_flags), nargs="?", const="true", **options)
    return parser


def _own_output() -> Any:
    """Standard output for the report alone: Ray prints there too, and is led to standard error."""
    sys.stdout.flush()
    own = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return own


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    output = _own_output()
    separators = {row["key"]: row["separator"] for row in _engine.setting_words()}
    settings: dict[str, Any] = {}
    for name, value in vars(given).items():
        key = name.removeprefix("setting_")
        if key == name or value is None:
            continue
        texts = value if isinstance(value, list) else [value]
        separator = separators.get(key, "")
        settings[key] = separator.join(texts) if separator else texts[-1]
    settings.pop("resume", None)  # (a run over a cluster always leaves out what is done)
    out = settings.pop("out", "out")

    def progress(row: dict[str, Any], done: int, total: int) -> None:
        if given.quiet:
            return
        what = (
            "done before"
            if row["skipped"]
            else f"{row['status']}, {row['frames']} frames, {row['rows']} rows"
        )
        print(f"{done}/{total} {row['source']}: {what}", file=sys.stderr)

    try:
        options = Options(
            workers=given.workers,
            cores=given.cores,
            address=given.address,
            attempts=given.attempts,
            whole_digest=given.whole_digest,
            progress=progress,
        )
        report = _run(given.mode, given.source, out, options, settings)
    except Error as error:
        print(f"saccade: error: {error.line}", file=sys.stderr)
        return 2 if error.code == "invalid_argument" else 130 if error.code == "interrupted" else 1
    except KeyboardInterrupt:
        print(
            "saccade: error: interrupted; what is done stays, and the same command does the rest",
            file=sys.stderr,
        )
        return 130
    for row in report.errors:
        print(
            f"saccade: {'error' if row['status'] == 'failed' else 'warning'}: {row['reason']}",
            file=sys.stderr,
        )
    try:
        if given.json:
            counts = {"done": report.done, "skipped": report.skipped, "failed": report.failed}
            print(json.dumps({"videos": report.rows, **counts}), file=output)
        elif not given.quiet:
            whole = f"{report.done} of {len(report.rows)} videos have results in {out}"
            print(f"{whole} ({report.skipped} from before)", file=output)
        output.close()
    except OSError as error:
        print(f"saccade: error: standard output: {error.strerror}", file=sys.stderr)
        return 1
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
