"""Documents for programs: notices, decisions, announcements, certificates and feedback reports as PDF, for those who may have them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from award.kernel import clock
from award.kernel.actor import TokenScope
from award.kernel.errors import NotFound
from award.kernel.i18n import N_
from award.kernel.ids import PATTERN
from award.kernel.web.api import READ, TAG, Paged, answers, listed, tagged, tagged_file
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.papers.documents import Readable, document_for, documents_for
from award.papers.schemas import DOCUMENT, DocumentOut, Documents

router = APIRouter(prefix="/documents", tags=["documents"], dependencies=[Depends(TokenGuard(TokenScope.READ_DOCUMENTS))])
Kind = Literal[
    "acceptance_notice", "announcement", "certificate", "correction_notice", "decision", "feedback_report", "notice",
    "refusal_notice",
]  # fmt: skip
PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The stored file.", "headers": TAG,
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}  # fmt: skip


@router.get(
    "", summary=N_("Papers one may have, of each the last that is ready"),
    response_model=Documents, responses=READ | {200: answers({"items": [DOCUMENT], "next": None}, link=True)},
)  # fmt: skip
def documents(
    request: Request, session: RequestSession, actor: CurrentActor, page: Paged,
    kind: Annotated[Kind | None, Query(description="Only those of this kind.")] = None,
    round_id: Annotated[str | None, Query(
        alias="round", pattern=PATTERN, description="Only those of this round.", examples=["w9c4t2mk8vxp"],
    )] = None,
) -> Response:  # fmt: skip
    """The papers the token's person may have, of each the last that is ready."""
    found = [
        one
        for one in documents_for(session, actor, clock.now(session))
        if kind in (None, one.kind) and round_id in (None, one.round)
    ]
    rows = [_shown(one) for one in page.of(found, lambda one: one.document.public_id)]
    return listed(request, Documents, rows, page, lambda one: one.id)


@router.get(
    "/{document_id}", summary=N_("What is known of a paper"),
    response_model=DocumentOut, responses=READ | {200: answers(DOCUMENT)},
)  # fmt: skip
def one_document(request: Request, session: RequestSession, actor: CurrentActor, document_id: PublicId) -> Response:
    """What is known of a paper."""
    return tagged(request, _shown(document_for(session, actor, document_id, clock.now(session))))


@router.get(
    "/{document_id}/content", summary=N_("The paper itself as PDF"),
    response_class=Response, responses=READ | PDF,
)  # fmt: skip
def content(request: Request, session: RequestSession, actor: CurrentActor, document_id: PublicId) -> Response:
    """The paper itself as PDF."""
    found = document_for(session, actor, document_id, clock.now(session))
    if found.document.file is None:
        raise NotFound
    return tagged_file(request, found.document.file, found.name)


def _shown(one: Readable) -> DocumentOut:
    document, file = one.document, one.document.file
    return DocumentOut(
        id=document.public_id, kind=one.kind, about=one.about, language=document.language, pages=document.pages,
        sha256=file.sha256 if file else "", size=file.size if file else 0, ready_at=document.ready_at,
    )  # fmt: skip
