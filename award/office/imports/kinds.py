"""What can come in as a table, each by its feature's plan and act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award.kernel.actor import Actor
from award.kernel.i18n import N_
from award.kernel.sheets.importing import Field, Line, Plan
from award.organisations import importing as organisations
from award.panels.service import importing as judges
from award.rounds.models import Authority
from award.rounds.service import holidays

Planned = Callable[[Session, Actor, Authority, Sequence[Line]], Plan]
Applied = Callable[[Session, Actor, Authority, Sequence[Line], datetime], Plan]


@dataclass(frozen=True)
class Importer:
    """A kind of table. title, about: msgids. most: lines. back: address of the list; after: what importing entails, a msgid.

    plan changes nothing; apply does all of it or raises.
    """

    key: str
    title: str
    about: str
    after: str
    fields: Sequence[Field]
    most: int
    back: str
    plan: Planned
    apply: Applied


def _plan_days(session: Session, actor: Actor, _: Authority, lines: Sequence[Line]) -> Plan:
    return holidays.plan_import(session, actor, lines)


def _apply_days(session: Session, actor: Actor, _: Authority, lines: Sequence[Line], __: datetime) -> Plan:
    return holidays.apply_import(session, actor, lines)


IMPORTERS: Mapping[str, Importer] = {
    one.key: one
    for one in (
        Importer(
            "judges", N_("Judges"), N_("Every row is one judge of the pool."),
            N_("New judges are written to and set their password themselves."),
            judges.FIELDS, 2000, "/office/judges", judges.plan_import, judges.apply_import,
        ),
        Importer(
            "organisations", N_("Organisations"), N_("Every row is one organisation of the register."),
            N_("Who acts for an organisation still shows its licence first."),
            organisations.FIELDS, 20_000, "/office/claims", organisations.plan_import, organisations.apply_import,
        ),
        Importer(
            "workdays", N_("Working days"), N_("Every row is one day that differs from Monday to Friday."),
            N_("Afterwards, mark the year as announced in the calendar."),
            holidays.FIELDS, 1000, "/office/calendar", _plan_days, _apply_days,
        ),
    )
}  # fmt: skip
