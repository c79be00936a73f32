from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from award.accounts import service
from award.accounts.models import Person
from award.accounts.queries import grants_in_force
from award.kernel.actor import ADMINISTRATORS, SYSTEM, Actor, Held, Role, Scope
from award.kernel.audit.trail import write_pending
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from tests import make
from tests.accounts.people import events, holder
from tests.make import NOW

SEC = (Role.SECURITY_ADMINISTRATOR, Scope.SYSTEM, 0)
SYS = (Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0)
OFFICE = (Role.AWARD_OFFICE, Scope.AUTHORITY, 1)
JUDGE = (Role.JUDGE, Scope.AUTHORITY, 1)
SCOPE_OF = {
    Role.APPLICANT: (Scope.ORGANISATION, 3),
    **dict.fromkeys((Role.WRITER, Role.READER), (Scope.APPLICATION, 3)),
    **dict.fromkeys(ADMINISTRATORS, (Scope.SYSTEM, 0)),
}


def give(session: Session, actor: Actor, person: Person, role: Role, scope: Scope, scope_id: int) -> None:
    service.give_grant(session, actor, person, role, scope, scope_id, NOW)


@pytest.mark.parametrize(
    ("giver", "role", "scope", "scope_id", "allowed"),
    [
        (OFFICE, Role.JUDGE, Scope.AUTHORITY, 1, True),
        (OFFICE, Role.COMMITTEE_MEMBER, Scope.AUTHORITY, 1, True),
        (OFFICE, Role.RECOMMENDER, Scope.AUTHORITY, 1, True),
        (OFFICE, Role.JUDGE, Scope.AUTHORITY, 2, False),
        (OFFICE, Role.JUDGE, Scope.ROUND, 1, False),
        (OFFICE, Role.AWARD_OFFICE, Scope.AUTHORITY, 1, False),
        (OFFICE, Role.SUPERVISOR, Scope.AUTHORITY, 1, False),
        (OFFICE, Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0, False),
        (OFFICE, Role.APPLICANT, Scope.ORGANISATION, 1, False),
        (SYS, Role.AWARD_OFFICE, Scope.AUTHORITY, 1, True),
        (SYS, Role.SUPERVISOR, Scope.AUTHORITY, 1, True),
        (SYS, Role.SECURITY_ADMINISTRATOR, Scope.SYSTEM, 0, True),
        (SYS, Role.JUDGE, Scope.AUTHORITY, 1, False),
        (SYS, Role.APPLICANT, Scope.ORGANISATION, 1, False),
        (SEC, Role.AWARD_OFFICE, Scope.AUTHORITY, 1, True),
        (SEC, Role.JUDGE, Scope.AUTHORITY, 1, False),
        (JUDGE, Role.JUDGE, Scope.AUTHORITY, 1, False),
        ((Role.SUPERVISOR, Scope.AUTHORITY, 1), Role.JUDGE, Scope.AUTHORITY, 1, False),
        ((Role.TRAIL_ADMINISTRATOR, Scope.SYSTEM, 0), Role.AWARD_OFFICE, Scope.AUTHORITY, 1, False),
    ],
)
def test_who_gives_what(
    session: Session, giver: tuple[Role, Scope, int], role: Role, scope: Scope, scope_id: int, allowed: bool
) -> None:
    actor, person = holder(session, giver), make.person(session)
    if allowed:
        give(session, actor, person, role, scope, scope_id)
        assert Held(role, scope, scope_id) in grants_in_force(session, person.id, NOW)
        return
    with pytest.raises(Refused):
        give(session, actor, person, role, scope, scope_id)
    assert grants_in_force(session, person.id, NOW) == set()


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("other", sorted(Role))
def test_administrators_hold_nothing_else(session: Session, role: Role, other: Role) -> None:
    """Source: security.md 5, P10: never two administrators' roles, nor one of them plus a business role."""
    person = make.person(session)
    give(session, SYSTEM, person, role, *SCOPE_OF.get(role, (Scope.AUTHORITY, 1)))
    second = SCOPE_OF.get(other, (Scope.AUTHORITY, 2))
    if role != other and (role in ADMINISTRATORS or other in ADMINISTRATORS):
        with pytest.raises(Conflict):
            give(session, SYSTEM, person, other, *second)
    else:
        give(session, SYSTEM, person, other, *second)


