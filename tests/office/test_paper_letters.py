"""Whom a paper application names is told that the office entered it: what, by whom it is to be taken up, and until when."""

import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from award.accounts.models import Person
from award.applications.models import Application
from award.applications.people import paper_drafts_naming
from award.applications.queries import applications_of
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid
from award.kernel.mail.models import Message
from award.kernel.mail.writing import write
from award.messages.groups import GROUPS
from award.messages.queries.log import Filters, log_of
from award.messages.queries.receivers import receivers_of
from award.messages.queries.reminding import open_reminders
from award.messages.reasons import REASONS
from award.messages.reminders import REMINDERS
from award.organisations.models import Organisation
from award.organisations.service import claim_organisation, decide_claim
from tests import make
from tests.applications.browsing import Visitor
from tests.applications.world import World
from tests.conftest import StandingClock
from tests.office.dating import extended
from tests.office.test_paper_applications import CODES, NAMES, entered, round_of, row, unclaimed

REASON = "application_entered"


@pytest.fixture
def world(any_engine: Any, clock: StandingClock) -> World:
    return unclaimed(any_engine)


def letters(world: World, reason: str = REASON) -> list[Message]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(Message).where(Message.template == reason).order_by(Message.id)))


def said(message: Message) -> str:
    letter = write(message.template, json.loads(message.context), message.language)
    return f"{letter.subject}\n{letter.body}"


def claimed(world: World, refused: bool = False) -> Person:
    """Somebody claims the first organisation, with the office's refusal or without."""
    with transaction(world.engine) as session:
        round_, person = round_of(session, world), make.person(session, "林秋")
        claim = claim_organisation(session, make.actor(session, person), round_.award.authority, CODES[0], NAMES[0], None, make.NOW)
        if refused:
            decide_claim(session, world.office, claim, False, "执照不符", make.NOW)
        return person


def test_it_says_what_was_entered_that_it_is_to_be_claimed_until_when_and_where(world: World) -> None:
    entered(world, row(0, contact_phone=""))
    (message,) = letters(world)
    assert (message.address, message.language, message.person_id) == ("linqiu@example.cn", "zh", None)
    with transaction(world.engine) as session:
        draft = session.scalars(select(Application).where(Application.contact_person_id.is_(None))).one()
        assert (message.about, message.round_id) == (f"application:{draft.public_id}", draft.round_id)
    assert said(message) == f"""纸质申报已录入：云川轴承有限公司
林秋，您好：

评审办公室已录入云川轴承有限公司参加{json.loads(message.context)["round"]}的纸质申报。目前为草稿，尚未提交。评审办公室录入的内容：

- 统一社会信用代码：{CODES[0]}
- 组织名称：云川轴承有限公司
- 类别：组织
- 行业：制造业
- 收到日期：2026年3月2日
- 联系人：林秋
- 电子邮箱：linqiu@example.cn
- 通信地址：高新区一号

云川轴承有限公司尚无人向云川市人民政府认领；向其他主办政府的认领，在此不适用。请注册或登录后，凭统一社会信用代码 {CODES[0]} 向云川市人民政府认领该组织：http://127.0.0.1:8000/apply/organisation
认领后，请在此补全并提交草稿：http://127.0.0.1:8000/apply/{draft.public_id}

须于2026年4月1日 09:00（北京时间）前提交。逾期未提交的，即使已报送纸质材料，也不参加评审。

如录入有误，或者本通知与您无关，请告知评审办公室。
"""


def test_it_says_that_the_organisation_is_claimed_already(world: World) -> None:
    person = claimed(world)
    entered(world, row(0), row(1, contact_email="other@example.cn"))
    first, acting, second = letters(world)
    assert "云川轴承有限公司已有人认领，由其在此补全并提交草稿：http://127.0.0.1:8000/apply/" in said(first)
    assert "/apply/organisation" not in said(first)
    assert "云川物流有限公司尚无人向云川市人民政府认领" in said(second)
    assert (acting.person_id, acting.about, acting.round_id) == (person.id, first.about, first.round_id)
    assert "您已认领云川轴承有限公司。该草稿须由您在此补全并提交，他人不能代为提交：http://127.0.0.1:8000/apply/" in said(acting)
    assert "尚不能代表" not in said(acting)


def test_who_can_submit_it_is_told_grouped_and_reminded_until_it_has_a_contact_person(world: World) -> None:
    """Whoever acts for the organisation already, once even where the paper names him, and nobody else of another one."""
    person = claimed(world)
    with transaction(world.engine) as session:
        other = session.scalars(select(Organisation).where(Organisation.credit_code == CODES[1])).one()
        make.owner(session, other, make.authority(session, "远岭市人民政府"), "他方")
        email = session.get_one(Person, person.id).email
    entered(world, row(0, contact_email=email), row(1))
    assert [(one.person_id, one.address) for one in letters(world)] == [(person.id, email), (None, "linqiu@example.cn")]
    with transaction(world.engine) as session:
        round_ = round_of(session, world)
        grouped = receivers_of(session, world.office, round_, GROUPS["drafts"], make.NOW)
        reminded = open_reminders(session, round_, REMINDERS["draft"], make.NOW)
        assert {one.person.id for one in grouped} == {one.person.id for one in reminded} == {world.owner.person_id, person.id}
        draft = session.scalars(select(Application).where(Application.contact_person_id.is_(None)).order_by(Application.id)).first()
        assert draft is not None
        assert f"application:{draft.public_id}" in {one.thing for one in reminded if one.person.id == person.id}
        draft.contact_person_id = world.colleague.person_id
        session.flush()
        reminded = open_reminders(session, round_, REMINDERS["draft"], make.NOW)
        assert {one.person.id for one in reminded} == {world.owner.person_id, world.colleague.person_id}


