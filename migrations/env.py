"""What alembic runs for every command, on the connection and with the models that award.kernel.migrating hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Our own column types appear in a step as what the database sees, since steps import nothing of ours."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


given = context.config.attributes
context.configure(
    connection=given["connection"],
    target_metadata=given["metadata"],
    render_item=render_item,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
