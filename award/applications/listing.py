"""The office's list of applications: a few statements, however many there are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from award.applications.facts import NOMINEE
from award.applications.models import LEAVES_OUT, Application, PaperOutcome, entrant_of
from award.applications.queries import LEFT_OUT_IN, STANDS, STAYS_BEHIND, is_barred, is_own, with_round
from award.kernel.actor import Action, Actor
from award.organisations.models import Organisation
from award.policy import decide
from award.rounds.models import Round
from award.rounds.queries import rounds_of, stage_now, standing_in

_NOMINEE = Application.profile[NOMINEE].as_string()


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; "" leaves a field open. search: part of a name, the credit code or the number.

    state: as the list shows it: one of those a stage on paper left out is "left_out" and no longer "accepted".
    """

    search: str = ""
    state: str = ""
    sector: str = ""
    category: str = ""


@dataclass(frozen=True)
class Listed:
    """One line of the list. name: the organisation, or the individual or team it enters.

    state: how it stands, "left_out" where a stage held on paper did not let it go on; left_out_in: the kind of that stage.
    """

    public_id: str
    number: str | None
    name: str
    credit_code: str
    category: str
    sector: str
    state: str
    submitted_at: datetime | None
    correction_due_at: datetime | None
    left_out_in: str | None


@dataclass(frozen=True)
class Listing:
    """One page of the list. states: how many applications of the round are in each state, drafts too. total: that match."""

    rows: list[Listed]
    states: dict[str, int]
    total: int


def list_for_office(
    session: Session, actor: Actor, round_: Round, filters: Filters, *, page: int = 1, size: int = 25
) -> Listing:
    """A page of the submitted applications of a round, the last handed in first. Drafts are counted, never listed.

    What the actor must not touch is neither listed nor counted. Whether he may list at all is asked before.
    """
    clear = and_(Application.round_id == round_.id, ~is_barred(actor))
    states, submitted = _counts(session, clear)
    matching = and_(clear, _matching(filters))
    if filters.search or filters.sector or filters.category:
        total = session.scalar(select(func.count(Application.id)).join(Organisation).where(matching)) or 0
    else:
        total = sum(count for state, count in submitted.items() if filters.state in ("", state))
    found = session.execute(
        select(
            Application.public_id, Application.number, _NOMINEE, Organisation.name, Organisation.credit_code,
            Application.category, Application.sector, STANDS, Application.submitted_at, Application.correction_due_at,
            LEFT_OUT_IN,
        )
        .join(Organisation)
        .where(matching)
        .order_by(Application.submitted_at.desc(), Application.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )  # fmt: skip
    rows = [Listed(id_, number, entrant_of(nominee, name), *rest) for id_, number, nominee, name, *rest in found]
    return Listing(rows, states, total)


def _counts(session: Session, clear: ColumnElement[bool]) -> tuple[dict[str, int], dict[str, int]]:
    """How many stand in each state as the list shows it, and how many of them are handed in.

    An index has the states; those a stage on paper left out, the few, are looked up and moved.
    """
    left_out = (
        select(literal(1), Application.state, func.count(Application.id.distinct()), literal(0))
        .join(PaperOutcome, PaperOutcome.application_id == Application.id)
        .where(clear, LEAVES_OUT, Application.state.in_(STAYS_BEHIND))
        .group_by(Application.state)
    )
    every = select(literal(0), Application.state, func.count(), func.count(Application.submitted_at)).where(clear)
    states, submitted = Counter[str](), Counter[str]()
    for moves, state, count, handed_in in session.execute(union_all(every.group_by(Application.state), left_out)):
        if moves:
            states.update({state: -count, "left_out": count})
            submitted.update({state: -count, "left_out": count})
        else:
            states[state] += count
            submitted[state] += handed_in
    return dict(+states), dict(+submitted)


def _matching(filters: Filters) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [Application.submitted_at.is_not(None)]
    if filters.search:
        text = filters.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        columns = (Organisation.name, Organisation.credit_code, Application.number, _NOMINEE)
        wanted.append(or_(*(column.ilike(f"%{text}%", escape="\\") for column in columns)))
    for column, value in (
        (STANDS, filters.state), (Application.sector, filters.sector), (Application.category, filters.category)
    ):  # fmt: skip
        if value:
            wanted.append(column == value)
    return and_(*wanted)


def visible_applications(
    session: Session, actor: Actor, now: datetime, *, round_id: str | None, state: str | None, category: str | None,
    after: str, limit: int,
) -> list[Application]:  # fmt: skip
    """The applications the actor works on for their applicants, and those handed in to rounds whose list is his to read.

    In the order of their ids, which tells nothing; after: the id before the first one. A conflict beats every grant.
    """
    listed = [
        one.id for one in rounds_of(session, actor)
        if decide(Action.APPLICATION_LIST, stage_now(one, now), standing_in(actor, one)).allowed
    ]  # fmt: skip
    handed_in = and_(
        Application.round_id.in_(listed), Application.submitted_at.is_not(None), ~is_barred(actor)
    )
    query = with_round().where(or_(is_own(actor), handed_in), Application.public_id > after)
    if round_id:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.public_id == round_id)))
    if state:
        query = query.where(Application.state == state)
    if category:
        query = query.where(Application.category == category)
    return list(session.scalars(query.order_by(Application.public_id).limit(limit)))
