"""Runs as a child process: opens an uploaded file and says what it is, or why it is not taken.

`python -m award.kernel.files.opening PATH EXTENSION` prints one line of JSON: {"refused": code} or {"pages": n}.
Only here, and in picturing.py, are files of strangers parsed; the process has little memory, little time and may not write.
"""

import json
import resource
import sys
import zipfile
import zlib
from pathlib import Path
from typing import IO, NoReturn

import filetype
import pikepdf
from PIL import Image

from award.kernel.files.kinds import MEDIA_TYPES, ZIPPED

MEMORY = 2**30
CPU_SECONDS = 20
PDF_PAGES = 3000
IMAGE_PIXELS = 100_000_000
ZIP_ENTRIES = 2000
ZIP_BYTES = 200 * 2**20
ZIP_RATIO = 100
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
"""How old and password-protected office files begin."""
DECLARATIONS = tuple("<!DOCTYPE".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))


class Refusal(Exception):
    """Why a file is not taken, as a code; inspect.py has the sentence."""


def limit() -> None:
    """Takes away memory, time and the right to write files from this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(path: Path, extension: str) -> int | None:
    """The number of pages where the kind has pages. Raises Refusal."""
    with path.open("rb") as file:
        head = file.read(8192)
    _sniff(path, head, extension)
    if extension == "pdf":
        return _pdf(path)
    if extension in ZIPPED:
        _zipped(path, extension)
        return None
    return _image(path)


def _sniff(path: Path, head: bytes, extension: str) -> None:
    if not head:
        raise Refusal("empty")
    if head.startswith(OLE2) and extension in ZIPPED:
        raise Refusal("office_protected")
    found = filetype.guess(head)
    is_zip = head.startswith(b"PK\x03\x04")
    plain = found.mime if found is not None and not is_zip else None
    if not (is_zip if extension in ZIPPED else plain == MEDIA_TYPES[extension]):
        raise Refusal("other_content")
    # One file that two programs read differently: a PDF may begin late, a zip may hang behind anything.
    if extension != "pdf" and b"%PDF-" in head[:1024]:
        raise Refusal("two_files")
    if extension not in ZIPPED and zipfile.is_zipfile(path):
        raise Refusal("two_files")


def _pdf(path: Path) -> int:
    try:
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
            for page in pdf.pages[: min(pages, 50)]:
                # A page object that cannot be reached shows only when it is read.
                _ = page.obj.get("/Type")
    except pikepdf.PasswordError:
        raise Refusal("pdf_encrypted") from None
    except pikepdf.PdfError:
        raise Refusal("damaged") from None
    if pages == 0:
        raise Refusal("damaged")
    if pages > PDF_PAGES:
        raise Refusal("too_many_pages")
    return pages


def _image(path: Path) -> int:
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            if image.width * image.height > IMAGE_PIXELS:
                raise Refusal("image_too_large")
            image.verify()
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            image.draft("RGB", (512, 512))
            image.load()
    except (OSError, SyntaxError, ValueError):
        raise Refusal("damaged") from None
    return 1


def _zipped(path: Path, extension: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(archive, path.stat().st_size, extension)
            for member in archive.infolist():
                with archive.open(member) as content:
                    _read(content, looks=extension != "ofd" and member.filename.lower().endswith((".xml", ".rels")))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error):
        raise Refusal("damaged") from None


def _read(content: IO[bytes], *, looks: bool) -> None:
    """Reads a member to its end. looks: where a document type declaration has no place. Source: ECMA-376, part 2, XML usage."""
    before = b""
    while piece := content.read(2**20):
        if looks and any(mark in before + piece for mark in DECLARATIONS):
            raise Refusal("declaration")
        before = piece[-20:]


def _check_members(archive: zipfile.ZipFile, size: int, extension: str) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > ZIP_ENTRIES or unpacked > ZIP_BYTES or unpacked > size * ZIP_RATIO:
        raise Refusal("zip_bomb")
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise Refusal("office_protected")
    if any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names):
        raise Refusal("damaged")
    if ZIPPED[extension] not in names or (extension != "ofd" and "[Content_Types].xml" not in names):
        raise Refusal("other_content")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refusal("macros")


def main(path: str, extension: str) -> NoReturn:
    """Prints the finding. A parser that breaks or runs out of memory counts as a damaged file."""
    limit()
    try:
        answer: dict[str, object] = {"pages": look(Path(path), extension)}
    except Refusal as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "too_much_work"}
    except Exception:  # whatever a parser of strangers' files raises
        answer = {"refused": "damaged"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
