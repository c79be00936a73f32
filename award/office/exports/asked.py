"""What an export is asked for: by whom, of which place, narrowed how."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from award.kernel.actor import Actor
from award.kernel.i18n import spoken, translate
from award.kernel.sheets.tables import Table
from award.words import WORDS


@dataclass(frozen=True)
class Asked:
    """filters: as the address of the list's page has them; what a list does not know is not looked at."""

    session: Session
    actor: Actor
    language: str
    now: datetime
    filters: Mapping[str, str]

    def get(self, name: str) -> str:
        """A filter, "" where it is open."""
        return self.filters.get(name, "")

    def say(self, text: str) -> str:
        """A msgid in the reader's language."""
        return translate(self.language, text)

    def tell(self, value: object) -> str:
        """A Text in the reader's language; "" for None."""
        return "" if value is None else str(spoken(self.language, value))

    def word(self, kind: str, code: str) -> str:
        """The word of a state."""
        return translate(self.language, WORDS[kind][code][0])


@dataclass(frozen=True)
class Answer:
    """A list as it was asked for. place: what its file is named after. round_id: public id of the round in whose trail it
    is recorded, "" outside of any.
    """

    table: Table
    place: str
    round_id: str = ""


@dataclass(frozen=True)
class Export:
    """A list that can be had as a table. title: msgid. filters: names of its page's filters. url: of the page.
    door: "office" or "admin".

    make raises what the page would: NotFound, Refused.
    """

    key: str
    title: str
    filters: tuple[str, ...]
    url: Callable[[Mapping[str, str]], str]
    make: Callable[[Asked], Answer]
    door: str = "office"


PORTION = 1000
"""Rows read at a time."""


def streamed(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
    """The rows of a query, portion by portion; asked for when the first one is taken."""
    with session.execute(query.execution_options(yield_per=PORTION)) as found:
        yield from found


def points_of(hundredths: int | None) -> Decimal | None:
    """Hundredths of a point as a number, exactly."""
    return None if hundredths is None else Decimal(hundredths) / 100
