"""Writing to the office that an act of a colleague waits for a second person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

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
        if person.id in barred or not is_address(person.email):
            continue
        context = {
            "name": person.name,
            "by": actor.name,
            "round": title_of(round_).in_language(person.language),
            "what": translate(person.language, waiting.what),
            "about": spoken(person.language, waiting.name),
            "address": f"{settings().base_url}{waiting.place}",
        }
        about = f"application:{waiting.application}" if waiting.application else ""
        send(
            session, person.email, "second_person", context, person.language, person_id=person.id,
            dedup_key=f"second_person:{waiting.key}:{person.public_id}", round_id=round_.id, about=about,
        )  # fmt: skip
