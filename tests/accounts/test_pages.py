import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from award.accounts import service
from award.accounts.identify import SESSION_COOKIE
from award.accounts.models import Person
from award.accounts.pages.going import home_of, local_path
from award.kernel import db
from award.kernel.actor import SYSTEM, Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.mail.models import Message
from tests.accounts.people import PASSWORD, enter
from tests.conftest import StandingClock
from tests.visiting import faults, post, sign_in, words

ENGLISH = {"accept-language": "en"}


@pytest.mark.parametrize(
    "outside",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/a\nb",
        "/\t/evil",
    ],
)
def test_nothing_leads_outside(outside: str) -> None:
    assert local_path(outside, "/home") == "/home"


@pytest.mark.parametrize("inside", ["/", "/apply/abc?page=2", "/me#x"])
def test_inside_is_fine(inside: str) -> None:
    assert local_path(inside, "/home") == inside


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        ({Role.SECURITY_ADMINISTRATOR}, "/admin/people"),
        ({Role.SUPERVISOR, Role.COMMITTEE_MEMBER}, "/office"),
        ({Role.COMMITTEE_MEMBER}, "/committee"),
        ({Role.RECOMMENDER}, "/me"),
        (set(), "/apply/organisation"),
    ],
)
def test_everybody_is_led_to_his_own_work(roles: set[Role], place: str) -> None:
    assert home_of(frozenset(roles)) == place


