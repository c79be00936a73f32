"""What no page of ours sends is answered with a clear refusal, never with a fault."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from psycopg import errors as postgres_errors
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from award.accounts import service
from award.kernel.audit.trail import transaction
from award.kernel.web.csrf import HEADER, token_for
from tests import make
from tests.conftest import StandingClock
from tests.kernel.site import visit
from tests.visiting import post, sign_in

HUGE = "99999999999999999999"


@pytest.fixture
def office(engine: Engine, clock: StandingClock, client: TestClient) -> tuple[TestClient, str]:
    """An officer's browser, and the address of his round."""
    with transaction(engine) as session:
        authority = make.authority(session)
        round_ = make.round_(session, "setup", of=authority)
        who = make.officer(session, authority)
        address = f"/office/rounds/{round_.public_id}"
    return sign_in(client, engine, who), address


@pytest.mark.parametrize("address", ["/login?next=a%00b", "/v/%00", "/office/judges?q=%00"])
def test_nul_in_an_address(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_form_in_another_encoding(client: TestClient) -> None:
    """UTF-7 spells half a surrogate pair, which cannot be stored, shown or hashed."""
    client.get("/login")
    body = b'--x\r\nContent-Disposition: form-data; name="account"\r\n\r\n+2AA-\r\n--x--\r\n'
    answers = [
        client.post("/login", content=body, headers={"content-type": f"multipart/form-data; boundary=x; charset={name}"}).status_code
        for name in ("utf-7", "nonsense", "utf-8", "UTF-8")
    ]
    assert answers == [415, 415, 403, 403]


def test_nul_in_a_form_is_told_and_nothing_saved(any_engine: Engine, clock: StandingClock, client: TestClient) -> None:
    with transaction(any_engine) as session:
        who = make.person(session)
    sign_in(client, any_engine, who)
    sent = {"name": "李敏", "email": "a@example.cn", "phone": "0552\x0012", "language": "zh"}
    answer = post(client, "/me", sent)
    assert (answer.status_code, "“0552”之后有一个看不见" in answer.text) == (422, True)
    assert post(client, "/me", sent | {"phone": "055212"}).status_code == 303
    assert post(client, "/forgot", {"account": "a\x00b"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?page=99999999999999999999", 422), ("/trail?page=99999999999999999999", 422), ("/applications?page=0", 422),
        ("/calendar?first=9999-12-31", 200), ("/calendar?first=0001-01-01", 200),
        ("/notice?first_day=9999-12-31", 200), ("/notice?first_day=0001-01-01", 200),
    ],
)  # fmt: skip
def test_numbers_and_days_beyond_all_bounds(office: tuple[TestClient, str], query: str, status: int) -> None:
    client, address = office
    assert client.get(address + query).status_code == status


def test_a_year_beyond_all_bounds(office: tuple[TestClient, str]) -> None:
    client, _ = office
    assert post(client, f"/office/calendar/{HUGE}/day", {"day": "2026-03-02"}).status_code == 404
    assert post(client, "/office/calendar/1/announced", {"source": "x"}).status_code == 404


def sql(kind: type[Exception], cause: Exception) -> Exception:
    return kind("INSERT", {}, cause)


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (sql(IntegrityError, ValueError("UNIQUE constraint failed: person.username")), 409, "at the same moment"),
        (sql(IntegrityError, postgres_errors.UniqueViolation()), 409, "at the same moment"),
        (sql(IntegrityError, postgres_errors.NotNullViolation()), 500, "what you had saved is safe"),
        (sql(OperationalError, postgres_errors.DeadlockDetected()), 409, "at the same moment"),
        (sql(DataError, ValueError()), 422, "too long or too large"),
        (sql(OperationalError, ValueError()), 500, "what you had saved is safe"),
    ],
)
def test_what_the_database_refuses(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, sentence: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(service, "ask_reset", fail)
    with visit(engine) as client:
        client.cookies.set("lang", "en")
        answer = post(client, "/forgot", {"account": "a"})
    assert answer.status_code == status
    assert sentence in answer.text


def test_two_who_register_at_once_are_told_so(any_engine: Engine, clock: StandingClock, client: TestClient) -> None:
    """The check finds nobody; the constraint is the last word."""
    with transaction(any_engine) as session:
        first = make.person(session)
        first.username = "a@example.cn"
    blind: Callable[..., None] = lambda *_, **__: None  # noqa: E731
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("award.accounts.queries.person_by_account", blind)
        patch.setattr("sqlalchemy.orm.Session.scalar", blind)
        client.cookies.set("visitor", "v")
        answer = client.post("/register", data={"name": "李", "email": "a@example.cn"}, headers={HEADER: token_for("v")})
    assert answer.status_code == 409
