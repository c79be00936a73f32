"""The vendored fonts and the small faces made of them."""

import hashlib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from award.kernel.settings import settings
from award.press import fonts

ONE_FACE = {"FandolFang-Regular.otf": ("Award Fang", "Regular")}


@pytest.fixture
def one_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the smallest font is worked on: the recipe is the same for all."""
    monkeypatch.setattr(fonts, "FACES", ONE_FACE)


def test_every_vendored_font_is_the_file_that_is_listed_and_has_its_licence() -> None:
    listed = fonts.checksums()
    assert set(listed) == set(fonts.FACES)
    for name, digest in listed.items():
        assert hashlib.sha256((fonts.ORIGINALS / name).read_bytes()).hexdigest() == digest
    licences = {path.name.partition("-")[0] for path in (fonts.ORIGINALS / "licences").iterdir()}
    assert licences == {name.partition("-")[0] for name in listed}


def test_small_faces_hold_what_an_office_writes_and_the_signs_of_our_templates() -> None:
    points = fonts.small()
    assert all(ord(one) in points for one in "〇喆堃犇镕昇祎珺瑄〔〕，。“”—−▲▼①≥℃A0")
    assert not any(ord(one) in points for one in "䶮㛃𬭎龍憂")  # these come from the originals
    hanzi = [one for one in points if 0x4E00 <= one <= 0x9FFF]
    assert len(hanzi) == 6763 + 1191  # of GB 2312, and of 通用规范汉字表 within GBK beyond it


@pytest.mark.usefixtures("one_face")
def test_faces_are_made_once_and_again_when_the_recipe_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fonts.ensure(tmp_path / "fonts")
    face = tmp_path / "fonts" / "FandolFang-Regular.otf"
    assert {"Award Fang", "FandolFang"} <= made.families
    with TTFont(face) as font:
        assert font["name"].getDebugName(1) == "Award Fang"
        assert ord("府") in font.getBestCmap()
    first = face.stat().st_mtime_ns
    assert fonts.ensure(tmp_path / "fonts") == made
    assert face.stat().st_mtime_ns == first
    monkeypatch.setattr(fonts, "RECIPE", "another")
    fonts.ensure(tmp_path / "fonts")
    assert face.stat().st_mtime_ns != first


@pytest.mark.usefixtures("one_face")
def test_a_damaged_original_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "originals"
    damaged.mkdir()
    (damaged / "SHA256SUMS").write_text((fonts.ORIGINALS / "SHA256SUMS").read_text("ascii"), "ascii")
    (damaged / "FandolFang-Regular.otf").write_bytes(b"not a font")
    monkeypatch.setattr(fonts, "ORIGINALS", damaged)
    with pytest.raises(fonts.FontsDamaged, match="git checkout"):
        fonts.ensure(tmp_path / "fonts")


@pytest.mark.usefixtures("one_face")
def test_own_fonts_go_into_the_directory_where_the_checkout_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container, whose image has made the faces of the shipped fonts as root."""
    checkout, own = tmp_path / "checkout", tmp_path / "own"
    own.mkdir()
    (own / "office.otf").write_bytes((fonts.ORIGINALS / "FandolFang-Regular.otf").read_bytes())
    monkeypatch.setattr(fonts, "ROOT", checkout)
    shipped = fonts.ensure(checkout / "var" / "fonts")
    monkeypatch.setattr(fonts.os, "access", lambda *_: False)
    assert fonts.ensure() == shipped
    monkeypatch.setenv("AWARD_FONTS_DIRECTORY", str(own))
    settings.cache_clear()
    assert fonts.ensure().config == settings().directory / "fonts" / "fonts.conf"
