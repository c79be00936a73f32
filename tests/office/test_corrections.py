"""Corrections of confirmed outcomes: entered by one, confirmed or refused by another, and what follows from them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from award.applications.models import Application, PaperOutcome
from award.invariants.telling import as_told
from award.invariants.told import OUTCOMES
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction, write_pending
from award.kernel.errors import AwardError, Conflict, Invalid, NotFound, Refused
from award.kernel.files.models import StoredFile
from award.kernel.mail.models import Message
from award.office.checks import Here, outcomes_complete
from award.office.corrections import (
    LEFT_OUT,
    confirm_correction,
    correct_outcome,
    corrections_of,
    refuse_correction,
    versions_of,
)
from award.office.going_on import going_on
from award.office.outcome_entry import Entry
from award.office.outcome_kinds import Deliberation, Interview, SiteVisit
from award.office.outcomes import confirm_outcome, outcomes_of, record_outcome
from award.results.models import AwardDecision, Proposal
from award.results.queries import left_behind
from award.results.service.confirming import confirm_decision
from award.results.service.deciding import decide, propose
from award.rounds.models import Authority, Round
from award.standing.models import Conflict as Conflict_
from tests import make
from tests.conftest import StandingClock
from tests.judging.test_races import together
from tests.office import world
from tests.office.desk import Desk, build
from tests.office.test_outcome_pages import applied

NOW = make.NOW
VISIT = SiteVisit(date(2026, 3, 1), ("王强", "李敏"))
ENTRY = Entry(61_250, False, "现场评审小组一致意见", date(2026, 3, 1), VISIT, file_id=1)
RIGHT = replace(ENTRY, goes_on=True, score_hundredths=71_250, file_id=None)
WHY = "记录为 712.50 分、继续参评，录入时看错一行。"


@pytest.fixture
def site(desk: Desk, session: Session) -> tuple[Round, Application]:
    """An application whose visit ended with its going out: entered by the first of the office, confirmed by the second."""
    for id_ in (1, 2):
        session.add(
            StoredFile(
                id=id_, sha256=str(id_) * 64, size=1, name=f"{id_}.pdf", media_type="application/pdf", extension="pdf", purpose="outcome",
                created_at=NOW,
            )
        )  # fmt: skip
    authority = session.get_one(Authority, desk.authority)
    round_ = desk.found(session, make.round_(session, "site", of=authority, scheme="anhui-province").public_id)
    application = world.application(session, round_, 1)
    record_outcome(session, desk["office"], round_, application, ENTRY, NOW)
    confirm_outcome(session, desk["second"], round_, application, NOW)
    return round_, application


def corrected(desk: Desk, session: Session, site: tuple[Round, Application], who: str = "office", **changes: Any) -> PaperOutcome:
    return correct_outcome(session, desk[who], *site, replace(RIGHT, **changes), WHY, NOW)


def acts(session: Session, outcome: PaperOutcome) -> list[str]:
    write_pending(session)
    query = select(AuditRecord.act).where(AuditRecord.obj == f"outcome:{outcome.public_id}")
    return list(session.scalars(query.order_by(AuditRecord.seq)))


def missing(session: Session, round_: Round) -> list[str]:
    return [one.text.format(**one.params) for one in outcomes_complete(Here(session, round_, NOW))]


# --- the acts -----------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_correction_counts_once_another_has_confirmed_it(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    first = outcomes_of(session, round_)[application.id]
    correction = corrected(desk, session, site)
    assert outcomes_of(session, round_)[application.id] is first
    assert left_behind(session, round_, application.category) == [(application, "site", first.summary)]
    assert missing(session, round_) == ["Corrections of outcomes that wait for a second person: 1"]
    with pytest.raises(Refused) as caught:
        confirm_correction(session, desk["office"], round_, correction, NOW)
    assert caught.value.code == "correction.same_person"
    assert confirm_correction(session, desk["second"], round_, correction, NOW) is correction
    assert confirm_correction(session, desk["second"], round_, correction, NOW) is correction
    assert outcomes_of(session, round_)[application.id] is correction
    assert (first.state, first.score_hundredths, first.goes_on) == ("replaced", 61_250, False)
    assert (correction.number, correction.corrects_id, correction.file_id, correction.reason) == (2, first.id, 1, WHY)
    assert [one for one, _ in versions_of(session, application)] == [correction, first]
    assert left_behind(session, round_, application.category) == []
    assert missing(session, round_) == []
    assert acts(session, correction) == ["outcome:corrected", "outcome:correction_confirmed"]
    assert acts(session, first) == ["outcome:recorded", "outcome:confirmed"]
    assert as_told(*OUTCOMES)(session).offences == 0
    round_.position += 1
    session.flush()
    assert application in session.scalars(going_on(round_)).all()


@pytest.mark.both_databases
def test_a_refused_correction_leaves_everything_as_it_was(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    first = outcomes_of(session, round_)[application.id]
    correction = corrected(desk, session, site)
    with pytest.raises(Invalid) as caught:
        refuse_correction(session, desk["second"], round_, correction, " ", NOW)
    assert [one.field for one in caught.value.errors] == ["refusal"]
    refuse_correction(session, desk["second"], round_, correction, "记录确为 612.50 分。", NOW)
    assert refuse_correction(session, desk["second"], round_, correction, "", NOW) is correction
    assert (correction.state, correction.refusal, correction.confirmed_by) == ("refused", "记录确为 612.50 分。", None)
    assert outcomes_of(session, round_)[application.id] is first
    assert (first.state, missing(session, round_)) == ("confirmed", [])
    assert acts(session, correction) == ["outcome:corrected", "outcome:correction_refused"]
    assert as_told(*OUTCOMES)(session).offences == 0
    for act in (confirm_correction, lambda *args: refuse_correction(*args[:-1], "再次", NOW)):
        with pytest.raises(Conflict) as over:
            act(session, desk["office"], round_, correction, NOW)
        assert over.value.code == "correction.over"
    again = corrected(desk, session, site, who="second")
    assert (again.number, again.corrects_id) == (3, first.id)
    confirm_correction(session, desk["office"], round_, again, NOW)
    write_pending(session)
    assert as_told(*OUTCOMES)(session).offences == 0


def declined(session: Session) -> list[tuple[int | None, dict[str, Any]]]:
    """Who was written that his correction does not take effect, and what."""
    query = select(Message).where(Message.template == "second_person_declined").order_by(Message.id)
    return [(one.person_id, json.loads(one.context)) for one in session.scalars(query)]


@pytest.mark.both_databases
def test_who_entered_it_is_written_why_it_was_declined(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    correction = corrected(desk, session, site)
    for _ in range(2):
        refuse_correction(session, desk["second"], round_, correction, "记录确为 612.50 分。", NOW)
    ((person, told),) = declined(session)
    assert person == desk["office"].person_id
    assert (told["reason"], told["by"]) == ("记录确为 612.50 分。", desk["second"].name)
    assert (told["what"], told["about"]) == ("结果更正", application.entrant)
    assert told["address"].endswith(f"/office/rounds/{round_.public_id}/outcomes/{application.public_id}/versions")
    # A second one of the same person is another reason.
    refuse_correction(session, desk["second"], round_, corrected(desk, session, site), "仍为 612.50 分。", NOW)
    assert [one["reason"] for _, one in declined(session)] == ["记录确为 612.50 分。", "仍为 612.50 分。"]


def test_nobody_is_written_who_took_it_back_himself_or_may_not_know_of_it_any_more(
    desk: Desk, session: Session, site: tuple[Round, Application]
) -> None:
    round_, application = site
    refuse_correction(session, desk["office"], round_, corrected(desk, session, site), "录入有误，撤回。", NOW)
    correction = corrected(desk, session, site)
    session.add(Conflict_(
        person_id=desk["office"].person_id, application_id=application.id, source="office", reason="spouse", declared_at=NOW,
    ))  # fmt: skip
    refuse_correction(session, desk["second"], round_, correction, "记录确为 612.50 分。", NOW)
    assert declined(session) == []


def test_who_entered_it_may_take_it_back(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    correction = corrected(desk, session, site)
    refuse_correction(session, desk["office"], site[0], correction, "又看错了。", NOW)
    assert (correction.state, correction.refused_by) == ("refused", desk["office"].person_id)


def test_the_colleague_is_asked(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    corrected(desk, session, site)
    assert make.asked(session)[-1] == (desk["second"].public_id, "结果更正", site[1].entrant)


@pytest.mark.both_databases
def test_one_correction_at_a_time(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    first = corrected(desk, session, site)
    assert corrected(desk, session, site) is first
    for who, changes in (("office", {"score_hundredths": 1}), ("second", {})):
        with pytest.raises(Conflict) as caught:
            corrected(desk, session, site, who=who, **changes)
        assert caught.value.code == "correction.waiting"
    assert session.scalar(select(func.count(PaperOutcome.id))) == 2


@pytest.mark.parametrize(
    ("entry", "reason", "field"),
    [
        (RIGHT, "  ", "reason"),
        (replace(ENTRY, file_id=None), WHY, "held_on"),
        (ENTRY, WHY, "held_on"),
        (replace(RIGHT, score_hundredths=None), WHY, "score"),
        (replace(RIGHT, summary=""), WHY, "summary"),
    ],
)
def test_what_is_refused(
    desk: Desk, session: Session, site: tuple[Round, Application], entry: Entry, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        correct_outcome(session, desk["office"], *site, entry, reason, NOW)
    assert [one.field for one in caught.value.errors] == [field]
    assert corrections_of(session, site[0]) == {}


def test_another_paper_alone_is_a_correction(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    made = correct_outcome(session, desk["office"], *site, replace(ENTRY, file_id=2), WHY, NOW)
    confirm_correction(session, desk["second"], site[0], made, NOW)
    assert [one.file_id for one, _ in versions_of(session, site[1])] == [2, 1]


def test_the_same_paper_once_more_changes_nothing(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    session.get_one(StoredFile, 2).sha256 = "1" * 64
    with pytest.raises(Invalid) as caught:
        correct_outcome(session, desk["office"], *site, replace(ENTRY, file_id=2), WHY, NOW)
    assert [one.field for one in caught.value.errors] == ["held_on"]


def test_what_nobody_has_confirmed_is_entered_anew(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    other = world.application(session, site[0], 2)
    record_outcome(session, desk["office"], site[0], other, ENTRY, NOW)
    with pytest.raises(Conflict) as caught:
        corrected(desk, session, (site[0], other))
    assert caught.value.code == "correction.unconfirmed"


def test_a_stage_that_is_over_stays_as_it_was(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_ = site[0]
    waiting = corrected(desk, session, site)
    round_.position += 1
    session.flush()
    acts_on_it = (
        lambda: confirm_correction(session, desk["second"], round_, waiting, NOW),
        lambda: refuse_correction(session, desk["second"], round_, waiting, "x", NOW),
        lambda: corrected(desk, session, site),
    )
    for act in acts_on_it:
        with pytest.raises(Conflict) as caught:
            act()
        assert (caught.value.code, caught.value.text) == ("correction.stage_over", LEFT_OUT)


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("applicant", 404), ("supervisor", 403), ("committee", 403)])
def test_nobody_else(desk: Desk, session: Session, site: tuple[Round, Application], who: str, status: int) -> None:
    waiting = corrected(desk, session, site)
    for act in (
        lambda: corrected(desk, session, site, who=who),
        lambda: confirm_correction(session, desk[who], site[0], waiting, NOW),
        lambda: refuse_correction(session, desk[who], site[0], waiting, "x", NOW),
    ):
        with pytest.raises(AwardError) as caught:
            act()
        assert caught.value.status == status


def test_a_first_entry_is_no_correction(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    first = outcomes_of(session, site[0])[site[1].id]
    with pytest.raises(NotFound):
        refuse_correction(session, desk["second"], site[0], first, "x", NOW)


def test_an_application_that_left_is_not_corrected(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    site[1].state = "withdrawn"
    session.flush()
    with pytest.raises(Conflict) as caught:
        corrected(desk, session, site)
    assert caught.value.code == "application.out"


def test_forged_rows_are_found(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    """A correction put in force past the office, and one that takes the place of nothing."""
    waiting = corrected(desk, session, site)
    write_pending(session)
    ours = PaperOutcome.application_id == site[1].id
    session.execute(update(PaperOutcome).where(ours, PaperOutcome.number == 1).values(state="replaced"))
    assert "another state" in as_told(*OUTCOMES)(session).first
    session.execute(update(PaperOutcome).where(PaperOutcome.id == waiting.id).values(state="confirmed", confirmed_by=waiting.recorded_by))
    assert "another state" in as_told(*OUTCOMES)(session).first


# --- what follows from it -----------------------------------------------------------------------------------


def test_two_that_were_mixed_up_are_changed(desk: Desk, session: Session) -> None:
    """Numbers drawn, one for the other: each correction is let through, and the stage ends when none is given twice."""
    authority = session.get_one(Authority, desk.authority)
    round_ = desk.found(session, make.round_(session, "interview", of=authority, scheme="anhui-province").public_id)
    pair = [world.application(session, round_, at) for at in (1, 2)]
    entries = [replace(ENTRY, goes_on=True, content=Interview(at), file_id=make.stored_file(session)) for at in (1, 2)]
    for application, entry in zip(pair, entries, strict=True):
        record_outcome(session, desk["office"], round_, application, entry, NOW)
        confirm_outcome(session, desk["second"], round_, application, NOW)
    for application, entry, told in (
        (pair[0], entries[1], ["Outcomes that share their place or number with another and are to be corrected: 2"]),
        (pair[1], entries[0], []),
    ):
        made = correct_outcome(session, desk["office"], round_, application, entry, WHY, NOW)
        confirm_correction(session, desk["second"], round_, made, NOW)
        assert missing(session, round_) == told


VOTE = Entry(None, True, "表决通过", date(2026, 3, 1), Deliberation(9, 9, 8, 1, 0))
"""Without its signed record."""


def test_a_decision_waits_for_a_correction_and_stands_where_that_changes_no_ranking(desk: Desk, session: Session) -> None:
    """Jiangsu votes on paper: a slip in the numbers of a vote leaves the decision as it is."""
    authority = session.get_one(Authority, desk.authority)
    round_ = desk.found(session, make.round_(session, "deliberate", of=authority, scheme="jiangsu-governor").public_id)
    application = world.application(session, round_, 1)
    application.gate_opened_at = NOW - timedelta(1)
    with pytest.raises(Invalid) as unsigned:
        record_outcome(session, desk["office"], round_, application, VOTE, NOW)
    assert [one.field for one in unsigned.value.errors] == ["file"]
    record_outcome(session, desk["office"], round_, application, replace(VOTE, file_id=make.stored_file(session)), NOW)
    confirm_outcome(session, desk["second"], round_, application, NOW)
    proposal = propose(session, desk["office"], round_, application.category, NOW)
    out = replace(VOTE, goes_on=False, content=Deliberation(9, 9, 1, 8, 0))
    waiting = correct_outcome(session, desk["second"], round_, application, out, WHY, NOW)

    def decided() -> AwardDecision:
        grades = {application.public_id: ""}
        return decide(
            session, desk["office"], round_, proposal, held_on=date(2026, 3, 1), members=["王强"], grades=grades,
            deviations=grades | {application.public_id: "缺席"}, now=NOW,
        )  # fmt: skip

    with pytest.raises(Conflict) as caught:
        decided()
    assert caught.value.code == "result.outcomes_waiting"
    refuse_correction(session, desk["office"], round_, waiting, "票数无误。", NOW)
    confirm_decision(session, desk["second"], round_, decided(), NOW)
    slip = replace(VOTE, content=Deliberation(9, 9, 7, 1, 1))
    made = correct_outcome(session, desk["second"], round_, application, slip, WHY, NOW)
    assert confirm_correction(session, desk["office"], round_, made, NOW).state == "confirmed"
    assert session.scalars(select(Proposal.number)).all() == [1]
    assert session.scalars(select(AwardDecision.state)).all() == ["in_force"]


# --- at once ------------------------------------------------------------------------------------------------


def test_of_two_at_once_one_is_taken(any_engine: Engine, clock: StandingClock) -> None:
    """Two of the office correct at the same time; then one confirms while the other gives up."""
    desk = build(any_engine)
    public_id = desk.round("interview", "jiangsu-governor")
    with transaction(any_engine) as to:
        own = replace(ENTRY, goes_on=True, content=Interview(1), file_id=make.stored_file(to))

    def within(act: Callable[[Session, Round, Application], PaperOutcome]) -> str:
        with transaction(any_engine) as session:
            round_ = desk.found(session, public_id)
            application = session.scalars(select(Application).where(Application.round_id == round_.id)).one()
            return act(session, round_, application).state

    applied(desk, public_id, "interview")
    within(lambda session, *to: record_outcome(session, desk["office"], *to, own, NOW))
    within(lambda session, *to: confirm_outcome(session, desk["second"], *to, NOW))

    def entered(who: str, score: int) -> str:
        changed = replace(own, score_hundredths=score)
        return within(lambda session, *to: correct_outcome(session, desk[who], *to, changed, WHY, NOW))

    def ended(who: str, act: Callable[..., PaperOutcome], *more: str) -> str:
        def last(session: Session, round_: Round, application: Application) -> PaperOutcome:
            found = session.scalars(select(PaperOutcome).where(PaperOutcome.number == 2)).one()
            return act(session, desk[who], round_, found, *more, NOW)

        return within(last)

    first = together([lambda: entered("office", 1), lambda: entered("second", 2)])
    assert sorted(getattr(one, "code", one) for one in first) == ["correction.waiting", "recorded"]
    confirmer = "second" if first[0] == "recorded" else "office"
    other = "office" if confirmer == "second" else "second"
    second = together([lambda: ended(confirmer, confirm_correction), lambda: ended(other, refuse_correction, "误录")])
    assert sorted(getattr(one, "code", one) for one in second) in (["confirmed", "correction.over"], ["correction.over", "refused"])
