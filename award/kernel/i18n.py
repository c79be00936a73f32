"""Text for people in two languages: English msgids in templates and code, Chinese in catalogues/zh_CN/*.po."""

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.dates import get_month_names
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from award.kernel.settings import ROOT

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
CATALOGUES = ROOT / "catalogues"


def N_(text: str) -> str:  # noqa: N802 (the name gettext tools look for)
    """Marks an English msgid that is translated later, where the reader's language is known."""
    return text


class Translations(gettext.NullTranslations):
    """The catalogues of one language, merged; a msgid that is missing is shown in English."""

    def __init__(self, catalogue: Mapping[str, str | tuple[str, ...]]) -> None:
        super().__init__()
        self._catalogue = catalogue

    def gettext(self, message: str) -> str:
        """Plural messages are found by their singular."""
        found = self._catalogue.get(message)
        if isinstance(found, tuple):
            found = found[0]
        return found or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Chinese has one form; English picks by n."""
        found = self._catalogue.get(msgid1)
        if isinstance(found, tuple):
            found = found[-1]
        return found or (msgid1 if n == 1 else msgid2)


def read_catalogues() -> dict[str, str | tuple[str, ...]]:
    """All Chinese catalogues as msgid -> text (a tuple for plural messages)."""
    merged: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / "zh_CN").glob("*.po")):
        with path.open("rb") as file:
            catalogue: Catalog = read_po(file, locale="zh_CN")
        for message in catalogue:
            if not message.id or not message.string:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            merged[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return merged


@lru_cache
def translations(language: str) -> Translations:
    """language: "zh" or "en"."""
    return Translations({} if language == "en" else read_catalogues())


def translate(language: str, text: str, params: Mapping[str, object] | None = None) -> str:
    """A msgid in the reader's language with its {placeholders} filled; params may hold Text values."""
    template = translations(language).gettext(text)
    if not params:
        return template
    return template.format(**{key: spoken(language, value) for key, value in params.items()})


def spoken(language: str, value: object) -> object:
    """A param as the reader sees it: Text in his language, lists joined, days written out, moments left to the caller."""
    in_language = getattr(value, "in_language", None)
    if in_language is not None:
        return in_language(language)
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(str(spoken(language, one)) for one in value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_day(language, value)
    return value


def format_day(language: str, day: date) -> str:
    """8月28日 2026 as people write it: "2026年8月28日" or "28 August 2026"."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return babel_date(day, "d MMMM y", locale="en_GB")


def day_in(language: str, text: str) -> date:
    """The first day that `format_day` or `format_moment` wrote in a text. Raises ValueError where there is none."""
    if language == "zh":
        found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text)
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    elif found := re.search(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})", text):
        names = {name: month for month, name in get_month_names("wide", locale="en_GB").items()}
        if found[2] in names:
            return date(int(found[3]), names[found[2]], int(found[1]))
    raise ValueError("no day")


def format_days(language: str, first: date | None, last: date | None) -> str:
    """Days as short as a stage line needs them, without the year: "9月8日–9月25日", "8 Sep–25 Sep".

    A single day is told once, an open end stays open.
    """
    if first and first == last:
        return short_day(language, first)
    return "–".join("" if one is None else short_day(language, one) for one in (first, last)) if first or last else ""


def short_day(language: str, day: date) -> str:
    """A day without its year: "9月8日", "8 Sep"."""
    return f"{day.month}月{day.day}日" if language == "zh" else babel_date(day, "d MMM", locale="en_GB")


def format_moment(
    language: str, moment: datetime, zone: str, *, with_zone: bool = False, opening: bool = False, with_seconds: bool = False
) -> str:
    """A moment on the wall clock of a named zone. A deadline at 00:00 is shown as 24:00 of the day before.

    opening: something begins at this moment; 00:00 then stays what it is.

    Source: architecture.md, "a day alone means 24:00 local".
    """
    local = moment.astimezone(ZoneInfo(zone))
    # To the microsecond: what happened half a minute after a deadline must not look as if it had kept it.
    midnight = local.time() == time() and not opening
    day = local.date() - timedelta(1) if midnight else local.date()
    clock = "24:00" if midnight else local.strftime("%H:%M:%S" if with_seconds else "%H:%M")
    text = f"{format_day(language, day)} {clock}"
    if not with_zone:
        return text
    name = zone_name(language, zone)
    return f"{text}（{name}）" if language == "zh" else f"{text} ({name})"


def zone_name(language: str, zone: str) -> str:
    """The zone as people say it."""
    if zone == "Asia/Shanghai":
        return "北京时间" if language == "zh" else "Beijing time"
    return zone


def zone_title(language: str, zone: str) -> str:
    """The zone where it stands alone, with its distance from UTC where people would look for it."""
    if zone == "Asia/Shanghai":
        return "北京时间（UTC+8）" if language == "zh" else "China Standard Time (UTC+8)"
    return zone


def format_left(language: str, left: timedelta) -> str:
    """Time left in its two largest units, what is smaller cut off: "3 天 5 小时", "3 days 5 hours", "3 days"."""
    minutes = max(0, int(left.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "天", "day"), (hours, "小时", "hour"), (rest, "分钟", "minute")]
    largest = next((place for place, part in enumerate(parts) if part[0]), 2)
    shown = [part for part in parts[largest : largest + 2] if part[0]] or [parts[-1]]
    if language == "zh":
        return " ".join(f"{count} {zh}" for count, zh, _ in shown)
    return " ".join(f"{count} {en}{'' if count == 1 else 's'}" for count, _, en in shown)


@dataclass(frozen=True)
class Phrase:
    """A sentence that is said later, where the reader's language is known. text: English msgid; params fill it."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """language: "zh" or "en"."""
        return translate(language, self.text, self.params)
