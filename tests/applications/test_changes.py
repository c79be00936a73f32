"""History, restoring, and what a correction asked for beside what was changed."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.applications import queries, service
from award.applications.changes import changes_between, last_correction, points_between
from award.applications.models import Application
from award.kernel import db
from award.kernel.audit.trail import transaction
from tests import make
from tests.applications import world as worlds
from tests.applications.browsing import Visitor
from tests.applications.world import World
from tests.visiting import faults, only

PART = "4.1.2"
OTHER = "4.1.3"


@pytest.fixture
def desk(client: TestClient, world: World) -> dict[str, Visitor]:
    return {name: Visitor(client, cookie) for name, cookie in world.cookies.items()}


def base(world: World) -> str:
    return f"/apply/{world.application}"


def save(world: World, text: str, version: int, *, part: str = PART, by: str = "owner", keeps: bool = False) -> None:
    with transaction(world.engine) as session:
        who, found = getattr(world, by), world.found(session)
        service.save_answer(session, who, found, part, text, True, version, make.NOW, keeps=keeps)


def returned(world: World) -> None:
    """Submitted, and returned with three points; the text, a fact, the file's title and a second file are changed."""
    worlds.submitted(world)
    world.stage("accept")
    second = worlds.pdf("审计报告.pdf", 2)
    with transaction(world.engine) as session:
        found = world.found(session)
        points = [{"part": PART, "text": "请补充记录"}, {"part": "facts", "text": "请核对职工人数"}, {"part": OTHER, "text": "请说明"},
                  {"part": "evidence", "text": "请更换"}]
        service.return_for_correction(session, world.office, found, points, make.NOW + timedelta(hours=1))
        service.save_profile(session, world.owner, found, worlds.facts() | {"staff": "912"}, found.profile_version, make.NOW)
        answer = queries.answers_of(session, found)[PART]
        text = answer.text.replace("每年", "每季度", 1)
        service.save_answer(session, world.owner, found, PART, text, True, answer.version, make.NOW)
        [evidence] = queries.evidence_of(session, found)
        service.rename_evidence(session, world.owner, found, evidence, "年度质量报告（修订）", make.NOW)
        service.add_evidence(session, world.owner, found, second, "审计报告", make.NOW)


def resubmit(world: World) -> None:
    with transaction(world.engine) as session:
        now = make.NOW + timedelta(hours=2)
        service.submit_application(session, world.owner, world.found(session), list(service.DECLARATIONS), now)


def test_a_correction_that_changes_nothing_is_asked_about(desk: dict[str, Visitor], world: World) -> None:
    """It uses up the only one; who has nothing to change says so, and that is frozen with it."""
    worlds.submitted(world)
    world.stage("accept")
    with transaction(world.engine) as session:
        points = [{"part": PART, "text": "请补充记录"}]
        service.return_for_correction(session, world.office, world.found(session), points, make.NOW)
    declared = dict.fromkeys(service.DECLARATIONS, "1")
    assert "Nothing has been changed since" in desk["owner"].page(f"{base(world)}/submit").text
    asked = desk["owner"].post(f"{base(world)}/submit", declared)
    assert (asked.status_code, faults(asked)) == (422, [
        "Nothing has been changed since the application was returned. Correct it first, or confirm that nothing is to be changed.",
    ])  # fmt: skip
    assert desk["owner"].post(f"{base(world)}/submit", declared | {service.UNCHANGED: "1"}).status_code == 303
    with db.reading(world.engine) as session:
        submission = queries.latest_submission(session, world.found(session))
        assert submission is not None
        assert (submission.number, service.UNCHANGED in submission.content) == (2, True)


def test_who_has_corrected_is_not_asked_and_is_told_when_it_is_too_late(desk: dict[str, Visitor], world: World) -> None:
    returned(world)
    assert 'name="unchanged"' not in str(desk["owner"].page(f"{base(world)}/submit"))
    assert "then submit it again" in desk["owner"].page(base(world)).text
    with transaction(world.engine) as session:
        world.found(session).correction_due_at = make.NOW - timedelta(minutes=1)
    late = desk["owner"].page(base(world)).text
    assert "then submit it again" not in late
    assert "The time for the correction has ended." in late


def marks(page: BeautifulSoup, name: str) -> list[str]:
    """The texts in <ins> or <del>, without the words for those who cannot see the line, and without the legend."""
    found = [one for one in page.select(f".diff {name}") if one.select_one(".sr")]
    for one in found:
        only(one, ".sr").extract()
    return [one.get_text() for one in found]


def test_a_restored_version_says_whose_text_it_is_and_all_say_the_second(desk: dict[str, Visitor], world: World) -> None:
    save(world, "第一稿。", 0)
    save(world, "第二稿。", 1, by="colleague")
    save(world, "第一稿。", 2, keeps=True)
    page = desk["owner"].page(f"{base(world)}/items/{PART}/history")
    rows = [" ".join(one.get_text(" ").split()) for one in page.select("tbody tr")]
    when = "2 March 2026 09:00:00"
    assert [f"The same text as on {when}" in row for row in rows] == [True, False, False]
    assert all(row.startswith(when) or when in row for row in rows)


