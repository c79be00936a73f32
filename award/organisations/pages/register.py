"""The register of organisations as an award office has it."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from award.kernel.actor import Actor
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PageNumber, RequestSession
from award.kernel.web.rendering import Page, render
from award.organisations import queries
from award.organisations.models import Organisation
from award.rounds.queries import authorities_of

router = APIRouter(prefix="/office/organisations", dependencies=[Depends(guard.office)])
SIZE = 50
LONGEST = 120


@router.get("")
def register(
    request: Request, session: RequestSession, actor: CurrentActor, q: str = "", page: PageNumber = 1
) -> Response:
    """The organisations the office entered, and those claimed before it, with who acts for them."""
    wanted = q.strip()[:LONGEST]
    found, total = queries.register_of(session, actor, wanted, page, SIZE)
    rows = _rows(session, actor, found)
    return render(
        request, session, "organisations/register.html", rows=rows, q=wanted, page=Page(rows, page, SIZE, total, partial(_link, wanted)),
    )  # fmt: skip


def _rows(session: Session, actor: Actor, found: list[Organisation]) -> list[dict[str, Any]]:
    ids = [one.id for one in found]
    acting, claims = queries.acting_in_register(session, actor, ids), queries.claims_in_register(session, actor, ids)
    authorities = {one.id: one for one in authorities_of(session, actor)}
    named = authorities if len(authorities) > 1 else {}
    return [
        {
            "name": one.name, "name_en": one.name_en, "code": one.credit_code, "established_on": one.established_on,
            "acting": acting.get(one.id, []),
            "claims": [
                {"url": f"/office/claims/{claim.public_id}", "state": claim.state, "authority": named.get(claim.authority_id)}
                for claim in claims.get(one.id, [])
            ],
        }
        for one in found
    ]  # fmt: skip


def _link(wanted: str, number: int) -> str:
    return "?" + urlencode({**({"q": wanted} if wanted else {}), "page": number})
