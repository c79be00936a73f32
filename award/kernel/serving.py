"""Serving: the web application in this process, and a worker beside it that is started again whenever it ends."""

import subprocess
import sys
import threading

import uvicorn

APPLICATION = "award.app:make_app"
WORKER = "award.worker"


def serve(host: str, port: int) -> None:
    """Answers requests until SIGTERM or Ctrl-C, then lets the worker finish the jobs in hand."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(stop,))
    keeper.start()
    try:
        uvicorn.run(APPLICATION, factory=True, host=host, port=port, server_header=False, log_level="warning")
    finally:
        stop.set()
        keeper.join()


def _keep_worker(stop: threading.Event) -> None:
    while not stop.is_set():
        # A session of its own, so that Ctrl-C reaches this process only and the worker is told to stop once.
        worker = subprocess.Popen([sys.executable, "-m", WORKER], start_new_session=True)
        while worker.poll() is None and not stop.wait(0.5):
            pass
        worker.terminate()
        worker.wait()
        stop.wait(1)
