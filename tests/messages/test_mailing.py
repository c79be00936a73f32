"""Bulk mail: what was seen and counted is sent, once to each person, by the office only, with placeholders from a list."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from award import worker
from award.accounts.models import Person
from award.applications.models import Application
from award.kernel import db
from award.kernel.audit.models import AuditOpening, AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid, Refused
from award.kernel.i18n import translate
from award.kernel.ids import new_id
from award.kernel.mail.models import Message
from award.messages.groups import GROUPS
from award.messages.models import Mailing
from award.messages.placeholders import PLACEHOLDERS, fill, unknown_in
from award.messages.queries.receivers import receivers_of
from award.messages.service import mailing
from award.messages.service.mailing import Draft, Preview, preview_mailing, send_mailing
from award.messages.tasks import SEND_MAILING
from award.standing.models import Conflict
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.office import world as entries
from tests.office.desk import Desk, build

DRAFT = Draft("drafts", "请尽快提交", "{姓名}：{单位名称}参评{round}，截止时间{截止时间}。")


@pytest.fixture
def desk(any_engine: Engine, clock: StandingClock) -> Desk:
    return build(any_engine)


@pytest.fixture
def round_id(desk: Desk) -> str:
    """A round with two drafts, one submitted and one withdrawn application."""
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        for number, state in enumerate(("draft", "draft", "submitted", "withdrawn"), 1):
            entries.application(session, round_, number, state)
    return public_id


def preview(desk: Desk, public_id: str, draft: Draft = DRAFT, who: str = "office") -> Preview:
    with transaction(desk.engine) as session:
        return preview_mailing(session, desk[who], desk.found(session, public_id), draft, make.NOW)


def send(desk: Desk, public_id: str, seen: Preview, draft: Draft = DRAFT, who: str = "office", **how: Any) -> str:
    asked = {"key": seen.key, "confirmed": seen.count, "mark": seen.mark, "now": make.NOW} | how
    with transaction(desk.engine) as session:
        return send_mailing(session, desk[who], desk.found(session, public_id), draft, **asked).public_id


def letters(desk: Desk) -> list[Any]:
    with db.reading(desk.engine) as session:
        rows = session.scalars(select(Message).where(Message.template == "mailing").order_by(Message.id))
        return [(one.person_id, json.loads(one.context)["text"]) for one in rows]


def test_from_the_preview_to_the_letters(desk: Desk, round_id: str) -> None:
    seen = preview(desk, round_id)
    # The round ends its applications 30 days after 09:00 of 2 March, on 1 April at 09:00.
    told = "云川第1机械有限公司参评第六届云川市市长质量奖（2026），截止时间2026年4月1日 09:00（北京时间）。"
    assert (seen.count, seen.context["text"].split("：")[1]) == (2, told)
    send(desk, round_id, seen)
    assert letters(desk) == [], "the worker writes them"
    assert worker.run(desk.engine, [SEND_MAILING], once=True) == 1
    found = letters(desk)
    assert [text.split("：")[1][:12] for _, text in found] == ["云川第1机械有限公司参评", "云川第2机械有限公司参评"]
    with db.reading(desk.engine) as session:
        seq = session.scalars(select(AuditRecord.seq).where(AuditRecord.act == "mailing:sent")).one()
        stream = f"round:{round_id}"
        opening = session.scalars(
            select(AuditOpening.content).where(AuditOpening.stream == stream, AuditOpening.seq == seq)
        ).one()
    assert json.loads(opening) == {"count": 2, "group": "drafts", "subject": DRAFT.subject, "text": DRAFT.text}


def test_a_button_pressed_twice_sends_once(desk: Desk, round_id: str) -> None:
    seen = preview(desk, round_id)
    assert send(desk, round_id, seen) == send(desk, round_id, seen)
    worker.run(desk.engine, [SEND_MAILING], once=True)
    assert len(letters(desk)) == 2


def test_a_key_of_another_is_no_receipt(desk: Desk, round_id: str) -> None:
    seen = preview(desk, round_id)
    assert send(desk, round_id, seen) != send(desk, round_id, seen, who="second")


@pytest.mark.parametrize("changed", [{"subject": "其他"}, {"text": "其他内容"}, {"group": "accepted"}])
def test_a_letter_changed_after_it_was_shown_is_not_sent(
    desk: Desk, round_id: str, changed: dict[str, str]
) -> None:
    """Neither with the key of the preview nor, once that one was sent, with the key of what went out."""
    with transaction(desk.engine) as session:
        for number in (10, 11):
            entries.application(session, desk.found(session, round_id), number, "accepted")
    seen = preview(desk, round_id)
    other = replace(DRAFT, **changed)
    with pytest.raises(Invalid) as caught:
        send(desk, round_id, seen, other)
    assert "have changed since it was shown; nothing was sent" in caught.value.errors[0].text
    send(desk, round_id, seen)
    with pytest.raises(Invalid) as caught:
        send(desk, round_id, seen, other)
    assert "another letter went out already" in caught.value.errors[0].text
    worker.run(desk.engine, [SEND_MAILING], once=True)
    assert len(letters(desk)) == 2


def test_another_number_is_refused(desk: Desk, round_id: str) -> None:
    with pytest.raises(Invalid) as caught:
        send(desk, round_id, preview(desk, round_id), confirmed=3)
    assert [(one.field, one.params) for one in caught.value.errors] == [("confirmed", {"count": 2})]
    assert worker.run(desk.engine, [SEND_MAILING], once=True) == 0


def test_a_group_that_has_changed_is_refused_with_its_new_number(desk: Desk, round_id: str) -> None:
    seen = preview(desk, round_id)
    with transaction(desk.engine) as session:
        entries.application(session, desk.found(session, round_id), 9, "draft")
    with pytest.raises(Invalid) as caught:
        send(desk, round_id, seen)
    assert caught.value.errors[0].params == {"count": 3}


def test_a_group_with_others_in_it_is_refused_though_as_many(desk: Desk, round_id: str) -> None:
    seen = preview(desk, round_id)
    with transaction(desk.engine) as session:
        query = select(Application).where(
            Application.round_id == desk.found(session, round_id).id, Application.state == "draft"
        )
        session.scalars(query.order_by(Application.id)).first().state = "submitted"  # type: ignore[union-attr]
        entries.application(session, desk.found(session, round_id), 9, "draft")
    with pytest.raises(Invalid):
        send(desk, round_id, seen)
    with db.reading(desk.engine) as session:
        assert session.scalar(select(func.count()).select_from(Mailing)) == 0


def test_one_copy_for_a_person_with_several_applications(desk: Desk, round_id: str) -> None:
    with transaction(desk.engine) as session:
        first, second, *_ = session.scalars(select(Application).order_by(Application.id))
        second.contact_person_id = first.contact_person_id
    seen = preview(desk, round_id)
    assert seen.count == 1
    assert "云川第1机械有限公司、云川第2机械有限公司" in seen.context["text"]


def test_who_has_a_conflict_neither_counts_nor_writes_to_the_applicant(desk: Desk, round_id: str) -> None:
    with transaction(desk.engine) as session:
        first = session.scalars(select(Application).order_by(Application.id)).first()
        assert first is not None
        session.add(Conflict(
            person_id=desk["office"].person_id, application_id=first.id, source="office", reason="亲属", declared_at=make.NOW,
        ))  # fmt: skip
    seen = preview(desk, round_id)
    assert (seen.count, "云川第2机械有限公司" in seen.context["text"]) == (1, True)
    assert preview(desk, round_id, who="second").count == 2


@pytest.mark.parametrize("who", ["supervisor", "committee"])
def test_only_the_office_writes(desk: Desk, round_id: str, who: str) -> None:
    seen = preview(desk, round_id)
    with pytest.raises(Refused):
        preview(desk, round_id, who=who)
    with pytest.raises(Refused):
        send(desk, round_id, seen, who=who)


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (Draft("drafts", "", " "), ["subject", "text"]),
        (Draft("nobody", "a", "b"), ["group"]),
        (Draft("correction", "a", "b"), ["group"]),
        (Draft("drafts", "{password}", "b"), ["subject"]),
        (Draft("drafts", "a", "{count}"), ["text"]),
        (Draft("drafts", "a", "{{ 7*7 }}"), ["text"]),
        (Draft("drafts", "a", "{name.__class__}"), ["text"]),
        (Draft("drafts", "a", "{name!r}"), ["text"]),
        (Draft("drafts", "a", "{name:>100}"), ["text"]),
        (Draft("drafts", "a", "a } b"), ["text"]),
        (Draft("drafts", "a", "{name"), ["text"]),
        (Draft("drafts", "a", "{}"), ["text"]),
    ],
)
def test_what_cannot_be_sent(desk: Desk, round_id: str, draft: Draft, fields: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        preview(desk, round_id, draft)
    assert [one.field for one in caught.value.errors] == fields


def test_a_deadline_that_has_passed_is_not_filled_in(desk: Desk, round_id: str) -> None:
    """A group named by no stage of its own has the present stage's end, which may be over or not dated."""
    draft = Draft("judges", "截止时间{deadline}", "评审员")
    with pytest.raises(Invalid) as caught, transaction(desk.engine) as session:
        preview_mailing(session, desk["office"], desk.found(session, round_id), draft, make.NOW + timedelta(31))
    (fault,) = caught.value.errors
    text = "The deadline cannot be filled in: the stage “Application” has no end that lies ahead. Write the day you mean."
    assert (fault.field, translate("en", fault.text, fault.params)) == ("subject", text)


