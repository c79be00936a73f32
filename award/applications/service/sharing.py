"""Several people on one application: inviting them, changing what they may do, removing them; and who is at work."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Invitation, Person
from award.accounts.queries import actor_for, person_by_account, person_by_public_id
from award.accounts.service import give_grant, revoke_grant, send_invitation
from award.applications.models import Application, Presence
from award.applications.people import INVITED, grants_on, invitations_to, members_of
from award.applications.service.holding import hold_for, note, person_of, require_writable
from award.kernel import clock, db
from award.kernel.actor import SYSTEM, Action, Actor, Role, Scope
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_, Phrase
from award.organisations import service as organisations
from award.organisations.models import Claim
from award.organisations.queries import is_confirmed
from award.rounds.models import Award, Round
from award.rounds.queries import stage_now, title_of
from award.stages import Who
from award.standing.models import Assignment
from award.standing.queries import roles_in_round, standing_of
from award.words import word_of

BEAT = timedelta(seconds=20)
"""A sign that comes sooner after the last one is not written down."""


def invite_to_application(
    session: Session, actor: Actor, application: Application, *, name: str, email: str, role: Role, now: datetime,
    real_now: datetime, language: str = "zh",
) -> tuple[Invitation, str]:  # fmt: skip
    """The responsible person invites a writer or a reader by mail; answers with the secret of the link too.

    Raises Refused for anybody else, Conflict until the office has seen the licence, Invalid for another role or an address
    that cannot be used or is invited already. Effects: a mail, a record.
    """
    stage = hold_for(session, actor, Action.APPLICATION_SHARE, application, now)
    if role not in INVITED:
        raise Invalid.one("role", N_("Choose one of the options."))
    if not is_confirmed(session, application.organisation_id, application.authority_id):
        raise Conflict("claim.pending", N_("You can invite colleagues once the award office has seen the licence."))
    _require_uninvited(session, application, email.strip().lower(), real_now)
    _require_apart(session, application, email, now)
    where = {"organisation": application.entrant, "round": title_of(application.round)}
    invitation, token = send_invitation(
        session, actor, name=name, email=email, role=role, scope=Scope.APPLICATION, scope_id=application.id, now=real_now,
        language=language, place=Phrase(N_("{organisation}, {round}"), where), leads_to=f"/apply/{application.public_id}",
    )  # fmt: skip
    content = {"invitation": invitation.public_id, "role": str(role)}
    note(session, actor, Event.APPLICATION_SHARED, application, stage, content)
    return invitation, token


def _require_uninvited(session: Session, application: Application, email: str, real_now: datetime) -> None:
    """Nobody is reader and writer at once. Raises Invalid with what is open, or what the person may do already."""
    for one in invitations_to(session, application, real_now):
        if one.email == email:
            text = N_("{address} is invited already, as {role}. Take that invitation back first, then invite anew.")
            raise Invalid.one("email", text, address=email, role=Phrase(word_of("role", one.role)[0]))
    for member in members_of(session, application):
        if member.email.lower() == email:
            text = N_("{name} works on this application already, as {role}. Change that in the list above.")
            raise Invalid.one("email", text, name=member.name, role=Phrase(word_of("role", member.role)[0]))


def _require_apart(session: Session, application: Application, email: str, now: datetime) -> None:
    """Raises Invalid for the address of somebody of the round's office or supervision. Judges stay secret: their seat ends later."""
    person = person_by_account(session, email)
    if person is None:
        return
    who = roles_in_round(actor_for(session, person, now), application.round_id, application.authority_id)
    if who & {Who.OFFICE, Who.SUPERVISOR}:
        raise Invalid.one("email", N_("Who works in the office of this award cannot work for an applicant. Invite somebody else."))


def end_invitation(
    session: Session, actor: Actor, application: Application, public_id: str, now: datetime, real_now: datetime
) -> None:
    """An invitation nobody has taken up yet holds no longer. Raises NotFound where there is none, Refused for others."""
    stage = hold_for(session, actor, Action.APPLICATION_SHARE, application, now)
    invitation = next(
        (one for one in invitations_to(session, application, real_now) if one.public_id == public_id), None
    )
    if invitation is None:
        raise NotFound
    invitation.expires_at = real_now
    note(session, actor, Event.APPLICATION_SHARED, application, stage, {"invitation": public_id, "role": ""})


