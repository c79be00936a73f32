"""Figures as people type them: what is read, what is refused with its label, and where the page stays."""

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from award.applications import queries
from award.applications.facts import HEADINGS, Fact, facts_of, fault_of, plain_value, shown_value
from award.kernel import db
from tests.applications.browsing import Visitor
from tests.applications.world import World


def fact(key: str) -> Fact:
    return next(one for one in facts_of(2026, "organisation") if one.key == key)


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("revenue_2025", "1,234,567.89", "1234567.89"),
        ("revenue_2025", "１，２３４，５６７．８９", "1234567.89"),
        ("revenue_2025", " 12850.5 ", "12850.5"),
        ("profit_2025", "-1,320.50", "-1320.50"),
        ("profit_2025", "－３２０", "-320"),
        ("profit_2025", "−320", "-320"),
        ("tax_2025", "0", "0"),
        ("staff", "1,860", "1860"),
        ("staff", "８６０", "860"),
        ("excellence_since", "２０１６", "2016"),
        ("contact_email", "a@example.cn", "a@example.cn"),
        ("industry_code", "ｃ3670", "C3670"),
        ("products", "１，２３４", "１，２３４"),
    ],
)
def test_a_value_is_read_as_people_write_it(key: str, typed: str, kept: str) -> None:
    assert plain_value(fact(key), typed) == kept
    assert fault_of(fact(key), typed) == ""


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("tax_2025", "-1"),
        ("revenue_2025", "-12850.50"),
        ("revenue_2025", "约一亿"),
        ("revenue_2025", "12,34"),
        ("revenue_2025", "1,2345"),
        ("revenue_2025", "10.123"),
        ("revenue_2025", "10²"),
        ("revenue_2025", "٣٤"),
        ("staff", "-3"),
        ("staff", "八百"),
        ("excellence_since", "16"),
        ("contact_email", "x@y"),
        ("products", "长" * 2001),
    ],
)
def test_what_cannot_be_read_or_cannot_be_is_refused_and_stays_as_typed(key: str, typed: str) -> None:
    assert "{label}" in fault_of(fact(key), typed)
    assert plain_value(fact(key), typed) == typed


@pytest.fixture
def owner(client: TestClient, world: World) -> Visitor:
    return Visitor(client, world.cookies["owner"])


def profile_of(world: World) -> dict[str, str]:
    with db.reading(world.engine) as session:
        return world.found(session).profile


def test_saving_goes_on_only_with_figures_that_can_be_read(owner: Visitor, world: World) -> None:
    path = f"/apply/{world.application}/profile"
    wrong = {"version": "1", "staff": "许多", "tax_2025": "-5", "revenue_2025": "1,234,567.89", "act": "next"}
    answer = owner.post(path, wrong)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert [one["href"] for one in page.select(".summary a")] == ["#f-staff", "#f-tax_2025"]
    assert "Number of staff" in page.select(".summary a")[0].text
    assert "Tax paid 2025" in page.select(".summary a")[1].text
    assert page.find("input", id="f-staff")["value"] == "许多"  # type: ignore[index]
    assert profile_of(world) == {"staff": "许多", "tax_2025": "-5", "revenue_2025": "1234567.89"}
    assert page.find("input", attrs={"name": "version"})["value"] == "2"  # type: ignore[index]
    right = owner.post(path, {"version": "2", "staff": "860", "tax_2025": "5", "act": "next"})
    assert (right.status_code, right.headers["location"]) == (
        303,
        f"/apply/{world.application}/items/profile.environment",
    )


def test_fields_left_empty_keep_nobody_from_going_on(owner: Visitor, world: World) -> None:
    assert (
        owner.post(f"/apply/{world.application}/profile", {"version": "1", "staff": "", "act": "next"}).status_code
        == 303
    )


def test_every_fact_that_is_too_long_is_named_at_once(owner: Visitor, world: World) -> None:
    long = {"products": "长" * 2001, "industry_name": "长" * 2001}
    answer = owner.post(f"/apply/{world.application}/profile", {"version": "1", **long, "act": "save"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert [one["href"] for one in page.select(".summary a")] == ["#f-industry_name", "#f-products"]
    assert profile_of(world) == {}


def test_a_text_over_its_limit_is_kept_but_not_complete(owner: Visitor, world: World) -> None:
    path = f"/apply/{world.application}/items/4.1.2"
    answer = owner.post(path, {"version": "0", "text": "长" * 5003, "is_done": "yes", "act": "next"})
    assert answer.status_code == 422
    assert "Remove 3." in BeautifulSoup(answer.text, "html.parser").select(".summary a")[0].text
    with db.reading(world.engine) as session:
        kept = queries.answers_of(session, world.found(session))["4.1.2"]
        assert (len(kept.text), kept.is_complete) == (5003, False)
    owner.put(path, {"text": "长" * 5000, "is_done": "yes"}, '"1"')
    owner.put(path, {"text": "长" * 5001, "is_done": "yes"}, '"2"')
    with db.reading(world.engine) as session:
        assert queries.answers_of(session, world.found(session))["4.1.2"].is_complete is False


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("revenue_2025", "12850.50", "12,850.50"), ("staff", "1200", "1,200"), ("staff", "860", "860"), ("staff", "", ""),
        ("profit_2025", "-32000", "-32,000"), ("profit_2025", "-0.50", "-0.50"), ("revenue_2025", "约一亿", "约一亿"),
        # Digits that are no amount stay as they are.
        ("contact_phone", "055112345678", "055112345678"), ("excellence_since", "1998", "1998"),
    ],
)  # fmt: skip
def test_amounts_are_shown_with_thousands_separators(key: str, value: str, shown: str) -> None:
    assert shown_value(fact(key), value) == shown


@pytest.mark.parametrize(
    ("category", "first"),
    [("organisation", ["legal_representative"]), ("individual", ["nominee", "nominee_post"]), ("team", ["nominee", "nominee_leader"])],
)
def test_who_enters_somebody_else_than_the_organisation_names_him_first(category: str, first: list[str]) -> None:
    asked = list(facts_of(2026, category))
    assert [one.key for one in asked][: len(first)] == first
    assert {one.key for one in asked} - set(first) == {one.key for one in facts_of(2026, "organisation")} - set(first)
    assert all(fault_of(one, "") for one in asked[: len(first)])


def test_only_an_organisation_that_enters_itself_must_say_since_when_it_has_a_model() -> None:
    """Neither 皖政〔2018〕21号 nor 晋政发〔2021〕31号 asks that of the employer of an individual."""
    asked = {category: next(one for one in facts_of(2026, category) if one.key == "excellence_since") for category in HEADINGS}
    assert {category for category, one in asked.items() if fault_of(one, "")} == {"organisation"}


@pytest.mark.parametrize(("name", "fits"), [("名" * 40, True), ("名" * 41, False)])
def test_a_name_has_room_on_a_certificate(name: str, fits: bool) -> None:
    nominee = next(iter(facts_of(2026, "individual")))
    assert (fault_of(nominee, name) == "") is fits
