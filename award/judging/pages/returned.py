"""The returns of a round, judge by judge: the supervisor and the office see whether anybody was pressed."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from award.judging.pages import views
from award.judging.returns import Change, Return, count_of, returns_in, sheets_in
from award.judging.service.returning import LEADER, OFFICE
from award.kernel import clock
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.rendering import render
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for

router = APIRouter(prefix="/office/rounds/{round_id}", dependencies=[Depends(guard.office_or_supervisor)])

BY = {OFFICE: N_("award office"), LEADER: N_("leader of the panel")}
"""In what part somebody gave a sheet back."""


@router.get("/returns")
def returned_sheets(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """Who was given sheets back, how often, by whom and why; what changed only where values are open to the reader."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    place = place_of(actor, round_, "progress", now)
    found = returns_in(session, actor, round_, now)
    return render(
        request, session, "judging/returned.html", **place, judges=[_judge(one) for one in found.values()],
        by=BY, count=count_of(found),
        sheets=sum(map(sheets_in, found.values())), changed=sum(_has_changed(one) for all_ in found.values() for one in all_),
        knows_all=all(one.change for all_ in found.values() for one in all_),
    )  # fmt: skip


def _judge(returns: Sequence[Return]) -> dict[str, Any]:
    return {
        "name": returns[0].judge, "count": len(returns), "sheets": sheets_in(returns),
        "returns": [{"of": one, "change": _in_words(one.change)} for one in returns],
    }  # fmt: skip


def _has_changed(one: Return) -> bool:
    return one.change is not None and one.change.before != one.change.after


def _in_words(change: Change | None) -> dict[str, str] | None:
    """Both totals and by how much the second is higher (+) or lower (−)."""
    if change is None:
        return None
    by = change.after - change.before
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    return {
        "before": views.points_text(change.before), "after": views.points_text(change.after),
        "by": f"{sign}{views.points_text(abs(by))}",
    }  # fmt: skip
