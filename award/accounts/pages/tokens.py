"""One's own access tokens for the API: the list, making one, revoking one."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from award.accounts import queries, service
from award.accounts.models import Person
from award.accounts.pages.going import go
from award.kernel import clock
from award.kernel.actor import ADMINISTRATORS, Actor, TokenScope
from award.kernel.errors import Invalid
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import DEFAULT_ZONE, render, render_invalid

router = APIRouter(prefix="/me/tokens", dependencies=[Depends(guard.signed_in)])
TEMPLATE = "accounts/tokens.html"
USUAL = timedelta(days=90)
SCOPES = {
    TokenScope.READ_APPLICATIONS: N_("Read applications"),
    TokenScope.READ_DOCUMENTS: N_("Read documents"),
    TokenScope.READ_ORGANISATIONS: N_("Read organisations"),
    TokenScope.READ_RESULTS: N_("Read results"),
    TokenScope.READ_ROUNDS: N_("Read rounds"),
    TokenScope.READ_SHEETS: N_("Read one's own score sheets"),
    TokenScope.WRITE_APPLICATIONS: N_("Write and submit applications"),
    TokenScope.WRITE_SHEETS: N_("Write and submit one's own score sheets"),
}


def _shown(session: Session, actor: Actor, person: Person) -> dict[str, Any]:
    now = clock.real_now()
    return {
        "tokens": queries.tokens_of(session, person.id, now),
        "scopes": SCOPES,
        "is_administrator": bool(actor.roles & ADMINISTRATORS),
        "username": person.username,
        "made": "",
        "typed": {"name": "", "scopes": [], "ends_on": f"{now + USUAL:%Y-%m-%d}"},
    }


@router.get("")
def show(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """The tokens that hold, and the form for another."""
    person = queries.own_person(session, actor)
    return render(request, session, TEMPLATE, **_shown(session, actor, person))


@router.post("")
def make(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Makes a token and shows it, this once; nothing leads back to it."""
    person = queries.own_person(session, actor)
    shown = _shown(session, actor, person)
    shown["typed"] = {"name": form.get("name"), "scopes": form.all("scopes"), "ends_on": form.get("ends_on")}
    try:
        name, ends_at = form.text("name", longest=80), form.end_of_day("ends_on", DEFAULT_ZONE)
        form.check()
        token = service.make_token(
            session, actor, person, name=name, scopes=form.all("scopes"), ends_at=ends_at,
            password=form.get("token_password"), now=clock.real_now(),
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, TEMPLATE, error, **shown)
    session.flush()
    return render(request, session, TEMPLATE, **{**_shown(session, actor, person), "made": token})


@router.post("/{token_id}/revoke")
def revoke(session: RequestSession, actor: CurrentActor, token_id: PublicId) -> Response:
    """Ends a token at once."""
    service.revoke_token(session, actor, token_id, clock.real_now())
    return go("/me/tokens")
