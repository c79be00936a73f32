"""What the office decides about a submitted application: accept, return once for correction, refuse with two people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications import queries
from award.applications.check import open_points_in_words, parts_of
from award.applications.former import won_before
from award.applications.letters import write_to_applicant
from award.applications.models import AcceptanceDecision, Application
from award.applications.notices import want_notice
from award.applications.queries import barred_from
from award.applications.service.holding import hold_for, note, person_of
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.workdays import Calendar
from award.organisations.queries import is_confirmed
from award.rounds.queries import calendar_of, criteria_of, spell
from award.rounds.service.second_person import Waiting, ask_second_person

Point = dict[str, str]
"""One thing to correct: {"part": an item key, "profile.<section>", "facts", "evidence" or "", "text": what is to be done}."""


def accept(session: Session, actor: Actor, application: Application, now: datetime, remark: str = "") -> AcceptanceDecision:
    """Lets an application into the review; asked again by the same person, answers with the first decision.

    remark: why one is accepted that won the award within the years of the scheme; the office keeps it.
    Raises Conflict while the organisation's claim is not confirmed, a refusal waits, or nothing is submitted, and where a
    stage before on paper has left it out; Invalid without a remark that is needed.
    """
    stage = hold_for(session, actor, Action.APPLICATION_ACCEPT, application, now)
    if done := _same_decision(session, actor, application, "accept", "accepted"):
        return done
    _check_decidable(session, application, now)
    if not is_confirmed(session, application.organisation_id, application.authority_id):
        text = N_("Nobody's claim to act for this organisation is confirmed. Check its licence first.")
        raise Conflict("claim.unconfirmed", text)
    _check_not_left_out(session, application)
    if not remark and any(one.is_barring for one in won_before(session, application)):
        text = N_("It won this award within the years the rules name. Say why it is accepted nevertheless, or refuse it.")
        raise Invalid.one("remark", text)
    decision = _decide(session, actor, application, now, AcceptanceDecision(kind="accept", state="in_force", remark=remark))
    application.state, application.accepted_at = "accepted", now
    content = {"decision": decision.public_id, **({"remark": remark} if remark else {})}
    note(session, actor, Event.APPLICATION_ACCEPTED, application, stage, content)
    want_notice(session, application, decision, now)
    write_to_applicant(session, application, "application_accepted", now, {})
    return decision


def _check_not_left_out(session: Session, application: Application) -> None:
    if queries.left_out_by(session, application):
        text = N_("A stage before this one has left this application out; it was not recommended. Refuse it with the article.")
        raise Conflict("application.left_out", text)


def return_for_correction(
    session: Session, actor: Actor, application: Application, points: Sequence[Point], now: datetime
) -> AcceptanceDecision:
    """Gives an application back to its owner with a list of what is open and the scheme's working days to correct it.

    Raises Invalid without a point or for a part there is not, Conflict when the scheme's corrections are used up, nothing is
    submitted, or a stage before on paper has left it out: no correction would let it go on.
    """
    stage = hold_for(session, actor, Action.APPLICATION_RETURN, application, now)
    _check_decidable(session, application, now)
    _check_not_left_out(session, application)
    points = [point for point in points if point["text"]]
    if not points:
        raise Invalid.one("points", N_("Say what is to be corrected, point by point."))
    rules = application.round.scheme.application
    parts = parts_of(criteria_of(session, application.round, application.category), rules)
    if not {point["part"] for point in points} <= {"", "facts", "evidence", *(one.key for one in parts)}:
        raise Invalid.one("points", N_("The application has no such part. Reload the page and enter the points again."))
    if application.corrections >= rules.corrections:
        raise Conflict("correction.used_up", N_("All corrections the rules allow ({count}) are used up."), count=rules.corrections)
    kept = AcceptanceDecision(kind="return", state="in_force", points=list(points))
    decision = _decide(session, actor, application, now, kept)
    zone = application.round.award.authority.zone
    due = correction_end(calendar_of(session), now, rules.correction_days, zone)
    application.state, application.correction_due_at = "correction", due
    application.corrections += 1
    content = {"decision": decision.public_id, "points": list(points), "due": spell(due), "corrections": application.corrections}
    note(session, actor, Event.APPLICATION_RETURNED, application, stage, content)
    letter = {"points": open_points_in_words(parts, points), "due": due}
    want_notice(session, application, decision, now)
    write_to_applicant(session, application, "application_returned", now, letter)
    return decision


def propose_refusal(
    session: Session, actor: Actor, application: Application, article: str, reason: str, now: datetime
) -> AcceptanceDecision:
    """Proposes not to accept an application; it takes effect when another person of the office confirms it.

    article: of the regulation it rests on. Proposed again by the same person, answers with the first proposal.
    Effects: messages to those who may confirm it.
    """
    stage = hold_for(session, actor, Action.APPLICATION_REFUSE, application, now)
    waiting = waiting_refusal(session, application)
    if waiting is not None and waiting.decided_by == actor.person_id:
        return waiting
    _check_decidable(session, application, now)
    if not article:
        raise Invalid.one("article", N_("Name the article the refusal rests on."))
    if not reason:
        raise Invalid.one("reason", N_("Give the reason; the applicant reads it."))
    proposal = AcceptanceDecision(kind="refuse", state="waiting", article=article, reason=reason)
    decision = _decide(session, actor, application, now, proposal)
    content = {"decision": decision.public_id, "article": article, "reason": reason}
    note(session, actor, Event.APPLICATION_REFUSAL_PROPOSED, application, stage, content)
    waits = Waiting(
        N_("Refusal of an application"), application.entrant, f"/office/applications/{application.public_id}",
        decision.public_id, application.public_id,
    )  # fmt: skip
    barred = barred_from(session, Application.id == application.id)
    ask_second_person(session, actor, application.round, waits, now, without=barred)
    return decision


def confirm_refusal(session: Session, actor: Actor, application: Application, now: datetime) -> AcceptanceDecision:
    """The second person puts a proposed refusal into force.

    Raises Refused for the one who proposed it, Conflict where none waits.
    """
    stage = hold_for(session, actor, Action.APPLICATION_REFUSE, application, now)
    if done := _confirmed_by(session, actor, application):
        return done
    decision = _refusal_for_second(session, actor, application)
    decision.state, decision.confirmed_by, decision.confirmed_at = "in_force", person_of(actor), now
    application.state = "rejected"
    note(session, actor, Event.APPLICATION_REFUSED, application, stage, {"decision": decision.public_id, "article": decision.article})
    want_notice(session, application, decision, now)
    write_to_applicant(session, application, "application_refused", now, {"article": decision.article, "reason": decision.reason})
    return decision


def reject_refusal(session: Session, actor: Actor, application: Application, now: datetime) -> AcceptanceDecision:
    """The second person does not agree with a proposed refusal; the application is open to decide again."""
    stage = hold_for(session, actor, Action.APPLICATION_REFUSE, application, now)
    decision = _refusal_for_second(session, actor, application)
    decision.state, decision.confirmed_by, decision.confirmed_at = "rejected", person_of(actor), now
    note(session, actor, Event.APPLICATION_REFUSAL_REJECTED, application, stage, {"decision": decision.public_id})
    return decision


def waiting_refusal(session: Session, application: Application) -> AcceptanceDecision | None:
    """The proposed refusal that waits for a second person, if there is one."""
    return next((one for one in queries.decisions_of(session, application) if one.is_waiting_refusal), None)


def correction_end(calendar: Calendar, now: datetime, working_days: int, zone: str) -> datetime:
    """When a correction ends: 24:00 local of the last working day, the day of the return not counted."""
    local = ZoneInfo(zone)
    last = calendar.add_workdays(now.astimezone(local).date(), working_days)
    day = last + timedelta(1)
    return datetime(day.year, day.month, day.day, tzinfo=local)


def _check_decidable(session: Session, application: Application, now: datetime) -> None:
    due = application.correction_due_at
    is_overdue = application.state == "correction" and due is not None and now >= due
    if application.state not in ("submitted", "resubmitted") and not is_overdue:
        raise Conflict("application.not_decidable", N_("Only a submitted application that is not decided yet can be decided."))
    if waiting_refusal(session, application) is not None:
        raise Conflict("refusal.waiting", N_("A refusal has been proposed; another person of the office decides on it first."))


def _decide(
    session: Session, actor: Actor, application: Application, now: datetime, decision: AcceptanceDecision
) -> AcceptanceDecision:
    decision.application_id, decision.decided_by, decision.decided_at = application.id, person_of(actor), now
    session.add(decision)
    session.flush()
    return decision


def _same_decision(
    session: Session, actor: Actor, application: Application, kind: str, state: str
) -> AcceptanceDecision | None:
    if application.state != state:
        return None
    query = select(AcceptanceDecision).where(
        AcceptanceDecision.application_id == application.id,
        AcceptanceDecision.kind == kind,
        AcceptanceDecision.decided_by == actor.person_id,
    )
    return session.scalar(query.order_by(AcceptanceDecision.id.desc()).limit(1))


def _confirmed_by(session: Session, actor: Actor, application: Application) -> AcceptanceDecision | None:
    if application.state != "rejected":
        return None
    return session.scalar(
        select(AcceptanceDecision).where(
            AcceptanceDecision.application_id == application.id,
            AcceptanceDecision.kind == "refuse",
            AcceptanceDecision.confirmed_by == actor.person_id,
            AcceptanceDecision.state == "in_force",
        )
    )


def _refusal_for_second(session: Session, actor: Actor, application: Application) -> AcceptanceDecision:
    decision = waiting_refusal(session, application)
    if decision is None:
        raise Conflict("refusal.none", N_("No refusal of this application waits for a second person."))
    if decision.decided_by == actor.person_id:
        raise Refused("refusal.same_person", N_("Whoever proposed a refusal cannot confirm it. Ask a colleague of the office."))
    return decision
