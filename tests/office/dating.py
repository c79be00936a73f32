"""Other dates for a stage, looked at and then decided on, as the pages do it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from award.kernel.actor import Actor
from award.office.redating import Wanted, change_dates, outlook_of
from award.rounds.models import DateChange, Round, StageExtension
from award.rounds.queries import stage_of
from tests import make
from tests.office.desk import Desk


def dated(session: Session, actor: Actor, round_: Round, wanted: Wanted, now: datetime = make.NOW) -> StageExtension | DateChange:
    """The decision, or what waits for a second person."""
    return change_dates(session, actor, round_, wanted, outlook_of(session, actor, round_, wanted, now).seen, now)


def extended(session: Session, actor: Actor, round_: Round, end: datetime, now: datetime = make.NOW) -> StageExtension | DateChange:
    """A later end of the present stage."""
    return dated(session, actor, round_, Wanted(stage_of(round_).kind, None, end, "台风停工"), now)


def sent(desk: Desk, client: Any, who: str, path: str, data: dict[str, str]) -> Any:
    """The form of other dates, sent again from the page that shows what they move."""
    page = desk.post(client, who, path, data)
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    return desk.post(client, who, path, data | {"seen": seen}) if seen else page
