"""Outcomes of a stage held on paper."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications.models import Application, PaperOutcome
from award.applications.queries import office_application
from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.files.service import Limits, Prepared, keep, prepare_upload
from award.kernel.i18n import N_, Phrase
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.office import corrections, outcomes
from award.office.outcome_entry import Entry
from award.office.outcome_json import from_json
from award.office.outcome_kinds import CONTENTS
from award.office.pages import outcome_forms
from award.policy import decide
from award.regulations.model import Scheme, Text
from award.results.queries import is_decided
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import criteria_of, round_for, stage_now, stage_of, standing_in

router = APIRouter(prefix="/office/rounds/{round_id}/outcomes")
LIST, FORM = "office/outcomes.html", "office/outcome.html"
SCANS = Limits(20, frozenset({"pdf", "jpg", "jpeg", "png"}))


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def listed(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, stage: str = "") -> Response:
    """The applications of a stage held on paper, with what came out. stage: one that was held before; "" for the latest."""
    round_ = round_for(session, actor, round_id)
    page = page_of(session, actor, round_)
    kinds = outcomes.stages_with_outcomes(session, round_)
    present, chosen = stage_of(round_).kind, outcomes.stage_shown(round_, kinds, stage)
    if chosen not in ("", present):
        page |= _of_stage(round_, chosen) | {"may_record": False}
    lines = outcomes.lines_of(session, actor, round_, chosen)
    found = {one.id: outcome for one, outcome in lines if outcome is not None}
    titles = titles_of(round_.scheme)
    shown: dict[str, Any] = {
        "applications": [one for one, _ in lines], "outcomes": found, "waiting": corrections.corrections_of(session, round_),
        "corrected": corrections.corrected_in(session, actor, round_), "stage_titles": titles, "chosen": chosen, "present": present,
        "tabs": [(kind, titles[kind]) for kind in kinds],
    }  # fmt: skip
    return render(request, session, LIST, **page, **_said(session, chosen, found), **shown)


@router.get("/{application_id}", dependencies=[Depends(guard.office_or_supervisor)])
def form_of(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """One outcome: its form, and what the second person confirms; for the supervisor what is entered."""
    round_, application = round_and_application(session, actor, round_id, application_id)
    kept = outcomes.outcomes_of(session, round_)
    found = kept.get(application.id)
    page = _form_page(session, actor, round_, application)
    typed: dict[str, str] = {}
    if found is not None:
        typed = outcome_forms.typed_from(found, outcomes.content_of(round_, found))
    elif page["is_here"]:
        typed = outcome_forms.departments_in(outcomes.content_of(round_, one) for one in kept.values())
        typed |= _people_known(session, round_, application, page["rules"].kind, clock.now(session))
    said = _said(session, stage_of(round_).kind, {application.id: found} if found else {})
    return render(request, session, FORM, **page, **said, outcome=found, typed=typed, rows=outcome_forms.rows_for(typed))


@router.post("/{application_id}", dependencies=[Depends(guard.office)])
def enter(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """Enters the outcome. Asked for more rows, gives these."""
    return _taken(request, session, actor, round_id, application_id, form, is_correction=False)


@router.get("/{application_id}/correct", dependencies=[Depends(guard.office)])
def correction_form(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId
) -> Response:
    """The form of a correction, filled with the confirmed outcome; where there is none to correct, on to what there is."""
    round_, application = round_and_application(session, actor, round_id, application_id)
    found = outcomes.outcomes_of(session, round_).get(application.id)
    if found is None or found.state != "confirmed":
        return RedirectResponse(f"/office/rounds/{round_id}/outcomes/{application_id}", 303)
    if application.id in corrections.corrections_of(session, round_):
        return RedirectResponse(f"/office/rounds/{round_id}/outcomes/{application_id}/versions", 303)
    typed = outcome_forms.typed_from(found, outcomes.content_of(round_, found))
    page = _form_page(session, actor, round_, application)
    shown: dict[str, Any] = {"said": {}, "names": {}, "outcome": found, "typed": typed, "rows": outcome_forms.rows_for(typed)}
    return render(request, session, FORM, **page, **shown, is_correcting=True)


@router.post("/{application_id}/correct", dependencies=[Depends(guard.office)])
def correct(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """Enters a correction of the confirmed outcome, which waits for another person. Asked for more rows, gives these."""
    return _taken(request, session, actor, round_id, application_id, form, is_correction=True)


def _taken(
    request: Request, session: Session, actor: Actor, round_id: str, application_id: str, form: SubmittedForm, *, is_correction: bool
) -> Response:
    """What was entered, taken in or shown again. The paper is looked at before the session is first used."""
    if form.act("more") == "more":
        page = _typed_page(session, actor, *round_and_application(session, actor, round_id, application_id), form, outcome_forms.MORE_ROWS)
        return render(request, session, FORM, **page, is_typing=True, is_correcting=is_correction)
    fault: Invalid | None = None
    prepared: Prepared | None = None
    try:
        prepared = _prepared(form)
    except Invalid as error:
        fault = error
    form = outcome_forms.without_empty_rows(form)
    request.state.typed = outcome_forms.told(form, request.state.language)
    round_, application = round_and_application(session, actor, round_id, application_id)
    try:
        if fault is not None:
            raise fault
        (_correct if is_correction else _enter)(session, actor, round_, application, form, prepared)
    except Invalid as error:
        session.rollback()
        page = _typed_page(session, actor, round_, application, form)
        return render_invalid(request, session, FORM, error, **page, is_correcting=is_correction)
    back = f"/office/rounds/{round_id}/outcomes"
    return RedirectResponse(f"{back}/{application_id}/versions" if is_correction else back, 303)


def _typed_page(
    session: Session, actor: Actor, round_: Round, application: Application, form: SubmittedForm, more: int = 0
) -> dict[str, Any]:
    typed = {name: form.get(name) for name in form.names()}
    return {
        **_form_page(session, actor, round_, application), "said": {}, "names": {}, "typed": typed,
        "outcome": outcomes.outcomes_of(session, round_).get(application.id), "rows": outcome_forms.rows_for(typed, more),
        "fingerprint_of": outcomes.fingerprint_of,
    }  # fmt: skip


def _enter(
    session: Session, actor: Actor, round_: Round, application: Application, form: SubmittedForm, prepared: Prepared | None
) -> None:
    others = {id_: one for id_, one in outcomes.outcomes_of(session, round_).items() if id_ != application.id}
    entry = _entry(session, actor, round_, application, form, prepared, others)
    outcomes.record_outcome(session, actor, round_, application, entry, clock.now(session))


def _correct(
    session: Session, actor: Actor, round_: Round, application: Application, form: SubmittedForm, prepared: Prepared | None
) -> None:
    corrections.require_stage(session, round_, application, form.get("stage"))
    reason = form.text("reason", required=False, longest=1000, lines=True)
    if not reason:
        form.fault("reason", corrections.NO_REASON)
    entry = _entry(session, actor, round_, application, form, prepared, {})
    corrections.correct_outcome(session, actor, round_, application, entry, reason, clock.now(session))


def _entry(
    session: Session, actor: Actor, round_: Round, application: Application, form: SubmittedForm, prepared: Prepared | None,
    others: Mapping[int, PaperOutcome],
) -> Entry:  # fmt: skip
    """What the form says, with the paper that came with it. others: outcomes it must not contradict.

    Raises Invalid with every field that cannot be read, and with what does not agree in those that can.
    """
    kind = outcomes.require_paper(round_)
    kept = outcomes.outcomes_of(session, round_).get(application.id)
    criteria = criteria_of(session, round_, application.category)
    has_file = prepared is not None or (kept is not None and kept.file_id is not None)
    entry = outcome_forms.read_entry(form, kind, criteria, counts=outcomes.gives_score(round_), has_file=has_file)
    if form.errors:
        unread = {one.field.partition(".")[0] for one in form.errors} | {"file"}
        can_compare = unread.isdisjoint(one.name for one in outcome_forms.asked_by(kind) if one.type != "line")
        more = outcomes.faults_of_entry(session, round_, application, entry, others, clock.now(session)) if can_compare else []
        raise Invalid([*form.errors, *(one for one in more if one.field not in unread)])
    if prepared is None:
        return entry
    stored = keep(session, prepared, actor.person_id, clock.now(session), "outcome")
    return replace(entry, file_id=stored.id)


@router.get("/{application_id}/paper", dependencies=[Depends(guard.office_or_supervisor)])
def paper(session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId) -> Response:
    """The signed paper an outcome rests on. Raises NotFound where none was kept."""
    round_, application = round_and_application(session, actor, round_id, application_id)
    return signed_paper(session, outcomes.outcomes_of(session, round_).get(application.id))


def signed_paper(session: Session, outcome: PaperOutcome | None) -> Response:
    """The file an outcome rests on. Raises NotFound where there is none."""
    stored = None if outcome is None or outcome.file_id is None else session.get(StoredFile, outcome.file_id)
    if stored is None:
        raise NotFound
    return send_file(stored, inline=True)


@router.post("/{application_id}/confirm", dependencies=[Depends(guard.office)])
def confirm(
    session: RequestSession, actor: CurrentActor, round_id: PublicId, application_id: PublicId, form: Form
) -> Response:
    """Confirms what another person entered, as the page showed it."""
    round_, application = round_and_application(session, actor, round_id, application_id)
    outcomes.confirm_outcome(session, actor, round_, application, clock.now(session), form.get("seen"))
    return RedirectResponse(f"/office/rounds/{round_id}/outcomes", 303)


def round_and_application(session: Session, actor: Actor, round_id: str, application_id: str) -> tuple[Round, Application]:
    """A round and an application, for somebody who may know of them. Raises NotFound."""
    round_ = round_for(session, actor, round_id)
    return round_, office_application(session, actor, application_id, clock.now(session), round_id)


def page_of(session: Session, actor: Actor, round_: Round) -> dict[str, Any]:
    """What every page on outcomes is given: the round, the present stage, and whether the actor may enter its outcomes."""
    now = clock.now(session)
    scheme = round_.scheme
    rules = scheme.stage(stage_of(round_).kind)
    decision = decide(Action.OUTCOME_RECORD, stage_now(round_, now), standing_in(actor, round_))
    is_here = rules.held == "paper"
    return {
        **place_of(actor, round_, "outcomes", now),
        **_of_stage(round_, rules.kind),
        "on_paper": [one for one in scheme.stages if one.held == "paper"],
        "is_here": is_here,
        "may_record": decision.allowed and is_here,
    }


def _of_stage(round_: Round, kind: str) -> dict[str, Any]:
    """What a page needs to tell of one kind of stage; no words where it is held in the system."""
    rules = round_.scheme.stage(kind)
    words = CONTENTS[kind].words if rules.held == "paper" else None
    return {"rules": rules, "words": words, "needs_score": bool(rules.weight_hundredths)}


def _form_page(session: Session, actor: Actor, round_: Round, application: Application) -> dict[str, Any]:
    page = page_of(session, actor, round_)
    if not page["is_here"]:
        return {**page, "application": application}
    kind = page["rules"].kind
    return {
        **page,
        "application": application,
        "asked": outcome_forms.asked_by(kind),
        "may_score": page["needs_score"] or CONTENTS[kind].may_score,
        "most_rows": outcome_forms.MOST_ROWS,
        "items": list(criteria_of(session, round_, application.category).items()),
        "rule": _rule(round_.scheme, kind, application.category),
        "is_decided": is_decided(session, round_, application.category),
    }


def _people_known(session: Session, round_: Round, application: Application, kind: str, now: datetime) -> dict[str, str]:
    """Whom a new form names already: the panel that agrees, the members of the committee with a conflict on record."""
    if kind == "consensus":
        return {"members": "\n".join(outcomes.panel_of(session, application))}
    return {"recused": "\n".join(outcomes.barred_members(session, round_, application, now))} if kind == "deliberate" else {}


def titles_of(scheme: Scheme) -> Mapping[str, Text]:
    """Kind of stage -> what the scheme calls it."""
    return {stage.kind: stage.title for stage in scheme.stages}


def _rule(scheme: Scheme, kind: str, category: str) -> Phrase | None:
    """What the scheme says about the answer this form asks for."""
    most = scheme.category(category).recommended_per_office
    if kind == "recommend" and most is not None:
        return Phrase(N_("The scheme lets one body recommend {most} at most."), {"most": most})
    if kind != "deliberate" or scheme.vote is None:
        return None
    passes, quorum = ("/".join(map(str, share)) for share in (scheme.vote.passes, scheme.vote.quorum))
    text = N_("The scheme asks for {passes} of those present to vote for; {quorum} of the members must be present.")
    if scheme.vote.more_than:
        text = N_("The scheme asks for more than {passes} of those present to vote for; {quorum} of the members must be present.")
    return Phrase(text, {"passes": passes, "quorum": quorum})


def _said(session: Session, kind: str, found: Mapping[int, PaperOutcome]) -> dict[str, Any]:
    """What outcomes of one kind of stage say, and who entered and confirmed them."""
    contents = {id_: from_json(kind, one.content) for id_, one in found.items()}
    people = {one.recorded_by for one in found.values()} | {one.confirmed_by for one in found.values() if one.confirmed_by}
    return {
        "said": {id_: content.said() for id_, content in contents.items() if content is not None},
        "names": names_of(session, people),
        "fingerprint_of": outcomes.fingerprint_of,
    }


def _prepared(form: SubmittedForm) -> Prepared | None:
    upload = form.file("file")
    return None if upload is None else prepare_upload(upload.filename or "", upload.file, SCANS)
