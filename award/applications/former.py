"""What an applicant has won before, as the published results of this award tell it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.regulations.model import Text
from award.rounds.models import Round, Snapshot
from award.rounds.queries import stage_of_kind, title_of
from award.stages import Kind

WON = ("awarded", "revoked")
"""States of an application whose name was published among the winners; a revocation came after that."""


@dataclass(frozen=True)
class Won:
    """An award of an earlier round. published_on: on the authority's clock; is_barring: within the years of the scheme.

    certificate_number, certificate_code: "" where no certificate was issued.
    """

    round_title: Text
    grade: Text
    published_on: date
    certificate_number: str
    certificate_code: str
    is_revoked: bool
    is_barring: bool


def won_before(session: Session, application: Application) -> list[Won]:
    """What whoever is entered has won in other rounds of the award, newest first; nothing where the scheme asks for no years.

    Found by the credit code of the organisation, and by the name of the individual or team where one is entered.
    """
    years = application.round.scheme.eligibility.reapply_bar_years
    if not years:
        return []
    since = _years_before(_opening_day(application), years)
    return [
        Won(
            title_of(one.round), Text(**grade), day, one.certificate_number or "", one.certificate_code or "",
            is_revoked=one.state == "revoked", is_barring=day > since,
        )
        for one, grade, day in _published(session, application)
    ]  # fmt: skip


def _published(session: Session, application: Application) -> Iterator[tuple[Application, dict[str, str], date]]:
    """Each with the grade it was first published in and the day. A grade: {"zh": ..., "en": ...}."""
    query = (
        select(Application, Snapshot)
        .join(Round, Round.id == Application.round_id)
        .join(Snapshot, (Snapshot.round_id == Round.id) & (Snapshot.kind == "result") & (Snapshot.number == 1))
        .where(
            Round.award_id == application.round.award_id, Round.id != application.round_id,
            Application.organisation_id == application.organisation_id, Application.state.in_(WON),
        )
        .order_by(Snapshot.published_at.desc())
    )  # fmt: skip
    for one, result in session.execute(query):
        for group in json.loads(result.content)["groups"]:
            named = any(winner["application"] == one.public_id for winner in group["winners"])
            if named and one.entrant == application.entrant:
                yield one, group["grade_name"], application.round.award.authority.day_of(result.published_at)


def _opening_day(application: Application) -> date:
    """The day the years count back from: that on which applications opened."""
    round_ = application.round
    stage = stage_of_kind(round_, Kind.APPLY)
    return round_.award.authority.day_of((stage and stage.opens_at) or application.started_at)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28)
