"""Files: what is taken, what is refused and with which words, and that contents and rows stay together."""

import hashlib
import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.files import children, preview
from award.kernel.files.kinds import display_name
from award.kernel.files.models import StoredFile
from award.kernel.files.service import Limits, Prepared, keep, prepare_generated, prepare_upload, sweep_orphans
from award.kernel.files.storage import DirectoryStorage, storage
from award.kernel.i18n import translate
from award.kernel.settings import ROOT, settings
from award.kernel.web import downloads
from tests.kernel import bad_files as files

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def upload(name: str, content: bytes, limits: Limits | None = None) -> Prepared:
    return prepare_upload(name, io.BytesIO(content), limits or Limits())


@pytest.mark.parametrize(
    ("name", "content", "media_type", "pages"),
    [
        ("自评报告.pdf", files.pdf(3), "application/pdf", 3),
        ("restricted.PDF", files.pdf(1, owner_only=True), "application/pdf", 1),
        ("photo.jpg", files.image("JPEG"), "image/jpeg", 1),
        ("photo.jpeg", files.image("JPEG"), "image/jpeg", 1),
        ("chart.png", files.image("PNG"), "image/png", 1),
        ("a.docx", files.DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", None),
        ("a.xlsx", files.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", None),
        ("a.pptx", files.PPTX, "application/vnd.openxmlformats-officedocument.presentationml.presentation", None),
        ("版式文件.ofd", files.OFD, "application/ofd", None),
    ],
)
def test_what_is_taken(name: str, content: bytes, media_type: str, pages: int | None) -> None:
    kept = upload(name, content)
    assert (kept.name, kept.media_type, kept.pages, kept.size) == (name, media_type, pages, len(content))
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert storage().path(kept.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("tool.exe", files.EXE, "is not a type that can be uploaded here"),
        ("noextension", files.pdf(), "is not a type that can be uploaded here"),
        ("drawing.svg", files.SVG, "is not a type that can be uploaded here"),
        ("report.pdf.exe", files.pdf(), "is not a type that can be uploaded here"),
        ("report.docm", files.DOCX, "is not a type that can be uploaded here"),
        ("report.pdf", b"", "is empty"),
        ("report.pdf", files.EXE, "is not what its name says"),
        ("report.pdf", files.HTML, "is not what its name says"),
        ("report.pdf", files.image("PNG"), "is not what its name says"),
        ("report.pdf", files.DOCX, "is not what its name says"),
        ("photo.png", files.image("JPEG"), "is not what its name says"),
        ("photo.png", files.SVG, "is not what its name says"),
        ("report.docx", files.pdf(), "is not what its name says"),
        ("report.docx", files.XLSX, "is not what its name says"),
        ("report.docx", files.zipped({"a.txt": b"x"}), "is not what its name says"),
        ("report.ofd", files.DOCX, "is not what its name says"),
        ("report.pdf", files.pdf(password="secret"), "has a password; judges could not open it"),
        ("report.docx", files.OLE2, "has a password or an old format"),
        ("report.docx", files.encrypted_member(), "has a password or an old format"),
        ("report.pdf", b"%PDF-1.7\nnothing more", "is damaged"),
        ("report.docx", files.DOCX[: len(files.DOCX) // 2], "is damaged"),
        ("photo.jpg", files.image("JPEG", (400, 400))[:1000], "is damaged"),
        ("photo.png", files.image("PNG", (400, 400))[:500], "is damaged"),
        ("a.docx", files.office("word/document.xml", **{"../../etc/passwd": b"x"}), "is damaged"),
        ("report.pdf", files.pdf() + files.DOCX, "hides a second file"),
        ("photo.jpg", files.image("JPEG") + files.zipped({"a": b"x"}), "hides a second file"),
        (
            "a.docx",
            files.zipped({"%PDF-1.7": b"x", "[Content_Types].xml": b"", "word/document.xml": b""}),
            "hides a second",
        ),
        ("photo.png", files.huge_png(60_000, 60_000), "more than 100 million pixels"),
        ("a.docx", files.office("word/document.xml", **{"word/vbaProject.bin": b"x"}), "contains macros"),
        ("a.docx", files.office("word/document.xml", x=b"\0" * 2**23), "far larger unpacked"),
        ("a.xlsx", files.office("xl/workbook.xml", **{f"m{n}": b"" for n in range(2001)}), "far larger unpacked"),
        ("long.pdf", files.pdf(3001), "more than 3000 pages"),
    ],
)
def test_what_is_refused_names_the_file_and_leaves_nothing(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        upload(name, content)
    (fault,) = refused.value.errors
    english, chinese = (translate(language, fault.text, fault.params) for language in ("en", "zh"))
    assert says in english
    assert name in english
    assert name in chinese
    assert chinese != english
    assert fault.field == "file"
    assert list(storage().blobs()) == []
    assert list((settings().directory / "incoming").iterdir()) == []


def test_a_file_that_is_too_large_is_refused_while_it_is_read() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"\0" * size

    stream = Endless()
    with pytest.raises(Invalid) as refused:
        prepare_upload("big.pdf", stream, Limits(mib=3))  # type: ignore[arg-type]
    assert translate("en", refused.value.errors[0].text, refused.value.errors[0].params) == (
        "“big.pdf” is larger than 3 MB. Make it smaller or split it."
    )
    assert stream.given <= 4 * 2**20


def test_a_place_may_take_fewer_kinds() -> None:
    only = Limits(extensions=frozenset({"pdf"}))
    assert upload("a.pdf", files.pdf(), only).extension == "pdf"
    with pytest.raises(Invalid) as refused:
        upload("a.png", files.image("PNG"), only)
    assert refused.value.errors[0].params["types"] == ["PDF"]


def test_the_field_of_the_form_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        prepare_upload("a.pdf", io.BytesIO(b""), Limits(), field="seal")
    assert refused.value.errors[0].field == "seal"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\报告 1.pdf", "报告 1.pdf"),
        ("/etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("x\u202efdp.exe", "xfdp.exe"),
        ("a%0Ab%0d%0A.pdf", "ab.pdf"),
        ("..", "file"),
        ("", "file"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_names_are_for_display_only(typed: str, shown: str) -> None:
    assert display_name(typed) == shown


def test_a_path_in_the_name_does_not_leave_the_folder() -> None:
    kept = upload("../../../escape.pdf", files.pdf())
    assert kept.name == "escape.pdf"
    assert storage().path(kept.sha256).is_relative_to(settings().directory / "files")
    assert not list(settings().directory.parent.rglob("escape*"))


def test_a_child_that_takes_too_long_is_killed() -> None:
    ended = children.run_child("timeit", "-n", "1", "import time; time.sleep(60)", seconds=1)
    assert ended.code is None


def test_a_child_has_little_memory_and_may_write_no_file(tmp_path: Path) -> None:
    grab = "from award.kernel.files.opening import limit; limit(); bytearray(2**31)"
    write = (
        f"from award.kernel.files.opening import limit, Path; limit(); Path({str(tmp_path / 'x')!r}).write_text('x')"
    )
    for program, fault in ((grab, "MemoryError"), (write, "File too large")):
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert fault in done.stderr


def test_the_parsers_of_strangers_files_stay_out_of_this_process() -> None:
    program = (
        "import sys, award.kernel.files.service, award.kernel.web.downloads, award.kernel.files.preview\n"
        "print(sorted({'pikepdf', 'PIL', 'pypdfium2', 'filetype'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_same_content_is_kept_once_for_two_rows(session: Session) -> None:
    rows = [keep(session, upload(name, files.DOCX), 7, NOW, "evidence") for name in ("a.docx", "b.docx")]
    assert rows[0].sha256 == rows[1].sha256
    assert rows[0].public_id != rows[1].public_id
    assert (rows[1].name, rows[1].created_by, rows[1].created_at, rows[1].purpose) == ("b.docx", 7, NOW, "evidence")
    assert len(list(storage().blobs())) == 1


def test_a_row_is_not_written_for_a_content_that_is_gone(session: Session) -> None:
    prepared = upload("a.docx", files.DOCX)
    storage().delete(prepared.sha256)
    with pytest.raises(Conflict):
        keep(session, prepared, None, NOW, "evidence")


def test_contents_no_row_names_are_swept_out_after_a_day(engine: Engine) -> None:
    named, orphan, fresh = (prepare_generated(f"{n}.pdf", f"%PDF-{n}".encode()) for n in range(3))
    with transaction(engine) as session:
        keep(session, named, None, NOW, "document")
    left = settings().directory / "incoming" / "left-by-a-killed-process"
    left.parent.mkdir(exist_ok=True)
    left.touch()
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for path in (storage().path(named.sha256), storage().path(orphan.sha256), left):
        os.utime(path, (two_days_ago, two_days_ago))
    with transaction(engine) as session:
        assert sweep_orphans(session, datetime.now(UTC)) == 1
    assert {blob.sha256 for blob in storage().blobs()} == {named.sha256, fresh.sha256}
    assert not left.exists()


def test_a_content_put_again_is_young_again() -> None:
    place = storage()
    blob = place.put(io.BytesIO(b"x"))
    os.utime(place.path(blob.sha256), (0, 0))
    place.put(io.BytesIO(b"x"))
    assert next(place.blobs()).kept_at > datetime.now(UTC) - timedelta(minutes=1)


def test_a_content_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the connection was lost")

    with pytest.raises(OSError, match="lost"):
        DirectoryStorage(tmp_path / "s").put(Broken())
    assert [path for path in (tmp_path / "s").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "", "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_leads_to_a_content(name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage().open(name)


def test_pages_are_drawn_once_and_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = keep(session, upload("a.pdf", files.pdf(2)), None, NOW, "evidence")
    picture = preview.page_picture(stored, 2, 900)
    with Image.open(io.BytesIO(picture)) as image:
        # A4 is 595 x 842 points: 960 pixels across make 960 * 842 / 595 = 1358.5 down.
        assert (image.format, image.width, image.height) == ("PNG", 960, 1359)
    monkeypatch.setattr(preview, "render_page", lambda *_: pytest.fail("drawn twice"))
    assert preview.page_picture(stored, 2, 960) == picture


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_page_that_is_not_there_is_not_found(session: Session, number: int) -> None:
    stored = keep(session, upload("a.pdf", files.pdf(2)), None, NOW, "evidence")
    with pytest.raises(NotFound):
        preview.page_picture(stored, number, 960)
    with pytest.raises(NotFound):
        preview.render_page(storage().path(stored.sha256), number, 960)


def test_a_file_without_pages_has_no_picture(session: Session) -> None:
    stored = keep(session, upload("a.docx", files.DOCX), None, NOW, "evidence")
    with pytest.raises(NotFound):
        preview.page_picture(stored, 1, 960)


def test_a_page_that_cannot_be_drawn_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nno")
    with pytest.raises(Conflict):
        preview.render_page(broken, 1, 960)


def test_a_page_as_tall_as_a_tower_is_drawn_small(tmp_path: Path) -> None:
    import pikepdf

    path = tmp_path / "tall.pdf"
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(10, 14_000))
        document.save(path)
    with Image.open(io.BytesIO(preview.render_page(path, 1, 1600))) as image:
        assert image.height <= 4 * 1600


def answer(stored: StoredFile, **how: object) -> TestClient:
    from fastapi import FastAPI

    app = FastAPI()
    app.add_api_route("/f", lambda: downloads.send_file(stored, **how), response_model=None)  # type: ignore[arg-type]
    return TestClient(app)


def test_a_download_is_saved_not_run(session: Session) -> None:
    stored = keep(session, upload('自评 "报告".docx', files.DOCX), None, NOW, "evidence")
    got = answer(stored, inline=True).get("/f")
    assert got.content == files.DOCX
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"__ ____.docx\"; filename*=UTF-8''%E8%87%AA%E8%AF%84%20%22%E6%8A%A5%E5%91%8A%22.docx"
    )
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "private, no-store"


def test_a_pdf_may_be_shown_in_the_window(session: Session) -> None:
    stored = keep(session, upload("a.pdf", files.pdf()), None, NOW, "evidence")
    got = answer(stored, inline=True).get("/f")
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("inline;")
    assert answer(stored).get("/f").headers["content-disposition"].startswith("attachment;")