def test_a_refused_claim_leaves_it_to_be_claimed(world: World) -> None:
    claimed(world, refused=True)
    entered(world, row(0))
    assert "尚无人向云川市人民政府认领" in said(letters(world)[0])


def test_whom_the_paper_names_sees_the_draft_before_he_has_claimed_it_there(world: World) -> None:
    """His confirmed claim before another authority gives nothing here; with one before this authority it is among his own."""
    with transaction(world.engine) as session:
        first = session.scalars(select(Organisation).where(Organisation.credit_code == CODES[0])).one()
        elsewhere, person = make.authority(session, "远岭市人民政府"), make.person(session, "林秋")
        claim = claim_organisation(session, make.actor(session, person), elsewhere, CODES[0], NAMES[0], None, make.NOW)
        claim.state, person.email, person_id = "confirmed", "linqiu@example.cn", person.id
        assert claim.organisation_id == first.id
    entered(world, row(0, contact_email="LinQiu@example.cn"), row(1, contact_email="other@example.cn"))
    (message, _) = letters(world)
    assert message.person_id == person_id
    assert "尚无人向云川市人民政府认领；向其他主办政府的认领，在此不适用" in said(message)
    with transaction(world.engine) as session:
        actor = make.actor(session, session.get_one(Person, person_id))
        assert [one.entrant for one in paper_drafts_naming(session, actor)] == [NAMES[0]]
        assert applications_of(session, actor) == []
        assert paper_drafts_naming(session, world.owner) == []
        claim_organisation(session, actor, round_of(session, world).award.authority, CODES[0], NAMES[0], None, make.NOW)
        actor = make.actor(session, session.get_one(Person, person_id))
        assert paper_drafts_naming(session, actor) == []
        assert [one.entrant for one in applications_of(session, actor)] == [NAMES[0]]


@pytest.mark.sqlite_only
def test_the_first_page_shows_it(world: World, client: TestClient) -> None:
    with transaction(world.engine) as session:
        person = make.person(session, "林秋")
        person.email, cookie = "linqiu@example.cn", make.signed_in(session, person, make.NOW)
    entered(world, row(0))
    page = Visitor(client, cookie).page("/apply")
    assert NAMES[0] in page.text
    assert "you are named as its contact person. Claim the organisation before" in page.get_text(" ", strip=True)
    claimed(world)
    assert "Somebody acts for the organisation before" in Visitor(client, cookie).page("/apply").text


def test_whoever_has_an_account_with_this_address_reads_it_in_his_language_and_inbox(world: World) -> None:
    with transaction(world.engine) as session:
        person = make.person(session, "Lin Qiu")
        person.email, person.language = "linqiu@example.cn", "en"
    entered(world, row(0, contact_email="LinQiu@example.cn"))
    (message,) = letters(world)
    assert (message.person_id, message.address, message.language) == (person.id, "linqiu@example.cn", "en")
    text = said(message)
    assert text.startswith("Application on paper entered: 云川轴承有限公司\nDear Lin Qiu,")
    assert "- Category: Organisations\n- Sector: Manufacturing\n- Received on: 2 March 2026\n" in text
    assert "Register or sign in, then claim the organisation before" in text
    assert "It has to be submitted by 1 April 2026 09:00 (Beijing time)." in text


def test_without_a_mail_address_nobody_is_written_to(world: World) -> None:
    entered(world, row(0, contact_email=""), row(1))
    assert [one.address for one in letters(world)] == ["linqiu@example.cn"]


def test_one_letter_for_each_application_shown_in_the_log(world: World) -> None:
    entered(world, row(0), row(1))
    with transaction(world.engine) as session:
        log = log_of(session, world.office, round_of(session, world), Filters(reason=REASON), page=1, size=10)
        assert ([name for _, name in log.rows], log.total, log.states) == (["", ""], 2, {"wanted": 2})
        keys = [one.dedup_key for one, _ in log.rows]
    assert len(set(keys)) == 2
    assert REASON in REASONS


def test_what_is_refused_writes_to_nobody(world: World) -> None:
    with pytest.raises(Invalid):
        entered(world, row(1), row(0, name="别的名称"))
    assert letters(world) == []


def test_a_later_end_is_told_to_whom_the_paper_names_until_somebody_takes_it_up(world: World) -> None:
    """The letter named a day; another day is another letter, to whoever can submit it, and the contact person once there is one."""
    entered(world, row(0))
    person = claimed(world)
    with transaction(world.engine) as session:
        session.get_one(Person, person.id).email = "owner@example.cn"
    for days in (2, 5):
        with transaction(world.engine) as session:
            extended(session, world.office, round_of(session, world), make.NOW + timedelta(30 + days))
            draft = session.scalars(select(Application).order_by(Application.id.desc())).first()
            assert draft is not None
            draft.contact_person_id = person.id
    told = letters(world, "applications_extended")
    assert [one.address for one in told if one.about == f"application:{draft.public_id}"] == [
        "linqiu@example.cn", "owner@example.cn", "owner@example.cn",
    ]  # fmt: skip
