"""Until when the public notice runs, as the public is told: as planned before it is out, as it says itself from then on."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine

from award.kernel.audit.trail import transaction
from award.rounds.service import extend_stage
from tests import make
from tests.conftest import StandingClock
from tests.public.test_pages import call_out, enter, in_english, states_of
from tests.results.acts import to_notice
from tests.results.judged import World
from tests.visiting import words


@pytest.fixture
def called(engine: Engine, clock: StandingClock) -> World:
    """No notice is out yet; its stage is planned to 1 April 2026."""
    return call_out(engine)


def test_the_front_page_shows_the_stage_by_the_call(called: World, client: Any) -> None:
    shown = words(in_english(client, "/"))
    assert "Public notice until 1 April 2026" in shown
    assert "Objections are taken" not in words(in_english(client, f"/calls/{called.round}"))


def test_once_the_notice_is_out_it_ends_as_it_says_itself(called: World, client: Any, clock: StandingClock) -> None:
    """Published on 2 March 2026 for five working days: it runs from Tuesday the 3rd to Monday the 9th."""
    to_notice(called)
    told = "9 March 2026 24:00"
    assert f"Public notice until {told}" in words(in_english(client, "/"))
    assert "公示截至 2026年3月9日 24:00" in words(client.get("/", headers={"cookie": "lang=zh"}))
    assert BeautifulSoup(in_english(client, "/").text, "html.parser").select(".stage[aria-current] .stage-when")[0].text == "1 Mar–9 Mar"
    page = in_english(client, f"/calls/{called.round}")
    assert f"Objections are taken until {told}" in words(page)
    lines = BeautifulSoup(page.text, "html.parser").select("tbody tr")
    rows = [[cell.get_text(strip=True) for cell in line.find_all(["th", "td"])] for line in lines]
    assert next(row for row in rows if row[0] == "Public notice")[2].startswith(told)
    clock.forward(days=8)
    assert "Public notice until" not in words(in_english(client, "/"))
    assert states_of(client)["Public notice"] == "Finished"
    over = words(in_english(client, f"/calls/{called.round}"))
    assert f"The public notice ran until {told} (Beijing time); no objections are taken any more." in over
    assert "Objections are taken" not in over


def test_no_day_to_come_is_told_of_a_stage_that_has_ended(called: World, client: Any, clock: StandingClock) -> None:
    """Everything was entered on 2 March 2026, the publication too; the approval was planned for April."""

    def days() -> dict[str, str]:
        page = BeautifulSoup(in_english(client, "/").text, "html.parser")
        return {one.select(".stage-name")[0].text: one.select(".stage-when")[0].text for one in page.select(".stage")}

    assert days()["Approval"] == "1 Apr–2 May"
    enter(called, "publish")
    assert days()["Approval"] == "2 Mar"
    assert days()["Publication"].startswith("2 Mar–")
    assert states_of(client)["Approval"] == "Finished"
    rows = BeautifulSoup(in_english(client, f"/calls/{called.round}").text, "html.parser").select("tbody tr")
    told = next(one.text for one in rows if "Approval" in one.text)
    assert told.count("2 March 2026") == 2


def test_an_extension_is_published_with_its_reason(called: World, client: Any, clock: StandingClock) -> None:
    def lines() -> list[list[str]]:
        found = BeautifulSoup(in_english(client, "/notices?kind=call").text, "html.parser").select(".notices a")
        return [list(one.stripped_strings) for one in found]

    before = lines()
    clock.forward(days=1)
    with transaction(called.engine) as session:
        round_ = called.found(session)
        end = make.NOW + timedelta(60)
        extend_stage(session, called.actors["office"], round_, end, "台风停工", clock.now)
    told = ["Extension", "Public notice extended: 6th Yunchuan Mayor's Quality Award (2026)", "3 March 2026"]
    assert lines() == [told, *before], "the call keeps its name and its day"
    assert "第六届云川市市长质量奖（2026）公示延期通知" in client.get("/", headers={"cookie": "lang=zh"}).text
    assert "Reason: 台风停工" in words(in_english(client, f"/calls/{called.round}"))
    to_notice(called)
    assert "Extension" not in [line[0] for line in lines()], "the notice says its own days"
