"""Who may knock at which door and be answered: routes.csv, written by hand, beside the stages of expected.csv."""

import csv
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.applications.models import AnswerRevision, Application, Evidence, PaperOutcome
from award.applications.service.sharing import invite_to_application
from award.judging.models import FeedbackReport, Sheet
from award.judging.papers import report_view
from award.judging.service.feedback import KIND, subject_of
from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document, DocumentState
from award.kernel.documents.service import want
from award.organisations.models import Claim
from award.papers import service as papers
from award.papers.queries import paper_for
from award.press.document import to_json
from award.results.models import Approval, AwardDecision, Objection
from award.rounds.queries import stage_of
from award.rounds.service.calls import call_content, publish_snapshot
from award.standing.models import Assignment
from tests import make
from tests.judging import world as worlds
from tests.policy import doors as all_doors
from tests.policy.doors import ELSEWHERE, Door, Doors, give_tokens
from tests.policy.test_matrix import expected

APPLICANTS, OFFICIALS, CLEARED = {"owner", "writer", "reader"}, {"office", "supervisor"}, {"cleared_judge", "panel_leader"}
ADMINISTRATORS = {"system_administrator", "security_administrator"}
JUDGES = CLEARED | {"assigned_judge"}
SIGNED_IN = APPLICANTS | OFFICIALS | JUDGES | ADMINISTRATORS | {"trail_administrator", "committee", "recommender"}
GROUPS = {
    "everybody": SIGNED_IN | {"public"}, "signed": SIGNED_IN, "applicants": APPLICANTS, "officials": OFFICIALS,
    "judges": JUDGES, "signed_judges": CLEARED, "administrators": ADMINISTRATORS,
}  # fmt: skip
COOKIES = {
    "public": "", "owner": "owner0", "office": "office", "supervisor": "supervisor", "assigned_judge": "unsigned",
    "cleared_judge": "judge1", "panel_leader": "judge0", "committee": "committee_member",
}  # fmt: skip
"""Whose cookie stands for a relation, where it is not called like it."""


FILLED = {
    "name": "王明", "email": "wangming@example.cn", "role": "writer", "article": "第三条", "document_number": "云质评〔2026〕9号",
    "contact": "0552-3001234", "first_day": "2026-03-03", "issued_on": "2026-03-02", "approved_on": "2026-03-02",
    "approved_by": "市政府", "held_on": "2026-03-02", "received_on": "2026-03-02", "members": "周副市长", "code": "asked",
    "kind": "book", "language": "zh", "answer": "none", "sign": "on", "title": "材料", "username": "wangming", "goes_on": "yes",
    "summary": "符合条件",
}  # fmt: skip
"""What forms ask for, filled in: a form that is sent empty may be refused for that, whoever sends it."""
MORE = {
    "/office/rounds/{round_id}/assign/{application_id}": {"act": "assign"},
    "/start/{token}": {"password": "Yunchuan-2026-x", "password_again": "Yunchuan-2026-x"},
}
"""What only one form asks for: which of its buttons, or what takes long to check."""
FILES = {"/apply/{application_id}/evidence", "/office/rounds/{round_id}/outcomes/{application_id}"}
"""Forms without anything else to mend than that a file is missing."""
CALLED = {
    "/office/rounds/{round_id}/stages/": {"kind": "notice"}, "/admin/export/": {"list_name": "accounts"},
    "/office/rounds/{round_id}/notice/objections/{objection_id}/files/": {"kind": "paper"},
}  # fmt: skip
"""What parameters are called in an address that begins so."""


@dataclass(frozen=True)
class Line:
    """One line of routes.csv for one method."""

    door: tuple[str, str]
    people: frozenset[str]
    action: str
    only: frozenset[str]

    def opens_to(self, who: str, kind: str, state: "State") -> bool:
        """Whether somebody finds it open in a stage that is running."""
        if who not in self.people or (self.only and kind not in self.only):
            return False
        if self.action == "sheet:read" and self.door[0] == "POST" and not state.gate_open:
            return False  # a sheet that is not in cannot be led on to
        return not self.action or state.opens(self.action, who, kind)


