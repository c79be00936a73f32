"""How far the papers of a round are, counted in the database: a round may have tens of thousands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from award.kernel.actor import Actor
from award.kernel.documents.batches import unstated as unstated_in
from award.kernel.documents.models import Document, DocumentState
from award.papers.kinds import KINDS, PaperKind
from award.papers.queries import source_of, things_of_round
from award.rounds.models import Round


@dataclass(frozen=True)
class Count:
    """How many papers of a kind a round has, and how many of them are ready, being made, and failed."""

    kind: PaperKind
    total: int
    ready: int
    wanted: int
    failed: int

    @property
    def missing(self) -> int:
        """Not made and not being made."""
        return self.total - self.ready - self.wanted


def counts_of(session: Session, actor: Actor, round_: Round, language: str, now: datetime) -> list[Count]:
    """Every kind of paper the round has by now. Failed are those that could not be printed or not even be stated."""
    unstated = {one: unstated_in(session, f"round:{round_.public_id}", one) for one in {language, "zh"}}
    of_round = things_of_round(session, actor, round_, now)
    parts = []
    for key, kind in KINDS.items():
        things = _things(actor, round_, key, of_round, now)
        if things is not None:
            spoken = language if language in kind.languages else "zh"
            parts.append(_counted(kind, things, spoken, [thing for about, thing in unstated[spoken] if about == key]))
    counts = [Count(KINDS[key], *numbers) for key, *numbers in session.execute(union_all(*parts))] if parts else []
    order = list(KINDS.values())
    return sorted((one for one in counts if one.total), key=lambda one: order.index(one.kind))


def _things(actor: Actor, round_: Round, key: str, of_round: dict[str, str], now: datetime) -> Select[Any] | None:
    if KINDS[key].is_of_round:
        return select(literal(of_round[key]).label("thing")) if key in of_round else None
    source = source_of(actor, round_, key, now)
    return None if source is None else source.applications.with_only_columns(source.thing.label("thing")).order_by(None)


def _counted(kind: PaperKind, things: Select[Any], language: str, unstated: Collection[str]) -> Select[str, int, int, int, int]:
    """By the document wanted last for each thing. unstated: those for which no document could even be wanted."""
    one, each = things.subquery(), aliased(Document)
    newest = (
        select(func.max(each.id))
        .where(each.kind == kind.template, each.language == language, each.subject == literal(kind.subject("")) + one.c.thing)
        .scalar_subquery()
    )
    is_over = Document.state.in_((DocumentState.READY, DocumentState.WANTED))
    failed = (Document.state == DocumentState.FAILED) | (func.coalesce(is_over, False).is_(False) & one.c.thing.in_(unstated))
    return (
        select(
            literal(kind.key), func.count(), func.count().filter(Document.state == DocumentState.READY),
            func.count().filter(Document.state == DocumentState.WANTED), func.count().filter(failed),
        )
        .select_from(one)
        .outerjoin(Document, Document.id == newest)
    )  # fmt: skip