def change_role(
    session: Session, actor: Actor, application: Application, person_id: str, role: Role | None, now: datetime
) -> None:
    """Makes a writer a reader or the other way round, or takes him out (None); it holds from his next request on.

    person_id: public id. Raises Refused for anybody but the responsible person, NotFound for who was not invited to this
    application, Invalid for another role. The same role again changes nothing.
    """
    stage = hold_for(session, actor, Action.APPLICATION_SHARE, application, now)
    if role is not None and role not in INVITED:
        raise Invalid.one("role", N_("Choose one of the options."))
    person = person_by_public_id(session, person_id)
    held = list(session.scalars(grants_on(application, person.id))) if person else []
    if person is None or not held:
        raise NotFound
    if [Role(one.role) for one in held] == [role]:
        return
    for grant in held:
        revoke_grant(session, SYSTEM, grant, f"application {application.public_id}", now)
    if role is not None:
        _give(session, actor, person, application, role, now)
    content = {"person": person.public_id, "role": str(role or "")}
    note(session, actor, Event.APPLICATION_SHARED, application, stage, content)


def _give(session: Session, actor: Actor, person: Person, application: Application, role: Role, now: datetime) -> None:
    session.flush()
    # The responsible person was asked for above; the grant is the system's act, as with an invitation.
    grant = give_grant(session, SYSTEM, person, role, Scope.APPLICATION, application.id, now)
    grant.given_by = actor.person_id


def decide_claim(
    session: Session, actor: Actor, claim: Claim, confirmed: bool, reason: str, now: datetime, *, name: str = ""
) -> None:
    """Decides a claim as organisations.decide_claim; where it is refused, whom those have invited to applications goes too.

    Otherwise somebody who claimed in vain would keep reading through whom he let in. Raises what the decision raises, and
    Conflict where who is confirmed works in the office himself or judges the organisation.
    Effects: its own, and the end of these grants and invitations.
    """
    if confirmed:
        _require_no_office(session, claim, now)
    ended = organisations.decide_claim(session, actor, claim, confirmed, reason, now, name=name)
    if not ended:
        return
    here = select(Application.id).join(Round, Round.id == Application.round_id).join(Award, Award.id == Round.award_id).where(
        Application.organisation_id == claim.organisation_id, Award.authority_id == claim.authority_id
    )
    given = select(Grant).where(
        Grant.scope == Scope.APPLICATION, Grant.scope_id.in_(here), Grant.given_by.in_(ended), Grant.revoked_at.is_(None)
    )
    for grant in session.scalars(given.order_by(Grant.id)):
        revoke_grant(session, SYSTEM, grant, claim.reason, now)
    sent = select(Invitation).where(
        Invitation.scope == Scope.APPLICATION, Invitation.scope_id.in_(here), Invitation.invited_by.in_(ended),
        Invitation.used_at.is_(None),
    )  # fmt: skip
    for invitation in session.scalars(sent):
        invitation.expires_at = min(invitation.expires_at, clock.real_now())


def _require_no_office(session: Session, claim: Claim, now: datetime) -> None:
    person = session.get_one(Person, claim.person_id)
    if roles_in_round(actor_for(session, person, now), 0, claim.authority_id) - {Who.PUBLIC}:
        text = N_(
            "{name} holds a role of this authority, so he cannot act for an organisation before it. "
            "Refuse the claim with this reason."
        )
        raise Conflict("claim.office", text, name=person.name)
    seats = select(Assignment.id).join(Application, Application.id == Assignment.application_id).join(Round).join(Award).where(
        Assignment.person_id == person.id, Assignment.state == "active", Award.authority_id == claim.authority_id,
        Application.organisation_id == claim.organisation_id,
    )  # fmt: skip
    if session.scalar(seats.limit(1)) is not None:
        text = N_("{name} judges an application of this organisation. Replace the judge first, or refuse the claim.")
        raise Conflict("claim.judge", text, name=person.name)


def be_at_work(session: Session, actor: Actor, application: Application, part: str, now: datetime) -> None:
    """Notes that somebody has a part open to write in it. No record: it says nothing about what was done.

    Raises NotFound, Refused or Conflict for who may not write in it now.
    """
    stage = stage_now(application.round, now)
    require_writable(session, application, part, stage, standing_of(session, actor, application, now))
    key = {"application_id": application.id, "part": part, "person_id": person_of(actor)}
    row = db.insert_into(session, Presence).values(**key, seen_at=now)
    session.execute(
        row.on_conflict_do_update(
            index_elements=list(key), set_={"seen_at": now}, where=Presence.seen_at < now - BEAT
        )
    )  # fmt: skip
