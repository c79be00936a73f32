"""Serving: the web application in this process, and a worker beside it that is started again whenever it ends."""

import os
import signal
import socket
import subprocess
import sys
import threading

import typer
import uvicorn

from award.kernel import logs
from award.kernel.settings import settings

APPLICATION = "award.app:make_app"
WORKER = "award.worker"
BACKLOG = 2048
"""Connections that may wait to be taken, as uvicorn has it."""


def name_address(port: int) -> None:
    """Where no address of the site is set, mails and codes of this process and its children name the port it is served on."""
    if "base_url" not in settings().model_fields_set:
        os.environ["AWARD_BASE_URL"] = f"http://127.0.0.1:{port}"
        settings.cache_clear()


def serve(listening: socket.socket, *, with_worker: bool = True) -> None:
    """Answers requests until SIGTERM or Ctrl-C, then lets the worker finish the jobs in hand. listening: from `listen`."""
    config = settings()
    logs.configure(config)
    stop = threading.Event()
    # Once it has shut down, the server raises the signal again: it must reach this, not end the process.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    keeper = threading.Thread(target=_keep_worker, args=(stop,))
    if with_worker:
        keeper.start()
    try:
        server = uvicorn.Server(uvicorn.Config(
            APPLICATION, factory=True, server_header=False, log_config=None, access_log=False,
            forwarded_allow_ips=config.proxies,
        ))  # fmt: skip
        server.run(sockets=[listening])
    finally:
        stop.set()
        if with_worker:
            keeper.join()


def listen(host: str, port: int) -> socket.socket:
    """The address, held from now on. Where it cannot be had, says so and exits with 2."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # The address stands once in the sentence; Python puts it into its own a second time.
        why = str(error.strerror).partition(" (while")[0]
        typer.echo(
            f"{host}:{port} cannot be listened on: {why}. End what uses it, or name another --port or --host.", err=True
        )
        raise typer.Exit(2) from None


def _keep_worker(stop: threading.Event) -> None:
    while not stop.is_set():
        # A session of its own, so that Ctrl-C reaches this process only and the worker is told to stop once.
        worker = subprocess.Popen([sys.executable, "-m", WORKER], start_new_session=True)
        while worker.poll() is None and not stop.wait(0.5):
            pass
        worker.terminate()
        worker.wait()
        stop.wait(1)
