"""A fault of ours on a real connection: answered, logged once, and the connection serves the next request."""

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import APIRouter, Depends
from sqlalchemy import Engine
from starlette.responses import StreamingResponse

from award.kernel.web import guard
from tests.kernel.site import site

router = APIRouter(prefix="/test", dependencies=[Depends(guard.public)])


@router.get("/breaks-off")
def breaks_off() -> StreamingResponse:
    def body() -> Iterator[bytes]:
        yield b"the first half"
        raise RuntimeError("broken")

    return StreamingResponse(body())


@pytest.fixture
def served(engine: Engine) -> Iterator[http.client.HTTPConnection]:
    """One connection to a server in this process."""
    app = site(engine)
    app.include_router(router)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        connection = http.client.HTTPConnection(*listening.getsockname(), timeout=20)
        connection.auto_open = 0
        connection.connect()
        yield connection
        connection.close()
        server.should_exit = True
        thread.join()


def test_the_connection_stays_and_the_log_has_one_line(
    served: http.client.HTTPConnection, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        served.request("GET", "/test/error/fault")
        answer = served.getresponse()
        text = answer.read().decode()
        assert (answer.status, answer.headers["connection"], answer.headers["x-frame-options"]) == (500, None, "DENY")
        assert answer.headers["cache-control"] == "private, no-store"
        assert "RuntimeError" not in text
    served.request("GET", "/v/ABCD2345WXYZ")
    assert served.getresponse().status == 200
    assert [one.name for one in caplog.records if one.levelno >= logging.ERROR] == ["award.web"] * 3


def test_an_answer_that_has_begun_is_cut_off(
    served: http.client.HTTPConnection, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader must not take half an answer for a whole one."""
    served.request("GET", "/test/breaks-off")
    with pytest.raises(http.client.IncompleteRead):
        served.getresponse().read()
    assert len([one for one in caplog.records if one.levelno >= logging.ERROR]) == 1
