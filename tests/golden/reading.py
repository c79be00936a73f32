"""Reads a PDF independently of what made it: characters with their places, fonts, glyph numbers, pixels."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image

MILLIMETRE = 72 / 25.4


@dataclass(frozen=True)
class Placed:
    """A character and its box in mm from the top left of its page. The box is the ink's."""

    character: str
    left: float
    top: float
    right: float
    bottom: float


def texts(pdf: bytes) -> list[str]:
    """The text of each page, without the spaces and breaks that extraction puts between lines."""
    with pypdfium2.PdfDocument(pdf) as document:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


def placed(pdf: bytes, index: int, *, loose: bool = False) -> list[Placed]:
    """Every visible character of a page. loose: the em box instead of the ink."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[index]
        height = page.get_height()
        text = page.get_textpage()
        found = []
        for at in range(text.count_chars()):
            character = text.get_text_range(at, 1)
            if character.strip():
                left, bottom, right, top = text.get_charbox(at, loose=loose)
                edges = (left, height - top, right, height - bottom)
                found.append(Placed(character, *(edge / MILLIMETRE for edge in edges)))
        return found


def lines(characters: list[Placed]) -> list[list[Placed]]:
    """Characters by line, from the top, each from the left."""
    made: list[list[Placed]] = []
    for one in sorted(characters, key=lambda placed: (placed.bottom + placed.top) / 2):
        middle = (one.bottom + one.top) / 2
        if made and abs(middle - (made[-1][0].bottom + made[-1][0].top) / 2) < 4:
            made[-1].append(one)
        else:
            made.append([one])
    return [sorted(line, key=lambda placed: placed.left) for line in made]


def pixels(pdf: bytes, index: int = 0, per_mm: int = 8) -> Image.Image:
    """A page as a picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        image: Image.Image = document[index].render(scale=per_mm / MILLIMETRE).to_pil().convert("RGB")
        return image


def fonts(pdf: bytes) -> dict[str, bool]:
    """Name of each font without its subset tag -> whether a font file is embedded."""
    found = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor":
                name = str(one.FontName).partition("+")[2]
                found[name] = "/FontFile2" in one or "/FontFile3" in one
    return found


def glyphs(pdf: bytes) -> Iterator[int]:
    """The number of every glyph shown on the pages; 0 is the box of a missing one."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in {"Tj", "TJ"}:
                    yield from _numbers(operands[0])


def _numbers(operand: Any) -> Iterator[int]:
    for string in operand if isinstance(operand, pikepdf.Array) else [operand]:
        if isinstance(string, pikepdf.String):
            raw = bytes(string)
            yield from (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))