@dataclass(frozen=True)
class State:
    """What an answer depends on besides the stage.

    gate_open: all sheets are in. in_hand: the applicant writes or corrects the application. is_over: the time for that, or for
    scoring, has ended.
    """

    gate_open: bool = True
    in_hand: bool = False
    is_over: bool = False

    def opens(self, action: str, who: str, kind: str) -> bool:
        """As expected.csv has it for a stage that is running; whoever is nothing to a round is the public there."""
        cell = expected().get((action, who, kind)) or expected()[action, "public", kind]
        if action in IN_HAND and not self.in_hand:
            return False
        in_time = not self.is_over
        return {"y": True, "n": False, "d": in_time, "c": in_time, "g": self.gate_open, "b": in_time and not self.gate_open}[cell]


AS_BUILT = State()
"""All sheets are in, and the application was submitted and accepted."""
IN_HAND = {"application:edit", "application:submit"}
"""Acts that need the application in hand, whatever the stage allows."""


@cache
def lines() -> list[Line]:
    """All of routes.csv."""
    with (Path(__file__).parent / "routes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        people = frozenset().union(*(GROUPS.get(one, {one}) for one in row["for"].split()))
        found += [Line((method, row["path"]), people, row["action"], frozenset(row["only"].split())) for method in row["methods"].split()]
    return found


@cache
def lines_by_door() -> dict[tuple[str, str], list[Line]]:
    """The lines of each door."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines():
        found.setdefault(line.door, []).append(line)
    return found


def depends_on(door: Door, *cells: str) -> bool:
    """Whether a door is open to anybody in any stage only so, as the cells of expected.csv say it."""
    actions = {one.action for one in lines_by_door()[door.method, door.path]}
    return any(cell in cells for (action, _, _), cell in expected().items() if action in actions)


def is_open(door: Door, who: str, kind: str, state: State = AS_BUILT) -> bool:
    """As written."""
    return any(one.opens_to(who, kind, state) for one in lines_by_door()[door.method, door.path])


@dataclass
class Everybody:
    """A world in whose round there is every kind of stage. own: what addresses name for one relation; outcomes: by stage."""

    doors: Doors
    own: dict[str, dict[str, str]]
    outcomes: dict[str, str]

    def ids(self, who: str, kind: str, path: str) -> dict[str, str]:
        """What the parameters of an address name, for somebody who goes to his own things."""
        called = next((one for start, one in CALLED.items() if path.startswith(start)), {})
        outcome = self.outcomes.get(kind, self.outcomes["site"])
        return self.doors.ids | self.own.get(who, {}) | {"outcome_id": outcome} | called

    def cookie(self, who: str) -> str:
        """Of somebody in a relation."""
        return self.doors.cookies[name] if (name := COOKIES.get(who, who)) else ""


    def close_the_gate(self) -> None:
        """One sheet is open, and no value has been seen."""
        with transaction(self.doors.world.engine) as session:
            application = self.doors.world.application(session)
            application.gate_opened_at = application.values_seen_at = None
            seats = [self.doors.world.seat(session, 0, judge).id for judge in (0, 1)]
            for sheet in session.scalars(select(Sheet).where(Sheet.assignment_id.in_(seats))):
                sheet.state = "in_progress"

    def put_in_hand(self, state: str, *, is_over: bool) -> None:
        """The applicant may write in the application until tomorrow, or could until yesterday."""
        until = make.NOW + timedelta(days=-1 if is_over else 1)
        with transaction(self.doors.world.engine) as session:
            application = self.doors.world.application(session)
            application.state, application.correction_due_at = state, until if state == "correction" else None
            stage_of(application.round).closes_at = until


def build(engine: Engine) -> Everybody:
    """The world of doors.py with a writer, a reader and a judge who has not signed, and all papers and outcomes there are."""
    doors = all_doors.build(engine, scheme=make.scheme_of_all_stages())
    doors.world.stage("apply")
    with transaction(engine) as session:
        application = doors.world.application(session)
        people = {role.value: make.person(session, role.value) for role in (Role.WRITER, Role.READER)}
        for role in (Role.WRITER, Role.READER):
            make.grant(session, people[role.value], role, Scope.APPLICATION, application.id)
        people["unsigned"] = worlds.pooled(session, application.round.award.authority, "未签", "第九研究院")
        seat = Assignment(
            round_id=application.round_id, application_id=application.id, person_id=people["unsigned"].id, assigned_at=make.NOW
        )
        session.add(seat)
        session.flush()
        cookies = {name: make.signed_in(session, person) for name, person in people.items()}
        own = {"assigned_judge": {"assignment_id": seat.public_id}, "cleared_judge": _own(session, doors, 1)}
        own["panel_leader"] = {"sheet_id": _own(session, doors, 2)["sheet_id"]}
        own |= {who: {"person_id": people["writer"].public_id} for who in APPLICANTS}
        judge = doors.world.person(session, doors.world.judges[ELSEWHERE])
        doors.ids |= {"invitation_id": _invited(session, doors), "judge": judge.public_id}
        by = application.contact_person_id or 0
        session.add(AnswerRevision(application_id=application.id, part="4.1.2", version=1, text="从前", at=make.NOW, by=by))
        outcomes = _outcomes(session, application)
        _papers(session, doors)
    doors.cookies |= cookies
    give_tokens(engine, cookies)
    return Everybody(doors, own, outcomes)


def _own(session: Session, doors: Doors, judge: int) -> dict[str, str]:
    seat = doors.world.seat(session, 0, judge)
    sheet = session.scalars(select(Sheet).where(Sheet.assignment_id == seat.id)).one()
    return {"assignment_id": seat.public_id, "sheet_id": sheet.public_id}


def _invited(session: Session, doors: Doors) -> str:
    invitation, _ = invite_to_application(
        session, doors.world.owners[0], doors.world.application(session), name="何静", email="hejing@example.cn",
        role=Role.WRITER, now=make.NOW, real_now=make.NOW,
    )  # fmt: skip
    return invitation.public_id


def _outcomes(session: Session, application: Application) -> dict[str, str]:
    """A confirmed outcome of every stage held on paper, and a correction of it that waits; the stage -> the correction."""
    by = application.contact_person_id or 0
    file = session.scalars(select(Evidence.file_id)).first()
    more = {"summary": "符合条件", "held_on": make.NOW.date(), "file_id": file, "recorded_by": by, "recorded_at": make.NOW}
    made = {}
    for stage in application.round.stages:
        if application.round.scheme.stage(stage.kind).held == "paper":
            first = PaperOutcome(round_stage_id=stage.id, application_id=application.id, state="confirmed", **more)
            session.add(first)
            session.flush()
            second = PaperOutcome(
                round_stage_id=stage.id, application_id=application.id, number=2, corrects_id=first.id, reason="笔误", **more
            )
            session.add(second)
            session.flush()
            made[stage.kind] = second.public_id
    return made


def _papers(session: Session, doors: Doors) -> None:
    """The call, the book, and a file for whatever may have one."""
    round_ = doors.world.application(session).round
    publish_snapshot(session, doors.world.office, round_, "call", call_content(session, round_), make.NOW)
    book = paper_for(session, doors.world.owners[0], "book", doors.ids["application_id"], make.NOW)
    papers.make(session, book, "zh", make.NOW)
    report = session.scalars(select(FeedbackReport)).one()
    want(session, KIND, subject_of(report), "zh", to_json(report_view(session, report, "zh", make.NOW)), make.NOW)
    file = session.scalars(select(Evidence.file_id)).first()
    for document in session.scalars(select(Document).where(Document.state != DocumentState.READY.value)):
        document.file_id, document.state, document.ready_at = file, DocumentState.READY.value, make.NOW
    for model in (AwardDecision, Approval, Objection):
        for one in session.scalars(select(model)):
            one.file_id = file
    for claim in session.scalars(select(Claim)):
        claim.licence_file_id = file
