"""Rounds for programs: to those who work in them as they stand, to everybody else as they were called."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Action, Actor, TokenScope
from award.kernel.errors import NotFound
from award.kernel.i18n import N_
from award.kernel.web.api import IN_DIGITS, READ, Paged, Words, answers, listed, tagged, words
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.policy import actions_of, decide
from award.rounds.models import Round, Snapshot
from award.rounds.queries import called_rounds, notices_until, rounds_by_id, rounds_of, stage_now, standing_in, title_of
from award.rounds.schemas import ROUND, RoundOut, Rounds, StageOut
from award.stages import INNER, Kind

router = APIRouter(prefix="/rounds", tags=["rounds"], dependencies=[Depends(TokenGuard(TokenScope.READ_ROUNDS))])
ACTIONS = (
    Action.APPLICATION_LIST, Action.RESULT_READ, Action.ROUND_ADVANCE, Action.ROUND_EDIT, Action.STAGE_EXTEND,
    Action.TRAIL_READ,
)  # fmt: skip
State = Literal["draft", "open", "closed", "archived", "cancelled"]


@router.get(
    "", summary=N_("Rounds one works in, and all that were called"),
    response_model=Rounds, responses=READ | {200: answers({"items": [ROUND], "next": None}, link=True)},
)  # fmt: skip
def rounds(
    request: Request, session: RequestSession, actor: CurrentActor, page: Paged,
    state: Annotated[State | None, Query(description="Only rounds in this state.")] = None,
    year: Annotated[int | None, Query(ge=1900, le=2199, description="Only rounds of this year."), IN_DIGITS] = None,
) -> Response:  # fmt: skip
    """The rounds the token's person works in, and all that were called."""
    found = [one for one, _ in _visible(session, actor)]
    wanted = [one for one in found if state in (None, one.state) and year in (None, one.year)]
    calls, ends, now = called_rounds(session), notices_until(session), clock.now(session)
    rows = [_shown(actor, one, calls.get(one.id), ends.get(one.id), now) for one in page.of(wanted, lambda one: one.public_id)]
    return listed(request, Rounds, rows, page, lambda one: one.id)


@router.get(
    "/{round_id}", summary=N_("One round with its stages"),
    response_model=RoundOut, responses=READ | {200: answers(ROUND)},
)  # fmt: skip
def one_round(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId) -> Response:
    """One round with its stages."""
    found = next(((one, call) for one, call in _visible(session, actor) if one.public_id == round_id), None)
    if found is None:
        raise NotFound
    ends_at = notices_until(session).get(found[0].id)
    return tagged(request, _shown(actor, *found, ends_at, clock.now(session)))


def _visible(session: Session, actor: Actor) -> list[tuple[Round, Snapshot | None]]:
    """Those he works in, read or not, and those everybody may read by their call."""
    now, calls = clock.now(session), called_rounds(session)
    own = {one.id: one for one in rounds_of(session, actor) if _works_in(actor, one, now)}
    others = rounds_by_id(session, calls.keys() - own.keys())
    return [(one, calls.get(one.id)) for one in (*own.values(), *others)]


def _works_in(actor: Actor, round_: Round, now: datetime) -> bool:
    return decide(Action.ROUND_READ, stage_now(round_, now), standing_in(actor, round_)).allowed


def _shown(actor: Actor, round_: Round, call: Snapshot | None, notice_ends: datetime | None, now: datetime) -> RoundOut:
    authority, award = round_.award.authority, round_.award
    inside = _works_in(actor, round_, now)
    stage, own = stage_now(round_, now), {} if notice_ends is None else {str(Kind.NOTICE): notice_ends}
    return RoundOut(
        id=round_.public_id, authority=words(authority.name),
        award=words(award.name), title=words(title_of(round_)), number=round_.number, year=round_.year,
        zone=authority.zone, state=round_.state, stage=stage.kind.value if inside else None,
        stages=_stages(round_, own) if inside else _called(call, own),
        actions=actions_of(ACTIONS, stage, standing_in(actor, round_)) if inside else None,
    )  # fmt: skip


def _stages(round_: Round, own: Mapping[str, datetime]) -> list[StageOut]:
    return [
        StageOut(
            kind=one.kind, title=words(round_.scheme.stage(one.kind).title), opens_at=one.opens_at,
            closes_at=own.get(one.kind, one.closes_at),
        )
        for one in round_.stages
    ]


def _called(call: Snapshot | None, own: Mapping[str, datetime]) -> list[StageOut]:
    content: Mapping[str, Any] = json.loads(call.content) if call else {"stages": []}
    return [
        StageOut(
            kind=one["kind"], title=Words(**one["title"]), opens_at=_moment(one["opens_at"]),
            closes_at=own.get(one["kind"], _moment(one["closes_at"])),
        )
        for one in content["stages"]
        if one["kind"] not in INNER
    ]


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
