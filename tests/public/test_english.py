"""The public pages in English: names as they were published in English, and what exists in Chinese only is marked so."""

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import Engine, select

from award.applications.models import NOMINEE
from award.kernel.audit.trail import transaction
from award.kernel.web.rendering import CHINESE
from award.results.pages.notices import _choices
from award.results.published import Published
from award.winners.models import Certificate
from tests import make
from tests.conftest import StandingClock
from tests.public.test_pages import enter, here, in_english, url_of
from tests.results.acts import approve, publish
from tests.results.judged import World
from tests.winners.test_certificates import issue

NAMED, PERSON, UNNAMED = "制造一", "制造二", "制造三"
ENGLISH = "Yunchuan First Works"
__all__ = ["here"]


@pytest.fixture
def out(here: World, engine: Engine, clock: StandingClock) -> World:
    """Published; one of the winners has an English name, and one is a person whose organisation has one."""
    with transaction(engine) as session:
        for name in (NAMED, PERSON):
            here.application(session, name).organisation.name_en = ENGLISH
        person = here.application(session, PERSON)
        person.profile = {**person.profile, NOMINEE: "钱伟"}
    approve(here)
    publish(here)
    enter(here, "publish")
    issue(here)
    return here


def page(client: Any, url: str, language: str = "en") -> Tag:
    client.cookies.set("lang", language)
    found = BeautifulSoup(client.get(url).text, "html.parser").main
    assert found is not None
    return found


@pytest.mark.parametrize("url", ["/", "/winners", "result"])
def test_a_winner_is_called_by_its_english_name_over_the_chinese_one(out: World, client: Any, url: str) -> None:
    url = url_of(out, "result") if url == "result" else url
    named = [one for one in page(client, url).select("th, .winners a") if ENGLISH in one.get_text()]
    assert len(named) == 1  # not the person who works there
    second = named[0].select_one("[lang=zh-CN]")
    assert second is not None
    assert second.get_text() == NAMED
    assert ENGLISH not in page(client, url, "zh").get_text()


@pytest.mark.parametrize("url", ["/", "/notices", "/winners", "/policy", "/help", "call", "notice", "result", "certificate"])
def test_what_is_chinese_on_an_english_page_is_marked_as_chinese(out: World, client: Any, engine: Engine, url: str) -> None:
    with transaction(engine) as session:
        code = session.scalars(select(Certificate.code).where(Certificate.holder == UNNAMED)).one()
    named = {
        "call": f"/calls/{out.round}", "notice": url_of(out), "result": url_of(out, "result"), "certificate": f"/v/{code}",
    }  # fmt: skip
    found = in_english(client, named.get(url, url))
    document = BeautifulSoup(found.text, "html.parser")
    for one in document.select("[lang=zh-CN], option, script, style, [aria-hidden=true]"):
        one.decompose()
    assert document.body is not None
    left = [text for text in document.body.stripped_strings if CHINESE.search(text)]
    assert left == []


def test_a_certificate_says_in_english_what_the_paper_says_in_chinese(out: World, client: Any, engine: Engine) -> None:
    with transaction(engine) as session:
        codes = {one.holder: one.code for one in session.scalars(select(Certificate))}
    facts = page(client, f"/v/{codes[NAMED]}").select("dd")
    assert [one.get_text() for one in facts[:4]] == [
        f"{ENGLISH} {NAMED}", "6th Yunchuan Mayor's Quality Award 第六届云川市市长质量奖", "云质奖〔2026〕第 01 号",
        "People's Government of Yunchuan 云川市人民政府",
    ]  # fmt: skip
    assert page(client, f"/v/{codes[UNNAMED]}").select("dd")[0].get_text() == UNNAMED
    chinese = page(client, f"/v/{codes[NAMED]}", "zh").select("dd")
    assert [one.get_text() for one in chinese[:2]] == [NAMED, "第六届云川市市长质量奖"]


def test_a_certificate_is_not_said_in_english_that_says_something_else_today(out: World, client: Any, engine: Engine) -> None:
    """The organisation and the award are called otherwise since: the paper is as it was."""
    with transaction(engine) as session:
        certificate = session.scalars(select(Certificate).where(Certificate.holder == NAMED)).one()
        certificate.application.organisation.name = "云川新厂"
        out.found(session).award.name_zh = "云川质量奖"
        code = certificate.code
    assert [one.get_text() for one in page(client, f"/v/{code}").select("dd")[:2]] == [NAMED, "第六届云川市市长质量奖"]


def test_what_was_published_before_there_were_english_names_is_shown_as_it_is(here: World, client: Any, engine: Engine) -> None:
    """What is published is never changed; a name entered later does not stand in it."""
    with transaction(engine) as session:
        here.application(session, NAMED).organisation.name_en = ENGLISH
    table = page(client, url_of(here)).select_one("table")
    assert table is not None
    assert NAMED in table.get_text()
    assert ENGLISH not in table.get_text()


def test_an_objection_is_about_somebody_by_both_names() -> None:
    winners = [{"application": "a", "name": NAMED, "name_en": ENGLISH}, {"application": "b", "name": UNNAMED}]
    notice = Published("x", 1, "notice", 1, make.NOW, {"groups": [{"winners": winners}]})
    assert _choices(notice, "en") == [("a", f"{ENGLISH} · {NAMED}"), ("b", UNNAMED)]
    assert _choices(notice, "zh") == [("a", NAMED), ("b", UNNAMED)]
