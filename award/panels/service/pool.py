"""Who is in an authority's pool of judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.accounts.queries import person_by_account
from award.accounts.service import give_grant
from award.accounts.service.people import enter_person
from award.accounts.service.resets import link_for_new_person
from award.kernel import clock
from award.kernel.actor import Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record
from award.kernel.errors import FieldError, Invalid, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_, spoken
from award.kernel.mail.service import send
from award.panels import queries
from award.panels.models import PoolMember
from award.rounds.models import Authority
from award.rounds.queries import authority_in_letters

DAY_OVER = N_("This day is over. Enter the last day on which the judge is to serve.")
INSTITUTION_MISSING = N_("Enter the institution; it decides who can sit on a panel together.")


@dataclass(frozen=True)
class Facts:
    """What the office keeps about a judge. speciality: management, industry or finance, as the office groups them."""

    institution: str
    title: str = ""
    speciality: str = ""
    region: str = ""
    last_day: date | None = None
    """None: as it is, or as the authority's rounds run."""

    def as_map(self) -> dict[str, str]:
        """By column name, as texts."""
        last_day = {} if self.last_day is None else {"last_day": self.last_day.isoformat()}
        return {
            "institution": self.institution, "title": self.title, "speciality": self.speciality, "region": self.region,
            **last_day,
        }  # fmt: skip


def facts_of(member: PoolMember) -> Facts:
    """What is kept about a judge now."""
    return Facts(member.institution, member.title, member.speciality, member.region, member.last_day)


def add_judge(
    session: Session,
    actor: Actor,
    authority: Authority,
    person: Person,
    *,
    institution: str,
    title: str = "",
    speciality: str = "",
    region: str = "",
    last_day: date | None = None,
    now: datetime,
) -> PoolMember:
    """Takes a person into an authority's pool of judges and gives him the role. One who is in it already stays as he is.

    last_day: of the appointment; None: until the authority's rounds have ended.
    Raises Refused for anybody but the authority's office, Invalid without an institution or for a day that is over.
    """
    require_office(actor, authority)
    if not institution.strip():
        raise Invalid.one("institution", INSTITUTION_MISSING)
    existing = queries.member_of(session, authority.id, person.id)
    if existing is not None:
        return existing
    last_day = last_day or default_last_day(session, authority, now)
    until = _end_of(last_day, authority, now)
    member = PoolMember(
        authority_id=authority.id, person_id=person.id, institution=institution, title=title, speciality=speciality,
        region=region, last_day=last_day, added_at=now,
    )  # fmt: skip
    member.person = person
    session.add(member)
    give_grant(session, actor, person, Role.JUDGE, Scope.AUTHORITY, authority.id, now, until)
    session.flush()
    content = {
        "person": person.public_id, "institution": institution, "speciality": speciality, "last_day": str(last_day),
        "active": True,
    }  # fmt: skip
    record(session, actor, Event.JUDGE_ADDED, f"judge:{member.public_id}", ADMIN, content)
    return member


def add_by_hand(
    session: Session, actor: Actor, authority: Authority, name: str, email: str, facts: Facts, now: datetime
) -> PoolMember:
    """Takes somebody into the pool by name and address; who has no account yet gets one, and a link for its password.

    Raises Refused for anybody but the authority's office, Invalid for a name, address or institution that is missing or
    cannot be used. Effects: a message to the judge.
    """
    require_office(actor, authority)
    if not name.strip():
        raise Invalid.one("name", N_("Fill this in."))
    if not facts.institution.strip():
        raise Invalid.one("institution", INSTITUTION_MISSING)
    email = email.strip().lower()
    person = person_by_account(session, email)
    is_new = person is None
    if person is None:
        try:
            person = enter_person(session, actor, username=email, name=name, email=email, now=clock.real_now())
        except Invalid as error:
            # The address is the sign-in name here, so that is what the page has to point at.
            raise Invalid.one("email", error.errors[0].text, **error.errors[0].params) from error
    elif queries.member_of(session, authority.id, person.id) is not None:
        raise Invalid.one("email", N_("The judge with this address is in the pool already."))
    member = add_judge(session, actor, authority, person, **vars(facts), now=now)
    office = authority_in_letters(session, authority)
    if is_new:
        link_for_new_person(session, actor, person, clock.real_now(), template="judge_invited", authority=office)
    else:
        given = {"name": person.name, "authority": spoken(person.language, office)}
        send(session, person.email, "judge_added", given, person.language, person_id=person.id)
    return member


