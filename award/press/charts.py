"""Charts as SVG, the same string for a page and for a PDF: presentation attributes only, every text escaped.

`width_mm` gives a chart its size on paper; left out, the page's stylesheet scales it by its viewBox. Values are percent
0..100 unless said. Colour is never the only coding: dashes, markers and labels go with it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import cos, pi, sin

from markupsafe import Markup

Number = int | float | Decimal

FONTS = (
    "Award Sans, Noto Sans SC, PingFang SC, HarmonyOS Sans SC, Microsoft YaHei UI, Microsoft YaHei, "
    "Source Han Sans SC, Noto Sans CJK SC, sans-serif"
)
OWN, OTHER, OTHER_FILL = "#1D5AA6", "#B85C08", "#F3D9BD"
INK, MUTED, LINE, GRID, TRACK, RED = "#26324A", "#526075", "#DCE1E9", "#CBD2DE", "#EFF3F8", "#A61C28"
SHADES = ("#EDF2F9", "#DEE8F4", "#CBDBEE", "#B2CAE5", "#93B3D9", "#6F98C9", "#4A7AB5", "#265C9E")


def percent_text(value: Number) -> str:
    """A percentage with at most one decimal, halves away from zero: 63, 63.5."""
    rounded = Decimal(str(value)).quantize(Decimal("0.1"), rounding="ROUND_HALF_UP")
    return format(rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded, "f")


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in the unit of its size: 汉字 a square, Latin a little over half."""
    return sum(size if ord(character) > 0x2E7F else size * 0.56 for character in text)


def _fitting(texts: Iterable[str], size: float, room: float) -> float:
    """The size, or as much less as the widest of the texts needs to stay in its room."""
    widest = max((text_width(one, size) for one in texts), default=0)
    return round(size * min(1, room / max(widest, 1)), 1)


def _svg(width: float, height: float, title: str, parts: Sequence[Markup], width_mm: float | None) -> Markup:
    size = "" if width_mm is None else Markup(' width="{:.2f}mm" height="{:.2f}mm"').format(width_mm, width_mm * height / width)
    head = Markup('<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {:g} {:g}"{} role="img" aria-label="{}">')
    return head.format(width, height, size, title) + Markup("").join(parts) + Markup("</svg>")


def _text(x: float, y: float, text: str, size: float, fill: str = INK, anchor: str = "start", bold: bool = False) -> Markup:
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" font-family="{}" font-size="{:g}" font-weight="{}" fill="{}" text-anchor="{}">{}</text>'
    ).format(x, y, FONTS, size, 700 if bold else 400, fill, anchor, text)


def _rect(x: float, y: float, width: float, height: float, fill: str, radius: float = 0) -> Markup:
    mark = '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{:g}" fill="{}"/>'
    return Markup(mark).format(x, y, max(width, 0), height, radius, fill)


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 0.7, dash: str = "none") -> Markup:
    mark = '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{:g}" stroke-dasharray="{}"/>'
    return Markup(mark).format(x1, y1, x2, y2, stroke, width, dash)


def _dot(x: float, y: float, radius: float, fill: str, stroke: str = "#FFFFFF", width: float = 1) -> Markup:
    mark = '<circle cx="{:.1f}" cy="{:.1f}" r="{:g}" fill="{}" stroke="{}" stroke-width="{:g}"/>'
    return Markup(mark).format(x, y, radius, fill, stroke, width)


def _path(d: str, fill: str = "none", stroke: str = "none", width: float = 1, dash: str = "none") -> Markup:
    mark = '<path d="{}" fill="{}" stroke="{}" stroke-width="{:g}" stroke-dasharray="{}" stroke-linejoin="round"/>'
    return Markup(mark).format(d, fill, stroke, width, dash)


# --- radar --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """A spoke of the radar. reference: what it is held against, None when that is hidden."""

    label: str
    value: Number
    reference: Number | None = None


