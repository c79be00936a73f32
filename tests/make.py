"""Typed makers with valid defaults, so that a test says only what it is about."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.accounts.models import Grant, Person, SignIn
from award.accounts.queries import actor_for, hash_token
from award.kernel.actor import Actor, Role, Scope
from award.kernel.files.models import StoredFile
from award.kernel.mail.models import Message
from award.organisations.models import Claim, Organisation
from award.regulations.loader import canonical, sha256_of, shipped_criteria, shipped_schemes
from award.regulations.model import Scheme, StageRules, Text
from award.rounds.models import Authority, Award, Round, RoundRubric, RoundStage, Ruleset
from award.stages import Kind

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""What the fixture `clock` shows: Monday, 2 March 2026, 09:00 in Beijing."""
CODES = ("91350100M000100Y43", "914403001922038216", "9144030071526726XG", "91330100799655058B")
"""Credit codes whose check characters are right. Source: domain.md 4.3."""
_numbers = itertools.count(1)


def person(session: Session, name: str = "李敏", *, email: str = "") -> Person:
    """Somebody with an account and nothing granted."""
    number = next(_numbers)
    made = Person(
        username=f"person{number}", name=name, email=email or f"person{number}@example.cn", phone="", language="zh",
        created_at=NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def grant(session: Session, to: Person, role: Role, scope: Scope, scope_id: int, authority_id: int = 0) -> None:
    """A role in a scope, in force since long before. authority_id: for applicants."""
    valid_from = datetime(2020, 1, 1, tzinfo=UTC)
    session.add(Grant(person_id=to.id, role=role, scope=scope, scope_id=scope_id, authority_id=authority_id, valid_from=valid_from))
    session.flush()


def actor(session: Session, person: Person) -> Actor:
    """A person with what he holds now."""
    return actor_for(session, person, datetime.now(UTC))


def authority(session: Session, name: str = "云川市人民政府") -> Authority:
    """A government with an award office."""
    made = Authority(name_zh=name, name_en="People's Government of Yunchuan", contact="林晓 0552-3001234")
    session.add(made)
    session.flush()
    return made


def round_(
    session: Session, at: str = "apply", *, of: Authority | None = None, scheme: str | Scheme = "yunchuan-mayor", now: datetime = NOW
) -> Round:
    """An open round in a stage that opened a day ago and closes in 30 days; the stages after it follow on."""
    rules = shipped_schemes()[scheme] if isinstance(scheme, str) else scheme
    award = Award(authority=of or authority(session), name_zh=rules.award.zh, name_en=rules.award.en)
    kinds = [stage.kind for stage in rules.stages]
    made = Round(
        award=award, number=6, year=2026, scheme_sha256=_frozen(session, "scheme", canonical(rules)), state="open",
        position=kinds.index(at), created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for position, kind in enumerate(kinds):
        opens = now - timedelta(1) + timedelta(31) * (position - kinds.index(at))
        session.add(
            RoundStage(round_id=made.id, position=position, kind=kind, opens_at=opens, closes_at=opens + timedelta(31))
        )
    for category in rules.categories:
        criteria = _frozen(session, "criteria", canonical(shipped_criteria()[category.criteria]))
        session.add(RoundRubric(round_id=made.id, category=category.key, criteria_sha256=criteria))
    session.flush()
    return made


def scheme_of_all_stages() -> Scheme:
    """The award of the demonstration with every kind of stage there is; those it does not have are held on paper."""
    rules = shipped_schemes()["yunchuan-mayor"]
    own = {one.kind: one for one in rules.stages}
    return replace(rules, stages=tuple(own.get(kind, StageRules(kind, Text(kind, kind), 7, "paper")) for kind in Kind))


def _frozen(session: Session, kind: str, text: str) -> str:
    sha256 = sha256_of(text)
    if session.get(Ruleset, sha256) is None:
        session.add(Ruleset(sha256=sha256, kind=kind, text=text))
        session.flush()
    return sha256


def organisation(session: Session, name: str = "云川精密机械有限公司", *, code: str = CODES[0]) -> Organisation:
    """An organisation in the register."""
    made = Organisation(credit_code=code, name=name, address="云川市高新区一号", registered_at=NOW)
    session.add(made)
    session.flush()
    return made


def claim(session: Session, of: Organisation, by: Person, to: Authority, *, state: str = "confirmed") -> Claim:
    """Somebody's word that he acts for an organisation, as an office has decided it."""
    made = Claim(organisation_id=of.id, person_id=by.id, authority_id=to.id, state=state, made_at=NOW)
    session.add(made)
    session.flush()
    return made


def owner(session: Session, of: Organisation, to: Authority, name: str = "李敏", *, state: str = "confirmed") -> Person:
    """Somebody who acts for an organisation, his claim decided so."""
    made = person(session, name)
    grant(session, made, Role.APPLICANT, Scope.ORGANISATION, of.id, to.id)
    claim(session, of, made, to, state=state)
    return made


def officer(session: Session, of: Authority, name: str = "林晓", *, role: Role = Role.AWARD_OFFICE) -> Person:
    """Somebody of the award office (or, by role, its supervisor)."""
    made = person(session, name)
    grant(session, made, role, Scope.AUTHORITY, of.id)
    return made


def signed_in(session: Session, who: Person, now: datetime = NOW) -> str:
    """A running session; answers with the cookie that stands for it."""
    token = f"token-{next(_numbers)}-of-{who.username}"
    session.add(
        SignIn(
            token_hash=hash_token(token), person_id=who.id, created_at=now, seen_at=now, ends_at=now + timedelta(hours=12),
            address="127.0.0.1", agent="test",
        )
    )  # fmt: skip
    session.flush()
    return token


def asked(session: Session) -> list[tuple[str, str, str]]:
    """Who was written to that something waits for a second person: public id, what it is, whom it is about; in order."""
    query = select(Message, Person.public_id).join(Person, Person.id == Message.person_id)
    rows = session.execute(query.where(Message.template == "second_person").order_by(Message.id))
    told = [(public_id, json.loads(message.context)) for message, public_id in rows]
    return [(public_id, context["what"], context["about"]) for public_id, context in told]


def stored_file(session: Session) -> int:
    """A signed record as it is kept; its inner number."""
    made = StoredFile(
        sha256="5" * 64, size=1, name="record.pdf", media_type="application/pdf", extension="pdf", purpose="outcome", created_at=NOW
    )
    session.add(made)
    session.flush()
    return made.id
