"""Rendering in killable child processes: what a job calls. Imports no WeasyPrint, so that the web process may know it.

A child is warm (imports and fonts are loaded once), does one call at a time, and is killed when it takes too long; the next
call starts another. It gets neither the database's address nor any password.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Any, Self

from award.kernel.settings import ROOT, settings
from award.press.document import BrokenView, Kind, MissingGlyphs, PressError, Rendered, RenderingStopped, to_json
from award.press.views import CertificateView

BATCH = 50
"""Certificates in one call: fonts are cut once for all of them; beyond about 100 the time grows faster than the number."""

START_SECONDS = 300
"""A child may have to make the small fonts first."""

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


class _Child:
    """One rendering process and its two pipes."""

    def __init__(self, mib: int) -> None:
        chosen = settings()
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment["AWARD_DIRECTORY"] = str(chosen.directory)
        if chosen.fonts_directory is not None:
            environment["AWARD_FONTS_DIRECTORY"] = str(chosen.fonts_directory)
        command = [sys.executable, "-m", "award.press.child", str(mib)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
        if self.ask(None, START_SECONDS)[0] != {"ready": True}:
            raise RenderingStopped("The rendering process did not start.")

    def ask(self, request: object, seconds: float) -> list[Any]:
        """Sends a request (None: only listens) and gives the answer's records, the bytes of PDFs filled in.

        Raises RenderingStopped when the process was killed at the time limit or died.
        """
        expired = threading.Event()
        timer = threading.Timer(seconds, self._expire, (expired,))
        timer.start()
        try:
            if request is not None:
                _pipe(self.process.stdin).write(json.dumps(request).encode() + b"\n")
                _pipe(self.process.stdin).flush()
            return self._answer()
        except (OSError, ValueError) as problem:
            self.stop()
            if expired.is_set():
                raise RenderingStopped(f"The document took longer than {seconds:g} seconds.") from problem
            raise RenderingStopped("The rendering process ended; the document may need more memory than it is allowed.") from problem
        finally:
            timer.cancel()

    def _answer(self) -> list[Any]:
        pipe = _pipe(self.process.stdout)
        records: list[Any] = json.loads(pipe.readline())
        for record in records:
            if "bytes" in record:
                record["pdf"] = pipe.read(record["bytes"])
                if len(record["pdf"]) != record["bytes"]:
                    raise OSError("the answer broke off")
        return records

    def _expire(self, expired: threading.Event) -> None:
        expired.set()
        self.process.kill()

    def stop(self) -> None:
        """Ends the process, at once."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                _pipe(pipe).close()
            except OSError:
                continue  # what was still to be written to a dead process


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe


class Pool:
    """Up to `size` rendering processes, started when first needed. seconds: limit of one call; mib: memory of one process.

    Left out, the limits are those of the settings. Safe to call from several threads. Close it, or use it in a `with`.
    """

    def __init__(self, size: int = 1, seconds: float | None = None, mib: int | None = None) -> None:
        self.size = size
        self.seconds = seconds if seconds is not None else settings().render_seconds
        self.mib = mib if mib is not None else settings().render_mib
        self._places: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)

    def render(self, kind: Kind, view: object) -> Rendered:
        """One document. Raises PressError with what to change, MissingGlyphs, RenderingStopped."""
        made = self._call(kind, [view])[0]
        if isinstance(made, PressError):
            raise made
        return made

    def render_batch(self, views: Sequence[CertificateView]) -> list[Rendered | PressError]:
        """Many certificates in the order of their views; one that cannot be made is an error in its place and stops no other."""
        chunks = [views[start : start + BATCH] for start in range(0, len(views), BATCH)]
        with ThreadPoolExecutor(self.size) as threads:
            return [made for chunk in threads.map(self._chunk, chunks) for made in chunk]

    def close(self) -> None:
        """Ends all processes. The pool can be used again: it starts new ones."""
        for _ in range(self.size):
            child = self._places.get()
            if child is not None:
                child.stop()
        for _ in range(self.size):
            self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _chunk(self, views: Sequence[CertificateView]) -> list[Rendered | PressError]:
        try:
            return self._call("certificate", views)
        except RenderingStopped as stopped:
            if len(views) == 1:
                return [stopped]
            return [made for view in views for made in self._chunk([view])]

    def _call(self, kind: Kind, views: Sequence[object]) -> list[Rendered | PressError]:
        request = {"kind": kind, "views": [to_json(view) for view in views]}
        with self._child() as child:
            return [_outcome(record) for record in child.ask(request, self.seconds)]

    @contextmanager
    def _child(self) -> Iterator[_Child]:
        """A free process; one that has been killed leaves its place to a new one."""
        child = self._places.get()
        try:
            if child is None or child.process.poll() is not None:
                child = None
                child = _Child(self.mib)
            yield child
        finally:
            self._places.put(child if child is not None and child.process.poll() is None else None)


def _outcome(record: dict[str, Any]) -> Rendered | PressError:
    if "missing" in record:
        return MissingGlyphs(record["missing"])
    if "broken" in record:
        return BrokenView(record["broken"])
    if "error" in record:
        return PressError(record["error"])
    return Rendered(
        pdf=record["pdf"], sha256=record["sha256"], pages=record["pages"], fonts=tuple(record["fonts"]),
        data_hash=record["data_hash"], template_version=record["template_version"],
    )  # fmt: skip
