"""Other dates once something is handed in: what one person proposes, what the other may and may not confirm."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.invariants import people
from award.invariants.telling import as_told
from award.invariants.told import ROUNDS
from award.kernel.actor import Actor
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict, Invalid, NotFound, Refused
from award.kernel.mail.models import Message
from award.office import redating
from award.office.redating import Wanted, change_dates, confirm_change, drop_change, outlook_of
from award.rounds.models import CalendarDay, DateChange, RoundStage, StageExtension
from award.rounds.queries import stage_of, stage_of_kind
from award.rounds.service import call_content, publish_snapshot
from award.standing.models import Conflict as OnRecord
from tests import make
from tests.applications.world import World, build
from tests.office.dating import dated, extended
from tests.office.world import application as entered

LATER = make.NOW + timedelta(40)


@pytest.fixture
def world(any_engine: Engine) -> World:
    """A round that takes applications, with one draft; one application has been handed in."""
    made = build(any_engine)
    with transaction(any_engine) as session:
        session.get_one(Person, made.owner.person_id).email = "owner@example.cn"
        for one in (made.office, made.second):
            session.get_one(Person, one.person_id).email = f"officer{one.person_id}@example.cn"
    handed_in(made)
    return made


def handed_in(world: World) -> None:
    """Another application than the draft; what it holds is of no concern here."""
    with transaction(world.engine) as session:
        other = entered(session, world.found(session).round, 1, "submitted")
        other.submitted_at = make.NOW - timedelta(1)


def proposed(world: World, end: datetime = LATER) -> str:
    with transaction(world.engine) as session:
        change = extended(session, world.office, world.found(session).round, end)
        assert isinstance(change, DateChange)
        return change.public_id


def confirm(world: World, public_id: str, who: Actor | None = None, now: datetime = make.NOW) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        confirm_change(session, who or world.second, round_, redating.change_in(session, round_, public_id), now)


def refused(world: World, public_id: str, who: Actor | None = None, now: datetime = make.NOW) -> AwardError:
    with pytest.raises(AwardError) as caught:
        confirm(world, public_id, who, now)
    return caught.value


def end_of_stage(world: World) -> datetime | None:
    with transaction(world.engine) as session:
        return stage_of(world.found(session).round).closes_at


def acts(world: World) -> list[str]:
    with transaction(world.engine) as session:
        wanted = AuditRecord.act.like("date_change:%") | AuditRecord.act.like("stage:%")
        return list(session.scalars(select(AuditRecord.act).where(wanted).order_by(AuditRecord.seq)))


def dated_stage(world: World, session: Session, kind: str) -> RoundStage:
    stage = stage_of_kind(world.found(session).round, kind)
    assert stage is not None
    return stage


def letters(world: World, template: str) -> list[str]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(Message.address).where(Message.template == template)))


def test_before_anything_is_handed_in_one_person_decides(any_engine: Engine) -> None:
    world = build(any_engine)
    with transaction(any_engine) as session:
        round_ = world.found(session).round
        assert not redating.needs_two(session, round_)
        wanted = Wanted("apply", None, LATER, "台风停工")
        seen = outlook_of(session, world.office, round_, wanted, make.NOW).seen
        decision = change_dates(session, world.office, round_, wanted, seen, make.NOW)
        assert isinstance(decision, StageExtension)
        assert change_dates(session, world.office, round_, wanted, seen, make.NOW) is decision
        assert (decision.proposed_by, decision.decided_by) == (None, world.office.person_id)
        assert stage_of(round_).closes_at == LATER


def test_from_then_on_nothing_changes_until_another_person_confirms(world: World) -> None:
    before = end_of_stage(world)
    public_id = proposed(world)
    assert end_of_stage(world) == before
    assert letters(world, "applications_extended") == []
    assert letters(world, "second_person") == [f"officer{world.second.person_id}@example.cn"]
    confirm(world, public_id)
    confirm(world, public_id)  # asked again by the same person
    assert end_of_stage(world) == LATER
    assert letters(world, "applications_extended") == ["owner@example.cn"]
    assert acts(world) == ["date_change:proposed", "date_change:confirmed", "stage:extended"]
    with transaction(world.engine) as session:
        (decision,) = session.scalars(select(StageExtension))
        assert (decision.proposed_by, decision.decided_by) == (world.office.person_id, world.second.person_id)
        two, told = people.two_persons(session), as_told(*ROUNDS[1:3])(session)
        assert (two.looked, two.offences) == (2, 0)
        assert (told.looked, told.offences, told.first) == (2, 0, "")


def test_the_call_is_published_anew_only_on_confirmation(world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        publish_snapshot(session, world.office, round_, "call", call_content(session, round_), make.NOW)
    public_id = proposed(world)
    assert "snapshot:published" not in acts_after_first_call(world)
    confirm(world, public_id)
    assert acts_after_first_call(world).count("snapshot:published") == 1


def acts_after_first_call(world: World) -> list[str]:
    with transaction(world.engine) as session:
        told = list(session.scalars(select(AuditRecord.act).where(AuditRecord.stream == f"round:{world.round}").order_by(AuditRecord.seq)))
    return told[told.index("snapshot:published") + 1 :]


def test_who_proposed_it_does_not_confirm_it(world: World) -> None:
    error = refused(world, proposed(world), world.office)
    assert (type(error), error.code, error.status) == (Refused, "dates.same_person", 403)
    assert end_of_stage(world) != LATER


def test_who_has_a_conflict_of_interest_in_the_round_does_not_confirm_it_and_is_not_asked(world: World) -> None:
    with transaction(world.engine) as session:
        session.add(OnRecord(
            person_id=world.second.person_id, application_id=world.found(session).id, source="office", reason="亲属",
            declared_at=make.NOW,
        ))  # fmt: skip
    public_id = proposed(world)
    assert letters(world, "second_person") == []
    assert refused(world, public_id, world.second).code == "dates.conflicted"


@pytest.mark.parametrize(("who", "kind"), [("supervisor", Refused), ("stranger", NotFound), ("elsewhere", NotFound), ("owner", NotFound)])
def test_who_is_not_of_the_office_neither_proposes_nor_answers(world: World, who: str, kind: type[AwardError]) -> None:
    actor, public_id = getattr(world, who), proposed(world)
    assert isinstance(refused(world, public_id, actor), kind)
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        change = redating.change_in(session, round_, public_id)
        with pytest.raises(kind):
            drop_change(session, actor, round_, change, "不同意", make.NOW)
    with transaction(world.engine) as session, pytest.raises(kind):
        extended(session, actor, world.found(session).round, LATER)


def test_a_proposal_is_declined_with_a_reason_and_another_may_follow(world: World) -> None:
    public_id = proposed(world)
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        with pytest.raises(Conflict) as caught:
            extended(session, world.second, round_, LATER + timedelta(1))
        assert caught.value.code == "dates.waiting"
        change = redating.change_in(session, round_, public_id)
        with pytest.raises(Invalid):
            drop_change(session, world.second, round_, change, " ", make.NOW)
        drop_change(session, world.second, round_, change, "理由不充分", make.NOW)
        assert drop_change(session, world.second, round_, change, "理由不充分", make.NOW).refusal == "理由不充分"
    assert letters(world, "second_person_declined") == [f"officer{world.office.person_id}@example.cn"]
    assert refused(world, public_id, world.second).code == "dates.over"
    confirm(world, proposed(world, LATER + timedelta(2)))
    assert end_of_stage(world) == LATER + timedelta(2)


def test_asked_again_by_the_same_person_it_is_the_same_proposal(world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        wanted = Wanted("apply", None, LATER, "台风停工")
        seen = outlook_of(session, world.office, round_, wanted, make.NOW).seen
        one = change_dates(session, world.office, round_, wanted, seen, make.NOW)
        assert change_dates(session, world.office, round_, wanted, seen, make.NOW) is one
        with pytest.raises(Conflict) as caught:
            change_dates(session, world.second, round_, wanted, seen, make.NOW)
        assert caught.value.code == "dates.waiting"


def test_a_proposal_whose_stage_was_left_is_refused(world: World) -> None:
    public_id = proposed(world)
    world.stage("accept")
    assert refused(world, public_id).code == "dates.lost"


def test_the_end_of_a_stage_that_was_left_meanwhile_is_not_changed(world: World) -> None:
    """The page was open while a colleague went on: the later end would be another stage's."""
    world.stage("accept")
    wanted = Wanted("apply", None, LATER, "台风停工")
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        for act in (
            lambda: outlook_of(session, world.office, round_, wanted, make.NOW),
            lambda: change_dates(session, world.office, round_, wanted, "", make.NOW),
        ):
            with pytest.raises(Conflict) as caught:
                act()
            assert (caught.value.code, caught.value.text) == ("dates.stage_left", redating.MOVED_ON)


