"""Which kinds of files are taken, and how a file's name is cleaned for display. Pure."""

import re
import unicodedata

OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "ofd": "application/ofd",
}
"""Extension -> media type of everything that may be uploaded. OFD is the Chinese standard GB/T 33190."""
ZIPPED = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
    "ofd": "OFD.xml",
}
"""Extension -> the member that a zip-based file of this kind must have."""
NAME_LENGTH = 150
ESCAPED_BREAK = re.compile("%0[AD]", re.IGNORECASE)
"""A line break of a name as browsers send it. Source: HTML Living Standard, 4.10.21.8, multipart/form-data."""


def display_name(filename: str) -> str:
    """The last part of a name, without paths, control or direction characters, at most 150 long; "file" if none is left."""
    filename = ESCAPED_BREAK.sub("", filename)
    last = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip().strip(".").strip()
    if not clean:
        return "file"
    if len(clean) > NAME_LENGTH:
        stem, dot, extension = clean.rpartition(".")
        clean = (
            stem[: NAME_LENGTH - len(extension) - 1] + dot + extension
            if dot and len(extension) < 8
            else clean[:NAME_LENGTH]
        )
    return clean


def extension_of(name: str) -> str:
    """The extension in lower case, "" where there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""