def test_a_role_that_has_ended_excludes_nothing(session: Session) -> None:
    person = make.person(session)
    service.give_grant(session, SYSTEM, person, Role.JUDGE, Scope.AUTHORITY, 1, NOW, NOW + timedelta(days=1))
    with pytest.raises(Conflict):
        give(session, SYSTEM, person, *SYS)
    service.give_grant(session, SYSTEM, person, *SYS, NOW + timedelta(days=1))


def test_nobody_gives_himself_a_role(session: Session) -> None:
    office = holder(session, OFFICE)
    with pytest.raises(Refused, match=r"grant\.self"):
        give(session, office, session.get_one(Person, office.person_id), *JUDGE)


def test_given_again_it_stays_one_grant_and_its_end_moves(session: Session) -> None:
    person = make.person(session)
    first = service.give_grant(session, SYSTEM, person, *JUDGE, NOW)
    assert service.give_grant(session, SYSTEM, person, *JUDGE, NOW) is first
    assert service.give_grant(session, SYSTEM, person, *JUDGE, NOW, NOW + timedelta(days=9)) is first
    assert first.valid_until == NOW + timedelta(days=9)
    write_pending(session)
    assert events(session, f"person:{person.public_id}") == ["grant:given", "grant:given"]


def test_in_force_from_and_until(session: Session) -> None:
    person = make.person(session)
    until = NOW + timedelta(days=1)
    service.give_grant(session, SYSTEM, person, *JUDGE, NOW, until)
    assert grants_in_force(session, person.id, NOW - timedelta(seconds=1)) == set()
    assert grants_in_force(session, person.id, NOW) == {Held(*JUDGE)}
    assert grants_in_force(session, person.id, until) == set()
    again = service.give_grant(session, SYSTEM, person, *JUDGE, until)
    assert again.valid_from == until
    assert grants_in_force(session, person.id, until) == {Held(*JUDGE)}


def test_an_end_in_the_past_is_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        service.give_grant(session, SYSTEM, make.person(session), *JUDGE, NOW, NOW)


@pytest.mark.parametrize("scope", [Scope.SYSTEM, Scope.ORGANISATION])
def test_roles_belong_to_their_kind_of_scope(session: Session, scope: Scope) -> None:
    with pytest.raises(Invalid):
        give(session, SYSTEM, make.person(session), Role.JUDGE, scope, 1)


def test_taking_back(session: Session) -> None:
    office, stranger = holder(session, OFFICE), holder(session, (Role.AWARD_OFFICE, Scope.AUTHORITY, 2))
    person = make.person(session)
    grant = service.give_grant(session, office, person, *JUDGE, NOW)
    with pytest.raises(NotFound):
        service.revoke_grant(session, stranger, grant, "because", NOW)
    with pytest.raises(Invalid):
        service.revoke_grant(session, office, grant, "  ", NOW)
    service.revoke_grant(session, office, grant, "moved away", NOW)
    service.revoke_grant(session, office, grant, "moved away", NOW + timedelta(days=1))
    assert grant.revoked_at == NOW
    assert grants_in_force(session, person.id, NOW) == set()
    write_pending(session)
    assert events(session, f"person:{person.public_id}") == ["grant:given", "grant:revoked"]


def test_the_security_administrator_takes_back_anything_but_his_own(session: Session) -> None:
    security = holder(session, SEC)
    judge = service.give_grant(session, SYSTEM, make.person(session), *JUDGE, NOW)
    service.revoke_grant(session, security, judge, "stolen laptop", NOW)
    assert judge.revoked_at == NOW
    own = next(iter(session.get_one(Person, security.person_id).grants))
    with pytest.raises(Conflict):
        service.revoke_grant(session, security, own, "enough", NOW)
