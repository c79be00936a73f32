"""Documents for programs: notices, announcements, certificates and feedback reports as PDF, for those who may have them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from award.kernel import clock
from award.kernel.actor import TokenScope
from award.kernel.documents.models import Document
from award.kernel.errors import NotFound
from award.kernel.i18n import N_
from award.kernel.web.api import READ, Paged, answers, listed, tagged
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.winners.documents import document_for, documents_for
from award.winners.schemas import DOCUMENT, DocumentOut, Documents

router = APIRouter(prefix="/documents", tags=["documents"], dependencies=[Depends(TokenGuard(TokenScope.READ_DOCUMENTS))])
Kind = Literal["announcement", "certificate", "feedback_report", "notice"]
PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The stored file.", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get(
    "", summary=N_("Papers one may have, of each the last that is ready"),
    response_model=Documents, responses=READ | {200: answers({"items": [DOCUMENT], "next": None}, link=True)},
)  # fmt: skip
def documents(
    request: Request, session: RequestSession, actor: CurrentActor, page: Paged,
    kind: Annotated[Kind | None, Query(description="Only those of this kind.")] = None,
) -> Response:  # fmt: skip
    """The papers the token's person may have, of each the last that is ready."""
    readable = (one.document for one in documents_for(session, actor, clock.now(session)))
    found = [one for one in readable if kind in (None, _kind(one))]
    rows = [_shown(one) for one in page.of(found, lambda one: one.public_id)]
    return listed(request, Documents, rows, page, lambda one: one.id)


@router.get(
    "/{document_id}", summary=N_("What is known of a paper"),
    response_model=DocumentOut, responses=READ | {200: answers(DOCUMENT)},
)  # fmt: skip
def one_document(request: Request, session: RequestSession, actor: CurrentActor, document_id: PublicId) -> Response:
    """What is known of a paper."""
    return tagged(request, _shown(document_for(session, actor, document_id, clock.now(session)).document))


@router.get(
    "/{document_id}/content", summary=N_("The paper itself as PDF"),
    response_class=Response, responses=READ | PDF,
)  # fmt: skip
def content(session: RequestSession, actor: CurrentActor, document_id: PublicId) -> Response:
    """The paper itself as PDF."""
    found = document_for(session, actor, document_id, clock.now(session))
    if found.document.file is None:
        raise NotFound
    return send_file(found.document.file, name=found.name)


def _kind(one: Document) -> str:
    """An announcement is printed on the same form as a notice."""
    return "announcement" if one.subject.startswith("announcement:") else one.kind


def _shown(one: Document) -> DocumentOut:
    return DocumentOut(
        id=one.public_id, kind=_kind(one), about=one.subject.partition(":")[2], language=one.language, pages=one.pages,
        sha256=one.file.sha256 if one.file else "", size=one.file.size if one.file else 0, ready_at=one.ready_at,
    )  # fmt: skip