def radar(axes: Sequence[Axis], *, title: str, own: str, reference: str, width_mm: float | None = None) -> Markup:
    """Percentages of the categories against a reference; own and reference name the two lines in the legend."""
    width, height, radius = 300.0, 285.0, 84.0
    cx, cy, count = width / 2, height / 2 + 2, len(axes)
    compared = all(axis.reference is not None for axis in axes)

    def at(index: float, value: Number) -> tuple[float, float]:
        angle = 2 * pi * index / count
        return cx + radius * float(value) / 100 * sin(angle), cy - radius * float(value) / 100 * cos(angle)

    def ring(values: Sequence[Number]) -> str:
        return "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in (at(index, value) for index, value in enumerate(values))) + "Z"

    parts = [_path(ring([level] * count), "#FAFBFD" if level == 100 else "none", GRID, 0.7) for level in (100, 80, 60, 40, 20)]
    parts += [_line(cx, cy, *at(index, 100), GRID) for index in range(count)]
    if compared:
        parts.append(_path(ring([axis.reference or 0 for axis in axes]), "none", OTHER, 1.5, "4 2.5"))
    parts.append(Markup('<g fill-opacity="0.14">{}</g>').format(_path(ring([axis.value for axis in axes]), OWN)))
    parts.append(_path(ring([axis.value for axis in axes]), "none", OWN, 2))
    parts += [_dot(*at(index, axis.value), 2.8, "#FFFFFF", OWN, 1.6) for index, axis in enumerate(axes)]
    for level in (20, 40, 60, 80):
        x, y = at(count - 0.5, level * cos(pi / count))
        parts += [_rect(x - 5, y - 4, 10, 7, "#FAFBFD"), _text(x, y + 2.2, str(level), 6.3, MUTED, "middle")]
    parts += [_axis_label(axis, 2 * pi * index / count, cx, cy, radius, compared) for index, axis in enumerate(axes)]
    return _svg(width, height, title, parts + _legend(width, height - 7, own, reference if compared else ""), width_mm)


def _axis_label(axis: Axis, angle: float, cx: float, cy: float, radius: float, compared: bool) -> Markup:
    x, y = cx + (radius + 13) * sin(angle), cy - (radius + 13) * cos(angle)
    anchor = "middle" if abs(sin(angle)) < 0.12 else ("start" if sin(angle) > 0 else "end")
    y += -8 if cos(angle) > 0.8 else (7 if cos(angle) < -0.8 else 0)
    room = (cx if anchor == "middle" else cx - (radius + 13) * abs(sin(angle))) - 1
    lines = _lines(axis.label, 7.6, room)
    size = min(9.2, 9.2 * room / max(*(text_width(line, 9.2) for line in lines), 1))
    value = Markup("{}%").format(percent_text(axis.value))
    if compared and axis.reference is not None:
        value += Markup(' <tspan fill="{}">({}%)</tspan>').format(OTHER, percent_text(axis.reference))
    above = [_text(x, y - 10 * index, line, round(size, 1), INK, anchor) for index, line in enumerate(reversed(lines))]
    return Markup("").join(above) + _text(x, y + 11, value, 8, OWN, anchor)


