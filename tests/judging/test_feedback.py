"""Feedback reports: each act, its record, each refusal; what the view says; who reads it when."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Evidence
from award.judging import papers, queries, service
from award.judging.models import FeedbackReport
from award.judging.papers import placed
from award.judging.service.feedback import Written
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import AwardError, Conflict, Invalid, NotFound, Refused, Stale
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.panels import service as panels
from award.rounds.models import Snapshot
from tests import make
from tests.applications.world import records
from tests.judging import world as worlds
from tests.judging.browsing import as_, main_text, post, put
from tests.judging.world import World

NOW = make.NOW
Act = Callable[[Session, FeedbackReport], object]


@pytest.fixture
def open_(world: World) -> World:
    """All sheets are in: 40, 50, 60, 70 and 80 %."""
    worlds.all_in(world)
    return world


@pytest.fixture
def begun(open_: World) -> World:
    """The leader has begun the report."""
    with transaction(open_.engine) as session:
        service.start_report(session, open_.judges[0], open_.application(session), NOW)
    return open_


def report(session: Session, world: World) -> FeedbackReport:
    found = queries.report_of(session, world.application(session).id)
    assert found is not None
    return found


def do(world: World, act: Act) -> Any:
    with transaction(world.engine) as session:
        return act(session, report(session, world))


def refused(world: World, act: Act) -> AwardError:
    with pytest.raises(AwardError) as caught:
        do(world, act)
    return caught.value


def keys(world: World, item: str = "4.1.2", kind: str = "strength") -> list[str]:
    with transaction(world.engine) as session:
        return [one.key for one in queries.sources_of(session, report(session, world))[item] if one.kind == kind]


def take(world: World, item: str, chosen: list[str], *, as_one: bool = False, by: Any = None) -> Any:
    leader = by or world.judges[0]
    return do(world, lambda s, r: service.take_comment(s, leader, r, item, chosen, r.version, NOW, as_one=as_one))


def rewrite(world: World, comment: str, words: Written) -> None:
    """The leader gives a comment other words."""
    do(world, lambda s, r: service.save_report(s, world.judges[0], r, r.summary, r.next_steps, r.version, NOW, {comment: words}))


def written(world: World) -> None:
    """A report that can be handed in."""
    for kind in ("strength", "opportunity"):
        [made] = take(world, "4.1.2", keys(world, "4.1.2", kind)[:2], as_one=True)
        rewrite(world, made.public_id, Written(made.text, made.weight, True))
    steps = "90 天内：制定改进计划\n持续改进"
    do(world, lambda s, r: service.save_report(s, world.judges[0], r, "总体良好。\n重点在学习。", steps, r.version, NOW))


def handed_in(world: World) -> None:
    written(world)
    do(world, lambda s, r: service.hand_in(s, world.judges[0], r, r.version, NOW))


def published(world: World) -> None:
    """The result is out and the round in its stage."""
    world.stage("publish")
    with transaction(world.engine) as session:
        round_id = world.application(session).round_id
        session.add(Snapshot(round_id=round_id, kind="result", number=1, content="{}", sha256="0" * 64, published_at=NOW))


# --- writing ------------------------------------------------------------------------------------------------


def test_it_begins_after_the_gate_by_the_leader_only(world: World) -> None:
    def start(actor: Any) -> Callable[[], object]:
        def act() -> object:
            with transaction(world.engine) as session:
                return service.start_report(session, actor, world.application(session), NOW)

        return act

    with pytest.raises(Refused) as caught:
        start(world.judges[0])()
    assert caught.value.code == "gate.closed"
    worlds.all_in(world)
    for actor in (world.judges[1], world.office, world.supervisor, world.owners[0]):
        with pytest.raises(Refused):
            start(actor)()
    with pytest.raises(NotFound):
        start(world.stranger)()
    assert start(world.judges[0])().public_id == start(world.judges[0])().public_id  # type: ignore[attr-defined]
    with transaction(world.engine) as session:
        found = report(session, world)
        assert found.sheets == [worlds.versions(session, worlds.sheet(session, world, 0, at))[0].public_id for at in range(5)]
        assert len(records(session, Event.FEEDBACK_EDITED)) == 1


@pytest.mark.both_databases
def test_comments_are_taken_once_and_merged_under_their_item(begun: World) -> None:
    first, second, third, *_ = keys(begun)
    assert len(take(begun, "4.1.2", [first, second])) == 2
    assert take(begun, "4.1.2", [first]) == []
    with transaction(begun.engine) as session:
        ids = [one.public_id for one in report(session, begun).comments]
    do(begun, lambda s, r: service.merge_comments(s, begun.judges[0], r, ids, r.version, NOW))
    take(begun, "4.1.2", [third])
    with transaction(begun.engine) as session:
        merged, single = report(session, begun).comments
        assert (merged.sources, single.sources) == ([first, second], [third])
        # The same words are not said twice.
        assert merged.text == "优势：高层领导的作用做得扎实。"
        assert [one["content"].get("merged") for one in records(session, Event.FEEDBACK_EDITED)][2] == ids


def test_what_cannot_be_taken_or_merged(begun: World) -> None:
    leader = begun.judges[0]
    strength, opportunity, elsewhere = keys(begun)[0], keys(begun, kind="opportunity")[0], keys(begun, "4.1.3")[0]
    assert isinstance(refused(begun, lambda s, r: service.take_comment(s, leader, r, "4.1.2", [], r.version, NOW)), Invalid)
    assert isinstance(refused(begun, lambda s, r: service.take_comment(s, leader, r, "4.1.2", [elsewhere], r.version, NOW)), NotFound)
    both = [strength, opportunity]
    act: Act = lambda s, r: service.take_comment(s, leader, r, "4.1.2", both, r.version, NOW, as_one=True)  # noqa: E731
    assert isinstance(refused(begun, act), Invalid)
    made = [one.public_id for one in (*take(begun, "4.1.2", both), *take(begun, "4.1.3", [elsewhere]))]
    # One ticked twice is one, and neither merged with itself nor taken twice.
    for chosen in ([made[0]], [made[0], made[0]], made[:2], [made[0], made[2]]):
        act = lambda s, r, chosen=chosen: service.merge_comments(s, leader, r, chosen, r.version, NOW)  # type: ignore[misc]  # noqa: E731
        assert isinstance(refused(begun, act), Invalid)
    act = lambda s, r: service.merge_comments(s, leader, r, ["zzzzzzzzzzzz"], r.version, NOW)  # noqa: E731
    assert isinstance(refused(begun, act), NotFound)


def test_a_comment_gets_other_words_or_goes(begun: World) -> None:
    leader = begun.judges[0]
    [made] = take(begun, "4.1.2", keys(begun)[:1])
    one = made.public_id
    rewrite(begun, one, Written("方法系统。", "+", False, 5, 2))
    again = version(begun)
    # Saved again as it is, nothing has changed.
    rewrite(begun, one, Written("方法系统。", "+", False, 5, 2))
    assert version(begun) == again
    with transaction(begun.engine) as session:
        [found] = report(session, begun).comments
        assert (found.text, found.weight, found.effect, found.effort) == ("方法系统。", "+", 5, 2)
    for wrong in (
        Written("好", "-", False), Written("好" * 1001, "+", False), Written("好", "+", False, 6), Written("好", "+", False, None, 0)
    ):  # fmt: skip
        with pytest.raises(Invalid):
            rewrite(begun, one, wrong)
    # An empty one is kept while it is written, and keeps the report from being handed in.
    rewrite(begun, one, Written(" ", "+", True))
    error = refused(begun, lambda s, r: service.hand_in(s, leader, r, r.version, NOW))
    assert isinstance(error, Invalid)
    assert f"text-{one}" in [fault.field for fault in error.errors]
    do(begun, lambda s, r: service.remove_comment(s, leader, r, one, r.version, NOW))
    assert len(take(begun, "4.1.2", keys(begun)[:1])) == 1


def test_another_window_is_not_overwritten(begun: World) -> None:
    do(begun, lambda s, r: service.save_report(s, begun.judges[0], r, "一", "", 1, NOW))
    error = refused(begun, lambda s, r: service.save_report(s, begun.judges[0], r, "二", "", 1, NOW))
    assert isinstance(error, Stale)
    assert error.theirs["summary"] == "一"


def test_handing_in_says_what_is_missing(begun: World) -> None:
    error = refused(begun, lambda s, r: service.hand_in(s, begun.judges[0], r, r.version, NOW))
    assert isinstance(error, Invalid)
    assert [one.field for one in error.errors] == ["summary", "comments", "comments"]


@pytest.mark.both_databases
def test_handed_in_it_is_closed(begun: World) -> None:
    handed_in(begun)
    with transaction(begun.engine) as session:
        assert report(session, begun).state == "waiting"
        [record] = records(session, Event.FEEDBACK_HANDED_IN)
        assert record["content"]["summary"] == "总体良好。\n重点在学习。"
        assert len(record["content"]["comments"]) == 2
    do(begun, lambda s, r: service.hand_in(s, begun.judges[0], r, r.version, NOW))
    act: Act = lambda s, r: service.save_report(s, begun.judges[0], r, "再改", "", r.version, NOW)  # noqa: E731
    assert refused(begun, act).code == "feedback.handed_in"
    with transaction(begun.engine) as session:
        assert len(records(session, Event.FEEDBACK_HANDED_IN)) == 1


def test_a_recusal_takes_its_comments_out(begun: World) -> None:
    written(begun)
    take(begun, "4.1.3", keys(begun, "4.1.3")[4:5])
    with transaction(begun.engine) as session:
        found, ended = begun.application(session), begun.seat(session, 0, 4)
        panels.declare_conflict(session, begun.judges[4], found, ended, "顾问", NOW)
    worlds.replace(begun, 4, 5)
    act: Act = lambda s, r: service.hand_in(s, begun.judges[0], r, r.version, NOW)  # noqa: E731
    assert refused(begun, act).code == "gate.closed"
    worlds.sign(begun, 0, 5)
    worlds.score(begun, 0, 5)
    worlds.submit(begun, 0, 5)
    assert refused(begun, act).code == "feedback.sheets_changed"
    with transaction(begun.engine) as session:
        service.start_report(session, begun.judges[0], begun.application(session), NOW)
    with transaction(begun.engine) as session:
        assert {one.item for one in report(session, begun).comments} == {"4.1.2"}
    do(begun, act)


# --- release ------------------------------------------------------------------------------------------------


def test_the_office_releases_after_publication_only(begun: World) -> None:
    release: Act = lambda s, r: service.release_report(s, begun.office, r, NOW)  # noqa: E731
    handed_in(begun)
    assert refused(begun, release).code == "stage.wrong"
    begun.stage("publish")
    assert refused(begun, release).code == "feedback.not_published"
    published(begun)
    for actor in (begun.judges[0], begun.supervisor, begun.owners[0]):
        assert isinstance(refused(begun, lambda s, r, by=actor: service.release_report(s, by, r, NOW)), Refused)  # type: ignore[misc]
    do(begun, release)
    do(begun, release)
    with transaction(begun.engine) as session:
        assert report(session, begun).state == "released"
        documents = session.scalars(select(Document).order_by(Document.language)).all()
        assert [(one.kind, one.language, one.state) for one in documents] == [
            ("feedback_report", "en", "wanted"), ("feedback_report", "zh", "wanted"),
        ]  # fmt: skip
        assert session.scalars(select(Message.template).order_by(Message.id)).all() == ["report_wanted", "feedback_released"]
        assert len(records(session, Event.FEEDBACK_RELEASED)) == 1


def test_a_report_that_was_not_handed_in_is_not_released(begun: World) -> None:
    published(begun)
    assert refused(begun, lambda s, r: service.release_report(s, begun.office, r, NOW)).code == "feedback.not_handed_in"


def test_the_office_gives_it_back_with_a_reason(begun: World) -> None:
    handed_in(begun)
    published(begun)
    assert isinstance(refused(begun, lambda s, r: service.return_report(s, begun.office, r, " ", NOW)), Invalid)
    do(begun, lambda s, r: service.return_report(s, begun.office, r, "第二段提到了评审员", NOW))
    with transaction(begun.engine) as session:
        found = report(session, begun)
        assert (found.state, found.returned_reason) == ("drafting", "第二段提到了评审员")
        assert session.scalars(select(Message.template).order_by(Message.id)).all() == ["report_wanted", "feedback_returned"]
        assert [one["content"]["reason"] for one in records(session, Event.FEEDBACK_RETURNED)] == ["第二段提到了评审员"]
    assert isinstance(refused(begun, lambda s, r: service.return_report(s, begun.office, r, "再", NOW)), Conflict)
    do(begun, lambda s, r: service.hand_in(s, begun.judges[0], r, r.version, NOW))


def test_the_applicant_acknowledges_once(begun: World) -> None:
    handed_in(begun)
    published(begun)
    acknowledge: Act = lambda s, r: service.acknowledge(s, begun.owners[0], r, NOW)  # noqa: E731
    assert isinstance(refused(begun, acknowledge), NotFound)
    do(begun, lambda s, r: service.release_report(s, begun.office, r, NOW))
    for actor in (begun.office, begun.judges[0], begun.stranger):
        assert isinstance(refused(begun, lambda s, r, by=actor: service.acknowledge(s, by, r, NOW)), Refused | NotFound)  # type: ignore[misc]
    do(begun, acknowledge)
    do(begun, acknowledge)
    with transaction(begun.engine) as session:
        assert report(session, begun).state == "acknowledged"
        assert len(records(session, Event.FEEDBACK_ACKNOWLEDGED)) == 1


# --- pages --------------------------------------------------------------------------------------------------


def version(world: World) -> str:
    with transaction(world.engine) as session:
        return str(report(session, world).version)


def test_the_whole_way_by_buttons(open_: World, client: TestClient) -> None:
    url = f"/review/{open_.seats[0, 0]}/report"
    as_(client, open_, "judge0")
    assert "开始编写" in main_text(client.get(url))
    assert post(client, f"{url}/start").status_code == 303
    for kind in ("strength", "opportunity"):
        data = {"source-4.1.2": keys(open_, kind=kind)[:3], "act": "as_one:4.1.2", "version": version(open_)}
        assert post(client, url, data).headers["location"] == f"{url}#item-4.1.2"
    with transaction(open_.engine) as session:
        made = [(one.public_id, one.weight) for one in report(session, open_).comments]
    written_ = {f"{name}-{one}": value for one, mark in made for name, value in (("text", "定稿文字。"), ("mark", mark), ("key", "1"))}
    refused_ = post(client, url, written_ | {"summary": "", "next_steps": "留着", "act": "hand_in", "version": version(open_)})
    assert refused_.status_code == 422
    # Nothing that was typed is lost, wherever on the page it stands.
    assert "留着" in refused_.text
    assert refused_.text.count("定稿文字。") >= len(made)
    data = written_ | {"summary": "综述第一段。", "next_steps": "", "act": "hand_in", "version": version(open_)}
    assert post(client, url, data).status_code == 303
    published(open_)
    base = f"/office/rounds/{open_.round}/feedback"
    as_(client, open_, "office")
    assert "综述第一段。" in main_text(client.get(f"{base}/{open_.applications[0]}"))
    assert as_(client, open_, "owner0").get(f"/apply/{open_.applications[0]}/feedback").status_code == 404
    assert post(as_(client, open_, "supervisor"), base).status_code == 403
    assert post(as_(client, open_, "office"), base).status_code == 303
    as_(client, open_, "owner0")
    mine = f"/apply/{open_.applications[0]}/feedback"
    text = main_text(client.get(mine))
    assert "定稿文字。" in text
    assert [name for name in worlds.JUDGES if name in text] == []
    assert client.get(f"{mine}/report.pdf").status_code == 404
    assert post(client, f"{mine}/acknowledge").status_code == 303
    assert "确认收悉" in main_text(client.get(mine))


def test_the_paper_is_called_as_other_papers_are(begun: World, client: TestClient) -> None:
    handed_in(begun)
    published(begun)
    do(begun, lambda s, r: service.release_report(s, begun.office, r, NOW))
    with transaction(begun.engine) as session:
        for one in session.scalars(select(Document)):
            one.file_id, one.state = session.scalars(select(Evidence.file_id)).first(), "ready"
        number = begun.application(session).number
    answer = as_(client, begun, "owner0").get(f"/apply/{begun.applications[0]}/feedback/report.pdf")
    name = f"{number}_{worlds.APPLICANTS[0]}_评审反馈报告.pdf"
    assert (answer.status_code, unquote(answer.headers["content-disposition"].rpartition("''")[2])) == (200, name)


def test_the_editor_saves_while_the_leader_writes(begun: World, client: TestClient) -> None:
    url = f"/review/{begun.seats[0, 0]}/report"
    [made] = take(begun, "4.1.2", keys(begun, kind="opportunity")[:1])
    one = made.public_id
    as_(client, begun, "judge0")
    of_it = {"text": "改过的话", "mark": "--", "effect": "5", "effort": "1"}
    fields = {"summary": "写到一半", "next_steps": "", **{f"{name}-{one}": value for name, value in of_it.items()}}
    before = int(version(begun))
    answer = put(client, url, fields, before)
    assert (answer.status_code, answer.json()["version"]) == (200, before + 1)
    assert put(client, url, fields, None).status_code == 428
    with transaction(begun.engine) as session:
        view = papers.report_view(session, report(session, begun), "zh", NOW)
    # Level 5 and level 1 of five lie at 90 and 10 of 100.
    assert (view.priorities[0].theme, view.priorities[0].effect, view.priorities[0].effort) == ("改过的话", 90, 10)
    assert (placed(None), placed(3)) == (None, 50)
    # Another window: both texts are there, by autosave and by button.
    stale = put(client, url, fields | {"summary": "旧窗口"}, before)
    assert (stale.status_code, stale.json()["theirs"]["summary"]) == (412, "写到一半")
    kept = post(client, url, fields | {"summary": "旧窗口", "version": str(before), "act": "hand_in"})
    assert kept.status_code == 412
    assert "旧窗口" in kept.text
    assert put(client, url, fields | {f"effect-{one}": "x"}, before + 1).status_code == 422
    assert put(as_(client, begun, "judge1"), url, fields, before + 1).status_code == 404


def test_another_applicant_finds_no_report(engine: Any, clock: Any, client: TestClient) -> None:
    world = worlds.build(engine, applications=2)
    worlds.all_in(world)
    with transaction(engine) as session:
        service.start_report(session, world.judges[0], world.application(session), NOW)
    handed_in(world)
    published(world)
    do(world, lambda s, r: service.release_report(s, world.office, r, NOW))
    mine = f"/apply/{world.applications[0]}/feedback"
    assert as_(client, world, "owner0").get(mine).status_code == 200
    for who in ("owner1", "judge0"):
        assert as_(client, world, who).get(mine).status_code in (403, 404)
