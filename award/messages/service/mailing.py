"""Bulk mail of the office: what was seen and counted is what is sent, one copy for each person."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import FieldError, Invalid
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.ids import new_id
from award.kernel.jobs.service import enqueue
from award.kernel.mail.service import is_address, send
from award.messages.groups import GROUPS, PRESENT, Group
from award.messages.models import Mailing
from award.messages.placeholders import fill, names_in, unknown_in
from award.messages.queries.receivers import Receiver, end_ahead, receivers_of
from award.rounds.models import Round
from award.rounds.people import is_reachable
from award.rounds.queries import guarded_stage, stage_of, standing_in

MAIL = "messages:mail"
AT_ONCE = 100
"""How many letters one job writes, so that no transaction keeps others waiting long."""


@dataclass(frozen=True)
class Draft:
    """A bulk mail as it is written. group: a key of GROUPS."""

    group: str
    subject: str
    text: str


@dataclass(frozen=True)
class Preview:
    """What the office sees before it confirms: what fills the letter to a real receiver, and how many there are.

    key: of the mailing it becomes, so that a button pressed twice sends once; mark: of exactly this draft to exactly
    these receivers.
    """

    context: dict[str, str]
    language: str
    receiver: str
    count: int
    mark: str
    key: str


def preview_mailing(session: Session, actor: Actor, round_: Round, draft: Draft, now: datetime) -> Preview:
    """What the first receiver would read. Raises Refused, Invalid (what cannot be filled in, nothing written, nobody to write to)."""
    policy.require(Action.MESSAGE_SEND, guarded_stage(session, round_, now), standing_in(actor, round_))
    group = _checked(round_, draft, now)
    receivers = _receivers(session, actor, round_, group, now)
    first = receivers[0]
    context = _context(draft.subject, draft.text, first.values, round_)
    return Preview(context, first.person.language, first.person.name, len(receivers), _mark_of(draft, receivers), new_id())


def send_mailing(
    session: Session, actor: Actor, round_: Round, draft: Draft, *, key: str, confirmed: int, mark: str, now: datetime
) -> Mailing:
    """Sends a bulk mail to a group, by jobs, one copy for each person; asked again with the same key, answers with the first.

    confirmed: how many receivers the office has typed; mark: of the letter and of those it was shown.
    Raises Refused for anybody but the office, Invalid (the draft, one that is not what was shown, a count that is not that
    of the group now, a key with which another letter went out).
    Effects: a mailing, jobs that write its messages, a record.
    """
    # Exclusive: the same button pressed twice at once must meet the first mailing.
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.MESSAGE_SEND, stage, standing_in(actor, round_))
    first = session.scalar(select(Mailing).where(Mailing.public_id == key))
    if first is not None and (first.sent_by, first.round_id) == (actor.person_id, round_.id):
        return _same(first, draft)
    group = _checked(round_, draft, now)
    receivers = _receivers(session, actor, round_, group, now)
    _check_confirmed(draft, receivers, mark, confirmed)
    mailing = Mailing(
        public_id=key if first is None else new_id(), round_id=round_.id, group=group.key, subject=draft.subject, text=draft.text,
        receivers=[{"person": one.person.id, "about": one.about, "values": one.values} for one in receivers],
        sent_at=now, sent_by=actor.person_id,
    )  # fmt: skip
    session.add(mailing)
    session.flush()
    enqueue(session, MAIL, {"mailing": mailing.public_id, "from": 0}, dedup_key=f"{MAIL}:{mailing.public_id}:0")
    content = {"group": group.key, "count": len(receivers), "subject": draft.subject, "text": draft.text}
    record(session, actor, Event.MAILING_SENT, f"mailing:{mailing.public_id}", round_stream(round_.public_id), content)
    return mailing


def _same(first: Mailing, draft: Draft) -> Mailing:
    if Draft(first.group, first.subject, first.text) == draft:
        return first
    text = N_(
        "With this confirmation another letter went out already, to {count} receivers. "
        "The letter below is not sent yet: look at it and enter the number to send it as well."
    )
    raise Invalid.one("confirmed", text, count=len(first.receivers))


def _check_confirmed(draft: Draft, receivers: Sequence[Receiver], mark: str, confirmed: int) -> None:
    count = len(receivers)
    if _mark_of(draft, receivers) != mark:
        text = N_(
            "The letter or its receivers have changed since it was shown; nothing was sent. Receivers now: {count}. "
            "Look at the letter again and enter this number."
        )
        raise Invalid.one("confirmed", text, count=count)
    if confirmed != count:
        raise Invalid.one("confirmed", N_("Receivers of this letter: {count}. Enter this number to confirm."), count=count)


def _mark_of(draft: Draft, receivers: Sequence[Receiver]) -> str:
    """What tells one letter to some people from another, so that what was shown and confirmed is what they get."""
    content = [draft.group, draft.subject, draft.text, *(one.person.public_id for one in receivers)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def receivers_of_mailing(session: Session, round_: Round, key: str) -> int:
    """To how many people a bulk mail of the round goes; 0 where there is none of this key."""
    query = select(Mailing).where(Mailing.public_id == key, Mailing.round_id == round_.id)
    mailing = session.scalar(query)
    return 0 if mailing is None else len(mailing.receivers)


def write_part(session: Session, public_id: str, start: int, now: datetime) -> None:
    """Writes the messages of the next AT_ONCE receivers of a mailing, and wants the job for those after them.

    Whoever has no account any more or no address is left out. Effects: messages, a job.
    """
    mailing = session.scalars(select(Mailing).where(Mailing.public_id == public_id)).one()
    part = mailing.receivers[start : start + AT_ONCE]
    query = select(Person).where(Person.id.in_([one["person"] for one in part]), is_reachable(now))
    people = {one.id: one for one in session.scalars(query)}
    round_ = session.get_one(Round, mailing.round_id)
    for one in part:
        person = people.get(int(str(one["person"])))
        if person is not None and is_address(person.email):
            _write(session, round_, mailing, person, one)
    if start + AT_ONCE < len(mailing.receivers):
        following = start + AT_ONCE
        enqueue(session, MAIL, {"mailing": public_id, "from": following}, dedup_key=f"{MAIL}:{public_id}:{following}")


def _write(session: Session, round_: Round, mailing: Mailing, person: Person, one: dict[str, object]) -> None:
    values = one["values"]
    if not isinstance(values, dict):
        raise TypeError("the receivers of a mailing were not written by send_mailing")
    context = _context(mailing.subject, mailing.text, values, round_)
    send(
        session, person.email, "mailing", context, person.language, person_id=person.id, round_id=mailing.round_id,
        dedup_key=f"mailing:{mailing.public_id}:{person.public_id}", about=str(one["about"]),
    )  # fmt: skip


def _context(subject: str, text: str, values: Mapping[str, str], round_: Round) -> dict[str, str]:
    """What fills the letter of templates/mail/mailing for one receiver."""
    return {"subject": fill(subject, values), "text": fill(text, values), "office": round_.award.authority.contact}


def _receivers(session: Session, actor: Actor, round_: Round, group: Group, now: datetime) -> list[Receiver]:
    receivers = [one for one in receivers_of(session, actor, round_, group, now) if is_address(one.person.email)]
    if not receivers:
        raise Invalid.one("group", N_("There is nobody in this group now. Choose another."))
    return receivers


def _checked(round_: Round, draft: Draft, now: datetime) -> Group:
    if draft.group not in GROUPS:
        raise Invalid.one("group", N_("Choose one of the options."))
    group = GROUPS[draft.group]
    errors = []
    for field, text in (("subject", draft.subject), ("text", draft.text)):
        if not text.strip():
            errors.append(FieldError(field, N_("Fill this in.")))
        elif unknown := unknown_in(text, group.placeholders):
            said = N_(
                "This cannot be filled in for this group: {unknown}. Use the names listed beside the text, in braces."
            )
            errors.append(FieldError(field, said, {"unknown": unknown}))
        elif group.deadline == PRESENT and "deadline" in names_in(text) and end_ahead(round_, now) is None:
            said = N_("The deadline cannot be filled in: the stage “{stage}” has no end that lies ahead. Write the day you mean.")
            errors.append(FieldError(field, said, {"stage": round_.scheme.stage(stage_of(round_).kind).title}))
    if errors:
        raise Invalid(errors)
    return group
