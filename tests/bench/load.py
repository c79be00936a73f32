"""People at work: each sends his next request when the last was answered, over a connection that stays open."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from award.kernel.settings import ROOT


@dataclass(frozen=True)
class Answer:
    """What came back. body: of JSON answers, else empty."""

    status: int
    etag: str
    body: Any


@dataclass
class Worker:
    """Somebody who saves. request: given the last answer, what he sends next: path, headers, body."""

    request: Callable[[Answer | None], tuple[str, Mapping[str, str], object]]
    last: Answer | None = None


@dataclass
class Load:
    """What came of it. times: seconds of each request that was answered with 200."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which that share of the requests was answered."""
        ordered = sorted(self.times)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@contextmanager
def served(module: str, database: Path) -> Iterator[int]:
    """A server process; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", module, str(database), str(port)], cwd=ROOT)
    try:
        for _ in range(300):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def put_for(port: int, workers: Sequence[Worker], seconds: float) -> Load:
    """All of them PUT at once for so long; what they were answered stays with them."""
    return asyncio.run(_together(port, workers, seconds))


async def _together(port: int, workers: Sequence[Worker], seconds: float) -> Load:
    load = Load()
    start = time.perf_counter()
    await asyncio.gather(*(_work(port, worker, start + seconds, load) for worker in workers))
    load.seconds = time.perf_counter() - start
    return load


async def _work(port: int, worker: Worker, end: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        path, headers, content = worker.request(worker.last)
        body = json.dumps(content, ensure_ascii=False).encode()
        lines = [f"PUT {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in headers.items())]
        began = time.perf_counter()
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        worker.last = await _answer(reader)
        if worker.last.status == 200:
            load.times.append(time.perf_counter() - began)
        else:
            load.errors += 1
    writer.close()
    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(headers["content-length"]))
    parsed = json.loads(body) if "json" in headers.get("content-type", "") else None
    return Answer(int(head[0].split()[1]), headers.get("etag", "0"), parsed)
