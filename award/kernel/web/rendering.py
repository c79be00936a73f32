"""Templates: one environment that escapes everything, and what every template is given."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from award.kernel import clock, i18n
from award.kernel.errors import Invalid
from award.kernel.settings import ROOT
from award.kernel.web import csrf
from award.kernel.web.context import current_actor
from award.kernel.web.labels import with_labels

STATIC = Path(__file__).parent / "static"
DEFAULT_ZONE = "Asia/Shanghai"
T = TypeVar("T")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef〔〕"
CHINESE = re.compile(f"[{_HAN}](?:[{_HAN}\\d ·]*[{_HAN}])?")
"""What is written in Chinese: characters and their punctuation, with the numbers among them."""
JOINS = re.compile("[与·]")
TELEPHONE = re.compile(r"(?<!\d)\d{3,4}-\d{7,8}(?!\d)")


@lru_cache
def static_url(path: str) -> str:
    """The address of a static file with its content's hash, so that it can be cached for ever."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


@pass_context
def _gettext(context: Context, text: str, **params: object) -> str:
    return i18n.translate(context["lang"], text, params)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int, **params: object) -> str:
    text = i18n.translations(context["lang"]).ngettext(one, many, count)
    return text.format(**{"n": count, "count": count, **params})


@pass_context
def _spoken(context: Context, value: object) -> object:
    return i18n.spoken(context["lang"], value)


@pass_context
def _gap(context: Context) -> str:
    """Between two sentences that stand apart in the template: a space, but not in Chinese."""
    return "" if context["lang"] == "zh" else " "


@pass_context
def _zone(context: Context, zone: str) -> str:
    return i18n.zone_title(context["lang"], zone)


@pass_context
def _chinese(context: Context, value: object) -> object:
    """Text that may be Chinese whatever the page is: on an English page it is marked so, for whoever hears it read."""
    if context["lang"] == "zh":
        return value
    return Markup(CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', str(escape(value))))  # noqa: S704  escaped


def _unbroken(value: object) -> Markup:
    """Text in which a telephone number stays on one line: browsers break it after its hyphen."""
    return Markup(TELEPHONE.sub(r'<span class="nowrap">\g<0></span>', str(escape(value))))  # noqa: S704  escaped


def _in_words(value: object) -> Markup:
    """A short name that can break where its words meet; kept together otherwise, it would break inside a Chinese word."""
    return Markup(JOINS.sub(r"\g<0><wbr>", str(escape(value))))  # noqa: S704  escaped


@lru_cache
def environment() -> Environment:
    """The one template environment of pages. Undefined names are errors; everything is escaped."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext, gap=_gap, static=static_url)
    env.filters["spoken"] = _spoken
    env.filters["zone"] = _zone
    env.filters["chinese"] = _chinese
    env.filters["unbroken"] = _unbroken
    env.filters["in_words"] = _in_words
    return env


def add_globals(**names: Any) -> None:
    """What the application as a whole gives to every template (words of states, menus)."""
    environment().globals.update(names)


def base_context(request: Request, session: Session | None) -> dict[str, Any]:
    """What every template is given."""
    actor = current_actor(request)
    language = request.state.language
    now = clock.now(session) if session else clock.real_now()
    ahead = clock.offset(session) if session else None
    return {
        "request": request,
        "actor": actor,
        "lang": language,
        "csrf_token": csrf.token_of(request),
        "large_text": request.cookies.get("size") == "l",
        "shared_computer": request.cookies.get("shared") == "1",
        "now": now,
        "demo_banner": None if ahead is None else {"now": now, "offset": ahead},
        "format_datetime": lambda moment, zone=DEFAULT_ZONE, with_zone=False, opening=False: i18n.format_moment(
            language, moment, zone, with_zone=with_zone, opening=opening
        ),
        "format_date": partial(i18n.format_day, language),
        "format_left": partial(i18n.format_left, language),
        "messages": [],
        "nav": [],
        "errors": [],
    }


def render_text(request: Request, session: Session | None, template: str, context: Mapping[str, Any]) -> str:
    """A template with its context as text."""
    page = environment().get_template(template).render({**base_context(request, session), **context})
    return with_labels(page, request.state.language)


def render(
    request: Request, session: Session | None, template: str, *, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """A page, in the reader's language."""
    return HTMLResponse(render_text(request, session, template, context), status_code)


def render_invalid(request: Request, session: Session, template: str, error: Invalid, **context: Any) -> HTMLResponse:
    """The page once more, with what was typed and what is wrong with it; nothing of the act stays done."""
    session.rollback()
    language = request.state.language
    shown = [{"field": one.field, "text": i18n.translate(language, one.text, one.params)} for one in error.errors]
    return render(request, session, template, status_code=422, **{**context, "errors": shown})


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. number starts at 1."""

    rows: list[T]
    number: int
    size: int
    total: int
    link: Callable[[int], str] = field(repr=False)

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """Number of the first row shown, 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        """Number of the last row shown."""
        return min(self.number * self.size, self.total)
