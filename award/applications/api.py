"""Applications for programs: whoever may read one reads it; its owners write the draft and submit it."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from award.accounts.replay import once
from award.applications import queries, schemas, service
from award.applications.check import check_application, parts_of
from award.applications.facts import facts_of
from award.applications.forms import typed_text
from award.applications.keeping import keep_text
from award.applications.listing import visible_applications
from award.applications.models import Answer, Application, Submission
from award.applications.schemas import ApplicationLine, ApplicationOut, DraftOut, EvidenceOut, FactsIn, PartIn, PartOut
from award.applications.service.writing import FACTS
from award.kernel import clock
from award.kernel.actor import APPLICANTS, Action, Actor, TokenScope
from award.kernel.errors import Conflict, NotFound, Refused, Stale
from award.kernel.files.kinds import MEDIA_TYPES
from award.kernel.i18n import N_
from award.kernel.ids import PATTERN
from award.kernel.web.api import (
    READ,
    TAG,
    WRITE,
    IfMatch,
    Paged,
    Writing,
    answers,
    listed,
    tagged,
    tagged_file,
    version_of,
    words,
)
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.policy import actions_of, require
from award.regulations.model import CategoryKey
from award.rounds.queries import criteria_of, stage_now
from award.standing.queries import standing_of

router = APIRouter(prefix="/applications", tags=["applications"])
READS = [Depends(TokenGuard(TokenScope.READ_APPLICATIONS))]
OWNERS_READ = [Depends(TokenGuard(TokenScope.READ_APPLICATIONS, APPLICANTS, hides=True))]
OWNERS_WRITE = [Depends(TokenGuard(TokenScope.WRITE_APPLICATIONS, APPLICANTS, hides=True))]
PartKey = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$", examples=["4.1.2"])]
ACTIONS = (
    Action.APPLICATION_ACCEPT, Action.APPLICATION_EDIT, Action.APPLICATION_REFUSE, Action.APPLICATION_RETURN,
    Action.APPLICATION_SUBMIT,
)  # fmt: skip
LIST = answers({"items": [schemas.LINE], "next": None}, link=True)
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The stored file.", "headers": TAG, "content": dict.fromkeys(MEDIA_TYPES.values(), BINARY)}
}


@router.get(
    "", summary=N_("One's own applications; for an office those handed in"),
    dependencies=READS, response_model=schemas.Applications, responses=READ | {200: LIST},
)  # fmt: skip
def applications(
    request: Request, session: RequestSession, actor: CurrentActor, page: Paged,
    round_id: Annotated[str | None, Query(alias="round", pattern=PATTERN, description="Only those of this round.")] = None,
    state: Annotated[schemas.State | None, Query(description="Only those in this state.")] = None,
    category: Annotated[CategoryKey | None, Query(description="Only those of this category.")] = None,
) -> Response:  # fmt: skip
    """One's own organisations' applications; for an office those handed in to its rounds. Judges find theirs under sheets."""
    found = visible_applications(
        session, actor, clock.now(session), round_id=round_id, state=state, category=category, after=page.cursor,
        limit=page.limit + 1,
    )  # fmt: skip
    return listed(request, schemas.Applications, [ApplicationLine(**_line(one)) for one in found], page, lambda one: one.id)


@router.get(
    "/{application_id}", summary=N_("One application with what was submitted last"),
    dependencies=READS, response_model=ApplicationOut, responses=READ | {200: answers(schemas.APPLICATION)}
)
def one_application(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """One application with what was submitted last."""
    now = clock.now(session)
    application = _readable(session, actor, application_id)
    stage, standing = stage_now(application.round, now), standing_of(session, actor, application, now)
    content = queries.submission_content(session, application)
    shown = None
    if content is not None:
        shown = schemas.ContentOut(
            number=content.number, sha256=content.sha256, submitted_at=content.submitted_at, profile=dict(content.profile),
            parts=dict(content.parts), evidence=[EvidenceOut(**vars(one)) for one in content.evidence],
        )  # fmt: skip
    return tagged(request, ApplicationOut(**_line(application), content=shown, actions=actions_of(ACTIONS, stage, standing)))


@router.get(
    "/{application_id}/evidence/{evidence_id}", summary=N_("A piece of evidence"),
    dependencies=READS, response_class=Response, responses=READ | FILE,
)  # fmt: skip
def evidence(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, evidence_id: PublicId
) -> Response:
    """A piece of evidence itself: of the draft for whoever works on it, of what was submitted for its other readers."""
    application = _readable(session, actor, application_id)
    stored = queries.evidence_for(session, actor, evidence_id, clock.now(session), of=application)
    return tagged_file(request, stored)


def _readable(session: Session, actor: Actor, application_id: str) -> Application:
    try:
        return queries.own_application(session, actor, application_id)
    except NotFound:
        now = clock.now(session)
        application = queries.application_for(session, actor, application_id, now)
        standing = standing_of(session, actor, application, now)
        require(Action.APPLICATION_READ, stage_now(application.round, now), standing)
        return application


def _line(one: Application) -> dict[str, Any]:
    return {
        "id": one.public_id, "round": one.round.public_id, "applicant": one.entrant, "category": one.category,
        "sector": one.sector, "number": one.number, "state": one.state, "submitted_at": one.submitted_at,
        "correction_due_at": one.correction_due_at,
    }  # fmt: skip


@router.get(
    "/{application_id}/draft", summary=N_("The draft with all its parts"),
    dependencies=OWNERS_READ, response_model=DraftOut, responses=READ | {200: answers(schemas.DRAFT)}
)
def draft(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The draft with all its parts. Its tag is what a submission is made from."""
    application = queries.own_application(session, actor, application_id)
    evidence = queries.evidence_of(session, application)
    shown = DraftOut(
        application=application_id, state=application.state, profile=application.profile,
        profile_version=application.profile_version, parts=_parts(session, application),
        evidence=[
            EvidenceOut(
                id=one.public_id, code=one.code, title=one.title, name=one.file.name, sha256=one.file.sha256,
                size=one.file.size, pages=one.file.pages,
            )
            for one in evidence
        ],
        open=sorted({one.part for one in check_application(session, application) if not one.is_warning}),
    )  # fmt: skip
    submission = queries.latest_submission(session, application)
    return tagged(request, shown, _tag(session, application, submission.number if submission else 0, application.state))


