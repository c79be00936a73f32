"""The log: one JSON object a line on standard error, or a line for people on a terminal.

It tells what the system did and how long it took. It never holds what people are called, typed or were sent: our own
messages carry ids and numbers only, those of libraries lose their arguments, and faults lose their messages.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

from award.kernel.settings import ROOT, Settings

OURS = "award."
TRACEBACK = "Traceback "
LIBRARIES = logging.WARNING
"""Libraries are heard from here on."""


def configure(config: Settings, stream: TextIO | None = None) -> None:
    """Sends everything that is logged in this process to one place, instead of wherever it went before."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    for_people = config.log_format == "text" or (config.log_format == "auto" and stream.isatty())
    handler.setFormatter(Text() if for_people else Json())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(LIBRARIES)
    logging.getLogger(OURS.rstrip(".")).setLevel(config.log_level)


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """What is told of a record, in the order it is read."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told: dict[str, object] = {
        "time": at,
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record),
    }
    told |= getattr(record, "fields", {})
    if not record.name.startswith(OURS) and str(record.msg).startswith(TRACEBACK):
        told |= {"message": "fault", "trace": list(_places(str(record.msg)))}
    if record.exc_info and record.exc_info[1] is not None:
        told["trace"] = list(scrubbed(record.exc_info[1]))
    return told


def _message(record: logging.LogRecord) -> str:
    # A library may put a value into its message: its words without the values say enough.
    return record.getMessage() if record.name.startswith(OURS) else str(record.msg).strip()


def _places(text: str) -> Iterator[str]:
    """The same of a trace that a library wrote out as its message."""
    for line in text.splitlines():
        if found := re.match(r'\s+File "(.+)", line (\d+), in (\S+)', line):
            yield f"{found[1].removeprefix(f'{ROOT}/')}:{found[2]} {found[3]}"
        elif found := re.match(r"[A-Za-z_][\w.]*(?=:|$)", line):
            yield found[0].rpartition(".")[2]


def scrubbed(error: BaseException) -> Iterator[str]:
    """The trace of a fault without any message, which may quote what somebody typed: kinds of faults, and places.

    An error of ours is told with its code, one of the database with its SQLSTATE.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from scrubbed(cause)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename.removeprefix(f'{ROOT}/')}:{frame.lineno} {frame.name}"
    code = getattr(error, "code", "") or getattr(getattr(error, "orig", None), "sqlstate", "")
    yield f"{type(error).__name__} {code}".strip()


class Json(logging.Formatter):
    """For machines."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(fields_of(record), ensure_ascii=False, default=str)


class Text(logging.Formatter):
    """For people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the trace below it."""
        told = fields_of(record)
        head = " ".join(str(told.pop(name)) for name in ("time", "level", "message"))
        told.pop("logger")
        trace = told.pop("trace", [])
        pairs = [f"{name}={value}" for name, value in told.items() if value != ""]
        below = [f"    {line}" for line in trace] if isinstance(trace, list) else []
        return "\n".join([" ".join([head, *pairs]), *below])
