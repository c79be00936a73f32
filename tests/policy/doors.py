"""A world with everything an address can name, and people who must not learn that it is there."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from award.accounts.identify import SESSION_COOKIE
from award.accounts.models import ApiToken, Grant, Person, SignIn
from award.accounts.queries import hash_token
from award.accounts.service.tokens import SECRET, well_formed
from award.applications.models import Evidence
from award.judging import service as judging
from award.judging.models import FeedbackComment, FeedbackReport, Sheet
from award.kernel.actor import Actor, Role, Scope, TokenScope
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Batch, Document, DocumentState
from award.kernel.files.service import keep, prepare_generated
from award.kernel.mail.models import Message
from award.kernel.sheets.models import Import
from award.kernel.web.context import is_api
from award.kernel.web.csrf import HEADER, token_for
from award.kernel.web.guard import guard_of
from award.office.redating import drop_change
from award.organisations.models import Claim
from award.panels import service as panels
from award.panels.models import PoolMember
from award.regulations.model import Scheme
from award.results.models import Approval, AwardDecision, Objection
from award.results.service.approving import confirm_approval, record_approval
from award.results.service.confirming import confirm_decision
from award.results.service.deciding import decide, propose
from award.results.service.noticing import publish_notice
from award.results.service.objecting import Filing, file_objection
from award.results.service.publishing import publish_result
from award.rounds.models import CalendarYear, DateChange, Round, Snapshot
from award.standing.models import Conflict
from award.winners.models import Certificate
from award.winners.service import issue_certificates
from tests import make
from tests.applications.world import pdf_bytes
from tests.judging import world as worlds
from tests.judging.world import World
from tests.office.dating import extended

MISSING = "zzzzzzzzzzzz"
LATER = make.NOW + timedelta(days=12)
"""When the notice is over."""
ONLY_OURS = str.maketrans("01", "xy")
"""Hexadecimal digits that ids do not have."""
BODIES: dict[str, dict[str, object]] = {
    "/items/{item}": {"percent": 65, "factors": {}, "comments": [], "note": ""}, "/items/{part}": {"text": "x"}, "/profile": {"fields": {}},
    "/applications/{application_id}/submission": {"declarations": []},
}  # fmt: skip
"""What the API's writes take, by the end of their addresses."""
OF_ITS_OWN = frozenset({"date", "x-request-id"})
"""Headers that differ between any two answers."""
RECUSED, SUBSTITUTE, ELSEWHERE = 4, 5, 6
"""Judges: the one with a conflict, the one who took his seat, and one who judges another application only."""


@dataclass
class Doors:
    """ids: parameter of an address -> what it names here; all of it belongs to the first application or its round."""

    world: World
    ids: dict[str, str]
    cookies: dict[str, str]


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    path: str
    is_public: bool

    @property
    def params(self) -> frozenset[str]:
        """What its address names."""
        return frozenset(re.findall(r"\{(\w+)", self.path))

    def address(self, ids: dict[str, str]) -> str:
        """The path with its parameters filled in."""
        return re.sub(r"\{(\w+)[^}]*\}", lambda found: ids[found[1]], self.path)


def doors_of(client: TestClient) -> list[Door]:
    """Every route of the application a browser speaks to, by its own account."""
    found = []
    for context in iter_route_contexts(cast(FastAPI, client.app).routes):
        if isinstance(context.original_route, APIRoute):
            guard = guard_of(context.dependant)
            assert guard is not None
            found += [Door(method, str(context.path), guard.public) for method in sorted(context.methods or ())]
    return found


@dataclass(frozen=True)
class Answer:
    """What a door answers. text: where it leads, and what it says."""

    status: int
    text: str
    headers: dict[str, str]


def knock(
    client: TestClient, door: Door, ids: dict[str, str], cookie: str, accept: str = "text/html", *, with_file: bool = False, **fields: str
) -> Answer:
    """The answer to somebody with the token our own pages would send. with_file, fields: more of a form."""
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE if cookie else "visitor", cookie or "v" * 43)
    headers = {HEADER: token_for(cookie or "v" * 43), "accept": accept, "if-match": '"0"'}
    sent: dict[str, Any] = {
        "GET": {"params": {"item": "4.1.2"} if door.path.endswith("/items") else {}},
        "POST": {"data": {"version": "0", "text": "x", "reason": "x", **fields}},
        "PUT": {"json": {"fields": {"text": "x"}}},
    }
    if with_file:
        sent["POST"]["files"] = {"file": ("a.pdf", pdf_bytes(1), "application/pdf")}
    if is_api(door.path):
        headers |= {"authorization": f"Bearer {api_token(cookie)}"} if cookie else {}
        body = next((body for end, body in BODIES.items() if door.path.endswith(end)), {})
        sent = {"GET": {}, "POST": {"json": body}, "PUT": {"json": body}}
    answer = client.request(door.method, door.address(ids), headers=headers, **sent.get(door.method, {}))
    is_text = answer.headers.get("content-type", "").startswith(("text", "application/j", "application/problem+json"))
    text = answer.text if is_text else "binary"
    headers = {name: value for name, value in answer.headers.items() if name not in OF_ITS_OWN}
    return Answer(answer.status_code, answer.headers.get("location", "") + text, headers)


