"""What can come in as a table, each by its feature's plan and act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award.applications.service import importing as applications
from award.kernel.actor import Actor
from award.kernel.i18n import N_
from award.kernel.sheets.importing import Field, Line, Plan
from award.organisations import importing as organisations
from award.panels.service import importing as judges
from award.regulations.model import Scheme
from award.rounds.models import Authority, Round
from award.rounds.service import holidays


@dataclass(frozen=True)
class Place:
    """What a table is for: an authority, or one round of it."""

    authority: Authority
    round: Round | None = None

    @property
    def public_id(self) -> str:
        """Of the round, or else of the authority."""
        return self.authority.public_id if self.round is None else self.round.public_id

    @property
    def its_round(self) -> Round:
        """The round. Raises RuntimeError for an authority's table."""
        if self.round is None:
            raise RuntimeError("a table of a round needs its round")
        return self.round


Planned = Callable[[Session, Actor, Place, Sequence[Line]], Plan]
Applied = Callable[[Session, Actor, Place, Sequence[Line], datetime], Plan]


@dataclass(frozen=True)
class Importer:
    """A kind of table. title, about: msgids. most: lines. back: address of the list; after: what importing entails, a msgid.

    plan changes nothing; apply does all of it or raises. of_round: the columns as the scheme of a round has them, where
    the table is of a round and not of an authority; back then begins at the round.
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
    of_round: Callable[[Scheme], Sequence[Field]] | None = None


IMPORTERS: Mapping[str, Importer] = {
    one.key: one
    for one in (
        Importer(
            "judges", N_("Judges"), N_("Every row is one judge of the pool."),
            N_("New judges are written to and set their password themselves."),
            judges.FIELDS, 2000, "/office/judges",
            lambda session, actor, place, lines: judges.plan_import(session, actor, place.authority, lines),
            lambda session, actor, place, lines, now: judges.apply_import(session, actor, place.authority, lines, now),
        ),
        Importer(
            "organisations", N_("Organisations"), N_("Every row is one organisation of the register."),
            N_("Who acts for an organisation still shows its licence first."),
            organisations.FIELDS, 20_000, "/office/organisations",
            lambda session, actor, place, lines: organisations.plan_import(session, actor, place.authority, lines),
            lambda session, actor, place, lines, now: organisations.apply_import(session, actor, place.authority, lines, now),
        ),
        Importer(
            "workdays", N_("Working days"), N_("Every row is one day that differs from Monday to Friday."),
            N_("Afterwards, mark the year as announced in the calendar."),
            holidays.FIELDS, 1000, "/office/calendar",
            lambda session, actor, _, lines: holidays.plan_import(session, actor, lines),
            lambda session, actor, _, lines, __: holidays.apply_import(session, actor, lines),
        ),
        Importer(
            "applications", N_("Applications on paper"),
            N_("Every row is one application that came to the office on paper. It becomes a draft of its organisation."),
            N_("Whoever acts for the organisation completes each draft and submits it before the deadline. "
               "Contacts with a mail address are written to."),
            (), 2000, "/applications",
            lambda session, actor, place, lines: applications.plan_import(session, actor, place.its_round, lines),
            lambda session, actor, place, lines, now: applications.apply_import(session, actor, place.its_round, lines, now),
            applications.fields_of,
        ),
    )
}  # fmt: skip