@router.get(
    "/{application_id}/items/{part}", summary=N_("One part of the draft"),
    dependencies=OWNERS_READ, response_model=PartOut,
    responses=READ | {200: answers(schemas.PART)},
)  # fmt: skip
def one_part(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: PartKey
) -> Response:
    """One part of the draft."""
    application = queries.own_application(session, actor, application_id)
    shown = _part(session, application, part)
    return tagged(request, shown, str(shown.version))


@router.put(
    "/{application_id}/items/{part}", summary=N_("Save the text of a part"),
    dependencies=OWNERS_WRITE, response_model=PartOut,
    responses=WRITE | {200: answers(schemas.PART)},
)  # fmt: skip
def save_part(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: PartKey, if_match: IfMatch,
    write: Writing, body: Annotated[PartIn, Body(examples=[schemas.PART_IN])],
) -> Response:  # fmt: skip
    """Saves the text of a part, as its page does; what could not be saved is kept among the earlier versions."""
    application = queries.own_application(session, actor, application_id)
    version, text = version_of(if_match), typed_text(body.text)

    def act() -> Response:
        service.save_answer(session, actor, application, part, text, body.is_complete, version, clock.now(session))
        shown = _part(session, application, part)
        return tagged(request, shown, str(shown.version))

    try:
        return once(session, actor, write, act)
    except (Stale, Refused, Conflict):
        keep_text(request, session, actor, application_id, part, text, version)
        raise


