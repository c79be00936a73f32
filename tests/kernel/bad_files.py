"""Files as people, and people who mean harm, upload them; made here so that each says what is wrong with it."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
EXE = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 500
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 2000
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"


def pdf(pages: int = 2, *, password: str | None = None, owner_only: bool = False) -> bytes:
    """A4 pages. password: needed to open it. owner_only: opens for all, but printing is restricted."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
        if password:
            document.save(out, encryption=pikepdf.Encryption(user=password, owner="o"))
        elif owner_only:
            allow = pikepdf.Permissions(print_highres=False, print_lowres=False)
            document.save(out, encryption=pikepdf.Encryption(user="", owner="o", allow=allow))
        else:
            document.save(out)
    return out.getvalue()


def image(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """kind: PNG or JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


def huge_png(across: int, down: int) -> bytes:
    """A PNG of a few hundred bytes whose header promises across x down pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", across, down, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def zipped(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    """A zip of members in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(main: str, **more: bytes) -> bytes:
    """The smallest office file with this main part."""
    return zipped({"[Content_Types].xml": CONTENT_TYPES, main: b"<x/>", **more})


def encrypted_member() -> bytes:
    """An office file whose members have the flag of encryption."""
    content = bytearray(office("word/document.xml"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + at] |= 1
            start = content.find(mark, start + 4)
    return bytes(content)


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")
PPTX = office("ppt/presentation.xml")
OFD = zipped({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<x/>"})
