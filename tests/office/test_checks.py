"""Exit checks: what each finds missing, and that each can be passed."""

import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import AcceptanceDecision, Application, PaperOutcome
from award.judging.models import FeedbackReport
from award.kernel.actor import Role, Scope
from award.office.checks import CHECKS, TITLES, Here, missing_in
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal, Publication
from award.rounds import service as rounds
from award.rounds.models import Round, Snapshot
from award.rounds.queries import stage_of
from award.stages import TABLE
from tests import make
from tests.office import world
from tests.office.desk import Desk

NOW = make.NOW


def texts(session: Session, round_: Round, check: str) -> list[str]:
    return [one.text.format(**one.params) if "{count}" in one.text else one.text for one in CHECKS[check](Here(session, round_, NOW))]


def at(desk: Desk, session: Session, stage: str, scheme: str = "yunchuan-mayor") -> Round:
    made = make.round_(session, stage, scheme=scheme)
    assert made.award.authority_id != desk.authority
    return desk.found(session, made.public_id)


def snapshot(session: Session, round_: Round, kind: str) -> Snapshot:
    made = Snapshot(round_id=round_.id, kind=kind, number=1, content="{}", sha256=hashlib.sha256(b"{}").hexdigest(), published_at=NOW)
    session.add(made)
    session.flush()
    return made


def test_every_check_of_the_stage_table_exists_and_has_a_title() -> None:
    needed = {name for stage in TABLE.values() for name in stage.needs}
    assert needed == set(CHECKS) == set(TITLES)
    assert len(needed) == 16


def test_dates_and_call(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "setup")
    for stage in round_.stages:
        stage.opens_at = stage.closes_at = None
    assert texts(session, round_, "dates_complete") == ["Stages without dates: {stages}"]
    assert texts(session, round_, "call_published") == ["The call for applications has not been published"]
    assert {one.page for one in missing_in(Here(session, round_, NOW))} == {"calendar"}


def test_a_call_that_no_longer_agrees_is_missing_again(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "setup")
    content = rounds.call_content(session, round_)
    rounds.publish_snapshot(session, desk["office"], round_, "call", content, NOW)
    assert texts(session, round_, "call_published") == []
    round_.award.authority.contact = "somebody else"
    assert texts(session, round_, "call_published")[0].startswith("The published call no longer agrees")


def test_the_deadline_itself_has_passed(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "apply")
    stage_of(round_).closes_at = NOW
    assert texts(session, round_, "deadline_passed") == []
    stage_of(round_).closes_at = NOW + timedelta(seconds=1)
    assert texts(session, round_, "deadline_passed") == ["The deadline has not passed; it is {until}"]


@pytest.mark.parametrize(("state", "counts"), [("draft", False), ("withdrawn", False), ("submitted", True)])
def test_somebody_must_have_applied(desk: Desk, session: Session, state: str, counts: bool) -> None:
    round_ = at(desk, session, "apply")
    world.application(session, round_, 1, state)
    assert bool(texts(session, round_, "applications_present")) is not counts


def test_every_application_is_decided_on(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "accept")
    made = {state: world.application(session, round_, n, state) for n, state in enumerate(("submitted", "correction", "resubmitted"))}
    waiting = made["submitted"]
    session.add(
        AcceptanceDecision(
            application_id=waiting.id, kind="refuse", state="waiting", decided_by=waiting.contact_person_id, decided_at=NOW
        )
    )  # fmt: skip
    assert texts(session, round_, "applications_decided") == [
        "Applications to be decided on: 2",
        "Applications with their applicant for correction: 1",
        "Refusals that wait for a second person: 1",
    ]


def test_somebody_must_be_left_to_judge(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "accept")
    world.application(session, round_, 1, "rejected")
    assert texts(session, round_, "applications_decided") == ["No application has been accepted"]
    world.application(session, round_, 2, "accepted")
    assert texts(session, round_, "applications_decided") == []


def test_panels_need_their_size_and_a_leader(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "assign")
    people = world.judges(session, 5)
    whole, short, headless = (world.application(session, round_, n) for n in range(3))
    world.application(session, round_, 9, "withdrawn")
    world.panel(session, whole, people)
    seats = world.panel(session, short, people)
    seats[4].state = "recused"
    world.panel(session, headless, people, leader=False)
    assert texts(session, round_, "panels_complete") == [
        "Applications with fewer than 5 judges: 1",
        "Panels without a leader: 1",
    ]


def test_sheets_of_all_judges_must_be_in(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "score")
    first, second = world.application(session, round_, 1), world.application(session, round_, 2)
    people = world.judges(session, 5)
    for seat in world.panel(session, first, people):
        world.sheet(session, seat, 50_000)
    seats = world.panel(session, second, people)
    world.sheet(session, seats[0], 50_000)
    world.sheet(session, seats[1], None)
    seats[4].state = "recused"
    assert texts(session, round_, "sheets_complete") == [
        "Score sheets not yet submitted: 3",
        "Applications with fewer judges than the 5 sheets a figure needs: 1",
    ]


def test_outcomes_are_recorded_and_confirmed_for_who_is_still_in(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "interview", "anhui-province")
    site = round_.stages[round_.position - 1]
    gone, open_, recorded, confirmed = (world.application(session, round_, n) for n in range(4))
    someone = gone.contact_person_id

    def outcome(stage_id: int, application_id: int, state: str, goes_on: bool) -> PaperOutcome:
        return PaperOutcome(
            round_stage_id=stage_id, application_id=application_id, state=state, goes_on=goes_on, summary="s",
            held_on=NOW.date(), recorded_by=someone, recorded_at=NOW,
        )  # fmt: skip

    here = stage_of(round_).id
    session.add_all([
        outcome(site.id, gone.id, "confirmed", False),
        outcome(site.id, open_.id, "recorded", False),  # unconfirmed: it is still in the round
        outcome(here, recorded.id, "recorded", True),
        outcome(here, confirmed.id, "confirmed", False),  # goes out here, so its outcome is there
    ])  # fmt: skip
    session.flush()
    assert texts(session, round_, "outcomes_complete") == [
        "Outcomes to be recorded: 1", "Outcomes that wait for a second person: 1",
    ]  # fmt: skip


