"""Beginning an application and writing in it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications.check import PartRule, fact_error, parts_of
from award.applications.facts import LONGEST, facts_of, plain_value
from award.applications.models import Answer, AnswerRevision, Application
from award.applications.service.holding import hold_to_write, note, person_of, require_open, take_up
from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.errors import Conflict, Invalid, NotFound, Stale
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.organisations.models import Organisation
from award.policy import Standing, require
from award.rounds.models import Round
from award.rounds.queries import criteria_of, guarded_stage
from award.stages import StageNow, Who
from award.standing.queries import own_part, roles_in_round

COLLAPSE = timedelta(minutes=10)
"""Of the versions one author saves in this time, the first is kept."""
LONGEST_DRAFT = 200_000
"""Characters a draft of one part may have at all, whatever the scheme's limit; against floods."""
FACTS = "facts"
"""The name under which rejected facts are kept among the earlier versions."""


@dataclass(frozen=True)
class Draft:
    """The text of a part as `save_answer` takes it."""

    text: str
    is_complete: bool | None
    version: int
    keeps: bool = False


def start_application(
    session: Session, actor: Actor, round_: Round, organisation: Organisation, category: str, sector: str, now: datetime
) -> Application:
    """Begins an organisation's entry in a category of a round; asked again, answers with the one that is there.

    Raises Refused (not open, or past the deadline), Invalid (no such category or sector), Conflict (withdrawn before, or the
    actor holds a role in the round).
    """
    stage = guarded_stage(session, round_, now)
    acts_for_it = actor.acts_for(organisation.id, round_.award.authority_id)
    require(
        Action.APPLICATION_START, stage, Standing(frozenset({Who.PUBLIC} | ({Who.OWNER} if acts_for_it else set())))
    )
    if roles_in_round(actor, round_.id, round_.award.authority_id) - {Who.PUBLIC}:
        text = N_("You hold a role in this round, so you cannot apply in it. Let a colleague of the organisation begin the application.")
        raise Conflict("application.own_office", text)
    if round_.state != "open":
        raise Conflict("round.not_open", N_("This round takes no applications now."))
    _check_category(round_, category, sector)
    if found := _entry(session, round_, organisation, category):
        return found
    application = Application(
        round=round_, organisation=organisation, category=category, sector=sector, profile={}, state="draft",
        profile_version=1, contact_person_id=person_of(actor), started_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(application)
    except IntegrityError:
        return _entry(session, round_, organisation, category) or _raise_not_found()
    content = {"organisation": organisation.public_id, "category": category, "sector": sector, "contact": actor.public_id}
    note(session, actor, Event.APPLICATION_STARTED, application, stage, content)
    return application


def _check_category(round_: Round, category: str, sector: str) -> None:
    rules = {one.key: one for one in round_.scheme.categories}
    if category not in rules:
        raise Invalid.one("category", N_("Choose a category of this round."))
    sectors = rules[category].sectors
    if sector not in (sectors or {""}):
        raise Invalid.one("sector", N_("Choose a sector of this category."))


def _entry(session: Session, round_: Round, organisation: Organisation, category: str) -> Application | None:
    found = session.scalar(
        select(Application).where(
            Application.round_id == round_.id,
            Application.organisation_id == organisation.id,
            Application.category == category,
        )
    )
    if found is not None and found.state == "withdrawn":
        raise Conflict(
            "application.withdrawn", N_("The application in this category was withdrawn; it cannot be begun again.")
        )
    return found


def _raise_not_found() -> Application:
    raise NotFound


def save_profile(
    session: Session, actor: Actor, application: Application, fields: Mapping[str, str], version: int, now: datetime
) -> Application:
    """Keeps the facts of the organisation, what can be read in plain form and all else as typed; the check says what is
    missing or misspelt.

    fields: by key of facts.py; other names are left alone. version: the one the page was made from.
    Raises Stale when somebody else saved meanwhile, Refused or Conflict when it can no longer be changed.
    """
    stage = hold_to_write(session, actor, application, FACTS, now, exclusive=True)
    facts = list(facts_of(application.round.year, application.category))
    known = [fact.key for fact in facts]
    after = {
        **application.profile,
        **{fact.key: plain_value(fact, fields[fact.key]) for fact in facts if fact.key in fields},
    }
    if after == application.profile:
        return application
    if too_long := [fact for fact in facts if len(after.get(fact.key, "")) > LONGEST]:
        raise Invalid([fault for fact in too_long if (fault := fact_error(fact, after[fact.key]))])
    if version != application.profile_version:
        theirs = {key: application.profile.get(key, "") for key in known}
        raise Stale(
            "application.stale", N_("Somebody else saved these facts meanwhile. Both versions are kept; choose."),
            version=application.profile_version, theirs=theirs,
        )  # fmt: skip
    taken_up = take_up(actor, application)
    application.profile = after
    application.profile_version += 1
    content = {"part": FACTS, "version": application.profile_version, "fields": after, **taken_up}
    note(session, actor, Event.APPLICATION_EDITED, application, stage, content)
    return application


def save_answer(
    session: Session,
    actor: Actor,
    application: Application,
    part: str,
    text: str,
    is_complete: bool | None,
    version: int,
    now: datetime,
    *,
    keeps: bool = False,
) -> Answer:
    """Keeps the text of a part as typed, empty or too long as it may be; too long, it is never complete.

    part: an item key or "profile.<section>". is_complete: what its author declares; None leaves it. version: the one the
    page was made from, 0 where nothing was saved yet. The same text again answers with what is there.
    keeps: the text it replaces becomes an earlier version, however young it is.
    Raises NotFound (no such part), Stale (theirs), Refused or Conflict when it can no longer be changed.
    """
    stage = hold_to_write(session, actor, application, part, now)
    return _save(session, actor, application, stage, part, Draft(text, is_complete, version, keeps), now)


def save_answers(
    session: Session, actor: Actor, application: Application, drafts: Mapping[str, Draft], now: datetime
) -> None:
    """Keeps the texts of several parts, at least one, as `save_answer` keeps one; all or none."""
    stage = hold_to_write(session, actor, application, next(iter(drafts)), now)
    for part, draft in drafts.items():
        require_open(session, application, part)
        _save(session, actor, application, stage, part, draft, now)


def _save(
    session: Session, actor: Actor, application: Application, stage: StageNow, part: str, draft: Draft, now: datetime
) -> Answer:
    rule, text = _rule(session, application, part), draft.text
    if len(text) > LONGEST_DRAFT:
        raise Invalid.one("text", N_("At most {longest} characters."), longest=LONGEST_DRAFT)
    answer = _locked_answer(session, actor, application, part, now)
    complete = (answer.is_complete if draft.is_complete is None else draft.is_complete) and len(text) <= rule.limit
    if (answer.text, answer.is_complete) == (text, complete):
        return answer
    if answer.version != draft.version:
        raise _stale(session, answer)
    if answer.text != text:
        _keep_earlier(session, actor, answer, text, now, draft.keeps)
    answer.text, answer.is_complete, answer.version = text, complete, draft.version + 1
    answer.updated_at, answer.updated_by = now, person_of(actor)
    _note_saved(session, actor, application, answer, stage)
    return answer


def _rule(session: Session, application: Application, part: str) -> PartRule:
    criteria = criteria_of(session, application.round, application.category)
    rules = application.round.scheme.application
    found = next((one for one in parts_of(criteria, rules) if one.key == part), None)
    if found is None:
        raise NotFound
    return found


def _locked_answer(session: Session, actor: Actor, application: Application, part: str, now: datetime) -> Answer:
    key = {"application_id": application.id, "part": part}
    if found := session.scalars(_ANSWER, key).one_or_none():
        return found
    first = {**key, "text": "", "is_complete": False, "version": 0, "updated_at": now, "updated_by": person_of(actor)}
    db.insert_new(session, Answer, **first)
    return session.scalars(_ANSWER, key).one()


_ANSWER = (
    select(Answer)
    .where(Answer.application_id == bindparam("application_id"), Answer.part == bindparam("part"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def _stale(session: Session, answer: Answer) -> Stale:
    by = names_of(session, [answer.updated_by]).get(answer.updated_by, "")
    return Stale(
        "answer.stale", N_("{by} saved this part meanwhile. Both versions are kept; choose."), version=answer.version,
        theirs={"text": answer.text, "is_done": "yes" if answer.is_complete else "no"},
        by=by, at=answer.updated_at.isoformat(),
    )  # fmt: skip


def _keep_earlier(session: Session, actor: Actor, answer: Answer, text: str, now: datetime, always: bool) -> None:
    """The text that is about to be replaced, unless one of the same author's from just before is kept already."""
    if not answer.text:
        return
    last = session.scalar(
        select(AnswerRevision.at)
        .where(
            AnswerRevision.application_id == answer.application_id,
            AnswerRevision.part == answer.part,
            AnswerRevision.kind == "saved",
        )
        .order_by(AnswerRevision.id.desc())
        .limit(1)
    )
    is_due = last is None or now - last >= COLLAPSE or answer.updated_by != actor.person_id
    if always or is_due or loses_much(answer.text, text):
        session.add(
            AnswerRevision(
                application_id=answer.application_id, part=answer.part, kind="saved", version=answer.version,
                text=answer.text, at=answer.updated_at, by=answer.updated_by,
            )
        )  # fmt: skip


def loses_much(before: str, after: str) -> bool:
    """Whether less than half of a text is left at its beginning and end: it was cut, or another took its place."""
    head = _same_length(before, after)
    tail = _same_length(before[head:][::-1], after[head:][::-1])
    return (head + tail) * 2 < len(before)


def _same_length(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _note_saved(session: Session, actor: Actor, application: Application, answer: Answer, stage: StageNow) -> None:
    digest = hashlib.sha256(answer.text.encode()).hexdigest()
    content = {
        "part": answer.part, "version": answer.version, "sha256": digest,
        "characters": len(answer.text), "complete": answer.is_complete,
    }  # fmt: skip
    note(session, actor, Event.APPLICATION_EDITED, application, stage, content)


def keep_rejected(
    session: Session, actor: Actor, application: Application, part: str, text: str, version: int, now: datetime
) -> AnswerRevision | None:
    """Keeps a text that could not be saved (stale, or past the deadline) among the earlier versions of its part.

    Called in a transaction of its own, because the act that was refused has been rolled back. Answers None for an empty
    text, and for a reader, who has nothing to write. Raises NotFound for anybody but the applicant's people.
    """
    part_of_his = own_part(actor, application)
    if not part_of_his:
        raise NotFound
    if part_of_his == {Who.READER} or not text or len(text) > LONGEST_DRAFT:
        return None
    last = session.scalar(
        select(AnswerRevision)
        .where(
            AnswerRevision.application_id == application.id,
            AnswerRevision.part == part,
            AnswerRevision.kind == "rejected",
            AnswerRevision.by == person_of(actor),
        )
        .order_by(AnswerRevision.id.desc())
        .limit(1)
    )
    if last is not None and last.text == text:
        return last
    revision = AnswerRevision(
        application_id=application.id,
        part=part,
        kind="rejected",
        version=version,
        text=text,
        at=now,
        by=person_of(actor),
    )
    session.add(revision)
    session.flush()
    return revision
