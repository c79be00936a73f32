"""The sheets of a round that were given back: how often to each judge, by whom, why, and what changed after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from award.accounts.models import Person
from award.applications.facts import NOMINEE
from award.applications.models import SHARING, Application, entrant_of
from award.applications.queries import is_barred
from award.judging.models import Sheet, SheetReturn, SheetVersion
from award.kernel.actor import Action, Actor
from award.organisations.models import Organisation
from award.policy import decide
from award.rounds.models import Round
from award.rounds.queries import stage_now, standing_in
from award.standing.models import Assignment


@dataclass(frozen=True)
class Change:
    """Totals in hundredths of a point: of the version that was returned, and of the one that came in its place."""

    before: int
    after: int


@dataclass(frozen=True)
class Return:
    """One sheet given back once. sheet, application: public ids. version: the one that was returned. by: office or leader.

    is_in_again: another version has been submitted since. change: None while the reader may not see values, and of a sheet
    that does not count.
    """

    judge: str
    sheet: str
    application: str
    entrant: str
    number: str | None
    version: int
    returned_at: datetime
    by: str
    returner: str
    reason: str
    is_in_again: bool
    change: Change | None


_RETURNER, _BEFORE, _AFTER = aliased(Person), aliased(SheetVersion), aliased(SheetVersion)
_RETURNS = (
    select(
        SheetReturn, Person, Sheet.public_id, Application.public_id, Application.profile[NOMINEE].as_string(), Organisation.name,
        Application.number, _RETURNER.name, Application.gate_opened_at.is_not(None),
        Application.state.in_(SHARING) & (Assignment.state == "active") & (Sheet.state == "submitted"),
        _BEFORE.total_hundredths, _AFTER.total_hundredths,
    )
    .join(Sheet, Sheet.id == SheetReturn.sheet_id)
    .join(Assignment, Assignment.id == Sheet.assignment_id)
    .join(Application, Application.id == Sheet.application_id)
    .join(Organisation, Organisation.id == Application.organisation_id)
    .join(Person, Person.id == Sheet.person_id)
    .join(_RETURNER, _RETURNER.id == SheetReturn.person_id)
    .join(_BEFORE, (_BEFORE.sheet_id == Sheet.id) & (_BEFORE.number == SheetReturn.number))
    .outerjoin(_AFTER, (_AFTER.sheet_id == Sheet.id) & (_AFTER.number == SheetReturn.number + 1))
    .order_by(Person.name, Person.id, SheetReturn.returned_at, Sheet.id)
)  # fmt: skip


def returns_in(session: Session, actor: Actor, round_: Round, now: datetime) -> dict[int, list[Return]]:
    """Every return of a round by its judge (inner number of the person), the oldest first; whoever has most comes first.

    Without applications the actor has a conflict with. What changed is told of each application to whom its sheets are open
    at that moment. now: UTC. Source: security.md T5.
    """
    stage, standing = stage_now(round_, now), standing_in(actor, round_)
    may_see = {
        is_open: decide(Action.SHEETS_READ, stage, replace(standing, gate_open=is_open)).allowed for is_open in (False, True)
    }
    found: dict[int, list[Return]] = {}
    for one, judge, sheet, application, nominee, name, number, returner, is_open, counts, before, after in session.execute(
        _RETURNS.where(Sheet.round_id == round_.id, ~is_barred(actor))
    ):
        is_shown = may_see[is_open] and counts and after is not None
        found.setdefault(judge.id, []).append(Return(
            judge.name, sheet, application, entrant_of(nominee, name), number, one.number, one.returned_at, one.returned_by,
            returner, one.reason, after is not None, Change(before, after) if is_shown else None,
        ))  # fmt: skip
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def sheets_in(returns: Sequence[Return]) -> int:
    """How many different sheets were given back."""
    return len({one.sheet for one in returns})


def count_of(returns: Mapping[int, Sequence[Return]]) -> int:
    """How many returns there were in all."""
    return sum(len(one) for one in returns.values())
