"""Reminders: dated from the stages, once per person and reason, not for what is done, moved with the deadline."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from award import worker
from award.accounts.models import Grant, Person
from award.applications.models import Application
from award.judging.models import FeedbackReport
from award.kernel import db
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid, Refused
from award.kernel.jobs.models import Job
from award.kernel.mail.models import Message
from award.messages.queries.reminding import due_reminders, open_reminders, settings_of
from award.messages.reminders import REMINDERS, remind_at
from award.messages.service import reminding
from award.messages.service.reminding import Wish, remind, set_reminders
from award.messages.tasks import REMIND_PEOPLE
from award.results.models import Notice, Objection
from award.rounds.models import CalendarYear, Round, Snapshot
from award.rounds.queries import with_stages
from award.stages import Kind
from award.standing.models import Conflict
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import World
from tests.office import world as entries
from tests.office.desk import Desk, build

BEIJING = "Asia/Shanghai"


@pytest.fixture
def desk(any_engine: Engine, clock: StandingClock) -> Desk:
    return build(any_engine)


def sent(engine: Engine, kind: str = "") -> list[Message]:
    with db.reading(engine) as session:
        query = select(Message).where(Message.template.startswith(f"reminder_{kind}")).order_by(Message.id)
        return list(session.scalars(query))


def remind_now(engine: Engine, now: datetime) -> int:
    with transaction(engine) as session:
        return remind(session, now)


def end_of(desk: Desk, public_id: str) -> datetime:
    with db.reading(desk.engine) as session:
        round_ = desk.found(session, public_id)
        closes_at = round_.stages[round_.position].closes_at
        assert closes_at is not None
        return closes_at


@pytest.mark.parametrize(
    ("due_at", "days", "at"),
    [
        # 24:00 of 1 April in Beijing is 16:00 UTC; a week before that day is 25 March, 09:00 is 01:00 UTC.
        (datetime(2026, 4, 1, 16, tzinfo=UTC), 7, datetime(2026, 3, 25, 1, tzinfo=UTC)),
        # 18:00 of 1 April.
        (datetime(2026, 4, 1, 10, tzinfo=UTC), 1, datetime(2026, 3, 31, 1, tzinfo=UTC)),
        # 00:01 of 2 April belongs to that day.
        (datetime(2026, 4, 1, 16, 1, tzinfo=UTC), 1, datetime(2026, 4, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_reminder_leaves_in_the_morning_of_the_authoritys_day(due_at: datetime, days: int, at: datetime) -> None:
    assert remind_at(due_at, days, BEIJING) == at


def test_a_draft_is_reminded_once_and_not_before_its_day(desk: Desk) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        entries.application(session, round_, 1, "draft")
        entries.application(session, round_, 2, "submitted")
        entries.application(session, round_, 3, "withdrawn")
    morning = remind_at(end_of(desk, public_id), 7, BEIJING)
    assert remind_now(desk.engine, morning - timedelta(seconds=1)) == 0
    assert remind_now(desk.engine, morning) == 1
    assert remind_now(desk.engine, morning) == 0
    assert remind_now(desk.engine, morning + timedelta(3)) == 0
    (letter,) = sent(desk.engine)
    assert letter.template == "reminder_draft"
    assert "云川第1机械有限公司" in letter.context


def test_what_was_done_meanwhile_or_is_too_late_is_not_reminded(desk: Desk) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        application = entries.application(session, desk.found(session, public_id), 1, "draft")
    closes_at = end_of(desk, public_id)
    with transaction(desk.engine) as session:
        session.get_one(Application, application.id).state = "submitted"
    assert remind_now(desk.engine, closes_at - timedelta(hours=1)) == 0
    with transaction(desk.engine) as session:
        session.get_one(Application, application.id).state = "draft"
    assert remind_now(desk.engine, closes_at) == 0


def test_a_closed_account_and_a_round_that_is_over_are_left_alone(desk: Desk) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        application = entries.application(session, round_, 1, "draft")
        session.get_one(Person, application.contact_person_id).is_active = False
        entries.application(session, round_, 2, "draft")
        round_.state = "cancelled"
    near = end_of(desk, public_id) - timedelta(1)
    assert remind_now(desk.engine, near) == 0
    with transaction(desk.engine) as session:
        desk.found(session, public_id).state = "open"
    assert remind_now(desk.engine, near) == 1


def test_an_extension_moves_the_reminder(desk: Desk) -> None:
    """Before it was sent it moves; who was reminded already is reminded of the new end too, once."""
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        entries.application(session, desk.found(session, public_id), 1, "draft")
    first = end_of(desk, public_id)
    assert remind_now(desk.engine, first - timedelta(1)) == 1
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        round_.stages[round_.position].closes_at = first + timedelta(20)
    assert remind_now(desk.engine, first - timedelta(1)) == 0
    assert remind_now(desk.engine, first + timedelta(14)) == 1
    assert remind_now(desk.engine, first + timedelta(15)) == 0
    assert [one.dedup_key for one in sent(desk.engine)] == list(
        dict.fromkeys(one.dedup_key for one in sent(desk.engine))
    )


def test_a_correction_has_its_own_end(desk: Desk) -> None:
    public_id = desk.round("accept")
    with transaction(desk.engine) as session:
        application = entries.application(session, desk.found(session, public_id), 1, "correction")
        application.correction_due_at = make.NOW + timedelta(10)
    assert remind_now(desk.engine, make.NOW + timedelta(7)) == 0
    assert remind_now(desk.engine, make.NOW + timedelta(8)) == 1
    with transaction(desk.engine) as session:
        session.get_one(Application, application.id).state = "resubmitted"
    assert [one.about for one in sent(desk.engine)] == [f"application:{application.public_id}"]


def round_of(session: Any, world: World) -> Round:
    found: Round = session.scalars(with_stages().where(Round.public_id == world.round)).one()
    return found


def test_judges_get_one_letter_for_all_their_sheets(any_engine: Engine, clock: StandingClock) -> None:
    """Who has submitted, has stepped back or whose applicant has withdrawn is not reminded."""
    world = worlds.build(any_engine, applications=3, unsigned=((0, 4),))
    worlds.all_in(world, 0, (40, 50, 60, 70))
    worlds.score(world, 1, 1)
    worlds.submit(world, 1, 1)
    with transaction(any_engine) as session:
        world.application(session, 2).state = "withdrawn"
        second = world.application(session, 1)
        session.add(
            Conflict(
                person_id=world.judges[2].person_id,
                application_id=second.id,
                source="judge",
                reason="顾问",
                declared_at=make.NOW,
            )
        )
    with db.reading(any_engine) as session:
        closes_at = round_of(session, world).stages[round_of(session, world).position].closes_at
    assert closes_at is not None
    remind_now(any_engine, closes_at - timedelta(hours=2))
    sheets = {one.person_id: one.context for one in sent(any_engine, "sheet")}
    judges = [one.person_id for one in world.judges]
    assert set(sheets) == {judges[0], judges[3], judges[4]}
    assert worlds.APPLICANTS[1] in sheets[judges[0]]
    assert worlds.APPLICANTS[0] not in sheets[judges[0]]
    declarations = sent(any_engine, "declaration")
    assert [one.person_id for one in declarations] == [judges[4]]
    assert worlds.APPLICANTS[0] in declarations[0].context


def test_a_judge_whose_role_was_taken_back_is_not_reminded(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine)
    with transaction(any_engine) as session:
        grant = session.scalars(select(Grant).where(Grant.person_id == world.judges[1].person_id)).one()
        grant.revoked_at = make.NOW
    with db.reading(any_engine) as session:
        due = due_reminders(session, round_of(session, world), make.NOW + timedelta(29))
    assert {one.person.id for one in due} == {world.judges[at].person_id for at in (0, 2, 3, 4)}


def test_leaders_are_reminded_of_reports_once_values_are_open(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine, applications=2)
    worlds.all_in(world, 0)
    with transaction(any_engine) as session:
        publish = next(one for one in round_of(session, world).stages if one.kind == "publish")
        publish.opens_at = make.NOW + timedelta(40)
    assert remind_now(any_engine, make.NOW + timedelta(29)) > 0
    assert sent(any_engine, "report") == []
    world.stage("notice")
    remind_now(any_engine, make.NOW + timedelta(30))
    (letter,) = sent(any_engine, "report")
    assert letter.person_id == world.judges[0].person_id
    assert worlds.APPLICANTS[0] in letter.context
    assert worlds.APPLICANTS[1] not in letter.context
    with transaction(any_engine) as session:
        application = world.application(session)
        session.add(
            FeedbackReport(
                application_id=application.id, state="waiting", started_at=make.NOW, written_by=letter.person_id
            )
        )
        next(one for one in round_of(session, world).stages if one.kind == "publish").opens_at = make.NOW + timedelta(
            60
        )
    remind_now(any_engine, make.NOW + timedelta(55))
    assert len(sent(any_engine, "report")) == 1


def test_the_office_is_reminded_of_objections_and_of_the_end_of_the_notice(desk: Desk) -> None:
    """Five working days after Monday 2 March end with 9 March; not told: who must not touch the application."""
    public_id = desk.round("notice")
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        session.add(CalendarYear(year=2026, source="国办发明电〔2025〕7号"))
        application = entries.application(session, round_, 1, "candidate")
        snapshot = Snapshot(
            round_id=round_.id, kind="notice", number=1, content="{}", sha256="0" * 64, published_at=make.NOW
        )
        session.add(snapshot)
        session.flush()
        notice = Notice(
            round_id=round_.id, document_number="云质评〔2026〕3号", first_day=make.NOW.date(), last_day=make.NOW.date(),
            closes_at=make.NOW + timedelta(20), contact="电话", snapshot_id=snapshot.id, published_at=make.NOW,
            published_by=desk["office"].person_id,
        )  # fmt: skip
        session.add(notice)
        session.flush()
        session.add(Objection(
            round_id=round_.id, number=1, notice_id=notice.id, application_id=application.id, receipt="YY-12345678",
            code_sha256="0" * 64, name="钱立", contact="139", text="请核实", received_on=make.NOW.date(), filed_at=make.NOW,
        ))  # fmt: skip
        session.add(Conflict(
            person_id=desk["second"].person_id, application_id=application.id, source="office", reason="亲属", declared_at=make.NOW,
        ))  # fmt: skip
    with db.reading(desk.engine) as session:
        due = [
            one for one in all_open(session, desk.found(session, public_id), make.NOW) if one.kind.key == "objection"
        ]
        assert [one.person.id for one in due] == [desk["office"].person_id]
    remind_now(desk.engine, due[0].due_at - timedelta(1))
    assert [one.person_id for one in sent(desk.engine, "objection")] == [desk["office"].person_id]
    assert sent(desk.engine, "notice") == []
    remind_now(desk.engine, make.NOW + timedelta(19, hours=1))
    assert {one.person_id for one in sent(desk.engine, "notice")} == {
        desk["office"].person_id,
        desk["second"].person_id,
    }


def all_open(session: Any, round_: Round, now: datetime) -> list[Any]:
    return [one for kind in REMINDERS.values() for one in open_reminders(session, round_, kind, now)]


def test_switching_and_days(desk: Desk) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        entries.application(session, desk.found(session, public_id), 1, "draft")
    near = end_of(desk, public_id) - timedelta(1)
    with transaction(desk.engine) as session:
        set_reminders(
            session, desk["office"], desk.found(session, public_id), {"draft": Wish(7, is_on=False)}, make.NOW
        )
    assert remind_now(desk.engine, near) == 0
    with transaction(desk.engine) as session:
        set_reminders(
            session, desk["office"], desk.found(session, public_id), {"draft": Wish(20, is_on=True)}, make.NOW
        )
        set_reminders(
            session, desk["office"], desk.found(session, public_id), {"draft": Wish(20, is_on=True)}, make.NOW
        )
    with db.reading(desk.engine) as session:
        setting = settings_of(session, desk.found(session, public_id))[0]
        assert (setting.kind.key, setting.days, setting.is_on) == ("draft", 20, True)
        acts = session.scalars(select(AuditRecord.act).where(AuditRecord.act == "reminder:changed")).all()
        assert len(acts) == 2, "what changes nothing is not recorded"
    assert remind_now(desk.engine, end_of(desk, public_id) - timedelta(19)) == 1


@pytest.mark.parametrize("days", [0, 61, -3])
def test_days_outside_the_range_are_refused(desk: Desk, days: int) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session, pytest.raises(Invalid) as caught:
        set_reminders(
            session, desk["office"], desk.found(session, public_id), {"sheet": Wish(days, is_on=True)}, make.NOW
        )
    assert [one.field for one in caught.value.errors] == ["days-sheet"]


@pytest.mark.parametrize("who", ["supervisor", "committee"])
def test_only_the_office_switches(desk: Desk, who: str) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session, pytest.raises(Refused):
        set_reminders(session, desk[who], desk.found(session, public_id), {"draft": Wish(3, is_on=True)}, make.NOW)


def test_several_workers_at_once_remind_each_person_once(desk: Desk, clock: StandingClock) -> None:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        for number in range(12):
            entries.application(session, desk.found(session, public_id), number, "draft")
    near = end_of(desk, public_id) - timedelta(1)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            remind_now(desk.engine, near)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    assert len(sent(desk.engine)) == 12
    assert len({one.person_id for one in sent(desk.engine)}) == 12


def test_a_worker_killed_half_way_leaves_nothing_and_the_next_one_does_it(
    desk: Desk, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letters and the end of the job are one transaction; a job whose lease has ended is taken up again."""
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        for number in range(3):
            entries.application(session, desk.found(session, public_id), number, "draft")
    clock.now = end_of(desk, public_id) - timedelta(1)
    worker.plan_day(desk.engine)
    worker.plan_day(desk.engine)
    write, written = reminding._write, []

    def killed(*args: Any) -> None:
        written.append(1)
        if len(written) == 2:
            raise KeyboardInterrupt
        write(*args)

    monkeypatch.setattr(reminding, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        worker.run(desk.engine, [REMIND_PEOPLE], once=True)
    assert sent(desk.engine) == []
    monkeypatch.setattr(reminding, "_write", write)
    clock.forward(minutes=5)
    assert worker.run(desk.engine, [REMIND_PEOPLE], once=True) == 1
    assert len(sent(desk.engine)) == 3


def test_many_are_written_in_parts(desk: Desk, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "AT_ONCE", 4)
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        for number in range(10):
            entries.application(session, desk.found(session, public_id), number, "draft")
    clock.now = end_of(desk, public_id) - timedelta(1)
    worker.plan_day(desk.engine)
    assert worker.run(desk.engine, [REMIND_PEOPLE], once=True) == 3
    assert len({one.person_id for one in sent(desk.engine)}) == 10


def test_each_hour_is_planned_once(engine: Engine, clock: StandingClock) -> None:
    for minutes in (0, 5, 50, 5):
        clock.forward(minutes=minutes)
        worker.plan_day(engine)
    with db.reading(engine) as session:
        keys = session.scalars(select(Job.dedup_key).where(Job.kind == REMIND_PEOPLE.kind).order_by(Job.id)).all()
    assert keys == ["messages:remind:2026-03-02T01", "messages:remind:2026-03-02T02"]


def test_every_stage_named_by_the_table_exists() -> None:
    kinds = {one.value for one in Kind}
    assert all(set(one.stages) <= kinds for one in REMINDERS.values())
    assert {one.deadline.removeprefix("opens:") for one in REMINDERS.values()} <= kinds | {""}