def _lines(text: str, size: float, room: float) -> list[str]:
    """A text broken at its spaces so that each line has room; a word that has none stays whole."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        lines[-1:] = [longer] if not lines or text_width(longer, size) <= room else [lines[-1], word]
    return lines


def _legend(width: float, y: float, own: str, reference: str) -> list[Markup]:
    length = 24 + text_width(own, 8) + ((24 + 26 + text_width(reference, 8)) if reference else 0)
    x = (width - length) / 2
    parts = [_line(x, y - 3, x + 19, y - 3, OWN, 2), _text(x + 24, y, own, 8, MUTED)]
    if reference:
        x += 24 + text_width(own, 8) + 26
        parts += [_line(x, y - 3, x + 19, y - 3, OTHER, 1.5, "4 2.5"), _text(x + 24, y, reference, 8, MUTED)]
    return parts


# --- bands and profiles -------------------------------------------------------------------------------------


def band_strip(bands: Sequence[tuple[int, int, str]], current: int, *, label: str, title: str, width_mm: float | None = None) -> Markup:
    """The scoring bands in a row, (lower, upper, name) in points, with the current one framed and labelled."""
    width, height, margin = 500.0, 74.0, 10.0
    start, end = bands[0][0], bands[-1][1]

    def x(points: int) -> float:
        return margin + (width - 2 * margin) * (points - start) / (end - start)

    parts = []
    for index, (lower, upper, name) in enumerate(bands):
        shade = SHADES[round(index * (len(SHADES) - 1) / max(len(bands) - 1, 1))]
        ink = "#FFFFFF" if shade in SHADES[5:] else INK
        size = _fitting([name], 8.6, x(upper) - x(lower) - (9 if index == current else 6))
        parts.append(_rect(x(lower) + 0.6, 34, x(upper) - x(lower) - 1.2, 20, shade, 1.5))
        parts.append(_text((x(lower) + x(upper)) / 2, 47.4, name, size, ink, "middle", index == current))
        parts.append(_text(x(lower), 66, str(lower), 7, MUTED, "middle"))
    parts.append(_text(x(end), 66, str(end), 7, MUTED, "middle"))
    left, right = x(bands[current][0]), x(bands[current][1])
    half = text_width(label, 10) / 2
    middle = (left + right) / 2
    frame = '<rect x="{:.1f}" y="31.5" width="{:.1f}" height="25" rx="3" fill="none" stroke="{}" stroke-width="2"/>'
    parts.append(Markup(frame).format(left, right - left, RED))
    parts.append(_path(f"M{middle - 5:.1f},22 h10 l-5,7 z", RED))
    parts.append(_text(min(max(middle, half), width - half), 16, label, 10, RED, "middle", True))
    return _svg(width, height, title, parts, width_mm)


@dataclass(frozen=True)
class ProfileRow:
    """A line of the item profile. points: as printed. lower and upper: quartiles of the round, None when hidden."""

    number: str
    name: str
    points: str
    percent: Number
    lower: Number | None = None
    upper: Number | None = None
    is_category: bool = False


def item_profile(
    rows: Sequence[ProfileRow], bands: Sequence[Sequence[int]], *, title: str, width_mm: float | None = None, row: float = 14.0
) -> Markup:
    """Every item's percentage over the quartiles of the round, on the ground of the bands (edges of each, ascending)."""
    named = max((text_width(one.name, 8) for one in rows if not one.is_category), default=0)
    width, left, right = 500.0, 196 + min(max(named - 126, 0), 44), 456.0
    height = 30 + row * len(rows) + 4

    def x(percent: Number) -> float:
        return left + (right - left) * float(percent) / 100

    parts = []
    edges = [0.0] + [(low[-1] + high[0]) / 2 for low, high in pairwise(bands)] + [100.0]
    for index, band in enumerate(bands):
        start, end = x(edges[index]), x(edges[index + 1])
        parts.append(_rect(start, 17, end - start, height - 17, "#F3F6FA" if index % 2 == 0 else "#FFFFFF"))
        parts.append(_text((start + end) / 2, 12, f"{band[0]}–{band[-1]}", 6.8, MUTED, "middle"))
    sizes = (
        _fitting((one.name for one in rows if not one.is_category), 8, left - 70),
        _fitting((f"{one.number} {one.name}{one.points}" for one in rows if one.is_category), 8.4, left - 26),
    )
    for index, one in enumerate(rows):
        parts.append(_profile_row(one, 26 + row * index, row, width, left, sizes[one.is_category], x))
    return _svg(width, height, title, parts, width_mm)


