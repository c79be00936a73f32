"""What pages of one application have in common: its head, its deadline, why it is closed, where its parts are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from award.applications.check import PROFILE, PartRule, parts_of
from award.applications.facts import HEADINGS
from award.applications.models import Answer, Application
from award.applications.queries import PART_CLOSED, is_part_open
from award.kernel import clock, i18n
from award.kernel.actor import Action, Actor
from award.kernel.i18n import N_
from award.policy import decide
from award.regulations.model import Criteria, Item, RequirementPoint, Scheme
from award.rounds.pages.speaking import Speaking
from award.rounds.queries import criteria_of, stage_now, stage_of, title_of
from award.standing.queries import standing_of

WRITABLE = ("draft", "correction")


@dataclass(frozen=True)
class Desk(Speaking):
    """One application as its pages see it at a moment."""

    application: Application
    scheme: Scheme
    criteria: Criteria
    parts: list[PartRule]
    language: str
    now: datetime

    @property
    def base(self) -> str:
        """The address its pages lie under."""
        return f"/apply/{self.application.public_id}"

    @property
    def zone(self) -> str:
        """The clock its deadlines are meant by."""
        return self.application.round.award.authority.zone

    def url(self, part: str) -> str:
        """Where a part is written."""
        return f"{self.base}/items/{part}"

    def part(self, key: str) -> PartRule | None:
        """A part by its key."""
        return next((one for one in self.parts if one.key == key), None)

    def neighbours(self, key: str) -> tuple[PartRule | None, PartRule | None]:
        """The parts before and after."""
        at = [one.key for one in self.parts].index(key)
        return (self.parts[at - 1] if at else None), (self.parts[at + 1] if at + 1 < len(self.parts) else None)


def desk_of(request: Request, session: Session, application: Application) -> Desk:
    """Reads what every page of an application needs."""
    scheme = application.round.scheme
    criteria = criteria_of(session, application.round, application.category)
    parts = parts_of(criteria, scheme.application)
    return Desk(application, scheme, criteria, parts, request.state.language, clock.now(session))


def head(desk: Desk) -> dict[str, Any]:
    """The application as templates name it."""
    application = desk.application
    return {
        "url": desk.base,
        "public_id": application.public_id,
        "name": application.entrant,
        "number": application.number or "",
        "kind": application.words,
        "code": told_state(application),
        "round": desk.say(title_of(application.round)),
        "zone": desk.zone,
        "is_writable": application.state in WRITABLE,
        "is_submitted": application.submitted_at is not None,
        "in_correction": application.state == "correction",
        "was_corrected": application.corrections > 0 and application.state != "correction",
        "headings": headings(desk),
        "has_feedback": bool(application.feedback_released_at or application.feedback_waived_at),
    }


def headings(desk: Desk) -> dict[str, str]:
    """What stands over the facts and over the profile of its category."""
    found = HEADINGS[desk.application.category]
    return {"facts": desk.tell(found.facts), "profile": desk.tell(found.profile)}


def told_state(application: Application) -> str:
    """The state as its owner may know it: a proposal is the office's own until the notice is out."""
    return "accepted" if application.state == "candidate" else application.state


def deadline(desk: Desk) -> dict[str, str] | None:
    """Until when it can be written: the stage's end, or the correction's; None where nothing is running."""
    application = desk.application
    at = application.correction_due_at if application.state == "correction" else None
    if application.state == "draft" and stage_of(application.round).kind == "apply":
        at = stage_of(application.round).closes_at
    if at is None or at <= desk.now:
        return None
    return {"text": desk.moment(at, with_zone=True), "left": i18n.format_left(desk.language, at - desk.now)}


def closed_reason(
    session: Session, actor: Actor, desk: Desk, action: Action = Action.APPLICATION_EDIT, part: str = ""
) -> str:
    """Why nothing can be changed (or handed in) now, in the reader's language, or "". part: asked for this one only."""
    application = desk.application
    if application.state not in WRITABLE:
        return desk.tell(N_("This application has been submitted and can no longer be changed."))
    stage = stage_now(application.round, desk.now)
    decision = decide(action, stage, standing_of(session, actor, application, desk.now))
    if decision.allowed:
        return desk.tell(PART_CLOSED) if part and not is_part_open(session, application, part) else ""
    return decision.in_language(desk.language) or desk.tell(N_("This cannot be changed now."))


def requirements(desk: Desk, key: str) -> tuple[RequirementPoint, ...]:
    """What the criteria ask in a part."""
    if key.startswith(PROFILE):
        section = key.removeprefix(PROFILE)
        return next(one.prompts for one in desk.criteria.profile if one.key == section)
    return desk.criteria.item(key).requirements


def name_of(desk: Desk, key: str) -> tuple[str, str, int | None]:
    """Number, name and points of a part; the sections of the profile have neither number nor points."""
    part = desk.part(key)
    if key.startswith(PROFILE) and part is not None:
        return "", desk.say(part.title), None
    item: Item = desk.criteria.item(key)
    return item.number, desk.say(item.name), item.points


def code_of(answer: Answer | None, *, is_open: bool = False) -> str:
    """How far a part is, as words name it. is_open: the office has asked for a correction of it."""
    if is_open:
        return "review"
    if answer is None or not answer.text.strip():
        return "not_started"
    return "complete" if answer.is_complete else "in_progress"


def size_text(size: int) -> str:
    """Bytes as people read them: 3.4 MB, 280 KB, 512 B."""
    if size < 2**10:
        return f"{size} B"
    return f"{megabytes(size)} MB" if size >= 2**20 else f"{round(size / 2**10)} KB"


def megabytes(size: int) -> str:
    """Bytes as a number of MB: 3.4; what is there at all is at least 0.1."""
    return f"{max(0.1, size / 2**20):.1f}" if size else "0"
