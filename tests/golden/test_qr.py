"""The drawing of QR codes on certificates; what stands in a code is segno's."""

import re

import segno

from award.press import qr


def test_every_dark_module_is_drawn_and_no_light_one() -> None:
    text = "https://zljp.yunchuan.example/v/7K3F92QDXM5T"
    matrix = segno.make(text, error="m", micro=False).matrix
    lines = re.findall(rb"(\d+) (\d+)\.5 m (\d+) \2\.5 l", qr.drawing(text, 10, 20, 87))
    drawn = {(int(row), column) for start, row, end in lines for column in range(int(start), int(end))}
    assert drawn == {(row, column) for row, line in enumerate(matrix) for column, is_dark in enumerate(line) if is_dark}


def test_it_fills_the_box_it_is_given() -> None:
    drawn = qr.drawing("A", 10, 20, 42).split(b"\n")
    assert drawn[2] == b"2.000000 0 0 2.000000 10.000000 20.000000 cm"  # 21 modules wide
