"""The API is described in both languages, each without a leftover of the other; what is for programs is the same in both."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from tests.api.asking import API
from tests.conftest import StandingClock
from tests.visiting import only

HAN = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]+(?:[ ,;]+[a-z][a-z’']+){2,}")
"""Three English words in a row, which names of fields, headers and formats never are."""
CODE = re.compile(r"`[^`]*`|\b(?:state|kind)[：:][^。.]*[。.]")
"""What is written for programs inside a sentence: quoted names, and the values a field takes."""
FOR_PEOPLE = ("description", "summary", "title", "detail")


@pytest.fixture(autouse=True)
def _now(clock: StandingClock) -> None:
    """A clock that stands."""


def described(api: TestClient, language: str) -> dict[str, Any]:
    answer = api.get(f"{API}/openapi.json", headers={"accept-language": language})
    assert answer.headers["vary"] == "accept-language"
    found: dict[str, Any] = answer.json()
    return found


def texts(part: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Place and text of everything that is written for people; examples are data but for the sentence of a problem."""
    if isinstance(part, list):
        for at, one in enumerate(part):
            yield from texts(one, f"{place}/{at}")
    if isinstance(part, dict):
        for key, one in part.items():
            if key in FOR_PEOPLE and isinstance(one, str):
                yield f"{place}/{key}", one
            elif key == "example" and isinstance(one, dict) and "detail" in one:
                yield f"{place}/detail", one["detail"]
            elif key not in ("example", "examples"):
                yield from texts(one, f"{place}/{key}")


def test_every_text_is_there_in_both_languages(api: TestClient) -> None:
    english, chinese = (dict(texts(described(api, language))) for language in ("en", "zh"))
    assert set(english) == set(chinese)
    assert len(set(english.values())) > 120
    assert [place for place, text in english.items() if HAN.search(text)] == []
    assert [place for place, text in chinese.items() if not HAN.search(text)] == []
    left = {place: found[0] for place, text in chinese.items() if (found := SENTENCE.search(CODE.sub("", text)))}
    assert left == {}


def test_what_is_for_programs_is_the_same(api: TestClient) -> None:
    def bare(part: Any) -> Any:
        if isinstance(part, list):
            return [bare(one) for one in part]
        if isinstance(part, dict):
            return {key: bare(one) for key, one in part.items() if key not in FOR_PEOPLE or not isinstance(one, str)}
        return part

    assert bare(described(api, "en")) == bare(described(api, "zh"))


def test_each_language_has_its_own_tag(api: TestClient) -> None:
    tags = {api.get(f"{API}/openapi.json", headers={"accept-language": one}).headers["etag"] for one in ("en", "zh", "zh-CN,en;q=0.5")}
    assert len(tags) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_has_no_word_of_the_other_language(api: TestClient, language: str) -> None:
    page = only(BeautifulSoup(api.get("/api", headers={"accept-language": language}).text, "html.parser"), "main")
    operations = page.select("table tbody tr")
    assert len(operations) == len(list(routes(described(api, language))))
    for code in page.select("code"):
        code.decompose()
    said = [text.strip() for text in page.stripped_strings]
    if language == "en":
        assert [one for one in said if HAN.search(one)] == []
    else:
        assert [one for one in said if SENTENCE.search(one)] == []
        about = [one.get_text() for one in page.select("td small")]
        assert [one for one in about if not (HAN.search(one) or re.fullmatch(r"[\d ]+", one))] == []


def routes(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, methods in document["paths"].items():
        for method in methods:
            yield path, method
