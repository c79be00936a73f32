"""What the pages of results show, as plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.kernel.i18n import N_
from award.regulations.model import Scheme, Text
from award.results import queries
from award.results.explained import Explained, Ranking
from award.results.models import Approval, AwardDecision, Notice, Proposal, Publication, ResultLine
from award.results.wording import points, reason_of
from award.rounds.models import Round

Papers = tuple[Notice | None, Approval | None, Publication | None]


class Strip(NamedTuple):
    """Totals of the sheets in points of 1000, and where the rules put the figure."""

    totals: tuple[float, ...]
    middle: float | None
    low: str
    high: str


class Row(NamedTuple):
    """One application in the table. grade: name of what is proposed; decided: of what was decided, where it was."""

    public_id: str
    rank: int | None
    is_tied: bool
    name: str
    number: str
    sector: Text | None
    published: str
    strip: Strip | None
    grade: Text | None
    reason: str
    is_decided: bool
    decided: Text | None
    deviation: str


@dataclass(frozen=True)
class Step:
    """A step from the sheets to the published result. url: relative to the round. about: the one of several categories.

    by: the names of who did it; two where a second person confirmed it.
    """

    name: str
    url: str
    done_at: datetime | None = None
    by: Sequence[str] = ()
    about: Text | None = None


def grade_names(scheme: Scheme, category: str) -> dict[str, Text]:
    """The names of a category's grades, best first."""
    return {quota.grade: quota.name for quota in scheme.category(category).quotas}


def rows_of(
    scheme: Scheme, ranking: Ranking, lines: Mapping[str, ResultLine], hidden: Collection[str], full_hundredths: int
) -> list[Row]:
    """The table, without what a conflict hides. lines: of a decided proposal, by public id; empty before."""
    names, sectors = grade_names(scheme, ranking.category), scheme.category(ranking.category).sectors
    return [
        _row(one, names, sectors, lines.get(one.public_id), full_hundredths)
        for one in ranking.lines
        if one.public_id not in hidden
    ]


def _row(
    one: Explained, names: Mapping[str, Text], sectors: Mapping[str, Text], line: ResultLine | None, full_hundredths: int
) -> Row:
    return Row(
        public_id=one.public_id,
        rank=one.rank,
        is_tied=one.is_tied,
        name=one.name,
        number=one.number,
        sector=sectors.get(one.sector),
        published="" if one.published is None else str(one.published),
        strip=strip_of(one, full_hundredths),
        grade=names.get(one.grade),
        reason=reason_of(one),
        is_decided=line is not None,
        decided=names.get(line.decided_grade or "") if line is not None else None,
        deviation=line.deviation if line is not None else "",
    )


def strip_of(one: Explained, full_hundredths: int) -> Strip | None:
    """The spread of the sheets. full_hundredths: full marks of the criteria, so that every strip runs from 0 to 1000."""
    if not one.sheets:
        return None
    totals = [sheet.total_hundredths for sheet in one.sheets]
    middle = None if one.combined is None or not one.sheets_count else float(one.combined) * 1000 / full_hundredths
    scaled = tuple(total * 1000 / full_hundredths for total in totals)
    return Strip(scaled, middle, points(min(totals)), points(max(totals)))


def steps_of(
    session: Session, round_: Round, proposals: Sequence[tuple[Proposal, AwardDecision | None]], papers: Papers
) -> list[Step]:
    """What has been done on the way to the published result, in order."""
    notice, approval, publication = papers
    proposed = {one.category: (one.proposed_at, (one.proposed_by,)) for one, _ in proposals}
    decided = {one.category: _both(decision) for one, decision in proposals if decision is not None}
    needed = queries.contested(session, round_)
    rules = [one for one in round_.scheme.categories if one.key in needed or len(round_.scheme.categories) == 1]
    categories = {str(one.key): one.name if len(round_.scheme.categories) > 1 else None for one in rules}
    done: list[tuple[str, str, Text | None, datetime | None, Sequence[int]]] = [
        *_for_each(N_("Ranking proposed"), proposed, categories),
        *_for_each(N_("Candidates decided"), decided, categories),
        (N_("Public notice"), "/notice", None, *_act(notice)),
        (N_("Approval"), "/results/approval", None, *_act(approval)),
        (N_("Result published"), "/results/publish", None, *_act(publication)),
    ]
    people = [person for *_, by in done for person in by]
    names = names_of(session, people) if people else {}
    return [Step(name, url, at, [names[one] for one in by], about) for name, url, about, at, by in done]


def _for_each(
    name: str, acts: Mapping[str, tuple[datetime | None, Sequence[int]]], categories: Mapping[str, Text | None]
) -> list[tuple[str, str, Text | None, datetime | None, Sequence[int]]]:
    """A step of its own for each category that needs it, so that one of them is not taken for all."""
    return [
        (name, f"/results?category={key}" if about else "/results", about, *acts.get(key, (None, ())))
        for key, about in categories.items()
    ]


def _both(entered: AwardDecision | Approval) -> tuple[datetime | None, Sequence[int]]:
    """When it came into force, and through whom."""
    return entered.confirmed_at, [one for one in (entered.recorded_by, entered.confirmed_by) if one is not None]


def _act(paper: Notice | Approval | Publication | None) -> tuple[datetime | None, Sequence[int]]:
    if paper is None:
        return None, ()
    if isinstance(paper, Approval):
        return _both(paper)
    return paper.published_at, (paper.published_by,)
