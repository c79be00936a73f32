"""The versions of an outcome: what was entered, corrected and refused, by whom and why; the second person's answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications.models import Application, PaperOutcome
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Invalid
from award.kernel.files.models import StoredFile
from award.kernel.i18n import translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.office import corrections
from award.office.outcome_json import from_json
from award.office.outcome_kinds import CONTENTS
from award.office.outcomes import changes_ranking
from award.office.pages import outcome_forms
from award.office.pages.outcomes import page_of, round_and_application, signed_paper, titles_of
from award.results.queries import is_decided
from award.rounds.models import Round
from award.rounds.queries import stage_of

router = APIRouter(prefix="/office/rounds/{round_id}/outcomes/{application_id}/versions")
PAGE = "office/outcome_versions.html"
Versions = Sequence[tuple[PaperOutcome, str]]


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def versions(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """Everything that was ever entered for an application, and what waits for a second person."""
    round_, application = round_and_application(session, actor, round_id, application_id)
    return render(request, session, PAGE, **_shown(request, session, actor, round_, application))


def _shown(
    request: Request, session: Session, actor: Actor, round_: Round, application: Application, refusal: str = ""
) -> dict[str, Any]:
    found = corrections.versions_of(session, application)
    people = {who for one, _ in found for who in (one.recorded_by, one.confirmed_by, one.refused_by) if who}
    here = [one for one, _ in found if one.round_stage_id == stage_of(round_).id]
    waiting = next((one for one in here if one.state == "recorded" and one.number > 1), None)
    contents = {one.id: from_json(kind, one.content) for one, kind in found}
    return {
        **page_of(session, actor, round_),
        "application": application, "versions": found, "names": names_of(session, people), "waiting": waiting,
        "can_be_corrected": waiting is None and any(one.state == "confirmed" for one in here),
        "said": {id_: content.said() for id_, content in contents.items() if content is not None},
        "changes": _changes(session, found, request.state.language),
        "words_of": {kind: CONTENTS[kind].words for _, kind in found}, "stage_titles": titles_of(round_.scheme),
        "present": stage_of(round_).kind, "stage_over": {True: corrections.WENT_ON, False: corrections.LEFT_OUT},
        "refusal": refusal, "sets_aside": waiting is not None and _sets_aside(session, round_, application, waiting),
    }  # fmt: skip


def _sets_aside(session: Session, round_: Round, application: Application, waiting: PaperOutcome) -> bool:
    """Whether confirming a correction sets aside a decision."""
    before = session.get_one(PaperOutcome, waiting.corrects_id)
    return changes_ranking(round_, waiting, before) and is_decided(session, round_, application.category)


def _changes(session: Session, found: Versions, language: str) -> Mapping[int, Sequence[tuple[str, str, str]]]:
    """Correction -> what differs from the outcome it corrects: label, before, after."""
    by_id = {one.id: one for one, _ in found}
    files = {one.file_id for one in by_id.values() if one.file_id}
    names: dict[int | None, str] = dict(session.execute(select(StoredFile.id, StoredFile.name).where(StoredFile.id.in_(files))).all())
    changes = {}
    for one, kind in found:
        if one.corrects_id is None:
            continue
        before = by_id[one.corrects_id]
        typed = [outcome_forms.typed_from(each, from_json(kind, each.content)) for each in (before, one)]
        changes[one.id] = outcome_forms.differences(kind, typed[0], typed[1], language)
        if before.file_id != one.file_id:
            label = translate(language, CONTENTS[kind].words.file)
            changes[one.id].append((label, names.get(before.file_id, ""), names.get(one.file_id, "")))
    return changes


@router.get("/{outcome_id}/paper", dependencies=[Depends(guard.office_or_supervisor)])
def paper(
    session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, outcome_id: PublicId
) -> Response:
    """The signed paper one version rests on. Raises NotFound where none was kept."""
    return signed_paper(session, _version(session, actor, round_id, application_id, outcome_id)[2])


def _version(
    session: Session, actor: Actor, round_id: str, application_id: str, outcome_id: str
) -> tuple[Round, Application, PaperOutcome]:
    """What an address of this page names. Raises NotFound."""
    round_, application = round_and_application(session, actor, round_id, application_id)
    return round_, application, corrections.version_for(session, application, outcome_id)


@router.post("/{outcome_id}/confirm", dependencies=[Depends(guard.office)])
def confirm(
    session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, outcome_id: PublicId
) -> Response:
    """Puts a correction in the place of the outcome it corrects."""
    round_, _, found = _version(session, actor, round_id, application_id, outcome_id)
    corrections.confirm_correction(session, actor, round_, found, clock.now(session))
    return RedirectResponse(f"/office/rounds/{round_id}/outcomes/{application_id}/versions", 303)


@router.post("/{outcome_id}/refuse", dependencies=[Depends(guard.office)])
def refuse(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId,
    outcome_id: PublicId, form: Form,
) -> Response:  # fmt: skip
    """Gives up a correction, with the reason; the confirmed outcome stays."""
    round_, application, found = _version(session, actor, round_id, application_id, outcome_id)
    refusal = form.text("refusal", required=False, longest=1000, lines=True)
    try:
        form.check()
        corrections.refuse_correction(session, actor, round_, found, refusal, clock.now(session))
    except Invalid as error:
        session.rollback()
        return render_invalid(request, session, PAGE, error, **_shown(request, session, actor, round_, application, refusal))
    return RedirectResponse(f"/office/rounds/{round_id}/outcomes/{application_id}/versions", 303)
