from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import grants_in_force
from award.accounts.service import accept_invitation, join_by_invitation
from award.applications.queries import applications_of, own_application
from award.applications.service import keep_rejected, start_application
from award.kernel.actor import PUBLIC, Actor, Held, Role, Scope
from award.kernel.audit.trail import write_pending
from award.kernel.errors import Conflict, Invalid, NotFound, Refused, SignInNeeded
from award.kernel.mail.models import Message
from award.organisations import queries, service
from award.organisations.models import Claim, Organisation
from award.rounds.models import Authority
from award.stages import Who
from award.standing.queries import standing_of
from tests import make
from tests.accounts.people import events
from tests.conftest import StandingClock
from tests.make import NOW

CODE, OTHER_CODE = make.CODES[:2]


def claim(session: Session, person: Person, authority: Authority, code: str = CODE, name: str = "云川精密") -> Claim:
    return service.claim_organisation(session, make.actor(session, person), authority, code, name, None, NOW)


def acts_for(session: Session, person: Person, made: Claim) -> bool:
    return Held(Role.APPLICANT, Scope.ORGANISATION, made.organisation_id, made.authority_id) in grants_in_force(session, person.id, NOW)


def office_of(session: Session, authority: Authority) -> Actor:
    return make.actor(session, make.officer(session, authority))


@pytest.mark.both_databases
def test_the_first_may_write_the_second_waits(session: Session) -> None:
    authority = make.authority(session)
    first, second = make.person(session), make.person(session)
    ours, theirs = claim(session, first, authority), claim(session, second, authority, name="别的名称")
    assert (ours.state, theirs.state) == ("pending", "pending")
    assert ours.organisation_id == theirs.organisation_id
    assert theirs.organisation.name == "云川精密", "a later claimant does not rename it"
    assert (acts_for(session, first, ours), acts_for(session, second, theirs)) == (True, False)
    assert not queries.is_confirmed(session, ours.organisation_id, authority.id)
    write_pending(session)
    assert events(session, f"organisation:{ours.organisation.public_id}") == ["organisation:registered"]
    assert events(session, f"claim:{ours.public_id}") == ["claim:made"]
    assert events(session, f"claim:{theirs.public_id}") == ["claim:made"]


def test_claimed_again_it_is_the_same_claim(session: Session) -> None:
    authority, person = make.authority(session), make.person(session)
    assert claim(session, person, authority) is claim(session, person, authority)
    assert session.scalar(select(func.count()).select_from(Claim)) == 1


def test_confirming(session: Session) -> None:
    authority = make.authority(session)
    first, second = make.person(session), make.person(session)
    claim(session, first, authority)
    theirs, office = claim(session, second, authority), office_of(session, authority)
    service.decide_claim(session, office, theirs, True, "", NOW, name="云川精密制造有限公司")
    assert acts_for(session, second, theirs)
    assert theirs.organisation.name == "云川精密制造有限公司"
    assert queries.is_confirmed(session, theirs.organisation_id, authority.id)
    assert not queries.is_confirmed(session, theirs.organisation_id, authority.id + 1), "each office looks for itself"
    service.decide_claim(session, office, theirs, True, "", NOW + timedelta(1))
    assert theirs.decided_at == NOW
    assert session.scalars(select(Message.template)).all() == ["claim_confirmed"]


def test_refusing_takes_the_right_back_and_the_next_claimant_is_first(session: Session) -> None:
    authority, person = make.authority(session), make.person(session)
    made, office = claim(session, person, authority), office_of(session, authority)
    with pytest.raises(Invalid):
        service.decide_claim(session, office, made, False, " ", NOW)
    service.decide_claim(session, office, made, False, "licence of another firm", NOW)
    assert not acts_for(session, person, made)
    assert session.scalars(select(Message.template)).all() == ["claim_refused"]
    with pytest.raises(Conflict):
        service.decide_claim(session, office, made, True, "", NOW)
    other = make.person(session)
    assert acts_for(session, other, claim(session, other, authority))


