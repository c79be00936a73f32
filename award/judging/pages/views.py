"""What pages of one review have in common: its head, its deadline, why it is closed, its items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.judging.models import OPPORTUNITY, STRENGTH, Sheet, SheetItem
from award.judging.queries import Review
from award.kernel import i18n
from award.kernel.actor import Action
from award.kernel.i18n import N_
from award.policy import Decision
from award.regulations.model import Criteria, Item, Scheme
from award.rounds.models import Round, RoundStage
from award.rounds.pages.speaking import Speaking
from award.rounds.queries import criteria_of, stage_of_kind, title_of
from award.scoring.grades import item_hundredths


@dataclass(frozen=True)
class Bench(Speaking):
    """One review as its pages see it."""

    review: Review
    scheme: Scheme
    criteria: Criteria
    language: str

    @property
    def base(self) -> str:
        """The address its pages lie under."""
        return f"/review/{self.review.assignment.public_id}"

    @property
    def zone(self) -> str:
        """The clock its deadlines are meant by."""
        return self.review.stage.zone

    def url(self, item: str) -> str:
        """Where an item is scored."""
        return f"{self.base}/items/{item}"


def bench_of(request: Request, session: Session, review: Review) -> Bench:
    """Reads what every page of a review needs."""
    round_ = review.application.round
    criteria = criteria_of(session, round_, review.application.category)
    return Bench(review, round_.scheme, criteria, request.state.language)


def head(bench: Bench) -> dict[str, Any]:
    """The review as templates name it."""
    review = bench.review
    application = review.application
    return {
        "url": bench.base,
        "id": review.assignment.public_id,
        "zone": bench.zone,
        "application": application.entrant,
        "number": application.number or "",
        "round": bench.say(title_of(application.round)),
        "tags": tags_of(bench),
        "is_leader": review.assignment.is_leader,
        "gate_open": application.gate_opened_at is not None,
    }


def category_name(language: str, application: Application) -> str:
    """The category of an application, "" where its round has only one."""
    scheme = application.round.scheme
    return scheme.category(application.category).name.in_language(language) if len(scheme.categories) > 1 else ""


def award_name(language: str, round_: Round) -> str:
    """What stands in the header of a page about a round."""
    award = round_.award
    return award.name.in_language(language)


def tags_of(bench: Bench) -> list[str]:
    """Category and sector, in words."""
    application = bench.review.application
    rules = bench.scheme.category(application.category)
    tags = [bench.say(rules.name)]
    if application.sector in rules.sectors:
        tags.append(bench.say(rules.sectors[application.sector]))
    if bench.review.assignment.is_leader:
        tags.append(bench.tell(N_("You lead this panel")))
    return tags


def score_stage(round_: Round) -> RoundStage | None:
    """The stage in which judges score."""
    return stage_of_kind(round_, "score")


def deadline(language: str, round_: Round, now: datetime) -> dict[str, str] | None:
    """said: until when sheets are taken, or were; left: the time there is, "" once it is over. None where no day is set."""
    stage = score_stage(round_)
    if stage is None or stage.closes_at is None:
        return None
    when = i18n.format_moment(language, stage.closes_at, round_.award.authority.zone, with_zone=True)
    if stage.closes_at <= now:
        return {"said": i18n.translate(language, N_("Closed {when}"), {"when": when}), "left": ""}
    said = i18n.translate(language, N_("Closes {when}"), {"when": when})
    return {"said": said, "left": i18n.format_left(language, stage.closes_at - now)}


def why_not(language: str, decision: Decision) -> str:
    """The reason of a decision in the reader's language, "" where the act is open."""
    if decision.allowed:
        return ""
    return decision.in_language(language) or i18n.translate(language, N_("This cannot be changed now."))


def closed_reason(bench: Bench, sheet: Sheet | None) -> str:
    """Why the sheet cannot be changed now, or ""."""
    review = bench.review
    if sheet is not None and sheet.state == "submitted" and sheet.submitted_at is not None:
        at = bench.moment(sheet.submitted_at)
        return bench.tell(N_("You submitted this sheet at {at}. It can no longer be changed."), {"at": at})
    if not review.application.is_live:
        return bench.tell(N_("This application is no longer in the round; nothing is to be scored any more."))
    return why_not(bench.language, review.decide(Action.SHEET_EDIT))


def points_text(hundredths: int) -> str:
    """Hundredths of a point as people read them, with as many places in every line of a column: 35.00, 8.25."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def code_of(row: SheetItem | None, strengths_from: int) -> str:
    """How far an item is, as a code of words.WORDS["item"]."""
    if row is None or (row.percent is None and not row.comments):
        return "not_started"
    if row.percent is None:
        return "in_progress"
    if row.percent >= strengths_from and count_of(row, STRENGTH) == 0:
        return "review"
    return "complete"


def count_of(row: SheetItem | None, kind: str) -> int:
    """How many strengths or opportunities an item has."""
    return 0 if row is None else sum(one["kind"] == kind for one in row.comments)


def groups_of(bench: Bench, items: Mapping[str, SheetItem], current: str = "") -> list[dict[str, Any]]:
    """The categories with their items, for the rail and the sheet page."""
    groups = []
    for category in bench.criteria.categories:
        lines = [line_of(bench, item, items.get(item.key), current) for item in category.items]
        scored = [one["hundredths"] for one in lines if one["hundredths"] is not None]
        groups.append({
            "name": f"{category.number} {bench.say(category.name)}",
            "done": sum(one["code"] == "complete" for one in lines),
            "total": len(lines),
            "points": category.points,
            "scored": points_text(sum(scored)) if scored else "—",
            "items": lines,
        })  # fmt: skip
    return groups


def line_of(bench: Bench, item: Item, row: SheetItem | None, current: str = "") -> dict[str, Any]:
    """One item in the rail and on the sheet page."""
    percent = None if row is None else row.percent
    hundredths = None if percent is None else item_hundredths(item.points, percent)
    return {
        "key": item.number,
        "item": item.key,
        "name": bench.say(item.name),
        "url": bench.url(item.key),
        "code": code_of(row, bench.scheme.panel.strengths_from_percent),
        "shown": "—" if percent is None else f"{percent}%",
        "current": item.key == current,
        "points": item.points,
        "percent": percent,
        "hundredths": hundredths,
        "scored": "—" if hundredths is None else points_text(hundredths),
        "strengths": count_of(row, STRENGTH),
        "opportunities": count_of(row, OPPORTUNITY),
    }


def next_blank(criteria: Criteria, marks: Mapping[str, int]) -> Item | None:
    """The first item without a percentage."""
    return next((item for item in criteria.items() if item.key not in marks), None)
