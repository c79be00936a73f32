"""A judge's own score sheet: saving items, and submitting once."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.applications.check import references_in
from award.applications.models import LIVE, Application
from award.applications.queries import submission_content, with_round
from award.judging import queries
from award.judging.models import STRENGTH, Sheet, SheetItem, SheetVersion
from award.judging.service.entries import Comment, Entry, require_fitting
from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.audit.chain import canonical
from award.kernel.audit.trail import record, round_stream
from award.kernel.errors import Conflict, FieldError, Invalid, Stale
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.panels.queries import leader_of
from award.panels.service.seats import require_own
from award.panels.service.telling import tell_leader
from award.policy import Moment, Standing
from award.regulations.model import Criteria, Item, Text
from award.rounds.models import Round
from award.rounds.queries import criteria_of, guarded_stage
from award.scoring.grades import total_hundredths
from award.standing.models import Assignment
from award.standing.queries import standing_held, standing_of

VOID = N_("This application is no longer in the round; nothing is to be scored any more.")


def save_item(
    session: Session,
    actor: Actor,
    application: Application,
    assignment: Assignment,
    item: str,
    entry: Entry,
    version: int,
    now: datetime,
    known: Standing | None = None,
) -> SheetItem:
    """Saves what the judge entered for one item, as `save_items` does."""
    return save_items(session, actor, application, assignment, {item: (entry, version)}, now, known)[item]


def save_items(
    session: Session,
    actor: Actor,
    application: Application,
    assignment: Assignment,
    entries: Mapping[str, tuple[Entry, int]],
    now: datetime,
    known: Standing | None = None,
) -> dict[str, SheetItem]:
    """Saves what the judge entered for some items, all or none; incomplete is fine, checks come at submission.

    entries: by item key, each with the version it was made from, 0 for the first. now: UTC. known: the
    actor's standing as this transaction has asked it already.
    Raises Refused (wrong stage, past the deadline, not declared), NotFound (no such item, or another's seat), Conflict (submitted),
    Stale (saved elsewhere meanwhile), Invalid (a percentage, factor or weight the rubric does not have, a comment
    that is blank, too long or one too many, evidence that is not there).
    """
    stage = guarded_stage(session, application.round, now)
    policy.require(Action.SHEET_EDIT, stage, standing_held(session, actor, application, now, known))
    require_own(actor, application, assignment)
    criteria = criteria_of(session, application.round, application.category)
    for item, (entry, _) in entries.items():
        require_fitting(criteria, item, entry)
    # One save at a time on a sheet: two windows must neither make two sheets nor overwrite each other.
    db.lock_row(session, "assignment", assignment.id, exclusive=True)
    sheet, stored = _open_sheet(session, application, assignment, entries, now)
    _require_known_evidence(session, application, entries, stored)
    saved = {}
    for item, (entry, version) in entries.items():
        row = stored.get(item)
        if (row.version if row else 0) != version:
            raise _stale(row, application.round.award.authority.zone)
        saved[item] = _write(session, sheet, row, item, entry, now)
    marks = sheet.marks | {item: entry.percent for item, (entry, _) in entries.items()}
    sheet.marks = {item: percent for item, percent in marks.items() if percent is not None}
    written = {
        item: {"percent": row.percent, "comments": row.comments, "factors": row.factors} for item, row in saved.items()
    }
    note(session, actor, Event.SHEET_EDITED, sheet, application, {"items": written})
    return saved


def _write(session: Session, sheet: Sheet, row: SheetItem | None, item: str, entry: Entry, now: datetime) -> SheetItem:
    if row is None:
        row = SheetItem(sheet_id=sheet.id, item=item, version=0)
        session.add(row)
    row.percent, row.factors, row.note = entry.percent, dict(entry.factors), entry.note
    row.comments = [_comment_row(comment) for comment in entry.comments]
    row.version, row.updated_at = row.version + 1, now
    return row


def _require_known_evidence(
    session: Session, application: Application, entries: Mapping[str, tuple[Entry, int]], stored: Mapping[str, SheetItem]
) -> None:
    """Evidence is cited by a code it has. What stands on the sheet already is not asked for again: a save is to be quick."""
    known = {code for row in stored.values() for one in row.comments for code in _codes(one["references"])}
    cited = {code for entry, _ in entries.values() for one in entry.comments for code in _codes(one.references)}
    if cited <= known:
        return
    content = submission_content(session, application)
    unknown = cited - known - {one.code for one in (content.evidence if content else ())}
    if unknown:
        text = N_("There is no evidence with the code {codes}. Cite what is listed with the application.")
        raise Invalid.one("comments", text, codes=sorted(unknown))


def _codes(references: Sequence[str]) -> list[str]:
    return references_in("\n".join(references))


def _stale(row: SheetItem | None, zone: str) -> Stale:
    text = N_("You changed this item in another window at {at}. Both versions are kept; choose.")
    at = Moment(row.updated_at if row else None, zone)
    return Stale("sheet.stale", text, version=row.version if row else 0, theirs=as_fields(row) if row else {}, at=at)


def as_fields(row: SheetItem) -> dict[str, object]:
    """The stored entry as a map."""
    return {"percent": row.percent, "factors": row.factors, "comments": row.comments, "note": row.note}


def _comment_row(comment: Comment) -> dict[str, object]:
    return {
        "key": comment.key,
        "kind": comment.kind,
        "weight": comment.weight,
        "text": comment.text,
        "references": list(comment.references),
    }


def _open_sheet(
    session: Session, application: Application, assignment: Assignment, items: Collection[str], now: datetime
) -> tuple[Sheet, dict[str, SheetItem]]:
    """The sheet, begun where there is none, and what stands on it for these items."""
    if not application.is_live:
        raise Conflict("application.not_live", VOID)
    sheet, stored = queries.sheet_with(session, assignment, items)
    if sheet is None:
        sheet = Sheet(
            assignment_id=assignment.id, round_id=assignment.round_id, application_id=application.id,
            person_id=assignment.person_id, started_at=now, marks={},
        )  # fmt: skip
        session.add(sheet)
        session.flush()
    elif sheet.state == "submitted":
        raise Conflict("sheet.submitted", N_("This sheet was submitted and cannot be changed any more."))
    return sheet, stored


def missing_of(criteria: Criteria, strengths_from: int, items: Mapping[str, SheetItem]) -> list[FieldError]:
    """What keeps a sheet from being submitted: blank items, and items without a strength from this percentage on.

    Source: domain.md 2.2, comments come before the percentage.
    """
    faults = []
    for item in criteria.items():
        row = items.get(item.key)
        if row is None or row.percent is None:
            faults.append(FieldError(item.key, N_("{item} has no percentage yet."), {"item": _named(item)}))
        elif row.percent >= strengths_from and not any(one["kind"] == STRENGTH for one in row.comments):
            text = N_("{item}: add at least one strength when the score is {percent}% or more.")
            faults.append(FieldError(item.key, text, {"item": _named(item), "percent": strengths_from}))
    return faults


def _named(item: Item) -> Text:
    return Text(f"{item.number} {item.name.zh}", f"{item.number} {item.name.en}")


def submit_sheet(
    session: Session, actor: Actor, application: Application, assignment: Assignment, now: datetime
) -> SheetVersion:
    """Freezes the judge's own sheet and counts it towards the gate of its application.

    now: UTC; becomes submitted_at. Asked again by the same judge, answers with the first version.
    Effects: the last sheet of a full panel opens the gate: values can be seen, no sheet is returned any
    more, and the leader is written to.
    Raises Refused (wrong stage, past the deadline, not declared), Invalid (what is missing, item by item).
    """
    stage = guarded_stage(session, application.round, now)
    db.lock_row(session, "application", application.id, exclusive=True)
    db.lock_row(session, "assignment", assignment.id, exclusive=True)
    db.read_afresh(session, application, ["gate_opened_at", "values_seen_at", "state"])
    standing = standing_of(session, actor, application, now)
    require_own(actor, application, assignment)
    sheet = queries.sheet_of(session, assignment, fresh=True)
    if sheet is not None and sheet.state == "submitted" and policy.decide(Action.SHEET_READ, stage, standing).allowed:
        return queries.latest_version(session, sheet)
    policy.require(Action.SHEET_SUBMIT, stage, standing)
    if not application.is_live:
        raise Conflict("application.not_live", VOID)
    criteria = criteria_of(session, application.round, application.category)
    scheme = application.round.scheme
    items = queries.items_of(session, sheet)
    faults = missing_of(criteria, scheme.panel.strengths_from_percent, items)
    if faults or sheet is None:
        raise Invalid(faults)
    version = _freeze(sheet, items, criteria, now)
    session.add(version)
    session.flush()
    content = {"version": version.number, "sha256": version.sha256, "total": version.total_hundredths}
    note(session, actor, Event.SHEET_SUBMITTED, sheet, application, content)
    _open_gate(session, actor, application, scheme.panel.size, now)
    return version


def _freeze(sheet: Sheet, items: Mapping[str, SheetItem], criteria: Criteria, now: datetime) -> SheetVersion:
    marks = {key: row.percent for key, row in items.items() if row.percent is not None}
    total = total_hundredths(marks, {item.key: item.points for item in criteria.items()})
    entries = {
        key: {"percent": row.percent, "factors": row.factors, "comments": row.comments} for key, row in items.items()
    }
    content = canonical({"sheet": sheet.public_id, "number": sheet.number + 1, "total": total, "items": entries})
    sheet.state, sheet.number, sheet.marks = "submitted", sheet.number + 1, marks
    sheet.total_hundredths, sheet.submitted_at = total, now
    return SheetVersion(
        sheet_id=sheet.id, number=sheet.number, content=content, total_hundredths=total, submitted_at=now,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
    )  # fmt: skip


def _open_gate(session: Session, actor: Actor, application: Application, least_seats: int, now: datetime) -> None:
    session.flush()
    seats, submitted = queries.seats_and_submissions(session, application.id)
    if seats < least_seats or submitted < seats or application.gate_opened_at is not None:
        return
    application.gate_opened_at = application.values_seen_at = now
    stream, rules = round_stream(application.round.public_id), application.round.scheme_sha256
    obj = f"application:{application.public_id}"
    record(session, actor, Event.GATE_OPENED, obj, stream, {"sheets": submitted}, stage="score", rules=rules)
    leader = leader_of(session, application.id)
    if leader is not None:
        tell_leader(session, application, leader)


def open_gates(session: Session, actor: Actor, round_: Round, now: datetime) -> None:
    """Scoring ends: where nobody was named for an empty seat and all other sheets are in, the gate opens with these.

    The caller has checked that the round may leave its stage, and holds it.
    """
    behind = with_round().where(
        Application.round_id == round_.id, Application.state.in_(LIVE), Application.gate_opened_at.is_(None)
    )
    for application in session.scalars(behind.order_by(Application.id)).all():
        _open_gate(session, actor, application, 1, now)


def note(
    session: Session, actor: Actor, event: Event, sheet: Sheet, application: Application, content: Mapping[str, object]
) -> None:
    """Records an act on a sheet in the stream of its round."""
    stream = round_stream(application.round.public_id)
    rules = application.round.scheme_sha256
    record(session, actor, event, f"sheet:{sheet.public_id}", stream, content, stage="score", rules=rules)
