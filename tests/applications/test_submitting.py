"""Handing an application in once, taking it back, and the check before."""

import hashlib
import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from award.applications import check, queries, service
from award.applications.check import Problem, references_in
from award.applications.models import Submission
from award.kernel import db
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.mail.models import Message
from tests import make
from tests.applications import world as worlds
from tests.applications.world import World
from tests.conftest import StandingClock

ALL = list(service.DECLARATIONS)


def submit(world: World, *, by: str = "owner", declarations: list[str] = ALL, after: timedelta = timedelta()) -> Submission:
    with transaction(world.engine) as session:
        now = make.NOW + after
        return service.submit_application(session, getattr(world, by), world.found(session), declarations, now)


def fill(world: World) -> None:
    with transaction(world.engine) as session:
        worlds.fill(session, world.owner, world.found(session))


def problems(world: World) -> list[Problem]:
    with db.reading(world.engine) as session:
        return check.check_application(session, world.found(session))


@pytest.mark.both_databases
def test_what_is_submitted_is_frozen_under_its_hash(world: World) -> None:
    fill(world)
    submission = submit(world)
    assert submission.sha256 == hashlib.sha256(submission.content.encode()).hexdigest()
    content = json.loads(submission.content)
    assert content["organisation"]["credit_code"] == make.CODES[0]
    assert len(content["parts"]) == 23 + 3
    assert content["profile"]["revenue_2025"] == "12850.50"
    assert content["declarations"] == sorted(ALL)
    [evidence] = content["evidence"]
    assert (evidence["code"], evidence["title"], evidence["pages"]) == ("E-1", "年度质量报告", 1)
    assert len(evidence["sha256"]) == 64


def test_a_submission_gives_number_state_record_and_message(sent: World) -> None:
    with db.reading(sent.engine) as session:
        application = sent.found(session)
        assert (application.state, application.submitted_at) == ("submitted", make.NOW)
        assert application.number is not None
        assert application.number.startswith("2026-")
        assert len(application.number) == 11
        [record] = worlds.records(session, Event.APPLICATION_SUBMITTED)
        assert record["actor"]["id"] == sent.owner.public_id
        assert record["content"]["number"] == application.number
        message = session.scalars(select(Message)).one()
        assert message.template == "application_submitted"
        assert application.number in message.context