def test_a_proposal_whose_end_has_passed_is_refused(world: World) -> None:
    public_id = proposed(world)
    assert refused(world, public_id, now=LATER).code == "dates.lost"
    confirm(world, public_id, now=LATER - timedelta(seconds=1))


def test_a_proposal_is_refused_once_another_date_of_the_round_was_changed(world: World) -> None:
    public_id = proposed(world)
    with transaction(world.engine) as session:
        stage = dated_stage(world, session, "score")
        assert stage.opens_at
        stage.opens_at += timedelta(1)
    assert refused(world, public_id).code == "dates.lost"


def test_a_proposal_is_refused_once_a_holiday_moves_the_notice_otherwise(world: World) -> None:
    """The notice begins with a holiday nobody knew of when it was proposed, and would end later than both have seen."""
    with transaction(world.engine) as session:
        notice = dated_stage(world, session, "notice")
        assert notice.opens_at
        # Seven working days at the least, so that any day off makes it longer.
        notice.closes_at = notice.opens_at + timedelta(1)
    public_id = proposed(world)
    with transaction(world.engine) as session:
        change = redating.change_in(session, world.found(session).round, public_id)
        first = datetime.fromisoformat(change.dates["after"]["notice"][0])
        days = [(first + timedelta(hours=8, days=n)).date() for n in range(1, 4)]
        session.add_all(CalendarDay(day=day, is_workday=False) for day in days)
    assert refused(world, public_id).code == "dates.lost"


