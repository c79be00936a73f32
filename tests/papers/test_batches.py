"""Batches of papers: started once, followed, cancelled, and not spoilt by one bad record or a killed worker."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from award.applications.models import Submission
from award.kernel import clock as award_clock
from award.kernel import db
from award.kernel.actor import SYSTEM
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.documents import batches
from award.kernel.documents.models import Batch, Document
from award.kernel.errors import Conflict, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.jobs.running import run_claimed
from award.kernel.jobs.service import claim
from award.office.exports.asked import Asked
from award.office.exports.service import EXPORTS
from award.papers import service, tasks
from award.papers.counting import counts_of
from award.papers.reasons import UNREADABLE, reason
from award.papers.tasks import STATE_PAPERS
from award.press.document import BrokenView, MissingGlyphs
from award.press.tasks import RENDER_DOCUMENTS
from award.rounds.models import Round
from tests import make
from tests.conftest import StandingClock
from tests.judging.world import APPLICANTS, World
from tests.papers.conftest import Press, work

LOST = timedelta(minutes=5)
"""After that long a worker that says nothing is lost."""


def round_of(session: Session, world: World) -> Round:
    return session.scalars(select(Round).where(Round.public_id == world.round)).one()


def start(world: World, key: str = "book", language: str = "zh") -> str:
    with transaction(world.engine) as session:
        return service.start_batch(session, world.office, round_of(session, world), key, language, make.NOW).public_id


def progress(world: World, batch: str) -> batches.Progress:
    with db.reading(world.engine) as session:
        found = batches.batch_by_id(session, batch)
        assert found is not None
        return batches.progress_of(session, [found])[found.id]


def failures(world: World, batch: str) -> list[tuple[str, str]]:
    with db.reading(world.engine) as session:
        found = batches.batch_by_id(session, batch)
        assert found is not None
        return [
            (one.name, one.error or (one.document.error if one.document else "") or "")
            for one in batches.failures_of(session, found)
        ]


def cancel(world: World, batch: str) -> bool:
    with transaction(world.engine) as session:
        found = batches.batch_by_id(session, batch)
        assert found is not None
        return service.cancel_batch(session, world.office, round_of(session, world), found, make.NOW)


def test_all_books_of_a_round_in_one_act(world: World, press: Press) -> None:
    batch = start(world)
    assert progress(world, batch) == batches.Progress(3, 0, 0, 0)
    work(world)
    assert progress(world, batch) == batches.Progress(3, 3, 0, 0)
    assert sorted(press.made) == sorted(f"book {name}" for name in APPLICANTS[:3])
    with transaction(world.engine) as session:
        (row,) = EXPORTS["batches"].make(Asked(session, world.office, "zh", make.NOW, {"round": world.round})).table.rows
        assert row[2:] == (3, 3, 0, 0, None)
    with pytest.raises(Conflict, match=r"papers\.none"):
        start(world)


def test_asked_again_while_it_runs_it_is_the_same_batch(world: World, press: Press) -> None:
    assert start(world) == start(world)
    assert start(world, language="en") != start(world)


def test_only_sheets_whose_values_are_open(world: World, press: Press) -> None:
    """The third application's gate is closed: nobody of the office has its sheets."""
    assert progress(world, start(world, "sheet")).total == 10
    assert progress(world, start(world, "summary")).total == 2


def test_a_paper_that_cannot_be_printed_stops_no_other(world: World, press: Press) -> None:
    press.broken[APPLICANTS[1]] = "No font of ours has 𬭎 (U+2CB4E): replace it in the text."
    batch = start(world)
    work(world)
    assert progress(world, batch) == batches.Progress(3, 2, 1, 0)
    assert failures(world, batch) == [(APPLICANTS[1], press.broken[APPLICANTS[1]])]


def test_a_record_that_cannot_be_read_stops_no_other(world: World, press: Press) -> None:
    submit(world, 2, "{}")
    batch = start(world)
    work(world)
    assert progress(world, batch) == batches.Progress(3, 2, 1, 0)
    assert failures(world, batch) == [(APPLICANTS[1], UNREADABLE)]
    # The overview and the batch tell the same.
    assert overview(world) == (3, 2, 0, 1)
    assert overview(world, "en") == (3, 0, 0, 0)


def overview(world: World, language: str = "zh") -> tuple[int, int, int, int]:
    """Of the books: all, made, being made, failed."""
    with db.reading(world.engine) as session:
        counts = counts_of(session, world.office, round_of(session, world), language, make.NOW)
    return next((one.total, one.ready, one.wanted, one.failed) for one in counts if one.kind.key == "book")


