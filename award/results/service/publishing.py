"""Publication of the result as an immutable snapshot."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from award import policy
from award.applications.letters import write_to_all
from award.applications.models import LIVE, Application
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_, Phrase
from award.kernel.settings import settings
from award.results import papers, queries
from award.results.models import Publication
from award.results.official import want_announcement
from award.results.service.again import first_of
from award.results.service.deciding import require_clear
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in
from award.rounds.service import publish_snapshot
from award.words import word_of

APPROVAL_WAITS = N_("A correction of the approval waits for its second person. Have it confirmed, or withdraw it, first.")
SECOND_PERSON = N_("A second person publishes: whoever recorded the decision cannot. Ask a colleague.")


def publish_result(session: Session, actor: Actor, round_: Round, now: datetime) -> Publication:
    """Publishes the result; from then on the public sees its snapshot, and every applicant how it ended.

    A second person publishes: not the one who recorded the decision. Asked again by the same person, answers with the
    first publication. Raises Refused (wrong stage or role, or the same person), Conflict (no approval, a
    correction of it that waits, or a conflict of interest).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.RESULT_PUBLISH, stage, standing_in(actor, round_))
    existing = queries.publication_of(session, round_.id)
    by = existing.published_by if existing else None
    if first := first_of(existing, by, actor, "result.published", N_("The result of this round has been published already.")):
        return first
    approval = queries.approval_of(session, round_.id)
    if approval is None:
        raise Conflict("result.unapproved", N_("Record the approval first."))
    if any(one.state == "waiting" for one in queries.approvals_of(session, round_)):
        raise Conflict("result.approval_waiting", APPROVAL_WAITS)
    if actor.person_id in queries.deciders_of(session, round_):
        raise Refused("result.same_person", SECOND_PERSON, status=409)
    require_clear(session, actor, round_)
    decided = queries.decided_lines(session, round_)
    scheme = round_.scheme
    content = papers.result_content(round_, scheme, decided, approval)
    snapshot = publish_snapshot(session, actor, round_, "result", content, now)
    want_announcement(session, round_, scheme, decided, approval, snapshot, now)
    _end(session, round_, [line.application_id for lines in decided.values() for line in lines if line.decided_grade])
    publication = Publication(
        round_id=round_.id, snapshot_id=snapshot.id, published_at=now, published_by=actor.person_id
    )
    session.add(publication)
    result_page = f"{settings().base_url}/notices/{snapshot.public_id}"
    write_to_all(session, round_, "result_published", now, lambda one: {"outcome": _outcome(one), "result": result_page})
    _record(session, actor, Event.RESULT_PUBLISHED, round_, {"snapshot": snapshot.public_id, "sha256": snapshot.sha256})
    return publication


def _end(session: Session, round_: Round, winners: list[int]) -> None:
    """Every application in the race learns how it ended, those too that an earlier stage left behind."""
    live = update(Application).where(Application.round_id == round_.id, Application.state.in_(LIVE))
    session.execute(live.where(Application.id.in_(winners)).values(state="awarded"))
    session.execute(live.where(Application.id.not_in(winners)).values(state="not_awarded"))


def _outcome(application: Application) -> Phrase:
    return Phrase(word_of(application.words, application.state)[0])


def _record(session: Session, actor: Actor, event: Event, round_: Round, content: Mapping[str, object]) -> None:
    stream = round_stream(round_.public_id)
    record(session, actor, event, f"round:{round_.public_id}", stream, content, rules=round_.scheme_sha256)
