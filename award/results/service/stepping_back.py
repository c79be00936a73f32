"""A member of the committee has no part in one application: he says so himself, as judges do."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award import policy
from award.applications.models import Application
from award.applications.queries import barred_from
from award.applications.service.holding import person_of
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.panels.service import declare_conflict
from award.panels.service.seats import hold_panel
from award.results.consulting import may_consult
from award.rounds.people import officers_of
from award.rounds.queries import guarded_stage, title_of
from award.stages import Kind, StageNow
from award.standing.models import Assignment, Conflict
from award.standing.queries import standing_of


def step_back(session: Session, actor: Actor, application: Application, reason: str, now: datetime) -> None:
    """A member of the committee declares a conflict of interest: at the next request nothing of the application exists for him.

    He has no vote on it, which the record of the vote is held against. A seat he has on its panel ends as a judge's does.
    Raises Refused (no member, or not in the committee's stage), NotFound (hidden from him already), Invalid (no reason).
    Effects: a message to the office, which writes the record of the vote.
    """
    round_ = application.round
    stage = guarded_stage(session, round_, now)
    hold_panel(session, application)
    policy.require(Action.CONFLICT_DECLARE, stage, standing_of(session, actor, application, now))
    policy.enforce(may_consult(actor, round_, now))
    seat = session.scalar(select(Assignment).where(
        Assignment.application_id == application.id, Assignment.person_id == actor.person_id, Assignment.state == "active"
    ))  # fmt: skip
    if seat is not None:
        declare_conflict(session, actor, application, seat, reason, now)
    else:
        _keep(session, actor, application, reason, stage)
    _tell_office(session, actor, application, stage)


def _keep(session: Session, actor: Actor, application: Application, reason: str, stage: StageNow) -> None:
    if not reason.strip():
        raise Invalid.one("reason", N_("Say in a few words what the conflict is."))
    session.add(Conflict(
        person_id=person_of(actor), application_id=application.id, source="committee", reason=reason,
        declared_by=actor.person_id, declared_at=stage.now,
    ))  # fmt: skip
    record(
        session, actor, Event.CONFLICT_DECLARED, f"application:{application.public_id}", round_stream(application.round.public_id),
        {"reason": reason, "source": "committee"}, stage=stage.kind, rules=application.round.scheme_sha256,
    )  # fmt: skip


def _tell_office(session: Session, actor: Actor, application: Application, stage: StageNow) -> None:
    """Without the reason, and nobody who must not touch the application himself."""
    round_, barred = application.round, barred_from(session, Application.id == application.id)
    base = f"{settings().base_url}/office/rounds/{round_.public_id}"
    place = f"outcomes/{application.public_id}" if stage.kind == Kind.DELIBERATE else f"results?category={application.category}"
    for person in officers_of(session, round_, stage.now):
        if person.id in barred or not is_address(person.email):
            continue
        context = {
            "name": person.name, "member": actor.name, "round": title_of(round_).in_language(person.language),
            "organisation": application.entrant, "address": f"{base}/{place}",
        }  # fmt: skip
        send(
            session, person.email, "member_recused", context, person.language, person_id=person.id, round_id=round_.id,
            dedup_key=f"member_recused:{application.public_id}:{actor.public_id}:{person.public_id}",
            about=f"application:{application.public_id}",
        )  # fmt: skip
