"""The same write twice is done once: under an Idempotency-Key the first answer is kept and given again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from fastapi import Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from award.accounts.models import KeptAnswer
from award.kernel import clock, db
from award.kernel.actor import Actor
from award.kernel.errors import KeyReused
from award.kernel.i18n import N_
from award.kernel.web.api import Write

KEPT_FOR = timedelta(days=1)


def once(session: Session, actor: Actor, write: Write, act: Callable[[], Response]) -> Response:
    """Does the act, or answers as it was answered before. An act that is refused keeps nothing and may be tried again.

    Whether the actor may still see the thing is asked before. Of two requests at once the second waits for the first.
    Raises KeyReused where the key came with another request.
    """
    if not write.key or actor.person_id is None:
        return act()
    kept = _claim(session, actor.person_id, write)
    if kept.fingerprint != write.fingerprint:
        raise KeyReused(
            "idempotency.reused", N_("This Idempotency-Key was used for another request; choose a new one.")
        )
    if kept.etag:
        return Response(
            kept.body, media_type="application/json", headers={"etag": kept.etag, "idempotency-replayed": "true"}
        )
    response = act()
    kept.body, kept.etag = bytes(response.body).decode(), response.headers["etag"]
    return response


def forget(session: Session, now: datetime) -> None:
    """Deletes the answers that nobody can ask for again: they hold what was written in clear, a judge's own note too.

    now: UTC, of real time.
    """
    session.execute(delete(KeptAnswer).where(KeptAnswer.kept_at <= now - KEPT_FOR))


def _claim(session: Session, person_id: int, write: Write) -> KeptAnswer:
    """The row of the key: new and without an answer where nobody was first."""
    now = clock.real_now()
    old = delete(KeptAnswer).where(KeptAnswer.person_id == person_id, KeptAnswer.kept_at <= now - KEPT_FOR)
    session.execute(old)
    first = {"person_id": person_id, "key": write.key, "fingerprint": write.fingerprint, "body": "", "etag": "", "kept_at": now}
    db.insert_new(session, KeptAnswer, **first)
    query = select(KeptAnswer).where(KeptAnswer.person_id == person_id, KeptAnswer.key == write.key)
    return session.scalars(query.execution_options(populate_existing=True)).one()
