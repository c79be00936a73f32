"""The award office looks at licences and decides claims."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import names_of
from award.applications.service import decide_claim
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.files.models import StoredFile
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.organisations import queries
from award.organisations.models import Claim
from award.rounds.models import Authority

router = APIRouter(prefix="/office/claims", dependencies=[Depends(guard.office)])
STATES = ("", queries.PENDING, queries.CONFIRMED, queries.REFUSED)


@router.get("")
def claims(request: Request, session: RequestSession, actor: CurrentActor, state: str = "") -> Response:
    """Claims made to the actor's authorities, the waiting ones first."""
    found = queries.claims_for_office(session, actor, state if state in STATES else "")
    names = names_of(session, [one.person_id for one in found])
    authorities = {one: session.get_one(Authority, one) for one in queries.offices_of(actor)}
    rows = [
        {"url": f"/office/claims/{one.public_id}", "name": one.organisation.name, "code": one.organisation.credit_code,
         "by": names[one.person_id], "made_at": one.made_at, "state": one.state, "authority": authorities[one.authority_id]}
        for one in found
    ]  # fmt: skip
    return render(
        request, session, "organisations/claims.html", rows=rows, state=state, states=STATES,
        waiting=queries.count_pending(session, actor), several=len(authorities) > 1,
    )  # fmt: skip


@router.get("/{claim_id}")
def show(request: Request, session: RequestSession, actor: CurrentActor, claim_id: PublicId) -> Response:
    """One claim with its licence, and the form to decide it."""
    claim = queries.claim_for_office(session, actor, claim_id)
    typed = {"decision": "", "name": claim.organisation.name, "reason": ""}
    return render(request, session, "organisations/claim_office.html", **_shown(session, actor, claim, typed))


@router.post("/{claim_id}")
def decide(request: Request, session: RequestSession, actor: CurrentActor, claim_id: PublicId, form: Form) -> Response:
    """Confirms or refuses."""
    claim = queries.claim_for_office(session, actor, claim_id)
    shown = _shown(session, actor, claim, {name: form.get(name) for name in ("decision", "name", "reason")})
    try:
        decision = form.choice("decision", ("confirm", "refuse"))
        name = form.text("name", required=decision == "confirm", longest=120)
        reason = form.text("reason", required=False, longest=500)
        form.check()
        decide_claim(session, actor, claim, decision == "confirm", reason, clock.now(session), name=name)
    except Invalid as error:
        return render_invalid(request, session, "organisations/claim_office.html", error, **shown)
    return RedirectResponse("/office/claims", 303)


@router.get("/{claim_id}/licence")
def licence(session: RequestSession, actor: CurrentActor, claim_id: PublicId) -> Response:
    """The licence as it was uploaded."""
    claim = queries.claim_for_office(session, actor, claim_id)
    if claim.licence_file_id is None:
        raise NotFound
    return send_file(session.get_one(StoredFile, claim.licence_file_id), inline=True)


def _shown(session: Session, actor: Actor, claim: Claim, typed: dict[str, str]) -> dict[str, Any]:
    person = session.get_one(Person, claim.person_id)
    stored = session.get(StoredFile, claim.licence_file_id) if claim.licence_file_id else None
    others = queries.other_claims(session, actor, claim)
    names = names_of(session, [*(one.person_id for one in others), *([claim.decided_by] if claim.decided_by else [])])
    return {
        "claim": {"id": claim.public_id, "state": claim.state, "made_at": claim.made_at, "reason": claim.reason,
                  "decided_at": claim.decided_at, "decided_by": names.get(claim.decided_by or 0, "")},
        "organisation": {"name": claim.organisation.name, "code": claim.organisation.credit_code},
        "person": {"name": person.name, "email": person.email, "phone": person.phone},
        "licence": {"name": stored.name, "kib": -(-stored.size // 1024)} if stored else None,
        "others": [{"by": names[one.person_id], "state": one.state, "made_at": one.made_at} for one in others],
        "is_own": claim.person_id == actor.person_id,
        "typed": typed,
    }
