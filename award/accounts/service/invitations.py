"""Invitations: a link that carries one grant, for a new account or one that exists."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from award.accounts import queries
from award.accounts.models import Invitation, Person
from award.accounts.service.grants import check_exclusion, give_grant, require_giver
from award.accounts.service.people import LONGEST_NAME, check_contact, enter_person
from award.kernel import clock
from award.kernel.actor import PUBLIC, SYSTEM, Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_, spoken
from award.kernel.ids import new_token
from award.kernel.mail.service import send
from award.kernel.settings import settings
from award.words import word_of

VALID_FOR = timedelta(days=14)


def invitation_url(token: str) -> str:
    """Where the link of an invitation leads."""
    return f"{settings().base_url.rstrip('/')}/invitation/{token}"


def invite(
    session: Session, actor: Actor, *, name: str, email: str, role: Role, scope: Scope, scope_id: int, now: datetime,
    language: str = "zh", place: object = "",
) -> tuple[Invitation, str]:  # fmt: skip
    """Invites somebody to a role by mail; answers with the secret of the link too. Valid for 14 days. now: real time.

    place: where the role holds, as the letter names it; text or what knows its own words, "" for the system as a whole.
    Raises Refused where the actor may not give this role or invites himself, Invalid for an address that cannot be used.
    """
    require_giver(actor, role, scope, scope_id)
    return send_invitation(
        session, actor, name=name, email=email, role=role, scope=scope, scope_id=scope_id, now=now, language=language,
        place=place,
    )  # fmt: skip


def send_invitation(
    session: Session, actor: Actor, *, name: str, email: str, role: Role, scope: Scope, scope_id: int, now: datetime,
    language: str = "zh", authority_id: int = 0, place: object = "", leads_to: str = "",
) -> tuple[Invitation, str]:  # fmt: skip
    """The same for acts that have found by other rules that the actor may invite. authority_id: as in give_grant.

    leads_to: as in Invitation.
    """
    email = email.strip().lower()
    if not name.strip():
        raise Invalid.one("name", N_("Fill this in."))
    if len(email) > LONGEST_NAME:
        raise Invalid.one("email", N_("Use an address of at most {longest} characters."), longest=LONGEST_NAME)
    check_contact(email, email, language)
    owner = queries.person_by_account(session, email)
    if owner is not None and owner.id == actor.person_id:
        raise Refused("grant.self", N_("Nobody can give himself a role. Ask another administrator."))
    token = new_token()
    invitation = Invitation(
        token_hash=queries.hash_token(token), name=name.strip(), email=email, role=role, scope=scope, scope_id=scope_id,
        authority_id=authority_id, language=language, leads_to=leads_to, invited_by=actor.person_id, created_at=now,
        expires_at=now + VALID_FOR,
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    given = {
        "name": invitation.name, "by": actor.name, "role": word_of("role", role)[0], "days": VALID_FOR.days,
        "place": spoken(language, place),
    }  # fmt: skip
    send(session, email, "invitation", given, language, link=invitation_url(token))
    content = {"email": email, "role": str(role), "scope": str(scope), "scope_id": scope_id, "authority_id": authority_id}
    record(session, actor, Event.INVITATION_SENT, f"invitation:{invitation.public_id}", ADMIN, content)
    return invitation, token


def accept_invitation(
    session: Session, token: str, *, password: str, now: datetime, name: str = "", phone: str = ""
) -> Person:
    """Sets up the account an invitation is for, with its grant. The address is the sign-in name. now: real time.

    Raises NotFound for a link that was used, has expired or never existed; Conflict where the address has an account
    already (its owner signs in and joins); Invalid for a password that breaks the rules.
    """
    invitation = _open(session, token, now)
    if queries.person_by_account(session, invitation.email) is not None:
        raise Conflict("invitation.has_account", N_("You have an account already. Sign in, then open the link once more."))
    person = enter_person(
        session, PUBLIC, username=invitation.email, name=name.strip() or invitation.name, email=invitation.email, phone=phone,
        password=password, language=invitation.language, now=now,
    )  # fmt: skip
    return _take(session, PUBLIC, invitation, person, now)


def join_by_invitation(session: Session, actor: Actor, token: str, now: datetime) -> Person:
    """Somebody who is signed in takes up an invitation sent to his own address. now: real time.

    Raises NotFound as above and where it was sent to another address; Conflict where the role excludes one he holds.
    """
    invitation = _open(session, token, now)
    person = session.get(Person, actor.person_id) if actor.person_id else None
    if person is None or invitation.email not in (person.email, person.username) or invitation.invited_by == person.id:
        raise NotFound
    check_exclusion(Role(invitation.role), list(actor.roles))
    return _take(session, actor, invitation, person, now)


def _open(session: Session, token: str, now: datetime) -> Invitation:
    invitation = queries.invitation_of(session, token, now)
    if invitation is None:
        raise NotFound
    return invitation


def _take(session: Session, actor: Actor, invitation: Invitation, person: Person, now: datetime) -> Person:
    # The inviter was asked whether he may give this when he invited; the grant is the system's act. The link lives by real
    # time, a grant by the award's clock: a demonstration's may stand months earlier.
    begins = now + (clock.offset(session) or timedelta())
    grant = give_grant(
        session, SYSTEM, person, Role(invitation.role), Scope(invitation.scope), invitation.scope_id, begins,
        authority_id=invitation.authority_id,
    )
    grant.given_by = invitation.invited_by
    invitation.used_at, invitation.person_id = now, person.id
    record(session, actor, Event.INVITATION_ACCEPTED, f"invitation:{invitation.public_id}", ADMIN, {"person": person.public_id})
    return person