@pytest.mark.both_databases
def test_pressed_again_it_answers_with_the_first_receipt_even_past_the_deadline(world: World) -> None:
    fill(world)
    first = submit(world)
    again = submit(world, declarations=[], after=timedelta(days=60))
    assert (again.public_id, again.submitted_at) == (first.public_id, make.NOW)
    with db.reading(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_colleague_is_told_who_has_submitted_it(sent: World) -> None:
    with pytest.raises(Conflict) as refused:
        submit(sent, by="colleague")
    assert refused.value.params["by"] == "李敏"


def test_eight_at_once_make_one_submission_and_one_record(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine)
    fill(world)
    receipts, faults = [], []
    gate = threading.Barrier(8)

    def press() -> None:
        gate.wait()
        try:
            receipts.append(submit(world).public_id)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert (len(receipts), len(set(receipts))) == (8, 1)
    with db.reading(any_engine) as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
        acts = select(func.count()).where(AuditRecord.act == Event.APPLICATION_SUBMITTED.value)
        assert session.scalar(acts) == 1
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_late_by_a_moment_is_late_and_nothing_is_frozen(world: World) -> None:
    fill(world)
    with db.reading(world.engine) as session:
        closes = world.dates(session).closes_at
    assert closes is not None
    with pytest.raises(Refused) as refused:
        submit(world, after=closes - make.NOW)
    assert (refused.value.code, refused.value.status) == ("stage.over", 409)
    with db.reading(world.engine) as session:
        assert world.found(session).state == "draft"
    assert submit(world, after=closes - make.NOW - timedelta(microseconds=1)).number == 1


def test_declarations_are_all_needed(world: World) -> None:
    fill(world)
    with pytest.raises(Invalid) as refused:
        submit(world, declarations=ALL[1:])
    assert refused.value.errors[0].field == ALL[0]


def test_an_incomplete_application_names_each_part(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        submit(world)
    fields = [one.field for one in refused.value.errors]
    assert fields.count("facts") == 7 + 9 + 4
    assert "4.1.2" in fields
    assert "profile.environment" in fields
    assert len(fields) == 20 + 3 + 23


@pytest.mark.parametrize("by", ["stranger", "office", "supervisor", "elsewhere"])
def test_only_the_owner_submits(world: World, by: str) -> None:
    fill(world)
    with pytest.raises(NotFound):
        submit(world, by=by)


def test_a_full_application_has_no_problem(world: World) -> None:
    fill(world)
    assert problems(world) == []


def test_evidence_that_is_not_there_blocks_and_unused_evidence_warns(world: World) -> None:
    fill(world)
    with transaction(world.engine) as session:
        application = world.found(session)
        service.save_answer(session, world.owner, application, "4.1.2", "见 E-1、E-9。", True, 1, make.NOW)
        service.add_evidence(session, world.owner, application, worlds.pdf("多余.pdf", 2), "", make.NOW)
    blocking, warning = problems(world)
    assert (blocking.part, blocking.params["codes"], blocking.is_warning) == ("4.1.2", ["E-9"], False)
    assert (warning.part, warning.params["code"], warning.is_warning) == ("evidence", "E-2", True)


@pytest.mark.parametrize(("length", "found"), [(5000, False), (5001, True)])
def test_a_part_over_the_schemes_limit(world: World, length: int, found: bool) -> None:
    fill(world)
    with transaction(world.engine) as session:
        text = "字" * (length - 3) + "E-1"
        service.save_answer(session, world.owner, world.found(session), "4.1.2", text, True, 1, make.NOW)
    assert [one.params["over"] for one in problems(world)] == ([1] if found else [])


def test_the_profile_and_the_report_have_limits_of_their_own(world: World) -> None:
    """3,000 characters for the profile, 60,000 in all. Source: the scheme of the demonstration."""
    fill(world)
    with transaction(world.engine) as session:
        application = world.found(session)
        for part in ("profile.environment", "profile.relationships"):
            service.save_answer(session, world.owner, application, part, "字" * 1600, True, 1, make.NOW)
        for item in ("4.1.2", "4.1.3", "4.1.4", "4.2.2", "4.2.3", "4.3.2", "4.3.3", "4.4.2", "4.4.3", "4.4.4", "4.4.5", "4.4.6"):
            service.save_answer(session, world.owner, application, item, "字" * 5000, True, 1, make.NOW)
    found = [one for one in problems(world) if one.part == "report"]
    assert [one.params["limit"] for one in found] == [3000, 60000]


def test_a_part_not_declared_complete_only_warns(world: World) -> None:
    fill(world)
    with transaction(world.engine) as session:
        application = world.found(session)
        text = queries.answers_of(session, application)["4.1.2"].text
        service.save_answer(session, world.owner, application, "4.1.2", text, False, 1, make.NOW)
    assert [(one.part, one.is_warning) for one in problems(world)] == [("4.1.2", True)]
    assert submit(world).number == 1


@pytest.mark.parametrize(
    ("text", "codes"),
    [("见 E-1、[E-12] 和E-3", ["E-1", "E-12", "E-3"]), ("E-1 E-1", ["E-1"]), ("GE-1、E-12345、E1", []), ("E-03", ["E-3"])],
)
def test_references(text: str, codes: list[str]) -> None:
    assert references_in(text) == codes


def test_withdrawing_is_recorded_and_done_once(sent: World) -> None:
    for _ in range(2):
        with transaction(sent.engine) as session:
            found = service.withdraw(session, sent.owner, sent.found(session), "组织合并", make.NOW)
            assert (found.state, found.withdrawn_at) == ("withdrawn", make.NOW)
    with db.reading(sent.engine) as session:
        [record] = worlds.records(session, Event.APPLICATION_WITHDRAWN)
        assert record["content"]["reason"] == "组织合并"


@pytest.mark.parametrize(("stage", "code"), [("accept", ""), ("assign", "withdraw.too_late"), ("publish", "stage.wrong")])
def test_until_which_stage_it_can_be_withdrawn(sent: World, stage: str, code: str) -> None:
    """The scheme says accept."""
    sent.stage(stage)
    with transaction(sent.engine) as session:
        try:
            service.withdraw(session, sent.owner, sent.found(session), "原因", make.NOW)
            said = ""
        except Refused as refused:
            said = refused.code
    assert said == code


def test_a_draft_is_not_withdrawn_and_a_reason_is_needed(world: World) -> None:
    with transaction(world.engine) as session, pytest.raises(Conflict) as refused:
        service.withdraw(session, world.owner, world.found(session), "原因", make.NOW)
    assert refused.value.code == "application.not_submitted"
    worlds.submitted(world)
    with transaction(world.engine) as session, pytest.raises(Invalid):
        service.withdraw(session, world.owner, world.found(session), "", make.NOW)


@pytest.mark.parametrize("state", ["withdrawn", "refused", "accepted"])
def test_what_has_ended_or_been_decided_is_not_handed_in(world: World, state: str) -> None:
    fill(world)
    with transaction(world.engine) as session:
        world.found(session).state = state
    with pytest.raises(Conflict) as refused:
        submit(world)
    assert refused.value.code == "application.closed"
    with db.reading(world.engine) as session:
        assert session.scalar(select(func.count(Submission.id))) == 0
