"""Faults name their field in the words of its page, wherever they are shown."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.kernel.settings import ROOT
from award.kernel.web.labels import HIDDEN, Labels, label_of, named_fault, with_labels
from award.office.outcome_entry import Entry
from award.office.outcome_kinds import CONTENTS
from award.results.pages import notice, objecting
from tests.kernel.site import visit
from tests.visiting import only

READERS = {"text", "choice", "number", "day", "moment", "file", "files", "ticked", "fault", "one"}
CELLS = {"A1", "A2"}
"""Cells of a spreadsheet; they are called so."""
BY_CLASS = {
    (one.name, f"award/office/{module}.py")
    for content in CONTENTS.values()
    for one in [*fields(content), *fields(Entry)]  # type: ignore[arg-type]
    for module in ("outcome_entry", "outcome_kinds", "outcome_people", "pages/outcome_forms")
} | {("score", f"award/office/{module}.py") for module in ("outcome_entry", "outcome_kinds", "pages/outcome_forms")}
"""Forms of stages on paper: their page is drawn from the labels of their class, and no template names them."""
OF_THE_WHOLE = {"stale", "table", "format"}
"""Faults of a whole form: nobody types such a field."""
PAGE = """
<ul><li><a href="#f-day" data-fault>Fill this in.</a></li><li><a href="#f-kind" data-fault>Choose.</a></li>
<li><a href="#f-agree" data-fault>Tick.</a></li><li><a href="#f-grade-a" data-fault>Wrong.</a></li>
<li><a href="#f-all" data-fault>Too many.</a></li></ul>
<label for="f-day">First <b>day</b><span class="optional">(optional)</span></label><input id="f-day" name="day">
<fieldset><legend>Which kind?</legend><label><input type="radio" name="kind" id="f-kind" value="1"><span>One</span></label></fieldset>
<label class="choice"><input type="checkbox" name="agree" id="f-agree"><span>I agree</span></label>
<input name="grade-a" id="g" aria-label="Decision on A &amp; B"><section id="f-all"></section>
"""


@pytest.fixture
def browser(engine: Engine) -> Iterator[TestClient]:
    with visit(engine) as client:
        yield client


def test_the_summary_names_each_field_and_leads_to_it() -> None:
    shown = BeautifulSoup(with_labels(PAGE, "en"), "html.parser")
    assert [one.get_text() for one in shown.select("li")] == [
        "First day: Fill this in.", "Which kind? Choose.", "I agree: Tick.", "Decision on A & B: Wrong.", "Too many.",
    ]  # fmt: skip
    assert [one["href"] for one in shown.select("li a")] == ["#f-day", "#f-kind", "#f-agree", "#g", "#f-all"]
    assert only(BeautifulSoup(with_labels(PAGE, "zh"), "html.parser"), "li:first-of-type").get_text() == "First day：Fill this in."


@pytest.mark.parametrize(
    ("language", "label", "text", "said"),
    [
        ("zh", "职工人数", "“职工人数”请填写整数，例如 860。", "“职工人数”请填写整数，例如 860。"),
        ("en", "Employees", "Enter “Employees” as a whole number.", "Enter “Employees” as a whole number."),
        ("zh", "营业执照能否证明？", "请选择一项。", "营业执照能否证明？请选择一项。"),
        ("zh", "日期：", "请填写。", "日期：请填写。"),
        ("en", "", "Too many.", "Too many."),
    ],
)
def test_neither_name_nor_mark_is_said_twice(language: str, label: str, text: str, said: str) -> None:
    assert named_fault(language, label, text) == said


def test_a_field_that_is_not_on_the_page_is_named_but_not_linked() -> None:
    shown = with_labels('<li><a href="#f-first_day" data-fault>Fill this in.</a></li>', "zh")
    assert shown == "<li>公示期首日：<span>Fill this in.</span></li>"


def test_a_page_without_faults_stays_as_it_is() -> None:
    assert with_labels("<p>#f-day data-fault</p>", "zh") == "<p>#f-day data-fault</p>"


def test_hidden_fields_are_no_controls_of_a_page() -> None:
    labels = Labels()
    labels.feed('<input type="hidden" name="first_day" value="x">')
    assert not labels.found


def test_the_page_that_took_the_form_says_what_a_field_is_called() -> None:
    assert label_of("zh", "contact", notice.publish_notice) == "异议受理方式"
    assert label_of("zh", "contact", objecting.objection) == "联系方式"
    assert label_of("en", "document_number") == "Document number"
    assert label_of("zh", "no_such_field") == ""


def test_a_refusal_gives_back_what_was_typed_by_the_words_of_the_form(browser: TestClient) -> None:
    browser.cookies.set("lang", "zh")
    answer = browser.post("/logout", data={"document_number": "云质奖〔2026〕3号", "seen": "ab12", "csrf": "wrong"})
    assert answer.status_code == 403
    shown = BeautifulSoup(answer.text, "html.parser")
    assert [one.get_text() for one in shown.select(".panel h3")] == ["发文字号"]
    assert "云质奖〔2026〕3号" in shown.get_text()
    assert "ab12" not in shown.get_text()


def _read_names() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "award").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = _name_read(node)
            if name:
                yield name, str(Path(path).relative_to(ROOT))


def _name_read(node: ast.AST) -> str:
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return ""
    function, name = node.func, node.args[0].value
    if isinstance(function, ast.Name) and function.id == "FieldError":
        return str(name)
    is_reader = (
        isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.attr in READERS
    )
    return str(name) if is_reader and function.value.id in ("form", "Invalid") else ""  # type: ignore[attr-defined]


def test_every_field_that_can_be_refused_has_a_name_for_people() -> None:
    nameless = {
        (name, place)
        for name, place in _read_names()
        if name not in HIDDEN | CELLS | OF_THE_WHOLE and (name, place) not in BY_CLASS and not label_of("zh", name)
    }
    assert nameless == set()