def test_signing_in_and_out(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin", (Role.JUDGE, Scope.ROUND, 1))
    answer = post(client, "/login", {"account": "lin", "password": PASSWORD, "next": "/review?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?x=1")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/me").status_code == 200
    token = client.cookies[SESSION_COOKIE]
    answer = post(client, "/logout")
    assert "clear-site-data" not in answer.headers
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/me").headers["location"] == "/login?next=/me", "the server forgot it, not only the browser"


def test_a_shared_computer_forgets_drafts(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    post(client, "/login", {"account": "lin", "password": PASSWORD, "shared": "1"})
    assert re.search(r"<html[^>]* data-shared", client.get("/me").text)
    assert post(client, "/logout").headers["clear-site-data"] == '"storage"'
    assert not re.search(r"<html[^>]* data-shared", client.get("/login").text)


def test_failing_looks_the_same(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    """Source: security.md R16: same status, body and headers for unknown, wrong, paused and closed."""
    enter(engine, "wrong")
    enter(engine, "pause")
    closed = enter(engine, "close")
    with transaction(engine) as session:
        service.disable_person(session, SYSTEM, session.get_one(Person, closed.id), "left", clock.now)
    client.get("/login")
    for _ in range(5):
        post(client, "/login", {"account": "pause", "password": "Wrong-guess-2026"})
    seen = set()
    for account, password in [
        ("wrong", "Wrong-guess-2026"),
        ("nobod", PASSWORD),
        ("close", PASSWORD),
        ("pause", PASSWORD),
    ]:
        answer = post(client, "/login", {"account": account, "password": password})
        seen.add((answer.status_code, answer.text.replace(account, "?"), tuple(sorted(answer.headers.items()))))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 422


def test_the_password_is_never_shown_again(client: TestClient, clock: StandingClock) -> None:
    answer = post(client, "/login", {"account": "lin", "password": "Wrong-guess-2026"})
    assert "Wrong-guess-2026" not in answer.text
    assert 'value="lin"' in answer.text


def test_a_form_from_elsewhere_is_refused(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    given = {"account": "lin", "password": PASSWORD}
    assert client.post("/login", data=given).status_code == 403
    client.get("/login")
    headers = {"x-csrf-token": "0" * 40}
    assert client.post("/login", data=given, headers=headers).status_code == 403


@pytest.mark.parametrize(("path", "field"), [("/register", "email"), ("/forgot", "account")])
def test_asking_for_a_link_answers_alike(
    client: TestClient, engine: Engine, clock: StandingClock, path: str, field: str
) -> None:
    enter(engine, "known", email="known@example.cn")
    answers = [
        post(client, path, {"name": "王", field: address}) for address in ("known@example.cn", "other@example.cn")
    ]
    texts = {one.text.replace("known@", "?@").replace("other@", "?@") for one in answers}
    assert len(texts) == 1
    assert {one.status_code for one in answers} == {200}


def test_from_registering_to_the_first_page(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    post(client, "/register", {"name": "王建国", "email": "wang@example.cn"})
    with transaction(engine) as session:
        link = session.scalars(select(Message.link)).one()
    path = re.sub(r"^https?://[^/]+", "", link or "")
    assert "wang@example.cn" in words(client.get(path))
    twice = {"password": PASSWORD, "password_again": "Rivers-flow-2026"}
    assert len(faults(post(client, path, twice))) == 1
    answer = post(client, path, {"password": PASSWORD, "password_again": PASSWORD})
    assert answer.headers.get("location") == "/login?note=password", words(answer)
    assert client.get(path).status_code == 404
    answer = post(client, "/login", {"account": "wang@example.cn", "password": PASSWORD})
    assert answer.headers["location"] == "/home"
    assert client.get("/home").headers["location"] == "/apply/organisation"


@pytest.mark.parametrize("path", ["/reset/", "/invitation/", "/start/"])
def test_dead_links_say_what_to_do(client: TestClient, clock: StandingClock, path: str) -> None:
    answer = client.get(path + "a" * 43)
    assert answer.status_code == 404
    assert "此链接已失效" in words(answer)
    assert client.get(path + "..%2f..%2fetc").status_code == 404


def test_the_first_start(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    with transaction(engine) as session:
        path = "/start/" + str(service.make_start_link(session)).rsplit("/", 1)[-1]
    details = {
        "username": "root",
        "name": "甲",
        "email": "root@example.cn",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    client.cookies.set("lang", "en")
    shown = post(client, path, details | {"email": "nonsense"})
    assert (shown.status_code, len(faults(shown))) == (422, 1)
    assert post(client, path, details).status_code == 303
    assert post(client, path, details | {"username": "second"}).status_code == 404
    post(client, "/login", {"account": "root", "password": PASSWORD})
    with db.reading(engine) as session:
        assert session.scalars(select(Person.language)).one() == "en"  # the language of the page he came in by
    assert client.get("/home").headers["location"] == "/admin/people"
    for business in ("/office/claims", "/office/people", "/office"):
        assert client.get(business).status_code in (403, 404)


def test_accepting_an_invitation(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    with transaction(engine) as session:
        _, token = service.invite(
            session,
            SYSTEM,
            name="陈",
            email="chen@example.cn",
            role=Role.JUDGE,
            scope=Scope.ROUND,
            scope_id=1,
            now=clock.now,
        )
    assert "评审员" in words(client.get(f"/invitation/{token}"))
    details = {"name": "陈教授", "password": PASSWORD, "password_again": PASSWORD}
    assert post(client, f"/invitation/{token}", details).headers["location"] == "/login?note=ready"
    post(client, "/login", {"account": "chen@example.cn", "password": PASSWORD})
    assert client.get("/home").headers["location"] == "/review"


def test_an_invitation_for_an_account_that_exists(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    chen, other = enter(engine, "chen"), enter(engine, "other")
    with transaction(engine) as session:
        _, token = service.invite(
            session,
            SYSTEM,
            name="陈",
            email="chen@example.cn",
            role=Role.JUDGE,
            scope=Scope.ROUND,
            scope_id=1,
            now=clock.now,
        )
    path = f"/invitation/{token}"
    details = {"name": "陈教授", "password": PASSWORD, "password_again": PASSWORD}
    refused = post(client, path, details)
    assert refused.status_code == 409
    assert PASSWORD not in refused.text
    assert post(sign_in(client, engine, other), path).status_code == 404
    assert post(sign_in(client, engine, chen), path).headers["location"] == "/home"


def test_a_recommending_authority_is_told_that_it_acts_on_paper(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    """And is not led in a circle from its account to its account."""
    said = "As a recommending authority you act on paper"
    sign_in(client, engine, enter(engine, "tuijian", (Role.RECOMMENDER, Scope.ROUND, 1)))
    assert client.get("/home", follow_redirects=False).headers["location"] == "/me"
    page = client.get("/me", headers=ENGLISH).text
    assert said in page
    assert "Back to my work" not in page
    sign_in(client, engine, enter(engine, "both", (Role.RECOMMENDER, Scope.ROUND, 1), (Role.JUDGE, Scope.ROUND, 1)))
    page = client.get("/me", headers=ENGLISH).text
    assert said in page
    assert "Back to my work" in page
    sign_in(client, engine, enter(engine, "judge", (Role.JUDGE, Scope.ROUND, 1)))
    assert said not in client.get("/me", headers=ENGLISH).text


def test_one_s_own_account(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin", (Role.JUDGE, Scope.ROUND, 1))
    sign_in(client, engine, lin)
    shown = words(client.get("/me"))
    assert "评审员" in shown
    assert "账号已建立" in shown
    answer = post(client, "/me", {"name": "", "phone": "0552-1", "language": "en"})
    assert (answer.status_code, 'value="0552-1"' in answer.text) == (422, True)
    for phone in ("=1+1'\"<>", "12345", "0552-3001234 ext"):
        answer = post(client, "/me", {"name": "Lin Xiao", "phone": phone, "language": "en"})
        assert (answer.status_code, "不是电话号码" in answer.text) == (422, True), phone
    answer = post(client, "/me", {"name": "Lin Xiao", "language": "en"})
    assert answer.status_code == 303
    assert "My account" in client.get("/me").text


def test_ending_one_s_other_sessions(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin")
    elsewhere = [service.sign_in(engine, "lin", PASSWORD, clock.now, agent=f"Browser {n}").token for n in range(3)]
    sign_in(client, engine, lin)
    page = client.get("/me").text
    assert page.count("Browser ") == 3
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', page)
    assert mark is not None
    post(client, "/me/sessions", {"mark": mark[1]})
    assert client.get("/me").text.count("Browser ") == 2
    post(client, "/me/sessions")
    assert client.get("/me").text.count("Browser ") == 0
    assert client.get("/me").status_code == 200
    client.cookies.set(SESSION_COOKIE, elsewhere[0])
    assert client.get("/me").status_code == 303


def test_somebody_else_s_session_is_not_found(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    lin, other = enter(engine, "lin"), enter(engine, "other")
    sign_in(client, engine, lin)
    service.sign_in(engine, "lin", PASSWORD, clock.now)
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', client.get("/me").text)
    assert mark is not None
    sign_in(client, engine, other)
    assert post(client, "/me/sessions", {"mark": mark[1]}).status_code == 404
    assert post(client, "/me/sessions", {"mark": "0" * 16}).status_code == 404


def test_changing_the_password(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    sign_in(client, engine, enter(engine, "lin"))
    new = {"password": "Rivers-flow-2026", "password_again": "Rivers-flow-2026"}
    assert faults(post(client, "/me/password", new | {"old_password": "nope"})) == ["当前密码不正确。"]
    assert post(client, "/me/password", new | {"old_password": PASSWORD}).status_code == 303
    assert client.get("/me").status_code == 200


def test_language_and_size(client: TestClient) -> None:
    assert 'lang="zh-CN"' in client.get("/login").text
    answer = client.get("/lang/en?next=/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert 'lang="en"' in client.get("/login").text
    assert client.get("/lang/en?next=//evil.example").headers["location"] == "/"
    assert client.get("/lang/fr").status_code in (404, 422)
    assert post(client, "/display", {"size": "l", "next": "/login"}).headers["location"] == "/login"
    assert 'data-size="l"' in client.get("/login").text


def test_signed_out_people_are_sent_to_sign_in_and_back(client: TestClient) -> None:
    assert client.get("/me").headers["location"] == "/login?next=/me"
    answer = client.get("/admin/people?q=a&page=2")
    assert answer.headers["location"] == "/login?next=/admin/people%3Fq%3Da%26page%3D2"
    assert 'name="next" value="/admin/people?q=a&amp;page=2"' in client.get(answer.headers["location"]).text


def test_a_language_chosen_before_signing_in_stays(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    client.get("/lang/en")
    post(client, "/login", {"account": "lin", "password": PASSWORD})
    assert "My account" in client.get("/me").text
