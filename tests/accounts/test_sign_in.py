from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts import service
from award.accounts.identify import find_visit
from award.accounts.models import Person, SignIn, SignInAttempt
from award.accounts.queries import account_events, actor_for, hash_token
from award.accounts.service.sign_in import NETWORK_LIMIT, network_of
from award.kernel import db
from award.kernel.actor import SYSTEM, Role, Scope
from award.kernel.audit.models import AuditOpening, AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused, TooMany
from tests.accounts.people import PASSWORD, enter, events, holder
from tests.conftest import StandingClock


def wrong(engine: Engine, clock: StandingClock, account: str = "lin", address: str = "10.0.0.1", times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Refused):
            service.sign_in(engine, account, "Wrong-guess-2026", clock.now, address=address)


@pytest.mark.both_databases
def test_the_right_password_begins_a_session(engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin", (Role.JUDGE, Scope.ROUND, 7))
    done = service.sign_in(engine, " LIN ", PASSWORD, clock.now, address="10.0.0.1", agent="Firefox")
    visit = find_visit(engine, done.token)
    assert visit is not None
    assert visit.actor.public_id == lin.public_id
    assert visit.actor.has(Role.JUDGE, Scope.ROUND, 7)
    with db.reading(engine) as session:
        stored = session.scalars(select(SignIn)).one()
        assert done.token not in (stored.token_hash, stored.mark)
        assert stored.ends_at == clock.now + timedelta(hours=12)
        assert events(session, f"person:{lin.public_id}")[-1] == "sign_in:done"


def test_the_mail_address_works_too_unless_two_share_it(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin", email="office@example.cn")
    assert service.sign_in(engine, "Office@Example.cn", PASSWORD, clock.now)
    enter(engine, "zhou", email="office@example.cn")
    wrong(engine, clock, "office@example.cn")


def test_one_answer_whatever_is_wrong(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    closed = enter(engine, "closed")
    with transaction(engine) as session:
        service.disable_person(session, SYSTEM, session.get_one(Person, closed.id), "left", clock.now)
    wrong(engine, clock, "paused", times=5)
    said = []
    for account, password in [("lin", "Wrong-guess-2026"), ("nobody", PASSWORD), ("closed", PASSWORD), ("paused", PASSWORD)]:
        with pytest.raises(Refused) as caught:
            service.sign_in(engine, account, password, clock.now)
        said.append((caught.value.code, caught.value.text, caught.value.params, caught.value.status))
    assert len(set(map(str, said))) == 1


def test_a_failure_is_recorded_though_nothing_else_happens(engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin")
    clock.forward(minutes=1)
    wrong(engine, clock)
    with db.reading(engine) as session:
        record = session.scalars(select(AuditRecord).where(AuditRecord.act == "sign_in:failed")).one()
        assert record.stream == "security:2026-03-02"
        opening = session.get_one(AuditOpening, (record.stream, record.seq))
        assert "Wrong-guess" not in record.body + opening.content
        assert "lin" not in record.obj
        assert [one.act for one in account_events(session, lin)] == ["sign_in:failed", "person:created"]
        assert session.scalars(select(SignInAttempt.succeeded)).all() == [False]


def test_five_failures_pause_account_and_network(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    wrong(engine, clock, times=5)
    with pytest.raises(Refused):
        service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.0.1")
    assert service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.0.2"), "another network is not held"
    clock.forward(minutes=16)
    assert service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.0.1")


def test_a_success_forgets_earlier_failures(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    for _ in range(3):
        wrong(engine, clock, times=4)
        assert service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.0.1")


def test_an_account_under_attack_is_slowed_down_but_never_locked(engine: Engine, clock: StandingClock) -> None:
    """Ten failures from many networks: strangers wait for a gap, a network it was used from does not. Source: T15."""
    enter(engine, "lin")
    service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.9.9.9")
    for network in range(10):
        wrong(engine, clock, address=f"10.0.1.{network}")
    with pytest.raises(Refused):
        service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.2.1")
    assert service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.9.9.9")
    clock.forward(seconds=3)
    assert service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.2.1")


def test_a_network_that_tries_everybody_waits(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    with transaction(engine) as session:
        session.add_all(
            SignInAttempt(account=f"{n:064}", network="10.0.0.1", at=clock.now, succeeded=False) for n in range(NETWORK_LIMIT)
        )
    with pytest.raises(TooMany):
        service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.0.1")
    assert service.sign_in(engine, "lin", PASSWORD, clock.now, address="10.0.0.2")


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.1.2.3", "10.1.2.3"), ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"), ("testclient", "testclient"), ("", "")],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_signing_in_again_ends_the_browser_s_earlier_session(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    first = service.sign_in(engine, "lin", PASSWORD, clock.now)
    second = service.sign_in(engine, "lin", PASSWORD, clock.now, old_token=first.token)
    assert first.token != second.token
    assert find_visit(engine, first.token) is None
    assert find_visit(engine, second.token) is not None


def test_signed_out_is_signed_out_on_the_server(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    done = service.sign_in(engine, "lin", PASSWORD, clock.now)
    visit = find_visit(engine, done.token)
    assert visit is not None
    with transaction(engine) as session:
        service.sign_out(session, visit.actor, done.token, clock.now)
    assert find_visit(engine, done.token) is None


@pytest.mark.parametrize(("role", "minutes"), [(Role.JUDGE, 30), (Role.SYSTEM_ADMINISTRATOR, 15)])
def test_idle_sessions_end(engine: Engine, clock: StandingClock, role: Role, minutes: int) -> None:
    enter(engine, "lin", (role, Scope.SYSTEM, 0))
    done = service.sign_in(engine, "lin", PASSWORD, clock.now)
    clock.forward(minutes=minutes)
    assert find_visit(engine, done.token) is not None, "idle for exactly the limit; this counts as use"
    clock.forward(minutes=minutes, seconds=1)
    assert find_visit(engine, done.token) is None


def test_a_session_ends_after_twelve_hours_of_use(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    done = service.sign_in(engine, "lin", PASSWORD, clock.now)
    for _ in range(35):
        clock.forward(minutes=20)
        assert find_visit(engine, done.token) is not None
    clock.forward(minutes=20)
    assert find_visit(engine, done.token) is None


def test_a_new_password_ends_the_other_sessions(engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin")
    here, elsewhere = (service.sign_in(engine, "lin", PASSWORD, clock.now).token for _ in range(2))
    with transaction(engine) as session:
        person = session.get_one(Person, lin.id)
        actor = actor_for(session, person, clock.now, session_hash=hash_token(here))
        with pytest.raises(Invalid):
            service.change_password(session, actor, person, "Wrong-guess-2026", "Rivers-flow-2026", clock.now)
        service.change_password(session, actor, person, PASSWORD, "Rivers-flow-2026", clock.now)
    assert find_visit(engine, here) is not None
    assert find_visit(engine, elsewhere) is None
    wrong(engine, clock)
    assert service.sign_in(engine, "lin", "Rivers-flow-2026", clock.now)


def test_nobody_ends_a_stranger_s_session(engine: Engine, clock: StandingClock) -> None:
    enter(engine, "lin")
    done = service.sign_in(engine, "lin", PASSWORD, clock.now)
    with transaction(engine) as session:
        stranger = holder(session, (Role.AWARD_OFFICE, Scope.AUTHORITY, 1))
        with pytest.raises(NotFound):
            service.end_session(session, stranger, hash_token(done.token)[:16], clock.now)
    assert find_visit(engine, done.token) is not None


def test_a_revoked_right_is_gone_at_the_next_request(engine: Engine, clock: StandingClock) -> None:
    """Source: security.md, P13."""
    lin = enter(engine, "lin")
    with transaction(engine) as session:
        grant = service.give_grant(session, SYSTEM, session.get_one(Person, lin.id), Role.JUDGE, Scope.ROUND, 7, clock.now)
    token = service.sign_in(engine, "lin", PASSWORD, clock.now).token
    visit = find_visit(engine, token)
    assert visit is not None
    assert visit.actor.roles == {Role.JUDGE}
    with transaction(engine) as session:
        service.revoke_grant(session, SYSTEM, session.merge(grant), "left", clock.now)
    after = find_visit(engine, token)
    assert after is not None
    assert after.actor.roles == set()


def test_closing_an_account_ends_its_sessions(engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin")
    token = service.sign_in(engine, "lin", PASSWORD, clock.now).token
    with transaction(engine) as session:
        administrator = holder(session, (Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0))
        service.disable_person(session, administrator, session.get_one(Person, lin.id), "left", clock.now)
    assert find_visit(engine, token) is None


def test_who_may_close_accounts(session: Session) -> None:
    office = holder(session, (Role.AWARD_OFFICE, Scope.AUTHORITY, 1))
    trail = holder(session, (Role.TRAIL_ADMINISTRATOR, Scope.SYSTEM, 0))
    somebody = session.get_one(Person, office.person_id)
    for actor in (office, trail):
        with pytest.raises(Refused):
            service.disable_person(session, actor, somebody, "because", somebody.created_at)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR])
def test_nobody_closes_or_opens_his_own_account(session: Session, role: Role) -> None:
    """So there is always an administrator left who can open what was closed."""
    actor = holder(session, (role, Scope.SYSTEM, 0))
    himself = session.get_one(Person, actor.person_id)
    with pytest.raises(Conflict, match=r"person\.self"):
        service.disable_person(session, actor, himself, "on holiday", himself.created_at)
    himself.is_active = False
    with pytest.raises(Refused, match=r"person\.self"):
        service.enable_person(session, actor, himself)
    assert not himself.is_active


def test_an_office_ends_nobody_else_s_sessions(engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin")
    done = service.sign_in(engine, "lin", PASSWORD, clock.now)
    with transaction(engine) as session:
        office = holder(session, (Role.AWARD_OFFICE, Scope.AUTHORITY, 1))
        with pytest.raises(Refused, match=r"role\.cannot"):
            service.end_sessions(session, office, session.get_one(Person, lin.id), clock.now)
    assert find_visit(engine, done.token) is not None


def test_what_is_one_s_own_nobody_else_changes(engine: Engine, clock: StandingClock) -> None:
    """Not even an administrator who knows the password: name, password and tokens are the person's."""
    lin = enter(engine, "lin")
    with transaction(engine) as session:
        person, other = session.get_one(Person, lin.id), holder(session, (Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0))
        acts: tuple[Callable[[], object], ...] = (
            lambda: service.change_person(session, other, person, name="林", phone="", language="zh"),
            lambda: service.change_password(session, other, person, PASSWORD, "Rivers-flow-2026", clock.now),
            lambda: service.make_token(
                session, other, person, name="a", scopes=["read:rounds"], ends_at=clock.now + timedelta(9), password=PASSWORD,
                now=clock.now,
            ),
        )
        for act in acts:
            with pytest.raises(Refused, match=r"person\.not_own"):
                act()


def test_another_password_is_another(engine: Engine, clock: StandingClock) -> None:
    lin = enter(engine, "lin")
    with transaction(engine) as session:
        person = session.get_one(Person, lin.id)
        with pytest.raises(Invalid) as refused:
            service.change_password(session, actor_for(session, person, clock.now), person, PASSWORD, PASSWORD, clock.now)
    assert [(one.field, one.text[:32]) for one in refused.value.errors] == [("password", "Choose a password that differs f")]
