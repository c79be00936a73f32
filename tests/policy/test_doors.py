"""Every route of the application knocked at by those to whom a thing is hidden: it answers as if the thing did not exist."""

from collections import Counter
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from award.kernel import db
from tests.judging.world import APPLICANTS
from tests.policy.doors import ELSEWHERE, MISSING, RECUSED, Door, Doors, bare, doors_of, knock

FLOOR = 281
"""There are at least so many doors; fewer means the walk misses some."""
KNOCKS = {"score": 102, "notice": 56, "publish": 56}
"""At how many of them something is hidden from the one who knows most, by stage; what writes is tried in the first alone."""
IN_OFFICE = {"an officer who reads for the applicant": {"score": 40, "notice": 19, "publish": 19}}
"""The same for who is at home with the applicant and has nothing to look for in the office's rooms, counting these alone."""
OF_APPLICATION = frozenset({
    "application_id", "assignment_id", "evidence_id", "sheet_id", "comment_id", "objection_id", "certificate_id", "document_id",
    "thing_id", "message_id",
})  # fmt: skip
OF_ROUND = OF_APPLICATION | {"round_id", "organisation_id", "claim_id", "member_id", "person_id", "grant_id", "batch_id", "import_id"}

STRANGERS = {
    "the judge who stepped back": (f"judge{RECUSED}", OF_APPLICATION),
    "a judge of another application": (f"judge{ELSEWHERE}", OF_APPLICATION),
    "an officer with a conflict": ("conflicted_officer", OF_APPLICATION),
    "an officer who reads for the applicant": ("reading_officer", OF_APPLICATION),
    "another applicant": ("owner1", OF_APPLICATION),
    "another authority's office": ("stranger", OF_ROUND),
    "a writer of another application": ("writer elsewhere", OF_APPLICATION),
    "a member of the committee": ("committee_member", OF_ROUND),
    "a recommending authority": ("recommender", OF_ROUND),
    "the trail administrator": ("trail_administrator", OF_ROUND),
    "somebody without any role": ("nobody", OF_ROUND),
    "the system administrator": ("system_administrator", OF_APPLICATION | {"round_id", "claim_id", "member_id"}),
    "the security administrator": ("security_administrator", OF_APPLICATION | {"round_id", "claim_id", "member_id"}),
    "the public": ("", OF_ROUND),
}
"""Who, and the parameters of addresses that name nothing he may know of."""
THEIR_OWN = {"a member of the committee": {
    "/committee/rounds/{round_id}", "/committee/rounds/{round_id}/conflicts", "/committee/rounds/{round_id}/conflicts/{application_id}",
}}
"""Doors at which the same people are at home."""
OPEN_TO_ALL = {"/calls/{round_id}", "/apply/rounds/{round_id}/{category}"}
"""Rounds that are open are no secret."""


@pytest.fixture
def client(doors: Doors, visit: Callable[[Engine], TestClient]) -> TestClient:
    return visit(doors.world.engine)


def all_doors(client: TestClient) -> list[Door]:
    found = doors_of(client)
    assert len(found) >= FLOOR
    return found


def hidden_at(door: Door, stranger: str) -> frozenset[str]:
    if stranger in IN_OFFICE and not door.path.startswith("/office/"):
        return frozenset()
    known = OPEN_TO_ALL | THEIR_OWN.get(stranger, set())
    return frozenset() if door.path in known else door.params & STRANGERS[stranger][1]


def business(engine: Engine) -> dict[str, object]:
    """Everything but the trail and what sessions note, table by table."""
    kept = {"audit_record", "audit_head", "audit_opening", "sign_in", "sign_in_attempt", "api_token", "alembic_version"}
    with db.reading(engine) as session:
        tables = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))) - kept
        return {table: session.execute(text(f'SELECT * FROM "{table}"')).all() for table in sorted(tables)}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_hidden_and_missing_are_the_same(doors: Doors, client: TestClient, stranger: str) -> None:
    """In the stages in which there is most to be seen; and knocking changes nothing."""
    who, _ = STRANGERS[stranger]
    cookie = doors.cookies[who] if who else ""
    for stage, least in IN_OFFICE.get(stranger, KNOCKS).items():
        doors.world.stage(stage)
        before, differing, seen = business(doors.world.engine), [], Counter[int]()
        for door in all_doors(client):
            names = hidden_at(door, stranger)
            if names and (door.method == "GET" or stage == "score"):
                answer, fault = compared(client, door, doors.ids, names, cookie)
                seen[answer] += 1
                differing += fault
        assert differing == [], "\n".join([stage, *differing])
        assert seen.total() >= least, seen
        assert business(doors.world.engine) == before


def compared(client: TestClient, door: Door, ids: dict[str, str], hidden: frozenset[str], cookie: str) -> tuple[int, list[str]]:
    """What is answered, and what gives away that the thing exists."""
    missing = ids | dict.fromkeys(hidden, MISSING)
    there, nowhere = (knock(client, door, one, cookie) for one in (ids, missing))
    vary = [ids[name] for name in hidden] + [MISSING]
    what = f"{door.method} {door.path}: {there.status}"
    if there.status not in (303, 401, 403, 404) or there.status != nowhere.status:
        return there.status, [f"{what} where it is, {nowhere.status} where it is not"]
    if bare(there.text, *vary) != bare(nowhere.text, *vary):
        return there.status, [f"{what}, but with another text"]
    return there.status, [f"{what}, but with another {name}" for name in told_apart(there.headers, nowhere.headers, vary)]


