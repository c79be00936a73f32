"""A judge's own sheets: read, saved, submitted; versions, keys, and what is not his is not there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from award import worker
from award.accounts.models import KeptAnswer
from award.accounts.tasks import FORGET_ANSWERS
from award.judging.models import Sheet, SheetVersion
from award.judging.service import return_sheet
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from tests import make
from tests.api.asking import Program, assert_problem, token_for
from tests.api.conftest import As
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World

ITEM = "/items/4.1.2"
ENTRY = {
    "percent": 65, "factors": {"approach": "b50"}, "note": "只给自己看",
    "comments": [{"key": "s1", "kind": "strength", "weight": "++", "text": "方法系统有效。", "references": ["E-1", "p71"]}],
}  # fmt: skip


def test_save_and_read(world: World, program: As) -> None:
    judge, sheet = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}"
    before = judge.get(sheet + ITEM)
    assert (before.status_code, before.headers["etag"], before.json()["percent"]) == (200, '"0"', None)
    saved = judge.put(sheet + ITEM, ENTRY, tag='"0"')
    assert (saved.status_code, saved.headers["etag"]) == (200, '"1"')
    after = judge.get(sheet + ITEM)
    assert {name: after.json()[name] for name in ENTRY} == ENTRY
    assert after.headers["etag"] == '"1"'
    assert judge.get(sheet + ITEM, headers={"if-none-match": '"1"'}).status_code == 304
    whole = judge.get(sheet).json()
    assert (whole["state"], whole["receipt"], "4.1.2" in whole["missing"]) == ("in_progress", None, False)


def test_a_returned_sheet_says_by_whom_and_why(world: World, program: As) -> None:
    worlds.score(world, 0, 1)
    worlds.submit(world, 0, 1)
    judge, path = program(world.judges[1]), f"/sheets/{world.seats[0, 1]}"
    keys = ("state", "returned_by", "returned_reason")
    assert [judge.get(path).json()[key] for key in keys] == ["submitted", "", ""]
    with transaction(world.engine) as session:
        return_sheet(session, world.judges[0], world.application(session), worlds.sheet(session, world, 0, 1), "意见写错了条款", make.NOW)
    assert [judge.get(path).json()[key] for key in keys] == ["returned", "leader", "意见写错了条款"]


def test_the_page_and_the_program_write_the_same_sheet(world: World, program: As) -> None:
    judge = program(world.judges[0])
    judge.put(f"/sheets/{world.seats[0, 0]}{ITEM}", ENTRY, tag='"0"')
    with transaction(world.engine) as session:
        sheet = worlds.sheet(session, world, 0, 0)
        assert sheet.marks == {"4.1.2": 65}
        act = session.scalars(select(AuditRecord).where(AuditRecord.obj == f"sheet:{sheet.public_id}")).one()
        assert (act.act, act.actor) == ("sheet:edited", world.judges[0].public_id)


@pytest.mark.parametrize("tag", [None, "", " "])
def test_a_write_says_its_version(world: World, program: As, tag: str | None) -> None:
    answer = program(world.judges[0]).put(f"/sheets/{world.seats[0, 0]}{ITEM}", ENTRY, tag=tag)
    assert_problem(answer, 428, "version.missing")


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("*", "* 不代表任何版本"), ("0", "* 不代表任何版本"), ('""', "* 不代表任何版本"), ('"0", "1"', "* 不代表任何版本"),
        ('"' + "0" * 81 + '"', "* 不代表任何版本"), ('W/"0"', "Accept-Encoding: identity"),
    ],
)  # fmt: skip
def test_what_names_no_version_is_told_apart_from_nothing(world: World, program: As, tag: str, said: str) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    answer = judge.put(path, ENTRY, tag=tag)
    assert_problem(answer, 400, "version.unreadable")
    assert said in answer.json()["detail"]
    assert judge.get(path).json()["version"] == 0


@pytest.mark.parametrize("tag", ['"1"', '"7"', '"abc"', '"99999999999999999999"', '"-1"'])
def test_a_stale_version_brings_what_is_stored(world: World, program: As, tag: str) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    judge.put(path, ENTRY, tag='"0"')
    judge.put(path, {**ENTRY, "percent": 70}, tag='"1"')
    answer = judge.put(path, {**ENTRY, "percent": 40}, tag=tag)
    assert_problem(answer, 412, "sheet.stale")
    assert (answer.json()["version"], answer.json()["theirs"]["percent"]) == (2, 70)
    assert datetime.fromisoformat(answer.json()["at"]) == make.NOW
    assert answer.json()["at"].endswith("Z")
    assert (answer.json()["title"], "您读取之后" in answer.json()["detail"]) == ("读取之后已有变更", True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"percent": 63}, "percent"), ({"factors": {"results": "b50"}}, "factors"),
        ({"comments": [{**ENTRY["comments"][0], "weight": "--"}]}, "comments"),
    ],
)  # fmt: skip
def test_what_the_rules_do_not_have(world: World, program: As, change: dict[str, object], field: str) -> None:
    answer = program(world.judges[0]).put(f"/sheets/{world.seats[0, 0]}{ITEM}", {**ENTRY, **change}, tag='"0"')
    assert_problem(answer, 422, "invalid")
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"text": "   "}, "text", "请填写意见内容"), ({"text": "\u200b\u200b"}, "text", "请填写意见内容"),
        ({"references": ["p71", "E-1,E-2"]}, "references/1", "有一处出处为空或含有逗号"),
        ({"references": ["E-1；E-2"]}, "references/0", "有一处出处为空或含有逗号"),
        ({"references": ["p71", " "]}, "references/1", "有一处出处为空或含有逗号"),
    ],
)  # fmt: skip
def test_of_a_comment_nothing_is_dropped_or_split(
    world: World, program: As, change: dict[str, object], pointer: str, said: str
) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    comments = [*ENTRY["comments"], {**ENTRY["comments"][0], "key": "s2", **change}]
    answer = judge.put(path, {**ENTRY, "comments": comments}, tag='"0"')
    assert_problem(answer, 422, "invalid")
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["pointer"]) == ("comments", f"/comments/1/{pointer}")
    assert said in fault["detail"]
    assert judge.get(path).json()["version"] == 0


@pytest.mark.parametrize("left_out", ["percent", "factors", "comments", "note"])
def test_what_is_left_out_is_refused_and_never_emptied(world: World, program: As, left_out: str) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    judge.put(path, ENTRY, tag='"0"')
    before = judge.get(path)
    answer = judge.put(path, {name: one for name, one in ENTRY.items() if name != left_out}, tag='"1"')
    assert_problem(answer, 422, "request.invalid")
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["pointer"]) == (left_out, f"/{left_out}")
    assert "请先读取，修改后完整发回" in fault["detail"]
    assert left_out in answer.json()["detail"]
    assert judge.get(path).content == before.content


def test_a_percentage_alone_changes_nothing(world: World, program: As) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    judge.put(path, ENTRY, tag='"0"')
    answer = judge.put(path, {"percent": 70}, tag='"1"', headers={"accept-language": "en"})
    assert_problem(answer, 422, "request.invalid")
    assert answer.json()["detail"].startswith("This request cannot be understood; check: factors, comments, note. This is missing.")
    assert {name: judge.get(path).json()[name] for name in ENTRY} == ENTRY


@pytest.mark.parametrize("percent", ["false", "true", '"65"', '" 65 "', '"6_5"', '"+65"', '"65.0"', '"-0"', "65.0", '65, "percent": 70'])
def test_no_score_is_guessed(world: World, program: As, percent: str) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    body = f'{{"percent": {percent}, "factors": {{}}, "comments": [], "note": ""}}'
    answer = judge.ask("PUT", path, content=body, tag='"0"', headers={"content-type": "application/json"})
    assert_problem(answer, 422, "request.invalid")
    assert [one["field"] for one in answer.json()["errors"]] == ["percent"]
    assert judge.get(path).json()["version"] == 0


@pytest.mark.parametrize("percent", [7, -5, 101, 10**30])
def test_the_steps_are_said_in_one_sentence(world: World, program: As, percent: int) -> None:
    answer = program(world.judges[0]).put(f"/sheets/{world.seats[0, 0]}{ITEM}", ENTRY | {"percent": percent}, tag='"0"')
    assert_problem(answer, 422, "invalid")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/percent"]
    assert answer.json()["detail"] == f"{percent} 不在规定取值之内。得分率须为以下取值之一：0、5、10、……、100。"


def test_a_percentage_of_400_digits_is_not_said_back_in_full(world: World, program: As) -> None:
    path = f"/sheets/{world.seats[0, 0]}{ITEM}"
    answer = program(world.judges[0]).put(path, ENTRY | {"percent": int("7" * 400)}, tag='"0"')
    assert answer.json()["detail"].startswith("777777777777… 不在规定取值之内")


def test_another_judges_sheet_is_not_there(world: World, program: As) -> None:
    """Nor is one of an application the judge has no seat at: the answer is that of an id nobody has."""
    judge = program(world.judges[5])
    worlds.score(world, 0, 1)
    for path in (f"/sheets/{world.seats[0, 1]}", f"/sheets/{world.seats[0, 1]}{ITEM}"):
        missing = judge.get(path.replace(world.seats[0, 1], "zzzzzzzzzzzz"))
        assert_problem(judge.get(path), 404, "not_found")
        assert judge.get(path).json() == missing.json()
    assert_problem(judge.put(f"/sheets/{world.seats[0, 1]}{ITEM}", ENTRY, tag='"1"'), 404)
    assert_problem(judge.post(f"/sheets/{world.seats[0, 1]}/submission", {}, tag='"0-1-in_progress"'), 404)
    assert judge.get("/sheets").json() == {"items": [], "next": None}


def test_before_the_declaration_only_the_name(engine: Engine, clock: StandingClock, api: object) -> None:
    world = worlds.build(engine, unsigned=((0, 4),))
    judge = Program(api, token_for(engine, world.judges[4].person_id))
    (line,) = judge.get("/sheets").json()["items"]
    assert (line["state"], line["applicant"]) == ("coi_pending", worlds.APPLICANTS[0])
    assert_problem(judge.get(f"/sheets/{line['id']}"), 403, "declaration.unsigned")
    assert_problem(judge.get(f"/applications/{line['application']}"), 403, "declaration.unsigned")
    assert_problem(judge.put(f"/sheets/{line['id']}{ITEM}", ENTRY, tag='"0"'), 403, "declaration.unsigned")


def test_submit_once(world: World, program: As) -> None:
    """60% of everything is 600 points; the tag says which sheet is submitted, and both tags answer with the receipt later."""
    worlds.score(world, 0, 0, percent=60)
    judge, sheet = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}"
    tag = judge.get(sheet).headers["etag"]
    first = judge.post(f"{sheet}/submission", {}, tag=tag)
    assert (first.status_code, first.json()["total"], first.json()["number"]) == (200, "600.00", 1)
    after = judge.get(sheet)
    assert after.json()["receipt"] == first.json()
    for known in (tag, after.headers["etag"]):
        assert judge.post(f"{sheet}/submission", {}, tag=known).json() == first.json()
    assert_problem(judge.put(sheet + ITEM, ENTRY, tag='"1"'), 409, "sheet.submitted")


def test_a_sheet_that_changed_is_not_submitted(world: World, program: As) -> None:
    worlds.score(world, 0, 0)
    judge, sheet = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}"
    tag = judge.get(sheet).headers["etag"]
    judge.put(sheet + ITEM, ENTRY, tag='"1"')
    answer = judge.post(f"{sheet}/submission", {}, tag=tag)
    assert_problem(answer, 412, "sheet.changed")
    assert "version" not in answer.json()
    with transaction(world.engine) as session:
        assert worlds.sheet(session, world, 0, 0).state == "in_progress"
        assert session.scalar(select(func.count(SheetVersion.id))) == 0


def test_an_unfinished_sheet_is_not_submitted(world: World, program: As) -> None:
    worlds.score(world, 0, 0, leave=1)
    judge, sheet = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}"
    whole = judge.get(sheet)
    # That it is another sheet than was read is told first.
    answer = judge.post(f"{sheet}/submission", {}, tag='"0-1-in_progress"')
    assert_problem(answer, 412, "sheet.changed")
    assert f'"{answer.json()["theirs"]["tag"]}"' == whole.headers["etag"]
    answer = judge.post(f"{sheet}/submission", {}, tag=whole.headers["etag"])
    assert_problem(answer, 422, "invalid")
    assert [one["field"] for one in answer.json()["errors"]] == whole.json()["missing"]


@pytest.mark.parametrize(("stage", "code"), [("accept", "stage.wrong"), ("notice", "stage.wrong")])
def test_not_in_another_stage(world: World, program: As, stage: str, code: str) -> None:
    world.stage(stage)
    answer = program(world.judges[0]).put(f"/sheets/{world.seats[0, 0]}{ITEM}", ENTRY, tag='"0"')
    assert_problem(answer, 409, code)


def test_not_past_the_deadline(world: World, program: As, clock: StandingClock) -> None:
    ends_at = clock.forward(days=300) + timedelta(1)
    judge = Program(program(world.judges[0]).client, token_for(world.engine, world.judges[0].person_id, ends_at=ends_at))
    assert_problem(judge.put(f"/sheets/{world.seats[0, 0]}{ITEM}", ENTRY, tag='"0"'), 409, "stage.over")


def test_a_key_is_answered_once_and_again(world: World, program: As) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    first = judge.put(path, ENTRY, tag='"0"', key="write-one-0001")
    again = judge.put(path, ENTRY, tag='"0"', key="write-one-0001")
    assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert_problem(judge.put(path, ENTRY, tag='"0"'), 412)
    other = judge.put(path, {**ENTRY, "percent": 40}, tag='"0"', key="write-one-0001")
    assert_problem(other, 422, "idempotency.reused")


def test_a_key_is_each_persons_own_and_ends(world: World, program: As, clock: StandingClock) -> None:
    one, other = program(world.judges[0]), program(world.judges[1])
    assert one.put(f"/sheets/{world.seats[0, 0]}{ITEM}", ENTRY, tag='"0"', key="write-one-0001").status_code == 200
    assert other.put(f"/sheets/{world.seats[0, 1]}{ITEM}", ENTRY, tag='"0"', key="write-one-0001").status_code == 200
    clock.forward(hours=24)
    assert_problem(one.put(f"/sheets/{world.seats[0, 0]}{ITEM}", ENTRY, tag='"0"', key="write-one-0001"), 412)


def test_what_was_answered_is_kept_a_day_and_not_longer(any_engine: Engine, clock: StandingClock, api: object) -> None:
    """The note of a judge is not to lie in every backup where he never writes again."""
    world = worlds.build(any_engine)
    for judge in range(2):
        program = Program(api, token_for(any_engine, world.judges[judge].person_id))
        put = program.put(f"/sheets/{world.seats[0, judge]}{ITEM}", ENTRY, tag='"0"', key="write-one-0001")
        assert put.status_code == 200
        clock.forward(hours=12)
    with transaction(any_engine) as session:
        assert ["只给自己看" in one for one in session.scalars(select(KeptAnswer.body))] == [True, True]
    worker.plan_day(any_engine)
    assert worker.run(any_engine, [FORGET_ANSWERS], once=True) == 1
    with transaction(any_engine) as session:
        assert session.scalars(select(KeptAnswer.person_id)).all() == [world.judges[1].person_id]


def test_a_refused_write_keeps_no_answer(world: World, program: As) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    assert_problem(judge.put(path, {**ENTRY, "percent": 63}, tag='"0"', key="write-one-0001"), 422, "invalid")
    assert judge.put(path, ENTRY, tag='"0"', key="write-one-0001").status_code == 200


def test_a_replay_asks_first_who_may_see(world: World, program: As) -> None:
    judge, path = program(world.judges[0]), f"/sheets/{world.seats[0, 0]}{ITEM}"
    judge.put(path, ENTRY, tag='"0"', key="write-one-0001")
    with transaction(world.engine) as session:
        world.seat(session, 0, 0).state = "replaced"
    assert_problem(judge.put(path, ENTRY, tag='"0"', key="write-one-0001"), 404)


def test_of_eight_at_once_with_one_key_one_writes(any_engine: Engine, clock: StandingClock, api: object) -> None:
    world = worlds.build(any_engine)
    judge = Program(api, token_for(any_engine, world.judges[0].person_id))
    path = f"/sheets/{world.seats[0, 0]}{ITEM}"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: judge.put(path, ENTRY, tag='"0"', key="write-one-0001"), range(8)))
    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    assert sorted("idempotency-replayed" in one.headers for one in answers) == [False] + [True] * 7


def test_of_eight_at_once_without_a_key_one_writes(any_engine: Engine, clock: StandingClock, api: object) -> None:
    world = worlds.build(any_engine)
    judge = Program(api, token_for(any_engine, world.judges[0].person_id))
    path = f"/sheets/{world.seats[0, 0]}{ITEM}"
    with ThreadPoolExecutor(8) as pool:
        answers = [one.status_code for one in pool.map(lambda _: judge.put(path, ENTRY, tag='"0"'), range(8))]
    assert sorted(answers) == [200] + [412] * 7


def test_submitted_twice_at_once(any_engine: Engine, clock: StandingClock, api: object) -> None:
    world = worlds.build(any_engine)
    worlds.score(world, 0, 0)
    judge = Program(api, token_for(any_engine, world.judges[0].person_id))
    sheet = f"/sheets/{world.seats[0, 0]}"
    tag = judge.get(sheet).headers["etag"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: judge.post(f"{sheet}/submission", {}, tag=tag), range(4)))
    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    with transaction(any_engine) as session:
        assert session.scalar(select(func.count(SheetVersion.id))) == 1
        assert session.scalars(select(Sheet.submitted_at)).one() == make.NOW
