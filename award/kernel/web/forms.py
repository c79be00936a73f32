"""What a page took: text as typed, faults collected field by field, nothing lost when the page is shown again."""

import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_

FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}
LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
CONTROLS, TURNS = r"\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f", r"\u202a-\u202e\u2066-\u2069"
"""Ranges as regular expressions write them, here and in the description of the API."""
CONTROL = re.compile(f"[{CONTROLS}\ud800-\udfff]")
"""Characters that are no text: what is left of them once tabs and line breaks are taken out, and halves of a character."""
TURNING = re.compile(f"[{TURNS}]")
UNSEEN = re.compile("[\u200b\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff]")
"""Characters that hide in a text or turn its order round: zero-width space, bidirectional controls, noncharacters."""
UNKEPT = N_("After “{before}” stands a character that nobody sees and that cannot be kept. Delete it, or type that place anew.")
UNKEPT_AT_FIRST = N_("This begins with a character that nobody sees and that cannot be kept. Delete it, or type it anew.")
UNKEPT_SECRET = N_("This holds a character that nobody sees and that cannot be kept. Type it anew.")
NO_BUTTON = N_("This page has no such button. Load it again and use one of its buttons; nothing was saved.")
YEARS = range(1900, 2200)
"""Years that can be meant; what lies outside is a slip, and cannot always be told in UTC."""


class SubmittedForm:
    """A form as it came. Readers note faults in `errors` and go on; `check` raises them all at once."""

    def __init__(self, data: FormData) -> None:
        self.data = data
        self.errors: list[FieldError] = []

    def get(self, name: str, default: str = "") -> str:
        """The raw text, for showing the form again."""
        value = self.data.get(name, default)
        return value if isinstance(value, str) else default

    def all(self, name: str) -> list[str]:
        """Every value of a repeated field."""
        return [value for value in self.data.getlist(name) if isinstance(value, str)]

    def names(self) -> list[str]:
        """The names of all fields that came."""
        return list(self.data)

    def fault(self, name: str, text: str, **params: object) -> None:
        """Notes a fault."""
        self.errors.append(FieldError(name, text, params))

    def text(self, name: str, *, required: bool = True, longest: int = 200, lines: bool = False) -> str:
        """Trimmed NFC text without control characters. lines: line breaks are kept, as \\n."""
        value = clean_text(self.get(name), lines=lines)
        if required and not value:
            self.fault(name, N_("Fill this in."))
        if len(value) > longest:
            self.fault(
                name, N_("At most {longest} characters; you have {count}. Remove {over}."),
                longest=longest, count=len(value), over=len(value) - longest,
            )  # fmt: skip
        return value

    def choice(self, name: str, options: Sequence[str], *, required: bool = True) -> str:
        """One of the options."""
        value = self.get(name)
        if value not in options and (required or value):
            self.fault(name, N_("Choose one of the options."))
            return ""
        return value

    def act(self, *known: str) -> str:
        """What the button said, "" where none did; "take:x" is a known act where "take:" is. Raises Invalid for another act."""
        value = self.get("act")
        if value and value not in known and "".join(value.partition(":")[:2]) not in known:
            raise Invalid.one("act", NO_BUTTON)
        return value

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number in ASCII digits; full-width ones, as Chinese input methods write them, are taken too."""
        # Not NFKC: it would read 10² as 102.
        value = self.get(name).strip().translate(FULL_WIDTH)
        if not (value.isascii() and value.isdigit() and len(value) <= 12 and low <= int(value) <= high):
            self.fault(name, N_("Enter a whole number from {low} to {high}."), low=low, high=high)
            return low
        return int(value)

    def version(self) -> int:
        """The hidden version of the thing that was edited."""
        return self.number("version", 0, 10**9)

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.get(name))

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day as YYYY-MM-DD."""
        value = self.get(name).strip()
        if not value and not required:
            return None
        try:
            return _day(value)
        except ValueError:
            self.fault(name, N_("Enter a day as year-month-day, for example 2026-08-28."))
            return None

    def end_of_day(self, name: str, zone: str) -> datetime | None:
        """24:00 of a day in a named zone, where no time is asked for."""
        day = self.day(name)
        return None if day is None else _moment(day.isoformat(), ZoneInfo(zone))

    def moment(self, name: str, zone: str, *, required: bool = True) -> datetime | None:
        """A wall-clock moment YYYY-MM-DDTHH:MM in a named zone; a day alone means 24:00 of it, and so does 24:00."""
        value = self.get(name).strip()
        if not value and not required:
            return None
        try:
            return _moment(value, ZoneInfo(zone))
        except ValueError:
            self.fault(name, N_("Enter a day and time, for example 2026-08-28 18:00."))
            return None

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file, or None where none was chosen."""
        value = self.data.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def files(self, name: str) -> list[UploadFile]:
        """All files of a field that takes several."""
        return [value for value in self.data.getlist(name) if isinstance(value, UploadFile) and value.filename]

    def check(self) -> None:
        """Raises Invalid with every fault noted."""
        if self.errors:
            raise Invalid(self.errors)


def _day(value: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError
    day = date.fromisoformat(value)
    if day.year not in YEARS:
        raise ValueError
    return day


def _moment(value: str, zone: ZoneInfo) -> datetime:
    day, clock = _day(value[:10]), value[11:]
    if not value[10:] or (value[10] in "T " and clock in ("24:00", "24:00:00")):
        midnight = day + timedelta(1)
        return datetime(midnight.year, midnight.month, midnight.day, tzinfo=zone)
    if value[10] not in "T " or not re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", clock, re.ASCII):
        raise ValueError
    return datetime.combine(day, time.fromisoformat(clock), zone)


def clean_text(value: str, *, lines: bool = False) -> str:
    """NFC, trimmed, control and unseen characters removed; with lines, every kind of line break becomes \\n."""
    value = UNSEEN.sub("", LINE_BREAKS.sub("\n", value))
    keep = "\n\t" if lines else ""
    if not lines:
        value = value.replace("\n", " ").replace("\t", " ")
    return unicodedata.normalize("NFC", "".join(c for c in value if c in keep or not _is_control(c))).strip()


def _is_control(character: str) -> bool:
    # Not Cn as a whole: rare characters of names are younger than the tables Python brings.
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) & 0xFFFE == 0xFFFE


def unkept(name: str, value: str, *, is_program: bool = False) -> FieldError | None:
    """The fault of a text that holds a control character (or half of one), else None: what cannot be kept is told, not dropped.

    is_program: marks that turn the order of a text round are a fault too; people paste them without knowing.
    """
    found = CONTROL.search(value) or (TURNING.search(value) if is_program else None)
    if found is None:
        return None
    if "password" in name:
        return FieldError(name, UNKEPT_SECRET)
    before = value[max(0, found.start() - 12) : found.start()].strip()
    return FieldError(name, UNKEPT, {"before": before}) if before else FieldError(name, UNKEPT_AT_FIRST)


async def read_form(request: Request) -> AsyncIterator[SubmittedForm]:
    """The request's form; Starlette keeps it, so reading it twice costs nothing. Its files are closed at the end.

    Raises Invalid for a control character in any field.
    """
    data = await request.form()
    try:
        faults = [unkept(name, value) for name, value in data.multi_items() if isinstance(value, str)]
        if found := [one for one in faults if one is not None]:
            raise Invalid(found)
        yield SubmittedForm(data)
    finally:
        await data.close()


Form = Annotated[SubmittedForm, Depends(read_form)]
