"""Writing to judges what they have been given: applications (while panels are made, one letter for a few minutes), a report."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import Application
from award.kernel import clock, db
from award.kernel.i18n import format_moment
from award.kernel.jobs.service import enqueue
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.panels import queries
from award.rounds.models import Round
from award.rounds.queries import stage_of_kind, title_of
from award.standing.models import Assignment

TELL = "panels:tell_judge"
COLLECTED = timedelta(minutes=10)
"""How long seats are collected: an office that makes panels gives one judge several in a row."""


def tell_later(session: Session, round_: Round, person: Person, now: datetime) -> None:
    """Wants the letter about the seats a judge is being given, in the transaction that gives them."""
    slot = int(now.timestamp() // COLLECTED.total_seconds())
    key = f"{TELL}:{round_.public_id}:{person.public_id}:{slot}"
    payload = {"person": person.id, "round": round_.id}
    enqueue(session, TELL, payload, dedup_key=key, run_at=now + COLLECTED)


def tell_judge(session: Session, person_id: int, round_id: int) -> None:
    """Writes to a judge about the seats he has and was not told of: one letter for new ones, one for those he takes over.

    Names the organisations, which he has to know to declare, and nothing else of their applications. A seat that has ended
    or an application withdrawn meanwhile is not spoken of. Effects: messages.
    """
    now = clock.now(session)
    db.lock_row(session, "person", person_id, exclusive=True)
    person = session.get_one(Person, person_id)
    seats = queries.untold_seats(session, person_id, round_id)
    for template, told in (
        ("judge_assigned", [one for one in seats if one[0].replaces_id is None]),
        ("judge_substitute", [one for one in seats if one[0].replaces_id is not None]),
    ):
        if told:
            _write(session, person, template, told, now)


def tell_leader(session: Session, application: Application, assignment: Assignment) -> None:
    """Writes to the leader of a panel that the feedback report is his to write: all sheets are in.

    Once for each leader of an application, whatever happens again; never where the award gives no reports or the office has
    said that this one does not come. Effects: a message.
    """
    round_, leader = application.round, session.get_one(Person, assignment.person_id)
    publish, zone = stage_of_kind(round_, "publish"), round_.award.authority.zone
    opens_at = publish.opens_at if publish is not None else None
    opens = format_moment(leader.language, opens_at, zone, with_zone=True, opening=True) if opens_at else ""
    _write_of_report(session, application, assignment, leader, "report_wanted", "", {"opens_at": opens})


def tell_leader_after_all(
    session: Session, application: Application, assignment: Assignment, reason: str, waived_at: datetime
) -> None:
    """Writes to the leader of a panel that a report which the office had given up is his to write after all, and why.

    Once for each leader and each time it was given up. waived_at: when that was said. Effects: a message.
    """
    leader, once = session.get_one(Person, assignment.person_id), f":{waived_at.isoformat()}"
    _write_of_report(session, application, assignment, leader, "report_after_all", once, {"reason": reason})


def _write_of_report(
    session: Session, application: Application, assignment: Assignment, leader: Person, template: str, once: str,
    more: Mapping[str, object],
) -> None:  # fmt: skip
    """more: what the letter says besides. once: tells one occasion from the next."""
    round_ = application.round
    is_wanted = application.is_live and application.feedback_waived_at is None and round_.scheme.feedback_reports
    if not is_wanted or not is_address(leader.email):
        return
    context = {
        "name": leader.name,
        "organisation": application.entrant,
        "round": title_of(round_).in_language(leader.language),
        "address": f"{settings().base_url}/review/{assignment.public_id}/report",
        **more,
    }
    send(
        session, leader.email, template, context, leader.language, person_id=leader.id, round_id=round_.id,
        dedup_key=f"{template}:{application.public_id}{once}:{leader.public_id}", about=f"application:{application.public_id}",
    )  # fmt: skip


def _write(
    session: Session, person: Person, template: str, seats: Sequence[tuple[Assignment, Application]], now: datetime
) -> None:
    for assignment, _ in seats:
        assignment.told_at = now
    if not is_address(person.email):
        return
    round_ = seats[0][1].round
    scoring = stage_of_kind(round_, "score")
    closes_at = scoring.closes_at if scoring is not None else None
    zone = round_.award.authority.zone
    context = {
        "name": person.name,
        "round": title_of(round_).in_language(person.language),
        "organisations": [application.entrant for _, application in seats],
        "closes_at": format_moment(person.language, closes_at, zone, with_zone=True) if closes_at else "",
        "address": f"{settings().base_url}/review",
    }
    send(session, person.email, template, context, person.language, person_id=person.id, round_id=round_.id)