def api_token(cookie: str) -> str:
    """The token of whoever holds a cookie."""
    return well_formed(hashlib.sha256(cookie.encode()).hexdigest()[:SECRET].translate(ONLY_OURS))


def give_tokens(engine: Engine, cookies: dict[str, str]) -> None:
    """Everybody with a cookie has a token with all scopes too."""
    with transaction(engine) as session:
        for cookie in cookies.values():
            of = session.scalars(select(SignIn.person_id).where(SignIn.token_hash == hash_token(cookie))).one()
            session.add(
                ApiToken(
                    token_hash=hash_token(api_token(cookie)), person_id=of, name="test", created_at=make.NOW,
                    scopes=[one.value for one in TokenScope], ends_at=make.NOW + timedelta(365),
                )
            )  # fmt: skip


def unguard(session: Session) -> None:
    """What stands in the way of writing twice goes: whoever holds the database can do that."""
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f'DROP TRIGGER "{name}"'))


def bare(text: str, *vary: str) -> str:
    """An answer without what differs between any two requests: token, reference, and the address itself."""
    for one in vary:
        text = text.replace(one, "ID")
    return re.sub(r"\b[0-9a-f]{40}\b|\b[0-9a-f]{8}\b", "X", text)


def build(
    engine: Engine, enter: Callable[[World], None] = lambda world: None, scheme: str | Scheme = "yunchuan-mayor"
) -> Doors:
    """Two judged applications up to the publication. A judge of the first stepped back, an officer has a conflict with it.

    enter: what else is done before they are judged.
    """
    world = worlds.build(engine, applications=2, judges=7, seats=5, unsigned=((0, RECUSED),), scheme=scheme)
    enter(world)
    _step_back(world)
    _score(world)
    _decline_dates(world)
    with transaction(engine) as session:
        people = _more_people(session, world)
        cookies = world.cookies | {name: make.signed_in(session, person) for name, person in people.items()}
        second = make.actor(session, people["second"])
    _publish(world, second)
    give_tokens(engine, cookies)
    with transaction(engine) as session:
        ids = _ids(session, world)
    return Doors(world, ids, cookies)


def _step_back(world: World) -> None:
    with transaction(world.engine) as session:
        application, seat = world.application(session), world.seat(session, 0, RECUSED)
        panels.declare_conflict(session, world.judges[RECUSED], application, seat, "former employer", make.NOW)
    worlds.replace(world, RECUSED, SUBSTITUTE)
    worlds.sign(world, 0, SUBSTITUTE)


def _score(world: World) -> None:
    for at, panel in ((0, (0, 1, 2, 3, SUBSTITUTE)), (1, range(5))):
        for judge in panel:
            worlds.score(world, at, judge, percent=50 + 5 * judge)
            worlds.submit(world, at, judge)


def _decline_dates(world: World) -> None:
    with transaction(world.engine) as session:
        round_ = world.application(session).round
        change = extended(session, world.office, round_, make.NOW + timedelta(60))
        assert isinstance(change, DateChange)
        drop_change(session, world.office, round_, change, "不再需要", make.NOW)


def _more_people(session: Session, world: World) -> dict[str, Person]:
    application = world.application(session)
    authority = application.round.award.authority
    people = {name: make.officer(session, authority, name) for name in ("second", "conflicted_officer", "reading_officer")}
    people["nobody"] = make.person(session, "无名")
    for role in (Role.COMMITTEE_MEMBER, Role.RECOMMENDER):
        people[role.value] = make.officer(session, authority, role.value, role=role)
    people["writer elsewhere"] = make.person(session, "王立")
    make.grant(session, people["writer elsewhere"], Role.WRITER, Scope.APPLICATION, world.application(session, 1).id)
    make.grant(session, people["reading_officer"], Role.READER, Scope.APPLICATION, application.id)
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.TRAIL_ADMINISTRATOR):
        people[role.value] = make.person(session, role.value)
        make.grant(session, people[role.value], role, Scope.SYSTEM, 0)
    session.add(
        Conflict(
            person_id=people["conflicted_officer"].id, application_id=application.id, source="office", reason="spouse",
            declared_at=make.NOW,
        )
    )  # fmt: skip
    session.add(CalendarYear(year=2026, source="国办发明电〔2025〕7号"))
    return people


