"""The QR codes of certificates: the modules of segno, whose evaluation of the eight masks follows the standard step by step."""

import random
import re
import string

import pytest
import segno

from award.press import qr


@pytest.mark.parametrize("length", [1, 12, 45, 90, 130, 200])
def test_it_is_the_code_that_segno_makes(length: int) -> None:
    """Versions 1 to 10: from 7 on a code also tells its version."""
    chosen = random.Random(length)
    for _ in range(12):
        text = "".join(chosen.choice(string.ascii_letters + string.digits + ":/-.") for _ in range(length))
        matrix = segno.make(text, error="m", micro=False).matrix
        assert qr.modules(text) == ["".join(map(str, row)) for row in matrix]


def test_every_dark_module_is_drawn_and_no_light_one() -> None:
    text = "https://zljp.yunchuan.example/v/7K3F92QDXM5T"
    rows = qr.modules(text)
    lines = re.findall(rb"(\d+) (\d+)\.5 m (\d+) \2\.5 l", qr.drawing(text, 10, 20, 87))
    drawn = {(int(row), column) for start, row, end in lines for column in range(int(start), int(end))}
    assert drawn == {(row, column) for row, line in enumerate(rows) for column, one in enumerate(line) if one == "1"}


def test_it_fills_the_box_it_is_given() -> None:
    drawn = qr.drawing("A", 10, 20, 42).split(b"\n")
    assert drawn[2] == b"2.000000 0 0 2.000000 10.000000 20.000000 cm"  # 21 modules wide
