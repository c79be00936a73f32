"""References to a page of the evidence as links for whoever may read, and uploads that break off."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from award.applications import queries, service
from award.applications.check import references_in
from award.applications.models import Evidence
from award.applications.pages.content import pieces
from award.applications.pages.views import megabytes, size_text
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.files.models import StoredFile
from award.kernel.web.csrf import token_for
from tests import make
from tests.applications import world as worlds
from tests.applications.browsing import Visitor
from tests.applications.world import World

CODES = {"E-1": "/x", "E-2": "/y?tab=evidence"}


@pytest.fixture
def desk(client: TestClient, world: World) -> dict[str, Visitor]:
    return {name: Visitor(client, cookie) for name, cookie in world.cookies.items()}


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("见 E-1。", ("E-1", "/x")),
        ("见 E-1 第4页。", ("E-1 第4页", "/x?page=4")),
        ("见E-1第 12 页", ("E-1第 12 页", "/x?page=12")),
        ("见 E-1（第4页）", ("E-1（第4页）", "/x?page=4")),
        ("see E-1 p. 4.", ("E-1 p. 4", "/x?page=4")),
        ("see E-1, P4", ("E-1, P4", "/x?page=4")),
        ("see E-1 page 30", ("E-1 page 30", "/x?page=30")),
        ("see E-2 pp. 3", ("E-2 pp. 3", "/y?tab=evidence&page=3")),
        ("E-1 共 4 页", ("E-1", "/x")),
        ("E-1 people 4", ("E-1", "/x")),
    ],
)
def test_a_reference_leads_to_the_page_it_names(text: str, link: tuple[str, str]) -> None:
    found = pieces(text, CODES)
    assert [one for one in found if one[1]] == [link]
    assert "".join(one for one, _ in found) == text


def test_codes_are_found_with_and_without_pages() -> None:
    assert references_in("E-1 第4页、E-02 p. 3、E-1，XE-4，E-12345") == ["E-1", "E-2"]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (512, "512 B"), (1024, "1 KB"), (280 * 1024, "280 KB"), (3_565_158, "3.4 MB")]
)
def test_sizes_as_people_read_them(size: int, text: str) -> None:
    assert size_text(size) == text


def test_a_quota_is_counted_in_megabytes(desk: dict[str, Visitor], world: World) -> None:
    assert [megabytes(size) for size in (0, 1, 3_565_158)] == ["0", "0.1", "3.4"]
    page = desk["owner"].page(f"/apply/{world.application}/evidence")
    assert "0 of 60 files · 0 of 500 MB" in page.text
    assert "DOCX, JPEG" in page.text
    cookie = f"session={world.cookies['owner']}; lang=zh"
    chinese = desk["owner"].client.get(f"/apply/{world.application}/evidence", headers={"cookie": cookie})
    assert "DOCX、JPEG、JPG、OFD、PDF、PNG、PPTX、XLSX" in chinese.text


@pytest.mark.both_databases
def test_a_content_that_came_once_more_is_said_and_stored_once(desk: dict[str, Visitor], world: World) -> None:
    """Under another name, in one upload with others, and as the page's script sends it."""
    path, owner = f"/apply/{world.application}/evidence", desk["owner"]
    first, other = worlds.pdf_bytes(1), worlds.pdf_bytes(2)
    assert owner.post(path, files={"file": ("first.pdf", first, "application/octet-stream")}).headers["location"] == path
    assert "not stored twice" not in owner.page(path).text
    sent = [("file", (name, content, "application/octet-stream")) for name, content in
            (("second.pdf", first), ("other.pdf", other), ("third.pdf", other))]  # fmt: skip
    answer = owner.post(path, files=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?there=E-1,E-2")
    page = owner.page(answer.headers["location"])
    assert "already as E-1 (first.pdf), so it was not stored twice" in page.text
    assert "already as E-2 (other.pdf)" in page.text
    assert len(page.select("tbody tr")) == 2
    headers = {"cookie": f"session={owner.cookie}; lang=en", "accept": "application/json", "x-csrf-token": token_for(owner.cookie)}
    script = owner.client.post(path, files=sent[:1], headers=headers)
    assert (script.status_code, script.json()) == (201, {"stored": 0, "there": ["E-1"]})
    # What stands in the address is no text of the page.
    assert "E-9" not in owner.page(f"{path}?there=E-9,%3Cb%3E").text


def referring(world: World) -> str:
    """Submits an application one text of which names a page; answers with the id of the evidence."""
    with transaction(world.engine) as session:
        application = world.found(session)
        worlds.fill(session, world.owner, application)
        text = "设备台账见 E-1 第2页。" * 3
        service.save_answer(session, world.owner, application, "4.1.2", text, True, 1, make.NOW)
        service.submit_application(session, world.owner, application, list(service.DECLARATIONS), make.NOW)
        return queries.evidence_of(session, application)[0].public_id


def test_the_owner_and_the_office_follow_a_reference_to_their_own_viewer(desk: dict[str, Visitor], world: World) -> None:
    evidence = referring(world)
    world.stage("accept")
    places = {
        "owner": (f"/apply/{world.application}/print", f"/apply/{world.application}/evidence/{evidence}?page=2"),
        "office": (
            f"/office/applications/{world.application}",
            f"/office/applications/{world.application}/evidence/{evidence}?page=2",
        ),
    }
    for who, (page, link) in places.items():
        assert desk[who].page(page).find("a", href=link, string="E-1 第2页") is not None
        shown = desk[who].page(link)
        assert shown.find("img", class_="page-picture") is not None


def test_what_was_taken_out_of_the_library_can_still_be_downloaded_by_its_owner(desk: dict[str, Visitor], world: World) -> None:
    evidence = referring(world)
    world.stage("accept")
    with transaction(world.engine) as session:
        application = world.found(session)
        service.return_for_correction(session, world.office, application, [{"part": "evidence", "text": "更换"}], make.NOW)
        service.remove_evidence(session, world.owner, application, queries.evidence_of(session, application)[0], make.NOW)
    page = desk["owner"].page(f"/apply/{world.application}/print?number=1")
    assert page.find("a", href=f"/evidence/{evidence}?page=2") is not None
    assert desk["owner"].get(f"/evidence/{evidence}?page=2").status_code == 200


def counts(world: World) -> tuple[int, int]:
    with db.reading(world.engine) as session:
        return tuple(session.scalar(select(func.count()).select_from(one)) or 0 for one in (Evidence, StoredFile))  # type: ignore[return-value]


BODY = (
    b'--cut\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
)


def headers_of(world: World) -> dict[str, str]:
    cookie = f"session={world.cookies['owner']}; lang=en"
    return {"host": "testserver", "cookie": cookie, "content-type": "multipart/form-data; boundary=cut", "accept": "text/html"}


def cut_body(world: World) -> bytes:
    return BODY % token_for(world.cookies["owner"]).encode() + worlds.pdf_bytes(3)[:400]


def test_an_upload_that_was_cut_short_is_refused_and_leaves_nothing(desk: dict[str, Visitor], world: World) -> None:
    path = f"/apply/{world.application}/evidence"
    answer = desk["owner"].client.post(path, content=cut_body(world), headers=headers_of(world))
    assert answer.status_code == 400
    assert counts(world) == (0, 0)


def test_a_connection_that_breaks_while_uploading_leaves_nothing(world: World, client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    sent: list[dict[str, Any]] = []
    headers = [(name.encode(), value.encode()) for name, value in headers_of(world).items()]
    asyncio.run(break_off(app, f"/apply/{world.application}/evidence", cut_body(world), headers, sent))
    assert sent
    assert all(one.get("status", 500) >= 400 for one in sent if one["type"] == "http.response.start")
    assert counts(world) == (0, 0)


def test_a_form_whose_sender_is_gone_is_no_fault_of_ours(client: TestClient) -> None:
    """A double click takes back the first request; an operator must not read of it as an error."""
    app = client.app
    assert isinstance(app, FastAPI)
    sent: list[dict[str, Any]] = []
    headers = [(b"host", b"localhost"), (b"content-type", b"application/x-www-form-urlencoded")]
    asyncio.run(break_off(app, "/login", b"account=li", headers, sent))
    assert [one["status"] for one in sent if one["type"] == "http.response.start"] == [499]


async def break_off(app: FastAPI, path: str, body: bytes, headers: list[tuple[bytes, bytes]], sent: list[dict[str, Any]]) -> None:
    """Sends the first part of a body that was announced longer, then nothing: the client is gone."""
    messages = iter([{"type": "http.request", "body": body, "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    announced = [(b"content-length", str(len(body) * 3).encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": [*headers, *announced],
        "client": ("127.0.0.1", 1), "server": ("testserver", 80),
    }  # fmt: skip
    try:
        await app(scope, receive, send)
    except Exception as error:
        sent.append({"type": "error", "error": error})
