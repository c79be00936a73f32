"""Nothing outside a document gets into it, whatever a record says, and what is wrong with one stops no other."""

import dataclasses
import logging
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from award.press import engine, paper
from award.press.document import MissingGlyphs, PressError, Rendered
from award.press.paper import SUBSETTER_MISSING, typeset
from tests.golden import reading, samples

VECTORS = {
    "img": '<img src="{url}">',
    "img srcset": '<img srcset="{url} 1x" src="{url}">',
    "object": '<object data="{url}" type="image/png"></object>',
    "embed": '<embed src="{url}">',
    "stylesheet": '<link rel="stylesheet" href="{url}">',
    "import": '<style>@import url("{url}");</style>',
    "import string": '<style>@import "{url}";</style>',
    "background": '<p style="background: url({url})">x</p>',
    "list image": '<ul><li style="list-style-image: url({url})">x</li></ul>',
    "content": '<style>p::before {{ content: url("{url}") }}</style><p>x</p>',
    "border image": '<p style="border: 1px solid; border-image-source: url({url})">x</p>',
    "font": '<style>@font-face {{ font-family: f; src: url("{url}") }} p {{ font-family: f }}</style><p>x</p>',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "svg use": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><use href="{url}#a"/></svg>',
    "attachment link": '<link rel="attachment" href="{url}">',
    "attachment anchor": '<p><a rel="attachment" href="{url}">x</a></p>',
    "colour profile": '<style>@color-profile --p {{ src: url("{url}") }} p {{ color: color(--p 1 0 0) }}</style><p>x</p>',
}


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine and what was asked of it."""
    asked: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/canary.png", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_no_address_is_fetched(vector: str, listener: tuple[str, list[bytes]]) -> None:
    url, asked = listener
    _refused_or_empty(vector.format(url=url), b"canary")
    assert asked == []


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_no_file_is_read(vector: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY-IN-A-FILE")
    opened: list[str] = []
    real = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *args, **kwargs: opened.append(str(self)) or real(self, *args, **kwargs))
    _refused_or_empty(vector.format(url=secret.as_uri()), b"CANARY-IN-A-FILE")
    assert str(secret) not in opened


def _refused_or_empty(markup: str, canary: bytes) -> None:
    """Either no document comes out, or one without anything of the address in it."""
    try:
        pdf, _ = typeset(f"<!doctype html><title>t</title><body style='font-family: Award Sans'>{markup}</body>")
    except PressError:
        return
    with paper.opened(pdf) as document:
        assert not document.attachments
        streams = [one for one in document.objects if isinstance(one, paper.pikepdf.Stream)]
        assert not any(canary in one.read_bytes() for one in streams)


def test_text_with_markup_is_printed_as_it_stands() -> None:
    hostile = '<img src="file:///etc/passwd">&<b>'
    made = engine.render("certificate", samples.certificate(recipient=hostile, issuers=(hostile,)))
    assert reading.texts(made.pdf)[0].count("".join(hostile.split())) == 2


@pytest.mark.parametrize("kind", ["certificate", "feedback_report", "notice"])
def test_every_text_field_is_escaped(kind: Any) -> None:
    view = poisoned(getattr(samples, kind)())
    made = engine.render(kind, view)
    assert "<i>" in "".join(reading.texts(made.pdf))
    with paper.opened(made.pdf) as document:
        assert not document.attachments


def poisoned(value: Any, name: str = "") -> Any:
    """The same view with markup at the end of every free text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{one.name: poisoned(getattr(value, one.name), one.name) for one in dataclasses.fields(value)})
    if isinstance(value, tuple):
        return tuple(poisoned(one, name) for one in value)
    if isinstance(value, str) and name not in {"language", "mark", "ring", "number"}:
        return value + '<i><img src="file:///etc/passwd"></i>'
    return value


@pytest.mark.parametrize("character", ["😀", "\ue5e5", "𪚥"])
def test_a_character_no_font_has_is_named(character: str) -> None:
    with pytest.raises(MissingGlyphs, match=f"U\\+{ord(character):04X}") as caught:
        engine.render("certificate", samples.certificate(recipient=f"云川{character}公司"))
    assert caught.value.characters == character


def test_direction_and_control_characters_do_not_reach_the_paper() -> None:
    made = engine.render("certificate", samples.certificate(recipient="云川\u202e公司\x07\u200b有限"))
    assert "云川公司有限" in reading.texts(made.pdf)[0]


def test_a_poisoned_record_stops_only_itself() -> None:
    views = [samples.certificate(recipient="云川😀公司" if index == 3 else f"第{index}号公司") for index in range(6)]
    made = engine.render_batch(views)
    assert [isinstance(one, Rendered) for one in made] == [True, True, True, False, True, True]
    assert isinstance(made[3], MissingGlyphs)


def test_an_unknown_style_is_an_error_and_so_is_a_slow_subsetter() -> None:
    with pytest.raises(PressError, match="Ignored"):
        typeset("<!doctype html><title>t</title><style>p { no-such: 1 }</style><p>x</p>")
    with pytest.raises(PressError, match="libharfbuzz-subset0"), paper._strictly():
        logging.getLogger("weasyprint").warning('Using fontTools instead of HarfBuzz-Subset for font "%s".', "x")
    assert "libharfbuzz-subset0" in SUBSETTER_MISSING


def test_a_font_that_is_not_ours_is_an_error() -> None:
    pdf, _ = typeset("<!doctype html><title>t</title><p style='font-family: Award Sans'>x</p>")
    with paper.opened(pdf) as document:
        assert paper.embedded_fonts(document) == ("Award Sans",)
        font = next(one for one in document.objects if paper.is_font(one))
        font.BaseFont = paper.pikepdf.Name("/ABCDEF+SimSun")
        with pytest.raises(PressError, match="SimSun is not one of ours"):
            paper.embedded_fonts(document)
        del font.DescendantFonts[0].FontDescriptor["/FontFile2"]
        with pytest.raises(PressError, match="SimSun is not embedded"):
            paper.embedded_fonts(document)
