"""The steps: up and down on both databases, the same tables as the models, rows that are written once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, exc, inspect, text
from sqlalchemy.engine import URL

from award.kernel import db
from award.kernel.migrating import MIGRATIONS, create_database, downgrade, is_current, upgrade
from award.models import metadata

AT = "2026-03-02 01:00:00"
RECORD = {
    "stream": "admin", "seq": 1, "body": "{}", "prev": "0", "link": "1", "at": AT, "actor": "a", "act": "a:b", "obj": "o",
}  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without tables."""
    if request.param == "sqlite":
        engine = db.make_engine(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
    else:
        engine = db.make_engine(request.getfixturevalue("postgres_database"))
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_up_and_down_and_up(bare: Engine) -> None:
    upgrade(bare)
    assert tables(bare) == set(metadata.tables)
    assert is_current(bare)
    downgrade(bare, "base")
    assert tables(bare) == set()
    assert not is_current(bare)
    upgrade(bare)
    assert tables(bare) == set(metadata.tables)


def test_up_twice_changes_nothing(bare: Engine) -> None:
    upgrade(bare)
    upgrade(bare)
    assert is_current(bare)


def test_head_is_what_the_models_say(any_engine: Engine) -> None:
    with any_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_foreign_keys_hold_after_migrating(bare: Engine) -> None:
    upgrade(bare)
    stray = text("INSERT INTO award (authority_id, name_zh, name_en, public_id) VALUES (99, 'x', 'x', 'x')")
    with bare.connect().execution_options(writes=True) as connection, pytest.raises(exc.IntegrityError):
        connection.execute(stray)


@pytest.mark.parametrize("change", ["UPDATE audit_record SET body = '{ }'", "DELETE FROM audit_record"])
def test_the_trail_is_written_once(any_engine: Engine, change: str) -> None:
    names = ", ".join(RECORD)
    values = ", ".join(f":{name}" for name in RECORD)
    with any_engine.connect().execution_options(writes=True) as connection:
        connection.execute(text(f"INSERT INTO audit_record ({names}) VALUES ({values})"), RECORD)
        connection.commit()
        with pytest.raises(exc.IntegrityError, match="written once"):
            connection.execute(text(change))
        connection.rollback()
        assert connection.scalar(text("SELECT body FROM audit_record")) == "{}"


@pytest.mark.parametrize(
    ("table", "refused"),
    [
        ("answer_revision", {"update", "delete"}),
        ("audit_record", {"update", "delete"}),
        ("conflict", {"delete"}),
        ("declaration", {"delete"}),
        ("ruleset", {"update", "delete"}),
        ("sheet_return", {"update", "delete"}),
        ("sheet_version", {"update", "delete"}),
        ("snapshot", {"update", "delete"}),
        ("stage_extension", {"update", "delete"}),
        ("submission", {"update", "delete"}),
    ],
)
def test_what_is_frozen_has_its_triggers(any_engine: Engine, table: str, refused: set[str]) -> None:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal",
    }[any_engine.dialect.name]
    with any_engine.connect() as connection:
        found = set(connection.scalars(text(catalogue), {"table": table}))
    also = {f"{table}_no_truncate"} if any_engine.dialect.name == "postgresql" else set()
    assert found == {f"{table}_no_{what}" for what in refused} | also


def test_every_constraint_has_a_name(any_engine: Engine) -> None:
    found = inspect(any_engine)
    unnamed = []
    for table in metadata.tables:
        constraints = [
            *found.get_foreign_keys(table), *found.get_unique_constraints(table), *found.get_check_constraints(table),
            found.get_pk_constraint(table),
        ]  # fmt: skip
        unnamed += [(table, constraint) for constraint in constraints if not constraint["name"]]
    assert unnamed == []


def test_steps_import_nothing_of_the_system() -> None:
    for path in (MIGRATIONS / "versions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("award"), path.name
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith("award") for name in node.names), path.name


@pytest.mark.postgres
def test_a_missing_database_is_made(postgres_url: URL) -> None:
    url = postgres_url.set(database="made_on_demand").render_as_string(hide_password=False)
    assert create_database(url)
    assert not create_database(url)
    engine = db.make_engine(url)
    upgrade(engine)
    assert tables(engine) == set(metadata.tables)
    engine.dispose()
