"""What somebody may write past the services where all hashes stay right: the trail tells otherwise, and the check says so."""

import pytest
from sqlalchemy import text

from award.invariants.commands import ask_all
from award.kernel import db
from award.kernel.audit.trail import transaction
from tests.judging.world import World
from tests.policy.doors import unguard

OFFICER = "(SELECT person_id FROM \"grant\" WHERE role = 'award_office' LIMIT 1)"
MOMENT = "'2027-01-01 00:00:00.000000'"
GIVEN = f"""
    INSERT INTO "grant" (public_id, person_id, role, scope, scope_id, authority_id, valid_from)
    SELECT 'x', min(id), 'supervisor', 'authority', 1, 0, {MOMENT} FROM person
"""
FORGED_CORRECTION = f"""
    INSERT INTO paper_outcome
    (public_id, round_stage_id, application_id, number, corrects_id, reason, state, score_hundredths, goes_on, summary, content,
     held_on, recorded_by, recorded_at, confirmed_by, confirmed_at, refusal)
    SELECT 'x', round_stage_id, application_id, 4, id, 'x', 'refused', 99000, 1, summary, content,
     held_on, recorded_by, {MOMENT}, confirmed_by, {MOMENT}, '' FROM paper_outcome WHERE number = 2
"""
TAMPERED = {
    "certificates_as_told": {
        "number": "UPDATE certificate SET number = '假字第1号' WHERE id = 1",
        "issued_on": "UPDATE certificate SET issued_on = '2020-01-01'",
        "valid_until": "UPDATE certificate SET valid_until = '2099-01-01'",
        "code": "UPDATE certificate SET code = 'AAAAAAAAAAAA' WHERE id = 1",
        "award_title": "UPDATE certificate SET award_title = '国家质量奖'",
        "issuer": "UPDATE certificate SET issuer = '国务院'",
        "grade": "UPDATE certificate SET grade = 'gold'",
        "another by": f"UPDATE certificate SET issued_by = (SELECT max(id) FROM person WHERE id <> {OFFICER})",
        "revoked certificate": f"UPDATE certificate SET revoked_at = {MOMENT}",
        "certificate:issued, is gone": "DELETE FROM audit_opening WHERE stream LIKE 'round:%'",
        "the trail tells nothing of it": "UPDATE certificate SET public_id = 'x' WHERE id = 1",
        "is not in the tables": "DELETE FROM certificate",
        "another code": "UPDATE application SET certificate_code = 'AAAAAAAAAAAA'",
    },
    "applications_as_submitted": {
        "another sector than": "UPDATE application SET sector = 'services' WHERE id = 1",
        "another facts than": "UPDATE application SET profile = '{\"nominee\": \"他人\"}' WHERE id = 1",
        "another texts than": "UPDATE answer SET text = text || '。' WHERE application_id = 1 AND part = '4.1.2'",
        "another texts": "DELETE FROM answer WHERE application_id = 2",
        "another evidence than": "UPDATE evidence SET title = '他人的报告' WHERE id = 1",
        "another evidence": f"UPDATE evidence SET removed_at = {MOMENT} WHERE id = 1",
        "another moment than": f"UPDATE submission SET submitted_at = {MOMENT}",
    },
    "organisations_as_told": {
        "他市一号": "UPDATE organisation SET address = '他市一号' WHERE id = 1",
        "X9": "UPDATE organisation SET credit_code = 'X9' WHERE id = 1",
        "is nothing, told is": "UPDATE organisation SET public_id = 'x' WHERE id = 1",
    },
    "calendar_as_told": {
        "2026-10-01 is True, told is False": "UPDATE calendar_day SET is_workday = 1",
        "2026-03-02 is False, told is nothing": "INSERT INTO calendar_day (day, is_workday, name) VALUES ('2026-03-02', 0, '')",
        "calendar 2026 is 他人": "UPDATE calendar_year SET source = '他人'",
    },
    "applications_as_told": {
        "revoked": "UPDATE application SET state = 'revoked' WHERE id = 1",
        "is resubmitted, told is": "UPDATE application SET state = 'resubmitted' WHERE id = 2",
    },
    "grants_as_told": {
        "is nothing, told is": "DELETE FROM \"grant\" WHERE role = 'judge'",
        "supervisor authority 1 0 is": GIVEN,
        "told is": f"UPDATE \"grant\" SET valid_until = {MOMENT} WHERE role = 'supervisor'",
        "judge authority 1 0 is nothing": f"UPDATE \"grant\" SET revoked_at = {MOMENT} WHERE role = 'judge'",
    },
    "results_as_told": {
        "approval ": "UPDATE approval SET approved_on = '2020-01-01'",
        "approved_by": "UPDATE approval SET approved_by = '他人'",
        "members": "UPDATE award_decision SET members = '[\"他人\"]'",
        "grades": "UPDATE award_decision SET grades = '{}'",
        "another state": "UPDATE award_decision SET state = 'replaced'",
        "another by": f"UPDATE award_decision SET recorded_by = (SELECT max(id) FROM person WHERE id <> {OFFICER})",
        "sha256": "UPDATE proposal SET sha256 = 'x'",
        "snapshot": "UPDATE publication SET snapshot_id = (SELECT id FROM snapshot WHERE kind = 'notice')",
    },
    "notices_as_told": {
        "closes_at": f"UPDATE notice SET closes_at = {MOMENT}",
        "number": "UPDATE notice SET document_number = '云质评〔2026〕9号'",
        "contact": "UPDATE notice SET contact = '无'",
        "first_day": "UPDATE notice SET first_day = '2026-03-01'",
    },
    "rounds_as_told": {
        "change of dates": "UPDATE date_change SET reason = 'x'",
        "proposed dates": "UPDATE date_change SET proposed_by = (SELECT max(id) FROM person)",
        "dates": f"UPDATE round_stage SET opens_at = {MOMENT} WHERE kind = 'score'",
        "entered": "UPDATE round SET position = position + 1",
        "year": "UPDATE round SET year = 2027",
        "scheme_sha256": "UPDATE round SET scheme_sha256 = (SELECT sha256 FROM ruleset WHERE kind = 'criteria' LIMIT 1)",
    },
    "feedback_as_told": {
        "summary": "UPDATE feedback_report SET summary = '无'",
        "another state": "UPDATE feedback_report SET state = 'waiting'",
        "comments": "UPDATE feedback_comment SET effect = 5",
        "another comments": "DELETE FROM feedback_comment",
        "another acknowledged_at": f"UPDATE feedback_report SET acknowledged_at = {MOMENT}",
        "another by": "UPDATE feedback_report SET acknowledged_by = 1",
        "is told of in the trail": "UPDATE feedback_report SET acknowledged_at = NULL",
    },
    "objections_as_told": {
        "effect": "UPDATE objection SET effect = 'amendment'",
        "text": "UPDATE objection SET text = '无异议'",
        "received_on": "UPDATE objection SET received_on = '2026-01-01'",
        "another state": "UPDATE objection SET state = 'examined'",
        "examined objection": "UPDATE objection SET examined_by = answered_by",
        "answered objection": "UPDATE objection SET answered_by = examined_by",
    },
    "outcomes_as_told": {
        "goes_on": "UPDATE paper_outcome SET goes_on = 0",
        "said": "UPDATE paper_outcome SET content = '{}'",
        "held_on": "UPDATE paper_outcome SET held_on = '2026-02-01'",
        "another state": "UPDATE paper_outcome SET state = 'recorded' WHERE number = 2",
        "another by": "UPDATE paper_outcome SET confirmed_by = recorded_by",
        "another reason": "UPDATE paper_outcome SET reason = 'x' WHERE number = 2",
        "another refusal": "UPDATE paper_outcome SET refusal = '' WHERE number = 3",
        "another corrects": "UPDATE paper_outcome SET corrects_id = NULL WHERE number = 3",
        "another state than the trail tells": "UPDATE paper_outcome SET state = 'refused' WHERE number = 2",
        "the trail tells nothing of it": FORGED_CORRECTION,
    },
    "left_out_stay_out": {
        "stands in the decision": "UPDATE paper_outcome SET goes_on = 0 WHERE number = 2",
        "was not left out and is missing from the decision": "DELETE FROM result_line WHERE id = 1",
    },
    "conflicts_as_told": {
        "conflict of person": "UPDATE conflict SET reason = 'x'",
        "declaration of person": "UPDATE declaration SET wording = '有利益冲突' WHERE id = 1",
    },
    "seats_as_told": {
        "removed": "UPDATE assignment SET state = 'removed' WHERE id = 1",
        "seat": f"UPDATE assignment SET person_id = {OFFICER} WHERE id = 1",
        "told is": "UPDATE assignment SET state = 'active' WHERE state = 'recused'",
    },
    "claims_as_told": {
        "another by": "UPDATE claim SET decided_by = person_id",
        "credit_code": "UPDATE organisation SET credit_code = '9135010' || credit_code",
        "confirmed": "UPDATE claim SET state = 'pending' WHERE id = 1",
    },
    "gates_as_told": {"is False True, told is": "UPDATE application SET gate_opened_at = NULL WHERE id = 1"},
    "waivers_as_told": {
        "is nothing, told is 组长离任": "UPDATE application SET feedback_waived_at = NULL",
        "is 别的原因, told is 组长离任": "UPDATE application SET feedback_waiver = '别的原因'",
    },
    "people_as_told": {
        "name": "UPDATE person SET name = '他人' WHERE id = 1",
        "another state": "UPDATE person SET is_active = 0 WHERE id = 1",
        "another role": "UPDATE invitation SET role = 'system_administrator'",
        "another scope_id": "UPDATE invitation SET scope_id = 2",
    },
    "panels_as_told": {
        "reason": "UPDATE panel_change SET reason = 'x'",
        "active": "UPDATE pool_member SET is_active = 0 WHERE id = 1",
        "last_day": "UPDATE pool_member SET last_day = '2199-01-01' WHERE id = 1",
    },
    "sheets_as_told": {
        "total": "UPDATE sheet SET total_hundredths = 5 WHERE id = 1",
        "another by": f"UPDATE sheet SET person_id = {OFFICER} WHERE id = 1",
    },
    "items_as_told": {
        "shows other marks than": "UPDATE sheet SET marks = '{\"4.1.2\": 95}'",
        "other comments or factors": "UPDATE sheet_item SET comments = '[]' WHERE item = '4.1.2'",
        "is not in the tables": "DELETE FROM sheet_item WHERE item = '4.1.2'",
        "the trail tells nothing of it": "UPDATE sheet_item SET item = '9.9.9' WHERE item = '4.1.2'",
    },
    "acceptances_as_told": {
        "number": "UPDATE application SET number = '2026-X' WHERE id = 1",
        "another of": "UPDATE evidence SET application_id = 2, code = 'E-7' WHERE id = 1",
        "sha256": "UPDATE evidence SET file_id = (SELECT max(file_id) FROM evidence) WHERE id = 1",
        "another state": "UPDATE acceptance_decision SET state = 'rejected' WHERE id = 1",
        "another sector": "UPDATE application SET sector = 'services' WHERE id = 1",
        "another category": "UPDATE application SET category = 'team' WHERE id = 1",
        "another fields": "UPDATE application SET profile = '{\"nominee\": \"他人\"}' WHERE id = 1",
        "another contact": f"UPDATE application SET contact_person_id = {OFFICER} WHERE id = 1",
        "another submitted_at": f"UPDATE application SET submitted_at = {MOMENT} WHERE id = 1",
        "submitted application": "UPDATE application SET submitted_at = NULL WHERE id = 1",
        "returned application": f"UPDATE application SET correction_due_at = {MOMENT} WHERE id = 1",
        "the trail tells nothing of it": "UPDATE application SET corrections = 1 WHERE id = 1",
    },
}
"""By the check that must find it, and the words it finds it with."""
CASES = [(name, told, how) for name, cases in TAMPERED.items() for told, how in cases.items()]


@pytest.mark.parametrize(("name", "told", "how"), CASES)
def test_what_the_trail_tells_otherwise_is_found(whole: World, name: str, told: str, how: str) -> None:
    with transaction(whole.engine) as to:
        unguard(to)
        to.execute(text(how))
    with db.reading(whole.engine) as session:
        found = ask_all(session)[name]
    assert found.offences
    assert told in found.first
