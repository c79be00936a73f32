"""A message as plain text: templates/mail/<message>/subject.txt and body.txt, in the receiver's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from award.kernel import i18n
from award.kernel.settings import ROOT

TEMPLATES = ROOT / "templates" / "mail"


@dataclass(frozen=True)
class Letter:
    """What a receiver reads. subject: one line."""

    subject: str
    body: str


@pass_context
def _gettext(context: Context, text: str, **params: object) -> str:
    return i18n.translate(context["lang"], text, params)


@lru_cache
def environment(templates: Path = TEMPLATES) -> Environment:
    """The templates of messages. They are plain text, so nothing is escaped; what fills them is never a template."""
    env = Environment(
        loader=FileSystemLoader(templates),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(_=_gettext)
    return env


def write(
    template: str, context: Mapping[str, Any], language: str, *, link: str | None = None, templates: Path = TEMPLATES
) -> Letter:
    """Fills a message. Line breaks in what fills the subject become spaces.

    Raises jinja2.TemplateNotFound, and jinja2.UndefinedError when the context lacks a name.
    """
    env = environment(templates)
    given = {**context, "lang": language, "link": link, "format_date": partial(i18n.format_day, language)}
    subject = " ".join(env.get_template(f"{template}/subject.txt").render(given).split())
    body = env.get_template(f"{template}/body.txt").render(given).strip()
    return Letter(subject, f"{body}\n")
