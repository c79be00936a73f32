"""One-time links: invitations, new passwords, registering, the first administrator."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from award.accounts import queries, service
from award.accounts.models import PasswordReset, Person
from award.accounts.service.first_start import is_start_token
from award.kernel.actor import PUBLIC, SYSTEM, Actor, Held, Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.clock import Installation
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.mail.models import Message
from award.kernel.mail.writing import write
from tests import make
from tests.accounts.people import PASSWORD, events, holder
from tests.make import NOW

OFFICE = (Role.AWARD_OFFICE, Scope.AUTHORITY, 1)
LATER = NOW + timedelta(days=1)


def invite(session: Session, actor: Actor, email: str = "chen@example.cn", role: Role = Role.JUDGE) -> str:
    scope, scope_id = (Scope.SYSTEM, 0) if role == Role.SECURITY_ADMINISTRATOR else (Scope.AUTHORITY, 1)
    _, token = service.invite(
        session, actor, name="陈", email=email, role=role, scope=scope, scope_id=scope_id, now=NOW
    )
    return token


def letters(session: Session) -> list[tuple[str, str]]:
    """Receiver and subject of all messages, each really written."""
    import json

    found = []
    for one in session.scalars(select(Message).order_by(Message.id)):
        letter = write(one.template, json.loads(one.context), one.language, link=one.link)
        assert one.link is None or one.link in letter.body
        found.append((one.address, letter.subject))
    return found


@pytest.mark.both_databases
def test_an_invitation_makes_an_account_with_one_grant(session: Session) -> None:
    office = holder(session, OFFICE)
    token = invite(session, office)
    person = service.accept_invitation(session, token, password=PASSWORD, now=LATER, name="陈教授")
    assert (person.username, person.name) == ("chen@example.cn", "陈教授")
    assert queries.grants_in_force(session, person.id, LATER) == {Held(Role.JUDGE, Scope.AUTHORITY, 1)}
    assert person.grants[0].given_by == office.person_id
    assert letters(session) == [("chen@example.cn", "邀请：评审员")]


def test_in_a_demonstration_a_role_begins_by_its_clock(session: Session) -> None:
    """Accepted on a real day in November while the demonstration still stands in July, it holds at once."""
    session.add(Installation(id=1, is_demonstration=True, clock_offset_seconds=-144 * 86400))
    session.flush()
    token = invite(session, holder(session, OFFICE))
    person = service.accept_invitation(session, token, password=PASSWORD, now=NOW)
    shown = NOW - timedelta(days=144)
    assert queries.grants_in_force(session, person.id, shown) == {Held(Role.JUDGE, Scope.AUTHORITY, 1)}
    assert queries.grants_in_force(session, person.id, shown - timedelta(seconds=1)) == set()


@pytest.mark.parametrize("reason", ["used", "over", "unknown"])
def test_dead_invitations_look_alike(session: Session, reason: str) -> None:
    token, now = invite(session, holder(session, OFFICE)), NOW
    if reason == "used":
        service.accept_invitation(session, token, password=PASSWORD, now=NOW)
    if reason == "over":
        now += timedelta(days=14)
    with pytest.raises(NotFound):
        service.accept_invitation(session, token + "x" * (reason == "unknown"), password=PASSWORD, now=now)


def test_nobody_invites_beyond_his_own(session: Session) -> None:
    with pytest.raises(Refused):
        invite(session, holder(session, (Role.AWARD_OFFICE, Scope.AUTHORITY, 2)))
    with pytest.raises(Refused):
        invite(session, holder(session, OFFICE), role=Role.SUPERVISOR)


def test_nobody_invites_himself(session: Session) -> None:
    office = holder(session, OFFICE)
    own = session.get_one(Person, office.person_id).email
    with pytest.raises(Refused, match=r"grant\.self"):
        invite(session, office, email=own)


def test_an_account_that_exists_joins_after_signing_in(session: Session) -> None:
    token = invite(session, holder(session, OFFICE), email="li@example.cn")
    li = make.person(session, email="li@example.cn")
    with pytest.raises(Conflict):
        service.accept_invitation(session, token, password=PASSWORD, now=NOW)
    stranger = make.person(session)
    with pytest.raises(NotFound):
        service.join_by_invitation(session, make.actor(session, stranger), token, NOW)
    service.join_by_invitation(session, make.actor(session, li), token, NOW)
    assert queries.grants_in_force(session, li.id, NOW) == {Held(Role.JUDGE, Scope.AUTHORITY, 1)}


def test_an_invitation_does_not_get_around_exclusion(session: Session) -> None:
    token = invite(session, SYSTEM, email="li@example.cn", role=Role.SECURITY_ADMINISTRATOR)
    li = make.person(session, email="li@example.cn")
    make.grant(session, li, Role.JUDGE, Scope.AUTHORITY, 1)
    with pytest.raises(Conflict):
        service.join_by_invitation(session, make.actor(session, li), token, NOW)


def test_a_bad_password_leaves_the_invitation_open(session: Session) -> None:
    token = invite(session, holder(session, OFFICE))
    with pytest.raises(Invalid):
        service.accept_invitation(session, token, password="short", now=NOW)
    assert service.accept_invitation(session, token, password=PASSWORD, now=NOW)


def test_registering_needs_the_mail(session: Session) -> None:
    service.register(session, PUBLIC, name="王", email=" Wang@Example.cn ", now=NOW)
    person = session.scalars(select(Person)).one()
    assert (person.username, person.password_hash, queries.grants_in_force(session, person.id, NOW)) == (
        "wang@example.cn", None, set(),
    )  # fmt: skip
    assert letters(session) == [("wang@example.cn", "请设置账号密码")]


def test_registering_twice_tells_only_the_owner(session: Session) -> None:
    person = make.person(session, email="wang@example.cn")
    person.password_hash = "x"
    service.register(session, PUBLIC, name="别人", email="wang@example.cn", now=NOW)
    assert session.scalar(select(func.count()).select_from(Person)) == 1
    assert person.name != "别人"
    assert letters(session) == [("wang@example.cn", "您已有账号")]


def test_a_link_sets_a_password_once(session: Session) -> None:
    person = make.person(session)
    service.ask_reset(session, PUBLIC, person.username, NOW)
    link = session.scalars(select(Message.link)).one()
    assert link is not None
    token = link.rsplit("/", 1)[-1]
    with pytest.raises(Invalid):
        service.reset_password(session, PUBLIC, token, "short", NOW)
    service.reset_password(session, PUBLIC, token, PASSWORD, NOW)
    with pytest.raises(NotFound):
        service.reset_password(session, PUBLIC, token, PASSWORD, NOW)
    assert letters(session) == [(person.email, "设置新密码")]


def test_one_used_link_ends_the_others_and_every_link_ends_after_an_hour(session: Session) -> None:
    person = make.person(session)
    tokens = [service.make_reset_link(session, SYSTEM, person, "came in person", NOW).rsplit("/", 1)[-1] for _ in range(2)]
    assert queries.reset_of(session, tokens[0], NOW + timedelta(hours=1)) is None
    service.reset_password(session, PUBLIC, tokens[0], PASSWORD, NOW)
    assert queries.reset_of(session, tokens[1], NOW) is None


def test_unknown_and_closed_accounts_get_no_mail_and_the_same_record(engine: Engine) -> None:
    with transaction(engine) as session:
        closed = make.person(session)
        closed.is_active = False
        service.ask_reset(session, PUBLIC, closed.username, NOW)
        service.ask_reset(session, PUBLIC, "nobody@example.cn", NOW)
    with transaction(engine) as session:
        assert letters(session) == []
        assert session.scalar(select(func.count()).select_from(PasswordReset)) == 0
        assert sorted(events(session, f"account:{service_hash(closed.username)}")) == ["password:reset_asked"]
        assert sorted(events(session, f"account:{service_hash('nobody@example.cn')}")) == ["password:reset_asked"]


def service_hash(account: str) -> str:
    from award.accounts.service.sign_in import account_hash

    return account_hash(account)[:16]


def test_five_links_a_day(session: Session) -> None:
    person = make.person(session)
    for _ in range(8):
        service.ask_reset(session, PUBLIC, person.username, NOW)
    assert len(letters(session)) == 5
    service.ask_reset(session, PUBLIC, person.username, NOW + timedelta(days=1, seconds=1))
    assert len(letters(session)) == 6


def test_a_link_after_identification_says_how_and_tells_the_owner(session: Session) -> None:
    office, person = holder(session, OFFICE), make.person(session)
    with pytest.raises(Invalid):
        service.make_reset_link(session, office, person, " ", NOW)
    link = service.make_reset_link(session, office, person, "called back 0552-3001234", NOW)
    stored = session.scalars(select(PasswordReset)).one()
    assert (stored.made_by, stored.identified_by) == (office.person_id, "called back 0552-3001234")
    assert link.startswith("http://127.0.0.1:8000/reset/")
    assert letters(session) == [(person.email, "已为您生成重设密码的链接")]


def test_a_closed_account_gets_no_link_from_anybody(session: Session) -> None:
    """Otherwise a link made over the telephone would open what an administrator has closed."""
    person = make.person(session)
    person.is_active = False
    for actor in (holder(session, OFFICE), holder(session, (Role.SECURITY_ADMINISTRATOR, Scope.SYSTEM, 0))):
        with pytest.raises(Conflict, match=r"person\.closed"):
            service.make_reset_link(session, actor, person, "身份证，回拨单位总机", NOW)


def test_an_office_makes_no_link_for_administrators_or_itself(session: Session) -> None:
    office, administrator = holder(session, OFFICE), make.person(session)
    make.grant(session, administrator, Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0)
    with pytest.raises(NotFound):
        service.make_reset_link(session, office, administrator, "came in person", NOW)
    with pytest.raises(Conflict):
        service.make_reset_link(session, office, session.get_one(Person, office.person_id), "came in person", NOW)


def test_the_first_administrator_comes_by_the_last_link_once(session: Session) -> None:
    first, last = (str(service.make_start_link(session)).rsplit("/", 1)[-1] for _ in range(2))
    assert (is_start_token(session, first), is_start_token(session, last)) == (False, True)
    details = {"username": "root", "name": "甲", "email": "root@example.cn", "password": PASSWORD, "now": NOW}
    with pytest.raises(NotFound):
        service.accept_start_link(session, first, **details)
    person = service.accept_start_link(session, last, **details)
    assert queries.grants_in_force(session, person.id, NOW) == {Held(Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0)}
    with pytest.raises(NotFound):
        service.accept_start_link(session, last, **details)
    assert service.make_start_link(session) is None


def test_no_start_link_where_there_are_people(session: Session) -> None:
    make.person(session)
    assert service.make_start_link(session) is None


def test_who_enters_people(session: Session) -> None:
    details = {"name": "甲", "email": "a@example.cn", "now": NOW}
    with pytest.raises(Refused):
        service.create_person(session, holder(session, OFFICE), username="a", **details)
    service.create_person(session, SYSTEM, username="A ", **details)
    with pytest.raises(Invalid):
        service.create_person(session, SYSTEM, username="a", **details)
