"""Who may have which paper: each role, each kind, and after the gate."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.applications.service.accepting import confirm_refusal, propose_refusal
from award.kernel import db
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from award.kernel.errors import NotFound
from award.papers.queries import paper_for
from award.standing.models import Conflict
from tests import make
from tests.judging import world as worlds
from tests.judging.world import World


@pytest.fixture
def world(any_engine: Engine) -> World:
    """Two applications: the sheets of the first are in, of the second only the first judge's."""
    world = worlds.build(any_engine, applications=2)
    worlds.all_in(world, 0)
    worlds.score(world, 1, 0)
    worlds.submit(world, 1, 0)
    return world


def who(world: World) -> dict[str, Actor]:
    return {
        "office": world.office, "supervisor": world.supervisor, "stranger": world.stranger, "owner": world.owners[0],
        "other owner": world.owners[1], "own judge": world.judges[0], "panel judge": world.judges[1], "no seat": world.judges[5],
    }  # fmt: skip


def may(world: World, session: Session, key: str, thing: str) -> set[str]:
    allowed = set()
    for name, actor in who(world).items():
        try:
            paper_for(session, actor, key, thing, make.NOW)
        except NotFound:
            continue
        allowed.add(name)
    return allowed


def sheet_of(world: World, session: Session, at: int, judge: int) -> str:
    return worlds.sheet(session, world, at, judge).public_id


def test_while_judges_score(world: World) -> None:
    with db.reading(world.engine) as session:
        first, second = world.applications
        assert may(world, session, "book", first) == {"office", "supervisor", "owner", "own judge", "panel judge"}
        # The gate of the first is open; the supervisor sees values when scoring has ended.
        assert may(world, session, "sheet", sheet_of(world, session, 0, 0)) == {"office", "own judge"}
        assert may(world, session, "comments", sheet_of(world, session, 0, 0)) == {"office", "own judge"}
        assert may(world, session, "summary", first) == {"office", "own judge", "panel judge"}
        # Behind the closed gate only the author has his sheet.
        assert may(world, session, "sheet", sheet_of(world, session, 1, 0)) == {"own judge"}
        assert may(world, session, "summary", second) == set()


def test_after_scoring(world: World) -> None:
    world.stage("notice")
    with db.reading(world.engine) as session:
        first = world.applications[0]
        assert may(world, session, "book", first) == {"office", "supervisor", "owner"}
        assert may(world, session, "sheet", sheet_of(world, session, 0, 0)) == {"office", "supervisor", "own judge"}
        assert may(world, session, "summary", first) == {"office", "supervisor", "own judge"}  # he leads the panel
        assert may(world, session, "decision", world.round) == set()


def test_a_conflict_hides_every_paper(world: World) -> None:
    with transaction(world.engine) as session:
        session.add(Conflict(
            person_id=world.office.person_id, application_id=world.application(session).id, source="office", reason="spouse",
            declared_at=make.NOW,
        ))  # fmt: skip
    with db.reading(world.engine) as session:
        for key, thing in (
            ("book", world.applications[0]),
            ("sheet", sheet_of(world, session, 0, 0)),
            ("summary", world.applications[0]),
        ):
            assert "office" not in may(world, session, key, thing)


def test_a_notice_is_for_its_applicant_and_the_office(world: World) -> None:
    world.stage("accept")
    with transaction(world.engine) as session:
        application = world.application(session)
        application.state = "submitted"
        decision = propose_refusal(
            session, world.office, application, "第九条第二项", "近三年内受到较大数额行政处罚。", make.NOW
        ).public_id
    with db.reading(world.engine) as session:
        assert may(world, session, "acceptance", decision) == set()  # it waits for a second person
    with transaction(world.engine) as session:
        confirm_refusal(session, world.colleague, world.application(session), make.NOW)
    with db.reading(world.engine) as session:
        assert may(world, session, "acceptance", decision) == {"office", "supervisor", "owner"}


def test_nothing_is_nobodys(world: World) -> None:
    with db.reading(world.engine) as session:
        for key in ("book", "acceptance", "sheet", "comments", "summary", "decision", "certificate", "nothing"):
            assert may(world, session, key, "zzzzzzzzzzzz") == set()
