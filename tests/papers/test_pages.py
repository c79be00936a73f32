"""The pages of papers as their people use them, without JavaScript."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, select

from award.applications.models import Submission
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.files.storage import storage
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.browsing import as_, post
from tests.judging.world import APPLICANTS, JUDGES, World
from tests.papers.conftest import Press, work


@pytest.fixture
def here(engine: Engine, clock: StandingClock) -> World:
    world = worlds.build(engine, applications=2)
    worlds.all_in(world, 0)
    return world


def test_an_applicant_makes_its_book_waits_and_downloads_it(client: Any, here: World, press: Press) -> None:
    here.stage("accept")
    owner = as_(client, here, "owner0")
    url = f"/papers/book/{here.applications[0]}"
    assert "http-equiv" not in owner.get(url).text
    assert owner.get(f"{url}/file").status_code == 404
    assert post(owner, url, {"language": "zh"}, follow_redirects=False).headers["location"] == url
    assert '<meta http-equiv="refresh"' in owner.get(url).text
    work(here)
    assert f"{url}/file?language=zh" in owner.get(url).text
    answer = owner.get(f"{url}/file?language=zh")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-book-")
    assert as_(client, here, "owner1").get(url).status_code == 404


def test_the_office_starts_follows_and_stops_a_batch(client: Any, here: World, press: Press) -> None:
    office = as_(client, here, "office")
    base = f"/office/rounds/{here.round}/papers"
    page = post(office, f"{base}/batches", {"kind": "book"}, follow_redirects=False).headers["location"]
    assert page.startswith(f"{base}/batches/")
    assert "0/2" in office.get(page).text
    assert post(office, f"{page}/cancel", follow_redirects=False).headers["location"] == page
    assert "http-equiv" not in office.get(page).text
    assert office.get(base).status_code == 200
    assert post(as_(client, here, "supervisor"), f"{base}/batches", {"kind": "book"}).status_code == 403


def test_what_is_not_in_the_zip_stands_on_the_page(client: Any, here: World, press: Press) -> None:
    office = as_(client, here, "office")
    base = f"/office/rounds/{here.round}/papers"
    with transaction(here.engine) as session:
        one = here.application(session, 1)
        session.add(Submission(
            application_id=one.id, number=2, content="{}", sha256="0" * 64, submitted_at=make.NOW, submitted_by=one.contact_person_id,
        ))  # fmt: skip
    assert 'id="bundle"' not in office.get(base).text
    post(office, f"{base}/batches", {"kind": "book"})
    work(here)
    assert 'id="bundle"' in office.get(base).text
    page = office.get(base).text
    assert 'data-label="制作失败">1<' in page
    assert post(office, f"{base}/bundle", {"evidence": "yes"}, follow_redirects=False).status_code == 303
    work(here)
    page = office.get(base).text
    assert "项未收入本压缩包" in page
    assert "/证实性材料（提交内容无法读取）" in page
    assert " · 评分表 5<" in page
    assert "KeyError" not in page
    page = office.get(base, headers={"accept-language": "en"}).text
    assert "/证实性材料 (what was submitted cannot be read)" in page
    assert " · Score sheet 5<" in page
    assert not re.search("（[^）]*读取）|评分表|评审意见|汇总表", page)


def test_a_zip_of_an_earlier_version_stays_readable(client: Any, here: World, press: Press) -> None:
    """Its manifest names what it lacks in lines; the page showed a fault of the system for it."""
    office = as_(client, here, "office")
    base = f"/office/rounds/{here.round}/papers"
    post(office, f"{base}/batches", {"kind": "book"})
    work(here)
    post(office, f"{base}/bundle", {})
    work(here)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"missing": ["001_云川精工 · 评分表_1"]}))
    written.seek(0)
    with transaction(here.engine) as session:
        bundle = session.scalars(select(Document).where(Document.kind == "bundle")).one()
        assert bundle.file is not None
        bundle.file.sha256 = storage().put(written).sha256
    assert "001_云川精工 · 评分表_1" in office.get(base).text


def test_the_list_of_failures_says_which_paper_of_an_organisation_it_is(client: Any, here: World, press: Press) -> None:
    """Two sheets of one organisation are told apart by their judges."""
    office = as_(client, here, "office")
    press.broken[APPLICANTS[0]] = "No font of ours has 𬭎 (U+2CB4E): replace it in the text."
    base = f"/office/rounds/{here.round}/papers"
    page = post(office, f"{base}/batches", {"kind": "sheet"}, follow_redirects=False).headers["location"]
    work(here)
    shown = BeautifulSoup(office.get(page).text, "html.parser")
    heads = [one.get_text(" ", strip=True) for one in shown.select("tbody th")]
    assert len(heads) == len(set(heads)) == 5
    with transaction(here.engine) as session:
        number = here.application(session).number
    assert all(one.startswith(f"{APPLICANTS[0]} {number} · ") for one in heads)
    assert any(JUDGES[0] in one for one in heads)
