"""What is asked of every page: no axe finding at two widths, one first heading, nothing too wide, a quiet console, one language."""

import re
from collections.abc import Iterator
from functools import cache

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from award.kernel.i18n import read_catalogues

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1440, 820)
NARROW = 320
PLACEHOLDER = re.compile(r"\\\{\w+\\\}|%\\\(\w+\\\)s")
SPOKEN = ("aria-label", "title", "placeholder", "alt")
"""Attributes that people hear or see."""


def faults_of(page: Page) -> Iterator[str]:
    """What axe and the eye find; the page is left narrow."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
        for one in found["violations"]:
            yield f"{width}: {one['id']}: {'; '.join(node['html'][:160] for node in one['nodes'][:3])}"
    page.set_viewport_size({"width": NARROW, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROW:
        yield f"{NARROW}: {wide} wide: {page.evaluate(WIDEST)}"


WIDEST = """() => Array.from(document.body.querySelectorAll('*')).filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && !Array.from(e.children).some(c => c.getBoundingClientRect().right > innerWidth + 1))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


def faults_of_text(html: str, language: str) -> Iterator[str]:
    """Headings, title, language, and words of the other language where our own catalogue says them."""
    page = BeautifulSoup(html, "html.parser")
    headings = [one.get_text(" ", strip=True) for one in page.find_all("h1")]
    if len(headings) != 1 or not headings[0]:
        yield f"first headings: {headings}"
    if page.title is None or not page.title.get_text(strip=True):
        yield "no title"
    html_tag = page.find("html")
    expected = {"zh": "zh-CN", "en": "en"}[language]
    if html_tag is None or html_tag.get("lang") != expected:
        yield f"lang is not {expected}"
    for text in texts_of(page):
        if is_foreign(text, language):
            yield f"not in {language}: {text[:80]}"


def texts_of(page: BeautifulSoup) -> set[str]:
    """Everything a reader of the page is told, spaces joined, but what is marked as being in another language."""
    for one in page(["script", "style", "template"]):
        one.decompose()
    for one in page.select("body [lang], .lang-link, a[hreflang]"):
        one.decompose()
    found = {" ".join(str(one).split()) for one in page.find_all(string=True)}
    for name in SPOKEN:
        found |= {" ".join(str(one[name]).split()) for one in page.select(f"[{name}]")}
    return {one for one in found if one}


@cache
def sentences() -> dict[str, tuple[set[str], list[re.Pattern[str]]]]:
    """By language: what the catalogue says in the other one, plain and with something filled in."""
    wrong: dict[str, tuple[set[str], list[re.Pattern[str]]]] = {"zh": (set(), []), "en": (set(), [])}
    for msgid, found in read_catalogues().items():
        text = found if isinstance(found, str) else found[0]
        if text == msgid:
            continue
        for language, foreign in (("zh", msgid), ("en", text)):
            plain, patterns = wrong[language]
            if not re.search(r"[A-Za-z]{2}" if language == "zh" else r"[\u4e00-\u9fff]", foreign):
                continue
            if "{" in foreign or "%(" in foreign:
                patterns.extend(_pattern(foreign, language))
            elif len(foreign) > 1:
                plain.add(" ".join(foreign.split()))
    return wrong


def _pattern(foreign: str, language: str) -> Iterator[re.Pattern[str]]:
    """The sentence with anything filled in; one of nearly nothing but fillings would fit every text."""
    said = re.sub(r"\{\w+\}|%\(\w+\)s", "", foreign)
    letters = re.findall(r"[A-Za-z]{3,}" if language == "zh" else r"[\u4e00-\u9fff]", said)
    if len(letters) >= (2 if language == "zh" else 4):
        yield re.compile(PLACEHOLDER.sub(".+", re.escape(" ".join(foreign.split()))))


def is_foreign(text: str, language: str) -> bool:
    """Whether a text is a sentence of ours in the other language."""
    plain, patterns = sentences()[language]
    return text in plain or any(one.fullmatch(text) for one in patterns)
