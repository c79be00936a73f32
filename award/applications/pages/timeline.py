"""What happened to an application and what follows, as its owner may know it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from award.applications import queries
from award.applications.models import SHARING, AcceptanceDecision, Application
from award.applications.pages import views
from award.kernel.i18n import N_, Phrase
from award.policy import Moment
from award.rounds.queries import Publication, first_publications
from award.stages import TABLE, Kind
from award.words import word_of

BEFORE = frozenset({Kind.SETUP, Kind.APPLY, Kind.ACCEPT})
TOLD = {Kind.NOTICE: "notice", Kind.PUBLISH: "result"}
"""Stages that are told by what was published in them."""


@dataclass(frozen=True)
class Entry:
    """One line. at: when it happened; None for what is to come. when: the words for that time instead."""

    at: datetime | None
    text: str
    params: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    url: str = ""
    when: Phrase | None = None


def timeline_of(session: Session, desk: views.Desk, decisions: Iterable[AcceptanceDecision]) -> list[dict[str, Any]]:
    """Everything that happened, oldest first, then the stages that follow. decisions: those in force about it."""
    application = desk.application
    past = list(_own_acts(session, application, decisions))
    coming: list[Entry] = []
    if application.state in SHARING:
        published = first_publications(session, application.round_id)
        past += [*_entered(application), *_results(application, published)]
        coming = list(_coming(desk, set(published)))
    ordered = sorted(past, key=lambda one: one.at or desk.now)
    return [_shown(desk, one) for one in ordered + coming]


def _own_acts(session: Session, application: Application, decisions: Iterable[AcceptanceDecision]) -> Iterator[Entry]:
    yield Entry(application.started_at, N_("Begun"))
    for number, at in queries.submission_times(session, application):
        yield Entry(at, N_("Submitted") if number == 1 else N_("Submitted again after correction"))
    words = {"accept": N_("Accepted"), "return": N_("Returned for correction"), "refuse": N_("Not accepted")}
    for decision in decisions:
        yield Entry(decision.confirmed_at or decision.decided_at, words[decision.kind], note=decision.reason)
    if application.withdrawn_at:
        yield Entry(application.withdrawn_at, N_("Withdrawn"))


def _entered(application: Application) -> Iterator[Entry]:
    """The stages of the review it has reached, in the words the public reads."""
    round_ = application.round
    for one in round_.stages[: round_.position + 1]:
        at = one.entered_at or one.opens_at
        if at and Kind(one.kind) not in BEFORE | TOLD.keys() | {Kind.ARCHIVE}:
            yield Entry(at, TABLE[Kind(one.kind)].public_title)


def _results(application: Application, published: Mapping[str, Publication]) -> Iterator[Entry]:
    """What was published of the round, and what was handed to the owner after that."""
    if notice := published.get("notice"):
        yield Entry(notice.published_at, N_("Public notice of the candidates"), url=f"/notices/{notice.public_id}")
    if result := published.get("result"):
        state = "awarded" if application.state == "revoked" else application.state
        params = {"outcome": Phrase(word_of(application.words, state)[0])}
        yield Entry(result.published_at, N_("Result published: {outcome}"), params, url=f"/notices/{result.public_id}")
    if application.certified_at:
        yield Entry(application.certified_at, N_("Certificate issued; check it"), url=f"/v/{application.certificate_code}")
    if application.feedback_released_at:
        url = f"/apply/{application.public_id}/feedback"
        yield Entry(application.feedback_released_at, N_("Feedback report"), url=url)
    if application.feedback_waived_at:
        url = f"/apply/{application.public_id}/feedback"
        yield Entry(application.feedback_waived_at, N_("No feedback report"), note=application.feedback_waiver, url=url)


def _coming(desk: views.Desk, published: Collection[str]) -> Iterator[Entry]:
    round_ = desk.application.round
    for one in round_.stages[round_.position :]:
        kind = Kind(one.kind)
        is_reached = one.position == round_.position and kind not in TOLD
        if is_reached or kind == Kind.ARCHIVE or TOLD.get(kind) in published:
            continue
        when = Phrase(N_("date not fixed yet"))
        if one.opens_at:
            when = Phrase(N_("planned from {day}"), {"day": Moment(one.opens_at, desk.zone, opening=True)})
        yield Entry(None, TABLE[kind].public_title, when=when)


def _shown(desk: views.Desk, entry: Entry) -> dict[str, Any]:
    when = desk.moment(entry.at) if entry.at else entry.when.in_language(desk.language) if entry.when else ""
    return {
        "when": when, "text": desk.tell(entry.text, entry.params), "note": entry.note, "url": entry.url,
        "is_next": entry.at is None,
    }  # fmt: skip