def _publish(world: World, second: Actor) -> None:
    office, engine = world.office, world.engine

    def round_of(session: Session) -> Round:
        return session.scalars(select(Round).where(Round.public_id == world.round)).one()

    world.stage("notice")
    with transaction(engine) as session:
        round_ = round_of(session)
        for rubric in round_.rubrics:
            proposal = propose(session, office, round_, rubric.category, make.NOW)
            day = make.NOW.date()
            made = decide(session, office, round_, proposal, members=["周副市长"], grades={}, deviations={}, held_on=day, now=make.NOW)
            confirm_decision(session, second, round_, made, make.NOW)
    with transaction(engine) as session:
        tomorrow = make.NOW.date() + timedelta(1)
        how = {"document_number": "云质评〔2026〕3号", "first_day": tomorrow, "contact": "电话", "now": make.NOW}
        publish_notice(session, office, round_of(session), **how)  # type: ignore[arg-type]
    with transaction(engine) as session:
        about = world.application(session).id
        file_objection(session, second, round_of(session), Filing("钱立", "139", "请核实", application_id=about), make.NOW)
    world.stage("approve")
    with transaction(engine) as session:
        how = {"approved_by": "市政府", "document_number": "云政发〔2026〕27号", "approved_on": LATER.date(), "now": LATER}
        approval = record_approval(session, office, round_of(session), **how)  # type: ignore[arg-type]
        confirm_approval(session, second, round_of(session), approval, LATER)
    world.stage("publish")
    with transaction(engine) as session:
        publish_result(session, second, round_of(session), LATER)
    with transaction(engine) as session:
        issue_certificates(session, office, round_of(session), LATER.date(), LATER)
        report = judging.start_report(session, world.judges[0], world.application(session), LATER)
        report.comments.append(FeedbackComment(item="4.1.2", kind="strength", weight="++", text="方法系统有效。"))
        report.state, report.released_at = "released", LATER


def _document(session: Session, certificate: Certificate) -> str:
    """The certificate as if its paper had been made."""
    document = session.get_one(Document, certificate.document_id)
    document.file_id, document.state = session.scalars(select(Evidence.file_id)).first(), DocumentState.READY.value
    return document.public_id


def _import(session: Session, world: World) -> str:
    """A table the office brought and that was looked at."""
    stored = keep(session, prepare_generated("t.xlsx", b"x"), world.office.person_id, make.NOW, "table_import")
    place = world.application(session).round.award.authority.public_id
    made = Import(
        kind="workdays", place=place, file=stored, person_id=world.office.person_id or 0, state="looked", created_at=make.NOW,
        plan='{"changes": [], "faults": []}',
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.public_id


def _ids(session: Session, world: World) -> dict[str, str]:
    application = world.application(session)
    first = {
        "application_id": application.public_id,
        "assignment_id": world.seats[0, 0],
        "round_id": world.round,
        "authority_id": application.round.award.authority.public_id,
        "award_id": application.round.award.public_id,
        "organisation_id": application.organisation.public_id,
    }

    def of(model: type, where: object) -> str:
        return str(session.scalars(select(model).where(where)).first().public_id)  # type: ignore[arg-type, union-attr]

    owner = session.get_one(Person, application.contact_person_id)
    report = session.scalars(select(FeedbackReport).where(FeedbackReport.application_id == application.id)).one()
    certificate = session.scalars(select(Certificate).where(Certificate.application_id == application.id)).one()
    about = f"application:{application.public_id}"
    return first | {
        "evidence_id": of(Evidence, Evidence.application_id == application.id),
        "sheet_id": of(Sheet, Sheet.application_id == application.id),
        "comment_id": report.comments[0].public_id,
        "message_id": of(Message, (Message.about == about) & (Message.person_id == owner.id)),
        "claim_id": of(Claim, Claim.organisation_id == application.organisation_id),
        "member_id": of(PoolMember, PoolMember.person_id == world.judges[0].person_id),
        "person_id": owner.public_id,
        "grant_id": of(Grant, Grant.person_id == owner.id),
        "objection_id": session.scalars(select(Objection)).one().public_id,
        "certificate_id": certificate.public_id,
        "code": certificate.code,
        "notice_id": of(Snapshot, Snapshot.kind == "notice"),
        "change_id": of(DateChange, DateChange.state == "dropped"),
        "decision_id": of(AwardDecision, AwardDecision.number == 1), "approval_id": of(Approval, Approval.number == 1),
        **dict.fromkeys(("token_id", "invitation_id", "outcome_id"), MISSING),
        "document_id": _document(session, certificate),
        "kind": "book",
        "list_name": "workdays",
        "table_kind": "workdays",
        "import_id": _import(session, world),
        "thing_id": application.public_id,
        "batch_id": session.scalars(select(Batch.public_id)).one(),
        "category": "organisation",
        "part": "4.1.2",
        "item": "4.1.2",
        "place": "1",
        "number": "1",
        "year": "2026", "name": "yunchuan-mayor",
        "language": "zh", "token": "t" * 43,
    }
