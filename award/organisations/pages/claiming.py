"""An applicant claims an organisation and invites colleagues to it."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.service.invitations import invitation_url
from award.kernel import clock
from award.kernel.actor import Actor
from award.kernel.errors import FieldError, Invalid
from award.kernel.files.service import Limits, Prepared, keep, prepare_upload
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.organisations import queries, service
from award.organisations.credit_code import check_credit_code
from award.rounds.models import Authority

router = APIRouter(prefix="/apply/organisation", dependencies=[Depends(guard.signed_in)])
LICENCE = Limits(mib=10, extensions=frozenset({"pdf", "jpg", "jpeg", "png"}))
TYPED = ("credit_code", "organisation_name", "authority")
INVITED = ("name", "email", "organisation")
BLANK = dict.fromkeys((*TYPED, *INVITED, "before"), "")
TEMPLATE = "organisations/claim.html"


def _authorities(session: Session) -> list[Authority]:
    return list(session.scalars(select(Authority).order_by(Authority.id)))


def _authority(session: Session, form: SubmittedForm) -> Authority:
    found = next((one for one in _authorities(session) if one.public_id == form.get("authority")), None)
    if found is None:
        raise Invalid.one("authority", N_("Choose one of the options."))
    return found


def _shown(session: Session, actor: Actor, typed: dict[str, str]) -> dict[str, Any]:
    """Equal for the first who claims an organisation and anybody later: the name in the register is shown when a claim is
    confirmed, until then the one that was typed.
    """
    named = {one.id: one for one in _authorities(session)}
    return {
        "typed": typed,
        "mib": LICENCE.mib,
        "authorities": [(one.public_id, one) for one in named.values()],
        "claims": [
            {
                "code": one.organisation.credit_code, "state": one.state, "reason": one.reason, "made_at": one.made_at,
                "name": one.organisation.name if one.state == queries.CONFIRMED else one.claimed_name,
                "authority": named[one.authority_id], "organisation": one.organisation.public_id,
            }
            for one in queries.claims_of(session, actor)
        ],
        "organisations": _with_colleagues(session, actor, list(named.values())),
        "link": "",
    }  # fmt: skip


def _with_colleagues(session: Session, actor: Actor, authorities: list[Authority]) -> list[dict[str, Any]]:
    """The organisations colleagues can be invited to, with the authority before which they would act."""
    return [
        {"id": one.public_id, "name": one.name, "authority": authority}
        for one in queries.organisations_of(session, actor)
        for authority in authorities
        if actor.acts_for(one.id, authority.id) and queries.is_confirmed(session, one.id, authority.id)
    ]


@router.get("", name="claim_organisation")
def show(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """The actor's claims, and the form for one more."""
    return render(request, session, TEMPLATE, **_shown(session, actor, BLANK))


@router.post("")
def claim(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Claims an organisation; the answer is the same whether or not somebody else has."""
    typed = BLANK | {name: form.get(name) for name in TYPED}
    try:
        # Before the session is used: opening a file takes time, and a lock is held from the first use on.
        code, name, licence = _read(form)
        authority = _authority(session, form)
        now = clock.now(session)
        stored = keep(session, licence, actor.person_id, now, "licence")
        service.claim_organisation(session, actor, authority, code, name, stored, now)
    except Invalid as error:
        return render_invalid(request, session, TEMPLATE, error, **_shown(session, actor, typed))
    return RedirectResponse("/apply/organisation", 303)


def _read(form: SubmittedForm) -> tuple[str, str, Prepared]:
    name = form.text("organisation_name", longest=120)
    try:
        code = check_credit_code(form.get("credit_code"))
    except Invalid as error:
        form.errors[:0] = error.errors
    if not form.get("authority"):
        form.errors.insert(0, FieldError("authority", N_("Choose whose award you want to apply for.")))
    uploaded = form.file("licence")
    if uploaded is None:
        form.fault("licence", N_("Choose the licence: a PDF or a picture of it."))
        raise Invalid(form.errors)
    form.check()
    return code, name, prepare_upload(uploaded.filename or "", uploaded.file, LICENCE, field="licence")


@router.post("/{organisation_id}/colleagues")
def invite(
    request: Request, session: RequestSession, actor: CurrentActor, organisation_id: PublicId, form: Form
) -> Response:
    """Invites a colleague; the link is shown once, for the case that the mail does not arrive."""
    typed = BLANK | {name: form.get(name) for name in INVITED} | {"organisation": organisation_id}
    typed |= {"before": form.get("authority")}
    organisation = queries.organisation_for(session, actor, organisation_id)
    try:
        name, email = form.text("name", longest=80), form.text("email")
        form.check()
        _, token = service.invite_colleague(
            session, actor, organisation, _authority(session, form), name=name, email=email, now=clock.real_now(),
            language=request.state.language,
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, TEMPLATE, error, **_shown(session, actor, typed))
    return render(request, session, TEMPLATE, **(_shown(session, actor, BLANK) | {"link": invitation_url(token)}))
