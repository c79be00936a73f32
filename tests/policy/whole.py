"""The world of the doors, with the records of what its makers wrote without a service."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.accounts.service.invitations import invite
from award.applications.models import AcceptanceDecision, Answer, Application, Evidence, PaperOutcome, Submission
from award.judging.models import FeedbackComment, FeedbackReport
from award.kernel.actor import SYSTEM, Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record, round_stream, transaction
from award.kernel.events import Event
from award.organisations.models import Claim, Organisation
from award.panels.models import PoolMember
from award.results.models import Objection
from award.rounds.models import Authority, Round, RoundStage
from award.rounds.queries import spell, spelled_dates
from award.rounds.service import set_day, set_year
from award.standing.models import Conflict
from tests import make
from tests.judging.world import World
from tests.policy import doors

ON_PAPER = "approve"
"""The stage the outcome is written to; this scheme has none on paper."""


def build(engine: Engine) -> World:
    """A world in which everything holds that must."""
    world = doors.build(engine, _enter).world
    with transaction(engine) as session:
        _tell_people(session, world)
        _tell_round(session, world)
    return world


def _enter(world: World) -> None:
    """The applications come in and are accepted before they are judged."""
    with transaction(world.engine) as session:
        stream = round_stream(world.round)
        for application in session.scalars(select(Application)):
            obj = f"application:{application.public_id}"
            contact = session.get_one(Person, application.contact_person_id).public_id
            founded = {"category": application.category, "sector": application.sector, "contact": contact, "fields": {}}
            record(session, SYSTEM, Event.APPLICATION_STARTED, obj, stream, founded)
            for one in session.scalars(select(Evidence).where(Evidence.application_id == application.id)):
                content = {"evidence": one.public_id, "code": one.code, "sha256": one.file.sha256}
                record(session, SYSTEM, Event.EVIDENCE_ADDED, obj, stream, content)
            for one in session.scalars(select(Submission).where(Submission.application_id == application.id)):
                content = {"sha256": one.sha256, "number": application.number or "", "submitted_at": spell(one.submitted_at)}
                record(session, SYSTEM, Event.APPLICATION_SUBMITTED, obj, stream, content)
                _write(session, one)
            decision = AcceptanceDecision(
                application_id=application.id, kind="accept", state="in_force", decided_by=_id(world.office), decided_at=make.NOW
            )
            session.add(decision)
            session.flush()
            record(session, world.office, Event.APPLICATION_ACCEPTED, obj, stream, {"decision": decision.public_id})


def _write(session: Session, submission: Submission) -> None:
    """The texts it was submitted with."""
    how = {"application_id": submission.application_id, "updated_at": make.NOW, "updated_by": submission.submitted_by}
    parts = json.loads(submission.content)["parts"]
    session.add_all(Answer(part=part, text=text, is_complete=True, **how) for part, text in parts.items())


def _id(actor: Actor) -> int:
    assert actor.person_id is not None
    return actor.person_id


def _tell_people(session: Session, world: World) -> None:
    for one in session.scalars(select(Organisation)):
        content = {"credit_code": one.credit_code, "name": one.name, "address": one.address}
        record(session, SYSTEM, Event.ORGANISATION_REGISTERED, f"organisation:{one.public_id}", ADMIN, content)
    for grant in session.scalars(select(Grant)):
        if grant.role == Role.SUPERVISOR:
            grant.given_by = world.office.person_id
        content = {"role": str(grant.role), "scope": str(grant.scope), "scope_id": grant.scope_id, "authority_id": grant.authority_id}
        obj = f"person:{session.get_one(Person, grant.person_id).public_id}"
        record(session, SYSTEM, Event.GRANT_GIVEN, obj, ADMIN, {**content, "until": None})
    for person in session.scalars(select(Person)):
        content = {"username": person.username, "name": person.name, "email": person.email, "phone": person.phone}
        record(session, SYSTEM, Event.PERSON_CREATED, f"person:{person.public_id}", ADMIN, content)
    invite(
        session, SYSTEM, name="戴宁", email="daining@example.cn", role=Role.JUDGE, scope=Scope.AUTHORITY, scope_id=1, now=make.NOW
    )
    for claim in session.scalars(select(Claim)):
        claim.decided_by = world.office.person_id
        by = make.actor(session, session.get_one(Person, claim.person_id))
        authority = session.get_one(Authority, claim.authority_id).public_id
        made = {"credit_code": claim.organisation.credit_code, "authority": authority, "name": claim.claimed_name}
        record(session, by, Event.CLAIM_MADE, f"claim:{claim.public_id}", ADMIN, made)
        decided = {"confirmed": claim.state == "confirmed", "reason": claim.reason, "name": claim.organisation.name}
        record(session, world.office, Event.CLAIM_DECIDED, f"claim:{claim.public_id}", ADMIN, decided)
    for one in session.scalars(select(PoolMember)):
        judge = {"person": one.person.public_id, "institution": one.institution, "speciality": one.speciality}
        content = {**judge, "last_day": str(one.last_day), "active": True}
        record(session, world.office, Event.JUDGE_ADDED, f"judge:{one.public_id}", ADMIN, content)


def _tell_round(session: Session, world: World) -> None:
    """What came after the judging, in the order of the stages, so that nothing follows the end of its own."""
    set_day(session, world.office, date(2026, 10, 1), "国庆节", is_workday=False)
    set_year(session, world.office, 2026, "国办发明电〔2025〕7号")
    round_ = session.scalars(select(Round).where(Round.public_id == world.round)).one()
    obj, stream = f"round:{world.round}", round_stream(world.round)
    founded = {"award": round_.award.public_id, "number": round_.number, "year": round_.year, "scheme_sha256": round_.scheme_sha256}
    record(session, SYSTEM, Event.ROUND_CREATED, obj, stream, founded)
    record(session, world.office, Event.ROUND_CHANGED, obj, stream, {"dates": spelled_dates(round_)})
    conflict = session.scalars(select(Conflict).where(Conflict.reason == "spouse")).one()
    who = session.get_one(Person, conflict.person_id).public_id
    about = session.get_one(Application, conflict.application_id).public_id
    record(session, world.office, Event.CONFLICT_DECLARED, f"application:{about}", stream, {"judge": who, "reason": "spouse"})
    _enter_outcome(session, world, stream)
    _answer(session, world, stream)
    _report(session, world, stream)
    _waive(session, world, stream)
    for stage in session.scalars(select(RoundStage).where(RoundStage.position < round_.position)):
        stage.left_at = make.NOW
        entered = round_.stages[stage.position + 1].kind
        record(session, SYSTEM, Event.STAGE_LEFT, obj, stream, {"left": stage.kind, "entered": entered}, stage=stage.kind)


def _enter_outcome(session: Session, world: World, stream: str) -> None:
    """Entered and confirmed, corrected, and a second correction refused."""
    application = world.application(session)
    stage = next(one for one in application.round.stages if one.kind == ON_PAPER)
    first = _outcome(session, world, stage, 1, state="replaced")
    second = _outcome(session, world, stage, 2, state="confirmed", corrects_id=first.id, reason="录错")
    third = _outcome(
        session, world, stage, 3, state="refused", corrects_id=second.id, reason="又录错", confirmed_by=None, confirmed_at=None,
        refusal="原件无误", refused_by=_id(world.colleague), refused_at=make.NOW,
    )  # fmt: skip
    told = (
        (first, None, Event.OUTCOME_RECORDED, Event.OUTCOME_CONFIRMED),
        (second, first, Event.OUTCOME_CORRECTED, Event.OUTCOME_CORRECTION_CONFIRMED),
        (third, second, Event.OUTCOME_CORRECTED, Event.OUTCOME_CORRECTION_REFUSED),
    )
    for one, before, entered, ended in told:
        content = {
            "application": application.public_id, "score_hundredths": one.score_hundredths, "goes_on": True, "summary": "现场属实",
            "said": {"minutes": 45}, "held_on": "2026-03-01", "file": None, "kind": ON_PAPER, "number": one.number,
            "corrects": before and before.public_id, "reason": one.reason, "refusal": "",
        }  # fmt: skip
        record(session, world.office, entered, f"outcome:{one.public_id}", stream, content, stage=ON_PAPER)
        record(session, world.colleague, ended, f"outcome:{one.public_id}", stream, content | {"refusal": one.refusal}, stage=ON_PAPER)


def _outcome(session: Session, world: World, stage: RoundStage, number: int, **more: Any) -> PaperOutcome:
    values = {
        "round_stage_id": stage.id, "application_id": world.application(session).id, "number": number, "goes_on": True,
        "score_hundredths": 61_250 + number, "summary": "现场属实", "content": {"minutes": 45}, "held_on": date(2026, 3, 1),
        "recorded_by": _id(world.office), "recorded_at": make.NOW, "confirmed_by": _id(world.colleague), "confirmed_at": make.NOW,
    }  # fmt: skip
    outcome = PaperOutcome(**values | more)
    session.add(outcome)
    session.flush()
    return outcome


def _answer(session: Session, world: World, stream: str) -> None:
    objection = session.scalars(select(Objection)).one()
    objection.state, objection.examined_at, objection.answered_at = "answered", make.NOW, make.NOW
    objection.findings, objection.effect, objection.answer = "查无实据", "none", "维持公示"
    objection.examined_by, objection.answered_by = world.office.person_id, world.colleague.person_id
    answer = {"effect": "none", "answer": "维持公示"}
    obj = f"objection:{objection.public_id}"
    examined = {**answer, "findings": "查无实据", "evidence": None}
    record(session, world.office, Event.OBJECTION_EXAMINED, obj, stream, examined)
    record(session, world.colleague, Event.OBJECTION_ANSWERED, obj, stream, answer)


def _report(session: Session, world: World, stream: str) -> None:
    report = session.scalars(select(FeedbackReport)).one()
    report.summary = "管理成熟，结果突出。"
    [comment] = session.scalars(select(FeedbackComment))
    told = {
        "item": comment.item, "kind": comment.kind, "weight": comment.weight, "text": comment.text, "key": False,
        "effect": None, "effort": None, "sources": [],
    }  # fmt: skip
    content = {"sheets": report.sheets, "summary": report.summary, "next_steps": "", "comments": [told]}
    obj = f"feedback:{report.public_id}"
    record(session, world.judges[0], Event.FEEDBACK_HANDED_IN, obj, stream, content)
    record(session, world.office, Event.FEEDBACK_RELEASED, obj, stream)
    report.state, report.acknowledged_at, report.acknowledged_by = "acknowledged", make.NOW, world.owners[0].person_id
    record(session, world.owners[0], Event.FEEDBACK_ACKNOWLEDGED, obj, stream, {"acknowledged_at": spell(make.NOW)})


def _waive(session: Session, world: World, stream: str) -> None:
    """The other applicant is told that it gets no report, that it gets one after all, and that it gets none."""
    application = world.application(session, 1)
    application.feedback_waived_at, application.feedback_waiver = make.NOW, "组长离任"
    for event in (Event.FEEDBACK_WAIVED, Event.FEEDBACK_WAIVER_WITHDRAWN, Event.FEEDBACK_WAIVED):
        record(session, world.office, event, f"application:{application.public_id}", stream, {"reason": "组长离任"})
