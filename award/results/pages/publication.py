"""The publication of the result by a second person."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from award.kernel.actor import Action
from award.kernel.i18n import N_, Phrase
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.rendering import render
from award.policy import Decision
from award.regulations.model import Text
from award.results import papers, queries
from award.results.pages.desk import desk_of
from award.results.service import publishing
from award.rounds.queries import latest_snapshot
from award.rounds.schemes import Spoken, Tier, tiers_above

router = APIRouter(prefix="/office/rounds/{round_id}/results")


@router.get("/publish", dependencies=[Depends(guard.office_or_supervisor)])
def before_publishing(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """What publishing means, who will be named, and whether this person may."""
    desk = desk_of(session, actor, round_id, "results")
    _, found_approval, publication = desk.papers
    groups = papers.groups_of(desk.scheme, desk.decided) if not desk.hidden else []
    closed: Decision | Phrase | None = desk.says(Action.RESULT_PUBLISH)
    if not closed and found_approval is None:
        closed = Phrase(N_("Record the approval first."))
    elif not closed and any(one.state == "waiting" for one in queries.approvals_of(session, desk.round)):
        closed = Phrase(publishing.APPROVAL_WAITS)
    elif not closed and desk.is_decider:
        closed = Phrase(publishing.SECOND_PERSON)
    return render(
        request, session, "results/publish.html", **desk.place, groups=groups, approval=found_approval,
        publication=publication, closed=closed, steps=desk.steps,
        snapshot=latest_snapshot(session, desk.round.id, "result") if publication else None,
        tiers=[(one, _asked_of(groups, one)) for one in tiers_above(desk.scheme)] if publication and groups else [],
    )  # fmt: skip


def _asked_of(groups: Sequence[papers.Group], tier: Tier) -> list[tuple[Text, list[Spoken]]]:
    """What an award of a higher tier asks of each category in which somebody can be sent up to it."""
    categories = {one.category: one.category_name for one in groups}
    return [(name, asked) for key, name in categories.items() if (asked := tier.asks(key))]


@router.post("/publish", dependencies=[Depends(guard.office)])
def publish(session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Publishes the result."""
    desk = desk_of(session, actor, round_id, "results")
    publishing.publish_result(session, actor, desk.round, desk.now)
    return RedirectResponse(f"/office/rounds/{round_id}/results/publish", 303)
