"""What an uploaded file is: found out in a child process, before any row is written."""

import json
from dataclasses import dataclass
from pathlib import Path

from award.kernel.errors import Invalid
from award.kernel.files.children import run_child
from award.kernel.files.kinds import MEDIA_TYPES, display_name, extension_of
from award.kernel.i18n import N_

TYPES = N_("“{name}” is not a type that can be uploaded here. Upload {types}.")
SENTENCES = {
    "damaged": N_("“{name}” is damaged and cannot be opened. Save it again and upload the new file."),
    "declaration": N_("“{name}” brings a document type declaration, which no office program writes. Save it anew, or as PDF."),
    "empty": N_("“{name}” is empty. Choose the file once more."),
    "image_too_large": N_("“{name}” has more than 100 million pixels. Make the picture smaller."),
    "macros": N_("“{name}” contains macros. Save it without macros, or as PDF."),
    "office_protected": N_("“{name}” has a password or an old format. Remove the password and save it in today's format, or as PDF."),
    "other_content": N_("The content of “{name}” is not what its name says. Save it in the right format and upload that file."),
    "pdf_encrypted": N_("“{name}” has a password; judges could not open it. Remove the password and upload it again."),
    "too_many_pages": N_("“{name}” has more than 3000 pages. Split it."),
    "too_much_work": N_("“{name}” is too complex to be opened safely. Save it as a simpler PDF."),
    "two_files": N_("“{name}” hides a second file inside. Save it again with the program it was made with."),
    "zip_bomb": N_("“{name}” is far larger unpacked than packed, and is refused for safety. Save it as PDF."),
}  # fmt: skip

WITHOUT_PDF = {
    "declaration": N_("“{name}” brings a document type declaration, which no office program writes. Save it anew."),
    "macros": N_("“{name}” contains macros. Save it without macros."),
    "office_protected": N_("“{name}” has a password or an old format. Remove the password and save it in today's format."),
    "too_much_work": N_("“{name}” is too complex to be opened safely. Copy its content into a new file and upload that."),
    "zip_bomb": N_(
        "“{name}” is far larger unpacked than packed, and is refused for safety. Copy its content into a new file and upload that."
    ),
}  # fmt: skip
"""What is said where a PDF is not taken either."""


@dataclass(frozen=True)
class Inspection:
    """What a file is. name: cleaned for display. pages: None for kinds without pages."""

    name: str
    media_type: str
    extension: str
    pages: int | None


def inspect_upload(
    path: Path, filename: str, *, field: str = "file", allowed: frozenset[str] | None = None
) -> Inspection:
    """Opens a file that was just received and says what it is; the content must agree with its extension.

    A PDF that opens without a password but restricts printing or copying is taken.
    allowed: extensions taken here; None means all of MEDIA_TYPES. Raises Invalid with a sentence that names the file.
    """
    name = display_name(filename)
    extension = extension_of(name)
    taken = sorted(MEDIA_TYPES.keys() if allowed is None else allowed & MEDIA_TYPES.keys())
    if extension not in taken:
        raise Invalid.one(field, TYPES, name=name, types=[one.upper() for one in taken])
    ended = run_child("award.kernel.files.opening", str(path.resolve()), extension)
    code, pages = _finding(ended.code, ended.output)
    if code is not None:
        sentences = SENTENCES if "pdf" in taken else SENTENCES | WITHOUT_PDF
        raise Invalid.one(field, sentences[code], name=name)
    return Inspection(name, MEDIA_TYPES[extension], extension, pages)


def _finding(exit_code: int | None, output: bytes) -> tuple[str | None, int | None]:
    if exit_code != 0:
        return "too_much_work", None
    answer = json.loads(output)
    return answer.get("refused"), answer.get("pages")
