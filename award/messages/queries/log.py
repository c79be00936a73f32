"""The log of a round's messages: to whom, why, and what became of each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import Application
from award.applications.queries import is_barred
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.kernel.mail.models import Message
from award.rounds.models import Round


@dataclass(frozen=True)
class Filters:
    """What the log is narrowed to; "" leaves a field open. search: part of a name."""

    state: str = ""
    reason: str = ""
    search: str = ""


@dataclass(frozen=True)
class Log:
    """One page of the log: messages with their receivers' names. states: how many are in each. total: that match."""

    rows: list[tuple[Message, str]]
    states: Mapping[str, int]
    reasons: list[str]
    total: int


def log_of(session: Session, actor: Actor, round_: Round, filters: Filters, *, page: int, size: int) -> Log:
    """A page of the log, the newest first.

    What is about an application the actor must not touch is neither listed nor counted.
    """
    clear = _clear(actor, round_)
    counted = (
        select(Message.state, Message.template, func.count()).where(clear).group_by(Message.state, Message.template)
    )
    counts = {(state, reason): count for state, reason, count in session.execute(counted)}
    states: Counter[str] = Counter()
    for (state, _), count in counts.items():
        states[state] += count
    matching = and_(clear, *_matching(filters))
    if filters.search:
        named = select(func.count()).select_from(Message).outerjoin(Person, Person.id == Message.person_id)
        total = session.scalar(named.where(matching)) or 0
    else:
        meant = (filters.state, filters.reason)
        total = sum(
            n for key, n in counts.items() if all(one in ("", has) for one, has in zip(meant, key, strict=True))
        )
    query = select(Message, Person.name).outerjoin(Person, Person.id == Message.person_id).where(matching)
    newest = query.order_by(Message.created_at.desc(), Message.id.desc())
    found = session.execute(newest.limit(size).offset((page - 1) * size))
    return Log([(one, name or "") for one, name in found], states, sorted({reason for _, reason in counts}), total)


def logged_message(session: Session, actor: Actor, round_: Round, public_id: str) -> Message:
    """One message of a round. Raises NotFound for a missing one and for one about what the actor must not touch."""
    message = session.scalar(select(Message).where(_clear(actor, round_), Message.public_id == public_id))
    if message is None:
        raise NotFound
    return message


def _clear(actor: Actor, round_: Round) -> ColumnElement[bool]:
    subjects = select(literal("application:") + Application.public_id)
    untouchable = subjects.where(is_barred(actor))
    return and_(Message.round_id == round_.id, Message.about.not_in(untouchable))


def _matching(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.state:
        wanted.append(Message.state == filters.state)
    if filters.reason:
        wanted.append(Message.template == filters.reason)
    if filters.search:
        wanted.append(Person.name.contains(filters.search, autoescape=True))
    return wanted
