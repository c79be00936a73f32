"""The values a total is explained by, from each sheet to the published figure and the proposed grade."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class SheetShare:
    """One sheet of a panel. letter: A, B, C … in order of assignment. used: False where the rule dropped it."""

    letter: str
    sheet_id: str
    total_hundredths: int
    used: bool


@dataclass(frozen=True)
class StageShare:
    """One stage's part of the total. score: hundredths of a point of 1000, None while missing.

    weight: 0..1, as the scheme has it. share: 0..1, as it was used; it differs where a stage is missing.
    """

    kind: str
    score: Fraction | None
    weight: Fraction
    share: Fraction


@dataclass(frozen=True)
class TieValue:
    """A link of the tie chain. key: as the scheme names it; value: hundredths of a point."""

    key: str
    value: Fraction


@dataclass(frozen=True)
class Explained:
    """How one application came to its figure, rank and proposed grade.

    combined: of its sheets, in hundredths. exact: of all stages, in hundredths of 1000 points; published: the same,
    rounded once; what is ranked on. Both None where the rules give no figure (flags and missing say why). decided_by:
    which link of the tie chain placed it, from 0. refused: (grade, reason) it competed for in vain.
    """

    application_id: int
    public_id: str
    number: str
    name: str
    sector: str
    sheets: tuple[SheetShare, ...]
    combined: Fraction | None
    method: str
    flags: tuple[str, ...]
    stages: tuple[StageShare, ...]
    missing: tuple[str, ...]
    exact: Fraction | None
    published: Decimal | None
    ties: tuple[TieValue, ...]
    rank: int | None = None
    is_tied: bool = False
    decided_by: int | None = None
    grade: str = ""
    reason: str = ""
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def sheets_count(self) -> bool:
        """Whether the sheets are a part of the total, and not only what a later stage was agreed on from."""
        return any(one.kind == "score" for one in self.stages)


@dataclass(frozen=True)
class Ranking:
    """A category's applications, best first, those without a figure last; and the seats nobody is proposed for."""

    category: str
    lines: tuple[Explained, ...]
    vacancies: tuple[tuple[str, int], ...]

    def line(self, public_id: str) -> Explained:
        """Raises KeyError for an application that is not in the ranking."""
        for line in self.lines:
            if line.public_id == public_id:
                return line
        raise KeyError(public_id)


def spell(value: Fraction | None) -> str | None:
    """An exact fraction as text for the trail and the stored proposal, e.g. "58960/1"."""
    return None if value is None else f"{value.numerator}/{value.denominator}"


def as_content(ranking: Ranking) -> dict[str, object]:
    """The ranking as a map that has one spelling: what is stored, hashed and can be redone by anybody."""
    return {
        "category": ranking.category,
        "vacancies": [{"grade": grade, "seats": seats} for grade, seats in ranking.vacancies],
        "lines": [_line_content(line) for line in ranking.lines],
    }


def _line_content(line: Explained) -> dict[str, object]:
    return {
        "application": line.public_id,
        "number": line.number,
        "name": line.name,
        "sector": line.sector,
        "sheets": [
            {"letter": one.letter, "sheet": one.sheet_id, "total": one.total_hundredths, "used": one.used}
            for one in line.sheets
        ],
        "combined": spell(line.combined),
        "method": line.method,
        "flags": list(line.flags),
        "stages": [
            {"kind": one.kind, "score": spell(one.score), "weight": spell(one.weight), "share": spell(one.share)}
            for one in line.stages
        ],
        "missing": list(line.missing),
        "exact": spell(line.exact),
        "published": None if line.published is None else str(line.published),
        "ties": [{"key": one.key, "value": spell(one.value)} for one in line.ties],
        "rank": line.rank,
        "tied": line.is_tied,
        "decided_by": line.decided_by,
        "grade": line.grade,
        "reason": line.reason,
        "refused": [{"grade": grade, "reason": reason} for grade, reason in line.refused],
    }


def from_content(text: str, ids: Mapping[str, int]) -> Ranking:
    """A stored ranking as it was when it was proposed. ids: inner numbers of the applications by public id."""
    content = json.loads(text)
    vacancies = tuple((one["grade"], one["seats"]) for one in content["vacancies"])
    return Ranking(content["category"], tuple(_line_from(one, ids) for one in content["lines"]), vacancies)


def _line_from(line: Mapping[str, Any], ids: Mapping[str, int]) -> Explained:
    return Explained(
        application_id=ids[line["application"]],
        public_id=line["application"],
        number=line["number"],
        name=line["name"],
        sector=line["sector"],
        sheets=tuple(SheetShare(one["letter"], one["sheet"], one["total"], one["used"]) for one in line["sheets"]),
        combined=_read(line["combined"]),
        method=line["method"],
        flags=tuple(line["flags"]),
        stages=tuple(
            StageShare(one["kind"], _read(one["score"]), Fraction(one["weight"]), Fraction(one["share"]))
            for one in line["stages"]
        ),
        missing=tuple(line["missing"]),
        exact=_read(line["exact"]),
        published=None if line["published"] is None else Decimal(line["published"]),
        ties=tuple(TieValue(one["key"], Fraction(one["value"])) for one in line["ties"]),
        rank=line["rank"],
        is_tied=line["tied"],
        decided_by=line["decided_by"],
        grade=line["grade"],
        reason=line["reason"],
        refused=tuple((one["grade"], one["reason"]) for one in line["refused"]),
    )


def _read(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
