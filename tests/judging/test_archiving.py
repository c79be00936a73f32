"""A round goes into the archive once the feedback reports of those who were judged are out."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from award.judging import service
from award.kernel.audit.trail import transaction
from award.results.models import Publication
from award.rounds.models import Round, Snapshot
from award.rounds.queries import stage_of
from tests import make
from tests.judging.browsing import as_, post
from tests.judging.test_feedback import Act, begun, do, handed_in, open_, published
from tests.judging.world import World

NOW = make.NOW
__all__ = ["begun", "open_"]


def test_the_round_is_archived_once_the_report_is_released(begun: World, clock: Any, client: TestClient) -> None:
    published(begun)
    with transaction(begun.engine) as session:
        round_ = begun.application(session).round
        result = session.scalars(select(Snapshot.id).where(Snapshot.round_id == round_.id, Snapshot.kind == "result")).one()
        session.add(Publication(round_id=round_.id, snapshot_id=result, published_at=NOW, published_by=begun.office.person_id))
        round_id, version = round_.id, round_.version
    base = f"/office/rounds/{begun.round}"
    form = {"version": str(version), "early": "1", "early_reason": "报告均已发布"}
    release: Act = lambda s, r: service.release_report(s, begun.office, r, NOW)  # noqa: E731
    for missing, act in (
        ("组长尚未提交的反馈报告：1 份", lambda: handed_in(begun)), ("待审核发布的反馈报告：1 份", lambda: do(begun, release)),
    ):  # fmt: skip
        assert f'<a href="{base}/feedback">{missing}</a>' in as_(client, begun, "office").get(f"{base}/stages").text
        answer = post(client, f"{base}/advance", form)
        assert answer.status_code == 409
        assert missing in answer.text
        act()
    assert post(as_(client, begun, "office"), f"{base}/advance", form).status_code == 303
    with transaction(begun.engine) as session:
        assert stage_of(session.get_one(Round, round_id)).kind == "archive"
