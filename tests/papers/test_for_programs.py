"""Decisions and notices on acceptance as programs read them: listed for those who have them on their page, and for nobody else."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, select

from award.applications.models import AcceptanceDecision
from award.applications.service.accepting import accept, confirm_refusal, propose_refusal, return_for_correction
from award.kernel import db
from award.kernel.actor import PUBLIC, Actor
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import NotFound
from award.kernel.files.service import keep, prepare_generated
from award.papers import service
from award.papers.documents import Readable, documents_for
from award.papers.queries import paper_for
from award.standing.models import Conflict
from tests import make
from tests.api.asking import Program, token_for
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_
from tests.judging.world import World
from tests.results import judged
from tests.results.acts import to_publication
from tests.results.test_deciding import ENTRIES

KINDS = ("acceptance_notice", "correction_notice", "refusal_notice")


@pytest.fixture
def world(any_engine: Engine) -> World:
    """Of the three applications one is accepted, one returned and one refused; all three notices are made."""
    world = worlds.build(any_engine, applications=3)
    world.stage("accept")
    with transaction(any_engine) as session:
        for at in range(3):
            world.application(session, at).state = "submitted"
        now = make.NOW
        accept(session, world.office, world.application(session, 0), now)
        return_for_correction(session, world.office, world.application(session, 1), [{"part": "4.1.2", "text": "缺少数据"}], now)
        propose_refusal(session, world.office, world.application(session, 2), "第九条第二项", "近三年内受到行政处罚。", now)
    with transaction(any_engine) as session:
        confirm_refusal(session, world.colleague, world.application(session, 2), make.NOW)
    made_ready(any_engine, "acceptance:")
    return world


def made_ready(engine: Engine, subject: str) -> None:
    with transaction(engine) as session:
        for one in session.scalars(select(Document).where(Document.subject.startswith(subject))).all():
            one.file_id = keep(session, prepare_generated("a.pdf", b"%PDF-1.7"), None, make.NOW, "document").id
            one.state = "ready"


def listed(engine: Engine, actor: Actor) -> list[Readable]:
    with db.reading(engine) as session:
        return documents_for(session, actor, make.NOW)


def people(world: World) -> Mapping[str, Actor]:
    return {
        "office": world.office, "supervisor": world.supervisor, "stranger": world.stranger, "judge": world.judges[0],
        **{f"owner {at}": one for at, one in enumerate(world.owners)}, "public": PUBLIC,
    }  # fmt: skip


def test_each_reads_the_notices_that_concern_him(world: World) -> None:
    found = {name: [(one.kind, one.about) for one in listed(world.engine, actor)] for name, actor in people(world).items()}
    notices = list(zip(KINDS, world.applications, strict=True))
    assert found == {
        "office": notices, "supervisor": notices, "stranger": [], "judge": [], "public": [],
        "owner 0": notices[:1], "owner 1": notices[1:2], "owner 2": notices[2:],
    }  # fmt: skip


def test_what_is_listed_is_what_its_page_gives(world: World) -> None:
    """The page asks for one paper, the list for all: two ways to the same answer."""
    with db.reading(world.engine) as session:
        things = list(session.scalars(select(AcceptanceDecision.public_id).order_by(AcceptanceDecision.id)))
    for actor in people(world).values():
        subjects = {one.document.subject for one in listed(world.engine, actor)}
        assert subjects == {f"acceptance:{one}" for one in things if has_page(world.engine, actor, "acceptance", one)}


def has_page(engine: Engine, actor: Actor, key: str, thing: str) -> bool:
    with db.reading(engine) as session:
        try:
            paper_for(session, actor, key, thing, make.NOW)
        except NotFound:
            return False
    return True


@pytest.mark.parametrize("who", ["office", "owner 0"])
def test_a_conflict_hides_a_notice(world: World, who: str) -> None:
    actor = people(world)[who]
    with transaction(world.engine) as session:
        session.add(Conflict(
            person_id=actor.person_id, application_id=world.application(session).id, source="office", reason="spouse",
            declared_at=make.NOW,
        ))  # fmt: skip
    assert world.applications[0] not in [one.about for one in listed(world.engine, actor)]


def test_what_waits_for_a_second_person_is_no_notice(any_engine: Engine) -> None:
    world = worlds.build(any_engine, applications=1)
    world.stage("accept")
    with transaction(any_engine) as session:
        world.application(session).state = "submitted"
        propose_refusal(session, world.office, world.application(session), "第九条第二项", "近三年内受到行政处罚。", make.NOW)
    made_ready(any_engine, "acceptance:")
    assert [listed(any_engine, one) for one in (world.office, world.owners[0])] == [[], []]


def test_a_decision_is_listed_once_it_is_made(any_engine: Engine) -> None:
    world = judged.build(any_engine, ENTRIES)
    to_publication(world)
    office = world.actors["office"]
    assert "decision" not in [one.kind for one in listed(any_engine, office)]
    with transaction(any_engine) as session:
        service.make(session, paper_for(session, office, "decision", world.round, make.NOW), "zh", make.NOW)
    made_ready(any_engine, "decision:")
    readers = set()
    for name, actor in world.actors.items():
        found = [one for one in listed(any_engine, actor) if one.kind == "decision"]
        assert [one.about for one in found] == [world.round] * has_page(any_engine, actor, "decision", world.round)
        readers |= {name} if found else set()
    assert {"office", "supervisor"} <= readers
    assert not readers & {"judge", "elsewhere"}
    (decision,) = [one for one in listed(any_engine, office) if one.kind == "decision"]
    with db.reading(any_engine) as session:
        year, award = world.found(session).year, world.found(session).award.name_zh
    assert decision.name == f"{year}_{award}_决定（通报）.pdf"


def test_a_program_fetches_it_under_the_name_of_its_page(any_engine: Engine, world: World, client: Any, clock: StandingClock) -> None:
    program = Program(client, token_for(any_engine, world.owners[2].person_id))
    assert program.get("/documents?kind=acceptance_notice").json()["items"] == []
    (row,) = program.get("/documents?kind=refusal_notice").json()["items"]
    assert (row["kind"], row["about"]) == ("refusal_notice", world.applications[2])
    content = program.get(f"/documents/{row['id']}/content")
    with db.reading(any_engine) as session:
        thing = session.scalars(select(AcceptanceDecision.public_id).order_by(AcceptanceDecision.id.desc())).first()
    page = as_(client, world, "owner2").get(f"/papers/acceptance/{thing}/file")
    assert page.content == content.content == b"%PDF-1.7"
    names = [one.headers["content-disposition"].partition("filename*=")[2] for one in (page, content)]
    assert names[0] == names[1] != ""
    other = Program(client, token_for(any_engine, world.owners[0].person_id))
    assert other.get(f"/documents/{row['id']}").status_code == 404


@pytest.mark.both_databases
def test_a_program_that_has_the_file_is_not_sent_it_again(any_engine: Engine, world: World, client: Any, clock: StandingClock) -> None:
    """The tag is that of the bytes, so it holds on another machine too; tags are compared without W/ (RFC 9110, 13.1.2)."""
    program = Program(client, token_for(any_engine, world.owners[2].person_id))
    (row,) = program.get("/documents").json()["items"]
    path = f"/documents/{row['id']}/content"
    first = program.get(path)
    tag = first.headers["etag"]
    assert (first.status_code, tag) == (200, f'"{row["sha256"][:32]}"')
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = program.get(path, headers={"if-none-match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"] == first.headers["cache-control"] == "private, no-cache"
    changed = program.get(path, headers={"if-none-match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)
    other = Program(client, token_for(any_engine, world.owners[0].person_id))
    assert other.get(path, headers={"if-none-match": "*"}).status_code == 404


@pytest.mark.both_databases
def test_a_program_asks_for_the_papers_of_one_round(any_engine: Engine, world: World, client: Any, clock: StandingClock) -> None:
    program = Program(client, token_for(any_engine, world.office.person_id))
    every = program.get("/documents").json()["items"]
    assert len(every) == 3
    assert program.get(f"/documents?round={world.round}").json()["items"] == every
    (one,) = program.get(f"/documents?round={world.round}&kind=refusal_notice").json()["items"]
    assert one["about"] == world.applications[2]
    assert program.get(f"/documents?round={world.applications[0]}").json()["items"] == []
    assert program.get("/documents?round=1").status_code == 422
    page = program.get(f"/documents?round={world.round}&limit=1")
    assert f"round={world.round}" in page.headers["link"]
