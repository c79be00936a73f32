"""Giving and taking back roles. A change takes effect at the next request: rights are read anew for each."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.kernel import db
from award.kernel.actor import ADMINISTRATORS, SYSTEM, Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_

BY_OFFICE = frozenset({Role.JUDGE, Role.COMMITTEE_MEMBER, Role.RECOMMENDER})
"""What an award office gives, within its own authority or round."""
BY_ADMINISTRATORS = ADMINISTRATORS | {Role.AWARD_OFFICE, Role.SUPERVISOR}
"""What administrators give. Source: domain of security.md 5, accounts: nobody who runs awards makes accounts for it."""
SCOPES = {role: frozenset({Scope.AUTHORITY, Scope.ROUND}) for role in Role} | {
    Role.APPLICANT: frozenset({Scope.ORGANISATION}),
    **{role: frozenset({Scope.APPLICATION}) for role in (Role.WRITER, Role.READER)},
    **{role: frozenset({Scope.SYSTEM}) for role in ADMINISTRATORS},
}
"""In which kinds of scope a role means anything."""


def give_grant(
    session: Session, actor: Actor, person: Person, role: Role, scope: Scope, scope_id: int, now: datetime,
    until: datetime | None = None, authority_id: int = 0,
) -> Grant:  # fmt: skip
    """Makes somebody something in a scope, from now until a moment (None: open end).

    authority_id: for applicants, before whose office.

    Held already, it answers with the grant in force, with its end changed if another is asked for.
    Raises Refused where the actor may not give this, or not to himself; Conflict where roles exclude each other (P10);
    Invalid for a role that does not exist in such a scope, or an end that has passed.
    """
    require_giver(actor, role, scope, scope_id)
    if actor.person_id == person.id:
        raise Refused("grant.self", N_("Nobody can give himself a role. Ask another administrator."))
    if until is not None and until <= now:
        raise Invalid.one("until", N_("The end of a role lies in the future."))
    db.lock_row(session, "person", person.id, exclusive=True)
    held = _not_revoked(session, person)
    wanted = (role, scope, scope_id, authority_id)
    same = next((one for one in held if (one.role, one.scope, one.scope_id, one.authority_id) == wanted), None)
    if same is not None and _is_over(same, now):
        same.revoked_at = same.valid_until
        session.flush()
        same = None
    check_exclusion(role, [Role(one.role) for one in held if not _is_over(one, now)])
    if same is not None and same.valid_until == until:
        return same
    grant = same or Grant(
        person_id=person.id, role=role, scope=scope, scope_id=scope_id, authority_id=authority_id, valid_from=now, given_by=actor.person_id
    )
    grant.valid_until = until
    session.add(grant)
    session.flush()
    content = {**_content(grant), "until": until.isoformat() if until else None}
    record(session, actor, Event.GRANT_GIVEN, f"person:{person.public_id}", ADMIN, content)
    return grant


def revoke_grant(session: Session, actor: Actor, grant: Grant, reason: str, now: datetime) -> None:
    """Takes a role back; a second time changes nothing.

    Raises NotFound for somebody who has nothing to do with it, Conflict for one's own administrator's role (so that the
    last one cannot lock everybody out), Invalid without a reason.
    """
    try:
        require_giver(actor, Role(grant.role), Scope(grant.scope), grant.scope_id, taking=True)
    except Refused as error:
        raise NotFound from error
    if actor.person_id == grant.person_id:
        raise Conflict("grant.self", N_("Nobody can take a role from himself. Ask another administrator."))
    if not reason.strip():
        raise Invalid.one("reason", N_("Fill this in."))
    if grant.revoked_at is not None:
        return
    grant.revoked_at = now
    content = {**_content(grant), "reason": reason.strip()}
    record(session, actor, Event.GRANT_REVOKED, f"person:{grant.person.public_id}", ADMIN, content)


def require_giver(actor: Actor, role: Role, scope: Scope, scope_id: int, *, taking: bool = False) -> None:
    """Raises Refused unless the actor may give (or take) this role in this scope; Invalid for a scope without meaning."""
    if scope not in SCOPES[role]:
        raise Invalid.one("scope", N_("This role does not exist in such a scope."))
    if actor is SYSTEM:
        return
    if role in BY_ADMINISTRATORS and actor.roles & {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}:
        return
    if taking and Role.SECURITY_ADMINISTRATOR in actor.roles:
        return
    if role in BY_OFFICE and actor.has(Role.AWARD_OFFICE, scope, scope_id):
        return
    raise Refused("grant.not_yours", N_("This role is not yours to give."))


def check_exclusion(role: Role, held: list[Role]) -> None:
    """Raises Conflict where the role and one that is held exclude each other.

    Source: security.md 5, P10: one person never holds two administrators' roles, nor one of them and another role.
    """
    others = {one for one in held if one != role}
    if others and (role in ADMINISTRATORS or others & ADMINISTRATORS):
        raise Conflict(
            "grant.excluded", N_("An administrator's role excludes every other role. Use an account of its own for it.")
        )


def _not_revoked(session: Session, person: Person) -> list[Grant]:
    return list(session.scalars(select(Grant).where(Grant.person_id == person.id, Grant.revoked_at.is_(None))))


def _is_over(grant: Grant, now: datetime) -> bool:
    return grant.valid_until is not None and grant.valid_until <= now


def _content(grant: Grant) -> dict[str, object]:
    content: dict[str, object] = {"role": str(grant.role), "scope": str(grant.scope), "scope_id": grant.scope_id}
    return content | ({"authority_id": grant.authority_id} if grant.authority_id else {})
