"""What a page took: text as typed, faults collected field by field, nothing lost when the page is shown again."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_


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

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number in ASCII digits after NFKC."""
        value = unicodedata.normalize("NFKC", self.get(name)).strip()
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
            return date.fromisoformat(value)
        except ValueError:
            self.fault(name, N_("Enter a day as year-month-day, for example 2026-08-28."))
            return None

    def moment(self, name: str, zone: str, *, required: bool = True) -> datetime | None:
        """A wall-clock moment YYYY-MM-DDTHH:MM in a named zone; a day alone means 24:00 of it."""
        value = self.get(name).strip()
        if not value and not required:
            return None
        try:
            if len(value) == 10:
                midnight = date.fromisoformat(value) + timedelta(1)
                return datetime(midnight.year, midnight.month, midnight.day, tzinfo=ZoneInfo(zone))
            return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone))
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


def clean_text(value: str, *, lines: bool = False) -> str:
    """NFC, trimmed, control characters removed; with lines, every kind of line break becomes \\n."""
    value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    keep = "\n\t" if lines else ""
    if not lines:
        value = value.replace("\n", " ").replace("\t", " ")
    return "".join(c for c in value if c in keep or unicodedata.category(c) not in ("Cc", "Cs", "Cn")).strip()


async def read_form(request: Request) -> SubmittedForm:
    """The request's form; Starlette keeps it, so reading it twice costs nothing."""
    return SubmittedForm(await request.form())


Form = Annotated[SubmittedForm, Depends(read_form)]
