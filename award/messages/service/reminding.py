"""Switching reminders and sending them: by the worker, once per person and reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import FieldError, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_, format_moment
from award.kernel.jobs.service import enqueue
from award.kernel.mail.service import is_address, send
from award.kernel.settings import settings
from award.messages.models import ReminderSetting
from award.messages.queries.reminding import Reminder, due_reminders, settings_of
from award.messages.reminders import MOST_DAYS
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in, title_of, with_stages

REMIND = "messages:remind"
AT_ONCE = 200
"""How many letters one job writes, so that no transaction keeps others waiting long; what is left goes to the next one."""


@dataclass(frozen=True)
class Wish:
    """How the office wants one kind of reminder."""

    days: int
    is_on: bool


def set_reminders(session: Session, actor: Actor, round_: Round, wishes: Mapping[str, Wish], now: datetime) -> None:
    """Switches the kinds of reminders of a round and sets their days before the deadline; what was sent stays sent.

    Raises Refused for anybody but the office, Invalid for days outside 1..60. Effects: a record, where something changed.
    """
    policy.require(Action.MESSAGE_SEND, guarded_stage(session, round_, now), standing_in(actor, round_))
    text = N_("Enter a whole number from {low} to {high}.")
    faults = [
        FieldError(f"days-{key}", text, {"low": 1, "high": MOST_DAYS})
        for key, wish in wishes.items() if not 1 <= wish.days <= MOST_DAYS
    ]  # fmt: skip
    if faults:
        raise Invalid(faults)
    changed: dict[str, object] = {}
    for setting in settings_of(session, round_):
        wish = wishes.get(setting.kind.key, Wish(setting.days, setting.is_on))
        if (wish.days, wish.is_on) != (setting.days, setting.is_on):
            key = setting.kind.key
            session.merge(ReminderSetting(round_id=round_.id, kind=key, days=wish.days, is_on=wish.is_on))
            changed[key] = {"days": wish.days, "on": wish.is_on}
    if changed:
        record(
            session, actor, Event.REMINDER_CHANGED, f"round:{round_.public_id}", round_stream(round_.public_id), changed
        )


def remind(session: Session, now: datetime) -> int:
    """Writes the reminders of all running rounds that are due and not written yet, at most AT_ONCE; answers how many.

    Found in the transaction that writes them, and held apart by their keys: several workers write none twice.
    Effects: messages; another job for what is left.
    """
    written = 0
    rounds = session.scalars(with_stages().where(Round.state == "open").order_by(Round.id)).all()
    for round_ in rounds:
        for one in due_reminders(session, round_, now):
            if written == AT_ONCE:
                enqueue(session, REMIND, {})
                return written
            if is_address(one.person.email):
                _write(session, round_, one)
                written += 1
    return written


def _write(session: Session, round_: Round, one: Reminder) -> None:
    person = one.person
    context = {
        "name": person.name,
        "round": title_of(round_).in_language(person.language),
        "due": format_moment(person.language, one.due_at, round_.award.authority.zone, with_zone=True),
        "items": list(one.items),
        "address": f"{settings().base_url}{one.place}",
    }
    about = one.thing if one.thing.startswith("application:") else ""
    send(
        session, person.email, one.kind.template, context, person.language, person_id=person.id, dedup_key=one.key,
        round_id=round_.id, about=about,
    )  # fmt: skip
