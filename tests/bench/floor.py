"""The floor under a save: session, CSRF token, rows, a record and a page, with nothing else around them.

SQLAlchemy Core, one queued writer, synchronous=FULL. It knows no policy, no conflict, no version, no stage and no chain.
`python -m tests.bench.floor DATABASE PORT` serves it.
"""

import fcntl
import hmac
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Body, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.dialects.sqlite import insert as upsert

TABLES = MetaData()
SESSION = Table("session", TABLES, Column("token", String(64), primary_key=True), Column("person", Integer))
ROW = Table(
    "row", TABLES, Column("sheet", Integer, primary_key=True), Column("item", String(16), primary_key=True),
    Column("percent", Integer), Column("comments", Text),
)  # fmt: skip
AUDIT = Table(
    "audit", TABLES, Column("id", Integer, primary_key=True), Column("at", String(32)), Column("actor", Integer),
    Column("body", Text),
)  # fmt: skip
PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ sheet }}</title><table>"
    "{% for key, percent in rows %}<tr><th>{{ key }}<td>{{ percent }}{% endfor %}</table><p>{{ total }}</p>"
)
SECRET = b"floor"


def token_of(session: str) -> str:
    """What a form of this session carries."""
    return hmac.new(SECRET, session.encode(), sha256).hexdigest()[:40]


def make_engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=20, max_overflow=5, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def prepare(path: Path, sheets: int, items: int, sessions: list[str]) -> None:
    """Fills a database with so many sheets of so many items, as large as the one it is compared with."""
    engine = make_engine(path)
    TABLES.create_all(engine)
    comments = json.dumps([{"kind": "strength", "text": "方法系统有效，展开充分，已有三个周期的评价和改进。"}])
    with engine.begin() as connection:
        connection.execute(insert(SESSION), [{"token": one, "person": at} for at, one in enumerate(sessions)])
        values = [(sheet, f"i{item}", 50, comments) for sheet in range(sheets) for item in range(items)]
        connection.exec_driver_sql("INSERT INTO row VALUES (?, ?, ?, ?)", values)
    engine.dispose()


def make_app(path: Path) -> FastAPI:
    """PUT /sheets/SHEET with {item: {percent, comments}}."""
    app, engine, lock = FastAPI(), make_engine(path), threading.Lock()
    queue = path.with_suffix(".writer")

    @contextmanager
    def writing() -> Iterator[Connection]:
        with lock, queue.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with engine.begin() as connection:
                yield connection

    @app.put("/sheets/{sheet}")
    def save(request: Request, sheet: int, body: Annotated[dict[str, Any], Body()]) -> HTMLResponse:
        session = request.cookies.get("session", "")
        with writing() as connection:
            person = connection.scalar(select(SESSION.c.person).where(SESSION.c.token == session))
            if person is None or not hmac.compare_digest(request.headers.get("x-csrf-token", ""), token_of(session)):
                raise HTTPException(403)
            rows = [
                {"sheet": sheet, "item": item, "percent": one["percent"], "comments": json.dumps(one["comments"])}
                for item, one in body.items()
            ]
            added = upsert(ROW)
            changed = {"percent": added.excluded.percent, "comments": added.excluded.comments}
            connection.execute(added.on_conflict_do_update(index_elements=["sheet", "item"], set_=changed), rows)
            record = {"at": datetime.now(UTC).isoformat(), "actor": person, "body": json.dumps(body)}
            connection.execute(insert(AUDIT), [record])
        marks = [(item, one["percent"]) for item, one in body.items()]
        return HTMLResponse(PAGE.render(sheet=sheet, rows=marks, total=sum(percent for _, percent in marks)))

    return app


if __name__ == "__main__":
    uvicorn.run(make_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="warning", server_header=False)
