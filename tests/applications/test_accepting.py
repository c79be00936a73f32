"""The office decides: accept, return once, refuse with two people."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.models import Application, PaperOutcome
from award.applications.service.accepting import correction_end
from award.invariants import submitted
from award.invariants.telling import as_told
from award.invariants.told import ACCEPTANCES
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.mail.models import Message
from award.kernel.workdays import Calendar
from award.organisations.models import Claim
from tests import make
from tests.applications import world as worlds
from tests.applications.world import World

POINTS = [{"part": "4.1.2", "text": "请补充近三年的记录。"}]


@pytest.fixture
def received(sent: World) -> World:
    """Submitted, and the round in its acceptance stage."""
    sent.stage("accept")
    return sent


def state(world: World) -> str:
    with db.reading(world.engine) as session:
        return world.found(session).state


def give_back(world: World) -> None:
    with transaction(world.engine) as session:
        service.return_for_correction(session, world.office, world.found(session), POINTS, make.NOW)


def again(world: World, after: timedelta = timedelta(hours=1)) -> None:
    with transaction(world.engine) as session:
        application = world.found(session)
        service.save_answer(session, world.owner, application, "4.1.2", "补充后的内容，见 E-1。", True, 1, make.NOW + after)
        service.submit_application(session, world.owner, application, list(service.DECLARATIONS), make.NOW + after)


def test_what_is_written_in_a_correction_is_no_damage_until_it_is_handed_in(received: World) -> None:
    """And what the trail tells of deadline, corrections and contact is what the rows say."""

    def offences() -> list[str]:
        with db.reading(received.engine) as session:
            checks = [submitted.applications_as_submitted(session), as_told(*ACCEPTANCES)(session)]
            return [one.first for one in checks if one.offences]

    give_back(received)
    with transaction(received.engine) as session:
        service.save_answer(session, received.owner, received.found(session), "4.1.2", "写到一半。", True, 1, make.NOW)
    assert offences() == []
    with transaction(received.engine) as session:
        received.found(session).sector = "services"
    assert [one.partition(" has ")[2] or one.partition(" says ")[2] for one in offences()] == [
        "another sector than was submitted", "another sector than the trail tells"
    ]  # fmt: skip
    with transaction(received.engine) as session:
        application = received.found(session)
        application.sector = "manufacturing"
        service.submit_application(session, received.owner, application, list(service.DECLARATIONS), make.NOW)
    assert offences() == []
    with transaction(received.engine) as session:
        received.found(session).correction_due_at = make.NOW
    assert [one.partition(" says ")[2] for one in offences()] == ["another due than the trail tells"]


@pytest.mark.both_databases
def test_accepting_is_recorded_told_and_done_once(received: World) -> None:
    for _ in range(2):
        with transaction(received.engine) as session:
            decision = service.accept(session, received.office, received.found(session), make.NOW)
            assert (decision.kind, decision.state) == ("accept", "in_force")
    with db.reading(received.engine) as session:
        assert received.found(session).accepted_at == make.NOW
        assert received.found(session).is_live
        assert len(worlds.records(session, Event.APPLICATION_ACCEPTED)) == 1
        assert [one.template for one in session.query(Message).order_by(Message.id)][1:] == ["application_accepted"]


def test_only_parts_of_the_application_are_given_back(received: World) -> None:
    """Whoever corrects must find what is meant; the one correction the rules give is not spent on it."""
    points = [*POINTS, {"part": "9.9.9", "text": "补"}]
    with transaction(received.engine) as session, pytest.raises(Invalid) as refused:
        service.return_for_correction(session, received.office, received.found(session), points, make.NOW)
    assert [one.field for one in refused.value.errors] == ["points"]
    assert state(received) == "submitted"
    give_back(received)
    assert state(received) == "correction"


def test_nothing_is_accepted_before_its_stage(sent: World) -> None:
    with transaction(sent.engine) as session, pytest.raises(Refused) as refused:
        service.accept(session, sent.office, sent.found(session), make.NOW)
    assert (refused.value.code, refused.value.status) == ("stage.wrong", 409)


def test_nothing_is_accepted_while_the_claim_is_not_confirmed(received: World) -> None:
    with transaction(received.engine) as session:
        session.query(Claim).update({"state": "pending"})
    with transaction(received.engine) as session, pytest.raises(Conflict) as refused:
        service.accept(session, received.office, received.found(session), make.NOW)
    assert refused.value.code == "claim.unconfirmed"


@pytest.mark.parametrize(("by", "error"), [("owner", Refused), ("supervisor", Refused), ("stranger", NotFound), ("elsewhere", NotFound)])
@pytest.mark.parametrize("act", ["accept", "return", "refuse"])
def test_only_the_office_of_the_authority_decides(received: World, by: str, error: type[Exception], act: str) -> None:
    who = getattr(received, by)
    acts = {
        "accept": lambda session: service.accept(session, who, received.found(session), make.NOW),
        "return": lambda session: service.return_for_correction(session, who, received.found(session), POINTS, make.NOW),
        "refuse": lambda session: service.propose_refusal(session, who, received.found(session), "第九条", "理由", make.NOW),
    }
    with transaction(received.engine) as session, pytest.raises(error):
        acts[act](session)
    assert state(received) == "submitted"


@pytest.mark.parametrize(("confirmed", "goes_on", "left_out"), [(True, False, True), (False, False, False), (True, True, False)])
def test_what_was_not_recommended_is_not_accepted(received: World, confirmed: bool, goes_on: bool, left_out: bool) -> None:
    with transaction(received.engine) as session:
        application = received.found(session)
        session.add(
            PaperOutcome(
                round_stage_id=application.round.stages[1].id, application_id=application.id, goes_on=goes_on, summary="不推荐",
                state="confirmed" if confirmed else "recorded", held_on=make.NOW.date(), recorded_by=received.office.person_id,
                recorded_at=make.NOW,
            )
        )  # fmt: skip
    with transaction(received.engine) as session:
        application = received.found(session)
        if left_out:
            with pytest.raises(Conflict) as caught:
                service.accept(session, received.office, application, make.NOW)
            assert caught.value.code == "application.left_out"
            with pytest.raises(Conflict) as caught:
                service.return_for_correction(session, received.office, application, POINTS, make.NOW)
            assert caught.value.code == "application.left_out"
        else:
            service.accept(session, received.office, application, make.NOW)
    assert state(received) == ("submitted" if left_out else "accepted")


def test_a_draft_is_not_decided(world: World) -> None:
    world.stage("accept")
    with transaction(world.engine) as session, pytest.raises(Conflict):
        service.accept(session, world.office, world.found(session), make.NOW)


@pytest.mark.both_databases
def test_a_return_opens_writing_for_five_working_days(received: World) -> None:
    give_back(received)
    with db.reading(received.engine) as session:
        application = received.found(session)
        assert (application.state, application.corrections) == ("correction", 1)
        # Returned on Monday 2 March: five working days later is Monday the 9th, until 24:00 in Beijing.
        assert application.correction_due_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
        assert queries.open_points(session, application) == POINTS
        [record] = worlds.records(session, Event.APPLICATION_RETURNED)
        assert record["content"]["points"] == POINTS
    again(received)
    with db.reading(received.engine) as session:
        application = received.found(session)
        assert (application.state, len(queries.submissions_of(session, application))) == ("resubmitted", 2)
        content = queries.submission_content(session, application)
        assert content is not None
        assert (content.number, content.parts["4.1.2"]) == (2, "补充后的内容，见 E-1。")
        assert len(worlds.records(session, Event.APPLICATION_RESUBMITTED)) == 1


def test_the_office_reads_the_old_text_until_the_new_one_is_submitted(received: World) -> None:
    give_back(received)
    with transaction(received.engine) as session:
        application = received.found(session)
        service.save_answer(session, received.owner, application, "4.1.2", "还没写完", True, 1, make.NOW)
        content = queries.submission_content(session, application)
        assert content is not None
        assert content.parts["4.1.2"] != "还没写完"


def edits(world: World) -> dict[str, Callable[[Session, Application], object]]:
    """An act on each part an applicant can write."""
    by = (world.owner,)
    return {
        "4.1.2": lambda session, one: service.save_answer(session, *by, one, "4.1.2", "新内容", True, 1, make.NOW),
        "4.1.3": lambda session, one: service.save_answer(session, *by, one, "4.1.3", "新内容", True, 1, make.NOW),
        "facts": lambda session, one: service.save_profile(session, *by, one, {"staff": "913"}, one.profile_version, make.NOW),
        "evidence": lambda session, one: service.add_evidence(session, *by, one, worlds.pdf("新.pdf", 2), "新", make.NOW),
    }


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("named", "opened"),
    [
        (["4.1.2"], {"4.1.2"}), (["facts", "evidence"], {"facts", "evidence"}),
        # A point about the application as a whole opens all of it.
        (["", "4.1.3"], {"4.1.3", "4.1.2", "facts", "evidence"}),
    ],
)  # fmt: skip
def test_only_what_the_list_names_is_open(received: World, named: list[str], opened: set[str]) -> None:
    with transaction(received.engine) as session:
        points = [{"part": part, "text": "请补充"} for part in named]
        service.return_for_correction(session, received.office, received.found(session), points, make.NOW)
    for part, act in edits(received).items():
        meets = nullcontext() if part in opened else pytest.raises(Conflict, match=r"correction\.part_closed")
        with meets, transaction(received.engine) as session:
            act(session, received.found(session))


def test_corrections_are_used_up_after_one(received: World) -> None:
    give_back(received)
    again(received)
    with transaction(received.engine) as session, pytest.raises(Conflict) as refused:
        service.return_for_correction(session, received.office, received.found(session), POINTS, make.NOW)
    assert refused.value.code == "correction.used_up"


def test_a_return_says_what_is_open(received: World) -> None:
    with transaction(received.engine) as session, pytest.raises(Invalid):
        service.return_for_correction(session, received.office, received.found(session), [{"part": "", "text": ""}], make.NOW)


def test_after_the_correction_has_ended_nothing_is_written_and_the_office_decides(received: World) -> None:
    give_back(received)
    with pytest.raises(Refused) as refused:
        again(received, timedelta(days=8))
    assert (refused.value.code, refused.value.status) == ("correction.over", 409)
    with transaction(received.engine) as session:
        service.accept(session, received.office, received.found(session), make.NOW + timedelta(days=8))
    assert state(received) == "accepted"


def test_while_it_is_with_the_applicant_the_office_waits(received: World) -> None:
    give_back(received)
    with transaction(received.engine) as session, pytest.raises(Conflict):
        service.accept(session, received.office, received.found(session), make.NOW)


@pytest.mark.both_databases
def test_a_refusal_takes_two_people(received: World) -> None:
    with transaction(received.engine) as session:
        service.propose_refusal(session, received.office, received.found(session), "第九条", "注册不满三年", make.NOW)
    assert state(received) == "submitted"
    with transaction(received.engine) as session, pytest.raises(Refused) as refused:
        service.confirm_refusal(session, received.office, received.found(session), make.NOW)
    assert refused.value.code == "refusal.same_person"
    for _ in range(2):
        with transaction(received.engine) as session:
            decision = service.confirm_refusal(session, received.second, received.found(session), make.NOW)
            assert (decision.state, decision.confirmed_by) == ("in_force", received.second.person_id)
    assert state(received) == "rejected"
    with db.reading(received.engine) as session:
        assert len(worlds.records(session, Event.APPLICATION_REFUSAL_PROPOSED)) == 1
        [record] = worlds.records(session, Event.APPLICATION_REFUSED)
        assert record["actor"]["id"] == received.second.public_id
        # Only the colleague was written to, once; proposing again wrote nothing.
        assert make.asked(session) == [(received.second.public_id, "不予受理", received.found(session).organisation.name)]


def test_a_proposed_refusal_keeps_others_from_deciding_until_it_is_answered(received: World) -> None:
    with transaction(received.engine) as session:
        application = received.found(session)
        first = service.propose_refusal(session, received.office, application, "第九条", "理由", make.NOW)
        assert service.propose_refusal(session, received.office, application, "第十条", "其他", make.NOW) is first
    for by in ("office", "second"):
        with transaction(received.engine) as session, pytest.raises(Conflict) as refused:
            service.accept(session, getattr(received, by), received.found(session), make.NOW)
        assert refused.value.code == "refusal.waiting"
    with transaction(received.engine) as session, pytest.raises(Refused):
        service.reject_refusal(session, received.office, received.found(session), make.NOW)
    with transaction(received.engine) as session:
        service.reject_refusal(session, received.second, received.found(session), make.NOW)
        service.accept(session, received.office, received.found(session), make.NOW)
    with db.reading(received.engine) as session:
        assert len(worlds.records(session, Event.APPLICATION_REFUSAL_REJECTED)) == 1


@pytest.mark.parametrize(("article", "reason", "field"), [("", "理由", "article"), ("第九条", "", "reason")])
def test_a_refusal_names_article_and_reason(received: World, article: str, reason: str, field: str) -> None:
    with transaction(received.engine) as session, pytest.raises(Invalid) as refused:
        service.propose_refusal(session, received.office, received.found(session), article, reason, make.NOW)
    assert [one.field for one in refused.value.errors] == [field]


def test_no_refusal_waits(received: World) -> None:
    with transaction(received.engine) as session, pytest.raises(Conflict):
        service.confirm_refusal(session, received.second, received.found(session), make.NOW)


def test_a_correction_ends_over_a_holiday_at_midnight_of_a_working_day() -> None:
    """Returned on Wednesday 30 September 2026; the holiday of 1 to 7 October does not count."""
    days = {datetime(2026, 10, day, tzinfo=UTC).date(): False for day in range(1, 8)}
    returned = datetime(2026, 9, 30, 8, tzinfo=UTC)
    # Working days after it: Thursday 8, Friday 9 October.
    end = correction_end(Calendar(days, {2026}), returned, 2, "Asia/Shanghai")
    assert end == datetime(2026, 10, 9, 16, tzinfo=UTC)
