"""Rows that are written once: triggers that refuse to change or remove them, on both databases.

A step that rebuilds such a table (batch_alter_table on SQLite) must call forbid_changes again: the triggers go with the table.
"""

from collections.abc import Collection

from alembic import op

REFUSING = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def install() -> None:
    """Creates the function that PostgreSQL's triggers call."""
    if _is_postgresql():
        op.execute(REFUSING)


def uninstall() -> None:
    """Drops it, once no trigger calls it."""
    if _is_postgresql():
        op.execute("DROP FUNCTION refuse_change()")


def forbid_changes(table: str, *, update: bool = True, delete: bool = True, columns: Collection[str] = ()) -> None:
    """Refuses UPDATE (of the columns, where some are named) and DELETE of a table's rows."""
    if update:
        _create(table, "update", "UPDATE" + (f" OF {', '.join(columns)}" if columns else ""))
    if delete:
        _create(table, "delete", "DELETE")
    if delete and _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _create(table: str, name: str, when: str) -> None:
    start = f"CREATE TRIGGER {table}_no_{name} BEFORE {when} ON {table} FOR EACH ROW"
    if _is_postgresql():
        op.execute(f"{start} EXECUTE FUNCTION refuse_change()")
    else:
        op.execute(f"{start} BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
