"""The real application behind an address, in this process, so that a test moves its clock."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from sqlalchemy import Engine

from tests.lasting import app_on


@contextmanager
def serving(engine: Engine) -> Iterator[str]:
    """The application on a free port; answers with its address. Effects: the engine's connections are closed at the end."""
    config = uvicorn.Config(app_on(engine), host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        engine.dispose()
