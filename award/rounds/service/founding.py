"""Making authorities, awards and rounds."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.kernel.actor import SYSTEM, Actor, Role, Scope
from award.kernel.audit.trail import ADMIN, record, round_stream
from award.kernel.errors import Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.regulations.loader import canonical, sha256_of, shipped_criteria, shipped_schemes
from award.regulations.model import Criteria, Scheme
from award.regulations.naming import in_the_name_of
from award.rounds.models import Authority, Award, Round, RoundRubric, RoundStage, Ruleset


def create_authority(
    session: Session, actor: Actor, name_zh: str, name_en: str, zone: str, now: datetime, *,
    division_code: str = "", contact: str = "",
) -> Authority:  # fmt: skip
    """Enters a government whose award office will work here.

    zone: IANA name of the clock its deadlines are meant by. division_code: GB/T 2260, six digits, or "".
    Raises Refused for anybody but the system administrator, Invalid for an unknown zone or another division code.
    """
    _require_administrator(actor)
    _check_division(division_code)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid.one("zone", N_("There is no time zone {zone}; write it like Asia/Shanghai."), zone=zone) from error
    authority = Authority(
        name_zh=name_zh, name_en=name_en, zone=zone, division_code=division_code, contact=contact
    )
    session.add(authority)
    session.flush()
    content = {"name": name_zh, "zone": zone, "division_code": division_code}
    record(session, actor, Event.AUTHORITY_CREATED, f"authority:{authority.public_id}", ADMIN, content)
    return authority


def change_authority(
    session: Session, actor: Actor, authority: Authority, name_zh: str, name_en: str, *, division_code: str, contact: str
) -> None:
    """Corrects what an authority is called and who answers questions; its clock stays, deadlines are meant by it.

    Nothing changed, nothing is recorded. Raises Refused for anybody but the system administrator, Invalid for another
    division code.
    """
    _require_administrator(actor)
    _check_division(division_code)
    wanted = {"name_zh": name_zh, "name_en": name_en, "division_code": division_code, "contact": contact}
    changed = {key: value for key, value in wanted.items() if getattr(authority, key) != value}
    for key, value in changed.items():
        setattr(authority, key, value)
    if changed:
        record(session, actor, Event.AUTHORITY_CHANGED, f"authority:{authority.public_id}", ADMIN, changed)


def rename_award(session: Session, actor: Actor, award: Award, name_zh: str, name_en: str) -> None:
    """Corrects what an award is called; what has been published keeps the name it was published under.

    The same names again change nothing. Raises Refused for anybody but the system administrator, Invalid for a name
    another award of the authority has.
    """
    _require_administrator(actor)
    if (award.name_zh, award.name_en) == (name_zh, name_en):
        return
    same = select(Award.id).where(Award.authority_id == award.authority_id, Award.name_zh == name_zh, Award.id != award.id)
    if session.scalar(same) is not None:
        raise Invalid.one("name_zh", N_("This authority has another award of this name. Enter a name of its own."))
    award.name_zh, award.name_en = name_zh, name_en
    record(session, actor, Event.AWARD_CHANGED, f"award:{award.public_id}", ADMIN, {"name_zh": name_zh, "name_en": name_en})


def _require_administrator(actor: Actor) -> None:
    if actor is not SYSTEM and Role.SYSTEM_ADMINISTRATOR not in actor.roles:
        raise Refused("role.cannot", N_("Only the system administrator enters authorities."))


def _check_division(division_code: str) -> None:
    if division_code and not re.fullmatch(r"[0-9]{6}", division_code):
        raise Invalid.one("division_code", N_("A division code has six digits, for example 340300."))


def set_contact(session: Session, actor: Actor, authority: Authority, contact: str) -> None:
    """Says who answers questions. Raises NotFound for a stranger to the authority."""
    _office_of(actor, authority)
    if authority.contact != contact:
        authority.contact = contact
        obj = f"authority:{authority.public_id}"
        record(session, actor, Event.AUTHORITY_CHANGED, obj, ADMIN, {"contact": contact})


def create_award(
    session: Session, actor: Actor, authority: Authority, name_zh: str, name_en: str, now: datetime
) -> Award:
    """Enters an award the authority gives. Asked again with the same name, answers with the first.

    Raises NotFound for a stranger to the authority.
    """
    _office_of(actor, authority)
    query = select(Award).where(Award.authority_id == authority.id, Award.name_zh == name_zh)
    existing = session.scalar(query)
    if existing is not None:
        return existing
    award = Award(authority=authority, authority_id=authority.id, name_zh=name_zh, name_en=name_en)
    session.add(award)
    session.flush()
    record(session, actor, Event.AWARD_CREATED, f"award:{award.public_id}", ADMIN, {"name": name_zh})
    return award


def create_round(
    session: Session, actor: Actor, award: Award, number: int, year: int, scheme_name: str, now: datetime
) -> Round:
    """Opens a round for preparation: freezes the scheme, in the name of the authority and the award, and the criteria of
    its categories, and lays out its stages.

    number: which round of the award it is, from 1. scheme_name: a key of rubrics/schemes.
    Raises NotFound for a stranger, Invalid for an unknown scheme or a number that is taken.
    """
    _office_of(actor, award.authority)
    scheme = shipped_schemes().get(scheme_name)
    if scheme is None:
        raise Invalid.one("scheme", N_("There is no scheme {name}; choose one of the list."), name=scheme_name)
    if session.scalar(select(Round.id).where(Round.award_id == award.id, Round.number == number)) is not None:
        raise Invalid.one("number", N_("This award already has a round {number}; take the next number."), number=number)
    scheme = in_the_name_of(scheme, award.authority.name, award.name)
    round_ = Round(
        award=award, award_id=award.id, number=number, year=year, scheme_sha256=_freeze(session, scheme),
        created_at=now, created_by=actor.person_id,
    )  # fmt: skip
    round_.stages = [RoundStage(position=n, kind=stage.kind) for n, stage in enumerate(scheme.stages)]
    round_.stages[0].entered_at = now
    round_.rubrics = [
        RoundRubric(category=category.key, criteria_sha256=_freeze(session, shipped_criteria()[category.criteria]))
        for category in scheme.categories
    ]
    session.add(round_)
    session.flush()
    content = {
        "award": award.public_id, "number": number, "year": year, "scheme": scheme.key, "edition": scheme.edition,
        "scheme_sha256": round_.scheme_sha256,
        "criteria": {rubric.category: rubric.criteria_sha256 for rubric in round_.rubrics},
    }  # fmt: skip
    obj = f"round:{round_.public_id}"
    stream = round_stream(round_.public_id)
    record(session, actor, Event.ROUND_CREATED, obj, stream, content, stage="setup", rules=round_.scheme_sha256)
    return round_


def _office_of(actor: Actor, authority: Authority) -> None:
    if actor is not SYSTEM and not actor.has(Role.AWARD_OFFICE, Scope.AUTHORITY, authority.id):
        raise NotFound


def _freeze(session: Session, rules: Scheme | Criteria) -> str:
    text = canonical(rules)
    sha256 = sha256_of(text)
    if session.get(Ruleset, sha256) is None:
        session.add(Ruleset(sha256=sha256, kind="scheme" if isinstance(rules, Scheme) else "criteria", text=text))
        session.flush()
    return sha256
