"""A round's bundle: what is in it, that its proofs hold, that the same papers give the same bytes, and whom it is for."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from award.kernel import db
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import Conflict, NotFound
from award.kernel.files.storage import storage
from award.papers.bundle import indexes_of
from award.papers.bundling import bundle_for, tidy, unique, want_bundle
from award.standing.models import Conflict as DeclaredConflict
from tests import make
from tests.judging.world import APPLICANTS, World
from tests.kernel.test_sheets import xlsx_rows
from tests.papers.conftest import Press, work
from tests.papers.test_batches import round_of, start


def bundle(world: World, actor: Actor | None = None, *, with_evidence: bool = False) -> zipfile.ZipFile:
    path = wanted(world, actor or world.office, with_evidence=with_evidence)
    return zipfile.ZipFile(path)


def wanted(world: World, actor: Actor, *, with_evidence: bool = False) -> Path:
    with transaction(world.engine) as session:
        want_bundle(session, actor, round_of(session, world), with_evidence=with_evidence, now=make.NOW)
    work(world)
    with db.reading(world.engine) as session:
        found = bundle_for(session, actor, round_of(session, world))
        assert found is not None
        assert found.file is not None, found.error
        return storage().path(found.file.sha256)


@pytest.fixture
def made(world: World, press: Press) -> World:
    """Books and sheets are made."""
    start(world)
    start(world, "sheet")
    work(world)
    return world


def test_every_file_is_where_the_lists_say_and_their_sums_hold(made: World) -> None:
    with bundle(made, with_evidence=True) as archive:
        sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
        assert set(sums) | {"SHA256SUMS", "manifest.json"} == set(archive.namelist())
        assert {name: hashlib.sha256(archive.read(name)).hexdigest() for name in sums} == sums
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["sha256_of_sums"] == hashlib.sha256(archive.read("SHA256SUMS")).hexdigest()
        rows = list(csv.reader(io.StringIO(archive.read("卷内目录.csv").decode("utf-8-sig"))))
        assert [row[1] for row in rows[1:]] == [one["path"] for one in manifest["files"]]
        workbook = xlsx_rows(archive.read("卷内目录.xlsx"))
        assert [[str(row[0]).removesuffix(".0"), row[1], row[6]] for row in workbook] == [[row[0], row[1], row[6]] for row in rows]
        # 3 books, 10 sheets of the two applications whose gate is open, 2 pieces of evidence of each of 3 applications
        assert len(rows) - 1 == 3 + 10 + 6
        assert "001_2026-000101_云川精密轴承股份有限公司/01_申报书.pdf" in archive.namelist()
        assert sum("证实性材料/" in name for name in archive.namelist()) == 6


def test_names_are_flagged_as_utf_8_and_have_no_time(made: World) -> None:
    with bundle(made) as archive:
        assert {one.flag_bits & 0x800 for one in archive.infolist() if not one.filename.isascii()} == {0x800}
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_papers_are_the_same_bytes(made: World) -> None:
    first, second = wanted(made, made.office), wanted(made, made.colleague)
    assert first == second


def test_what_is_not_made_is_named(made: World) -> None:
    with bundle(made) as archive:
        missing = json.loads(archive.read("manifest.json"))["missing"]
    # comments of ten sheets and two summaries
    assert len(missing) == 12
    assert "001_2026-000101_云川精密轴承股份有限公司 · 评审组评分汇总表" in missing


def declare(world: World, at: int) -> None:
    with transaction(world.engine) as session:
        one = world.application(session, at)
        session.add(DeclaredConflict(
            person_id=world.colleague.person_id, application_id=one.id, source="office", reason="spouse", declared_at=make.NOW,
        ))  # fmt: skip


def test_an_application_the_officer_has_a_conflict_with_is_left_out(made: World) -> None:
    declare(made, 0)
    with bundle(made, made.colleague, with_evidence=True) as archive:
        text = "".join(archive.namelist()) + archive.read("manifest.json").decode()
    assert APPLICANTS[0] not in text
    assert made.applications[0] not in text
    assert APPLICANTS[1] in text


def test_a_bundle_made_before_a_conflict_was_declared_is_gone(made: World) -> None:
    wanted(made, made.colleague)
    declare(made, 0)
    with db.reading(made.engine) as session:
        assert bundle_for(session, made.colleague, round_of(session, made)) is None


def test_a_bundle_is_for_the_office_of_the_round_only(made: World) -> None:
    for actor in (made.supervisor, made.stranger, made.owners[0], made.judges[0]):
        with transaction(made.engine) as session, pytest.raises(NotFound):
            want_bundle(session, actor, round_of(session, made), with_evidence=False, now=make.NOW)
    wanted(made, made.office)
    with db.reading(made.engine) as session:
        assert bundle_for(session, made.colleague, round_of(session, made)) is None
        assert bundle_for(session, made.supervisor, round_of(session, made)) is None


def test_without_papers_there_is_no_bundle(world: World, press: Press) -> None:
    with transaction(world.engine) as session, pytest.raises(Conflict, match=r"bundle\.empty"):
        want_bundle(session, world.office, round_of(session, world), with_evidence=False, now=make.NOW)


def test_a_file_that_is_gone_stops_no_other(made: World) -> None:
    with db.reading(made.engine) as session:
        lost = session.scalars(select(Document).where(Document.kind == "book").order_by(Document.id)).first()
        assert lost is not None
        assert lost.file is not None
        storage().delete(lost.file.sha256)
    with bundle(made) as archive:
        assert "001_2026-000101_云川精密轴承股份有限公司/01_申报书.pdf" not in archive.namelist()
        assert "002_2026-000102_云川市第一人民医院/01_申报书.pdf" in archive.namelist()
        missing = json.loads(archive.read("manifest.json"))["missing"]
    assert missing[-1] == "001_2026-000101_云川精密轴承股份有限公司/01_申报书.pdf（文件缺失）"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("云川/精密\\轴承:*?\"<>|", "云川_精密_轴承_______"), ("..", "_"), ("甲公司. ", "甲公司"), ("a\u202eb\nc", "abc"),
        ("长" * 80, "长" * 60), ("𬭎镁（〇）", "𬭎镁（〇）"),
    ],
)  # fmt: skip
def test_names_that_every_system_takes(name: str, folder: str) -> None:
    assert tidy(name) == folder


def test_two_files_never_have_one_name() -> None:
    assert list(unique(["a.pdf", "A.pdf", "a.pdf", "b"])) == ["a.pdf", "A_2.pdf", "a_3.pdf", "b"]


def test_no_cell_of_the_index_is_a_formula() -> None:
    line = {"path": "=1+1", "title": "@x", "number": "-1", "dated": "", "pages": None, "sha256": "0"}
    plain, book = (content for _, content in indexes_of({"files": [line]}))
    row = list(csv.reader(io.StringIO(plain.decode("utf-8-sig"))))[1]
    assert row == ["1", "'=1+1", "'@x", "'-1", "", "", "0"]
    assert xlsx_rows(book)[1] == [1, "=1+1", "@x", "-1", "", "", "0"]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
