"""What holds between the tables and the trail: hashes, one record for each act, and nothing after a stage was closed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from award.applications.models import Application, Evidence, PaperOutcome, Submission
from award.invariants.finding import Found, among, reading
from award.judging.models import Sheet, SheetReturn, SheetVersion
from award.kernel.audit.models import AuditOpening, AuditRecord
from award.kernel.audit.verify import verify
from award.kernel.documents.models import Document
from award.kernel.events import Event
from award.panels.models import PanelChange
from award.results.models import Notice, Objection, Proposal
from award.rounds.models import DateChange, Round, RoundStage, Ruleset, Snapshot, StageExtension
from award.stages import Kind
from award.winners.models import Certificate

FROZEN = (
    ("scheme or criteria", Ruleset.sha256, Ruleset.text, Ruleset.sha256),
    ("submission", Submission.public_id, Submission.content, Submission.sha256),
    ("score sheet version", SheetVersion.public_id, SheetVersion.content, SheetVersion.sha256),
    ("proposal", Proposal.public_id, Proposal.content, Proposal.sha256),
    ("snapshot", Snapshot.public_id, Snapshot.content, Snapshot.sha256),
    ("document", Document.public_id, Document.view, Document.data_hash),
)
"""What never changes: what it is called, its name, its content, its hash."""


def frozen_as_hashed(session: Session) -> Found:
    """Whatever was frozen still has its hash."""

    def frozen() -> Iterator[tuple[str, Any]]:
        for what, *columns in FROZEN:
            yield from ((what, row) for row in session.execute(select(*columns).execution_options(yield_per=500)))

    def offence(what: str, row: Any) -> str:
        name, content, sha256 = row
        return "" if hashlib.sha256(content.encode()).hexdigest() == sha256 else f"{what} {name} is not what was hashed"

    return among(frozen(), lambda one: offence(*one))


TOLD = {
    Event.SNAPSHOT_PUBLISHED: select(Snapshot.public_id, Snapshot.sha256),
    Event.RESULT_PROPOSED: select(Proposal.public_id, Proposal.sha256),
    Event.SHEET_SUBMITTED: select(Sheet.public_id, SheetVersion.sha256).join(Sheet, SheetVersion.sheet_id == Sheet.id),
    Event.APPLICATION_SUBMITTED: select(Application.public_id, Submission.sha256)
    .join(Application, Submission.application_id == Application.id)
    .where(Submission.number == 1),
    Event.APPLICATION_RESUBMITTED: select(Application.public_id, Submission.sha256)
    .join(Application, Submission.application_id == Application.id)
    .where(Submission.number > 1),
}
"""What the trail has the hash of."""


def hashes_in_trail(session: Session) -> Found:
    """The trail tells the same hash of everything frozen, so that content and hash cannot be changed together."""
    kept: set[tuple[str, str, str]] = set()
    for event in TOLD:
        query = select(AuditRecord.stream, AuditRecord.seq, AuditRecord.obj, AuditOpening.content).join(
            AuditOpening, (AuditOpening.stream == AuditRecord.stream) & (AuditOpening.seq == AuditRecord.seq)
        )
        for stream, seq, obj, content in session.execute(query.where(AuditRecord.act == event.value)):
            with reading(f"record {seq} of {stream}"):
                kept.add((event.value, obj.partition(":")[2], json.loads(content).get("sha256", "")))
    rows = [(event.value, *row) for event, query in TOLD.items() for row in session.execute(query)]
    return among(rows, lambda one: "" if one in kept else f"the trail has no {one[0]} of {one[1]} with its hash")


def _of(thing: str, *events: Event) -> tuple[str, frozenset[str]]:
    return thing, frozenset(event.value for event in events)


ONCE = (
    (_of("application", Event.APPLICATION_STARTED), select(Application.public_id)),
    (
        _of("application", Event.APPLICATION_SUBMITTED, Event.APPLICATION_RESUBMITTED),
        select(Application.public_id).join(Submission, Submission.application_id == Application.id),
    ),
    (
        _of("application", Event.EVIDENCE_ADDED),
        select(Application.public_id).join(Evidence, Evidence.application_id == Application.id),
    ),
    (
        _of("sheet", Event.SHEET_SUBMITTED),
        select(Sheet.public_id).join(SheetVersion, SheetVersion.sheet_id == Sheet.id),
    ),
    (_of("sheet", Event.SHEET_RETURNED), select(Sheet.public_id).join(SheetReturn, SheetReturn.sheet_id == Sheet.id)),
    (_of("panel_change", Event.PANEL_CHANGE_PROPOSED), select(PanelChange.public_id)),
    (
        _of("panel_change", Event.PANEL_CHANGE_CONFIRMED, Event.PANEL_CHANGE_DROPPED),
        select(PanelChange.public_id).where(PanelChange.decided_at.is_not(None)),
    ),
    (_of("date_change", Event.DATE_CHANGE_PROPOSED), select(DateChange.public_id)),
    (
        _of("date_change", Event.DATE_CHANGE_CONFIRMED, Event.DATE_CHANGE_DROPPED),
        select(DateChange.public_id).where(DateChange.decided_at.is_not(None)),
    ),
    (_of("outcome", Event.OUTCOME_CORRECTED), select(PaperOutcome.public_id).where(PaperOutcome.number > 1)),
    (
        _of("outcome", Event.OUTCOME_CONFIRMED, Event.OUTCOME_CORRECTION_CONFIRMED, Event.OUTCOME_CORRECTION_REFUSED),
        select(PaperOutcome.public_id).where(PaperOutcome.state != "recorded"),
    ),
    (_of("proposal", Event.RESULT_PROPOSED), select(Proposal.public_id)),
    (_of("notice", Event.NOTICE_PUBLISHED, Event.NOTICE_CORRECTED), select(Notice.public_id)),
    (_of("objection", Event.OBJECTION_FILED), select(Objection.public_id)),
    (
        _of("objection", Event.OBJECTION_ANSWERED),
        select(Objection.public_id).where(Objection.answered_at.is_not(None)),
    ),
    (_of("snapshot", Event.SNAPSHOT_PUBLISHED), select(Snapshot.public_id)),
    (_of("certificate", Event.CERTIFICATE_ISSUED), select(Certificate.public_id)),
    (
        _of("certificate", Event.CERTIFICATE_REVOKED),
        select(Certificate.public_id).where(Certificate.revoked_at.is_not(None)),
    ),
    (
        _of("round", Event.STAGE_LEFT),
        select(Round.public_id)
        .join(RoundStage, RoundStage.round_id == Round.id)
        .where(RoundStage.left_at.is_not(None)),
    ),
    (
        _of("round", Event.STAGE_EXTENDED),
        select(Round.public_id)
        .join(RoundStage, RoundStage.round_id == Round.id)
        .join(StageExtension, StageExtension.round_stage_id == RoundStage.id),
    ),
)
"""Acts and the rows they leave: as many records about a thing as rows."""


def one_record_each(session: Session) -> Found:
    """Every act that left something has exactly one record, and every record left something."""

    def counted() -> Iterator[tuple[str, str, int, int]]:
        for (thing, acts), query in ONCE:
            rows = Counter(f"{thing}:{one}" for one in session.scalars(query))
            told = Counter(session.scalars(select(AuditRecord.obj).where(AuditRecord.act.in_(acts))))
            yield from ((obj, " or ".join(sorted(acts)), rows[obj], told[obj]) for obj in sorted(rows | told))

    def offence(obj: str, acts: str, rows: int, told: int) -> str:
        return "" if rows == told else f"{obj}: {rows} in the tables, {told} records of {acts}"

    return among(counted(), lambda one: offence(*one))


LAST = {
    Event.ROUND_CHANGED: Kind.SETUP,
    Event.APPLICATION_STARTED: Kind.APPLY,
    Event.APPLICATION_SUBMITTED: Kind.APPLY,
    Event.APPLICATION_EDITED: Kind.ACCEPT,
    Event.APPLICATION_RESUBMITTED: Kind.ACCEPT,
    Event.APPLICATION_ACCEPTED: Kind.ACCEPT,
    Event.APPLICATION_RETURNED: Kind.ACCEPT,
    Event.APPLICATION_REFUSED: Kind.ACCEPT,
    Event.EVIDENCE_ADDED: Kind.ACCEPT,
    Event.EVIDENCE_REMOVED: Kind.ACCEPT,
    Event.JUDGE_ASSIGNED: Kind.ASSIGN,
    Event.JUDGE_REPLACED: Kind.SCORE,
    Event.PANEL_CHANGE_CONFIRMED: Kind.SCORE,
    Event.DECLARATION_SIGNED: Kind.SCORE,
    Event.SHEET_EDITED: Kind.SCORE,
    Event.SHEET_SUBMITTED: Kind.SCORE,
    Event.SHEET_RETURNED: Kind.SCORE,
    Event.RESULT_PROPOSED: Kind.NOTICE,
    Event.RESULT_DECIDED: Kind.NOTICE,
    Event.RESULT_DECISION_CONFIRMED: Kind.NOTICE,
    Event.RESULT_DECISION_DROPPED: Kind.NOTICE,
    Event.RESULT_SET_ASIDE: Kind.DELIBERATE,
    Event.NOTICE_PUBLISHED: Kind.NOTICE,
    Event.OBJECTION_FILED: Kind.NOTICE,
    Event.OBJECTION_ANSWERED: Kind.APPROVE,
    Event.APPROVAL_RECORDED: Kind.PUBLISH,
    Event.APPROVAL_CONFIRMED: Kind.PUBLISH,
    Event.APPROVAL_DROPPED: Kind.PUBLISH,
}
"""The last kind of stage in which an act may happen."""
ON_PAPER = frozenset({
    Event.OUTCOME_RECORDED, Event.OUTCOME_CONFIRMED, Event.OUTCOME_CORRECTED, Event.OUTCOME_CORRECTION_CONFIRMED,
    Event.OUTCOME_CORRECTION_REFUSED,
})  # fmt: skip
"""Acts in any stage held on paper, which their record names."""


def nothing_after_close(session: Session) -> Found:
    """No act of a stage has a record after the one of its end, by their places in the chain; clocks are not asked."""
    left: dict[tuple[str, str], int] = {}
    ends = select(AuditRecord.stream, AuditRecord.seq, AuditRecord.body).where(
        AuditRecord.act == Event.STAGE_LEFT.value
    )
    for stream, seq, body in session.execute(ends):
        with reading(f"record {seq} of {stream}"):
            left[stream, json.loads(body)["stage"]] = seq
    bound = {*LAST, *ON_PAPER}
    query = select(AuditRecord.stream, AuditRecord.seq, AuditRecord.act, AuditRecord.body).where(
        AuditRecord.act.in_(bound)
    )
    rows = session.execute(query.order_by(AuditRecord.stream, AuditRecord.seq).execution_options(yield_per=1000))

    def offence(stream: str, seq: int, act: str, body: str) -> str:
        with reading(f"record {seq} of {stream}"):
            kind = LAST.get(Event(act)) or json.loads(body)["stage"]
        end = left.get((stream, kind))
        return f"{act} at {seq} of {stream}, whose stage ended at {end}" if end is not None and end < seq else ""

    return among(rows, lambda one: offence(*one))


def trail_whole(session: Session) -> Found:
    """Every record of the trail follows from the one before."""
    verdict = verify(session)
    first = next((f"{one.stream} record {one.seq}: {one.reason}" for one in verdict.faults), "")
    return Found(verdict.records, len(verdict.faults), first)
