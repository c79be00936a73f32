"""What must always hold, asked of a database whose frozen texts are damaged: every answer is given, and none is a trace."""

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from award.commands import app
from award.invariants.commands import INVARIANTS, ask_all
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.settings import settings
from tests.judging.world import World
from tests.policy.doors import unguard

FROZEN = {
    "ruleset.text": "sha256", "submission.content": "public_id", "sheet_version.content": "public_id", "proposal.content": "public_id",
    "snapshot.content": "public_id", "document.view": "public_id", "audit_record.body": "seq", "audit_opening.content": "seq",
}  # fmt: skip
"""Every text that never changes, and what names its row."""
DAMAGE = {
    "an empty object": "{}",
    "a list": "[]",
    "not JSON": "…",
    "a missing key": '{"items": {"4.1.1": {}}, "groups": [{}], "lines": [{}], "act": "x"}',
    "a wrong type": '{"items": 5, "groups": 5, "lines": 5, "sha256": {}, "stage": {}, "key": 5, "dates": 5}',
}
NAMED = {
    "sheet_version.content": ("totals_recomputed",),
    "submission.content": ("applications_as_submitted",),
    "snapshot.content": ("certificates_of_winners", "winners_were_decided", "winners_were_on_notice"),
    "proposal.content": ("lines_as_proposed",),
    "ruleset.text": ("totals_recomputed",),
}
"""The checks that read a text, by the text: each of them says which record it is."""


def damaged(world: World, column: str, content: str) -> set[str]:
    """Writes it over every text of the column; answers with what names the rows."""
    table, _, name = column.partition(".")
    with transaction(world.engine) as to:
        unguard(to)
        to.execute(text(f"UPDATE {table} SET {name} = :content"), {"content": content})
        return {str(one) for one in to.scalars(text(f"SELECT {FROZEN[column]} FROM {table}"))}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("column", FROZEN)
def test_every_answer_is_given_and_names_the_record(whole: World, column: str, damage: str) -> None:
    names = damaged(whole, column, DAMAGE[damage])
    with db.reading(whole.engine) as session:
        found = ask_all(session)
    assert list(found) == [one.name for one in INVARIANTS]
    bad = {name: one.first for name, one in found.items() if one.offences}
    assert bad, "somebody notices"
    assert all(bad.values())
    for name in NAMED.get(column, ()):
        assert any(one in bad[name] for one in names), (name, bad[name])


@pytest.mark.parametrize(
    ("damage", "told"),
    {
        "UPDATE sheet SET marks = '…' WHERE id = 2": "sheet 2 cannot be read: JSONDecodeError",
        "UPDATE round SET created_at = 'x'": "round 1 cannot be read: ValueError",
    }.items(),
)
def test_a_row_no_value_can_be_made_of_is_named(whole: World, damage: str, told: str) -> None:
    """SQLite takes any text for a map or a moment."""
    with transaction(whole.engine) as to:
        unguard(to)
        to.execute(text(damage))
    with db.reading(whole.engine) as session:
        found = ask_all(session)
    assert told in [one.first[: len(told)] for one in found.values()]
    assert [name for name, one in found.items() if not one.offences], "the others answer"


def test_the_command_shows_no_trace(whole: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWARD_DATABASE_URL", str(whole.engine.url))
    settings.cache_clear()
    damaged(whole, "sheet_version.content", "{}")
    damaged(whole, "proposal.content", "[]")
    told = CliRunner().invoke(app, ["invariants"])
    assert told.exit_code == 1
    assert isinstance(told.exception, SystemExit), "it ends as it means to"
    assert "BAD lines_as_proposed" in told.stdout
    assert "KeyError: 'items'" in told.stdout
    assert f"{len(INVARIANTS)} invariants, " in told.stdout.splitlines()[-1]
