"""Another mail address: the password first, then a link sent to it; and what dead links and first passwords say."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts import service
from award.accounts.models import Person
from award.accounts.passwords import HASHER
from award.kernel.actor import SYSTEM
from award.kernel.audit.trail import transaction, write_pending
from award.kernel.errors import Invalid, NotFound, Refused
from award.kernel.mail.models import Message
from tests import make
from tests.accounts.people import events
from tests.conftest import StandingClock
from tests.make import NOW
from tests.visiting import faults, post, sign_in, words

PASSWORD = "Yunchuan-2026-quality"
NEW = "new@example.cn"


def owner(session: Session) -> Person:
    person = make.person(session)
    person.password_hash = HASHER.hash(PASSWORD)
    session.flush()
    return person


def token_of(session: Session) -> str:
    link = session.scalars(select(Message.link).where(Message.template == "address_confirm").order_by(Message.id)).all()[-1]
    assert link is not None
    return link.rpartition("/")[2]


@pytest.mark.both_databases
def test_an_address_changes_by_the_link_sent_to_it_and_the_old_one_is_told(session: Session) -> None:
    person = owner(session)
    actor, old = make.actor(session, person), person.email
    service.ask_address(session, actor, person, f" {NEW.upper()} ", PASSWORD, NOW)
    assert person.email == old
    assert session.scalars(select(Message.address)).all() == [NEW]
    token = token_of(session)
    service.confirm_address(session, actor, token, NOW + timedelta(hours=23))
    assert person.email == NEW
    sent = [tuple(row) for row in session.execute(select(Message.address, Message.template).order_by(Message.id))]
    assert sent == [(NEW, "address_confirm"), (old, "address_changed")]
    write_pending(session)
    assert events(session, f"person:{person.public_id}")[-1] == "person:changed"
    with pytest.raises(NotFound):
        service.confirm_address(session, actor, token, NOW)


def test_a_link_ends_after_a_day_and_with_the_next_one(session: Session) -> None:
    person = owner(session)
    actor, old = make.actor(session, person), person.email
    service.ask_address(session, actor, person, "first@example.cn", PASSWORD, NOW)
    first = token_of(session)
    service.ask_address(session, actor, person, NEW, PASSWORD, NOW)
    for token, now in ((first, NOW), (token_of(session), NOW + timedelta(days=1)), ("t" * 43, NOW)):
        with pytest.raises(NotFound):
            service.confirm_address(session, actor, token, now)
    assert person.email == old


def test_who_cannot_change_an_address(session: Session) -> None:
    person = owner(session)
    actor = make.actor(session, person)
    with pytest.raises(Refused):
        service.ask_address(session, make.actor(session, make.person(session)), person, NEW, PASSWORD, NOW)
    for email, password in ((NEW, "wrong"), (NEW, ""), ("x@y", PASSWORD), ("", PASSWORD), (person.email, PASSWORD)):
        with pytest.raises(Invalid):
            service.ask_address(session, actor, person, email, password, NOW)
    assert session.scalars(select(Message)).all() == []


def test_the_first_administrator_needs_an_address_that_can_be_written_to(session: Session) -> None:
    link = service.make_start_link(session)
    assert link is not None
    given = {"username": "admin", "name": "管理员", "password": PASSWORD, "now": NOW}
    with pytest.raises(Invalid):
        service.accept_start_link(session, link.rpartition("/")[2], email="x@y", **given)
    assert session.scalars(select(Person)).all() == []


def test_by_hand(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    with transaction(engine) as session:
        person = owner(session)
        old = person.email
    sign_in(client, engine, person)
    wrong = post(client, "/me/address", {"email": NEW, "address_password": "wrong"})
    assert (wrong.status_code, len(faults(wrong)), f'value="{NEW}"' in wrong.text) == (422, 1, True)
    assert NEW in words(post(client, "/me/address", {"email": NEW, "address_password": PASSWORD}))
    assert post(client, "/me", {"name": "李", "email": NEW, "language": "zh"}).status_code == 303
    assert old in words(client.get("/me")), "the form of personal data does not touch the address"
    with transaction(engine) as session:
        path = f"/address/{token_of(session)}"
    assert NEW in words(client.get(path))
    assert old in words(client.get("/me")), "a link that is only looked at changes nothing"
    assert post(client, path).headers["location"] == "/me"
    assert NEW in words(client.get("/me"))
    over = client.get(path)
    assert (over.status_code, "/forgot" in over.text) == (404, False)


@pytest.mark.parametrize(
    ("path", "says", "offers_reset"),
    [("/start/", "./run start-link", False), ("/invitation/", "邀请人", False), ("/reset/", "重新申请链接", True)],
)
def test_a_dead_link_says_who_makes_a_new_one(client: TestClient, clock: StandingClock, path: str, says: str, offers_reset: bool) -> None:
    answer = client.get(path + "t" * 43)
    assert answer.status_code == 404
    assert says in words(answer)
    assert ('href="/forgot"' in answer.text) is offers_reset


def test_only_a_new_password_says_that_sessions_end(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    with transaction(engine) as session:
        service.register(session, SYSTEM, name="李", email="li@example.cn", now=clock.now)
        links = session.scalars(select(Message.link).where(Message.template == "registered")).all()
        path = re.sub(r".*/reset/", "/reset/", str(links[0]))
    assert "会话" not in words(client.get(path))
    assert post(client, path, {"password": PASSWORD, "password_again": PASSWORD}).status_code == 303
    with transaction(engine) as session:
        service.ask_reset(session, SYSTEM, "li@example.cn", clock.now)
        again = session.scalars(select(Message.link).where(Message.template == "reset")).all()
        path = re.sub(r".*/reset/", "/reset/", str(again[0]))
    assert "会话" in words(client.get(path))
