"""The drawings of ceremonial papers: frame with 回纹, guilloche, corner flowers. Millimetres; no text, no seal, no emblem."""

from collections.abc import Iterator
from math import cos, gcd, pi, radians, sin

GOLD, PALE_GOLD, CREAM, PAPER = "#B4904A", "#D9C08A", "#F6EBCB", "#FFFDF6"
RINGS = {"red": "#B01E23", "silver": "#8C939C", "blue": "#1B4E91"}
"""The frame's second line: the award itself, a nomination, a person."""


def hypotrochoid(cx: float, cy: float, outer: int, inner: int, arm: float, size: float, points: int) -> str:
    """A closed guilloche curve around (cx, cy), `size` mm from its centre to its outermost point.

    A point at distance `arm` on a wheel of radius `inner` that rolls inside a circle of radius `outer`.
    """
    turns = inner // gcd(outer, inner)
    scale = size / (outer - inner + arm)
    steps = []
    for index in range(points):
        angle = 2 * pi * turns * index / points
        x = (outer - inner) * cos(angle) + arm * cos((outer - inner) / inner * angle)
        y = (outer - inner) * sin(angle) - arm * sin((outer - inner) / inner * angle)
        steps.append(f"{cx + x * scale:.2f} {cy + y * scale:.2f}")
    return "M" + "L".join(steps) + "Z"


def wave(left: float, right: float, y: float, height: float, length: float, shift: float) -> str:
    """A sine line of the given height and wave length, as cubics from crest to trough. shift: mm it starts early."""
    half, pull = length / 2, 0.3642
    x, sign = left - shift, 1
    path = f"M{x:.2f} {y - height:.2f}"
    while x < right:
        high, low = y - sign * height, y + sign * height
        path += f"C{x + pull * half:.2f} {high:.2f} {x + (1 - pull) * half:.2f} {low:.2f} {x + half:.2f} {low:.2f}"
        x, sign = x + half, -sign
    return path


def mesh(left: float, top: float, right: float, bottom: float) -> str:
    """Crossing waves that fill a box: the ground a photocopier cannot keep."""
    height, length, lines = 3.35, 27.0, []
    y, row = top + height + 0.2, 0
    while y < bottom - height + 0.2:
        shift = length / 4 * (row % 4)
        lines += [wave(left, right, y, height, length, shift), wave(left, right, y, height, length, shift + length / 2)]
        y, row = y + 2 * height + 0.55, row + 1
    return "".join(lines)


def fret(x: float, y: float, size: float, flip: bool) -> str:
    """One 回 of the border in a square; flip: its mirror, so that both halves of a side look at each other."""
    unit = size / 8
    corners = ((0, 8), (0, 0), (7, 0), (7, 6), (2, 6), (2, 2.4), (4.6, 2.4), (4.6, 4))
    placed = ((x + (size - unit - a * unit if flip else a * unit), y + b * unit) for a, b in corners)
    return "M" + "L".join(f"{a:.2f} {b:.2f}" for a, b in placed)


