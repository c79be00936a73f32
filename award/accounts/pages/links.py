"""One-time links and how one gets them: registering, a new password or address, an invitation, the first administrator."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from award.accounts import queries, service
from award.accounts.models import Invitation, Person
from award.accounts.pages.going import go
from award.accounts.service.first_start import is_start_token
from award.kernel import clock
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid

router = APIRouter(dependencies=[Depends(guard.public)])
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]
TYPED = ("name", "email", "phone", "username", "account")
BLANK = dict.fromkeys(TYPED, "")
UNEQUAL = N_("The two passwords differ. Type the same one twice.")


def typed(form: SubmittedForm) -> dict[str, str]:
    """What goes back into a form; never a password."""
    return {name: form.get(name) for name in TYPED}


def new_password(form: SubmittedForm) -> str:
    """The password, typed twice alike; notes a fault otherwise."""
    if form.get("password") != form.get("password_again"):
        form.fault("password_again", UNEQUAL)
    return form.get("password")


def link_is_over(request: Request, session: RequestSession, kind: str) -> Response:
    """What a link that was used, has expired or never existed leads to: the three look the same.

    kind: reset, invitation, start or address; each says who makes a new one.
    """
    return render(request, session, "accounts/link_over.html", status_code=404, kind=kind)


@router.get("/register")
def registering(request: Request, session: RequestSession) -> Response:
    """The form for an account of one's own."""
    return render(request, session, "accounts/register.html", typed=BLANK)


@router.post("/register")
def register(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Sends a mail; the answer is the same whether or not there is an account already."""
    name, email = form.text("name", longest=80), form.text("email")
    phone = form.text("phone", required=False, longest=32)
    try:
        form.check()
        service.register(
            session, actor, name=name, email=email, phone=phone, language=request.state.language, now=clock.real_now()
        )
    except Invalid as error:
        return render_invalid(request, session, "accounts/register.html", error, typed=typed(form))
    return render(request, session, "accounts/sent.html", kind="register", address=email)


@router.get("/forgot")
def forgetting(request: Request, session: RequestSession) -> Response:
    """The form that asks for a link."""
    return render(request, session, "accounts/forgot.html", typed=BLANK)


@router.post("/forgot")
def forgot(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Sends a link to the owner of the account, if there is one; the answer is the same."""
    account = form.text("account", longest=254)
    try:
        form.check()
    except Invalid as error:
        return render_invalid(request, session, "accounts/forgot.html", error, typed=typed(form))
    service.ask_reset(session, actor, account, clock.real_now())
    return render(request, session, "accounts/sent.html", kind="forgot", address="")


@router.get("/reset/{token}")
def resetting(request: Request, session: RequestSession, token: Token) -> Response:
    """The form for a new password."""
    found = queries.reset_of(session, token, clock.real_now())
    if found is None:
        return link_is_over(request, session, "reset")
    return render(request, session, "accounts/reset.html", **_reset(found[1], token))


def _reset(person: Person, token: str) -> dict[str, Any]:
    # Values, not rows: a form that is shown again has rolled its transaction back.
    return {"person": {"username": person.username}, "token": token, "is_first": person.password_hash is None}


@router.post("/reset/{token}")
def reset(request: Request, session: RequestSession, actor: CurrentActor, token: Token, form: Form) -> Response:
    """Sets the new password."""
    found = queries.reset_of(session, token, clock.real_now())
    if found is None:
        return link_is_over(request, session, "reset")
    shown = _reset(found[1], token)
    try:
        password = new_password(form)
        form.check()
        service.reset_password(session, actor, token, password, clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, "accounts/reset.html", error, **shown)
    return go("/login?note=password")


@router.get("/invitation/{token}")
def invited(request: Request, session: RequestSession, actor: CurrentActor, token: Token) -> Response:
    """What somebody is invited to, and the form to accept it."""
    invitation = queries.invitation_of(session, token, clock.real_now())
    if invitation is None:
        return link_is_over(request, session, "invitation")
    return render(request, session, "accounts/invitation.html", **_invitation(session, invitation, token, BLANK))


@router.post("/invitation/{token}")
def accept(request: Request, session: RequestSession, actor: CurrentActor, token: Token, form: Form) -> Response:
    """Sets up the account, or gives the role to the account that is signed in."""
    now = clock.real_now()
    invitation = queries.invitation_of(session, token, now)
    if invitation is None:
        return link_is_over(request, session, "invitation")
    if actor.is_signed_in:
        service.join_by_invitation(session, actor, token, now)
        return go(invitation.leads_to or "/home")
    shown, leads_to = _invitation(session, invitation, token, typed(form)), invitation.leads_to
    if shown["has_account"]:
        raise Conflict("invitation.has_account", N_("You have an account already. Sign in, then open the link once more."))
    name, phone = form.text("name", longest=80), form.text("phone", required=False, longest=32)
    try:
        password = new_password(form)
        form.check()
        service.accept_invitation(session, token, password=password, name=name, phone=phone, now=now)
    except Invalid as error:
        return render_invalid(request, session, "accounts/invitation.html", error, **shown)
    return go(f"/login?note=ready&next={leads_to}" if leads_to else "/login?note=ready")


def _invitation(session: RequestSession, invitation: Invitation, token: str, given: dict[str, str]) -> dict[str, Any]:
    owner = queries.person_by_account(session, invitation.email)
    # Values, not rows: a form that is shown again has rolled its transaction back.
    return {
        "token": token, "role": str(invitation.role), "email": invitation.email, "name": invitation.name,
        "has_account": owner is not None, "owner_id": owner.id if owner else None, "typed": given,
    }  # fmt: skip


@router.get("/address/{token}")
def confirming(request: Request, session: RequestSession, token: Token) -> Response:
    """Names the new address; opening the link alone changes nothing, as mail scanners open links too."""
    found = queries.address_change_of(session, token, clock.real_now())
    if found is None:
        return link_is_over(request, session, "address")
    return render(request, session, "accounts/address.html", email=found[0].email, token=token)


@router.post("/address/{token}")
def confirm(request: Request, session: RequestSession, actor: CurrentActor, token: Token) -> Response:
    """Uses the new address from now on."""
    try:
        service.confirm_address(session, actor, token, clock.real_now())
    except NotFound:
        return link_is_over(request, session, "address")
    return go("/me" if actor.is_signed_in else "/login")


@router.get("/start/{token}")
def starting(request: Request, session: RequestSession, token: Token) -> Response:
    """The form for the first administrator of an empty database."""
    if not is_start_token(session, token):
        return link_is_over(request, session, "start")
    return render(request, session, "accounts/start.html", typed=BLANK, token=token)


@router.post("/start/{token}")
def start(request: Request, session: RequestSession, token: Token, form: Form) -> Response:
    """Enters the first administrator."""
    username, name, email = form.text("username", longest=64), form.text("name", longest=80), form.text("email")
    try:
        password = new_password(form)
        form.check()
        service.accept_start_link(
            session, token, username=username, name=name, email=email, password=password, now=clock.real_now(),
            language=request.state.language,
        )  # fmt: skip
    except Invalid as error:
        return render_invalid(request, session, "accounts/start.html", error, typed=typed(form), token=token)
    except NotFound:
        return link_is_over(request, session, "start")
    return go("/login?note=ready")
