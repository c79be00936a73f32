"""The press's job, with a press that prints nothing: what becomes of documents when rendering succeeds, fails or is killed."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import joinedload

from award import worker
from award.kernel import clock as award_clock
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document, DocumentState
from award.kernel.documents.service import Request, want_many
from award.kernel.files.storage import storage
from award.press import tasks
from award.press.document import BROKEN, PressError, Rendered, RenderingStopped, data_hash, to_json
from award.press.tasks import RENDER_DOCUMENTS
from tests.conftest import StandingClock
from tests.golden import samples


class Press:
    """Stands where the rendering processes would. broken: recipients whose certificate cannot be made."""

    def __init__(self) -> None:
        self.broken: dict[str, PressError] = {}
        self.calls: list[int] = []

    def render_batch(self, views: Sequence[object]) -> list[Rendered | PressError]:
        self.calls.append(len(views))
        return [self._one(view) for view in views]

    def render(self, kind: str, view: object) -> Rendered:
        self.calls.append(1)
        made = self._one(view)
        if isinstance(made, PressError):
            raise made
        return made

    def _one(self, view: object) -> Rendered | PressError:
        problem = self.broken.get(getattr(view, "recipient", "notice"))
        pdf = f"%PDF-{data_hash(view)}".encode()
        return problem or Rendered(pdf, "", 2, (), data_hash(view), "version1")


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    press = Press()
    monkeypatch.setattr(tasks, "pool", lambda: press)
    return press


def want(engine: Engine, *recipients: str) -> None:
    views = [to_json(samples.certificate(recipient=one)) for one in recipients]
    with transaction(engine) as session:
        requests = [Request("certificate", "winner:w", "zh", view) for view in views]
        want_many(session, requests, award_clock.now(session))


def documents(engine: Engine) -> list[Document]:
    with db.reading(engine) as session:
        query = select(Document).options(joinedload(Document.file)).where(Document.subject == "winner:w")
        return list(session.scalars(query.order_by(Document.id)))


def test_a_batch_becomes_files(any_engine: Engine, press: Press, clock: StandingClock) -> None:
    want(any_engine, "甲", "乙")
    clock.forward(minutes=1)
    assert worker.run(any_engine, [RENDER_DOCUMENTS], once=True) == 1
    first, second = documents(any_engine)
    assert press.calls == [2]
    for document in (first, second):
        assert (document.state, document.pages, document.template_version) == (DocumentState.READY, 2, "version1")
        assert document.ready_at == clock.now
        assert document.file is not None
        assert (document.file.name, document.file.purpose) == ("certificate-w.pdf", "document")
        assert storage().path(document.file.sha256).read_bytes() == f"%PDF-{document.data_hash}".encode()


def test_one_that_cannot_be_made_stops_no_other(engine: Engine, press: Press) -> None:
    press.broken["乙"] = PressError("the citation is too long")
    want(engine, "甲", "乙", "丙")
    worker.run(engine, [RENDER_DOCUMENTS], once=True)
    found = documents(engine)
    assert [one.state for one in found] == [DocumentState.READY, DocumentState.FAILED, DocumentState.READY]
    assert found[1].error == "the citation is too long"
    assert found[1].file_id is None


def test_a_record_that_is_no_view_fails_at_once_and_stops_no_other(any_engine: Engine, press: Press) -> None:
    want(any_engine, "甲", "乙", "丙")
    with transaction(any_engine) as session:
        for number, view in ((1, "{"), (2, "[1]")):
            session.get_one(Document, documents(any_engine)[number].id).view = view
    assert worker.run(any_engine, [RENDER_DOCUMENTS], once=True) == 1
    found = documents(any_engine)
    assert [one.state for one in found] == [DocumentState.READY, DocumentState.FAILED, DocumentState.FAILED]
    assert all((one.error or "").startswith(BROKEN) for one in found[1:])
    assert press.calls == [1]


def test_a_press_that_is_killed_is_tried_again_and_at_last_the_office_sees_it(
    engine: Engine, press: Press, clock: StandingClock
) -> None:
    press.broken["甲"] = RenderingStopped("too long")
    want(engine, "甲")
    for _ in range(4):
        worker.run(engine, [RENDER_DOCUMENTS], once=True)
        assert documents(engine)[0].state == DocumentState.WANTED
        clock.now += timedelta(hours=1)
    worker.run(engine, [RENDER_DOCUMENTS], once=True)
    assert (documents(engine)[0].state, documents(engine)[0].error) == (
        DocumentState.FAILED,
        "RenderingStopped: too long",
    )


def test_a_document_that_is_ready_is_not_rendered_again(engine: Engine, press: Press) -> None:
    want(engine, "甲")
    with db.reading(engine) as session:
        payload = {"documents": [documents(engine)[0].public_id]}
        outcomes = tasks.compute(tasks.read(session, payload))
    with transaction(engine) as session:
        tasks.apply(session, outcomes)
    kept = documents(engine)[0].file_id
    with transaction(engine) as session:
        tasks.apply(session, outcomes)
    assert documents(engine)[0].file_id == kept
    with db.reading(engine) as session:
        assert tasks.read(session, payload) == []


def test_other_kinds_are_rendered_one_by_one(engine: Engine, press: Press, clock: StandingClock) -> None:
    with transaction(engine) as session:
        want_many(session, [Request("notice", "winner:w", "zh", to_json(samples.notice()))], clock.now)
    worker.run(engine, [RENDER_DOCUMENTS], once=True)
    assert documents(engine)[0].is_ready