def side(length: float) -> str:
    """The border of one side, drawn along the x axis from 0: lines, 回纹 mirrored about the middle, a lozenge between."""
    pitch, size, top = 6.1, 5.2, 2.6
    count = int((length / 2 - 2.6) // pitch)
    start = length / 2 - 2.6 - count * pitch
    keys = "".join(fret(start + index * pitch, top, size, False) for index in range(count))
    keys += "".join(fret(length - start - index * pitch - size, top, size, True) for index in range(count))
    foot = f"M{start:.2f} {top + size:.2f}H{length / 2 - 3.4:.2f}M{length / 2 + 3.4:.2f} {top + size:.2f}H{length - start:.2f}"
    middle, half = length / 2, 1.9
    lozenge = f"M{middle} {5.2 - half}L{middle + half} 5.2L{middle} {5.2 + half}L{middle - half} 5.2Z"
    return (
        f'<path d="M0 0.45H{length}" stroke="{GOLD}" stroke-width="0.9" fill="none"/>'
        f'<path d="M0 1.65H{length}M0 8.9H{length}M0 11.2H{length}" stroke="{GOLD}" stroke-width="0.22" fill="none"/>'
        f'<path d="{keys}{foot}" stroke="{GOLD}" stroke-width="0.42" fill="none"/>'
        f'<path d="{lozenge}" fill="{PALE_GOLD}" stroke="{GOLD}" stroke-width="0.3"/>'
        f'<path d="M0 10.05H{length}" stroke="RING" stroke-width="0.8" fill="none"/>'
    )


def flower(cx: float, cy: float) -> str:
    """The flower of a corner: four petals, four points, a heart."""
    petal = f'fill="{CREAM}" stroke="{GOLD}" stroke-width="0.28" d="M{cx} {cy}c0.9 -1.8 3 -2 4.4 0c-1.4 2 -3.5 1.8 -4.4 0Z"'
    point = f'fill="{GOLD}" d="M{cx + 0.8} {cy}l2.3 -0.75l1.1 0.75l-1.1 0.75Z"'
    turned = [(turn, petal) for turn in (45, 135, 225, 315)] + [(turn, point) for turn in (0, 90, 180, 270)]
    parts = [f'<path transform="rotate({turn} {cx} {cy})" {shape}/>' for turn, shape in turned]
    return "".join(parts) + f'<circle cx="{cx}" cy="{cy}" r="1" fill="RING" stroke="{GOLD}" stroke-width="0.28"/>'


def spray(x: float, y: float) -> str:
    """Leaves and two scrolls that grow from an inner corner, towards the middle of the page."""
    scroll = "c3.4 0 6 -0.1 8.6 -0.5c3.2 -0.5 5.4 1.3 4.8 3.3c-0.5 1.6 -2.9 1.6 -3 -0.1c0 -0.7 0.6 -1 1.1 -0.8"
    leaf = "c2.3 0.3 4.6 1.6 5.9 4.3c-2.6 -0.6 -4.9 -2 -5.9 -4.3Z"
    line = f'fill="none" stroke="{GOLD}" stroke-width="0.45" stroke-linecap="round"'
    blade = f'fill="{PALE_GOLD}" stroke="{GOLD}" stroke-width="0.24"'
    return (
        f'<g transform="translate({x} {y})"><path d="M0 0{scroll}" {line}/>'
        f'<path transform="matrix(0 1 1 0 0 0)" d="M0 0{scroll}" {line}/>'
        f'<path d="M1 1{leaf}" {blade}/><path transform="rotate(-28)" d="M1.5 1.2{leaf}" {blade}/>'
        f'<path transform="rotate(28)" d="M1.2 1.5{leaf}" {blade}/></g>'
    )


def corner() -> str:
    """The square at a corner of the frame, from its outer edge, with the spray inside."""
    return (
        f'<rect x="0.45" y="0.45" width="11.3" height="11.3" fill="{PAPER}" stroke="{GOLD}" stroke-width="0.9"/>'
        f'<rect x="1.8" y="1.8" width="8.6" height="8.6" fill="none" stroke="{GOLD}" stroke-width="0.22"/>'
        f"{flower(6.1, 6.1)}{spray(12.6, 12.6)}"
    )


def _sides(width: float, height: float, edge: float, square: float) -> Iterator[str]:
    across, down = width - 2 * edge - 2 * square, height - 2 * edge - 2 * square
    yield f'<g transform="translate({edge + square} {edge})">{side(across)}</g>'
    yield f'<g transform="matrix(1 0 0 -1 {edge + square} {height - edge})">{side(across)}</g>'
    yield f'<g transform="matrix(0 1 1 0 {edge} {edge + square})">{side(down)}</g>'
    yield f'<g transform="matrix(0 1 -1 0 {width - edge} {edge + square})">{side(down)}</g>'


def _corners(width: float, height: float, edge: float) -> Iterator[str]:
    places = ((edge, edge, 1, 1), (width - edge, edge, -1, 1), (edge, height - edge, 1, -1), (width - edge, height - edge, -1, -1))
    for x, y, across, down in places:
        yield f'<g transform="matrix({across} 0 0 {down} {x} {y})">{corner()}</g>'


def _rosette(cx: float, cy: float) -> str:
    curves = ((105, 37, 25, 67), (96, 41, 15, 42), (97, 43, 47, 24.5))
    line = 'fill="none" stroke="#E0C88E" stroke-width="0.1" opacity="0.6"'
    lines = "".join(f'<path d="{hypotrochoid(cx, cy, a, b, arm, size, 2600)}" {line}/>' for a, b, arm, size in curves)
    return f'<circle cx="{cx}" cy="{cy}" r="58" fill="{PAPER}" opacity="0.6"/>{lines}'


def certificate_ground(ring: str = "red") -> str:
    """Everything of a certificate but its words: A4 landscape. ring: a key of RINGS."""
    width, height, edge = 297.0, 210.0, 8.0
    divider = (
        f'<path d="M78 62.2H139M158 62.2H219" stroke="{GOLD}" stroke-width="0.35" fill="none"/>'
        f'<path d="M148.5 59l3.2 3.2l-3.2 3.2l-3.2 -3.2Z" fill="RING"/>'
        f'<path d="M148.5 57.8l4.4 4.4l-4.4 4.4l-4.4 -4.4Z" fill="none" stroke="{GOLD}" stroke-width="0.35"/>'
        + "".join(f'<path d="M{x} 62.2l1.7 -0.9l1.7 0.9l-1.7 0.9Z" fill="{GOLD}"/>' for x in (76.4, 138.4, 155.2, 217.2))
    )
    inner = edge + 11.4
    drawn = (
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f'<clipPath id="field"><rect x="{inner}" y="{inner}" width="{width - 2 * inner}" height="{height - 2 * inner}"/></clipPath>'
        f'<g clip-path="url(#field)"><path d="{mesh(inner, inner, width - inner, height - inner)}" fill="none" stroke="#EAD9AE" '
        f'stroke-width="0.09" opacity="0.75"/></g>{_rosette(148.5, 108)}'
        f"{''.join(_sides(width, height, edge, 12.6))}{''.join(_corners(width, height, edge))}{divider}"
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 297 210" width="297mm" height="210mm">'
    return head + drawn.replace("RING", RINGS[ring]) + "</svg>"


def cover_ground() -> str:
    """The guilloche of a report's cover, light lines on the deep blue of the cover, 210 x 182 mm."""
    big, small = hypotrochoid(176, 118, 105, 34, 26, 114, 2600), hypotrochoid(176, 118, 96, 41, 12, 54, 1800)
    rays = [(radians(turn), radians(turn + 9)) for turn in range(0, 360, 3)]
    heart = "".join(
        f"M{176 + 3.6 * cos(a):.2f} {118 + 3.6 * sin(a):.2f}L{176 + 35 * cos(b):.2f} {118 + 35 * sin(b):.2f}" for a, b in rays
    )
    line = 'fill="none" stroke="#C9D6EA"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 182" width="210mm" height="182mm">'
        f'<path d="{big}" {line} stroke-width="0.1" opacity="0.62"/><path d="{small}" {line} stroke-width="0.11" opacity="0.6"/>'
        f'<path d="{heart}" {line} stroke-width="0.1" opacity="0.5"/></svg>'
    )
