"""What goes wrong, as exceptions: one class for each kind of failure that a program can act on.

Each has `code` (the engine's name of the kind), `message` and `remedy` (the way out, "" where there is none); its text
is the one line that the command line prints.
"""

from __future__ import annotations


class Error(Exception):
    """A failure of the engine's."""

    code = "internal"

    def __init__(self, message: str, remedy: str = "", line: str | None = None) -> None:
        self.message = message
        self.remedy = remedy
        self.line = line if line is not None else (f"{message}; {remedy}" if remedy else message)
        super().__init__(self.line)

    def __str__(self) -> str:
        return self.line

    def __reduce__(self) -> tuple[type[Error], tuple[str, str, str]]:
        return type(self), (self.message, self.remedy, self.line)


class InvalidArgument(Error, ValueError):
    """A setting or value that is wrong, or does not fit the others."""

    code = "invalid_argument"


class NotFound(Error, LookupError):
    """A file, model, device or stream that is not there."""

    code = "not_found"


class Unreadable(Error):
    """What is there and can't be read."""

    code = "unreadable"


class Corrupt(Error):
    """Bytes that are not what their format promises."""

    code = "corrupt"


class Unsupported(Error):
    """Well-formed, but of a kind that this build or machine can't handle."""

    code = "unsupported"


class Unwritable(Error):
    """An output that could not be made or written."""

    code = "unwritable"


class OutOfMemory(Error, MemoryError):
    """Memory of the host or the device is used up; the call may be tried smaller."""

    code = "out_of_memory"


class Unavailable(Error):
    """A library, a device or something else of the machine that is needed is missing."""

    code = "unavailable"


class Interrupted(Error):
    """Stopped on request: a stream that was removed, a session that was closed."""

    code = "interrupted"


class InternalError(Error):
    """A bug of ours or of a library: please report it."""

    code = "internal"


class SourcesFailed(Error):
    """Some of several sources failed, after all the others were done. `failures`: (source, Error) each."""

    code = "unreadable"

    def __init__(self, failures: list[tuple[str, Error]], sources: int) -> None:
        self.failures = failures
        what = "; ".join(error.line for _, error in failures)
        super().__init__(f"{len(failures)} of {sources} sources failed: {what}")

    def __reduce__(self) -> tuple[type[Error], tuple[str, str, str]]:
        return Error, (self.message, self.remedy, self.line)


class PartlyUnreadable(UserWarning):
    """A source was read in part: what could be read has results."""


_classes: dict[str, type[Error]] = {
    kind.code: kind
    for kind in (
        InvalidArgument,
        NotFound,
        Unreadable,
        Corrupt,
        Unsupported,
        Unwritable,
        OutOfMemory,
        Unavailable,
        Interrupted,
        InternalError,
    )
}


def _made(code: str, message: str, remedy: str, line: str) -> Error:
    return _classes.get(code, InternalError)(message, remedy, line)