def test_any_two_versions_are_compared(desk: dict[str, Visitor], world: World) -> None:
    save(world, "我们每年评审一次。", 0)
    save(world, "我们每季度评审一次。", 1, by="colleague")
    save(world, "我们每月评审一次，并公布结果。", 2)
    page = desk["owner"].page(f"{base(world)}/items/{PART}/history")
    rows = [" ".join(one.get_text(" ").split()) for one in page.select("tbody tr")]
    assert ["李敏" in rows[0], "王芳" in rows[1], "李敏" in rows[2]] == [True] * 3
    assert [row.select(".num")[0].get_text() for row in page.select("tbody tr")] == ["15", "10", "9"]
    assert (marks(page, "del"), marks(page, "ins")) == (["季度"], ["月", "，并公布结果"])
    first = desk["owner"].page(f"{base(world)}/items/{PART}/history?old=1&new=2")
    assert (marks(first, "del"), marks(first, "ins")) == (["年"], ["季度"])
    assert desk["owner"].get(f"{base(world)}/items/{PART}/history?old=1&new=9").status_code == 404
    assert desk["stranger"].get(f"{base(world)}/items/{PART}/history?old=1&new=2").status_code == 404


def test_restoring_keeps_what_it_replaces_however_young(world: World, any_engine: Engine) -> None:
    """Autosave keeps one version in ten minutes; a restored text never takes the place of one that is kept nowhere."""
    save(world, "我们每年评审一次结果。", 0)
    save(world, "我们每年评审两次结果。", 1)
    save(world, "我们每年评审三次结果。", 2)
    with db.reading(world.engine) as session:
        assert [one.text for one in queries.revisions_of(session, world.found(session), PART)] == ["我们每年评审一次结果。"]
    save(world, "我们每年评审一次结果。", 3, keeps=True)
    with db.reading(world.engine) as session:
        kept = [one.text for one in queries.revisions_of(session, world.found(session), PART)]
        answer = queries.answers_of(session, world.found(session))[PART]
    assert kept == ["我们每年评审一次结果。", "我们每年评审三次结果。"]
    assert (answer.text, answer.version) == ("我们每年评审一次结果。", 4)


def test_restoring_over_a_newer_text_shows_both(desk: dict[str, Visitor], world: World) -> None:
    save(world, "第一版", 0)
    save(world, "完全不同的第二版", 1, by="colleague")
    answer = desk["owner"].post(f"{base(world)}/items/{PART}/history/1/restore", {"version": "1"})
    assert answer.status_code == 412
    assert "第一版" in answer.text
    assert "完全不同的第二版" in answer.text
    save(world, "第三版，全新", 2)
    with db.reading(world.engine) as session:
        assert {one.text for one in queries.revisions_of(session, world.found(session), PART)} >= {"第一版", "完全不同的第二版"}


def test_the_applicant_sees_what_was_asked_beside_what_is_changed(desk: dict[str, Visitor], world: World) -> None:
    returned(world)
    page = desk["owner"].page(f"{base(world)}/corrections")
    groups = {str(one["id"]): " ".join(one.get_text(" ").split()) for one in page.select("section[id^=change-]")}
    assert list(groups) == [f"change-{PART}", "change-facts", f"change-{OTHER}", "change-evidence"]
    assert "请补充记录" in groups[f"change-{PART}"]
    assert "2 characters added, 1 removed" in groups[f"change-{PART}"]
    assert "Number of staff [removed:] 860 [added:] 912" in groups["change-facts"]
    assert "Not changed yet" in groups[f"change-{OTHER}"]
    assert "Other title" in groups["change-evidence"]
    assert "E-2 · Added" in groups["change-evidence"]
    assert marks(page, "ins") == ["季度", "912", "（修订）", "审计报告"]
    assert marks(page, "del") == ["年", "860"]


def test_the_office_sees_it_after_the_correction_and_not_before(desk: dict[str, Visitor], world: World) -> None:
    path = f"/office/applications/{world.application}"
    returned(world)
    assert desk["office"].get(f"{path}/changes").status_code == 404
    assert "912" not in desk["office"].page(path).text
    resubmit(world)
    assert desk["office"].page(path).find("a", href=f"{path}/changes") is not None
    page = desk["office"].page(f"{path}/changes")
    assert "请说明" in page.text
    assert marks(page, "ins") == ["季度", "912", "（修订）", "审计报告"]
    own = desk["owner"].page(f"{base(world)}/corrections")
    assert marks(own, "ins") == marks(desk["office"].page(f"{path}/changes"), "ins")
    assert [desk[who].get(f"{path}/changes").status_code for who in ("owner", "stranger")] == [403, 403]
    assert desk["elsewhere"].get(f"{path}/changes").status_code == 404
    assert desk["supervisor"].get(f"{path}/changes").status_code == 200


def test_changes_between_two_submissions(world: World, any_engine: Engine) -> None:
    returned(world)
    resubmit(world)
    with db.reading(world.engine) as session:
        found: Application = world.found(session)
        before, after = last_correction([queries.content_of(one) for one in queries.submissions_of(session, found)]) or (None, None)
        assert before is not None
        assert after is not None
        changes = changes_between(before, after)
        asked = points_between(queries.notices_of(session, found), before.submitted_at, after.submitted_at)
    assert list(changes.parts) == [PART]
    assert changes.facts == {"staff": ("860", "912")}
    assert [(one.before and one.before.title, one.after and one.after.title) for one in changes.evidence] == [
        ("年度质量报告", "年度质量报告（修订）"), (None, "审计报告"),
    ]  # fmt: skip
    assert changes.keys == {PART, "facts", "evidence"}
    assert [one["part"] for one in asked] == [PART, "facts", OTHER, "evidence"]
    assert changes_between(after, after).keys == frozenset()
