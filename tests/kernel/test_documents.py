"""Documents: the same data is the same document; what was rendered stays; what failed can be wanted again."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from award.kernel.documents.models import Document, DocumentState
from award.kernel.documents.queries import document_by_id, latest_for
from award.kernel.documents.service import PER_JOB, RENDER, Request, mark_failed, mark_ready, want, want_many
from award.kernel.files.models import StoredFile
from award.kernel.files.service import keep, prepare_generated
from award.kernel.jobs.models import Job
from tests.conftest import StandingClock

SUBJECT = "winner:abcdefghjkmn"


@pytest.fixture
def session(any_engine: Engine, session: Session) -> Session:
    """On both databases."""
    return session


def file(session: Session, clock: StandingClock) -> StoredFile:
    return keep(session, prepare_generated("certificate.pdf", b"%PDF-", 1), None, clock.now, "document")


def jobs(session: Session) -> list[list[str]]:
    found = session.scalars(select(Job).where(Job.kind == RENDER).order_by(Job.id))
    return [json.loads(job.payload)["documents"] for job in found]


def test_a_wanted_document_waits_for_its_job(session: Session, clock: StandingClock) -> None:
    document = want(session, "certificate", SUBJECT, "zh", '{"name":"甲"}', clock.now)
    assert (document.state, document.is_ready, document.wanted_at) == (DocumentState.WANTED, False, clock.now)
    # printf '{"name":"甲"}' | sha256sum
    assert document.data_hash == "30c0cdc505bf9864800ae7eee0dc1b405258ed576e85e88ef0119f4bf0f7ee12"
    assert jobs(session) == [[document.public_id]]


def test_the_same_data_is_the_same_document(session: Session, clock: StandingClock) -> None:
    first = want(session, "certificate", SUBJECT, "zh", "{}", clock.now)
    assert want(session, "certificate", SUBJECT, "zh", "{}", clock.forward(hours=1)) is first
    others = [
        want(session, "certificate", SUBJECT, "zh", '{"a":1}', clock.now),
        want(session, "certificate", SUBJECT, "en", "{}", clock.now),
        want(session, "certificate", "winner:other", "zh", "{}", clock.now),
        want(session, "notice", SUBJECT, "zh", "{}", clock.now),
    ]
    assert len({first.id, *(other.id for other in others)}) == 5
    assert len(jobs(session)) == 5


def test_a_batch_is_rendered_by_one_job_for_every_fifty(session: Session, clock: StandingClock) -> None:
    wanted = [Request("certificate", f"winner:{number}", "zh", "{}") for number in range(PER_JOB["certificate"] + 3)]
    documents = want_many(session, [*wanted, wanted[0]], clock.now)
    assert [document.subject for document in documents[:3]] == ["winner:0", "winner:1", "winner:2"]
    assert documents[-1] is documents[0]
    assert [len(one) for one in jobs(session)] == [50, 3]


def test_a_ready_document_has_its_file_and_is_not_wanted_again(session: Session, clock: StandingClock) -> None:
    document = want(session, "certificate", SUBJECT, "zh", "{}", clock.now)
    stored = file(session, clock)
    mark_ready(session, document, stored, 1, "v1", clock.forward(minutes=1))
    session.flush()
    again = want(session, "certificate", SUBJECT, "zh", "{}", clock.forward(days=1))
    assert (again.is_ready, again.file_id, again.pages, again.template_version) == (True, stored.id, 1, "v1")
    assert again.ready_at == clock.now - timedelta(days=1)
    assert len(jobs(session)) == 1
    mark_failed(session, [document.public_id], "late news")
    assert document.is_ready


def test_a_document_that_failed_is_tried_again_when_it_is_wanted_again(session: Session, clock: StandingClock) -> None:
    document = want(session, "certificate", SUBJECT, "zh", "{}", clock.now)
    mark_failed(session, [document.public_id], "x" * 600)
    session.flush()
    assert (document.state, document.error) == (DocumentState.FAILED, "x" * 500)
    want(session, "certificate", SUBJECT, "zh", "{}", clock.now)
    assert (document.state, document.error) == (DocumentState.WANTED, None)
    assert jobs(session) == [[document.public_id], [document.public_id]]


def test_ready_without_a_file_cannot_be_written(session: Session, clock: StandingClock) -> None:
    want(session, "certificate", SUBJECT, "zh", "{}", clock.now).state = DocumentState.READY.value
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_latest_is_found_by_kind_and_language(session: Session, clock: StandingClock) -> None:
    old = want(session, "certificate", SUBJECT, "zh", "{}", clock.now)
    mark_ready(session, old, file(session, clock), 1, "v1", clock.now)
    new = want(session, "certificate", SUBJECT, "zh", '{"a":1}', clock.forward(hours=1))
    assert latest_for(session, "certificate", SUBJECT, "zh") is new
    assert latest_for(session, "certificate", SUBJECT, "zh", ready=True) is old
    assert latest_for(session, "certificate", SUBJECT, "en") is None
    assert document_by_id(session, old.public_id) is old
    assert document_by_id(session, "nobody") is None
    assert isinstance(old, Document)
