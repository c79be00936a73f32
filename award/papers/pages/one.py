"""One paper on its page: made, being made, or to be made; and its file."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Actor, Role
from award.kernel.documents.models import DocumentState
from award.kernel.documents.queries import latest_for
from award.kernel.errors import NotFound
from award.kernel.i18n import LANGUAGES, translate
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render
from award.papers import service
from award.papers.kinds import KINDS
from award.papers.queries import Paper, paper_for
from award.papers.reasons import reason
from award.rounds.queries import title_of
from award.stages import Who
from award.standing.queries import roles_in_round

router = APIRouter(prefix="/papers", dependencies=[Depends(guard.signed_in)])
KEY = Path(pattern=f"^({'|'.join(KINDS)})$")


@router.get("/{kind}/{thing_id}")
def paper(
    request: Request, session: RequestSession, actor: CurrentActor, thing_id: PublicId, kind: str = KEY
) -> Response:
    """How far the paper is in each of its languages; looks again by itself while it is being made."""
    found = paper_for(session, actor, kind, thing_id, clock.now(session))
    return render(request, session, "papers/one.html", **_page(session, actor, found, request.state.language))


def _page(session: Session, actor: Actor, paper: Paper, language: str) -> dict[str, Any]:
    documents = {one: latest_for(session, paper.kind.template, paper.subject, one) for one in paper.kind.languages}
    side = _side(actor, paper)
    faults = {name: reason(language, one.error) for name, one in documents.items() if one is not None}
    return {
        "paper": paper, "documents": documents, "faults": faults, "title": translate(language, paper.kind.title), "side": side,
        "layout": f"layouts/{side}.html", "back": _back(actor, paper, side), "round": paper.round,
        "round_title": title_of(paper.round),
        "site_name": paper.round.award.name.in_language(language),
        "names": {"zh": "中文", "en": "English"},
        "url": f"/papers/{paper.kind.key}/{paper.thing}", "zone": paper.round.award.authority.zone,
        "is_waiting": any(one is not None and one.state == DocumentState.WANTED for one in documents.values()),
    }  # fmt: skip


def _side(actor: Actor, paper: Paper) -> str:
    """Whose desk the page belongs to."""
    who = roles_in_round(actor, paper.round.id, paper.round.award.authority_id)
    if who & {Who.OFFICE, Who.SUPERVISOR}:
        return "office"
    return "judge" if Role.JUDGE in actor.roles and paper.kind.key != "acceptance" else "applicant"


def _back(actor: Actor, paper: Paper, side: str) -> str:
    """The page people look for this paper on."""
    base = f"/office/rounds/{paper.round.public_id}"
    if side == "judge" or paper.application is None:
        return "/review" if side == "judge" else f"{base}/papers"
    application = paper.application.public_id
    if side == "applicant":
        return f"/apply/{application}"
    return (
        f"{base}/progress/{application}"
        if paper.kind.key in ("sheet", "comments", "summary")
        else f"/office/applications/{application}"
    )


@router.post("/{kind}/{thing_id}")
def make(session: RequestSession, actor: CurrentActor, thing_id: PublicId, form: Form, kind: str = KEY) -> Response:
    """Wants it in one language, then the page that says how far it is."""
    now: datetime = clock.now(session)
    service.make(session, paper_for(session, actor, kind, thing_id, now), form.get("language"), now)
    return RedirectResponse(f"/papers/{kind}/{thing_id}", 303)


@router.get("/{kind}/{thing_id}/file")
def file(
    session: RequestSession, actor: CurrentActor, thing_id: PublicId, kind: str = KEY, language: str = "zh"
) -> Response:
    """The paper as PDF. Not found while it is being made; its page says how far it is."""
    found = paper_for(session, actor, kind, thing_id, clock.now(session))
    if language not in LANGUAGES:
        raise NotFound
    document = latest_for(session, found.kind.template, found.subject, language, ready=True)
    if document is None or document.file is None:
        raise NotFound
    return send_file(document.file, inline=True, name=found.file_name(language))
