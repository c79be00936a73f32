"""How rounds are called, and the stage an act meets: held while it acts, read afresh after waiting."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import URL, Engine
from sqlalchemy.orm import Session

from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.ids import new_id
from award.rounds.models import Award, Round
from award.rounds.queries import guarded_stage, stage_now, title_of, with_stages
from award.stages import Kind
from tests import make, postgres


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        (1, "一", "1st"), (2, "二", "2nd"), (3, "三", "3rd"), (6, "六", "6th"), (10, "十", "10th"), (11, "十一", "11th"),
        (12, "十二", "12th"), (13, "十三", "13th"), (20, "二十", "20th"), (21, "二十一", "21st"), (22, "二十二", "22nd"),
        (30, "三十", "30th"), (99, "九十九", "99th"),
    ],
)  # fmt: skip
def test_what_a_round_is_called(number: int, chinese: str, english: str) -> None:
    award = Award(name_zh="云川市市长质量奖", name_en="Yunchuan Mayor’s Quality Award")
    title = title_of(Round(award=award, number=number, year=2026))
    assert title.zh == f"第{chinese}届云川市市长质量奖（2026）"
    assert title.en == f"{english} Yunchuan Mayor’s Quality Award (2026)"


def test_the_stage_at_a_moment(session: Session) -> None:
    round_ = make.round_(session, "score")
    opens, closes = make.NOW - timedelta(1), make.NOW + timedelta(30)
    stage = stage_now(round_, make.NOW)
    assert (stage.kind, stage.opens_at, stage.closes_at, stage.zone) == (Kind.SCORE, opens, closes, "Asia/Shanghai")

    def state(now: datetime) -> tuple[bool, bool]:
        met = stage_now(round_, now)
        return met.has_opened, met.is_over

    instant = timedelta(microseconds=1)
    assert [state(one) for one in (opens - instant, opens, closes - instant, closes)] == [
        (False, False), (True, False), (True, False), (True, True),
    ]  # fmt: skip


def found(session: Session, public_id: str) -> Round:
    return session.scalars(with_stages().where(Round.public_id == public_id)).one()


def test_who_waited_for_an_advance_meets_the_next_stage(any_engine: Engine) -> None:
    """He read the round before; what counts is what he reads once it is his."""
    with transaction(any_engine) as session:
        public_id = make.round_(session, "apply").public_id
    met: list[Kind] = []
    has_read = threading.Event()

    def act() -> None:
        with transaction(any_engine) as session:
            round_ = found(session, public_id) if any_engine.dialect.name == "postgresql" else None
            has_read.set()
            round_ = round_ or found(session, public_id)
            met.append(guarded_stage(session, round_, make.NOW).kind)

    with transaction(any_engine) as session:
        round_ = found(session, public_id)
        guarded_stage(session, round_, make.NOW, exclusive=True)
        other = threading.Thread(target=act)
        other.start()
        has_read.wait(10)
        time.sleep(0.2)
        assert met == []
        round_.position += 1
    other.join()
    assert met == [Kind.ACCEPT]


def test_an_advance_waits_for_acts_in_the_present_stage(any_engine: Engine) -> None:
    with transaction(any_engine) as session:
        public_id = make.round_(session, "apply").public_id
    order: list[str] = []

    def advance() -> None:
        with transaction(any_engine) as session:
            round_ = found(session, public_id)
            guarded_stage(session, round_, make.NOW, exclusive=True)
            order.append("advanced")
            round_.position += 1

    with transaction(any_engine) as session:
        assert guarded_stage(session, found(session, public_id), make.NOW).kind == Kind.APPLY
        other = threading.Thread(target=advance)
        other.start()
        time.sleep(0.3)
        order.append("acted")
    other.join()
    assert order == ["acted", "advanced"]


@pytest.fixture
def shared_engine(postgres_template: str, postgres_url: URL) -> Iterator[Engine]:
    """PostgreSQL, whose writers need not be alone."""
    name = f"test_{new_id()}"
    postgres.execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    engine = db.make_engine(postgres_url.set(database=name))  # type: ignore[arg-type]
    yield engine
    engine.dispose()
    postgres.execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
def test_acts_in_one_stage_do_not_wait_for_each_other(shared_engine: Engine) -> None:
    with transaction(shared_engine) as session:
        public_id = make.round_(session, "apply").public_id
    with transaction(shared_engine) as first, transaction(shared_engine) as second:
        for session in (first, second):
            assert guarded_stage(session, found(session, public_id), make.NOW).kind == Kind.APPLY


@pytest.mark.postgres
def test_an_extension_meanwhile_is_seen(shared_engine: Engine) -> None:
    with transaction(shared_engine) as session:
        public_id = make.round_(session, "apply").public_id
    later = make.NOW + timedelta(60)
    with transaction(shared_engine) as session:
        round_ = found(session, public_id)
        with transaction(shared_engine) as other:
            found(other, public_id).stages[1].closes_at = later
        assert guarded_stage(session, round_, make.NOW).closes_at == later
