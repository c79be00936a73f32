"""A round's bundle: what is in it, that its proofs hold, that the same papers give the same bytes, and whom it is for."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from award.applications.models import PaperOutcome, Submission
from award.kernel import db
from award.kernel.actor import Actor
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.documents.service import Request, place_for
from award.kernel.errors import Conflict, NotFound
from award.kernel.files.service import keep, prepare_generated
from award.kernel.files.storage import storage
from award.papers.bundle import indexes_of, register_pdf
from award.papers.bundling import bundle_for, content_of, tidy, unique, want_bundle
from award.papers.contents import filled
from award.papers.gaps import said
from award.press.document import MissingGlyphs, Rendered
from award.press.records import RegisterView
from award.results.models import Approval, AwardDecision, Proposal
from award.standing.models import Conflict as DeclaredConflict
from tests import make
from tests.conftest import StandingClock
from tests.judging import world as worlds
from tests.judging.world import APPLICANTS, World
from tests.kernel.test_sheets import xlsx_rows
from tests.papers.conftest import Press, work
from tests.papers.test_batches import round_of, start


def bundle(world: World, actor: Actor | None = None, *, with_evidence: bool = False) -> zipfile.ZipFile:
    path = wanted(world, actor or world.office, with_evidence=with_evidence)
    return zipfile.ZipFile(path)


def wanted(world: World, actor: Actor, *, with_evidence: bool = False, now: datetime = make.NOW) -> Path:
    with transaction(world.engine) as session:
        want_bundle(session, actor, round_of(session, world), with_evidence=with_evidence, now=now)
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
        missing = lines_of(archive)
    # comments of ten sheets and two summaries
    assert len(missing) == 12
    assert "001_2026-000101_云川精密轴承股份有限公司 · 评审组评分汇总表" in missing


def test_what_is_being_made_anew_is_named_though_the_other_language_is_there(made: World) -> None:
    """A book stands in both languages; only the Chinese one is ready."""
    with transaction(made.engine) as session:
        ready = session.scalars(select(Document).where(Document.kind == "book").order_by(Document.id)).first()
        assert ready is not None
        place_for(session, Request("book", ready.subject, "en", "{}"), make.NOW)
        content = content_of(session, made.office, round_of(session, made), make.NOW, with_evidence=False)
    told = [said("zh", gap) for gap in content["missing"]]
    assert "001_2026-000101_云川精密轴承股份有限公司 · 申报书" in told


def signed(world: World, at: int, kind: str, number: int = 1) -> None:
    """An outcome entered on paper for an application, with the file it rests on."""
    with transaction(world.engine) as session:
        one = world.application(session, at)
        stored = keep(session, prepare_generated("意见.pdf", f"{at} {kind} {number}".encode(), 1), None, make.NOW, "outcome")
        stage = next(stage for stage in one.round.stages if stage.kind == kind)
        session.add(PaperOutcome(
            round_stage_id=stage.id, application_id=one.id, number=number, state="confirmed" if number == 1 else "recorded",
            summary="同意", held_on=date(2026, 2, 20), file_id=stored.id, recorded_by=world.office.person_id, recorded_at=make.NOW,
        ))  # fmt: skip


def test_signed_papers_are_in_a_folder_of_their_own_for_whoever_may_open_them(
    any_engine: Engine, clock: StandingClock, press: Press
) -> None:
    """Every version of an outcome, the minutes and the approval; not of a conflict, which hides the minutes as well."""
    made = worlds.build(any_engine, applications=2, seats=0, scheme=make.scheme_of_all_stages())
    signed(made, 0, "consensus")
    signed(made, 0, "consensus", 2)
    signed(made, 1, "site")
    with transaction(made.engine) as session:
        round_ = round_of(session, made)
        paper = keep(session, prepare_generated("批复.pdf", b"paper", 1), None, make.NOW, "approval")
        by = {"recorded_by": made.office.person_id, "file_id": paper.id}
        proposal = Proposal(
            round_id=round_.id, category="organisation", content="{}", sha256="0" * 64, proposed_at=make.NOW,
            proposed_by=made.office.person_id,
        )  # fmt: skip
        session.add(AwardDecision(proposal=proposal, held_on=date(2026, 3, 1), members=[], decided_at=make.NOW, **by))
        session.add(Approval(
            round_id=round_.id, approved_by="云川市人民政府", document_number="云政〔2026〕1号", approved_on=date(2026, 3, 2),
            recorded_at=make.NOW, **by,
        ))  # fmt: skip
        at = {stage.kind: f"{stage.position:02d}_{stage.kind}" for stage in round_.stages}
    first, second = "001_2026-000101_云川精密轴承股份有限公司", "002_2026-000102_云川市第一人民医院"
    own = [f"{second}/签字文件/{at['site']}.pdf"]
    whole = ["000_本届文件/签字文件/批准文件.pdf"]
    everything = [
        *whole, "000_本届文件/签字文件/会议纪要_组织.pdf",
        f"{first}/签字文件/{at['consensus']}.pdf", f"{first}/签字文件/{at['consensus']}_2.pdf", *own,
    ]  # fmt: skip
    with bundle(made) as archive:
        rows = {row[1]: row for row in csv.reader(io.StringIO(archive.read("卷内目录.csv").decode("utf-8-sig")))}
        assert [one for one in archive.namelist() if "签字文件" in one] == sorted(everything)
        assert rows[own[0]][2:5] == [at["site"], "2026-000102", "2026-02-20"]
    declare(made, 0)
    with bundle(made, made.colleague) as archive:
        assert [one for one in archive.namelist() if "签字文件" in one] == [*whole, *(one.replace("002_", "001_", 1) for one in own)]


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
        missing = lines_of(archive)
    assert missing[-1] == "001_2026-000101_云川精密轴承股份有限公司/01_申报书.pdf（文件缺失）"


def submit(world: World, at: int, content: str, number: int = 2) -> str:
    """A later submission with this text, which no check has seen; answers with its public id."""
    with transaction(world.engine) as session:
        one = world.application(session, at)
        added = Submission(
            application_id=one.id, number=number, content=content, sha256="0" * 64, submitted_at=make.NOW,
            submitted_by=one.contact_person_id,
        )  # fmt: skip
        session.add(added)
        session.flush()
        return added.public_id


def evidence_of(world: World, at: int) -> list[dict[str, Any]]:
    with db.reading(world.engine) as session:
        mine = Submission.application_id == world.application(session, at).id
        query = select(Submission.content).where(mine, Submission.number == 1)
        found: list[dict[str, Any]] = json.loads(session.scalars(query).one())["evidence"]
        return found


def missing_in(archive: zipfile.ZipFile) -> list[str]:
    """What could not be read or is gone; not what was not made."""
    return [one for one in lines_of(archive) if one.endswith("）")]


def lines_of(archive: zipfile.ZipFile) -> list[str]:
    """All that is not there, as the register says it."""
    return [said("zh", one) for one in json.loads(archive.read("manifest.json"))["missing"]]


PLACE = "002_2026-000102_云川市第一人民医院/证实性材料"


BAD = ("", "{}", "[]", "null", '{"evidence": 5}', '{"evidence": nul')
DAMAGES: tuple[dict[str, Any], ...] = (
    {"sha256": "x"}, {"sha256": "../../etc/passwd"}, {"title": None}, {"name": 5}, {"pages": "2"}, {"code": None}, {"more": 1},
)  # fmt: skip


def test_a_submission_that_cannot_be_read_is_left_out_and_named(made: World) -> None:
    submit(made, 1, "{}")
    with bundle(made, with_evidence=True) as archive:
        assert sum("证实性材料/" in name for name in archive.namelist()) == 4
        assert missing_in(archive) == [f"{PLACE}（提交内容无法读取）"]
        assert "002_2026-000102_云川市第一人民医院/01_申报书.pdf" in archive.namelist()


@pytest.mark.parametrize("content", BAD)
def test_whatever_is_wrong_with_a_submission_its_neighbours_are_read(engine: Engine, content: str) -> None:
    world = worlds.build(engine)
    places = [
        {"submission": submit(world, 0, text, number), "folder": str(number), "number": ""}
        for number, text in enumerate((content, '{"evidence": []}', json.dumps({"evidence": evidence_of(world, 0)})), 2)
    ]
    wanted = {"files": [], "missing": [], "evidence": places, "zone": "Asia/Shanghai"}
    with db.reading(engine) as session:
        content_of = filled(session, wanted)
    assert [said("zh", one) for one in content_of["missing"]] == ["2/证实性材料（提交内容无法读取）"]
    assert [one["path"].partition("/")[0] for one in content_of["files"]] == ["4", "4"]


def test_one_piece_of_evidence_that_cannot_be_read_leaves_the_others(made: World) -> None:
    first, second = evidence_of(made, 1)
    submit(made, 1, json.dumps({"evidence": [first, *({**second, **damage} for damage in DAMAGES), 7]}))
    with bundle(made, with_evidence=True) as archive:
        assert sum(name.startswith(PLACE) for name in archive.namelist()) == 1
        assert missing_in(archive) == [f"{PLACE}（第 {turn} 份材料的记录无法读取）" for turn in range(2, 10)]


def test_a_stored_file_that_was_changed_is_left_out_and_named(made: World) -> None:
    one = evidence_of(made, 1)[0]
    sha256 = hashlib.sha256(b"known only here").hexdigest()
    submit(made, 1, json.dumps({"evidence": [{**one, "sha256": sha256}]}))
    place = storage().path(one["sha256"]).parents[1] / sha256[:2]
    place.mkdir(exist_ok=True)
    (place / sha256[2:]).write_bytes(b"something else")
    with bundle(made, with_evidence=True) as archive:
        assert [one.rpartition("（")[2] for one in missing_in(archive)] == ["文件已损坏）"]


def test_what_was_put_right_is_in_the_next_one(made: World) -> None:
    lost = evidence_of(made, 1)[0]["sha256"]
    with storage().open(lost) as file:
        content = file.read()
    storage().delete(lost)
    with bundle(made, with_evidence=True) as archive:
        assert {one.rpartition("（")[2] for one in missing_in(archive)} == {"文件缺失）"}
    storage().put(io.BytesIO(content))
    path = wanted(made, made.office, with_evidence=True, now=make.NOW + timedelta(minutes=1))
    with zipfile.ZipFile(path) as archive:
        assert missing_in(archive) == []


def test_a_character_no_font_has_stops_no_register(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def render(kind: str, view: RegisterView) -> Rendered:
        seen.append(view.lines[0].title)
        if "𬭎" in seen[-1]:
            raise MissingGlyphs("𬭎")
        return Rendered(b"%PDF", "", 1, (), "", "")

    monkeypatch.setattr(press, "render", render)
    head = dict.fromkeys(("award_name", "award_title", "number", "organisation", "office", "criteria"), "") | {"language": "zh"}
    line = {"path": "a/b.pdf", "title": "𬭎业证书", "number": "", "dated": "", "pages": 1, "sha256": "0"}
    assert register_pdf({"head": head, "files": [line], "missing": []}) == b"%PDF"
    assert seen == ["𬭎业证书", "〓业证书"]


DAYS = (
    ("zh", '{"dated": "2026-09-30"}', "2026-09-30"),
    ("zh", '{"issued_on": "2026-11-02"}', "2026-11-02"),
    ("zh", '{"submitted_on": "2026年4月8日"}', "2026-04-08"),
    ("en", '{"submitted": "28 August 2026 17:05 (Beijing time)"}', "2026-08-28"),
    ("zh", '{"made": "依据 2026年9月8日 24:00 的评分表生成。"}', "2026-09-08"),
    ("en", '{"made": "Made from the sheets as they stood on 8 September 2026 24:00."}', "2026-09-08"),
    ("zh", "{}", ""), ("zh", "", ""), ("zh", '{"dated": "2026-13-45"}', ""), ("en", '{"submitted": "8 Brumaire 2026"}', ""),
)  # fmt: skip


def test_a_paper_has_the_day_it_bears(engine: Engine) -> None:
    """One whose view cannot be read has none, and the others have theirs."""
    with transaction(engine) as session:
        documents = [
            place_for(session, Request("book", f"book:{turn}", language, view), make.NOW).public_id
            for turn, (language, view, _) in enumerate(DAYS)
        ]
        files = [{"path": f"{turn}.pdf", "document": one} for turn, one in enumerate(documents)]
        content = filled(session, {"files": files, "missing": [], "evidence": [], "zone": "Asia/Shanghai"})
    assert content["files"] == [{"path": f"{turn}.pdf", "dated": day} for turn, (_, _, day) in enumerate(DAYS)]


def test_the_index_has_the_days_of_the_acts_not_of_the_making(made: World) -> None:
    """Everything in the world was submitted on one day; the papers were made later."""
    with transaction(made.engine) as session:
        for one in session.scalars(select(Document)):
            one.wanted_at = datetime(2027, 1, 31, tzinfo=UTC)
    with bundle(made, with_evidence=True) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("卷内目录.csv").decode("utf-8-sig"))))[1:]
    assert {row[4] for row in rows} == {f"{make.NOW.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"}


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