def submit(world: World, number: int, content: str) -> None:
    with transaction(world.engine) as session:
        one = world.application(session, 1)
        session.add(Submission(
            application_id=one.id, number=number, content=content, sha256="0" * 64, submitted_at=make.NOW,
            submitted_by=one.contact_person_id,
        ))  # fmt: skip


def test_a_failed_one_counts_as_such_until_it_is_made(world: World, press: Press) -> None:
    with db.reading(world.engine) as session:
        good = session.scalars(select(Submission.content).where(Submission.application_id == world.application(session, 1).id)).one()
    submit(world, 2, "[]")
    press.broken[APPLICANTS[0]] = "too long"
    start(world)
    work(world)
    assert overview(world) == (3, 1, 0, 2)
    submit(world, 3, good)
    press.broken.clear()
    start(world)
    work(world)
    assert overview(world) == (3, 3, 0, 0)


def test_a_batch_that_was_stopped_shows_what_was_made() -> None:
    assert batches.Progress(110, 24, 0, 86).percent == 21
    assert batches.Progress(24, 23, 1, 0).percent == 95
    assert batches.Progress(3, 3, 0, 0).percent == 100


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("", ""),
        (None, ""),
        (str(MissingGlyphs("𬭎")), "系统字库缺字：𬭎 (U+2CB4E)。请在原文中改用其他字，再重新制作。"),
        ("The certificate does not fit on one page: shorten its citation.", "证书内容超出一页，请缩短表彰文字。"),
        ("The document took longer than 60 seconds.", "制作超时或者占用内存过多。请重新制作；仍不成功的，请告知系统管理员。"),
        ("RenderingStopped: The rendering process ended; …", "制作超时或者占用内存过多。请重新制作；仍不成功的，请告知系统管理员。"),
        ("MemoryError: ", "制作超时或者占用内存过多。请重新制作；仍不成功的，请告知系统管理员。"),
        (str(BrokenView("KeyError: 'head'")),
         "制作本文书所依据的记录无法读取：记录已损坏或者不完整。请告知系统管理员（原因见后台进程日志），修复后重新制作。"),
        ("OSError: [Errno 28] No space left on device", "系统未能读写文件。请告知系统管理员检查存储，再重新制作。"),
        ("FileNotFoundError: blobs", "系统未能读写文件。请告知系统管理员检查存储，再重新制作。"),
        ("KeyError: 'organisation'", "系统未能制作。请重新制作；仍不成功的，请告知系统管理员（原因见后台进程日志）。"),
    ],
)
def test_why_is_a_sentence_in_the_readers_language(stored: str | None, said: str) -> None:
    assert reason("zh", stored) == said
    assert "KeyError" not in reason("en", stored)
    assert bool(reason("en", stored)) == bool(said)


def test_a_failed_one_is_made_again_alone(world: World, press: Press) -> None:
    press.broken[APPLICANTS[1]] = "too long"
    batch = start(world)
    work(world)
    press.broken.clear()
    press.made.clear()
    with transaction(world.engine) as session:
        found = batches.batch_by_id(session, batch)
        assert found is not None
        service.make_again(session, world.office, round_of(session, world), found, world.applications[1], make.NOW)
    work(world)
    assert press.made == [f"book {APPLICANTS[1]}"]
    assert progress(world, batch) == batches.Progress(3, 3, 0, 0)


def test_cancelled_before_any_was_stated(world: World, press: Press) -> None:
    batch = start(world)
    assert cancel(world, batch)
    work(world)
    assert press.made == []
    assert progress(world, batch) == batches.Progress(3, 0, 0, 3)
    assert not cancel(world, batch)
    assert progress(world, start(world)).total == 3


def test_cancelled_in_the_middle_what_is_made_stays(world: World, press: Press, clock: StandingClock) -> None:
    batch = start(world)
    one_job(world.engine, STATE_PAPERS)
    one_job(world.engine, RENDER_DOCUMENTS)
    assert cancel(world, batch)
    work(world)
    assert progress(world, batch) == batches.Progress(3, 1, 0, 2)
    assert len(press.made) == 1
    second = start(world)
    work(world)
    assert progress(world, second) == batches.Progress(2, 2, 0, 0)
    # What the next batch made is not the first one's.
    assert progress(world, batch) == batches.Progress(3, 1, 0, 2)


def test_a_batch_stopped_before_any_was_made_stays_so(world: World, press: Press) -> None:
    batch = start(world)
    one_job(world.engine, STATE_PAPERS)
    assert cancel(world, batch)
    work(world)
    assert progress(world, batch) == batches.Progress(3, 0, 0, 3)
    second = start(world)
    work(world)
    assert progress(world, second) == batches.Progress(3, 3, 0, 0)
    assert progress(world, batch) == batches.Progress(3, 0, 0, 3)
    assert failures(world, batch) == []


