"""What tests use one after another because making it takes longer than most of them: an engine, and the application on it.

Nothing of a test stays in either: each test has a database of its own, with connections of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import Engine, make_url
from sqlalchemy.engine import URL

from award.kernel import db
from award.kernel.settings import settings


class Engines:
    """An engine for SQLite and one for PostgreSQL. They remember the statements they have compiled.

    On SQLite the engine opens links in a folder of its own, which lead to the file of the test and to its writers' lock.
    """

    def __init__(self, folder: Path) -> None:
        self._links = {suffix: folder / f"award.sqlite3{suffix}" for suffix in ("", ".writer")}
        self._made: dict[str, Engine] = {}
        self._is_lent = False

    @contextmanager
    def on(self, database: str | URL) -> Iterator[Engine]:
        """The engine on a database, which on PostgreSQL always has the same name. One test has it at a time."""
        assert not self._is_lent, "a test has one of these engines; a second one comes from make_engine"
        url = make_url(database)
        backend, is_sqlite = url.get_backend_name(), url.get_backend_name() == "sqlite"
        for suffix, link in self._links.items() if is_sqlite else ():
            link.unlink(missing_ok=True)
            link.symlink_to(f"{url.database}{suffix}")
        if backend not in self._made:
            kept = f"sqlite:///{self._links['']}" if is_sqlite else url.render_as_string(hide_password=False)
            self._made[backend] = db.make_engine(kept)
            db.hurry(self._made[backend])
        engine = self._made[backend]
        assert is_sqlite or engine.url == url
        self._is_lent = True
        try:
            yield engine
        finally:
            self._is_lent = False
            if db.is_writing(engine):
                del self._made[backend]  # whoever still holds its lock keeps it
            engine.dispose()


@lru_cache(maxsize=4)
def _app(engine: Engine, rules: str) -> FastAPI:
    from award.app import make_app  # most tests do without it

    return make_app(engine, settings())


def app_on(engine: Engine) -> FastAPI:
    """The application by the settings in force. A test that looks at its parts, or adds some, makes one of its own."""
    config = settings()
    app = _app(engine, config.model_dump_json(exclude={"directory", "database_url"}))
    app.state.settings = config
    return app

