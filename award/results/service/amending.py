"""An amended decision during the notice, where an upheld objection affects it: one person enters it, another confirms it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.results import queries
from award.results.models import AwardDecision, Objection, Proposal
from award.results.ranking import without
from award.results.service.again import first_of
from award.results.service.confirming import put_in_force, require_waiting
from award.results.service.days import AMENDED_TOO_EARLY, first_of_amendment, too_early
from award.results.service.deciding import faults_of_meeting, require_clear
from award.results.service.objecting import tell_outcome
from award.results.service.seats import faults_of_seats
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in
from award.rounds.service.second_person import Waiting, ask_second_person

SAME_PERSON = N_("You entered this amended decision; another person of the office must confirm it.")


@dataclass(frozen=True)
class Amendment:
    """What is decided anew. grades: public id -> grade, "" for none; one that is absent stays. reasons: by public id.

    reason: why the decision is amended, as the corrected notice tells it. objections: public ids of those it follows from.
    stays: on reconsideration no grade changes; said expressly, so that nobody enters it by leaving a form as it came.
    """

    held_on: date
    members: Sequence[str]
    reason: str
    grades: Mapping[str, str]
    reasons: Mapping[str, str]
    objections: Sequence[str]
    stays: bool = False


def amend(
    session: Session, actor: Actor, round_: Round, proposal: Proposal, amendment: Amendment, now: datetime,
    file_id: int | None = None,
) -> AwardDecision:  # fmt: skip
    """Enters an amended decision; it counts once another person has confirmed it.

    Asked again by the same person while it waits, answers with the first. Raises Refused (wrong stage or role), Conflict
    (no notice is out, another one waits, or a conflict of interest), Invalid (nothing changed and that not said, reasons missing, no upheld
    objection behind it, more seats than there are, or a seat given to somebody who is not next in rank).
    """
    before = _decision(session, actor, round_, proposal, now)
    versions = queries.versions_of(session, proposal)
    waiting = next((one for one in versions if one.state == "waiting"), None)
    text = N_("An amended decision of this category waits for its second person. It is confirmed or dropped first.")
    if first := first_of(waiting, waiting.recorded_by if waiting else None, actor, "amendment.waiting", text):
        return first
    named, grades = _named(session, actor, round_, amendment), {**before.grades, **amendment.grades}
    if errors := _faults(session, round_, proposal, before, amendment, grades, named, now):
        raise Invalid(errors)
    made = AwardDecision(
        proposal_id=proposal.id, number=versions[0].number + 1, supersedes_id=before.id, state="waiting",
        reason=amendment.reason.strip(), held_on=amendment.held_on, members=list(amendment.members), grades=grades,
        reasons={key: amendment.reasons[key].strip() for key in changed(before.grades, grades)}, file_id=file_id,
        decided_at=now, recorded_by=actor.person_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for one in named:
        one.decision_id = made.id
    content = {
        "reason": made.reason, "grades": grades, "reasons": made.reasons, "objections": [one.receipt for one in named],
        "held_on": str(made.held_on), "members": made.members, "file": file_id,
    }  # fmt: skip
    _record(session, actor, Event.RESULT_AMENDED, round_, made, content)
    waits = Waiting(N_("Amended decision"), "", f"/office/rounds/{round_.public_id}/results", made.public_id)
    ask_second_person(session, actor, round_, waits, now, without=queries.conflicted_in(session, round_))
    return made


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The applications whose grade differs."""
    return [key for key in after if after[key] != before.get(key, "")]


def confirm_amendment(
    session: Session, actor: Actor, round_: Round, decision: AwardDecision, now: datetime
) -> AwardDecision:
    """Puts an amended decision in force in the place of the one it amends; a corrected notice tells of it.

    Effects: who is named newly becomes a candidate, who lost the award is an accepted applicant again; a letter to whose objection
    it follows from. Asked again by the
    same person, answers with it. Raises Refused for whoever entered it, Conflict where it does not wait any more.
    """
    _decision(session, actor, round_, decision.proposal, now)
    session.refresh(decision)
    if decision.state == "in_force" and decision.confirmed_by == actor.person_id:
        return decision
    require_waiting(decision)
    if decision.recorded_by == actor.person_id:
        raise Refused("amendment.same_person", SAME_PERSON, status=409)
    before = session.get_one(AwardDecision, decision.supersedes_id)
    kept = {line.application.public_id: line.deviation for line in decision.proposal.lines}
    put_in_force(session, actor, decision, now, kept=kept)
    tell_outcome(session, round_, decision, is_kept=not changed(before.grades, decision.grades), now=now)
    content = {"supersedes": before.public_id, "grades": decision.grades}
    _record(session, actor, Event.RESULT_AMENDMENT_CONFIRMED, round_, decision, content)
    return decision


def drop_amendment(session: Session, actor: Actor, round_: Round, decision: AwardDecision, now: datetime) -> None:
    """Drops an amended decision that waits; its objections call for another one. Twice is once. Raises Conflict once in force."""
    _decision(session, actor, round_, decision.proposal, now)
    session.refresh(decision)
    if decision.state == "dropped":
        return
    require_waiting(decision)
    decision.state = "dropped"
    for one in queries.objections_of(session, actor, round_):
        if one.decision_id == decision.id:
            one.decision_id = None
    session.flush()
    _record(session, actor, Event.RESULT_AMENDMENT_DROPPED, round_, decision, {"number": decision.number})


