"""The first steps of the demonstration: its people, its authority, its pool of judges, and a round with its call."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from award.demo.world import ZONE, Judge, World, local
from award.kernel import clock
from award.kernel.actor import SYSTEM, Role, Scope
from award.office.service import advance
from award.panels.service import add_judge
from award.regulations.loader import shipped_schemes
from award.rounds.models import Authority, Award
from award.rounds.planning import proposed_dates
from award.rounds.queries import calendar_of, frame_for, stage_of
from award.rounds.service import (
    create_authority,
    create_award,
    create_round,
    publish_call,
    seed_calendar,
    set_dates,
    set_year,
)

SCHEME = "yunchuan-mayor"
PREPARATION = timedelta(days=14)
DAYS_TO_PUBLICATION = 45 + 15 + 7 + 30 + 12 + 15 + 6
"""From the first day of applications until the demonstration's today, in the first week after publication."""

STAFF = (
    ("admin", "许静", Role.SYSTEM_ADMINISTRATOR),
    ("security", "顾鸣", Role.SECURITY_ADMINISTRATOR),
    ("linxiao", "林晓", Role.AWARD_OFFICE),
    ("chenjing", "陈静", Role.AWARD_OFFICE),
    ("zhaolan", "赵岚", Role.SUPERVISOR),
    ("sunyi", "孙毅", Role.COMMITTEE_MEMBER),
)
OFFICE, SECOND = "linxiao", "chenjing"


@dataclass(frozen=True)
class JudgeStory:
    """A judge before he is entered."""

    username: str
    name: str
    institution: str
    title: str
    speciality: str
    region: str
    severity: float


def found(world: World, judges: list[JudgeStory]) -> None:
    """Enters the authority, its people and its pool of judges."""
    with world.act() as session:
        seed_calendar(session)
        authority = create_authority(
            session, SYSTEM, "云川市人民政府", "People's Government of Yunchuan", ZONE, world.now,
            division_code="349900", contact="林晓 0599-3100088",
        )  # fmt: skip
        world.authority_id = authority.id
        for username, name, role in STAFF:
            person = world.person(session, username, name, f"{username}@yunchuan.example")
            is_system = role in (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
            scope = Scope.SYSTEM if is_system else Scope.AUTHORITY
            world.grant(session, person, role, scope, 0 if is_system else authority.id)
    with world.act() as session:
        office = world.actor(session, OFFICE)
        authority = session.get_one(Authority, world.authority_id)
        award = create_award(session, office, authority, "云川市市长质量奖", "Yunchuan Mayor's Quality Award", world.now)
        world.award_id = award.id
    _enter_judges(world, judges)


def _enter_judges(world: World, judges: list[JudgeStory]) -> None:
    with world.act() as session:
        office = world.actor(session, OFFICE)
        authority = session.get_one(Authority, world.authority_id)
        for one in judges:
            person = world.person(session, one.username, one.name, f"{one.username}@judges.example")
            add_judge(
                session, office, authority, person, institution=one.institution, title=one.title,
                speciality=one.speciality, region=one.region, last_day=date(world.now.year + 4, 12, 31),
                now=world.now,
            )  # fmt: skip
            world.judges.append(Judge(one.username, person.id, one.institution, one.severity))


def open_round(world: World, number: int, first_day: date, *, year: int, enter: bool) -> None:
    """Prepares a round whose applications open on a day and publishes its call; with enter it moves on that day."""
    with world.act() as session:
        office = world.actor(session, OFFICE)
        round_ = create_round(
            session, office, session.get_one(Award, world.award_id), number, year, SCHEME, world.now
        )
        world.round_id = round_.id
    with world.act(world.after(60)) as session:
        office, round_ = world.actor(session, OFFICE), world.round(session)
        frame = frame_for(session, round_, world.now)
        dates = proposed_dates(shipped_schemes()[SCHEME], frame, first_day)
        set_dates(session, office, round_, dates, round_.version, world.now)
    with world.act(world.after(30)) as session:
        publish_call(session, world.actor(session, OFFICE), world.round(session), world.now)
    if not enter:
        return
    with world.act(local(first_day, 0, 5)) as session:
        round_ = world.round(session)
        advance(session, world.actor(session, OFFICE), round_, round_.version, world.now)


def move_on(world: World) -> None:
    """Moves the round into its next stage, once the present one is over."""
    with world.act() as session:
        closes_at = stage_of(world.round(session)).closes_at
    at = world.after(5) if closes_at is None else max(world.after(5), closes_at + timedelta(minutes=5))
    with world.act(at) as session:
        round_ = world.round(session)
        advance(session, world.actor(session, OFFICE), round_, round_.version, world.now)


def know_years(world: World) -> None:
    """Where the demonstration runs in a year whose holidays are not announced, its office enters that year as it is."""
    with world.act() as session:
        known = calendar_of(session).announced
        today = world.now.astimezone(ZoneInfo(ZONE)).date()
        for year in {today.year, (today + timedelta(220)).year} - set(known):
            if year <= clock.real_now().year:
                set_year(session, world.actor(session, OFFICE), year, "demonstration: weekends only", may_be_empty=True)