def test_a_confirmed_claim_can_be_refused_later(session: Session) -> None:
    authority, person = make.authority(session), make.person(session)
    made, office = claim(session, person, authority), office_of(session, authority)
    service.decide_claim(session, office, made, True, "", NOW)
    service.decide_claim(session, office, made, False, "forged licence", NOW)
    assert not acts_for(session, person, made)
    write_pending(session)
    assert events(session, f"claim:{made.public_id}") == ["claim:made", "claim:decided", "claim:decided"]


def test_a_refusal_ends_what_the_claimant_has_given_on_and_not_what_others_hold_themselves(
    session: Session, clock: StandingClock
) -> None:
    authority = make.authority(session)
    first, second, third, own = (make.person(session) for _ in range(4))
    made, office = claim(session, first, authority), office_of(session, authority)
    service.decide_claim(session, office, made, True, "", NOW)
    beside = claim(session, own, authority)
    service.decide_claim(session, office, beside, True, "", NOW)
    for by, person in ((first, second), (second, third), (first, own)):
        given = {"name": person.name, "email": person.email, "now": NOW}
        _, token = service.invite_colleague(session, make.actor(session, by), made.organisation, authority, **given)
        join_by_invitation(session, make.actor(session, person), token, NOW)
    given = {"name": "孙", "email": "sun@example.cn", "now": NOW}
    _, unused = service.invite_colleague(session, make.actor(session, third), made.organisation, authority, **given)
    ended = service.decide_claim(session, office, made, False, "forged licence", NOW)
    assert ended == {first.id, second.id, third.id}
    assert [acts_for(session, one, made) for one in (first, second, third, own)] == [False, False, False, True]
    with pytest.raises(NotFound):
        accept_invitation(session, unused, password="correct horse battery", now=NOW)


def test_another_office_s_refusal_leaves_a_confirmed_claim_alone(session: Session) -> None:
    one, two = make.authority(session), make.authority(session)
    person = make.person(session)
    first, second = claim(session, person, one), claim(session, person, two)
    service.decide_claim(session, office_of(session, one), first, True, "", NOW)
    service.decide_claim(session, office_of(session, two), second, False, "not from here", NOW)
    assert acts_for(session, person, first)
    assert not acts_for(session, person, second)


@pytest.mark.both_databases
def test_a_claim_confirmed_at_one_authority_gives_nothing_at_another(session: Session) -> None:
    one, two = make.authority(session), make.authority(session, "远山市人民政府")
    person, other = make.person(session), make.person(session, "赵强")
    first = claim(session, person, one)
    service.decide_claim(session, office_of(session, one), first, True, "", NOW)
    organisation = first.organisation
    actor = make.actor(session, person)
    assert (actor.acts_for(organisation.id, one.id), actor.acts_for(organisation.id, two.id)) == (True, False)
    assert queries.organisations_of(session, actor, one.id) == [organisation]
    assert queries.organisations_of(session, actor, two.id) == []
    round_ = make.round_(session, "apply", of=two)
    with pytest.raises((Refused, NotFound)):
        start_application(session, actor, round_, organisation, "organisation", "manufacturing", NOW)
    theirs = claim(session, other, two)
    begun = start_application(session, make.actor(session, other), round_, organisation, "organisation", "manufacturing", NOW)
    with pytest.raises(NotFound):
        own_application(session, actor, begun.public_id)
    assert applications_of(session, actor) == []
    assert Who.OWNER not in standing_of(session, actor, begun, NOW).who
    with pytest.raises(NotFound):
        keep_rejected(session, actor, begun, "4.1.2", "正文", 0, NOW)
    with pytest.raises(NotFound):
        service.invite_colleague(session, actor, organisation, two, name="孙", email="sun@example.cn", now=NOW)
    assert not queries.is_confirmed(session, organisation.id, two.id)
    second = claim(session, person, two)
    assert (second.state, acts_for(session, person, second)) == ("pending", False)
    service.decide_claim(session, office_of(session, two), second, True, "", NOW)
    assert own_application(session, make.actor(session, person), begun.public_id) is begun
    assert acts_for(session, other, theirs)


