"""Recording what happened, and the transaction that writes it: an act and its record stand or fall together."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Engine, Table, bindparam, event, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from award.kernel import clock, db
from award.kernel.actor import Actor
from award.kernel.audit import chain
from award.kernel.audit.models import AuditHead, AuditOpening, AuditRecord
from award.kernel.events import Event

ADMIN = "admin"


def round_stream(public_id: str) -> str:
    """The stream of one round."""
    return f"round:{public_id}"


def security_stream(now: datetime) -> str:
    """The stream of one day's refusals and sign-ins."""
    return f"security:{now:%Y-%m-%d}"


@dataclass(frozen=True)
class Pending:
    """A record on its way: everything but its place in the stream."""

    stream: str
    event: Event
    obj: str
    actor: Actor
    content: Mapping[str, object] = field(default_factory=dict)
    stage: str = ""
    rules: str = ""


def record(
    session: Session,
    actor: Actor,
    event: Event,
    obj: str,
    stream: str,
    content: Mapping[str, object] | None = None,
    *,
    stage: str = "",
    rules: str = "",
) -> None:
    """Appends a record to a stream; `transaction` writes it just before commit.

    obj: "<thing>:<public id>". content: what was decided or written, numbers as integers or text; only a salted
    commitment to it enters the chain. rules: SHA-256 of the scheme the act was judged by.
    """
    session.info.setdefault("trail", []).append(Pending(stream, event, obj, actor, content or {}, stage, rules))


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One act: commits what was changed together with its records, or nothing at all."""
    with db.session_on(engine, writes=True) as session:
        event.listen(session, "after_soft_rollback", _forget)
        yield session
        write_pending(session)
        session.commit()


def _forget(session: Session, ended: SessionTransaction) -> None:
    """What was undone leaves no record, also where the session is used on, to show the page once more."""
    if not ended.nested:
        session.info.pop("trail", None)


def write_pending(session: Session) -> None:
    """Writes the records of this transaction, streams in order, heads last. Fails closed: no record, no act."""
    session.flush()
    pending: list[Pending] = session.info.pop("trail", [])
    if not pending:
        return
    now = clock.now(session)
    for stream in sorted({one.stream for one in pending}):
        _append(session, stream, [one for one in pending if one.stream == stream], now)


def _append(session: Session, stream: str, pending: list[Pending], now: datetime) -> None:
    seq, link = _held_head(session, stream)
    if seq == 0:
        first = pending[0]
        system = {"system": "award", "format": chain.VERSION}
        pending = [Pending(stream, Event.CHAIN_STARTED, stream, first.actor, system, rules=first.rules), *pending]
    rows, openings = [], []
    for one in pending:
        seq, prev = seq + 1, link
        salt = secrets.token_bytes(32)
        content = chain.canonical(one.content)
        body = _body(one, chain.commitment(salt, content), now)
        link = chain.link_of(stream, seq, prev, body)
        rows.append({
            "stream": stream, "seq": seq, "body": body, "prev": prev, "link": link, "at": now,
            "actor": one.actor.public_id, "act": one.event.value, "obj": one.obj,
        })  # fmt: skip
        openings.append({"stream": stream, "seq": seq, "salt": salt, "content": content})
    connection = session.connection()
    connection.execute(_RECORD, rows)
    connection.execute(_OPENING, openings)
    connection.execute(_MOVE_HEAD, {"at_stream": stream, "seq": seq, "link": link})


# Made once, and asked of the connection: every act asks them, and rows of objects would cost more than the answer does.
_RECORD, _OPENING = insert(cast(Table, AuditRecord.__table__)), insert(cast(Table, AuditOpening.__table__))
_HEAD = select(AuditHead.seq, AuditHead.link).where(AuditHead.stream == bindparam("stream")).with_for_update()
"""Held until the transaction ends; SQLite, whose writers are alone already, knows no such thing and is not asked for it."""
_MOVE_HEAD = (
    update(cast(Table, AuditHead.__table__))
    .where(AuditHead.stream == bindparam("at_stream"))
    .values(seq=bindparam("seq"), link=bindparam("link"))
)


def _held_head(session: Session, stream: str) -> tuple[int, str]:
    connection = session.connection()
    head = connection.execute(_HEAD, {"stream": stream}).one_or_none()
    if head is None:
        _begin(session, stream)
        head = connection.execute(_HEAD, {"stream": stream}).one()
    return head[0], head[1]


def _begin(session: Session, stream: str) -> None:
    db.insert_new(session, AuditHead, stream=stream, seq=0, link=chain.GENESIS)


def _body(one: Pending, commit: str, now: datetime) -> str:
    actor = one.actor
    return chain.canonical({
        "v": chain.VERSION,
        "stream": one.stream,
        "t": chain.spell_moment(now),
        "actor": {"id": actor.public_id, "role": ",".join(sorted(actor.roles)), "session": actor.session[:16]},
        "act": one.event.value,
        "obj": one.obj,
        "stage": one.stage,
        "rules": one.rules,
        "commit": commit,
        "req": actor.request_id,
    })  # fmt: skip
