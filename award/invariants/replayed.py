"""What the trail says once it is gone through from its beginning: states, roles, seats and conflicts follow from all that was done."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.applications.models import LIVE, Application
from award.invariants.finding import Found, among, reading
from award.invariants.telling import Record, person, records_of
from award.judging.models import Sheet, SheetItem
from award.kernel.audit.chain import canonical
from award.kernel.events import Event
from award.organisations.importing import FACTS
from award.organisations.models import Claim, Organisation
from award.rounds.models import CalendarDay, CalendarYear
from award.rounds.queries import spell
from award.standing.models import Assignment, Conflict, Declaration
from award.winners.models import Certificate

OWN = {
    Event.APPLICATION_STARTED: "draft", Event.APPLICATION_SUBMITTED: "submitted", Event.APPLICATION_RETURNED: "correction",
    Event.APPLICATION_RESUBMITTED: "resubmitted", Event.APPLICATION_ACCEPTED: "accepted", Event.APPLICATION_REFUSED: "rejected",
    Event.APPLICATION_WITHDRAWN: "withdrawn",
}  # fmt: skip
"""Acts on one application, with the state each leaves it in."""
ON_ALL = (
    Event.RESULT_DECISION_CONFIRMED, Event.RESULT_AMENDMENT_CONFIRMED, Event.NOTICE_PUBLISHED, Event.NOTICE_CORRECTED,
    Event.RESULT_PUBLISHED, Event.RESULT_SET_ASIDE, Event.CERTIFICATE_REVOKED,
)  # fmt: skip
"""Acts on the result of a round, which change the states of its applications."""


@dataclass
class Course:
    """How far the applications of one round have come. decided: application -> grade in force, "" for none."""

    states: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)

    def take(self, one: Record, certified: Mapping[str, str]) -> None:
        """One act more. certified: certificate -> its application. Raises KeyError for an act on what is not there."""
        match one.event:
            case Event.RESULT_DECISION_CONFIRMED | Event.RESULT_AMENDMENT_CONFIRMED:
                self.decided |= one.content["grades"]
                for application, grade in one.content["grades"].items():
                    self._decide(application, grade)
            case Event.RESULT_SET_ASIDE:
                for application in one.content["applications"]:
                    self.decided[application] = ""
                    self._decide(application, "")
            case Event.NOTICE_PUBLISHED | Event.NOTICE_CORRECTED:
                self.states |= {application: "publicised" for application, grade in self.decided.items() if grade}
            case Event.RESULT_PUBLISHED:
                for application in [key for key, state in self.states.items() if state in LIVE]:
                    self.states[application] = "awarded" if self.decided.get(application) else "not_awarded"
            case Event.CERTIFICATE_REVOKED:
                self.states[certified[one.obj]] = "revoked"
            case _:
                self.states[one.obj] = OWN[one.event]

    def _decide(self, application: str, grade: str) -> None:
        state = self.states[application]
        if grade and state == "accepted":
            self.states[application] = "candidate"
        elif not grade and state in ("candidate", "publicised"):
            self.states[application] = "accepted"


def applications_as_told(session: Session) -> Found:
    """An application stands where the acts on it and on its round have brought it."""
    query = select(Certificate.public_id, Application.public_id).join(Application, Certificate.application_id == Application.id)
    certified = dict(session.execute(query).all())
    courses: dict[str, Course] = defaultdict(Course)
    for one in records_of(session, (*OWN, *ON_ALL)):
        with reading(f"record {one.seq} of {one.stream}"):
            courses[one.stream].take(one, certified)
    told = {application: state for course in courses.values() for application, state in course.states.items()}
    rows = dict(session.execute(select(Application.public_id, Application.state)).all())
    return _same("application", rows, told)


def seats_as_told(session: Session) -> Found:
    """Seats are held, led and ended as panels were made and changed, by whom they were given to."""
    acts = (
        Event.JUDGE_ASSIGNED, Event.JUDGE_REPLACED, Event.JUDGE_UNASSIGNED, Event.LEADER_NAMED, Event.CONFLICT_DECLARED,
    )  # fmt: skip
    seats: dict[str, tuple[str, str, str]] = {}
    leaders: dict[str, str] = {}
    for one in records_of(session, acts):
        with reading(f"record {one.seq} of {one.stream}"):
            _sit(one, seats, leaders)
    told = {seat: (*what, leaders.get(what[0]) == seat) for seat, what in seats.items()}
    query = select(Assignment.public_id, Application.public_id, Person.public_id, Assignment.state, Assignment.is_leader)
    query = query.join(Application, Assignment.application_id == Application.id).join(Person, Assignment.person_id == Person.id)
    return _same("seat", {seat: tuple(what) for seat, *what in session.execute(query)}, told)


def _sit(one: Record, seats: dict[str, tuple[str, str, str]], leaders: dict[str, str]) -> None:
    """seats: seat -> application, judge, state; leaders: application -> seat."""
    application = one.content.get("application", one.obj)
    if one.event in (Event.JUDGE_ASSIGNED, Event.JUDGE_REPLACED):
        seats[one.obj] = (application, one.content["judge"], "active")
        if one.content["leader"]:
            leaders[application] = one.obj
    elif one.event == Event.LEADER_NAMED:
        leaders[application] = one.obj
    else:
        state = "recused" if one.event == Event.CONFLICT_DECLARED else "removed"
        by_office = (application, one.content.get("judge", ""), "active")
        for seat in [key for key, what in seats.items() if key == one.obj or what == by_office]:
            seats[seat] = (*seats[seat][:2], state)
            if leaders.get(application) == seat:
                del leaders[application]


def items_as_told(session: Session) -> Found:
    """What stands on a score sheet, in progress as well as submitted, is what its judge saved last, item by item."""
    told: dict[str, dict[str, tuple[int | None, bytes]]] = defaultdict(dict)
    for one in records_of(session, (Event.SHEET_EDITED,)):
        with reading(f"record {one.seq} of {one.stream}"):
            saved = one.content["items"].items()
            told[one.obj] |= {key: (item["percent"], _digest(item["comments"], item["factors"])) for key, item in saved}
    sheets = select(Sheet.public_id, Sheet.marks)
    items = select(Sheet.public_id, SheetItem).join(SheetItem, SheetItem.sheet_id == Sheet.id)

    def pairs() -> Iterator[tuple[str, str]]:
        for sheet, marks in session.execute(sheets):
            same = marks == {item: percent for item, (percent, _) in told[sheet].items() if percent is not None}
            yield f"sheet {sheet}", "" if same else "shows other marks than the trail tells"
        for sheet, row in session.execute(items.execution_options(yield_per=500)):
            yield f"item {row.item} of sheet {sheet}", _otherwise(row, told[sheet].pop(row.item, None))
        for sheet, left in told.items():
            yield from ((f"item {item} of sheet {sheet}", "is told of in the trail and is not in the tables") for item in left)

    return among(pairs(), lambda one: f"{one[0]} {one[1]}" if one[1] else "")


def _otherwise(row: SheetItem, told: tuple[int | None, bytes] | None) -> str:
    if told is None:
        return "stands in the tables and the trail tells nothing of it"
    percent, rest = told
    if row.percent != percent:
        return f"is at {_spoken(row.percent)}, told is {_spoken(percent)}"
    return "" if rest == _digest(row.comments, row.factors) else "has other comments or factors than the trail tells"


def _digest(comments: object, factors: object) -> bytes:
    """What is kept of each of a million items instead of their texts."""
    return hashlib.sha256(canonical({"comments": comments, "factors": factors}).encode()).digest()


def gates_as_told(session: Session) -> Found:
    """Values of an application can be seen, and could be, exactly where its gate was opened and not closed again."""
    told: dict[str, tuple[bool, bool]] = {}
    for one in records_of(session, (Event.GATE_OPENED, Event.CONFLICT_DECLARED)):
        if one.event == Event.GATE_OPENED:
            told[one.obj] = (True, True)
        elif one.content.get("values_closed_again"):
            told[str(one.content.get("application"))] = (False, True)
    columns = (Application.gate_opened_at.is_not(None), Application.values_seen_at.is_not(None))
    seen = select(Application.public_id, *columns).where(Application.values_seen_at.is_not(None) | columns[0])
    return _same("gate of application", {one: tuple(what) for one, *what in session.execute(seen)}, told)


def waivers_as_told(session: Session) -> Found:
    """An applicant gets no feedback report, for the reason it was told, exactly where that was said and not taken back."""
    told: dict[str, str] = {}
    for one in records_of(session, (Event.FEEDBACK_WAIVED, Event.FEEDBACK_WAIVER_WITHDRAWN)):
        with reading(f"record {one.seq} of {one.stream}"):
            told |= {one.obj: one.content["reason"]}
        if one.event == Event.FEEDBACK_WAIVER_WITHDRAWN:
            del told[one.obj]
    waived = select(Application.public_id, Application.feedback_waiver).where(Application.feedback_waived_at.is_not(None))
    return _same("waived report of application", dict(session.execute(waived).all()), told)


def conflicts_as_told(session: Session) -> Found:
    """Every conflict of interest and every signed declaration is there, with what was said, and none besides."""
    told = Counter(_declared(one) for one in records_of(session, (Event.CONFLICT_DECLARED, Event.DECLARATION_SIGNED)))
    rows = Counter[tuple[str, ...]]()
    for what, model, text in (("conflict", Conflict, Conflict.reason), ("declaration", Declaration, Declaration.wording)):
        query = select(Application.public_id, person(model.person_id), text).join(Application, model.application_id == Application.id)
        rows.update((what, *row) for row in session.execute(query))
    return among(
        sorted(rows | told),
        lambda one: "" if rows[one] == told[one] else f"{one[0]} of person {one[2]} with application {one[1]} is not as it was recorded",
    )


def _declared(one: Record) -> tuple[str, ...]:
    with reading(f"record {one.seq} of {one.stream}"):
        application, judge = one.content.get("application", one.obj), one.content.get("judge", one.actor)
        if one.event == Event.CONFLICT_DECLARED:
            return "conflict", application, judge, one.content["reason"]
        return "declaration", application, judge, one.content["wording"]


def grants_as_told(session: Session) -> Found:
    """Everybody holds exactly the roles that were given to him and not taken back, each in its scope and until its end."""
    told: dict[tuple[object, ...], datetime | None] = {}
    for one in records_of(session, (Event.GRANT_GIVEN, Event.GRANT_REVOKED)):
        with reading(f"record {one.seq} of {one.stream}"):
            role = (one.obj, one.content["role"], one.content["scope"], one.content["scope_id"], one.content.get("authority_id", 0))
            if one.event == Event.GRANT_GIVEN:
                until = one.content["until"]
                told[role] = datetime.fromisoformat(until) if until else None
            else:
                told.pop(role, None)
    query = select(Person.public_id, Grant).join(Grant, Grant.person_id == Person.id).where(Grant.revoked_at.is_(None))
    rows = {
        (public_id, str(one.role), str(one.scope), one.scope_id, one.authority_id): one.valid_until
        for public_id, one in session.execute(query)
    }
    return _same("role", *({key: spell(one) or "without end" for key, one in ends.items()} for ends in (rows, told)))


def organisations_as_told(session: Session) -> Found:
    """An organisation has the code, the name and the facts it was registered with, or that an office has given it since."""
    claimed = select(Claim.public_id, Organisation.public_id).join(Organisation, Claim.organisation_id == Organisation.id)
    of_claim = dict(session.execute(claimed).all())
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for one in records_of(session, (Event.ORGANISATION_REGISTERED, Event.ORGANISATION_CHANGED, Event.CLAIM_DECIDED)):
        with reading(f"record {one.seq} of {one.stream}"):
            id_ = of_claim[one.obj] if one.event == Event.CLAIM_DECIDED else one.obj
            told[id_] |= {key: one.content[key] for key in ("credit_code", *FACTS) if key in one.content}
    rows = {}
    for row in session.scalars(select(Organisation).execution_options(yield_per=500)):
        rows[row.public_id] = {key: str(getattr(row, key) or "") for key in told.get(row.public_id, ())}
    return _same("organisation", rows, told)


def calendar_as_told(session: Session) -> Found:
    """The days that differ from Monday-to-Friday, and the years that are announced, are those that were entered."""
    told: dict[str, object] = {}
    for one in records_of(session, (Event.CALENDAR_CHANGED,)):
        with reading(f"record {one.seq} of {one.stream}"):
            if one.obj == "seed":
                told |= one.content["days"] | dict.fromkeys(map(str, one.content["years"]), one.content["source"])
            elif one.content.get("removed"):
                told.pop(one.obj, None)
            else:
                told[one.obj] = one.content["is_workday"] if "is_workday" in one.content else one.content["source"]
    rows: dict[str, object] = {str(one.day): one.is_workday for one in session.scalars(select(CalendarDay))}
    return _same("calendar", rows | {str(one.year): one.source for one in session.scalars(select(CalendarYear))}, told)


def _same(thing: str, rows: Mapping[Any, object], told: Mapping[Any, object]) -> Found:
    """Whether the tables and the trail know the same things and say the same of each."""

    def pairs() -> Iterator[tuple[str, object, object]]:
        for key in {**rows, **told}:
            yield f"{thing} {_spoken(key)}", rows.get(key), told.get(key)

    return among(pairs(), lambda one: "" if one[1] == one[2] else f"{one[0]} is {_spoken(one[1])}, told is {_spoken(one[2])}")


def _spoken(value: object) -> str:
    if value is None:
        return "nothing"
    parts: Iterable[object] = value if isinstance(value, tuple) else (value,)
    return " ".join(str(one) for one in parts)
