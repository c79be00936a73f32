"""Text for people: every msgid has one Chinese translation, with the same placeholders and the glossary's words."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from award.app import make_app
from award.kernel import db
from award.kernel.i18n import CATALOGUES
from award.kernel.settings import ROOT
from award.kernel.web.openapi import texts_of

KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
HAN = re.compile(r"[\u4e00-\u9fff]+")
TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
SAME_IN_BOTH = {"质", "中文"}
"""The sign in the header, and the name of the language one changes to."""
AVOIDED = {
    "质量大奖": "政府质量奖",
    "自评材料": "自评报告",
    "自评书": "自评报告",
    "企业简介": "组织概述",
    "一级指标": "类目",
    "二级指标": "评分条款",
    "优点": "优势",
    "缺点": "改进机会",
    "专家": "评审员",
    "打分": "评分",
    "初审": "材料评审",
    "现评": "现场评审",
    "专家委": "评审委员会",
    "误差": "离散度",
    "评语": "反馈",
    "确定": "a verb and its object",
    "亲": "您",
    "！": "。",
}
"""What the glossary of domain.md 5.2 and the rules of ux.md avoid, and the word to use."""


def key_of(found: str | tuple[str, ...]) -> str:
    return found if isinstance(found, str) else found[0]


@cache
def used() -> dict[str, str]:
    """msgid -> the first file it stands in."""
    places: dict[str, str] = {}
    sources = [("python", path) for path in sorted((ROOT / "award").rglob("*.py"))]
    sources += [("jinja2.ext:babel_extract", path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    sources += [("jinja2.ext:babel_extract", path) for path in sorted((ROOT / "templates").rglob("*.txt"))]
    for method, path in sources:
        with path.open("rb") as file:
            for _, msgid, _, _ in extract(method, file, keywords=KEYWORDS, options={"silent": "false"}):
                places.setdefault(key_of(msgid), str(path.relative_to(ROOT)))
    # Docstrings become the API's descriptions; they stand in no call.
    with TemporaryDirectory() as aside:
        engine = db.make_engine(f"sqlite:///{aside}/award.sqlite3")
        for text in texts_of(make_app(engine)):
            places.setdefault(text, "the description of the API")
        engine.dispose()
    return places


@cache
def translated() -> list[tuple[Path, Message]]:
    found = []
    for path in sorted((CATALOGUES / "zh_CN").glob("*.po")):
        with path.open("rb") as file:
            found += [(path, message) for message in read_po(file, locale="zh_CN", abort_invalid=True) if message.id]
    return found


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def all_forms() -> Iterator[tuple[str, str, str]]:
    """File, msgid, Chinese."""
    for path, message in translated():
        for form in forms(message):
            yield path.name, key_of(message.id), form


def test_everything_is_translated() -> None:
    known = {msgid for _, msgid, text in all_forms() if text}
    missing = [f"{place}: {msgid}" for msgid, place in used().items() if msgid not in known]
    assert not missing, "\n".join(sorted(missing))


def test_nothing_is_translated_in_vain() -> None:
    unused = [f"{name}: {msgid}" for name, msgid, _ in all_forms() if msgid not in used()]
    assert not unused, "\n".join(unused)


def test_no_translation_is_fuzzy() -> None:
    assert [(path.name, message.id) for path, message in translated() if message.fuzzy] == []


def test_one_msgid_has_one_translation() -> None:
    seen: dict[str, tuple[str, list[str]]] = {}
    differing = []
    for path, message in translated():
        name, first = seen.setdefault(key_of(message.id), (path.name, forms(message)))
        if first != forms(message):
            differing.append((key_of(message.id), name, path.name))
    assert differing == []


def test_placeholders_are_the_same() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"\{(\w*)[^}]*\}", text))

    differing = []
    for path, message in translated():
        wanted = names("".join(message.id if isinstance(message.id, tuple) else [message.id]))
        differing += [(path.name, form) for form in forms(message) if names(form) != wanted]
    assert differing == []


@pytest.mark.parametrize("avoided", AVOIDED)
def test_words_of_the_glossary(avoided: str) -> None:
    assert [(name, text) for name, _, text in all_forms() if avoided in text] == []


def test_no_chinese_in_templates() -> None:
    """All of it stands in the catalogues; printed papers have their own two languages."""
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "print" not in path.parts]
    words = {path: set(HAN.findall(TEMPLATE_COMMENT.sub("", path.read_text()))) - SAME_IN_BOTH for path in pages}
    assert {str(path.relative_to(ROOT)): found for path, found in words.items() if found} == {}
