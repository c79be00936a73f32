"""Links upward lead to a file there is, and never round in a circle."""

from dataclasses import replace

import pytest

from award.regulations.faults import Report
from award.regulations.loader import shipped_schemes
from award.regulations.reader import read
from award.regulations.upward import check_upward, links_of

COUNTY, CITY = "datong-county", "datong-city"


def codes(name: str, links: dict[str, frozenset[str]]) -> list[str]:
    report = Report()
    check_upward(shipped_schemes()[name], name, links, report)
    return [fault.code for fault in report.faults]


def test_a_way_up_is_sound() -> None:
    assert codes(COUNTY, {COUNTY: frozenset({CITY}), CITY: frozenset()}) == []


def test_a_way_that_leads_back_is_refused() -> None:
    state = {COUNTY: frozenset({CITY}), CITY: frozenset({"above"}), "above": frozenset({COUNTY})}
    assert codes(COUNTY, state) == ["upward_circle"]


def test_a_circle_further_up_is_not_the_fault_of_who_stands_below() -> None:
    state = {COUNTY: frozenset({CITY}), CITY: frozenset({"above"}), "above": frozenset({CITY})}
    assert codes(COUNTY, state) == []


def test_nobody_is_above_himself() -> None:
    scheme = shipped_schemes()[COUNTY]
    report = Report()
    upward = (replace(scheme.upward[0], scheme=COUNTY),)
    check_upward(replace(scheme, upward=upward), COUNTY, {COUNTY: frozenset({COUNTY})}, report)
    assert [fault.code for fault in report.faults] == ["upward_circle"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("upward: [{scheme: a}, {scheme: none}, {scheme: b}]", {"a", "b"}),
        ("upward: []", set()),
        ("upward: {scheme: a}", set()),
        ("upward: [a, {scheme: [a]}]", set()),
        ("- upward", set()),
    ],
)
def test_links_are_read_from_any_text(text: str, found: set[str]) -> None:
    assert links_of(read(text, Report())) == found