def _profile_row(
    one: ProfileRow, top: float, row: float, width: float, left: float, size: float, x: Callable[[Number], float]
) -> Markup:
    middle = top + row / 2 - 1
    if one.is_category:
        parts = [_line(0, top - 1.5, width, top - 1.5, GRID), _text(0, middle + 3, f"{one.number} {one.name}", size, INK, "start", True)]
    else:
        parts = [_text(8, middle + 3, one.number, 7.6, MUTED), _text(34, middle + 3, one.name, size)]
    parts.append(_text(left - 10, middle + 3, one.points, 7.4, MUTED, "end"))
    if one.lower is not None and one.upper is not None:
        start, end = x(one.lower), x(one.upper)
        parts.append(_rect(start - 1.5, middle - 3, end - start + 3, 6, OTHER_FILL, 3))
    if one.is_category:
        parts.append(_path(f"M{x(one.percent):.1f},{middle - 4.8:.1f} l4.8,4.8 l-4.8,4.8 l-4.8,-4.8z", OWN, "#FFFFFF", 0.8))
    else:
        parts.append(_dot(x(one.percent), middle, 3.7, OWN))
    parts.append(_text(width - 4, middle + 3, f"{percent_text(one.percent)}%", 8, OWN, "end", one.is_category))
    return Markup("").join(parts)



def comparison_bar(value: Number, reference: Number | None, *, title: str, width_mm: float | None = None) -> Markup:
    """A percentage as a bar; an upright mark where the reference stands."""
    width, height = 170.0, 12.0
    parts = [_rect(0, 2.5, width, 7, TRACK, 1.5), _rect(0, 2.5, width * float(value) / 100, 7, OWN, 1.5)]
    if reference is not None:
        x = width * float(reference) / 100
        parts += [_rect(x - 1.7, 0, 3.4, height, "#FFFFFF"), _rect(x - 0.9, 0, 1.8, height, OTHER)]
    return _svg(width, height, title, parts, width_mm)


def dot_strip(values: Sequence[Number], middle: Number | None, *, title: str, width_mm: float | None = None) -> Markup:
    """The percentages of several sheets on one line: a bar from lowest to highest, a dot each, a mark at the middle one."""
    width, height = 170.0, 16.0

    def x(value: Number) -> float:
        return 5 + (width - 10) * float(value) / 100

    parts = [_line(5, 8, width - 5, 8, LINE, 1)] + [_line(x(mark), 4, x(mark), 12, LINE, 0.7) for mark in (0, 25, 50, 75, 100)]
    if values:
        parts.append(_rect(x(min(values)), 5.5, x(max(values)) - x(min(values)), 5, OTHER_FILL, 2.5))
    stacked: dict[Number, int] = {}
    for value in sorted(values):
        level = stacked[value] = stacked.get(value, -1) + 1
        parts.append(_dot(x(value), 8 - level * 2.2, 3, OWN))
    if middle is not None:
        parts.append(_rect(x(middle) - 0.9, 1, 1.8, 14, OTHER))
    return _svg(width, height, title, parts, width_mm)


def histogram(bins: Sequence[tuple[str, int]], *, title: str, unit: str = "", width_mm: float | None = None) -> Markup:
    """Counts by class, (label, count) in order, each with its number on top. unit: stands beside the axis."""
    width, height, left, bottom, top = 420.0, 190.0, 30.0, 162.0, 18.0
    most = max([count for _, count in bins] + [1])
    step = (width - left - 8) / max(len(bins), 1)
    parts = [_line(left, bottom, width - 4, bottom, MUTED, 0.8)]
    if unit:
        parts.append(_text(2, 10, unit, 8, MUTED))
    for index, (label, count) in enumerate(bins):
        x, tall = left + step * index, (bottom - top) * count / most
        parts.append(_rect(x + step * 0.12, bottom - tall, step * 0.76, tall, OWN, 1))
        parts.append(_text(x + step / 2, bottom - tall - 4, str(count), 8.4, INK, "middle"))
        size = min(8.0, 8.0 * (step - 2) / max(text_width(label, 8.0), 1))
        parts.append(_text(x + step / 2, bottom + 13, label, round(size, 1), MUTED, "middle"))
    return _svg(width, height, title, parts, width_mm)


