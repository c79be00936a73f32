"""Once the public notice is out, its period is its own: the stage is given another end only where a corrected notice needs it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict
from award.kernel.i18n import translate
from award.office import redating
from award.office.redating import confirm_change, why_lost
from award.rounds.models import DateChange, StageExtension
from award.rounds.queries import stage_of
from tests import make
from tests.applications.browsing import Visitor
from tests.conftest import StandingClock
from tests.office.dating import extended
from tests.results.acts import amend, confirm_amendment, correct_notice, decide, propose, put_on_notice, uphold
from tests.results.judged import World, build
from tests.results.test_deciding import ENTRIES
from tests.visiting import words

LATER = make.NOW + timedelta(40)
# The notice of Monday 2 March 2026 holds five working days from Tuesday on: it closes at 24:00 of Monday the 9th.
TOLD = "The public notice is out: objections are taken until 9 March 2026 24:00"
FORM = {"closes_at": "2026-04-30", "closes_at.time": "24:00", "reason": "台风停工"}


@pytest.fixture
def world(any_engine: Engine) -> World:
    """Decided, not yet on notice, on both databases."""
    return decided(any_engine)


def decided(engine: Engine) -> World:
    world = build(engine, ENTRIES)
    propose(world)
    decide(world)
    return world


def proposed(world: World) -> str:
    with transaction(world.engine) as session:
        change = extended(session, world.actors["office"], world.found(session), LATER)
        assert isinstance(change, DateChange)
        return change.public_id


def confirm(world: World, public_id: str) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session)
        confirm_change(session, world.actors["second"], round_, redating.change_in(session, round_, public_id), make.NOW)


def test_the_end_of_the_stage_stays_once_the_notice_is_out(world: World) -> None:
    put_on_notice(world)
    with transaction(world.engine) as session:
        before = stage_of(world.found(session)).closes_at
    with pytest.raises(Conflict) as refusal:
        proposed(world)
    assert refusal.value.code == "dates.notice_out"
    assert translate("en", refusal.value.text, refusal.value.params).startswith(TOLD)
    with transaction(world.engine) as session:
        assert stage_of(world.found(session)).closes_at == before
        assert list(session.scalars(select(DateChange))) == []


def test_what_was_proposed_before_the_notice_is_not_confirmed_after_it(world: World) -> None:
    waiting = proposed(world)
    put_on_notice(world)
    with transaction(world.engine) as session:
        round_ = world.found(session)
        why = why_lost(session, round_, redating.change_in(session, round_, waiting), make.NOW)
        assert why is not None
        assert TOLD in translate("en", why.text, why.params)
    with pytest.raises(Conflict) as refusal:
        confirm(world, waiting)
    assert refusal.value.code == "dates.lost"
    with transaction(world.engine) as session:
        assert list(session.scalars(select(StageExtension))) == []


def test_before_the_notice_the_stage_can_be_given_a_later_end(world: World) -> None:
    """Nothing is said of the days of a notice: which they are depends on the day it is published."""
    waiting = proposed(world)
    with transaction(world.engine) as session:
        round_ = world.found(session)
        move = redating.outlook_then(session, round_, redating.change_in(session, round_, waiting), make.NOW).moves[0]
        assert [one.text for one in move.notes] == ["Decided here"]
    confirm(world, waiting)
    with transaction(world.engine) as session:
        assert stage_of(world.found(session)).closes_at == LATER


def test_a_correction_that_leaves_a_seat_vacant_needs_no_later_end(world: World) -> None:
    put_on_notice(world)
    confirm_amendment(world, amend(world, [uphold(world, "制造二")], {"制造二": ""}))
    with pytest.raises(Conflict) as refusal:
        proposed(world)
    assert refusal.value.code == "dates.notice_out"


def test_a_correction_that_names_somebody_newly_can_be_given_its_days(world: World) -> None:
    put_on_notice(world)
    made = amend(world, [uphold(world, "制造二")], {"制造二": "", "制造四": "award"})
    with pytest.raises(Conflict):
        proposed(world)
    confirm_amendment(world, made)
    first_day = make.NOW.date() + timedelta(28)
    with pytest.raises(Conflict) as refusal:
        correct_notice(world, first_day=first_day)
    assert refusal.value.code == "notice.stage_too_short"
    confirm(world, proposed(world))
    assert correct_notice(world, first_day=first_day)
    with transaction(world.engine) as session:
        assert redating.why_fixed(session, world.found(session)) is not None


def test_the_stages_page_says_so_instead_of_offering_it(engine: Engine, clock: StandingClock, client: Any) -> None:
    here = decided(engine)
    office, path = Visitor(client, here.cookies["office"]), f"/office/rounds/{here.round}"
    assert "Show what moves" in words(office.get(f"{path}/stages"))
    put_on_notice(here)
    page = words(office.get(f"{path}/stages"))
    assert TOLD in page
    assert "Show what moves" not in page
    answer = office.post(f"{path}/extension", FORM)
    assert (answer.status_code, TOLD in words(answer)) == (409, True)


def test_the_office_is_told_the_end_the_notice_has(engine: Engine, clock: StandingClock, client: Any) -> None:
    """Until the notice is out, the planned end of the stage, on 1 April 2026."""
    here = decided(engine)
    office, path = Visitor(client, here.cookies["office"]), f"/office/rounds/{here.round}"

    places = {path: ".stat-alert", f"{path}/stages": ".panel-head .muted", "/office": "td[data-label=Ends]"}

    def told() -> list[str]:
        found = [office.page(page).select(place)[0] for page, place in places.items()]
        row = next(one for one in office.page(f"{path}/reminders").select("tbody tr") if "Public notice ends" in one.text)
        return [" ".join(one.text.split()) for one in (*found, row.select("td[data-label=Deadline]")[0])]

    assert ["1 April" in said for said in told()] == [True] * 4, told()
    put_on_notice(here)
    assert ["9 March 2026 24:00" in said for said in told()] == [True] * 4, told()
    here.stage("approve")
    strip = {one.select(".stage-name")[0].text: one.select(".stage-when")[0].text for one in office.page(path).select(".stage")}
    assert strip["Public notice"].endswith("9 Mar"), strip
    row = next(one for one in office.page(f"{path}/reminders").select("tbody tr") if "Public notice ends" in one.text)
    assert "9 March 2026 24:00" in row.text
