"""The fonts of printed documents: small faces made from the vendored originals, and a fontconfig file that knows nothing else.

`python -m award.press.fonts` makes them ahead of time; otherwise the first rendering does.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools import subset
from fontTools.ttLib import TTFont

from award.kernel.settings import ROOT, settings

ORIGINALS = ROOT / "fonts"
RECIPE = "5"
"""Changes whenever the faces made from the same originals would differ."""

FACES = {
    "NotoSerifSC-Regular.ttf": ("Award Serif", "Regular"),
    "NotoSerifSC-Bold.ttf": ("Award Serif", "Bold"),
    "NotoSansSC-Regular.ttf": ("Award Sans", "Regular"),
    "NotoSansSC-Bold.ttf": ("Award Sans", "Bold"),
    "LXGWWenKai-Regular.ttf": ("Award Kai", "Regular"),
    "FandolFang-Regular.otf": ("Award Fang", "Regular"),
}
"""Original -> (family, style) of the small face; a name of our own, as the licences reserve theirs for unchanged fonts."""

FAMILY_NAME, STYLE_NAME, UNIQUE_ID, FULL_NAME, POSTSCRIPT_NAME = 1, 2, 3, 4, 6
LICENCE_NAMES = (0, 13, 14)


class FontsDamaged(RuntimeError):
    """A vendored font is missing or is not the file that SHA256SUMS lists."""


@dataclass(frozen=True)
class FontSet:
    """What a rendering process needs to know. config: the fontconfig file; families: every name a document may embed."""

    config: Path
    families: frozenset[str]


def small() -> set[int]:
    """Code points of the small faces: GB 2312, the rest of 通用规范汉字表 as far as GBK goes, Latin-1, GBK's signs and our templates'.

    A PDF costs what its faces weigh, so the 13,000 汉字 that no office writes stay in the originals.
    """
    points = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | _double("gb2312")
    points |= {one for one in _double("gbk") if not 0x3400 <= one <= 0x9FFF}
    points.update(map(ord, (ORIGINALS / "characters.txt").read_text("utf-8").replace("\n", "")))
    points.update(map(ord, "–—‘’“”…‰′″−≤≥≠≈±×÷•·∙→←▲▼◆●○■□€™℃〔〕〇"))
    return points


def _double(encoding: str) -> set[int]:
    """Code points of an encoding of two bytes."""
    pairs = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    return {ord(one) for pair in pairs for one in pair.decode(encoding, "ignore") if ord(one) > 0x7F}


def checksums() -> dict[str, str]:
    """File name -> SHA-256 as listed beside the originals."""
    lines = (ORIGINALS / "SHA256SUMS").read_text("ascii").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def ensure(directory: Path | None = None) -> FontSet:
    """The fonts, made first when they are missing or older than their originals. Safe with several processes at once.

    directory: where the small faces go; left out, `var/fonts` of the checkout, as they are made from it and hold no data, or
    `fonts` in the directory of the settings where those of the checkout are others and cannot be written. Raises FontsDamaged.
    """
    own = settings().fonts_directory
    stamp = _stamp(own)
    target = directory or _usual_place(stamp)
    if not _is_current(target, stamp):
        with _locked(target):
            if not _is_current(target, stamp):
                _build(target, stamp, own)
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    return FontSet(target / "fonts.conf", frozenset(manifest["families"]))


def _usual_place(stamp: str) -> Path:
    beside = ROOT / "var" / "fonts"
    above = beside.parent if beside.parent.exists() else ROOT
    return beside if _is_current(beside, stamp) or os.access(above, os.W_OK) else settings().directory / "fonts"


def _stamp(own: Path | None) -> str:
    """Changes with the originals, the recipe, the place of the checkout and the office's own fonts."""
    parts = [RECIPE, str(ORIGINALS), (ORIGINALS / "SHA256SUMS").read_text("ascii")]
    if own is not None:
        parts += [f"{path} {path.stat().st_size}" for path in _font_files(own)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _is_current(target: Path, stamp: str) -> bool:
    try:
        manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(manifest["stamp"] == stamp) and all((target / name).exists() for name in FACES)


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "fonts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(target: Path, stamp: str, own: Path | None) -> None:
    """Makes everything in a folder beside the target and puts it in place at the end, so that nobody sees half of it."""
    _check_originals()
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, (family, style) in FACES.items():
        _make_face(ORIGINALS / name, fresh / name, family, style)
    folders = [target.resolve(), ORIGINALS] + ([own.resolve()] if own is not None else [])
    (fresh / "fonts.conf").write_text(_fontconfig(folders, target.resolve() / "cache"), "utf-8")
    files = [fresh / name for name in FACES] + _font_files(ORIGINALS) + (_font_files(own) if own is not None else [])
    families = sorted({name for path in files for name in _family_names(path)})
    (fresh / "manifest.json").write_text(json.dumps({"stamp": stamp, "families": families}, ensure_ascii=False), "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _check_originals() -> None:
    for name, digest in checksums().items():
        path = ORIGINALS / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise FontsDamaged(f"fonts/{name} is missing or changed: take it again from the repository (git checkout -- fonts).")


def _make_face(original: Path, face: Path, family: str, style: str) -> None:
    """One small face: its characters with new glyph numbers, since a PDF grows with the highest number used."""
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=[*LICENCE_NAMES, FAMILY_NAME, STYLE_NAME])
    options.layout_features = ["kern", "liga", "mark", "ccmp", "locl"]
    font = TTFont(original, lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=small())
    subsetter.subset(font)
    _rename(font, family, style)
    font.save(face)
    font.close()


def _rename(font: TTFont, family: str, style: str) -> None:
    postscript = f"{family.replace(' ', '')}-{style}"
    for record in list(font["name"].names):
        if record.nameID not in LICENCE_NAMES:
            font["name"].removeNames(nameID=record.nameID)
    names = {FAMILY_NAME: family, STYLE_NAME: style, UNIQUE_ID: postscript, FULL_NAME: f"{family} {style}", POSTSCRIPT_NAME: postscript}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        font["CFF "].cff.fontNames = [postscript]


def _fontconfig(folders: list[Path], cache: Path) -> str:
    lines = [f"  <dir>{escape(str(folder))}</dir>" for folder in folders]
    return "\n".join(['<?xml version="1.0"?>', "<fontconfig>", *lines, f"  <cachedir>{escape(str(cache))}</cachedir>", "</fontconfig>", ""])


def _font_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in {".ttf", ".otf", ".ttc"})


def _family_names(path: Path) -> set[str]:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return {str(record.toUnicode()) for record in font["name"].names if record.nameID in (FAMILY_NAME, 16)}


if __name__ == "__main__":
    if _usual_place(_stamp(settings().fonts_directory)).is_relative_to(settings().directory):
        # Of no use to the rendering processes, which import this module too.
        from award.kernel.installed import require_directory

        require_directory()
    made = ensure()
    print(f"{made.config.parent}: {', '.join(sorted(made.families))}")
