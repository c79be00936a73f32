"""The form of an invitation, as administrators and offices fill it in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award.accounts.service import invite
from award.accounts.service.invitations import invitation_url
from award.administration.queries import Place, place_in_letters
from award.kernel.actor import ADMINISTRATORS, Actor, Role, Scope
from award.kernel.i18n import LANGUAGES, N_
from award.kernel.web.forms import SubmittedForm

TYPED = ("name", "email", "role", "place", "language")
WHICH = N_("Choose for which authority.")
BLANK = {**dict.fromkeys(TYPED, ""), "language": "zh"}


@dataclass(frozen=True)
class Sent:
    """An invitation that has just gone out; the link is shown once."""

    email: str
    link: str


def send_from(
    session: Session, actor: Actor, form: SubmittedForm, roles: tuple[Role, ...], places: list[Place], now: datetime
) -> Sent:
    """Invites as the form says. roles, places: what the actor may choose from. Raises Invalid. now: real time."""
    name, email = form.text("name", longest=80), form.text("email")
    role = form.choice("role", roles)
    language = form.choice("language", LANGUAGES)
    place = next((one for one in places if one.key == form.get("place")), None)
    is_of_system = role in ADMINISTRATORS
    if role and place is None and not is_of_system:
        form.fault("place", WHICH)
    form.check()
    scope, scope_id = (Scope.SYSTEM, 0) if is_of_system or place is None else (place.scope, place.scope_id)
    where = "" if place is None or is_of_system else place_in_letters(session, place)
    _, token = invite(
        session, actor, name=name, email=email, role=Role(role), scope=scope, scope_id=scope_id, now=now, language=language,
        place=where,
    )  # fmt: skip
    return Sent(email, invitation_url(token))


def typed(form: SubmittedForm) -> dict[str, str]:
    """What goes back into the form."""
    return {name: form.get(name) for name in TYPED}
