"""Organisations for programs: one's own, and for an office those whose representation was claimed before it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from award.kernel.actor import Actor, TokenScope
from award.kernel.errors import NotFound
from award.kernel.i18n import N_
from award.kernel.web.api import READ, Paged, answers, listed, tagged
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.organisations.models import Organisation
from award.organisations.queries import claims_for_office, organisations_of
from award.organisations.schemas import ORGANISATION, OrganisationOut, Organisations

router = APIRouter(
    prefix="/organisations", tags=["organisations"], dependencies=[Depends(TokenGuard(TokenScope.READ_ORGANISATIONS))]
)
Code = Annotated[str | None, Query(pattern="^[0-9A-Z]{18}$", description="Only the one with this unified social credit code.")]


@router.get(
    "", summary=N_("Organisations one acts for, or one's office was asked about"),
    response_model=Organisations, responses=READ | {200: answers({"items": [ORGANISATION], "next": None}, link=True)}
)
def organisations(
    request: Request, session: RequestSession, actor: CurrentActor, page: Paged, credit_code: Code = None
) -> Response:
    """The organisations the token's person acts for, and those his office has been asked about."""
    found = [one for one in _visible(session, actor) if credit_code in (None, one.credit_code)]
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
    found = next((one for one in _visible(session, actor) if one.public_id == organisation_id), None)
    if found is None:
        raise NotFound
    return tagged(request, _shown(found))


def _visible(session: Session, actor: Actor) -> list[Organisation]:
    claimed = [one.organisation for one in claims_for_office(session, actor)]
    return list({one.id: one for one in (*organisations_of(session, actor), *claimed)}.values())


def _shown(one: Organisation) -> OrganisationOut:
    return OrganisationOut(
        id=one.public_id, credit_code=one.credit_code, name=one.name, name_en=one.name_en, established_on=one.established_on,
        address=one.address,
    )  # fmt: skip
