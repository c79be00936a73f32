"""Declarations of judges, and conflicts of interest: once on record they beat every grant and are never deleted."""

from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.applications.models import Application
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Invalid, NotFound
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.panels import queries
from award.panels.models import PanelChange
from award.panels.service.seats import end_seat, hold_panel, note, require_own, require_two, require_unseen
from award.rounds.queries import guarded_stage
from award.stages import Kind, Who
from award.standing.models import Assignment, Conflict, Declaration
from award.standing.queries import own_part, standing_of


def sign_declaration(
    session: Session, actor: Actor, application: Application, assignment: Assignment, wording: str, now: datetime
) -> None:
    """The judge declares that no conflict exists; from the next request on the application is open to him.

    wording: the text he signed. Signed again: nothing happens. Raises Refused (not assigned, or wrong stage), Invalid for who
    works for the applicant.
    """
    stage = guarded_stage(session, application.round, now)
    hold_panel(session, application)
    standing = standing_of(session, actor, application, now)
    if Who.CLEARED_JUDGE in standing.who and not standing.is_conflicted:
        return
    policy.require(Action.DECLARATION_SIGN, stage, standing)
    require_own(actor, application, assignment)
    if own_part(actor, application):
        text = N_("You work for this applicant, so you cannot sign this. Say that there is a conflict of interest; your seat ends.")
        raise Invalid.one("answer", text)
    session.add(
        Declaration(person_id=assignment.person_id, application_id=application.id, signed_at=now, wording=wording)
    )
    note(session, actor, Event.DECLARATION_SIGNED, assignment, application, {"wording": wording})


def declare_conflict(
    session: Session, actor: Actor, application: Application, assignment: Assignment, reason: str, now: datetime
) -> None:
    """The judge recuses himself: his seat ends, his sheet is void, and at the next request nothing of it exists for him.

    Raises Refused (wrong stage), NotFound (not assigned), Invalid (no reason). Effects: while judges score, values that
    could be seen are closed again until a substitute's sheet is in; afterwards nobody can be named, and the other sheets count.
    """
    stage = guarded_stage(session, application.round, now)
    hold_panel(session, application)
    policy.require(Action.CONFLICT_DECLARE, stage, standing_of(session, actor, application, now))
    require_own(actor, application, assignment)
    if not reason.strip():
        raise Invalid.one("reason", N_("Say in a few words what the conflict is."))
    session.add(
        Conflict(
            person_id=assignment.person_id, application_id=application.id, source="judge", reason=reason,
            declared_by=actor.person_id, declared_at=now,
        )
    )  # fmt: skip
    end_seat(assignment, "recused", reason, now)
    closes_again = application.gate_opened_at is not None and stage.kind == Kind.SCORE
    if closes_again:
        application.gate_opened_at = None
    content = {"reason": reason, "values_closed_again": closes_again}
    note(session, actor, Event.CONFLICT_DECLARED, assignment, application, content)


def record_conflict(
    session: Session, actor: Actor, application: Application, person: Person, reason: str, now: datetime,
    confirms: PanelChange | None = None,
) -> None:  # fmt: skip
    """The office records a conflict it learned of; a seat the judge has on this panel ends at once.

    Only of a judge of the pool: a conflict hides an application, and nobody hides one from a colleague or the supervisor.
    Raises Refused (wrong stage or role), NotFound (not in the pool), Invalid (no reason), Conflict (he has a seat, and its
    sheet could be seen already, or he scores and no second person confirms it).
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.JUDGE_REPLACE, stage, standing_of(session, actor, application, now))
    hold_panel(session, application)
    if queries.member_of(session, application.authority_id, person.id) is None:
        raise NotFound
    if not reason.strip():
        raise Invalid.one("reason", N_("Say in a few words what the conflict is."))
    if queries.has_conflict(session, person.id, application.id):
        return
    seats = [one.assignment for one in queries.seats_of(session, application) if one.assignment.person_id == person.id]
    for seat in seats:
        require_unseen(application, seat)
        require_two(stage, confirms)
    session.add(
        Conflict(
            person_id=person.id, application_id=application.id, source="office", reason=reason,
            declared_by=actor.person_id, declared_at=now,
        )
    )  # fmt: skip
    for seat in seats:
        end_seat(seat, "recused", reason, now)
    round_ = application.round
    content = {"judge": person.public_id, "reason": reason, "source": "office"}
    obj = f"application:{application.public_id}"
    record(
        session, actor, Event.CONFLICT_DECLARED, obj, round_stream(round_.public_id), content, rules=round_.scheme_sha256
    )
