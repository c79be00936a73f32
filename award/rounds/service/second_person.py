"""Writing to the office that an act of a colleague waits for a second person, and to him where that one declines it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.kernel.actor import Actor
from award.kernel.i18n import spoken, translate
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.rounds.models import Round
from award.rounds.people import officers_of
from award.rounds.queries import title_of


@dataclass(frozen=True)
class Waiting:
    """What waits. what: English msgid. name: whom or what it is about, text or what
    knows its own words. place: path of its page. key: once per person and key.

    application: public id of the application it is about, "" where it is of the round as a whole.
    """

    what: str
    name: object
    place: str
    key: str
    application: str = ""


def ask_second_person(
    session: Session, actor: Actor, round_: Round, waiting: Waiting, now: datetime, *, without: Collection[int | None] = ()
) -> None:
    """Writes to everybody of the office who may confirm what the actor has entered.

    Left out: the actor himself and `without`: who must not touch the application, or whose second signature would be
    refused. Effects: messages.
    """
    barred = {actor.person_id, *without}
    for person in officers_of(session, round_, now):
        if person.id not in barred:
            _write(session, person, actor, round_, waiting, "second_person", {})


def tell_first_person(
    session: Session, actor: Actor, round_: Round, entered_by: int, waiting: Waiting, reason: str, now: datetime,
    *, without: Collection[int | None] = (),
) -> None:  # fmt: skip
    """Writes to whoever entered what waited that the actor has declined it, and why; nothing where he took it back himself.

    Left out as well: who is of the office no more, and `without`. Effects: a message.
    """
    barred = {actor.person_id, *without}
    for person in officers_of(session, round_, now):
        if person.id == entered_by and person.id not in barred:
            _write(session, person, actor, round_, waiting, "second_person_declined", {"reason": reason})


def _write(
    session: Session, person: Person, actor: Actor, round_: Round, waiting: Waiting, template: str, more: Mapping[str, str]
) -> None:
    if not is_address(person.email):
        return
    context = {
        "name": person.name,
        "by": actor.name,
        "round": title_of(round_).in_language(person.language),
        "what": translate(person.language, waiting.what),
        "about": spoken(person.language, waiting.name),
        "address": f"{settings().base_url}{waiting.place}",
        **more,
    }
    about = f"application:{waiting.application}" if waiting.application else ""
    send(
        session, person.email, template, context, person.language, person_id=person.id,
        dedup_key=f"{template}:{waiting.key}:{person.public_id}", round_id=round_.id, about=about,
    )  # fmt: skip
