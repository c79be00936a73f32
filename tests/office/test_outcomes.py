"""Outcomes of stages held on paper: entered by one, confirmed by another."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import write_pending
from award.kernel.errors import AwardError, Conflict, Invalid, NotFound, Refused
from award.kernel.files.models import StoredFile
from award.office.outcome_entry import Entry
from award.office.outcome_kinds import Consensus, Interview, SiteVisit
from award.office.outcomes import confirm_outcome, fingerprint_of, outcomes_of, record_outcome, require_paper
from award.rounds.models import Authority, Round
from award.rounds.queries import stage_of
from award.standing.models import Conflict as Interest
from tests import make
from tests.office import world
from tests.office.desk import Desk

NOW = make.NOW
VISIT = SiteVisit(date(2026, 3, 1), ("王强", "李敏"))
ENTRY = Entry(61_250, True, "现场评审小组一致意见", date(2026, 3, 1), VISIT, file_id=1)


@pytest.fixture
def site(desk: Desk, session: Session) -> tuple[Round, Application]:
    session.add(
        StoredFile(
            id=1, sha256="0" * 64, size=1, name="r.pdf", media_type="application/pdf", extension="pdf", purpose="outcome",
            created_at=NOW,
        )
    )  # fmt: skip
    public_id = make.round_(session, "site", of=authority_of(desk, session), scheme="anhui-province").public_id
    round_ = desk.found(session, public_id)
    return round_, world.application(session, round_, 1)


def authority_of(desk: Desk, session: Session) -> Authority:
    return session.get_one(Authority, desk.authority)


def test_it_counts_once_a_second_person_has_confirmed_it(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    outcome = record_outcome(session, desk["office"], round_, application, ENTRY, NOW)
    assert (outcome.state, outcome.score_hundredths) == ("recorded", 61_250)
    with pytest.raises(Refused) as caught:
        confirm_outcome(session, desk["office"], round_, application, NOW)
    assert caught.value.code == "outcome.same_person"
    confirmed = confirm_outcome(session, desk["second"], round_, application, NOW)
    assert confirmed.state == "confirmed"
    assert confirm_outcome(session, desk["second"], round_, application, NOW) is confirmed
    write_pending(session)
    query = select(AuditRecord.act).where(AuditRecord.obj == f"outcome:{outcome.public_id}")
    acts = list(session.scalars(query.order_by(AuditRecord.seq)))
    assert acts == ["outcome:recorded", "outcome:confirmed"]


def test_no_visit_before_the_application_was_accepted(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    """Visited on 1 March, accepted on the 2nd."""
    round_, application = site
    application.submitted_at, application.accepted_at = NOW - timedelta(9), NOW
    with pytest.raises(Invalid) as caught:
        record_outcome(session, desk["office"], round_, application, ENTRY, NOW)
    assert [(one.field, one.params) for one in caught.value.errors] == [("held_on", {"day": date(2026, 3, 2)})]
    application.accepted_at = NOW - timedelta(1)
    assert record_outcome(session, desk["office"], round_, application, ENTRY, NOW)


def test_a_stage_is_held_after_the_one_before(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    """The sheets were in on 1 March; the panel visited until the 3rd, and cannot have heard it before."""
    round_, application = site
    application.gate_opened_at = NOW - timedelta(1)
    with pytest.raises(Invalid) as caught:
        record_outcome(session, desk["office"], round_, application, replace(ENTRY, held_on=date(2026, 2, 28)), NOW)
    assert [(one.field, one.params) for one in caught.value.errors] == [("held_on", {"day": date(2026, 3, 1)})]
    visit, later = replace(ENTRY, content=replace(VISIT, until=date(2026, 3, 3))), NOW + timedelta(2)
    record_outcome(session, desk["office"], round_, application, visit, later)
    confirm_outcome(session, desk["second"], round_, application, later)
    round_.position += 1
    assert stage_of(round_).kind == "interview"
    session.flush()
    heard = Entry(61_250, True, "答辩清楚", date(2026, 3, 2), Interview(1), file_id=1)
    with pytest.raises(Invalid) as caught:
        record_outcome(session, desk["office"], round_, application, heard, later)
    assert [(one.field, one.params) for one in caught.value.errors] == [("held_on", {"day": date(2026, 3, 3)})]
    assert record_outcome(session, desk["office"], round_, application, replace(heard, held_on=date(2026, 3, 3)), later)


def test_colleagues_are_asked_once_a_day(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    other = world.application(session, round_, 2)
    record_outcome(session, desk["office"], round_, application, ENTRY, NOW)
    record_outcome(session, desk["office"], round_, other, ENTRY, NOW)
    assert make.asked(session) == [(desk["second"].public_id, "环节结果", "现场评审")]
    record_outcome(session, desk["office"], round_, other, ENTRY, NOW + timedelta(1))
    assert len(make.asked(session)) == 2


def test_until_then_it_can_be_entered_anew(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    record_outcome(session, desk["office"], round_, application, ENTRY, NOW)
    record_outcome(session, desk["second"], round_, application, replace(ENTRY, score_hundredths=1), NOW)
    assert outcomes_of(session, round_)[application.id].score_hundredths == 1
    with pytest.raises(Refused):
        confirm_outcome(session, desk["second"], round_, application, NOW)
    seen = fingerprint_of(outcomes_of(session, round_)[application.id])
    confirm_outcome(session, desk["office"], round_, application, NOW, seen)
    with pytest.raises(Conflict):
        record_outcome(session, desk["second"], round_, application, ENTRY, NOW)


def test_nobody_confirms_what_he_has_not_seen(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    seen = fingerprint_of(record_outcome(session, desk["office"], round_, application, ENTRY, NOW))
    record_outcome(session, desk["office"], round_, application, replace(ENTRY, score_hundredths=99_000), NOW)
    for stale in (seen, ""):
        with pytest.raises(Conflict) as caught:
            confirm_outcome(session, desk["second"], round_, application, NOW, stale)
        assert caught.value.code == "outcome.changed"
    assert outcomes_of(session, round_)[application.id].state == "recorded"


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (replace(ENTRY, score_hundredths=None), "score"),
        (replace(ENTRY, score_hundredths=100_001), "score"),
        (replace(ENTRY, score_hundredths=-1), "score"),
        (replace(ENTRY, summary=" "), "summary"),
        (replace(ENTRY, held_on=date(2026, 3, 3), content=replace(VISIT, until=date(2026, 3, 3))), "held_on, until"),
        (replace(ENTRY, content=replace(VISIT, team=())), "team"),
        (replace(ENTRY, content=replace(VISIT, until=date(2026, 2, 28))), "until"),
        (replace(ENTRY, file_id=None), "file"),
    ],
)
def test_what_is_refused(desk: Desk, session: Session, site: tuple[Round, Application], entry: Entry, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        record_outcome(session, desk["office"], *site, entry, NOW)
    assert ", ".join(one.field for one in caught.value.errors) == field


def test_what_was_confirmed_is_confirmed_by_nobody_else(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    """Whoever entered it learns that it stands, whatever is in front of him."""
    record_outcome(session, desk["office"], *site, ENTRY, NOW)
    outcome = confirm_outcome(session, desk["second"], *site, NOW)
    with pytest.raises(Conflict) as caught:
        confirm_outcome(session, desk["office"], *site, NOW)
    assert caught.value.code == "outcome.confirmed"
    assert outcome.confirmed_by == desk["second"].person_id


def test_the_form_of_another_stage_is_not_taken(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    """A page left open while the round went on: points of a visit are none of a consensus."""
    agreed = Consensus(("王强", "李敏"), {})
    with pytest.raises(Conflict) as caught:
        record_outcome(session, desk["office"], *site, replace(ENTRY, content=agreed), NOW)
    assert caught.value.code == "outcome.kind"
    assert outcomes_of(session, site[0]) == {}


def test_the_day_is_that_of_the_authority(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    # 17:00 UTC on 2 March is 01:00 on 3 March in Beijing.
    late = replace(ENTRY, held_on=date(2026, 3, 3), content=replace(VISIT, until=date(2026, 3, 3)))
    record_outcome(session, desk["office"], *site, late, NOW.replace(hour=17))


def test_an_application_that_went_out_before_has_no_outcome(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    round_, application = site
    record_outcome(session, desk["office"], round_, application, replace(ENTRY, goes_on=False), NOW)
    confirm_outcome(session, desk["second"], round_, application, NOW)
    round_.position += 1
    session.flush()
    with pytest.raises(Conflict) as caught:
        record_outcome(session, desk["office"], round_, application, ENTRY, NOW)
    assert caught.value.code == "application.out"


def test_a_stage_in_the_system_takes_none(desk: Desk, session: Session) -> None:
    round_ = make.round_(session, "score", of=authority_of(desk, session))
    round_ = desk.found(session, round_.public_id)
    with pytest.raises(Refused) as caught:
        record_outcome(session, desk["office"], round_, world.application(session, round_, 1), ENTRY, NOW)
    assert caught.value.status == 409
    with pytest.raises(Conflict, match=r"stage\.not_on_paper"):
        require_paper(round_)


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("applicant", 404), ("supervisor", 403), ("committee", 403)])
def test_nobody_else(desk: Desk, session: Session, site: tuple[Round, Application], who: str, status: int) -> None:
    with pytest.raises(AwardError) as caught:
        record_outcome(session, desk[who], *site, ENTRY, NOW)
    assert caught.value.status == status


def test_a_conflict_beats_the_office(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    person = desk["office"].person_id
    assert person is not None
    session.add(Interest(person_id=person, application_id=site[1].id, source="office", reason="r", declared_at=NOW))
    session.flush()
    with pytest.raises(NotFound):
        record_outcome(session, desk["office"], *site, ENTRY, NOW)


def test_an_application_of_another_round_is_not_found(desk: Desk, session: Session, site: tuple[Round, Application]) -> None:
    other = desk.found(session, make.round_(session, "site", of=site[0].award.authority, scheme="anhui-province").public_id)
    with pytest.raises(NotFound):
        record_outcome(session, desk["office"], site[0], world.application(session, other, 7), ENTRY, NOW)
