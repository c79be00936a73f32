"""Organisations for programs: one's own, and for an office its register."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from award.kernel.actor import TokenScope
from award.kernel.errors import NotFound
from award.kernel.i18n import N_
from award.kernel.web.api import READ, Paged, answers, listed, tagged
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.organisations.models import Organisation
from award.organisations.queries import organisations_of, register_of, registered
from award.organisations.schemas import ORGANISATION, OrganisationOut, Organisations

router = APIRouter(
    prefix="/organisations", tags=["organisations"], dependencies=[Depends(TokenGuard(TokenScope.READ_ORGANISATIONS))]
)
Code = Annotated[str | None, Query(pattern="^[0-9A-Z]{18}$", description="Only the one with this unified social credit code.")]


@router.get(
    "", summary=N_("Organisations one acts for, and those of one's office's register"),
    response_model=Organisations, responses=READ | {200: answers({"items": [ORGANISATION], "next": None}, link=True)}
)
def organisations(
    request: Request, session: RequestSession, actor: CurrentActor, page: Paged, credit_code: Code = None
) -> Response:
    """The organisations the token's person acts for, and those his office has in its register."""
    kept, _ = register_of(session, actor, credit_code or "")
    visible = {one.id: one for one in (*organisations_of(session, actor), *kept)}.values()
    found = [one for one in visible if credit_code in (None, one.credit_code)]
    rows = [_shown(one) for one in page.of(found, lambda one: one.public_id)]
    return listed(request, Organisations, rows, page, lambda one: one.id)


@router.get(
    "/{organisation_id}", summary=N_("One organisation of the register"),
    response_model=OrganisationOut, responses=READ | {200: answers(ORGANISATION)},
)  # fmt: skip
def one_organisation(
    request: Request, session: RequestSession, actor: CurrentActor, organisation_id: PublicId
) -> Response:
    """One organisation of the register."""
    own = (one for one in organisations_of(session, actor) if one.public_id == organisation_id)
    found = next(own, None) or registered(session, actor, organisation_id)
    if found is None:
        raise NotFound
    return tagged(request, _shown(found))


def _shown(one: Organisation) -> OrganisationOut:
    return OrganisationOut(
        id=one.public_id, credit_code=one.credit_code, name=one.name, name_en=one.name_en, established_on=one.established_on,
        address=one.address,
    )  # fmt: skip