def default_last_day(session: Session, authority: Authority, now: datetime) -> date:
    """The last planned day of the authority's rounds that still run, or a year from today where none is dated."""
    closes_at = queries.last_closing(session, authority.id)
    if closes_at is None or closes_at <= now:
        closes_at = now + timedelta(365)
    # A day alone means 24:00 of it, so that midnight still belongs to the day before.
    return authority.day_of(closes_at - timedelta(microseconds=1))


def _end_of(last_day: date, authority: Authority, now: datetime) -> datetime:
    """24:00 of the last day on the authority's clock. Raises Invalid for a day that is over."""
    until = authority.end_of(last_day).astimezone(UTC)
    if until <= now:
        raise Invalid.one("last_day", DAY_OVER)
    return until


def change_judge(
    session: Session, actor: Actor, authority: Authority, member: PoolMember, facts: Facts, now: datetime
) -> PoolMember:
    """Corrects what is kept about a judge; nothing is recorded where nothing changes. Another last day ends the role then.

    Raises Refused for anybody but the authority's office, Invalid without an institution or for a day that is over.
    """
    require_office(actor, authority)
    if not facts.institution.strip():
        raise Invalid.one("institution", INSTITUTION_MISSING)
    before = facts_of(member).as_map()
    changed: Mapping[str, str] = {key: value for key, value in facts.as_map().items() if before[key] != value}
    if "last_day" in changed and facts.last_day is not None:
        until = _end_of(facts.last_day, authority, now)
        give_grant(session, actor, member.person, Role.JUDGE, Scope.AUTHORITY, authority.id, now, until)
    for key in changed:
        setattr(member, key, getattr(facts, key))
    if changed:
        record(session, actor, Event.JUDGE_CHANGED, f"judge:{member.public_id}", ADMIN, dict(changed))
    return member


def renew_judges(
    session: Session, actor: Actor, authority: Authority, members: Sequence[PoolMember], last_day: date | None, now: datetime
) -> int:
    """Gives several appointments one new last day, as an act of its own for each; answers how many have changed.

    Raises Refused for anybody but the authority's office, Invalid for nobody, no day or a day that is over.
    """
    require_office(actor, authority)
    errors = [] if members else [FieldError("ticked", N_("Tick at least one judge."))]
    if last_day is None:
        errors.append(FieldError("renewed_until", N_("Enter the last day of the appointments.")))
    elif authority.end_of(last_day) <= now:
        errors.append(FieldError("renewed_until", DAY_OVER))
    if errors:
        raise Invalid(errors)
    renewed = [one for one in members if one.last_day != last_day]
    for member in renewed:
        change_judge(session, actor, authority, member, replace(facts_of(member), last_day=last_day), now)
    return len(renewed)


def set_active(session: Session, actor: Actor, authority: Authority, member: PoolMember, is_active: bool) -> PoolMember:
    """Lets a judge rest, or takes him back: who rests is not offered for panels; seats he has stay.

    Raises Refused for anybody but the authority's office.
    """
    require_office(actor, authority)
    if member.is_active != is_active:
        member.is_active = is_active
        record(session, actor, Event.JUDGE_CHANGED, f"judge:{member.public_id}", ADMIN, {"active": is_active})
    return member


def require_office(actor: Actor, authority: Authority) -> None:
    """Raises Refused for anybody but the office of the authority."""
    if not actor.has(Role.AWARD_OFFICE, Scope.AUTHORITY, authority.id):
        raise Refused("role.cannot", N_("Only the award office of this authority keeps its pool of judges."))