def test_what_fills_a_text_is_not_filled_again() -> None:
    assert fill("{name} / {姓名} / { name }", {"name": "{round}"}) == "{round} / {round} / {round}"
    assert unknown_in("{姓名}{deadline}{截止时间}", ["name", "deadline"]) == []


def test_every_group_fills_all_it_allows(desk: Desk, any_engine: Engine) -> None:
    """And nothing is listed that no group knows."""
    world = worlds.build(any_engine, unsigned=((0, 4),))
    filled = set()
    with db.reading(any_engine) as session:
        round_ = desk.found(session, world.round)
        for group in GROUPS.values():
            for one in receivers_of(session, world.office, round_, group, make.NOW):
                assert set(one.values) == set(group.placeholders)
                filled.add(group.key)
    assert filled == {"accepted", "sheets", "declarations", "judges"}
    assert {name for group in GROUPS.values() for name in group.placeholders} == set(PLACEHOLDERS)


def test_groups_of_judges(any_engine: Engine, clock: StandingClock) -> None:
    """Of those with open sheets nobody who has submitted, has not declared, has a conflict or was replaced.

    How many are open is what each judge's own list says, not how many seats he has.
    """
    desk = build(any_engine)
    world = worlds.build(any_engine, applications=2, unsigned=((0, 4),))
    worlds.all_in(world, 1)
    worlds.score(world, 0, 1)
    worlds.submit(world, 0, 1)
    with transaction(any_engine) as session:
        application = world.application(session)
        conflict = {"application_id": application.id, "source": "judge", "reason": "顾问", "declared_at": make.NOW}
        session.add(Conflict(person_id=world.judges[2].person_id, **conflict))
    with transaction(any_engine) as session:
        round_ = desk.found(session, world.round)
        found = {
            key: [(one.person.id, one.values["count"]) for one in receivers_of(session, world.office, round_, GROUPS[key], make.NOW)]
            for key in ("sheets", "declarations", "judges")
        }
        round_.position += 1
        over = [one.values["count"] for one in receivers_of(session, world.office, round_, GROUPS["judges"], make.NOW)]
    judges = [one.person_id for one in world.judges]
    assert found == {
        "sheets": [(judges[0], "1"), (judges[3], "1")], "declarations": [(judges[4], "1")],
        "judges": list(zip(judges[:5], "10011", strict=True)),
    }  # fmt: skip
    assert over == ["0"] * 5, "nothing can be handed in any more"


def test_many_are_written_in_parts_and_a_closed_account_is_left_out(
    desk: Desk, round_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "AT_ONCE", 3)
    with transaction(desk.engine) as session:
        for number in range(10, 16):
            entries.application(session, desk.found(session, round_id), number, "draft")
    send(desk, round_id, preview(desk, round_id))
    with transaction(desk.engine) as session:
        last = session.scalars(select(Application).order_by(Application.id.desc())).first()
        session.get_one(Person, last.contact_person_id).is_active = False  # type: ignore[union-attr]
    assert worker.run(desk.engine, [SEND_MAILING], once=True) == 3
    found = letters(desk)
    assert (len(found), len({person for person, _ in found})) == (7, 7)


def test_a_part_done_twice_writes_nobody_twice(desk: Desk, round_id: str) -> None:
    key = send(desk, round_id, preview(desk, round_id))
    for _ in range(2):
        with transaction(desk.engine) as session:
            mailing.write_part(session, key, 0, make.NOW + timedelta(hours=1))
    assert len(letters(desk)) == 2


def test_a_letter_that_was_never_shown_is_not_sent(desk: Desk, round_id: str) -> None:
    with pytest.raises(Invalid):
        send(desk, round_id, preview(desk, round_id), key=new_id(), mark="")
