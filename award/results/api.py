"""Results for programs: what was published, to everybody; the ranking, to those who may read it before."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from award.kernel import clock
from award.kernel.actor import Action, TokenScope
from award.kernel.errors import Conflict, NotFound
from award.kernel.i18n import N_
from award.kernel.ids import PATTERN
from award.kernel.web import guard
from award.kernel.web.api import READ, Paged, Words, answers, listed, problems, tagged, words
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.policy import require
from award.results import queries
from award.results.models import Proposal
from award.results.published import Published, closes_at, latest_of, snapshot_for, successor_of
from award.results.ranking import ranking_of
from award.results.schemas import (
    LINE,
    PUBLISHED,
    RANKING,
    GroupOut,
    PeriodOut,
    PublishedLine,
    PublishedOut,
    PublishedPage,
    RankedOut,
    RankingOut,
    WinnerOut,
)
from award.rounds.queries import round_for, stage_now, standing_in

router = APIRouter(tags=["results"])
READS = [Depends(TokenGuard(TokenScope.READ_RESULTS))]
OFFICE_READS = [Depends(TokenGuard(TokenScope.READ_RESULTS, guard.office_or_supervisor.roles))]
Category = Annotated[str, Path(pattern=r"^[a-z_]{1,16}$", examples=["organisation"])]
LIST = answers({"items": [LINE], "next": None}, link=True)


@router.get(
    "/results", summary=N_("The last notice and the last result of every round"),
    dependencies=READS, response_model=PublishedPage, responses=READ | {200: LIST},
)  # fmt: skip
def results(
    request: Request, session: RequestSession, page: Paged,
    kind: Annotated[Literal["notice", "result"] | None, Query(description="Only those of this kind.")] = None,
    round_id: Annotated[str | None, Query(alias="round", pattern=PATTERN, description="Only those of this round.")] = None,
) -> Response:  # fmt: skip
    """The last notice and the last result of every round."""
    found = [one for one in latest_of(session, "notice", "result") if kind in (None, one.kind) and round_id in (None, one.round)]
    rows = [PublishedLine(**_line(one)) for one in page.of(found, lambda one: one.public_id)]
    return listed(request, PublishedPage, rows, page, lambda one: one.id)


@router.get(
    "/results/{notice_id}", summary=N_("A notice or a result, a former one too"),
    dependencies=READS, response_model=PublishedOut, responses=READ | {200: answers(PUBLISHED)}
)
def one_result(request: Request, session: RequestSession, notice_id: PublicId) -> Response:
    """A notice or a result, a former one too."""
    found = snapshot_for(session, notice_id)
    if found.kind == "call":
        raise NotFound
    newer = successor_of(session, found)
    shown = PublishedOut(
        **_line(found), document_number=found.content["document_number"], groups=_groups(found), period=_period(found),
        gives="recommendation" if found.recommends else "award",
        newer=newer.public_id if newer else None,
    )  # fmt: skip
    return tagged(request, shown)


def _line(one: Published) -> dict[str, Any]:
    return {
        "id": one.public_id, "kind": one.kind, "round": one.round, "title": words(one.title), "published_at": one.published_at
    }  # fmt: skip


def _period(found: Published) -> PeriodOut | None:
    if found.kind != "notice":
        return None
    told = found.content
    first_day, last_day = (date.fromisoformat(told[key]) for key in ("first_day", "last_day"))
    return PeriodOut(first_day=first_day, last_day=last_day, closes_at=closes_at(found))


def _groups(found: Published) -> list[GroupOut]:
    revoked = found.content.get("revoked", {})
    return [
        GroupOut(
            category=group["category"], category_name=Words(**group["category_name"]), grade=group["grade"],
            grade_name=Words(**group["grade_name"]),
            winners=[
                WinnerOut(
                    application=one["application"], name=one["name"], name_en=one.get("name_en", ""), sector=one["sector"],
                    revoked=revoked.get(one["application"]),
                )
                for one in group["winners"]
            ],
        )
        for group in found.content["groups"]
    ]  # fmt: skip


@router.get(
    "/rounds/{round_id}/ranking/{category}", summary=N_("The ranking of a category"),
    dependencies=OFFICE_READS, response_model=RankingOut,
    responses=READ | problems(409) | {200: answers(RANKING)},
)  # fmt: skip
def ranking(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, category: Category
) -> Response:
    """The ranking of a category, once all its sheets are in; the one that was decided on as soon as there is a decision."""
    round_ = round_for(session, actor, round_id)
    require(Action.RESULT_READ, stage_now(round_, clock.now(session)), standing_in(actor, round_))
    if all(one.key != category for one in round_.scheme.categories):
        raise NotFound
    found = {one.category: (one, decision) for one, decision in queries.proposals_of(session, round_.id)}
    proposal, decision = found.get(category, (None, None))
    if decision is None and queries.closed_gates(session, round_, category):
        raise Conflict("gate.closed", N_("The ranking can be read once all score sheets of the category are in."))
    stands = queries.stored_ranking(proposal) if proposal and decision else ranking_of(session, round_, category)
    hidden = queries.hidden_from(session, actor, round_)
    decided = _decided(proposal) if decision else {}
    rows = [
        RankedOut(
            application=one.public_id, applicant=one.name, rank=one.rank,
            figure=None if one.published is None else str(one.published),
            proposed_grade=one.grade, decided_grade=decided.get(one.public_id),
        )
        for one in stands.lines
        if one.public_id not in hidden
    ]  # fmt: skip
    shown = RankingOut(
        round=round_id, category=category, is_decided=decision is not None, items=rows, hidden=len(stands.lines) - len(rows)
    )
    return tagged(request, shown)


def _decided(proposal: Proposal | None) -> dict[str, str | None]:
    return {line.application.public_id: line.decided_grade for line in proposal.lines} if proposal else {}
