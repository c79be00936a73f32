"""One's own account: data, password, sessions, roles, and what happened to it."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from award.accounts import queries, service
from award.accounts.browsers import browser_in_words
from award.accounts.models import Person
from award.accounts.pages.display import YEAR
from award.accounts.pages.going import go, home_of, set_cookie
from award.accounts.pages.links import new_password
from award.kernel import clock
from award.kernel.actor import Actor, Role
from award.kernel.errors import Invalid
from award.kernel.events import Event
from award.kernel.i18n import LANGUAGES
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid

router = APIRouter(dependencies=[Depends(guard.signed_in)])


def _shown(session: Session, actor: Actor, person: Person, typed: dict[str, str] | None = None) -> dict[str, Any]:
    now = clock.real_now()
    own = {"name": person.name, "phone": person.phone, "language": person.language}
    running = queries.running_sessions(session, person.id, now)
    happened = queries.account_events(session, person)
    return {
        "person": {"username": person.username, "email": person.email},
        "new_email": "", "has_work": home_of(actor.roles) != "/me", "recommends": Role.RECOMMENDER in actor.roles,
        "typed": typed or own,
        "sessions": [
            {"mark": one.mark, "browser": browser_in_words(one.agent), "address": one.address, "seen_at": one.seen_at,
             "created_at": one.created_at, "is_this": one.token_hash == actor.session}
            for one in running
        ],
        "grants": [
            {"role": one.role, "until": one.valid_until}
            for one in queries.current_grants(session, [person.id], clock.now(session))[person.id]
        ],
        "happened": [{"at": one.at, "text": queries.ACCOUNT_EVENTS[Event(one.act)]} for one in happened],
    }  # fmt: skip


@router.get("/me")
def show(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """The account."""
    person = queries.own_person(session, actor)
    return render(request, session, "accounts/me.html", **_shown(session, actor, person))


@router.post("/me")
def change(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Changes one's own data."""
    person = queries.own_person(session, actor)
    given = {name: form.get(name) for name in ("name", "phone", "language")}
    shown = _shown(session, actor, person, given)
    try:
        name = form.text("name", longest=80)
        phone, language = form.text("phone", required=False, longest=32), form.choice("language", LANGUAGES)
        form.check()
        service.change_person(session, actor, person, name=name, phone=phone, language=language)
    except Invalid as error:
        return render_invalid(request, session, "accounts/me.html", error, **shown)
    response = go("/me")
    set_cookie(request, response, "lang", language, max_age=YEAR)
    return response


@router.post("/me/address")
def change_address(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Sends a link to another address; it is used from the moment the link is opened."""
    person = queries.own_person(session, actor)
    shown = _shown(session, actor, person) | {"new_email": form.get("email")}
    try:
        email = form.text("email", longest=254)
        form.check()
        service.ask_address(session, actor, person, email, form.get("address_password"), clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, "accounts/me.html", error, **shown)
    return render(request, session, "accounts/sent.html", kind="address", address=email)


@router.post("/me/password")
def change_password(request: Request, session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Sets another password; the other sessions end."""
    person = queries.own_person(session, actor)
    shown = _shown(session, actor, person)
    try:
        password = new_password(form)
        form.check()
        service.change_password(session, actor, person, form.get("old_password"), password, clock.real_now())
    except Invalid as error:
        return render_invalid(request, session, "accounts/me.html", error, **shown)
    return go("/me")


@router.post("/me/sessions")
def end_session(session: RequestSession, actor: CurrentActor, form: Form) -> Response:
    """Ends one of one's own sessions, or (without a mark) all but this one."""
    now = clock.real_now()
    if mark := form.get("mark"):
        service.end_session(session, actor, mark, now)
    else:
        service.end_sessions(session, actor, queries.own_person(session, actor), now, keep=actor.session)
    return go("/me")


@router.get("/home")
def home(actor: CurrentActor) -> Response:
    """Leads everybody to his own work."""
    return go(home_of(actor.roles))
