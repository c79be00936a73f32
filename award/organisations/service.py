"""What can be done about organisations: claiming one, deciding a claim, inviting a colleague."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Invitation, Person
from award.accounts.service import give_grant, revoke_grant, send_invitation
from award.kernel import clock, db
from award.kernel.actor import SYSTEM, Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import Conflict, Invalid, NotFound, SignInNeeded
from award.kernel.events import Event
from award.kernel.files.models import StoredFile
from award.kernel.i18n import N_, Phrase
from award.kernel.ids import new_id
from award.kernel.mail.service import send
from award.organisations import queries
from award.organisations.credit_code import check_credit_code
from award.organisations.models import Claim, Organisation
from award.organisations.queries import CONFIRMED, PENDING, REFUSED
from award.rounds.models import Authority
from award.rounds.queries import authority_in_letters


def claim_organisation(
    session: Session, actor: Actor, authority: Authority, credit_code: str, name: str, licence: StoredFile | None, now: datetime
) -> Claim:
    """Somebody says he acts for an organisation, and shows its licence to the office of an authority.

    The first who claims an organisation there may act for it before this authority at once; it is entered in the register
    if it was unknown. Anybody later may only when this office has seen his licence, whatever another has. Claimed again
    while it waits, the new licence takes the place of the old one.
    Raises Invalid for a code that cannot be right, Conflict for administrators.
    """
    if actor.person_id is None:
        raise SignInNeeded("sign_in.needed", N_("Sign in to continue."))
    code = check_credit_code(credit_code)
    if not name.strip():
        raise Invalid.one("name", N_("Fill this in."))
    organisation = _organisation(session, actor, code, name.strip(), now)
    db.lock_row(session, "organisation", organisation.id, exclusive=True)
    claim = _standing_claim(session, actor.person_id, organisation, authority)
    if claim is not None:
        if licence is not None and claim.state == PENDING:
            claim.licence_file_id = licence.id
        return claim
    is_first = not queries.is_taken(session, organisation.id, authority.id)
    claim = Claim(
        organisation=organisation, person_id=actor.person_id, authority_id=authority.id, claimed_name=name.strip(), made_at=now,
        state=PENDING,
        licence_file_id=licence.id if licence else None,
    )  # fmt: skip
    session.add(claim)
    session.flush()
    if is_first:
        _let_act(session, claim, now)
    content = {"credit_code": code, "name": name.strip(), "authority": authority.public_id, "licence": licence.sha256 if licence else None}
    record(session, actor, Event.CLAIM_MADE, f"claim:{claim.public_id}", ADMIN, content)
    return claim


def decide_claim(
    session: Session, actor: Actor, claim: Claim, confirmed: bool, reason: str, now: datetime, *, name: str = ""
) -> frozenset[int]:
    """The office has seen the licence: the claim stands, or it does not and its maker may no longer act, nor whom he let.

    Answers with the people who may no longer act.

    reason: told to the claimant; a refusal needs one. name: as the licence says, where it was typed differently.
    A confirmed claim can be refused later; a refused one is made anew. The same decision again changes nothing.
    Raises NotFound for another office, Conflict for one's own claim or one that was refused, Invalid without a reason.
    """
    if claim.authority_id not in queries.offices_of(actor):
        raise NotFound
    if claim.person_id == actor.person_id:
        raise Conflict("claim.own", N_("Nobody decides his own claim. Ask a colleague."))
    db.lock_row(session, "organisation", claim.organisation_id, exclusive=True)
    session.refresh(claim, ["state"])
    wanted = CONFIRMED if confirmed else REFUSED
    if claim.state == wanted:
        return frozenset()
    if claim.state == REFUSED:
        raise Conflict("claim.refused", N_("This claim was refused. The claimant can make it anew."))
    if not confirmed and not reason.strip():
        raise Invalid.one("reason", N_("Say why, so that the claimant knows what to do."))
    claim.state, claim.decided_at, claim.decided_by, claim.reason = wanted, now, actor.person_id, reason.strip()
    ended: frozenset[int] = frozenset()
    if confirmed:
        claim.organisation.name = name.strip() or claim.organisation.name
        _let_act(session, claim, now)
    else:
        ended = _stop_acting(session, claim, now)
    _tell(session, claim, confirmed)
    content = {"confirmed": confirmed, "reason": claim.reason, "name": claim.organisation.name}
    record(session, actor, Event.CLAIM_DECIDED, f"claim:{claim.public_id}", ADMIN, content)
    return ended


def invite_colleague(
    session: Session, actor: Actor, organisation: Organisation, authority: Authority, *, name: str, email: str,
    now: datetime, language: str = "zh",
) -> tuple[Invitation, str]:  # fmt: skip
    """Somebody who acts for a confirmed organisation lets a colleague act for it too, before the same authority.

    Raises NotFound for a stranger, Conflict until the office of the authority has seen the licence.
    """
    if not actor.acts_for(organisation.id, authority.id):
        raise NotFound
    if not queries.is_confirmed(session, organisation.id, authority.id):
        raise Conflict("claim.pending", N_("You can invite colleagues once the award office has seen the licence."))
    where = {"organisation": organisation.name, "authority": authority_in_letters(session, authority)}
    return send_invitation(
        session, actor, name=name, email=email, role=Role.APPLICANT, scope=Scope.ORGANISATION, scope_id=organisation.id,
        now=now, language=language, authority_id=authority.id,
        place=Phrase(N_("{organisation}, before {authority}"), where),
    )  # fmt: skip


def _organisation(session: Session, actor: Actor, code: str, name: str, now: datetime) -> Organisation:
    public_id = new_id()
    row = {"public_id": public_id, "credit_code": code, "name": name, "name_en": "", "address": "", "registered_at": now}
    db.insert_new(session, Organisation, **row)
    organisation = session.scalars(select(Organisation).where(Organisation.credit_code == code)).one()
    if organisation.public_id == public_id:
        content = {"credit_code": code, "name": name}
        record(session, actor, Event.ORGANISATION_REGISTERED, f"organisation:{public_id}", ADMIN, content)
    return organisation


def _standing_claim(session: Session, person_id: int, organisation: Organisation, authority: Authority) -> Claim | None:
    return session.scalar(
        select(Claim).where(
            Claim.person_id == person_id, Claim.organisation_id == organisation.id, Claim.authority_id == authority.id,
            Claim.state != REFUSED,
        )
    )  # fmt: skip


def _let_act(session: Session, claim: Claim, now: datetime) -> None:
    person = session.get_one(Person, claim.person_id)
    where = (Role.APPLICANT, Scope.ORGANISATION, claim.organisation_id)
    give_grant(session, SYSTEM, person, *where, now, authority_id=claim.authority_id)


def _stop_acting(session: Session, claim: Claim, now: datetime) -> frozenset[int]:
    """Takes the right to act from the claimant, from whom he has let act and whom these have; answers with them all.

    Not from somebody whose own licence the office has seen. What they have sent out and nobody has taken up holds no longer.
    """
    confirmed = select(Claim.person_id).where(
        Claim.organisation_id == claim.organisation_id, Claim.authority_id == claim.authority_id, Claim.state == CONFIRMED
    )
    keep = set(session.scalars(confirmed)) - {claim.person_id}
    held = select(Grant).where(
        Grant.role == Role.APPLICANT, Grant.scope == Scope.ORGANISATION, Grant.scope_id == claim.organisation_id,
        Grant.authority_id == claim.authority_id, Grant.revoked_at.is_(None),
    )  # fmt: skip
    grants = [one for one in session.scalars(held.order_by(Grant.id)) if one.person_id not in keep]
    ended, found = {claim.person_id}, {claim.person_id}
    while found:
        found = {one.person_id for one in grants if one.given_by in found} - ended
        ended |= found
    for grant in grants:
        if grant.person_id in ended:
            revoke_grant(session, SYSTEM, grant, claim.reason, now)
    sent = select(Invitation).where(
        Invitation.scope == Scope.ORGANISATION, Invitation.scope_id == claim.organisation_id,
        Invitation.authority_id == claim.authority_id, Invitation.invited_by.in_(ended), Invitation.used_at.is_(None),
    )  # fmt: skip
    for invitation in session.scalars(sent):
        invitation.expires_at = min(invitation.expires_at, clock.real_now())
    return frozenset(ended)


def _tell(session: Session, claim: Claim, confirmed: bool) -> None:
    person = session.get_one(Person, claim.person_id)
    given = {"name": person.name, "organisation": claim.organisation.name, "reason": claim.reason}
    template = "claim_confirmed" if confirmed else "claim_refused"
    send(session, person.email, template, given, person.language, person_id=person.id)
