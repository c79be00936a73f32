"""Who is writing where now: an open form says so now and then, and hears who else is there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.pages import views
from award.applications.people import AtWork, at_work
from award.applications.service.writing import FACTS
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession

router = APIRouter(prefix="/apply/{application_id}/at-work", dependencies=[Depends(guard.applicants)])
Part = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]


def busy_line(desk: views.Desk, one: AtWork) -> str:
    """Who is writing, or only has it open, and since when nothing was heard of him, without the part."""
    minutes = int((desk.now - one.at).total_seconds() // 60)
    if minutes < 1:
        return desk.tell(N_("{by} is writing now") if one.is_writing else N_("{by} has it open now"), {"by": one.name})
    text = N_("{by} is writing, {minutes} min ago") if one.is_writing else N_("{by} had it open {minutes} min ago")
    return desk.tell(text, {"by": one.name, "minutes": minutes})


@router.post("/{part}")
def beat(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId, part: Part) -> Response:
    """An open form's sign, sent by static/live.js; answers with the line that says who else is at work there."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    if part != FACTS and desk.part(part) is None:
        raise NotFound
    service.be_at_work(session, actor, application, part, desk.now)
    return PlainTextResponse(others_line(session, actor, desk, part))


def others_line(session: Session, actor: Actor, desk: views.Desk, part: str) -> str:
    """Who else is writing a part now, as one line; "" for nobody."""
    return " · ".join(busy_line(desk, one) for one in at_work(session, actor, desk.application, desk.now, part))