def test_a_colleague_acts_only_before_the_authority_he_was_invited_for(session: Session) -> None:
    one, two = make.authority(session), make.authority(session, "远山市人民政府")
    person = make.person(session)
    made = claim(session, person, one)
    claim(session, person, two)
    service.decide_claim(session, office_of(session, one), made, True, "", NOW)
    given = {"name": "孙", "email": "sun@example.cn", "now": NOW}
    actor = make.actor(session, person)
    with pytest.raises(Conflict):
        service.invite_colleague(session, actor, made.organisation, two, **given)
    _, token = service.invite_colleague(session, actor, made.organisation, one, **given)
    colleague = make.actor(session, accept_invitation(session, token, password="Yunchuan-2026-quality", now=NOW))
    assert [colleague.acts_for(made.organisation_id, where.id) for where in (one, two)] == [True, False]


def test_another_office_finds_nothing(session: Session) -> None:
    authority, stranger = make.authority(session), office_of(session, make.authority(session))
    made = claim(session, make.person(session), authority)
    with pytest.raises(NotFound):
        service.decide_claim(session, stranger, made, True, "", NOW)
    with pytest.raises(NotFound):
        queries.claim_for_office(session, stranger, made.public_id)
    assert queries.claims_for_office(session, stranger) == []
    assert queries.count_pending(session, stranger) == 0


def test_nobody_decides_his_own_claim(session: Session) -> None:
    authority = make.authority(session)
    officer = make.officer(session, authority)
    made = claim(session, officer, authority)
    with pytest.raises(Conflict):
        service.decide_claim(session, make.actor(session, officer), made, True, "", NOW)


def test_the_longest_waiting_stands_first(session: Session) -> None:
    authority = make.authority(session)
    office = office_of(session, authority)
    made = [claim(session, make.person(session), authority, code) for code in make.CODES]
    for number, one in enumerate(made):
        one.made_at = NOW + timedelta(number)
    service.decide_claim(session, office, made[0], True, "", NOW)
    assert queries.claims_for_office(session, office) == [made[1], made[2], made[3], made[0]]
    assert queries.claims_for_office(session, office, "confirmed") == [made[0]]
    assert queries.count_pending(session, office) == 3


def test_who_cannot_claim(session: Session) -> None:
    authority, person = make.authority(session), make.person(session)
    with pytest.raises(SignInNeeded):
        service.claim_organisation(session, PUBLIC, authority, CODE, "x", None, NOW)
    with pytest.raises(Invalid):
        claim(session, person, authority, code="91310115MA1H8R7C6D")
    with pytest.raises(Invalid):
        claim(session, person, authority, name="  ")
    make.grant(session, person, Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0)
    with pytest.raises(Conflict):
        claim(session, person, authority)


def test_own_organisations(session: Session) -> None:
    authority, person = make.authority(session), make.person(session)
    made = claim(session, person, authority)
    actor, stranger = make.actor(session, person), make.actor(session, make.person(session))
    assert queries.organisations_of(session, actor) == [made.organisation]
    assert queries.organisations_of(session, stranger) == []
    assert queries.organisation_for(session, actor, made.organisation.public_id) is made.organisation
    for public_id in (made.organisation.public_id, "2" * 12):
        with pytest.raises(NotFound):
            queries.organisation_for(session, stranger, public_id)


def test_colleagues(session: Session) -> None:
    authority, person = make.authority(session), make.person(session)
    made = claim(session, person, authority)
    organisation: Organisation = made.organisation
    given = {"name": "孙", "email": "sun@example.cn", "now": NOW}
    actor = make.actor(session, person)
    with pytest.raises(Conflict):
        service.invite_colleague(session, actor, organisation, authority, **given)
    service.decide_claim(session, office_of(session, authority), made, True, "", NOW)
    with pytest.raises(NotFound):
        service.invite_colleague(session, make.actor(session, make.person(session)), organisation, authority, **given)
    invitation, _ = service.invite_colleague(session, actor, organisation, authority, **given)
    assert (invitation.role, invitation.scope, invitation.scope_id) == (Role.APPLICANT, Scope.ORGANISATION, organisation.id)
