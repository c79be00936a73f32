"""Who works on an application for the applicant, and who is writing where now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Invitation, Person
from award.applications.models import Answer, Application, Presence
from award.applications.queries import ACTS_FOR, is_own, of_many_rounds, with_round
from award.kernel.actor import Actor, Role, Scope
from award.rounds.people import is_reachable

INVITED = (Role.WRITER, Role.READER)
"""What somebody can be on one application; whoever acts for the organisation is responsible for all of its own."""
RECENT = timedelta(minutes=5)
"""How long after a colleague's last sign he is said to be at work."""


@dataclass(frozen=True)
class Member:
    """Somebody who works on an application. role: applicant (responsible), writer, reader."""

    person_id: int
    public_id: str
    name: str
    email: str
    role: Role


@dataclass(frozen=True)
class AtWork:
    """Somebody at a part now, or until a moment ago. part: as in Answer, or "facts". is_writing: he has saved a text of late,
    and not only opened the form.
    """

    part: str
    name: str
    at: datetime
    is_writing: bool


def members_of(session: Session, application: Application) -> list[Member]:
    """Everybody who works on an application, the responsible first, each once with the most he may do."""
    query = select(Person.id, Person.public_id, Person.name, Person.email, Grant.role).join(
        Grant, Grant.person_id == Person.id
    )
    found: dict[int, Member] = {}
    for row in session.execute(query.where(_works_on(application), Person.is_active).order_by(Grant.id)):
        one = Member(row[0], row[1], row[2], row[3], Role(row[4]))
        if one.person_id not in found or _rank(one.role) < _rank(found[one.person_id].role):
            found[one.person_id] = one
    return sorted(found.values(), key=lambda one: _rank(one.role))


def acting_for(session: Session, application: Application, now: datetime) -> list[Person]:
    """Who acts for the organisation of an application, and so can submit it, and can be written to."""
    query = select(Person).join(Grant, Grant.person_id == Person.id).join(Application, ACTS_FOR)
    query = query.where(Application.id == application.id, is_reachable(now))
    return list(session.scalars(query.distinct().order_by(Person.id)))


def paper_drafts_naming(session: Session, actor: Actor) -> list[Application]:
    """The drafts the office entered from paper that name the actor's mail address, and that he cannot open yet."""
    address = select(Person.email).where(Person.id == actor.person_id, Person.email != "").scalar_subquery()
    named = func.lower(Application.profile["contact_email"].as_string()) == address
    waits = and_(Application.state == "draft", Application.contact_person_id.is_(None))
    query = of_many_rounds(with_round()).where(waits, named, ~is_own(actor))
    return list(session.scalars(query.order_by(Application.id)))


def _works_on(application: Application) -> ColumnElement[bool]:
    responsible = and_(
        Grant.role == Role.APPLICANT, Grant.scope == Scope.ORGANISATION, Grant.scope_id == application.organisation_id,
        Grant.authority_id == application.authority_id,
    )  # fmt: skip
    invited = and_(Grant.scope == Scope.APPLICATION, Grant.scope_id == application.id)
    return and_(Grant.revoked_at.is_(None), or_(responsible, invited))


def _rank(role: Role) -> int:
    return (Role.APPLICANT, *INVITED).index(role)


def grants_on(application: Application, person_id: int) -> Select[Grant]:
    """What somebody was given on this very application and still holds."""
    return select(Grant).where(
        Grant.person_id == person_id, Grant.scope == Scope.APPLICATION, Grant.scope_id == application.id,
        Grant.revoked_at.is_(None),
    )  # fmt: skip


def invitations_to(session: Session, application: Application, now: datetime) -> list[Invitation]:
    """The invitations nobody has taken up yet, oldest first. now: real time."""
    query = select(Invitation).where(
        Invitation.scope == Scope.APPLICATION, Invitation.scope_id == application.id, Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )  # fmt: skip
    return list(session.scalars(query.order_by(Invitation.id)))


def at_work(
    session: Session, actor: Actor, application: Application, now: datetime, part: str | None = None
) -> list[AtWork]:
    """Who else is at work now, the last sign of each: an open page's, or a text that was saved. part: only there."""
    since = now - RECENT
    seen = select(Presence.part, Person.id, Person.name, Presence.seen_at, false()).join(Person, Person.id == Presence.person_id)
    seen = seen.where(Presence.application_id == application.id, Presence.seen_at > since)
    saved = select(Answer.part, Person.id, Person.name, Answer.updated_at, true()).join(Person, Person.id == Answer.updated_by)
    saved = saved.where(Answer.application_id == application.id, Answer.updated_at > since)
    if part is not None:
        seen, saved = seen.where(Presence.part == part), saved.where(Answer.part == part)
    found: dict[tuple[str, int], AtWork] = {}
    for where, person_id, name, at, is_writing in session.execute(seen.union_all(saved)):
        last = found.get((where, person_id), AtWork(where, name, at, is_writing=False))
        if person_id != actor.person_id:
            found[where, person_id] = AtWork(where, name, max(last.at, at), last.is_writing or bool(is_writing))
    return sorted(found.values(), key=lambda one: (one.part, one.name))
