"""The style sheet of elements: shorter than WeasyPrint's own, the papers the same to the byte."""

import re

import pytest
from weasyprint import HTML

from award.press import engine, paper
from tests.golden import samples

INLINE = {"span"}
DRAWN = {"svg"}


def test_it_knows_every_element_of_our_templates() -> None:
    folder = engine.TEMPLATES / "print"
    used = {tag for path in folder.glob("*.html") for tag in re.findall(r"<([a-z]+[0-9]?)[ >]", path.read_text("utf-8"))}
    sheet = re.sub(r"/\*.*?\*/", "", (folder / "elements.css").read_text("utf-8"), flags=re.DOTALL)
    known = {tag for selectors in re.findall(r"([^{}]+)\{", sheet) for tag in re.findall(r"[a-z]+[0-9]?", selectors)}
    assert used - known == INLINE
    assert known >= DRAWN


def test_lists_have_no_marks_of_their_own() -> None:
    """Which is why nothing is said of markers."""
    styles = "".join(path.read_text("utf-8") for path in (engine.TEMPLATES / "print").glob("*.css"))
    assert set(re.findall(r"list-style[a-z-]*: *([a-z-]+)", styles)) == {"none"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_is_the_same_with_the_whole_sheet(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = engine.render("feedback_report", samples.feedback_report(language=language))
    monkeypatch.setattr(paper, "_Page", HTML)
    assert engine.render("feedback_report", samples.feedback_report(language=language)) == ours


def test_a_certificate_and_a_notice_are_the_same_with_the_whole_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = (
        engine.render("certificate", samples.certificate(draft=True)), engine.render("notice", samples.notice()),
    )  # fmt: skip
    monkeypatch.setattr(paper, "_Page", HTML)
    assert engine.render("certificate", samples.certificate(draft=True)) == ours[0]
    assert engine.render("notice", samples.notice()) == ours[1]
