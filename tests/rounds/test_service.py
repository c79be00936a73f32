"""Authorities, awards, rounds, dates, calls and extensions: each change, its record, each refusal."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from award.kernel.actor import SYSTEM
from award.kernel.audit.models import AuditOpening, AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.errors import AwardError, Conflict, Invalid, NotFound, Refused, Stale
from award.regulations.canonical import canonical, sha256_of
from award.regulations.loader import shipped_criteria, shipped_schemes
from award.regulations.model import Text
from award.regulations.naming import in_the_name_of
from award.rounds import planning, queries, service
from award.rounds.models import Authority, Award, CalendarDay, CalendarYear, Round, Ruleset, Snapshot
from tests import make
from tests.office.desk import Desk

NOW = make.NOW


def events(session: Session, stream: str) -> list[str]:
    return list(session.scalars(select(AuditRecord.act).where(AuditRecord.stream == stream).order_by(AuditRecord.seq)))


def new_round(desk: Desk, scheme: str = "yunchuan-mayor") -> str:
    with transaction(desk.engine) as session:
        authority = session.get_one(Authority, desk.authority)
        award = service.create_award(session, desk["office"], authority, "云川市市长质量奖", "Mayor's Award", NOW)
        return service.create_round(session, desk["office"], award, 6, 2026, scheme, NOW).public_id


def dated(desk: Desk) -> str:
    public_id = new_round(desk)
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        frame = queries.frame_for(session, round_, NOW)
        dates = planning.proposed_dates(round_.scheme, frame, date(2026, 4, 1))
        service.set_dates(session, desk["office"], round_, dates, round_.version, NOW)
    return public_id


def called(desk: Desk) -> str:
    public_id = dated(desk)
    with transaction(desk.engine) as session:
        service.publish_call(session, desk["office"], desk.found(session, public_id), NOW)
    return public_id


class TestFounding:
    @pytest.mark.parametrize("who", ["office", "supervisor", "applicant"])
    def test_only_the_system_administrator_enters_an_authority(self, desk: Desk, session: Session, who: str) -> None:
        with pytest.raises(Refused):
            service.create_authority(session, desk[who], "某市", "A city", "Asia/Shanghai", NOW)

    def test_an_authority_needs_a_zone_that_exists(self, desk: Desk, session: Session) -> None:
        with pytest.raises(Invalid):
            service.create_authority(session, desk["administrator"], "某市", "A city", "Asia/Nowhere", NOW)
        made = service.create_authority(session, desk["administrator"], "某市", "A city", "Asia/Urumqi", NOW)
        assert made.zone == "Asia/Urumqi"

    @pytest.mark.parametrize("who", ["elsewhere", "supervisor", "committee", "applicant", "administrator"])
    def test_an_award_is_hidden_from_who_is_not_of_its_office(self, desk: Desk, session: Session, who: str) -> None:
        authority = session.get_one(Authority, desk.authority)
        with pytest.raises(NotFound):
            service.create_award(session, desk[who], authority, "奖", "Award", NOW)

    def test_the_same_award_is_entered_once(self, desk: Desk, session: Session) -> None:
        authority = session.get_one(Authority, desk.authority)
        one = service.create_award(session, desk["office"], authority, "奖", "Award", NOW)
        assert service.create_award(session, SYSTEM, authority, "奖", "Award", NOW) is one


class TestCreateRound:
    def test_scheme_and_criteria_are_frozen_under_their_hashes(self, desk: Desk, session: Session) -> None:
        round_ = desk.found(session, new_round_in(desk, session, "anhui-province"))
        award, authority = round_.award, round_.award.authority
        scheme = in_the_name_of(
            shipped_schemes()["anhui-province"], Text(authority.name_zh, authority.name_en), Text(award.name_zh, award.name_en)
        )
        assert round_.scheme_sha256 == sha256_of(canonical(scheme))
        assert round_.scheme == scheme
        assert {one.category for one in round_.rubrics} == {"organisation", "individual"}
        assert queries.criteria_of(session, round_, "organisation") == shipped_criteria()["gbt19580-2012"]
        assert queries.criteria_of(session, round_, "individual") == shipped_criteria()["individuals-example"]

    def test_it_stands_in_preparation_with_the_stages_of_its_scheme(self, desk: Desk, session: Session) -> None:
        round_ = desk.found(session, new_round_in(desk, session, "yunchuan-mayor"))
        kinds = ["setup", "apply", "accept", "assign", "score", "notice", "approve", "publish", "archive"]
        assert [stage.kind for stage in round_.stages] == kinds
        assert (round_.state, round_.position, round_.stages[0].entered_at) == ("draft", 0, NOW)

    def test_two_rounds_share_their_rules(self, desk: Desk, session: Session) -> None:
        for number in (1, 2):
            new_round_in(desk, session, "yunchuan-mayor", number)
        assert session.scalar(select(func.count()).select_from(Ruleset)) == 2

    def test_a_number_is_taken_once(self, desk: Desk, session: Session) -> None:
        new_round_in(desk, session, "yunchuan-mayor", 3)
        with pytest.raises(Invalid):
            new_round_in(desk, session, "yunchuan-mayor", 3)

    def test_an_unknown_scheme_is_refused(self, desk: Desk, session: Session) -> None:
        with pytest.raises(Invalid):
            new_round_in(desk, session, "nowhere")

    def test_rules_never_change(self, desk: Desk) -> None:
        new_round(desk)
        with pytest.raises(DBAPIError), transaction(desk.engine) as session:
            session.execute(update(Ruleset).values(text="{}"))


def new_round_in(desk: Desk, session: Session, scheme: str, number: int = 6) -> str:
    authority = session.get_one(Authority, desk.authority)
    award = service.create_award(session, desk["office"], authority, "奖", "Award", NOW)
    return service.create_round(session, desk["office"], award, number, 2026, scheme, NOW).public_id


class TestSetDates:
    def test_all_dates_are_set_at_once_and_recorded(self, desk: Desk) -> None:
        public_id = dated(desk)
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            assert queries.spell(round_.stages[1].opens_at) == "2026-03-31T16:00:00Z"  # 1 April in Beijing
            assert round_.version == 2
            assert events(session, f"round:{public_id}") == ["chain:started", "round:created", "round:changed"]

    def test_a_kind_that_is_left_out_loses_its_dates(self, desk: Desk) -> None:
        public_id = dated(desk)
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            service.set_dates(session, desk["office"], round_, {}, round_.version, NOW)
            assert all(stage.opens_at is None for stage in round_.stages)

    def test_an_older_version_is_refused_and_shows_what_is_stored(self, desk: Desk, session: Session) -> None:
        round_ = desk.found(session, dated_in(desk))
        with pytest.raises(Stale) as caught:
            service.set_dates(session, desk["office"], round_, {}, 1, NOW)
        assert caught.value.version == 2
        assert caught.value.theirs["apply"] == ["2026-03-31T16:00:00Z", "2026-05-15T16:00:00Z"]

    def test_faults_come_all_together(self, desk: Desk, session: Session) -> None:
        round_ = desk.found(session, dated_in(desk))
        past = NOW - timedelta(9)
        with pytest.raises(Invalid) as caught:
            service.set_dates(session, desk["office"], round_, {"apply": (past, past)}, round_.version, NOW)
        assert {one.field for one in caught.value.errors} == {"apply.opens_at", "apply.closes_at"}

    def test_a_stage_of_another_scheme_is_refused(self, desk: Desk, session: Session) -> None:
        round_ = desk.found(session, dated_in(desk))
        with pytest.raises(Invalid):
            service.set_dates(session, desk["office"], round_, {"site": (None, None)}, round_.version, NOW)

    @pytest.mark.parametrize(
        ("who", "error", "status"),
        [("elsewhere", NotFound, 404), ("applicant", NotFound, 404), ("supervisor", Refused, 403), ("committee", Refused, 403)],
    )
    def test_who_may_not(self, desk: Desk, session: Session, who: str, error: type[AwardError], status: int) -> None:
        round_ = desk.found(session, dated_in(desk))
        with pytest.raises(error) as caught:
            service.set_dates(session, desk[who], round_, {}, round_.version, NOW)
        assert caught.value.status == status

    def test_after_the_preparation_dates_are_fixed(self, desk: Desk) -> None:
        public_id = desk.round("apply")
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            with pytest.raises(Refused) as caught:
                service.set_dates(session, desk["office"], round_, {}, round_.version, NOW)
        assert caught.value.status == 409


def dated_in(desk: Desk) -> str:
    return dated(desk)


class TestCall:
    def test_it_holds_what_the_public_reads(self, desk: Desk) -> None:
        public_id = called(desk)
        with transaction(desk.engine) as session:
            call = queries.latest_snapshot(session, desk.found(session, public_id).id, "call")
            assert call is not None
            content = json.loads(call.content)
        assert call.sha256 == sha256_of(call.content)
        assert content["title"] == {"zh": "第六届云川市市长质量奖（2026）", "en": "6th Mayor's Award (2026)"}
        assert content["zone"] == "Asia/Shanghai"
        assert content["contact"] == "林晓 0552-3001234"
        assert [one["seats"] for one in content["categories"][0]["quotas"]] == [5, 8]
        assert content["stages"][1] == {
            "kind": "apply", "title": {"zh": "申报", "en": "Application"},
            "opens_at": "2026-03-31T16:00:00Z", "closes_at": "2026-05-15T16:00:00Z",
        }  # fmt: skip
        assert content["extensions"] == []

    def test_published_twice_it_is_the_same(self, desk: Desk) -> None:
        public_id = called(desk)
        with transaction(desk.engine) as session:
            assert service.publish_call(session, desk["office"], desk.found(session, public_id), NOW).number == 1

    def test_after_a_change_a_second_follows_and_the_first_stays(self, desk: Desk) -> None:
        public_id = called(desk)
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            service.set_contact(session, desk["office"], round_.award.authority, "0552-1")
            assert service.publish_call(session, desk["office"], round_, NOW).number == 2
        with transaction(desk.engine) as session:
            contacts = [json.loads(one)["contact"] for one in session.scalars(select(Snapshot.content).order_by(Snapshot.number))]
        assert contacts == ["林晓 0552-3001234", "0552-1"]

    def test_without_all_dates_there_is_no_call(self, desk: Desk) -> None:
        public_id = new_round(desk)
        with transaction(desk.engine) as session, pytest.raises(Conflict):
            service.publish_call(session, desk["office"], desk.found(session, public_id), NOW)

    @pytest.mark.both_databases
    def test_a_snapshot_never_changes(self, desk: Desk) -> None:
        called(desk)
        with pytest.raises(DBAPIError), transaction(desk.engine) as session:
            session.execute(update(Snapshot).values(content="{}"))

    @pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("supervisor", 403)])
    def test_who_may_not(self, desk: Desk, who: str, status: int) -> None:
        public_id = dated(desk)
        with transaction(desk.engine) as session, pytest.raises(AwardError) as caught:
            service.publish_call(session, desk[who], desk.found(session, public_id), NOW)
        assert caught.value.status == status


class TestExtension:
    def test_a_later_end_moves_the_stages_after_it_and_is_published(self, desk: Desk) -> None:
        public_id = called(desk)
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            round_.position, round_.state = 1, "open"
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            end = round_.stages[1].closes_at
            assert end is not None
            service.extend_stage(session, desk["office"], round_, end + timedelta(3), "台风", NOW)
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            assert queries.spell(round_.stages[1].closes_at) == "2026-05-18T16:00:00Z"
            assert queries.spell(round_.stages[2].opens_at) == "2026-05-18T16:00:00Z"
            call = queries.latest_snapshot(session, round_.id, "call")
            assert call is not None
            (extension,) = json.loads(call.content)["extensions"]
            assert extension["closed_at_before"] == "2026-05-15T16:00:00Z"
            assert (call.number, extension["kind"], extension["reason"]) == (2, "apply", "台风")
            assert events(session, f"round:{public_id}")[-2:] == ["stage:extended", "snapshot:published"]

    def test_a_notice_moved_across_holidays_keeps_its_working_days(self, desk: Desk) -> None:
        """Moved by nine days over a weekend and a holiday, it ends later than nine days later, and so does what follows."""
        public_id = desk.round("apply")
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            notice = next(stage for stage in round_.stages if stage.kind == "notice")
            after = round_.stages[notice.position + 1]
            for stage in round_.stages[1:]:
                stage.opens_at = stage.closes_at = None
            beijing = timedelta(hours=16)  # midnight there, the day before in UTC
            first = datetime(2026, 5, 18, tzinfo=UTC) + beijing
            round_.stages[1].opens_at, round_.stages[1].closes_at = NOW, first
            notice.opens_at, notice.closes_at = first, first + timedelta(8)
            after.opens_at, after.closes_at = first + timedelta(8), first + timedelta(10)
            session.add_all(CalendarDay(day=date(2026, 6, day), is_workday=False) for day in (1, 2, 3))
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            service.extend_stage(session, desk["office"], round_, first + timedelta(9), "台风", NOW)
            notice = next(stage for stage in round_.stages if stage.kind == "notice")
            after = round_.stages[notice.position + 1]
            # Published on Thursday 28 May: counted are the 29th and, after weekend and holiday, 4, 5, 8 and 9 June.
            assert queries.spell(notice.opens_at) == "2026-05-27T16:00:00Z"
            assert queries.spell(notice.closes_at) == "2026-06-09T16:00:00Z"
            assert (queries.spell(after.opens_at), queries.spell(after.closes_at)) == ("2026-06-09T16:00:00Z", "2026-06-11T16:00:00Z")

    def test_within_a_gap_the_stages_after_it_stay(self, desk: Desk) -> None:
        public_id = desk.round("apply")
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            for stage in round_.stages[2:]:
                stage.opens_at, stage.closes_at = later(stage.opens_at), later(stage.closes_at)
            before = round_.stages[2].opens_at
            end = round_.stages[1].closes_at
            assert end is not None
            service.extend_stage(session, desk["office"], round_, end + timedelta(2), "台风", NOW)
            assert round_.stages[2].opens_at == before

    def test_asked_again_it_is_the_same_decision(self, desk: Desk) -> None:
        public_id = desk.round("apply")
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            wanted = (round_.stages[1].closes_at or NOW) + timedelta(1)
            one = service.extend_stage(session, desk["office"], round_, wanted, "台风", NOW)
            assert service.extend_stage(session, desk["office"], round_, wanted, "台风", NOW) is one
            assert round_.version == 2

    @pytest.mark.parametrize(("days", "reason"), [(0, "台风"), (-1, "台风"), (1, "  ")])
    def test_an_earlier_end_or_no_reason_is_refused(self, desk: Desk, days: int, reason: str) -> None:
        public_id = desk.round("apply")
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            wanted = (round_.stages[1].closes_at or NOW) + timedelta(days)
            with pytest.raises(Invalid):
                service.extend_stage(session, desk["office"], round_, wanted, reason, NOW)

    def test_an_end_before_now_is_refused_even_if_later_than_the_old_one(self, desk: Desk) -> None:
        public_id = desk.round("apply")
        with transaction(desk.engine) as session:
            round_ = desk.found(session, public_id)
            end = round_.stages[1].closes_at or NOW
            with pytest.raises(Invalid):
                service.extend_stage(session, desk["office"], round_, end + timedelta(1), "台风", end + timedelta(2))

    @pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("applicant", 404), ("supervisor", 403)])
    def test_who_may_not(self, desk: Desk, who: str, status: int) -> None:
        public_id = desk.round("apply")
        with transaction(desk.engine) as session, pytest.raises(AwardError) as caught:
            service.extend_stage(session, desk[who], desk.found(session, public_id), NOW + timedelta(90), "台风", NOW)
        assert caught.value.status == status


def later(moment: Any) -> Any:
    return None if moment is None else moment + timedelta(10)


class TestCalendar:
    def test_the_seed_knows_holidays_and_make_up_days(self, session: Session) -> None:
        assert service.seed_calendar(session) >= 23
        assert service.seed_calendar(session) == 0
        calendar = queries.calendar_of(session)
        # domain.md 4.9
        assert [calendar.is_workday(date(2024, 10, day)) for day in (12, 13)] == [True, False]
        assert calendar.workdays(date(2023, 10, 11), date(2023, 10, 17)) == 5
        assert calendar.is_announced(date(2026, 1, 1), date(2026, 12, 31))
        assert not calendar.is_announced(date(2026, 12, 1), date(2027, 1, 5))

    def test_the_office_changes_a_day_and_says_a_year_is_announced(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            service.set_day(session, desk["office"], date(2027, 2, 6), "春节", is_workday=False)
            service.set_year(session, desk["office"], 2027, "国办发明电〔2026〕1号")
        with transaction(desk.engine) as session:
            calendar = queries.calendar_of(session)
            assert calendar.exceptions == {date(2027, 2, 6): False}
            assert calendar.is_announced(date(2027, 1, 1), date(2027, 1, 2))
            service.forget_day(session, desk["office"], date(2027, 2, 6))
            assert session.get(CalendarDay, date(2027, 2, 6)) is None
            assert "calendar:changed" in events(session, "admin")

    def test_a_year_without_a_holiday_is_not_announced(self, desk: Desk) -> None:
        """A make-up day alone, or a holiday of the year before, is none of it either."""
        with transaction(desk.engine) as session:
            service.set_day(session, desk["office"], date(2027, 12, 31), "元旦", is_workday=False)
            service.set_day(session, desk["office"], date(2028, 1, 8), "元旦", is_workday=True)
            with pytest.raises(Invalid) as caught:
                service.set_year(session, desk["office"], 2028, "x")
            assert [(one.field, one.text.split(".")[0]) for one in caught.value.errors] == [("source", "No holiday of {year} is entered")]
            assert not queries.calendar_of(session).is_announced(date(2028, 1, 3), date(2028, 1, 4))

    def test_what_the_office_edited_before_the_seed_stays(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            service.set_day(session, desk["office"], date(2026, 10, 1), "改", is_workday=True)
            service.seed_calendar(session)
            assert session.get_one(CalendarDay, date(2026, 10, 1)).is_workday
            assert session.get_one(CalendarYear, 2026).source.startswith("chinesecalendar")

    @pytest.mark.parametrize("who", ["supervisor", "applicant", "administrator"])
    def test_nobody_else_changes_it(self, desk: Desk, session: Session, who: str) -> None:
        with pytest.raises(Refused):
            service.set_day(session, desk[who], date(2027, 1, 1), "元旦", is_workday=False)
        with pytest.raises(Refused):
            service.set_year(session, desk[who], 2027, "某通知")
        with pytest.raises(Refused):
            service.forget_day(session, desk[who], date(2027, 1, 1))


def test_what_was_decided_can_be_opened_from_the_trail(desk: Desk) -> None:
    public_id = new_round(desk)
    with transaction(desk.engine) as session:
        stream = AuditOpening.stream == f"round:{public_id}"
        content = json.loads(session.scalars(select(AuditOpening.content).where(stream, AuditOpening.seq == 2)).one())
        assert content["scheme"] == "yunchuan-mayor"
        assert session.scalars(select(Award.name_zh)).one() == "云川市市长质量奖"
        assert session.scalar(select(func.count()).select_from(Round)) == 1


def test_both_databases_found_a_round(any_engine: Engine, desk: Desk) -> None:
    public_id = called(desk)
    with transaction(any_engine) as session:
        assert desk.found(session, public_id).version == 2