def completion_line(
    points: Sequence[tuple[str, int]], total: int, *, title: str, goal: str = "", width_mm: float | None = None
) -> Markup:
    """How many of `total` are done, day by day: (label, count so far) in order. goal: names the dashed line at the total."""
    width, height, left, right, bottom, top = 420.0, 170.0, 30.0, 412.0, 142.0, 18.0

    def at(index: int, count: float) -> tuple[float, float]:
        return left + (right - left) * index / max(len(points) - 1, 1), bottom - (bottom - top) * count / max(total, 1)

    parts = [_line(left, at(0, total * part)[1], right, at(0, total * part)[1], LINE, 0.7) for part in (0.25, 0.5, 0.75)]
    parts += [_line(left, bottom, right, bottom, MUTED, 0.8), _line(left, top, right, top, OTHER, 1.2, "4 2.5")]
    parts += [_text(left - 5, at(0, count)[1] + 3, str(round(count)), 7.6, MUTED, "end") for count in (0, total / 2, total)]
    if goal:
        parts.append(_text(right, top - 5, goal, 8, OTHER, "end"))
    if points:
        places = [at(index, count) for index, (_, count) in enumerate(points)]
        parts.append(_path("M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in places), "none", OWN, 2))
        every = max(1, -(-len(points) // 8))
        parts += [_text(places[i][0], bottom + 13, points[i][0], 7.6, MUTED, "middle") for i in range(0, len(points), every)]
        parts += [_dot(*places[-1], 3, OWN), _text(places[-1][0] - 6, places[-1][1] - 6, str(points[-1][1]), 9, OWN, "end", True)]
    return _svg(width, height, title, parts, width_mm)


@dataclass(frozen=True)
class Quadrants:
    """Words of the priority matrix: its four fields from the top left, and its two axes."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    across: str
    upwards: str


def priority_matrix(points: Sequence[tuple[str, int, int]], words: Quadrants, *, title: str, width_mm: float | None = None) -> Markup:
    """Themes by effort (across) and effect (upwards), both 0..100: (label, effort, effect).

    The words of the fields stand between the lines at 10, 30, 50, 70 and 90, where the form places themes.
    """
    width, height, left, top, right, bottom = 290.0, 215.0, 34.0, 10.0, 282.0, 187.0
    cx, cy = (left + right) / 2, (top + bottom) / 2
    fields = (
        (left, top, 0.4, "#E8F0FA", words.top_left), (cx, top, 0.4, "#F6F8FB", words.top_right),
        (left, cy, 0.2, "#F6F8FB", words.bottom_left), (cx, cy, 0.2, "#FBFCFD", words.bottom_right),
    )  # fmt: skip
    parts = []
    for x, y, share, fill, word in fields:
        parts += [_rect(x, y, cx - left, cy - top, fill), _text(x + 6, y + share * (cy - top) + 3, word, 8, MUTED)]
    parts.append(_path(f"M{left},{top} H{right} V{bottom} H{left}Z M{cx},{top} V{bottom} M{left},{cy} H{right}", "none", GRID, 0.8))
    parts.append(_text(cx, height - 12, f"{words.across} →", 8, MUTED, "middle"))
    turned = '<g transform="translate(18 {:.1f}) rotate(-90)">{}</g>'
    parts.append(Markup(turned).format(cy, _text(0, 0, f"{words.upwards} →", 8, MUTED, "middle")))
    for label, effort, effect in points:
        x, y = left + (right - left) * effort / 100, bottom - (bottom - top) * effect / 100
        parts += [_dot(x, y, 9, OWN), _text(x, y + 3.2, label, 9, "#FFFFFF", "middle", True)]
    return _svg(width, height, title, parts, width_mm)
