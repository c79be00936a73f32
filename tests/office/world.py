"""Applications with panels and sheets put into a round directly, where a test is about the office and not about how they came."""

from datetime import datetime

from sqlalchemy.orm import Session

import award.models  # noqa: F401 (tables refer to each other across features)
from award.accounts.models import Person
from award.applications.models import Application
from award.judging.models import Sheet
from award.organisations.models import Organisation
from award.rounds.models import Round
from award.standing.models import Assignment
from tests import make


def application(session: Session, round_: Round, number: int, state: str = "accepted", sector: str = "manufacturing") -> Application:
    """One more application. number: of the round, shown as 2026-<number>."""
    organisation = Organisation(
        credit_code=f"91340100TEST{number:06}", name=f"云川第{number}机械有限公司", registered_at=make.NOW
    )
    session.add(organisation)
    session.flush()
    made = Application(
        round_id=round_.id, organisation_id=organisation.id, category=round_.rubrics[0].category, sector=sector,
        number=f"2026-{number:03}", state=state, contact_person_id=make.person(session).id, started_at=make.NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def panel(session: Session, of: Application, judges: list[Person], *, leader: bool = True) -> list[Assignment]:
    """Judges on the panel of an application, the first its leader."""
    made = [
        Assignment(
            round_id=of.round_id, application_id=of.id, person_id=judge.id, is_leader=leader and place == 0,
            assigned_at=make.NOW,
        )
        for place, judge in enumerate(judges)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def sheet(session: Session, of: Assignment, total: int | None, now: datetime = make.NOW) -> Sheet:
    """A sheet; with a total in hundredths of a point it is submitted."""
    made = Sheet(
        assignment_id=of.id, round_id=of.round_id, application_id=of.application_id, person_id=of.person_id,
        state="in_progress" if total is None else "submitted", marks={"4.1.2": 50}, total_hundredths=total,
        started_at=now, submitted_at=None if total is None else now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def judges(session: Session, count: int) -> list[Person]:
    """People to sit on panels."""
    return [make.person(session, f"评审员{number}") for number in range(count)]