@router.get(
    "/{application_id}/profile", summary=N_("The facts of the organisation in the draft"),
    dependencies=OWNERS_READ, response_model=schemas.FactsOut,
    responses=READ | {200: answers(schemas.FACTS)},
)  # fmt: skip
def facts(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """The facts of the organisation as the draft states them."""
    return _facts(request, queries.own_application(session, actor, application_id))


@router.put(
    "/{application_id}/profile", summary=N_("Save facts of the organisation"),
    dependencies=OWNERS_WRITE, response_model=schemas.FactsOut,
    responses=WRITE | {200: answers(schemas.FACTS)},
)  # fmt: skip
def save_facts(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, if_match: IfMatch,
    write: Writing, body: Annotated[FactsIn, Body(examples=[schemas.FACTS_IN])],
) -> Response:  # fmt: skip
    """Saves facts as typed; the check before submitting says what is wrong with them."""
    application = queries.own_application(session, actor, application_id)
    version, fields = version_of(if_match), {name: typed_text(value) for name, value in body.fields.items()}

    def act() -> Response:
        return _facts(request, service.save_profile(session, actor, application, fields, version, clock.now(session)))

    try:
        return once(session, actor, write, act)
    except (Stale, Refused, Conflict):
        known = [fact.key for fact in facts_of(application.round.year, application.category)]
        text = "\n".join(f"{key}: {fields[key]}" for key in known if fields.get(key))
        keep_text(request, session, actor, application_id, FACTS, text, version)
        raise


@router.post(
    "/{application_id}/submission", summary=N_("Submit the draft as it was read"),
    dependencies=OWNERS_WRITE, response_model=schemas.SubmissionOut,
    responses=WRITE | {200: answers(schemas.SUBMISSION)},
)  # fmt: skip
def submit(
    request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, if_match: IfMatch,
    write: Writing, body: Annotated[schemas.SubmissionIn, Body(examples=[schemas.SUBMISSION_IN])],
) -> Response:  # fmt: skip
    """Hands the draft in as it was read; once more by the same person, it answers with the first receipt."""
    application = queries.own_application(session, actor, application_id)

    def act() -> Response:
        made = service.submit_application(session, actor, application, body.declarations, clock.now(session))
        _require_same(session, application, made, if_match)
        shown = schemas.SubmissionOut(
            application=application_id, number=made.number, sha256=made.sha256, submitted_at=made.submitted_at
        )
        return tagged(request, shown)

    return once(session, actor, write, act)


def _require_same(session: Session, application: Application, made: Submission, if_match: str) -> None:
    """What was submitted is what the program had read; asked here because the draft is held only since the act began."""
    before = {_tag(session, application, made.number - 1, state) for state in ("draft", "correction")}
    present = _tag(session, application, made.number, application.state)
    if if_match not in before | {present}:
        raise Stale("draft.changed", version=None, theirs={"tag": present})


def _tag(session: Session, application: Application, submissions: int, state: str) -> str:
    """Changes with whatever of the draft is saved, added, removed or submitted."""
    versions = sorted((part, one.version) for part, one in queries.answers_of(session, application).items())
    evidence = [one.public_id for one in queries.evidence_of(session, application)]
    facts = repr((submissions, state, application.profile_version, versions, evidence))
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def _parts(session: Session, application: Application) -> list[PartOut]:
    criteria = criteria_of(session, application.round, application.category)
    rules = parts_of(criteria, application.round.scheme.application)
    stored = queries.answers_of(session, application)
    blank = Answer(text="", is_complete=False, version=0)
    return [
        PartOut(
            part=rule.key, title=words(rule.title), limit=rule.limit, text=one.text, is_complete=one.is_complete,
            version=one.version,
        )
        for rule in rules
        for one in (stored.get(rule.key, blank),)
    ]  # fmt: skip


def _part(session: Session, application: Application, part: str) -> PartOut:
    found = next((one for one in _parts(session, application) if one.part == part), None)
    if found is None:
        raise NotFound
    return found


def _facts(request: Request, application: Application) -> Response:
    shown = schemas.FactsOut(fields=application.profile, version=application.profile_version)
    return tagged(request, shown, str(shown.version))
