"""Pages of rounds: who gets them, what they keep when something is wrong, and the way from a scheme to a call."""

import re
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from award.kernel.audit.trail import transaction
from award.kernel.events import Event
from award.kernel.i18n import Phrase
from award.regulations.loader import shipped_schemes
from award.rounds import service
from award.rounds.models import Authority, Award, CalendarDay, Round, Snapshot
from award.rounds.schemes import sections_of
from tests.applications.world import records
from tests.office.desk import Desk
from tests.visiting import faults, only

NEW = {"award": "new", "name_zh": "云川市市长质量奖", "name_en": "Mayor's Award", "scheme": "yunchuan-mayor", "number": "6", "year": "2026"}


def authority_id(desk: Desk) -> str:
    with transaction(desk.engine) as session:
        return session.get_one(Authority, desk.authority).public_id


def created(desk: Desk, client: Any) -> str:
    answer = desk.post(client, "office", "/office/rounds/new", {**NEW, "authority": authority_id(desk)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).split("/")[3]


def dates(desk: Desk, client: Any, public_id: str) -> dict[str, str]:
    """The form filled with proposed dates, as a browser would send it."""
    page = desk.get(client, "office", f"/office/rounds/{public_id}/calendar?first=2026-04-01").text
    form = page.split('action="/office/rounds/')[1].split("</form>")[0]
    inputs = [dict(re.findall(r'(name|value)="([^"]*)"', one)) for one in re.findall(r"<input[^>]*>", form)]
    return {one["name"]: one["value"] for one in inputs if one["name"] != "csrf"}


class TestFromSchemeToCall:
    def test_the_way(self, desk: Desk, client: Any) -> None:
        public_id = created(desk, client)
        form = dates(desk, client, public_id)
        assert form["apply.opens_at"] == "2026-04-01"
        assert (form["apply.closes_at"], form["apply.closes_at.time"]) == ("2026-05-15", "24:00")
        base = f"/office/rounds/{public_id}"
        saved = desk.post(client, "office", f"{base}/calendar", form)
        assert (saved.status_code, saved.headers["location"]) == (303, f"{base}/calendar?done=dates")
        assert "The dates are saved." in desk.get(client, "office", saved.headers["location"]).text
        assert "The dates are saved." not in desk.get(client, "office", f"{base}/calendar").text
        assert desk.post(client, "office", f"{base}/call").status_code == 303
        with transaction(desk.engine) as session:
            assert session.scalars(select(Snapshot.kind)).one() == "call"
        page = desk.get(client, "office", f"{base}/calendar").text
        assert "The public sees the call as it stands here." in page

    def test_an_award_can_be_chosen_the_second_time(self, desk: Desk, client: Any) -> None:
        created(desk, client)
        with transaction(desk.engine) as session:
            award = session.scalars(select(Award.public_id)).one()
        answer = desk.post(client, "office", "/office/rounds/new", {**NEW, "award": award, "number": "7"})
        assert answer.status_code == 303

    def test_rules_of_another_authority_are_meant_or_not_taken(self, desk: Desk, client: Any) -> None:
        data = {**NEW, "authority": authority_id(desk), "scheme": "qingdao-mayor"}
        answer = desk.post(client, "office", "/office/rounds/new", data)
        assert answer.status_code == 422
        assert "not of People's Government of Yunchuan. Choose others, or tick that they are meant." in " ".join(faults(answer))
        assert desk.post(client, "office", "/office/rounds/new", {**data, "foreign": "yes"}).status_code == 303

    def test_rules_of_another_authority_are_named_as_such(self, desk: Desk, client: Any) -> None:
        page = BeautifulSoup(desk.get(client, "office", "/office/rounds/new").text, "html.parser")
        warned = {str(only(one, "input")["value"]) for one in page.select(".choices label") if "not your authority" in one.text}
        assert warned == set(shipped_schemes()) - {"yunchuan-mayor"}
        assert "the rules of People's Government of Jiangsu, which" in page.text

    def test_the_next_number_and_the_next_year_are_proposed(self, desk: Desk, client: Any) -> None:
        def proposed() -> list[str]:
            page = BeautifulSoup(desk.get(client, "office", "/office/rounds/new").text, "html.parser")
            return [str(only(page, f"input[name={name}]")["value"]) for name in ("number", "year")]

        assert proposed() == ["1", "2026"]
        desk.post(client, "office", "/office/rounds/new", {**NEW, "authority": authority_id(desk), "year": "2027"})
        assert proposed() == ["7", "2028"]

    def test_what_was_typed_stays_when_something_is_wrong(self, desk: Desk, client: Any) -> None:
        data = {**NEW, "authority": authority_id(desk), "number": "VI"}
        answer = desk.post(client, "office", "/office/rounds/new", data)
        assert answer.status_code == 422
        assert 'value="VI"' in answer.text
        assert "云川市市长质量奖" in answer.text
        assert "Enter a whole number from 1 to 99." in answer.text
        with transaction(desk.engine) as session:
            assert session.scalars(select(Round)).all() == []
            assert session.scalars(select(Award)).all() == []

    def test_what_is_missing_is_said_in_the_order_of_the_form(self, desk: Desk, client: Any) -> None:
        fields = desk.post(client, "office", "/office/rounds/new", {}).text
        page = BeautifulSoup(fields, "html.parser")
        assert [one["href"] for one in page.select(".summary li a")] == ["#f-award", "#f-scheme", "#f-number", "#f-year"]
        assert only(page, "#e-scheme").get_text().strip() == "Choose one of the options."

    def test_a_number_that_is_taken_leaves_no_award_behind(self, desk: Desk, client: Any) -> None:
        created(desk, client)
        answer = desk.post(client, "office", "/office/rounds/new", {**NEW, "authority": authority_id(desk)})
        assert answer.status_code == 422
        assert "already has a round 6" in answer.text

    def test_another_authoritys_award_cannot_be_chosen(self, desk: Desk, client: Any) -> None:
        created(desk, client)
        with transaction(desk.engine) as session:
            award = session.scalars(select(Award.public_id)).one()
        answer = desk.post(client, "elsewhere", "/office/rounds/new", {**NEW, "award": award, "number": "7"})
        assert answer.status_code == 422
        other = desk.post(client, "elsewhere", "/office/rounds/new", {**NEW, "authority": authority_id(desk)})
        assert other.status_code == 422


@pytest.mark.parametrize("key", sorted(shipped_schemes()))
def test_a_frozen_scheme_is_read_in_the_order_of_its_stages(key: str) -> None:
    """It is kept with sorted names; the page of a round shows it as the page of the scheme does."""
    scheme = shipped_schemes()[key]
    kept = replace(scheme, sources=dict(sorted(scheme.sources.items())))
    shown = sections_of(kept)
    assert shown == sections_of(scheme)
    lengths = next(one for one in shown if one.title == "Stages").rows
    assert [one.about for one in lengths if one.label == "Planned length (days)"] == [
        Phrase("{n0}", {"n0": stage.title}) for stage in scheme.stages
    ]  # fmt: skip


class TestDates:
    def test_wrong_dates_are_shown_again_with_their_faults(self, desk: Desk, client: Any) -> None:
        public_id = created(desk, client)
        form = dates(desk, client, public_id) | {"accept.opens_at": "2026-05-01", "apply.closes_at.time": "25:00"}
        answer = desk.post(client, "office", f"/office/rounds/{public_id}/calendar", form)
        assert answer.status_code == 422
        assert "Enter a time like 18:00" in answer.text
        assert 'value="25:00"' in answer.text
        answer = desk.post(client, "office", f"/office/rounds/{public_id}/calendar", form | {"apply.closes_at.time": "18:00"})
        assert answer.status_code == 422
        assert "This begins before “Application” ends (15 May 2026 18:00 (Beijing time))" in answer.text

    def test_two_at_once_see_both_versions(self, desk: Desk, client: Any) -> None:
        public_id = created(desk, client)
        form = dates(desk, client, public_id)
        path = f"/office/rounds/{public_id}/calendar"
        assert desk.post(client, "second", path, form | {"apply.closes_at": "2026-05-14"}).status_code == 303
        answer = desk.post(client, "office", path, form)
        assert answer.status_code == 412
        assert "Stored meanwhile: 2026-05-14 24:00" in answer.text
        assert 'value="2026-05-15"' in answer.text
        assert desk.post(client, "office", path, form | {"version": "2"}).status_code == 303

    def test_a_day_alone_ends_at_midnight(self, desk: Desk, client: Any) -> None:
        public_id = created(desk, client)
        form = dates(desk, client, public_id) | {"apply.closes_at.time": ""}
        assert desk.post(client, "office", f"/office/rounds/{public_id}/calendar", form).status_code == 303
        with transaction(desk.engine) as session:
            closes_at = desk.found(session, public_id).stages[1].closes_at
        assert closes_at is not None
        assert closes_at.isoformat() == "2026-05-15T16:00:00+00:00"

    def test_after_the_preparation_there_is_no_form(self, desk: Desk, client: Any) -> None:
        path = f"/office/rounds/{desk.round('apply')}/calendar"
        assert "Save the dates" not in desk.get(client, "office", path).text
        assert desk.post(client, "office", path, {"version": "1"}).status_code == 409
        assert desk.post(client, "office", path.replace("calendar", "call")).status_code == 409


WRITES = ["/office/rounds/{id}/calendar", "/office/rounds/{id}/call", "/office/rounds/{id}/contact"]


@pytest.mark.parametrize("path", [*WRITES, "/office/calendar/2027/day", "/office/calendar/2027/announced", "/office/rounds/new"])
@pytest.mark.parametrize("who", ["supervisor", "committee", "applicant", "administrator"])
def test_writes_are_refused_for_other_roles(desk: Desk, client: Any, who: str, path: str) -> None:
    answer = desk.post(client, who, path.format(id=desk.round("setup")), {"version": "1", "contact": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", WRITES)
def test_a_stranger_office_finds_nothing(desk: Desk, client: Any, path: str) -> None:
    answer = desk.post(client, "elsewhere", path.format(id=desk.round("setup")), {"version": "1", "contact": "x"})
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/office", "/office/schemes", "/office/rounds/new", "/office/calendar", "/admin/authorities"])
def test_a_visitor_is_asked_to_sign_in(desk: Desk, client: Any, path: str) -> None:
    answer = desk.get(client, "", path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


class TestReading:
    def test_the_supervisor_sees_the_same_without_a_control(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("setup")
        for path in ("/office", "/office/schemes/anhui-province", "/office/calendar", f"/office/rounds/{public_id}/calendar"):
            page = desk.get(client, "supervisor", path)
            assert page.status_code == 200, path
            assert "Read-only inspection" in page.text
            main = page.text.split('id="main"')[1].split("</main>")[0]
            assert 'method="post"' not in main, path

    def test_rounds_of_another_authority_are_not_listed(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("apply")
        assert public_id in desk.get(client, "office", "/office").text
        assert public_id not in desk.get(client, "elsewhere", "/office").text
        assert desk.get(client, "elsewhere", f"/office/rounds/{public_id}/calendar").status_code == 404
        assert desk.get(client, "elsewhere", f"/office/rounds/{public_id}/scheme").status_code == 404

    def test_a_scheme_marks_every_assumed_value(self, desk: Desk, client: Any) -> None:
        for key, scheme in shipped_schemes().items():
            page = desk.get(client, "office", f"/office/schemes/{key}").text
            assert page.count('<span class="tag tag-warn">assumed</span>') == len(scheme.assumed)
            assert page.count('<td data-label="Value">') == len(scheme.sources)
        assert len(shipped_schemes()["anhui-province"].assumed) > 100

    def test_an_unknown_scheme_is_nothing(self, desk: Desk, client: Any) -> None:
        assert desk.get(client, "office", "/office/schemes/nowhere").status_code == 404

    def test_a_round_shows_the_scheme_it_was_frozen_with(self, desk: Desk, client: Any) -> None:
        page = desk.get(client, "office", f"/office/rounds/{desk.round('apply')}/scheme").text
        assert "frozen when the round was created" in page


class TestCalendar:
    def test_a_day_is_entered_and_taken_back(self, desk: Desk, client: Any) -> None:
        day = {"day": "2027-02-06", "kind": "holiday", "name": "春节"}
        assert desk.post(client, "office", "/office/calendar/2027/day", day).headers["location"] == "/office/calendar?year=2027"
        assert "春节" in desk.get(client, "supervisor", "/office/calendar?year=2027").text
        assert desk.post(client, "office", "/office/calendar/2027/day", {**day, "kind": "ordinary"}).status_code == 303
        with transaction(desk.engine) as session:
            assert session.scalars(select(CalendarDay)).all() == []

    def test_faults_are_shown(self, desk: Desk, client: Any) -> None:
        answer = desk.post(client, "office", "/office/calendar/2027/day", {"day": "6.2.", "kind": "holiday", "name": ""})
        assert answer.status_code == 422
        assert "Enter a day as year-month-day" in answer.text
        assert desk.post(client, "office", "/office/calendar/2027/announced", {"source": ""}).status_code == 422

    def test_an_unannounced_year_is_said(self, desk: Desk, client: Any) -> None:
        with transaction(desk.engine) as session:
            service.seed_calendar(session)
        assert "are not announced yet" in desk.get(client, "office", "/office/calendar?year=2027").text
        announced = desk.get(client, "office", "/office/calendar?year=2026").text
        assert "are announced. Source: the yearly notices of the General Office of the State Council" in announced
        assert "chinesecalendar" not in announced


class TestAuthorities:
    def test_the_system_administrator_enters_one(self, desk: Desk, client: Any) -> None:
        data = {"name_zh": "青江市人民政府", "name_en": "People's Government of Qingjiang", "zone": "Asia/Shanghai"}
        assert desk.post(client, "administrator", "/admin/authorities", data).status_code == 303
        assert "青江市人民政府" in desk.get(client, "administrator", "/admin/authorities").text
        answer = desk.post(client, "administrator", "/admin/authorities", {**data, "zone": "Mars"})
        assert answer.status_code == 422
        assert "There is no time zone Mars" in answer.text

    def test_the_system_administrator_corrects_one(self, desk: Desk, client: Any) -> None:
        with transaction(desk.engine) as session:
            found = session.get_one(Authority, desk.authority)
            url, zone = f"/admin/authorities/{found.public_id}", found.zone
        data = {"name_zh": "云川市人民政府（新）", "name_en": "Yunchuan", "division_code": "340300", "contact": "周敏 0552-3009999"}
        assert f'href="{url}"' in desk.get(client, "administrator", "/admin/authorities").text
        for _ in range(2):
            answer = desk.post(client, "administrator", url, data | {"zone": "Mars"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/admin/authorities?done=changed")
        assert "The authority is corrected." in desk.get(client, "administrator", "/admin/authorities?done=changed").text
        with transaction(desk.engine) as session:
            found = session.get_one(Authority, desk.authority)
            assert (found.name_zh, found.name_en, found.contact, found.zone) == (*list(data.values())[:2], data["contact"], zone)
            kept = records(session, Event.AUTHORITY_CHANGED)
        # The second time nothing changed, and nothing is recorded.
        assert [one["content"]["name_zh"] for one in kept] == ["云川市人民政府（新）"]
        wrong = desk.post(client, "administrator", url, {**data, "division_code": "34", "name_en": ""})
        assert (wrong.status_code, "云川市人民政府（新）" in wrong.text) == (422, True)
        wrong = desk.post(client, "administrator", url, {**data, "division_code": "3403"})
        assert (wrong.status_code, "A division code has six digits" in wrong.text) == (422, True)
        assert desk.get(client, "administrator", "/admin/authorities/222222222222").status_code == 404
        assert desk.post(client, "office", url, data).status_code == 403

    def test_the_system_administrator_renames_an_award(self, desk: Desk, client: Any) -> None:
        created(desk, client)
        with transaction(desk.engine) as session:
            award = session.scalars(select(Award)).one()
            url = f"/admin/authorities/{award.authority.public_id}/awards/{award.public_id}"
            session.add(Award(authority_id=award.authority_id, name_zh="另一奖", name_en="Another"))
        assert f'href="{url}"' in desk.get(client, "administrator", url.partition("/awards")[0]).text
        data = {"name_zh": "云川市政府质量奖", "name_en": "Yunchuan Quality Award"}
        for _ in range(2):
            assert desk.post(client, "administrator", url, data).headers["location"] == "/admin/authorities?done=renamed"
        with transaction(desk.engine) as session:
            assert [one["content"] for one in records(session, Event.AWARD_CHANGED)] == [data]
            assert "云川市政府质量奖" in [one.name_zh for one in session.scalars(select(Award))]
        taken = desk.post(client, "administrator", url, {**data, "name_zh": "另一奖"})
        assert (taken.status_code, "another award of this name" in taken.text) == (422, True)
        assert desk.post(client, "office", url, data).status_code == 403
        assert desk.get(client, "administrator", f"{url[:-12]}222222222222").status_code == 404

    @pytest.mark.parametrize("who", ["office", "supervisor", "applicant"])
    def test_nobody_else(self, desk: Desk, client: Any, who: str) -> None:
        assert desk.get(client, who, "/admin/authorities").status_code == 403
        assert desk.post(client, who, "/admin/authorities", {}).status_code == 403