def told_apart(there: dict[str, str], nowhere: dict[str, str], vary: list[str]) -> list[str]:
    """The headers that one answer has and the other has not, or with another value."""
    one, other = ({name: bare(value, *vary) for name, value in answer.items()} for answer in (there, nowhere))
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


RIGHTFUL = ("", "owner0", "judge0", "office", "system_administrator", "committee_member")
NOT_HERE = {
    "one-time links": {"/reset/{token}", "/invitation/{token}", "/start/{token}", "/address/{token}"},
    "papers that a worker makes": {
        "/apply/{application_id}/feedback/report.pdf", "/notices/{notice_id}/document",
        "/office/rounds/{round_id}/certificates/{certificate_id}/document", "/office/rounds/{round_id}/notice/document",
        "/office/rounds/{round_id}/feedback/{application_id}/report.pdf", "/papers/{kind}/{thing_id}/file",
        "/office/rounds/{round_id}/papers/bundle.zip", "/office/rounds/{round_id}/notice/objections/{objection_id}/letter",
    },
    "files nobody gave": {
        "/office/claims/{claim_id}/licence", "/office/rounds/{round_id}/results/minutes/{category}",
        "/office/rounds/{round_id}/results/approval/{approval_id}/paper", "/office/rounds/{round_id}/outcomes/{application_id}/paper",
        "/office/rounds/{round_id}/notice/objections/{objection_id}/files/{kind}",
        "/office/rounds/{round_id}/results/amendment/{decision_id}/minutes",
        "/office/rounds/{round_id}/outcomes/{application_id}/versions/{outcome_id}/paper",
    },
    "what nobody has asked for or done": {
        "/office/applications/{application_id}/changes", "/apply/{application_id}/people/{person_id}/remove",
    },
    "things called otherwise at this door, each with tests of its own": {
        "/admin/export/{list_name}", "/office/rounds/{round_id}/stages/{kind}/dates",
    },
    "earlier stages": {
        "/apply/rounds/{round_id}/{category}", "/apply/{application_id}/items/{part}/history/{place}.txt", "/calls/{round_id}",
        "/office/rounds/{round_id}/results/decision",
    },
}  # fmt: skip
"""Doors onto something this world does not have."""


def test_what_is_hidden_from_them_is_there(doors: Doors, client: TestClient) -> None:
    """Otherwise hidden and missing would be the same for everybody, and the test above would show nothing."""
    closed = {door for door in all_doors(client) if door.method == "GET"}
    for stage in ("score", "notice", "publish"):
        doors.world.stage(stage)
        for who in RIGHTFUL:
            closed -= {door for door in closed if opens(client, door, doors, who)}
    assert {door.path for door in closed} <= set().union(*NOT_HERE.values())


def opens(client: TestClient, door: Door, doors: Doors, who: str) -> bool:
    """Shown, or led on to where it is."""
    answer = knock(client, door, doors.ids, doors.cookies.get(who, ""))
    assert answer.status != 500, f"{who} {door.path}"
    return answer.status == 200 or (answer.status == 303 and not answer.text.startswith("/login"))


PUBLISHED = {"/", "/notices/{notice_id}", "/winners", "/v/{code}", "/api/v1/results/{notice_id}"}
"""What everybody reads."""
REGISTER = {
    "/office/organisations", "/office/claims", "/office/claims/{claim_id}",
    "/api/v1/organisations", "/api/v1/organisations/{organisation_id}"
}  # fmt: skip
"""Who acts for an organisation is decided before and beside any application."""


@pytest.mark.parametrize("who", ["conflicted_officer", f"judge{RECUSED}", f"judge{ELSEWHERE}", "owner1", "stranger", "nobody"])
def test_no_list_and_no_page_names_what_is_hidden(doors: Doors, client: TestClient, who: str) -> None:
    """The address names the other application, which may well be open to him."""
    named = [door for door in all_doors(client) if door.method == "GET" and door.path not in PUBLISHED | REGISTER]
    ids = doors.ids | {"application_id": doors.world.applications[1], "assignment_id": doors.world.seats[1, RECUSED]}
    seen = {}
    for stage in ("score", "notice", "publish"):
        doors.world.stage(stage)
        texts = {door.path: knock(client, door, ids, doors.cookies[who]).text for door in named}
        seen |= {path: stage for path, text in texts.items() if APPLICANTS[0] in text or "2026-000101" in text}
    assert seen == {}


def test_headers_that_tell_are_noticed() -> None:
    """Otherwise the comparison above would show nothing."""
    assert told_apart({"etag": "a", "allow": "GET"}, {"allow": "GET"}, []) == ["etag"]
    assert told_apart({"link": "</x/abc>"}, {"link": "</x/zzz>"}, ["abc", "zzz"]) == []
    assert told_apart({"content-length": "12"}, {"content-length": "13"}, []) == ["content-length"]


def test_a_paper_is_called_the_same_at_every_door(doors: Doors, client: TestClient) -> None:
    """Its stored file has the name it was rendered under, which says nothing to anybody."""
    doors.world.stage("publish")
    found = {door.path: door for door in all_doors(client) if door.method == "GET"}
    paths = ("/api/v1/documents/{document_id}/content", "/office/rounds/{round_id}/certificates/{certificate_id}/document")
    answers = [knock(client, found[path], doors.ids, doors.cookies["office"]) for path in paths]
    assert [one.status for one in answers] == [200, 200]
    names = {one.headers["content-disposition"].partition("filename*=")[2] for one in answers}
    assert len(names) == 1
    assert names != {""}
