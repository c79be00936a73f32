"""What must always hold: true in a whole world, and each named once it is broken behind the services' backs."""

import sys
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from award.commands import app
from award.invariants.commands import INVARIANTS, ask_all
from award.kernel import db
from award.kernel.actor import SYSTEM
from award.kernel.audit.trail import record, round_stream, transaction
from award.kernel.events import Event
from award.kernel.settings import settings
from tests.judging.world import World
from tests.policy.doors import unguard


def test_a_whole_world(whole: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Every one looks at something: otherwise it would hold everywhere."""
    with db.reading(whole.engine) as session:
        found = ask_all(session)
    with capsys.disabled():
        sys.stdout.writelines(f"\n  {name}: {one.looked}" for name, one in found.items())
    assert {name: one.first for name, one in found.items() if one.offences} == {}
    assert [name for name, one in found.items() if not one.looked] == []


def late(world: World) -> None:
    with transaction(world.engine) as session:
        record(session, SYSTEM, Event.SHEET_EDITED, "sheet:late", round_stream(world.round), stage="score")


def unheard(world: World) -> None:
    with transaction(world.engine) as session:
        record(session, SYSTEM, Event.CERTIFICATE_ISSUED, "certificate:nowhere", round_stream(world.round))


def doubled(world: World) -> None:
    """The index of the seats is in the way of a second one."""
    with transaction(world.engine) as to:
        to.execute(text("DROP INDEX uq_assignment_active"))
        _copy(to, "assignment", "public_id = 'copy-of-seat'")
        _copy(to, "sheet", "public_id = 'copy-of-shee', assignment_id = (SELECT max(id) FROM assignment)")


def _copy(to: Session, table: str, changed: str) -> None:
    one = f"SELECT min(id) FROM {table} WHERE state IN ('active', 'submitted')"
    to.execute(text(f"CREATE TEMP TABLE one AS SELECT * FROM {table} WHERE id = ({one})"))
    to.execute(text(f"UPDATE one SET id = (SELECT max(id) + 1 FROM {table}), {changed}"))
    to.execute(text(f"INSERT INTO {table} SELECT * FROM one"))
    to.execute(text("DROP TABLE one"))


ADMIN = "(SELECT person_id FROM \"grant\" WHERE role = 'system_administrator')"
JUDGE = "(SELECT person_id FROM assignment WHERE state = 'active' LIMIT 1)"
APPLICANT = "(SELECT organisation_id FROM application ORDER BY id LIMIT 1)"
GIVE = 'INSERT INTO "grant" (public_id, person_id, role, scope, scope_id, authority_id, valid_from) VALUES'
CONFLICT = """
    INSERT INTO conflict (person_id, application_id, source, reason, declared_at)
    SELECT person_id, application_id, 'office', 'x', '2026-01-01' FROM assignment WHERE state = 'active' LIMIT 1
"""
SECOND_DECISION = """
    INSERT INTO award_decision
    (public_id, proposal_id, number, state, reason, held_on, members, grades, reasons, decided_at, recorded_by)
    SELECT 'x', proposal_id, 2, state, reason, held_on, members, grades, reasons, decided_at, recorded_by FROM award_decision
"""
OTHER_GRADE = """UPDATE snapshot SET content = replace(content, '"grade":"', '"grade":"x') WHERE kind = 'notice'"""
BREAKS: dict[str, tuple[str | Callable[[World], None], str]] = {
    "two_persons": ("UPDATE panel_change SET decided_by = proposed_by", "change of a panel"),
    "publisher_decided_nothing": ("UPDATE award_decision SET recorded_by = (SELECT published_by FROM publication)", "person twice"),
    "administrators_apart": (f"{GIVE} ('x', {ADMIN}, 'judge', 'authority', 1, 0, '2026-01-01')", "judge and system_administrator"),
    "roles_from_others": ("UPDATE \"grant\" SET given_by = person_id WHERE role = 'supervisor'", "gave himself supervisor"),
    "judges_apart": (
        f"{GIVE} ('x', {JUDGE}, 'applicant', 'organisation', {APPLICANT}, 1, '2026-01-01')", "its judge works for the applicant"
    ),
    "no_seat_in_conflict": (CONFLICT, "in spite of a conflict"),
    "sheets_after_declarations": ("DELETE FROM declaration WHERE id = (SELECT min(id) FROM declaration)", "no declaration before it"),
    "one_valid_sheet": (doubled, "2 valid sheets of one judge"),
    "history_whole": ("DELETE FROM sheet_version WHERE id = 1", "was submitted 1 times and has versions []"),
    "sheets_as_submitted": ("UPDATE sheet SET total_hundredths = 5 WHERE id = 1", "another total than was submitted"),
    "items_as_submitted": ("UPDATE sheet_item SET percent = 5 WHERE sheet_id = 1", "otherwise than it was submitted"),
    "totals_recomputed": ("UPDATE sheet_version SET total_hundredths = 99999 WHERE id = 1", "says 99999, not"),
    "gates_open_when_all_are_in": ("UPDATE sheet SET state = 'returned' WHERE id = 1", "open with 4 of 5 sheets"),
    "stages_in_order": ("UPDATE round_stage SET left_at = NULL WHERE position = 0", "and has left [1"),
    "lines_as_proposed": ("UPDATE result_line SET published = '999.00'", "another figure, rank or grade"),
    "one_decision_in_force": (SECOND_DECISION, "2 decisions in force"),
    "winners_were_decided": ("UPDATE result_line SET decided_grade = 'other'", "decided other, published"),
    "winners_were_on_notice": (OTHER_GRADE, "not on notice for"),
    "left_out_stay_out": (
        "UPDATE paper_outcome SET goes_on = false WHERE state = 'confirmed'",
        "was left out by an outcome and stands in the decision and a notice or the result",
    ),
    "certificates_of_winners": ("UPDATE certificate SET grade = 'gold'", "says gold, published was"),
    "feedback_after_publication": ("UPDATE feedback_report SET released_at = '2026-01-01 00:00:00.000000'", "before the result"),
    "objections_answered": ("UPDATE objection SET state = 'filed'", "has no answer"),
    "approvals_after_notice": ("UPDATE approval SET approved_on = '2026-03-03'", "is of 2026-03-03, the notice ran until"),
    "frozen_as_hashed": ("UPDATE snapshot SET content = content || ' ' WHERE kind = 'result'", "is not what was hashed"),
    "hashes_in_trail": ("UPDATE submission SET sha256 = 'x' WHERE id = 1", "the trail has no application:submitted"),
    "one_record_each": (unheard, "certificate:nowhere: 0 in the tables, 1 records"),
    "nothing_after_close": (late, "whose stage ended at"),
    "trail_whole": ("UPDATE audit_head SET link = 'x' WHERE stream LIKE 'round:%'", "head"),
    "lines_as_decided": ("UPDATE result_line SET decided_grade = 'other'", "stands as other, decided was"),
    "applications_as_told": ("UPDATE application SET state = 'not_awarded'", "is not_awarded, told is awarded"),
    "seats_as_told": ("UPDATE assignment SET is_leader = NOT is_leader", "active False, told is"),
    "gates_as_told": ("UPDATE application SET values_seen_at = NULL", "is True False, told is True True"),
    "waivers_as_told": (
        "UPDATE application SET feedback_waived_at = '2026-01-01 00:00:00.000000', feedback_waiver = 'x' WHERE id = 1",
        "is x, told is nothing",
    ),
    "conflicts_as_told": ("DELETE FROM conflict WHERE reason = 'spouse'", "conflict of person"),
    "grants_as_told": ("UPDATE \"grant\" SET role = 'award_office' WHERE role = 'judge'", "award_office authority 1 0 is"),
    "organisations_as_told": ("UPDATE organisation SET name = '假公司' WHERE id = 1", "假公司"),
    "calendar_as_told": ("DELETE FROM calendar_day", "calendar 2026-10-01 is nothing, told is False"),
    "items_as_told": ("UPDATE sheet_item SET percent = 95 WHERE sheet_id = 1 AND item = '4.1.2'", "is at 95, told is"),
    "applications_as_submitted": ("UPDATE answer SET text = '无'", "has another texts than was submitted"),
    "certificates_as_told": ("UPDATE certificate SET holder = '假公司'", "says another holder than the trail tells"),
    "notices_as_told": ("UPDATE notice SET last_day = '2026-03-04'", "says another last_day"),
    "results_as_told": ("UPDATE approval SET document_number = '云政发〔2026〕28号'", "approval "),
    "objections_as_told": ("UPDATE objection SET answer = '撤销公示'", "says another answer"),
    "outcomes_as_told": ("UPDATE paper_outcome SET score_hundredths = 95000", "says another score_hundredths"),
    "acceptances_as_told": ("UPDATE evidence SET code = 'E-9' WHERE id = 1", "says another code"),
    "feedback_as_told": ("UPDATE feedback_comment SET text = '无'", "says another comments"),
    "panels_as_told": ("UPDATE pool_member SET institution = '第九研究院' WHERE id = 1", "says another institution"),
    "sheets_as_told": ("UPDATE sheet SET returned_reason = 'x', state = 'returned' WHERE id = 1", "says another state"),
    "claims_as_told": ("UPDATE claim SET state = 'refused' WHERE id = 1", "says another confirmed"),
    "people_as_told": ("UPDATE person SET email = 'other@example.cn' WHERE id = 1", "says another email"),
    "rounds_as_told": ("UPDATE round_stage SET closes_at = '2027-01-01 00:00:00.000000' WHERE kind = 'notice'", "says another dates"),
}  # fmt: skip
"""By each: what is written past the services, and the words of the offence."""


def test_each_has_its_break() -> None:
    assert [one.name for one in INVARIANTS] == list(BREAKS)


@pytest.mark.parametrize("name", BREAKS)
def test_broken_and_named(whole: World, name: str) -> None:
    how, told = BREAKS[name]
    if callable(how):
        how(whole)
    else:
        with transaction(whole.engine) as to:
            unguard(to)
            to.execute(text(how))
    with db.reading(whole.engine) as session:
        found = ask_all(session)
    assert found[name].offences
    assert told in found[name].first


def test_the_command_says_so(whole: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWARD_DATABASE_URL", str(whole.engine.url))
    settings.cache_clear()
    fine = CliRunner().invoke(app, ["invariants"])
    assert (fine.exit_code, fine.stdout.splitlines()[-1]) == (0, f"{len(INVARIANTS)} invariants, all of them hold")
    with transaction(whole.engine) as to:
        to.execute(text("UPDATE certificate SET grade = 'gold'"))
    broken = CliRunner().invoke(app, ["invariants"])
    assert broken.exit_code == 1
    assert "offending, the first: certificate" in broken.stdout
    assert broken.stdout.splitlines()[-1] == f"{len(INVARIANTS)} invariants, 2 BROKEN"
