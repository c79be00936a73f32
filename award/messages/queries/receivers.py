"""Who is meant by a group, and who may be written to at all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person
from award.applications.facts import NOMINEE
from award.applications.models import LIVE, Application, entrant_of
from award.applications.queries import ACTS_FOR, LEFT_OUT_IN, WORKS_FOR, is_barred
from award.judging.models import Sheet
from award.kernel.actor import Actor, Role
from award.kernel.i18n import format_moment
from award.messages.groups import PRESENT, Group
from award.organisations.models import Organisation
from award.rounds.models import Round
from award.rounds.people import holds, is_reachable
from award.rounds.queries import dates_of, stage_of, title_of
from award.standing.models import Assignment, Conflict, Declaration


@dataclass(frozen=True)
class Receiver:
    """A person of a group, once, whatever number of things he is in it for. values: what fills the texts for him."""

    person: Person
    about: str
    values: dict[str, str]


def contacts(round_: Round, states: Sequence[str], now: datetime) -> Select[Person, Application, str]:
    """Contact persons of applications in some states, with the application and its organisation's name.

    What came on paper has none until somebody takes it up: until then everybody who acts for the organisation and so can
    submit it.
    """
    can_submit = select(Grant.person_id).where(ACTS_FOR).correlate(Application)
    untaken = and_(Application.contact_person_id.is_(None), Person.id.in_(can_submit))
    return (
        select(Person, Application, Organisation.name)
        .select_from(Application)
        .join(Person, or_(Person.id == Application.contact_person_id, untaken))
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.round_id == round_.id, Application.state.in_(states), is_reachable(now))
        .order_by(Person.id, Application.id)
    )


def seats(round_: Round, open_work: str, now: datetime) -> Select[Person, Application, str]:
    """Judges with a seat on a panel, with its application; of those with open work, only where it is open.

    Whoever has a conflict with the application, or works for the applicant, has no work there any more. open_work: "",
    "sheet", "declaration", "any" of the two.
    """
    query = (
        select(Person, Application, Organisation.name)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Sheet, Sheet.assignment_id == Assignment.id)
        .where(
            Assignment.round_id == round_.id, Assignment.state == "active", Application.state.in_(LIVE), is_reachable(now),
            holds(Role.JUDGE, round_, now),
            ~exists().where(Conflict.person_id == Person.id, Conflict.application_id == Application.id),
            ~exists().where(Grant.person_id == Person.id, WORKS_FOR),
        )
        .order_by(Person.id, Application.id)
    )  # fmt: skip
    signed = exists().where(Declaration.person_id == Person.id, Declaration.application_id == Application.id)
    wanting = or_(Sheet.id.is_(None), Sheet.state != "submitted")
    wanted = {"declaration": ~signed, "sheet": and_(signed, wanting), "any": or_(~signed, wanting), "": true()}
    return query.where(wanted[open_work])


def entrants(session: Session, query: Select[Person, Application, str]) -> list[tuple[Person, Application, str]]:
    """What `contacts` and `seats` find, with whom each application enters in place of the organisation."""
    rows = session.execute(query).all()
    return [(person, one, entrant_of(one.profile.get(NOMINEE), name)) for person, one, name in rows]


def receivers_of(session: Session, actor: Actor, round_: Round, group: Group, now: datetime) -> list[Receiver]:
    """Everybody in a group, each once. For an application the actor has a conflict with, nobody is meant."""
    query = contacts(round_, group.states, now) if group.states else seats(round_, group.open_work, now)
    if group.left_out is not None:
        query = query.where(LEFT_OUT_IN.is_not(None) if group.left_out else LEFT_OUT_IN.is_(None))
    clear = query.where(~is_barred(actor))
    by_person: dict[int, list[tuple[Person, Application, str]]] = {}
    for person, application, name in entrants(session, clear):
        by_person.setdefault(person.id, []).append((person, application, name))
    has_own = bool(group.states or group.open_work)
    count = Counter[int]() if has_own else _open_work(session, actor, round_, now)
    return [_receiver(round_, group, rows, len(rows) if has_own else count[id_], now) for id_, rows in by_person.items()]


def _open_work(session: Session, actor: Actor, round_: Round, now: datetime) -> Counter[int]:
    """Judge -> sheets and declarations he owes, as his own list of reviews has it: none once scoring is over."""
    if stage_of(round_).kind not in ("assign", "score"):
        return Counter()
    return Counter(person.id for person, *_ in session.execute(seats(round_, "any", now).where(~is_barred(actor))))


def end_ahead(round_: Round, now: datetime) -> datetime | None:
    """The end of the present stage; None where it has none, or where that has passed."""
    closes_at = stage_of(round_).closes_at
    return closes_at if closes_at is not None and closes_at > now else None


def _receiver(
    round_: Round, group: Group, rows: Sequence[tuple[Person, Application, str]], count: int, now: datetime
) -> Receiver:
    person, first, _ = rows[0]
    language = person.language
    comma = "、" if language == "zh" else ", "
    values = {
        "name": person.name,
        "round": title_of(round_).in_language(language),
        "deadline": _deadline(round_, group, [one for _, one, _ in rows], language, now),
    }
    if not group.states:
        return Receiver(person, "", {**values, "count": str(count)})
    values["organisation"] = comma.join(dict.fromkeys(name for _, _, name in rows))
    values["number"] = comma.join(one.number or "—" for _, one, _ in rows)
    return Receiver(person, f"application:{first.public_id}", values)


def _deadline(round_: Round, group: Group, applications: Sequence[Application], language: str, now: datetime) -> str:
    if group.deadline == PRESENT:
        closes_at = end_ahead(round_, now)
    elif group.deadline:
        closes_at = dates_of(round_).get(group.deadline, (None, None))[1]
    else:
        closes_at = min((one.correction_due_at for one in applications if one.correction_due_at), default=None)
    return format_moment(language, closes_at, round_.award.authority.zone, with_zone=True) if closes_at else "—"