def _decision(session: Session, actor: Actor, round_: Round, proposal: Proposal, now: datetime) -> AwardDecision:
    """The decision in force, with the round held and the rights asked for."""
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.RESULT_DECIDE, stage, standing_in(actor, round_))
    require_clear(session, actor, round_)
    if proposal.round_id != round_.id:
        raise NotFound
    if queries.notice_of(session, round_.id) is None:
        raise Conflict(
            "amendment.no_notice",
            N_("A decision is amended on an objection to its notice; no notice has been published."),
        )
    found = queries.decision_of(session, proposal)
    if found is None:
        raise Conflict("amendment.undecided", N_("Decide on the candidates of this category first."))
    return found


def faults_of(
    session: Session, actor: Actor, round_: Round, proposal: Proposal, amendment: Amendment, now: datetime
) -> list[FieldError]:
    """What `amend` would refuse in what was entered, where a form has something that cannot be read besides."""
    before, named = _decision(session, actor, round_, proposal, now), _named(session, actor, round_, amendment)
    return _faults(session, round_, proposal, before, amendment, {**before.grades, **amendment.grades}, named, now)


def _named(session: Session, actor: Actor, round_: Round, amendment: Amendment) -> list[Objection]:
    return [one for one in queries.to_amend(session, actor, round_) if one.public_id in amendment.objections]


def _faults(
    session: Session, round_: Round, proposal: Proposal, before: AwardDecision, amendment: Amendment,
    grades: Mapping[str, str], named: Sequence[Objection], now: datetime,
) -> list[FieldError]:  # fmt: skip
    errors = faults_of_meeting(round_, amendment.held_on, amendment.members, now)
    errors += too_early("held_on", amendment.held_on, first_of_amendment(before, named), AMENDED_TOO_EARLY)
    if not amendment.reason.strip():
        errors.append(FieldError("reason", N_("Say why the decision is amended; the corrected notice tells it.")))
    if not named or len(named) != len(set(amendment.objections)):
        text = N_("Name the upheld objections it follows from. Without one, a decision on notice is not amended.")
        errors.append(FieldError("objections", text))
    differing = changed(before.grades, grades)
    if amendment.stays and differing:
        text = N_("It is ticked that the decision stays as it was, but grades differ. Take back the one or the other.")
        errors.append(FieldError("stays", text))
    elif not amendment.stays:
        errors += _faults_of_grades(session, round_, proposal, before, amendment, grades, can_go_on=not errors)
    return errors


def _faults_of_grades(
    session: Session, round_: Round, proposal: Proposal, before: AwardDecision, amendment: Amendment, grades: Mapping[str, str],
    *, can_go_on: bool,
) -> list[FieldError]:  # fmt: skip
    """can_go_on: nothing else is missing, so that it is worth saying who is next in rank."""
    errors, differing = [], changed(before.grades, grades)
    if not differing:
        text = N_("Nothing would change. Choose another grade for those the objection affects, or tick that the decision stays as it was.")
        errors.append(FieldError("grades", text))
    names = {line.application.public_id: line.application.entrant for line in proposal.lines}
    for key in differing:
        if not amendment.reasons.get(key, "").strip():
            text = N_("Give the reason why {name} is decided otherwise than before.")
            errors.append(FieldError(f"reason-{key}", text, {"name": names.get(key, "")}))
    elsewhere = {
        key: lines for key, lines in queries.decided_lines(session, round_).items() if key != proposal.category
    }
    errors += faults_of_seats(round_.scheme, proposal, queries.stored_ranking(proposal), grades, elsewhere)
    if can_go_on and not errors:
        errors += _faults_of_succession(session, round_, proposal, before.grades, grades)
    return errors


def _faults_of_succession(
    session: Session, round_: Round, proposal: Proposal, before: Mapping[str, str], after: Mapping[str, str]
) -> list[FieldError]:
    """A freed seat goes to whom the scheme proposes next, or stays vacant where the scheme lets it."""
    ranking, scheme = queries.stored_ranking(proposal), round_.scheme
    place = {quota.grade: at for at, quota in enumerate(scheme.category(proposal.category).quotas)}
    last = len(place)  # behind every grade: none
    proposed = {line.application.public_id: line.proposed_grade for line in proposal.lines}
    gone = {key for key, grade in after.items() if not grade and (before.get(key) or proposed.get(key))}
    following = {line.public_id: line for line in without(session, round_, ranking, gone).lines}
    risen = [key for key in following if place.get(following[key].grade, last) < place.get(before.get(key, ""), last)]
    names = [following[key].name for key in risen]
    errors = []
    for key, grade in after.items():
        if place.get(grade, last) < place.get(before.get(key, ""), last) and following[key].grade != grade:
            text = N_("{name} is not next in rank for this seat. Next: {names}.")
            errors.append(FieldError(f"grade-{key}", text, {"name": following[key].name, "names": names or ["—"]}))
    left = [key for key in risen if after.get(key, "") == before.get(key, "")]
    if not errors and left and not scheme.vacancy_allowed:
        text = N_("The rules leave no seat vacant while somebody is next in rank: {names}.")
        errors.append(FieldError("grades", text, {"names": [following[key].name for key in left]}))
    return errors


def _record(
    session: Session, actor: Actor, event: Event, round_: Round, decision: AwardDecision, content: Mapping[str, object]
) -> None:
    stream = round_stream(round_.public_id)
    record(
        session,
        actor,
        event,
        f"decision:{decision.public_id}",
        stream,
        content,
        stage="notice",
        rules=round_.scheme_sha256,
    )