def test_what_was_seen_is_what_is_decided(world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        wanted = Wanted("apply", None, LATER, "台风停工")
        seen = outlook_of(session, world.office, round_, wanted, make.NOW).seen
        with pytest.raises(Conflict) as caught:
            change_dates(session, world.office, round_, wanted, "0" * 16, make.NOW)
        assert caught.value.code == "dates.changed"
        assert isinstance(change_dates(session, world.office, round_, wanted, seen, make.NOW), DateChange)


def test_other_dates_of_a_later_stage_need_two_as_well(world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session).round
        stage = dated_stage(world, session, "assign")
        assert stage.closes_at
        wanted = Wanted("assign", stage.opens_at, stage.closes_at - timedelta(2), "提前分组")
        change = dated(session, world.office, round_, wanted)
        assert isinstance(change, DateChange)
        public_id = change.public_id
    confirm(world, public_id)
    with transaction(world.engine) as session:
        stage = dated_stage(world, session, "assign")
        assert stage.closes_at == wanted.closes_at
        assert [(one.proposed_by, one.decided_by) for one in stage.extensions] == [(world.office.person_id, world.second.person_id)]


def test_one_person_alone_is_found_by_the_invariant(world: World) -> None:
    with transaction(world.engine) as session:
        stage = stage_of(world.found(session).round)
        session.add(StageExtension(
            round_stage_id=stage.id, closed_at_before=make.NOW, closes_at=LATER, reason="x", decided_at=make.NOW,
            decided_by=world.office.person_id,
        ))  # fmt: skip
        session.flush()
        assert "decision on dates" in people.two_persons(session).first
