"""Several people on one application: who may do what, invited and removed by the responsible person; who is at work."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from award.accounts.models import ApiToken, Grant, Invitation, Person
from award.accounts.queries import hash_token
from award.accounts.service.invitations import accept_invitation
from award.accounts.service.tokens import SECRET, well_formed
from award.applications import queries, service
from award.applications.models import Answer, Application, Presence
from award.applications.people import at_work, members_of
from award.kernel import db
from award.kernel.actor import Actor, Role, Scope, TokenScope
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from award.kernel.events import Event
from award.kernel.i18n import translate
from award.organisations.models import Claim
from tests import make
from tests.applications import world as worlds
from tests.applications.browsing import Visitor
from tests.applications.world import World
from tests.conftest import StandingClock

PART = "4.1.2"
PASSWORD = "Yunchuan-2026-quality"
T = TypeVar("T")
Act = Callable[[Session, Actor, Application], T]


@pytest.fixture
def team(world: World) -> dict[str, Person]:
    """A writer and a reader of the application, with their cookies in the world."""
    return worlds.invited(world)


@pytest.fixture
def desk(client: TestClient, world: World, team: dict[str, Person]) -> dict[str, Visitor]:
    return {name: Visitor(client, cookie) for name, cookie in world.cookies.items()}


def base(world: World) -> str:
    return f"/apply/{world.application}"


def act(world: World, who: Person, what: Act[T]) -> T:
    """Something a person does, with what he holds at this moment."""
    with transaction(world.engine) as session:
        return what(session, make.actor(session, who), world.found(session))


def saving(text: str, version: int = 0, after: timedelta = timedelta()) -> Act[Answer]:
    def save(session: Session, who: Actor, application: Application) -> Answer:
        return service.save_answer(session, who, application, PART, text, None, version, make.NOW + after)

    return save


def submitting(session: Session, who: Actor, application: Application) -> object:
    return service.submit_application(session, who, application, list(service.DECLARATIONS), make.NOW)


def withdrawing(session: Session, who: Actor, application: Application) -> object:
    return service.withdraw(session, who, application, "合并重组", make.NOW)


def inviting(role: Role = Role.WRITER, email: str = "new@example.cn") -> Act[tuple[Invitation, str]]:
    def invite(session: Session, who: Actor, application: Application) -> tuple[Invitation, str]:
        return service.invite_to_application(
            session, who, application, name="钱立", email=email, role=role, now=make.NOW, real_now=make.NOW
        )

    return invite


def changing(person: Person, role: Role | None) -> Act[None]:
    return lambda session, who, application: service.change_role(session, who, application, person.public_id, role, make.NOW)


def test_a_writer_writes_and_uploads(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    act(world, team["writer"], saving("我们写的"))
    file = worlds.pdf()
    act(world, team["writer"], lambda s, who, one: service.add_evidence(s, who, one, file, "报告", make.NOW))
    with db.reading(world.engine) as session:
        answer = queries.answers_of(session, world.found(session))[PART]
        assert (answer.text, answer.updated_by) == ("我们写的", team["writer"].id)
        assert [one.added_by for one in queries.evidence_of(session, world.found(session))] == [team["writer"].id]


def test_a_writer_hands_nothing_in_and_takes_nothing_back(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    with transaction(world.engine) as session:
        worlds.fill(session, world.owner, world.found(session))
    with pytest.raises(Refused) as refused:
        act(world, team["writer"], submitting)
    assert (refused.value.code, refused.value.status) == ("role.not_responsible", 403)
    act(world, owner_of(world), submitting)
    for what in (submitting, withdrawing):
        with pytest.raises(Refused) as refused:
            act(world, team["writer"], what)
        assert refused.value.status == 403
    with db.reading(world.engine) as session:
        assert world.found(session).state == "submitted"
        assert len(queries.submissions_of(session, world.found(session))) == 1


def owner_of(world: World) -> Person:
    with db.reading(world.engine) as session:
        return session.get_one(Person, world.owner.person_id)


def test_a_reader_reads_all_and_writes_nothing(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    worlds.submitted(world)
    stored = worlds.pdf("另一份.pdf", 2)
    refused_acts: list[Act[Any]] = [
        saving("不该写的", 1), submitting, withdrawing, inviting(),
        lambda s, who, one: service.save_profile(s, who, one, worlds.facts() | {"staff": "1"}, one.profile_version, make.NOW),
        lambda s, who, one: service.add_evidence(s, who, one, stored, "", make.NOW),
        lambda s, who, one: service.be_at_work(s, who, one, PART, make.NOW),
    ]  # fmt: skip
    for what in refused_acts:
        with pytest.raises(Refused) as refused:
            act(world, team["reader"], what)
        assert (refused.value.code, refused.value.status) == ("role.not_responsible", 403)
    with db.reading(world.engine) as session:
        reader, found = make.actor(session, team["reader"]), world.found(session)
        assert queries.may_read(session, reader, found, make.NOW)
        assert queries.application_for(session, reader, world.application, make.NOW).id == found.id
        [evidence] = queries.evidence_of(session, found)
        assert queries.evidence_for(session, reader, evidence.public_id, make.NOW).name == "年度质量报告.pdf"
        assert "不该写的" not in queries.answers_of(session, found)[PART].text


def test_who_is_taken_out_finds_nothing_at_his_next_request(desk: dict[str, Visitor], world: World, team: dict[str, Person]) -> None:
    assert desk["writer"].get(base(world)).status_code == 200
    answer = desk["owner"].post(f"{base(world)}/people/{team['writer'].public_id}", {"role": ""})
    assert answer.status_code == 303
    for path in ("", "/items/4.1.2", "/people", "/profile", "/check"):
        assert desk["writer"].get(base(world) + path).status_code == 404
    assert desk["writer"].put(f"{base(world)}/items/{PART}", {"text": "还想写"}, '"0"').status_code == 404
    assert world.application not in desk["writer"].get("/apply").text
    with db.reading(world.engine) as session:
        assert PART not in queries.answers_of(session, world.found(session))
        assert queries.revisions_of(session, world.found(session), PART) == []


def test_roles_on_the_pages(desk: dict[str, Visitor], world: World) -> None:
    """403 where the role does not reach, and nothing to press there."""
    with transaction(world.engine) as session:
        worlds.fill(session, world.owner, world.found(session))
    declared = dict.fromkeys(service.DECLARATIONS, "1")
    assert desk["reader"].put(f"{base(world)}/items/{PART}", {"text": "x"}, '"1"').status_code == 403
    assert desk["writer"].post(f"{base(world)}/submit", declared).status_code == 403
    assert desk["writer"].post(f"{base(world)}/people", {"name": "a", "email": "a@example.cn", "role": "reader"}).status_code == 403
    assert "Ask its responsible person" in desk["reader"].page(f"{base(world)}/items/{PART}").text
    assert desk["reader"].page(f"{base(world)}/items/{PART}").find("textarea") is None
    assert desk["writer"].page(f"{base(world)}/items/{PART}").find("textarea") is not None
    check = desk["writer"].page(f"{base(world)}/check")
    assert "Ask its responsible person" in check.text
    assert check.find("a", href=f"{base(world)}/submit") is None
    assert desk["owner"].page(f"{base(world)}/check").find("a", href=f"{base(world)}/submit") is not None
    assert desk["writer"].page(f"{base(world)}/submit").find("form", action=f"{base(world)}/submit") is None
    assert desk["owner"].post(f"{base(world)}/submit", declared).status_code == 303


def test_the_task_list_names_everybody_and_what_he_may_do(desk: dict[str, Visitor], world: World) -> None:
    for who in ("owner", "writer", "reader"):
        shown = desk[who].page(base(world)).find("aside")
        assert shown is not None
        text = " ".join(shown.get_text(" ").split())
        for words in ("李敏", "王立", "孙静", "Writes and uploads; does not submit or withdraw", "Reads everything, writes nothing"):
            assert words in text
    assert desk["writer"].page(f"{base(world)}/people").find("form", action=f"{base(world)}/people") is None
    assert desk["owner"].page(f"{base(world)}/people").find("form", action=f"{base(world)}/people") is not None


@pytest.mark.parametrize("who", ["stranger", "office", "elsewhere"])
def test_for_others_there_are_no_people(desk: dict[str, Visitor], world: World, team: dict[str, Person], who: str) -> None:
    person = team["writer"].public_id
    for method, path in (("get", "/people"), ("post", "/people"), ("post", f"/people/{person}"), ("get", f"/people/{person}/remove"),
                         ("post", "/at-work/4.1.2"), ("post", "/people/invitations/zzzzzzzzzzzz/end")):  # fmt: skip
        assert getattr(desk[who], method)(base(world) + path).status_code == 404, path
    with db.reading(world.engine) as session:
        assert make.actor(session, team["writer"]).has(Role.WRITER, Scope.APPLICATION, world.found(session).id)


def test_a_writer_of_one_application_is_nobody_in_another(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    with transaction(world.engine) as session:
        found = world.found(session)
        other = service.start_application(session, world.owner, found.round, found.organisation, "organisation", "manufacturing", make.NOW)
        assert other.id == found.id
        claim = session.scalars(select(Claim).where(Claim.person_id == world.stranger.person_id)).one()
        rivals = worlds.begin(session, world.stranger, found.round, claim.organisation)
        writer = make.actor(session, team["writer"])
        with pytest.raises(NotFound):
            queries.own_application(session, writer, rivals.public_id)
        with pytest.raises(NotFound):
            service.save_answer(session, writer, rivals, PART, "x", None, 0, make.NOW)
        assert [one.id for one in queries.applications_of(session, writer)] == [found.id]
        with pytest.raises(NotFound):
            service.change_role(session, world.stranger, rivals, team["writer"].public_id, None, make.NOW)


def test_inviting_by_link_gives_just_this(world: World, any_engine: Engine) -> None:
    _, token = act(world, owner_of(world), inviting(Role.READER))
    with transaction(world.engine) as session:
        person = accept_invitation(session, token, password=PASSWORD, now=make.NOW)
        held = session.scalars(select(Grant).where(Grant.person_id == person.id)).all()
        assert [(one.role, one.scope, one.scope_id, one.given_by) for one in held] == [
            ("reader", "application", world.found(session).id, world.owner.person_id)
        ]
        assert [one.role for one in members_of(session, world.found(session))] == [Role.APPLICANT, Role.APPLICANT, Role.READER]
    with db.reading(world.engine) as session:
        [record] = worlds.records(session, Event.APPLICATION_SHARED)
        assert (record["obj"], record["content"]["role"]) == (f"application:{world.application}", "reader")


def test_an_invitation_is_taken_back(world: World, any_engine: Engine) -> None:
    invitation, token = act(world, owner_of(world), inviting())

    def end(session: Session, who: Actor, application: Application) -> None:
        service.end_invitation(session, who, application, invitation.public_id, make.NOW, make.NOW)

    act(world, owner_of(world), end)
    with transaction(world.engine) as session, pytest.raises(NotFound):
        accept_invitation(session, token, password=PASSWORD, now=make.NOW)
    with pytest.raises(NotFound):
        act(world, owner_of(world), end)


def test_who_claimed_in_vain_leaves_nobody_behind(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    """The office refuses a claim it had confirmed: whom the claimant let in goes with him, and so do his open links."""
    _, token = act(world, owner_of(world), inviting())
    _, unused = act(world, owner_of(world), inviting(Role.READER, "late@example.cn"))
    with transaction(world.engine) as session:
        writer = accept_invitation(session, token, password=PASSWORD, now=make.NOW)
        assert queries.own_application(session, make.actor(session, writer), world.application)
    with transaction(world.engine) as session:
        mine = session.scalars(select(Claim).where(Claim.person_id == world.owner.person_id)).one()
        service.decide_claim(session, world.office, mine, False, "执照系伪造", make.NOW)
    with transaction(world.engine) as session:
        for person_id in (writer.id, world.owner.person_id):
            gone = make.actor(session, session.get_one(Person, person_id))
            with pytest.raises(NotFound):
                queries.own_application(session, gone, world.application)
    with transaction(world.engine) as session, pytest.raises(NotFound):
        accept_invitation(session, unused, password=PASSWORD, now=make.NOW)


def test_nobody_is_invited_before_the_licence_was_seen_or_to_another_role(world: World) -> None:
    for role in (Role.APPLICANT, Role.AWARD_OFFICE, Role.JUDGE):
        with pytest.raises(Invalid):
            act(world, owner_of(world), inviting(role))
    with transaction(world.engine) as session:
        for claim in session.scalars(select(Claim)):
            claim.state = "pending"
    with pytest.raises(Conflict, match="licence"):
        act(world, owner_of(world), inviting())


def test_roles_change_and_the_trail_says_by_whom(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    act(world, owner_of(world), changing(team["writer"], Role.READER))
    act(world, owner_of(world), changing(team["writer"], Role.READER))
    with pytest.raises(Refused):
        act(world, team["writer"], saving("不行"))
    with pytest.raises(Refused):
        act(world, team["writer"], changing(team["reader"], Role.WRITER))
    with pytest.raises(NotFound):
        act(world, owner_of(world), changing(owner_of(world), None))
    with pytest.raises(Invalid) as refused:
        act(world, owner_of(world), changing(team["writer"], Role.APPLICANT))
    assert refused.value.errors[0].field == "role"
    act(world, owner_of(world), changing(team["writer"], None))
    with db.reading(world.engine) as session:
        found = worlds.records(session, Event.APPLICATION_SHARED)
    owner = world.owner.public_id
    assert [(one["actor"]["id"], one["content"]["role"]) for one in found] == [(owner, "reader"), (owner, "")]


def test_whoever_writes_for_an_applicant_does_not_judge_it(world: World, team: dict[str, Person]) -> None:
    with db.reading(world.engine) as session:
        assert {one.id for one in team.values()} <= queries.barred_from(session, Application.public_id == world.application)


def test_the_api_asks_the_same(client: TestClient, world: World, team: dict[str, Person]) -> None:
    texts = {}
    with transaction(world.engine) as session:
        for name, person in team.items():
            token = well_formed(name[0] * SECRET)
            session.add(
                ApiToken(
                    token_hash=hash_token(token), person_id=person.id, name="test", scopes=[one.value for one in TokenScope],
                    created_at=make.NOW, ends_at=make.NOW + timedelta(30),
                )
            )  # fmt: skip
            texts[name] = {"authorization": f"Bearer {token}", "if-match": '"0"'}
    url = f"/api/v1/applications/{world.application}"
    wrote = client.put(f"{url}/items/{PART}", json={"text": "程序写的"}, headers=texts["writer"])
    assert (wrote.status_code, wrote.json()["version"]) == (200, 1)
    assert client.put(f"{url}/items/{PART}", json={"text": "x"}, headers=texts["reader"]).status_code == 403
    assert client.get(f"{url}/items/{PART}", headers=texts["reader"]).json()["text"] == "程序写的"
    assert client.post(f"{url}/submission", json={"declarations": []}, headers=texts["writer"]).status_code == 403
    act(world, owner_of(world), changing(team["writer"], None))
    assert client.put(f"{url}/items/{PART}", json={"text": "y"}, headers=texts["writer"] | {"if-match": '"1"'}).status_code == 404


def test_an_open_form_is_seen_by_colleagues_for_five_minutes(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    for _ in range(2):
        act(world, team["writer"], lambda s, who, one: service.be_at_work(s, who, one, PART, make.NOW))

    def seen(by: Actor, after: timedelta, part: str | None = None) -> list[tuple[str, str]]:
        with db.reading(world.engine) as session:
            found = at_work(session, by, world.found(session), make.NOW + after, part)
            return [(one.part, one.name) for one in found]

    assert seen(world.owner, timedelta(minutes=4)) == [(PART, "王立")]
    assert seen(world.owner, timedelta(minutes=4), "4.1.3") == []
    assert seen(world.owner, timedelta(minutes=5)) == []
    with db.reading(world.engine) as session:
        writer = make.actor(session, team["writer"])
        assert session.scalar(select(func.count()).select_from(Presence)) == 1
    assert seen(writer, timedelta()) == []
    act(world, team["writer"], saving("存了", after=timedelta(minutes=9)))
    assert seen(world.owner, timedelta(minutes=10)) == [(PART, "王立")]


def test_a_beat_says_who_else_is_there(desk: dict[str, Visitor], world: World, clock: StandingClock) -> None:
    beat = f"{base(world)}/at-work/{PART}"
    assert desk["writer"].post(beat).text == ""
    clock.forward(minutes=2)
    assert desk["owner"].post(beat).text == "王立 had it open 2 min ago"
    assert "王立 had it open 2 min ago" in desk["owner"].page(base(world)).text
    assert "王立 had it open 2 min ago" in desk["reader"].page(f"{base(world)}/items/{PART}").text
    assert "李敏 has it open now" in desk["writer"].page(f"{base(world)}/items/{PART}").text
    assert desk["owner"].post(f"{base(world)}/at-work/9.9.9").status_code == 404
    assert desk["owner"].post(f"{base(world)}/at-work/facts").status_code == 200
    assert desk["reader"].post(beat).status_code == 403
    act(world, owner_of(world), saving("写了", after=timedelta(minutes=2)))
    assert "李敏 is writing now" in desk["writer"].page(f"{base(world)}/items/{PART}").text


def test_without_scripts_the_last_save_is_named(desk: dict[str, Visitor], world: World) -> None:
    desk["writer"].post(f"{base(world)}/items/{PART}", {"text": "写了", "version": "0", "is_done": "no", "act": "save"})
    assert "Last saved by 王立, 2 March 2026 09:00" in " ".join(desk["owner"].page(f"{base(world)}/items/{PART}").get_text(" ").split())


def test_two_restore_at_once_and_nothing_is_lost(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    """One becomes the present text, the other is told; every text that ever was is in the history."""
    texts = ["甲文。" * 9, "乙文。" * 9, "丙文。" * 9]
    for version, text in enumerate(texts):
        act(world, owner_of(world), saving(text, version))
    outcomes: list[str] = []

    def restore(who: Person, text: str) -> None:
        def save(session: Session, actor: Actor, application: Application) -> object:
            return service.save_answer(session, actor, application, PART, text, None, 3, make.NOW, keeps=True)

        try:
            act(world, who, save)
            outcomes.append("done")
        except Stale as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=restore, args=one) for one in ((owner_of(world), texts[0]), (team["writer"], texts[1]))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["answer.stale", "done"]
    with db.reading(world.engine) as session:
        answer = queries.answers_of(session, world.found(session))[PART]
        revisions = queries.revisions_of(session, world.found(session), PART)
    assert answer.version == 4
    assert {answer.text, *(one.text for one in revisions)} == set(texts)


def test_nobody_is_invited_twice(world: World, team: dict[str, Person], any_engine: Engine) -> None:
    """Neither beside an open invitation, in whatever letters, nor who works on it; taken back, it can be sent anew."""
    owner = owner_of(world)
    invitation, _ = act(world, owner, inviting(Role.READER))
    for email in ("new@example.cn", " New@Example.CN "):
        with pytest.raises(Invalid) as refused:
            act(world, owner, inviting(Role.WRITER, email))
        fault = refused.value.errors[0]
        assert fault.field == "email"
        assert translate("en", fault.text, fault.params).startswith("new@example.cn is invited already, as")
    for key in ("writer", "reader"):
        with pytest.raises(Invalid) as refused:
            act(world, owner, inviting(Role.READER, team[key].email))
        fault = refused.value.errors[0]
        assert translate("en", fault.text, fault.params).startswith(f"{team[key].name} works on this application already, as")
    act(world, owner, lambda s, who, one: service.end_invitation(s, who, one, invitation.public_id, make.NOW, make.NOW))
    act(world, owner, inviting(Role.WRITER))
