"""Personal tokens: made on their page with the password, shown once, and what ends or narrows them."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.accounts import bearer, passwords, service
from award.accounts.models import ApiToken, Person
from award.accounts.passwords import hash_password
from award.accounts.queries import hash_token
from award.accounts.service.tokens import PREFIX, is_well_formed, new_api_token
from award.accounts.token_calls import TokenCalls
from award.kernel.actor import Role, Scope, TokenScope
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from tests import make
from tests.api.asking import ALL, API, Program, assert_problem, token_for
from tests.api.conftest import As
from tests.conftest import StandingClock
from tests.judging.world import World
from tests.visiting import faults, post, sign_in, words

PASSWORD = "Yunchuan-2026"
FORM = {"name": "填报程序", "scopes": "read:rounds", "ends_on": "2026-06-30", "token_password": PASSWORD}


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def person(engine: Engine, clock: StandingClock, cheap: None) -> Person:
    with transaction(engine) as session:
        made = make.person(session)
        made.password_hash = hash_password(PASSWORD)
    return made


def made_by_page(api: TestClient, engine: Engine, person: Person, **changed: str) -> str:
    answer = post(sign_in(api, engine, person), "/me/tokens", {**FORM, **changed})
    assert answer.status_code == 200, words(answer)
    return re.findall(rf"{PREFIX}[a-z0-9]{{47}}", answer.text)[0]


def happened(engine: Engine, act: str) -> int:
    with transaction(engine) as session:
        return len(session.scalars(select(AuditRecord).where(AuditRecord.act == act)).all())


def test_made_shown_once_and_used(engine: Engine, api: TestClient, person: Person) -> None:
    token = made_by_page(api, engine, person)
    assert is_well_formed(token)
    page = api.get("/me/tokens")
    assert token not in page.text
    assert "never used" in page.text or "从未使用" in page.text
    with transaction(engine) as session:
        stored = session.scalars(select(ApiToken)).one()
        assert (stored.token_hash, stored.scopes, stored.used_on) == (hash_token(token), ["read:rounds"], None)
        assert token not in repr(vars(stored))
    for _ in range(2):
        assert Program(api, token).get("/rounds").status_code == 200
    with transaction(engine) as session:
        assert session.scalars(select(ApiToken.used_on)).one() == make.NOW.date()
    assert [happened(engine, act) for act in ("token:made", "token:used", "token:refused")] == [1, 1, 0]


def test_the_check_sum_finds_every_slip_of_one_character() -> None:
    token = new_api_token()
    slips = {token[:at] + other + token[at + 1 :] for at in range(len(token)) for other in "2a" if token[at] != other}
    assert len(slips) >= 50
    assert not any(is_well_formed(one) for one in slips | {"", token[:-1], token + "2", token.upper()})


@pytest.mark.parametrize(
    ("changed", "count"),
    [
        ({"name": ""}, 1), ({"scopes": "read:everything"}, 1), ({"scopes": ""}, 1), ({"ends_on": ""}, 1),
        ({"ends_on": "2026-03-01"}, 1), ({"ends_on": "2027-03-04"}, 1), ({"token_password": "wrong"}, 1),
        ({"scopes": "", "ends_on": "2099-01-01", "token_password": ""}, 3),
    ],
)  # fmt: skip
def test_a_token_that_is_not_made(engine: Engine, api: TestClient, person: Person, changed: dict[str, str], count: int) -> None:
    answer = post(sign_in(api, engine, person), "/me/tokens", {**FORM, **changed})
    assert answer.status_code == 422
    assert len(faults(answer)) == count
    with transaction(engine) as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_a_token_without_a_scope_or_a_day_is_told_by_the_words_of_the_form(
    engine: Engine, api: TestClient, person: Person
) -> None:
    sign_in(api, engine, person)
    told = [faults(post(api, "/me/tokens", {**FORM, **changed}), named=True) for changed in ({"scopes": ""}, {"ends_on": "soon"})]
    assert told == [["权限范围：请选择令牌的权限范围。"], ["截止日期：请按“年-月-日”填写日期，例如 2026-08-28。"]]


def test_an_administrator_makes_none_and_uses_none(engine: Engine, api: TestClient, person: Person) -> None:
    """Also one made before he became one gives nothing of the administration."""
    token = made_by_page(api, engine, person)
    with transaction(engine) as session:
        make.grant(session, session.get_one(Person, person.id), Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0)
    assert post(sign_in(api, engine, person), "/me/tokens", FORM).status_code == 403
    assert bearer.bearer_of(engine, f"Bearer {token}", "127.0.0.1").actor.roles == frozenset()
    api.cookies.clear()
    assert api.get("/admin/people", headers={"authorization": f"Bearer {token}"}).status_code == 303


@pytest.mark.parametrize("end", ["expired", "revoked", "closed", "left", "password"])
def test_a_token_that_no_longer_holds(engine: Engine, api: TestClient, person: Person, clock: StandingClock, end: str) -> None:
    token = made_by_page(api, engine, person)
    program = Program(api, token)
    assert program.get("/rounds").status_code == 200
    with transaction(engine) as session:
        row, stored = session.get_one(Person, person.id), session.scalars(select(ApiToken)).one()
        public_id, actor = stored.public_id, make.actor(session, row)
        row.is_active = end != "closed"
        row.expires_at = make.NOW if end == "left" else None
        if end == "password":
            service.set_password(session, actor, row, "Another-Word-7719", clock.now)
    if end == "expired":
        clock.now = make.NOW + timedelta(days=366)
    if end == "revoked":
        assert post(sign_in(api, engine, person), f"/me/tokens/{public_id}/revoke").status_code == 303
    answer = program.get("/rounds")
    assert_problem(answer, 401, "token.unknown")
    assert answer.headers["www-authenticate"] == 'Bearer realm="award"'
    assert happened(engine, "token:refused") == 1
    assert happened(engine, "token:revoked") == (1 if end in ("revoked", "password") else 0)


def test_the_last_moment_of_a_token(engine: Engine, api: TestClient, person: Person, clock: StandingClock) -> None:
    """30 June ends at 24:00 in Beijing, 16:00 UTC."""
    program = Program(api, made_by_page(api, engine, person))
    end = make.NOW.replace(month=6, day=30, hour=16)
    clock.now = end - timedelta(microseconds=1)
    assert program.get("/rounds").status_code == 200
    clock.now = end
    assert program.get("/rounds").status_code == 401


def test_another_persons_token_cannot_be_revoked(engine: Engine, api: TestClient, person: Person) -> None:
    token = made_by_page(api, engine, person)
    with transaction(engine) as session:
        other, public_id = make.person(session), session.scalars(select(ApiToken.public_id)).one()
    assert post(sign_in(api, engine, other), f"/me/tokens/{public_id}/revoke").status_code == 404
    assert Program(api, token).get("/rounds").status_code == 200


@pytest.mark.parametrize("header", [{}, {"authorization": "Basic eA=="}, {"authorization": "Bearer"}, {"authorization": "Bearer x"}])
def test_without_a_token(api: TestClient, header: dict[str, str], clock: StandingClock) -> None:
    answer = api.get(f"{API}/rounds", headers=header)
    assert_problem(answer, 401)
    assert "set-cookie" not in answer.headers


def test_a_cookie_does_not_sign_in(engine: Engine, api: TestClient, person: Person) -> None:
    assert sign_in(api, engine, person).get("/me").status_code == 200
    assert_problem(api.get(f"{API}/rounds"), 401, "token.missing")


def test_a_token_signs_in_at_no_page(world: World, api: TestClient) -> None:
    token = token_for(world.engine, world.office.person_id)
    assert api.get("/office", headers={"authorization": f"Bearer {token}"}).headers["location"].startswith("/login")


SCOPED = {
    TokenScope.READ_ROUNDS: ("GET", "/rounds"), TokenScope.READ_APPLICATIONS: ("GET", "/applications"),
    TokenScope.READ_SHEETS: ("GET", "/sheets"), TokenScope.READ_RESULTS: ("GET", "/results"),
    TokenScope.READ_DOCUMENTS: ("GET", "/documents"), TokenScope.READ_ORGANISATIONS: ("GET", "/organisations"),
    TokenScope.WRITE_SHEETS: ("POST", "/sheets/zzzzzzzzzzzz/submission"),
    TokenScope.WRITE_APPLICATIONS: ("POST", "/applications/zzzzzzzzzzzz/submission"),
}  # fmt: skip


@pytest.mark.parametrize("scope", TokenScope)
def test_a_scope_opens_its_own_and_nothing_else(world: World, program: As, scope: TokenScope) -> None:
    method, path = SCOPED[scope]
    who = world.owners[0] if scope == TokenScope.WRITE_APPLICATIONS else world.judges[0]
    answer = program(who, frozenset(ALL - {scope})).ask(method, path, json={} if method == "POST" else None)
    assert_problem(answer, 403, "token.scope")
    assert scope.value in answer.json()["detail"]
    alone = program(who, frozenset({scope}))
    body = {"declarations": []} if scope == TokenScope.WRITE_APPLICATIONS else {}
    answer = alone.ask(method, path, tag='"0"', json=body) if method == "POST" else alone.get(path)
    assert answer.status_code == (404 if method == "POST" else 200)
    refused = {one: alone.ask(*SCOPED[one], json={} if SCOPED[one][0] == "POST" else None).status_code for one in ALL - {scope}}
    assert set(refused.values()) == {403}


def test_what_its_person_loses_the_token_loses(world: World, program: As) -> None:
    office = program(world.office)
    assert len(office.get("/applications").json()["items"]) == 2
    with transaction(world.engine) as session:
        person = session.get_one(Person, world.office.person_id)
        for one in person.grants:
            one.revoked_at = make.NOW - timedelta(minutes=1)
    assert office.get("/applications").json()["items"] == []
    assert_problem(office.get(f"/applications/{world.applications[0]}"), 404)


def test_a_network_that_tries_tokens_is_slowed(engine: Engine, api: TestClient, person: Person, clock: StandingClock,
                                               monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(bearer, "NETWORK_LIMIT", 3)
    good = made_by_page(api, engine, person)
    answers = [Program(api, new_api_token()).get("/rounds").status_code for _ in range(4)]
    assert answers == [401, 401, 401, 429]
    answer = Program(api, good).get("/rounds")
    assert_problem(answer, 429, "token.network")
    assert answer.headers["retry-after"] == "300"
    clock.forward(minutes=6)
    assert Program(api, good).get("/rounds").status_code == 200


def test_at_most_twenty(any_engine: Engine, clock: StandingClock, cheap: None) -> None:
    with transaction(any_engine) as session:
        person = make.person(session)
        person.password_hash = hash_password(PASSWORD)
        actor = make.actor(session, person)
        how = {"name": "x", "scopes": ["read:rounds"], "ends_at": make.NOW + timedelta(1), "password": PASSWORD, "now": make.NOW}
        for _ in range(20):
            service.make_token(session, actor, person, **how)  # type: ignore[arg-type]
        with pytest.raises(Exception, match=r"token\.too_many"):
            service.make_token(session, actor, person, **how)  # type: ignore[arg-type]


def test_a_token_that_asks_too_often_waits(world: World, program: As, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bearer, "calls", TokenCalls(3, timedelta(minutes=5)))
    judge, office = program(world.judges[0]), program(world.office)
    assert [judge.get("/sheets").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = judge.get("/sheets", headers={"accept-language": "en"})
    assert_problem(refused, 429, "limit.reached")
    assert refused.headers["retry-after"] == "300"
    assert "Wait 6 minutes" in refused.json()["detail"]
    # Another token is another program, of the same person too; what is refused is not counted.
    assert (office.get("/rounds").status_code, program(world.judges[0]).get("/sheets").status_code) == (200, 200)
    clock.now += timedelta(minutes=5)
    assert judge.get("/sheets").status_code == 200
