"""The office's certificates: issuing the batch, its papers, and revoking one."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from award.kernel.actor import Action
from award.kernel.documents.models import Document
from award.kernel.documents.queries import latest_for
from award.kernel.errors import Invalid
from award.kernel.i18n import N_, Phrase
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.policy import Decision
from award.results.pages.desk import Desk, desk_of, send_paper, typed_of
from award.results.queries import decided_lines, publication_of
from award.winners import queries, service
from award.winners.models import Certificate

router = APIRouter(prefix="/office/rounds/{round_id}/certificates")
TEMPLATE, REVOKE = "winners/certificates.html", "winners/revoke.html"


@router.get("", dependencies=[Depends(guard.office_or_supervisor)])
def certificates(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """All certificates of a round with their state, and the form that issues those still missing."""
    desk = desk_of(session, actor, round_id, "certificates")
    return render(request, session, TEMPLATE, **_page(desk), typed={"issued_on": str(desk.today)})


@router.post("", dependencies=[Depends(guard.office)])
def issue(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Issues the certificates still missing."""
    desk = desk_of(session, actor, round_id, "certificates")
    try:
        issued_on = form.day("issued_on")
        form.check()
        service.issue_certificates(session, actor, desk.round, issued_on or date.min, desk.now)
    except Invalid as error:
        return render_invalid(request, session, TEMPLATE, error, **_page(desk), typed=typed_of(request))
    return RedirectResponse(f"/office/rounds/{round_id}/certificates", 303)


def _page(desk: Desk) -> dict[str, Any]:
    found = queries.certificates_for(desk.session, desk.actor, desk.round.id)
    papers = _papers(desk, [one.document_id for one in found if one.document_id])
    publication = publication_of(desk.session, desk.round.id)
    lines = decided_lines(desk.session, desk.round) if publication else {}
    winners = {line.application_id for one in lines.values() for line in one if line.decided_grade}
    closed: Decision | Phrase | None = desk.says(Action.CERTIFICATE_ISSUE)
    if not closed and publication is None:
        closed = Phrase(N_("Publish the result first; certificates follow it."))
    return {
        **desk.place,
        "rows": [(one, _state(one, papers.get(one.document_id or 0), desk.today), papers.get(one.document_id or 0)) for one in found],
        "unissued": len(winners - {one.application_id for one in found}) if not desk.hidden else 0,
        "failed": sum(paper.state in ("failed", "cancelled") for paper in papers.values()),
        "closed": closed,
        "may_revoke": not desk.says(Action.CERTIFICATE_REVOKE),
    }


def _papers(desk: Desk, ids: list[int]) -> dict[int, Document]:
    found = desk.session.scalars(select(Document).where(Document.id.in_(ids)))
    return {one.id: one for one in found}


def _state(certificate: Certificate, paper: Document | None, today: date) -> str:
    """A code of words.WORDS["certificate"]."""
    validity = queries.validity_of(certificate, today)
    if validity != "valid":
        return validity
    return "issued" if paper is not None and paper.is_ready else "wanted"


@router.get("/{certificate_id}/document", dependencies=[Depends(guard.office_or_supervisor)])
def document(session: RequestSession, actor: CurrentActor, round_id: PublicId, certificate_id: PublicId) -> Response:
    """The certificate as PDF. Not found while it is being made; the list says how to come back."""
    desk = desk_of(session, actor, round_id, "certificates")
    certificate = queries.certificate_for(session, actor, desk.round, certificate_id)
    paper = latest_for(session, "certificate", f"certificate:{certificate.public_id}", "zh", ready=True)
    return send_paper(paper, f"{certificate.number} {certificate.holder}")


@router.get("/{certificate_id}/revoke", dependencies=[Depends(guard.office)])
def before_revoking(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, certificate_id: PublicId
) -> Response:
    """What revoking means, and the form for its reason."""
    desk = desk_of(session, actor, round_id, "certificates")
    certificate = queries.certificate_for(session, actor, desk.round, certificate_id)
    return render(request, session, REVOKE, **_revoking(desk, certificate), typed={})


def _revoking(desk: Desk, certificate: Certificate) -> dict[str, Any]:
    closed: Decision | Phrase | None = desk.says(Action.CERTIFICATE_REVOKE)
    if not closed and certificate.revoked_at is not None:
        closed = Phrase(service.REVOKED)
    elif not closed and certificate.issued_by == desk.actor.person_id:
        closed = Phrase(service.SECOND_PERSON)
    return {**desk.place, "certificate": certificate, "closed": closed}


@router.post("/{certificate_id}/revoke", dependencies=[Depends(guard.office)])
def revoke(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, certificate_id: PublicId, form: Form
) -> Response:
    """Revokes it."""
    desk = desk_of(session, actor, round_id, "certificates")
    certificate = queries.certificate_for(session, actor, desk.round, certificate_id)
    page = _revoking(desk, certificate)
    try:
        reason = form.text("reason", required=False, longest=1000, lines=True)
        form.check()
        service.revoke_certificate(session, actor, desk.round, certificate, reason, desk.now)
    except Invalid as error:
        return render_invalid(request, session, REVOKE, error, **page, typed=typed_of(request))
    return RedirectResponse(f"/office/rounds/{round_id}/certificates", 303)