def test_a_damaged_view_fails_at_once_and_says_so(world: World, press: Press) -> None:
    batch = start(world)
    one_job(world.engine, STATE_PAPERS)
    with transaction(world.engine) as session:
        broken = session.scalars(select(Document).order_by(Document.id)).first()
        assert broken is not None
        broken.view = '{"nothing": 1}'
    work(world)
    assert progress(world, batch) == batches.Progress(3, 2, 1, 0)
    assert [reason("zh", why) for _, why in failures(world, batch)] == [reason("zh", UNREADABLE)]


def test_a_database_that_is_away_is_no_damaged_record(
    world: World, press: Press, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may pass is tried again; the same goes for memory."""
    whole = tasks.KINDS["book"]
    for fault in (MemoryError(), OperationalError("SELECT 1", {}, Exception("gone"))):
        with db.reading(world.engine) as session:
            def view(*_: object, fault: Exception = fault) -> str:
                raise fault

            monkeypatch.setattr(tasks, "KINDS", {"book": replace(whole, view=view)})
            with pytest.raises(type(fault)):
                tasks.read(session, {"batch": start(world), "from": 0, "to": 25})


def one_job(engine: Engine, task: object, *, dies: bool = False) -> None:
    """One job by one worker; dies: it is lost before it ends."""
    claimed = claim(engine, "w", [task.kind], award_clock.real_now())  # type: ignore[attr-defined]
    assert claimed is not None
    if not dies:
        run_claimed(engine, task, claimed)  # type: ignore[arg-type]


def test_a_worker_killed_in_the_middle_loses_nothing_and_makes_nothing_twice(
    world: World, press: Press, clock: StandingClock
) -> None:
    batch = start(world)
    one_job(world.engine, STATE_PAPERS, dies=True)
    clock.now += LOST
    one_job(world.engine, STATE_PAPERS)
    one_job(world.engine, RENDER_DOCUMENTS)
    one_job(world.engine, RENDER_DOCUMENTS, dies=True)
    clock.now += LOST
    work(world)
    assert progress(world, batch) == batches.Progress(3, 3, 0, 0)
    with db.reading(world.engine) as session:
        assert session.scalar(select(func.count(Document.id)).where(Document.kind == "book")) == 3
        assert session.scalar(select(func.count(StoredFile.id)).where(StoredFile.purpose == "document")) == 3
    assert len(press.made) == 3


def test_only_the_office_of_the_round_starts_and_stops(world: World, press: Press) -> None:
    batch = start(world)
    for actor in (world.supervisor, world.stranger, world.owners[0], world.judges[0]):
        with transaction(world.engine) as session:
            round_ = round_of(session, world)
            found = batches.batch_by_id(session, batch)
            assert found is not None
            with pytest.raises(NotFound):
                service.start_batch(session, actor, round_, "book", "en", make.NOW)
            with pytest.raises(NotFound):
                service.cancel_batch(session, actor, round_, found, make.NOW)
            with pytest.raises(NotFound):
                service.make_again(session, actor, round_, found, world.applications[0], make.NOW)


def test_the_operator_makes_papers_too(world: World, press: Press) -> None:
    with transaction(world.engine) as session:
        service.start_batch(session, SYSTEM, round_of(session, world), "book", "zh", make.NOW)
    work(world)
    assert len(press.made) == 3


def test_starting_and_stopping_stand_in_the_trail(world: World, press: Press) -> None:
    cancel(world, start(world))
    with db.reading(world.engine) as session:
        acts = session.scalars(
            select(AuditRecord.act).where(AuditRecord.act.startswith("papers:")).order_by(AuditRecord.seq)
        ).all()
        assert acts == ["papers:started", "papers:cancelled"]
        assert session.scalars(select(Batch.started_by)).one() == world.office.person_id


def test_an_unknown_kind_or_language_is_not_found(world: World) -> None:
    for key, language in (("nothing", "zh"), ("acceptance", "en")):
        with pytest.raises(NotFound):
            start(world, key, language)


def test_the_view_of_a_book_is_what_was_submitted(world: World, press: Press) -> None:
    start(world)
    work(world)
    with db.reading(world.engine) as session:
        view = json.loads(
            session.scalars(select(Document.view).where(Document.kind == "book").order_by(Document.id)).first() or ""
        )
        assert view["head"]["organisation"] == APPLICANTS[0]
        assert [one["code"] for one in view["evidence"]] == ["E-1", "E-2"]
