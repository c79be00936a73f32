"""The real application in a thread of this process, so that a browser works on it and a test moves its clock."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from sqlalchemy import Engine

from award.app import make_app


@contextmanager
def live(engine: Engine) -> Iterator[str]:
    """Its address, once it answers."""
    config = uvicorn.Config(make_app(engine), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