def test_the_last_proposal_of_each_category_is_decided(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "notice")
    someone = world.application(session, round_, 1).contact_person_id
    proposals = [
        Proposal(round_id=round_.id, category="organisation", number=n, content="{}", sha256="0" * 64, proposed_at=NOW, proposed_by=someone)
        for n in (1, 2)
    ]
    session.add_all(proposals)
    session.flush()

    def decide(proposal: Proposal) -> list[str]:
        decision = AwardDecision(proposal_id=proposal.id, held_on=NOW.date(), members=[], decided_at=NOW, recorded_by=someone)
        session.add(decision)
        session.flush()
        waiting = texts(session, round_, "decision_made")
        decision.state = "in_force"
        session.flush()
        return waiting

    assert decide(proposals[0]) == ["Decisions that wait for a second person: {categories}"]
    assert texts(session, round_, "decision_made") == ["Categories without a decision: {categories}"]
    decide(proposals[1])
    assert texts(session, round_, "decision_made") == []


def test_notice_objections_approval_publication(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "notice")
    someone = make.person(session).id
    for check in ("notice_published", "approval_recorded", "result_published"):
        assert len(texts(session, round_, check)) == 1
    for check in ("notice_over", "objections_answered"):  # nothing that could be over or answered
        assert texts(session, round_, check) == ["Not yet: it follows the publication of the notice"]
    notice = Notice(
        round_id=round_.id, document_number="1", first_day=date(2026, 3, 2), last_day=date(2026, 3, 6),
        closes_at=NOW + timedelta(4), contact="", snapshot_id=snapshot(session, round_, "notice").id, published_at=NOW,
        published_by=someone,
    )  # fmt: skip
    session.add(notice)
    session.flush()
    objection = Objection(
        round_id=round_.id, number=1, notice_id=notice.id, receipt="R1", code_sha256="0" * 64, name="n", contact="c", text="t",
        received_on=NOW.date(), filed_at=NOW,
    )  # fmt: skip
    session.add(objection)
    session.flush()
    assert texts(session, round_, "notice_published") == []
    assert texts(session, round_, "notice_over") == ["The public notice runs until {until}"]
    assert texts(session, round_, "objections_answered") == ["Objections to be answered: {receipts}"]
    notice.closes_at, objection.state = NOW, "answered"
    for effect, left in (("none", []), ("correction", ["A corrected notice is to be published"]),
                         ("amendment", ["Objections that call for an amended decision: {receipts}"])):  # fmt: skip
        objection.effect = effect
        session.flush()
        assert texts(session, round_, "objections_settled") == left
    objection.effect = "none"
    result = snapshot(session, round_, "result")
    session.add_all([
        Approval(
            round_id=round_.id, approved_by="市政府", document_number="1", approved_on=NOW.date(), recorded_at=NOW,
            recorded_by=someone, state="in_force",
        ),
        Publication(round_id=round_.id, snapshot_id=result.id, published_at=NOW, published_by=someone),
    ])  # fmt: skip
    session.flush()
    for check in ("notice_over", "objections_answered", "approval_recorded", "result_published"):
        assert texts(session, round_, check) == []


def judged(session: Session, round_: Round, number: int, state: str, report: str, leader: Person | None) -> Application:
    """An application whose sheets are all in, with its report. report: its state, "" for none."""
    made = world.application(session, round_, number, state)
    made.gate_opened_at = NOW
    if leader is not None:
        world.panel(session, made, [leader])
    if report:
        session.add(FeedbackReport(application_id=made.id, sheets=[], state=report, started_at=NOW, written_by=made.contact_person_id))
    session.flush()
    return made


def test_every_report_is_released_or_its_applicant_is_told_why_there_is_none(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "publish")
    leader = make.person(session, "组长")
    make.grant(session, leader, Role.JUDGE, Scope.AUTHORITY, round_.award.authority_id)
    for number, (state, report) in enumerate((
        ("awarded", ""), ("not_awarded", ""), ("not_awarded", "drafting"), ("awarded", "waiting"), ("awarded", "released"),
        ("not_awarded", "acknowledged"), ("revoked", ""), ("revoked", "drafting"), ("withdrawn", "drafting"),
    )):  # fmt: skip
        judged(session, round_, number, state, report, leader)
    judged(session, round_, 20, "awarded", "", None)
    world.application(session, round_, 21, "awarded")  # judged on paper: no sheets, no report
    nobody = "Feedback reports that nobody can write any more, so that the applicant is to be told why there is none: {}"
    assert texts(session, round_, "reports_released") == [
        "Feedback reports that their panel leaders have not begun: 2",
        "Feedback reports their panel leaders are still writing: 1",
        nobody.format(1),
        "Feedback reports that wait for their release: 1",
    ]
    assert {one.page for one in CHECKS["reports_released"](Here(session, round_, NOW))} == {"feedback"}
    leader.is_active = False
    session.flush()
    assert texts(session, round_, "reports_released") == [nobody.format(4), "Feedback reports that wait for their release: 1"]


def test_a_round_without_sheets_asks_for_no_report(desk: Desk, session: Session) -> None:
    round_ = at(desk, session, "publish")
    world.application(session, round_, 1, "awarded")
    assert texts(session, round_, "reports_released") == []
