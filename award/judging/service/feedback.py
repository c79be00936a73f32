"""Feedback reports: the panel leader writes one from the sheets, the office releases it, the applicant reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from award import policy
from award.accounts.models import Person
from award.applications.letters import write_to_applicant
from award.applications.models import Application
from award.judging import papers, queries
from award.judging.models import RELEASED, FeedbackComment, FeedbackReport
from award.judging.queries import Source
from award.judging.service.entries import WEIGHTS
from award.judging.service.waiving import require_wanted
from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.documents.service import Request, want_many
from award.kernel.errors import Conflict, FieldError, Invalid, NotFound, Stale
from award.kernel.events import Event
from award.kernel.i18n import LANGUAGES, N_
from award.kernel.mail.service import is_address, send
from award.press.document import to_json
from award.rounds.queries import guarded_stage, latest_snapshot, spell
from award.standing.queries import standing_of

LONGEST_SUMMARY, LONGEST_STEPS, LONGEST_COMMENT = 3000, 2000, 1000
STRONGER = {"++": 1, "+": 0, "--": 1, "-": 0}
KIND = "feedback_report"
LEVELS = range(1, 6)
"""How much effect or effort a priority has."""


@dataclass(frozen=True)
class Written:
    """A comment of a report as its leader writes it. effect, effort: 1..5, None where it is not placed."""

    text: str
    weight: str
    is_key: bool
    effect: int | None = None
    effort: int | None = None



def start_report(session: Session, actor: Actor, application: Application, now: datetime) -> FeedbackReport:
    """Begins the report of an application from the latest versions of its valid sheets; asked again, answers with it.

    A report being drafted follows the sheets: when a judge has stepped back, what came only from his sheet goes.
    Raises Refused (not the panel's leader, or not all sheets are in).
    """
    stage = guarded_stage(session, application.round, now)
    db.lock_row(session, "application", application.id, exclusive=True)
    policy.require(Action.FEEDBACK_WRITE, stage, standing_of(session, actor, application, now))
    require_wanted(application)
    sheets = [one.public_id for one in queries.valid_versions(session, application)]
    report = queries.report_of(session, application.id)
    if report is None:
        report = FeedbackReport(
            application_id=application.id, sheets=sheets, started_at=now, written_by=_person_of(actor)
        )
        report.application = application
        session.add(report)
        session.flush()
        _record(session, actor, Event.FEEDBACK_EDITED, report, {"sheets": sheets})
    elif report.state == "drafting" and report.sheets != sheets:
        _follow(report, sheets)
        _record(session, actor, Event.FEEDBACK_EDITED, report, {"sheets": sheets})
    return report


def _person_of(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


def _follow(report: FeedbackReport, sheets: list[str]) -> None:
    for comment in list(report.comments):
        kept = [source for source in comment.sources if source.partition("/")[0] in sheets]
        if comment.sources and not kept:
            report.comments.remove(comment)
        comment.sources = kept
    report.sheets = sheets
    report.version += 1


def save_report(
    session: Session, actor: Actor, report: FeedbackReport, summary: str, next_steps: str, version: int, now: datetime,
    comments: Mapping[str, Written] | None = None,
) -> FeedbackReport:  # fmt: skip
    """Saves the summary, the suggested next steps (one a line) and comments, by id; others stay as they are.

    version: the one all was written from. Nothing changed: no new version. A comment may be empty until it is handed in.
    Raises Refused, Conflict (handed in already), Stale (changed in another window), Invalid (too long, or a weight, an effect
    or an effort there is not).
    """
    _open(session, actor, report, version, now)
    errors = []
    for name, text, longest in (("summary", summary, LONGEST_SUMMARY), ("next_steps", next_steps, LONGEST_STEPS)):
        errors += _too_long(name, text, longest)
    found = {one.public_id: one for one in report.comments}
    written = {key: one for key, one in (comments or {}).items() if key in found}
    for key, one in written.items():
        errors += _faults_of(found[key], one)
    if errors:
        raise Invalid(errors)
    before = report_fields(report)
    report.summary, report.next_steps = summary, next_steps
    for key, one in written.items():
        comment = found[key]
        comment.text, comment.weight, comment.is_key = one.text, one.weight, one.is_key
        comment.effect, comment.effort = one.effect, one.effort
    changed = {key: value for key, value in report_fields(report).items() if before.get(key) != value}
    if changed or before != report_fields(report):
        _changed(session, actor, report, changed)
    return report


def report_fields(report: FeedbackReport) -> dict[str, str]:
    """What can be written of a report, under the names of its form; a main comment has "key-<id>", another has not."""
    fields = {"summary": report.summary, "next_steps": report.next_steps}
    for one in report.comments:
        values = {"text": one.text, "mark": one.weight, "effect": str(one.effect or ""), "effort": str(one.effort or "")}
        fields |= {f"{name}-{one.public_id}": value for name, value in values.items()}
        if one.is_key:
            fields[f"key-{one.public_id}"] = "1"
    return fields


def _faults_of(comment: FeedbackComment, written: Written) -> list[FieldError]:
    name = f"text-{comment.public_id}"
    errors = _too_long(name, written.text, LONGEST_COMMENT)
    if written.weight not in WEIGHTS[comment.kind]:
        errors.append(FieldError(name, N_("Strengths are marked ++ or +, opportunities - or --.")))
    if not {written.effect, written.effort} <= {None, *LEVELS}:
        errors.append(FieldError(name, N_("Choose effect and effort from 1 to 5, or leave them open.")))
    return errors


def take_comment(
    session: Session,
    actor: Actor,
    report: FeedbackReport,
    item: str,
    keys: Sequence[str],
    version: int,
    now: datetime,
    *,
    as_one: bool = False,
) -> list[FeedbackComment]:
    """Takes comments of the sheets into the report, under the item they belong to; as_one: merged into a single one.

    keys: "<sheet version>/<comment key>". One that was taken before is not taken again. Raises Refused, Conflict, Stale,
    NotFound (no such comment under this item), Invalid (nothing chosen, or strengths merged with opportunities).
    """
    _open(session, actor, report, version, now)
    if not keys:
        raise Invalid.one(f"take-{item}", N_("Tick at least one comment first."))
    found = {one.key: one for one in queries.sources_of(session, report).get(item, ())}
    if any(key not in found for key in keys):
        raise NotFound
    taken = {source for comment in report.comments for source in comment.sources}
    chosen = [found[key] for key in dict.fromkeys(keys) if key not in taken]
    if as_one and len({one.kind for one in chosen}) > 1:
        raise Invalid.one(f"take-{item}", N_("Strengths and opportunities cannot be merged with each other."))
    if not chosen:
        return []
    groups = [chosen] if as_one else [[one] for one in chosen]
    made = [_added(report, item, group) for group in groups]
    session.flush()
    _changed(session, actor, report, {"item": item, "taken": [one.key for one in chosen], "as_one": as_one})
    return made


def _added(report: FeedbackReport, item: str, sources: Sequence[Source]) -> FeedbackComment:
    comment = FeedbackComment(
        item=item,
        kind=sources[0].kind,
        weight=max((one.weight for one in sources), key=lambda weight: STRONGER[weight]),
        text="\n".join(dict.fromkeys(one.text for one in sources)),
        sources=[one.key for one in sources],
        position=max((one.position for one in report.comments), default=0) + 1,
    )
    report.comments.append(comment)
    return comment


def merge_comments(
    session: Session, actor: Actor, report: FeedbackReport, comment_ids: Sequence[str], version: int, now: datetime
) -> FeedbackComment:
    """Makes one comment of several of the report: the first keeps its place and gets all texts and sources.

    Raises Refused, Conflict, Stale, NotFound, Invalid (fewer than two, or of different items or kinds).
    """
    _open(session, actor, report, version, now)
    chosen = [_comment(report, one) for one in dict.fromkeys(comment_ids)]
    item = chosen[0].item if chosen else ""
    if len(chosen) < 2:
        raise Invalid.one(f"merge-{item}", N_("Tick at least two comments to merge."))
    if len({(one.item, one.kind) for one in chosen}) > 1:
        raise Invalid.one(f"merge-{item}", N_("Only comments of one item and one kind can be merged."))
    first, *others = sorted(chosen, key=lambda one: one.position)
    first.text = "\n".join(dict.fromkeys(one.text for one in (first, *others)))
    first.weight = max((one.weight for one in chosen), key=lambda weight: STRONGER[weight])
    first.sources = list(dict.fromkeys(source for one in (first, *others) for source in one.sources))
    first.is_key = any(one.is_key for one in chosen)
    for one in others:
        report.comments.remove(one)
    _changed(session, actor, report, {"merged": list(comment_ids), "into": first.public_id, "text": first.text})
    return first


def remove_comment(
    session: Session, actor: Actor, report: FeedbackReport, comment_id: str, version: int, now: datetime
) -> None:
    """Takes a comment out of the report; it can be taken from the sheet again. Raises Refused, Conflict, Stale, NotFound."""
    _open(session, actor, report, version, now)
    report.comments.remove(_comment(report, comment_id))
    _changed(session, actor, report, {"removed": comment_id})


def hand_in(session: Session, actor: Actor, report: FeedbackReport, version: int, now: datetime) -> FeedbackReport:
    """The leader gives the report to the office; handed in already, nothing happens.

    Raises Refused, Stale, Conflict (the sheets it was made from have changed), Invalid (what is missing).
    """
    if report.state != "drafting":
        _require_write(session, actor, report, now)
        return report
    _open(session, actor, report, version, now)
    if report.sheets != [one.public_id for one in queries.valid_versions(session, report.application)]:
        raise Conflict("feedback.sheets_changed", N_("The sheets have changed since this was begun. Open the report again."))
    errors = []
    if not report.summary.strip():
        errors.append(FieldError("summary", N_("Write the summary; it is what the applicant reads first.")))
    for kind, text in (
        ("strength", N_("Mark at least one strength as a main one.")),
        ("opportunity", N_("Mark at least one opportunity for improvement as a main one.")),
    ):
        if not any(one.is_key and one.kind == kind for one in report.comments):
            errors.append(FieldError("comments", text))
    empty = [one for one in report.comments if not one.text.strip()]
    errors += [FieldError(f"text-{one.public_id}", N_("Write the comment, or remove it.")) for one in empty]
    if errors:
        raise Invalid(errors)
    report.state, report.handed_in_at, report.returned_reason = "waiting", now, ""
    report.version += 1
    content = {"sheets": report.sheets, "summary": report.summary, "next_steps": report.next_steps,
               "comments": [_content(one) for one in report.comments]}  # fmt: skip
    _record(session, actor, Event.FEEDBACK_HANDED_IN, report, content)
    return report


def return_report(session: Session, actor: Actor, report: FeedbackReport, reason: str, now: datetime) -> FeedbackReport:
    """The office gives a report back to the panel leader; it never changes a word itself.

    Raises Refused (wrong stage or role), Conflict (not waiting for release), Invalid (no reason).
    """
    _require_release(session, actor, report, now)
    if not reason.strip():
        raise Invalid.one("reason", N_("Say what is to be changed; the panel leader reads it."))
    if report.state != "waiting":
        raise Conflict("feedback.not_waiting", N_("Only a report that waits for release can be returned."))
    report.state, report.returned_reason = "drafting", reason.strip()
    report.version += 1
    _record(session, actor, Event.FEEDBACK_RETURNED, report, {"reason": reason.strip()})
    writer = session.get(Person, report.written_by)
    if writer is not None and is_address(writer.email):
        organisation = report.application.entrant
        context = {"name": writer.name, "organisation": organisation, "reason": reason.strip()}
        about = f"application:{report.application.public_id}"
        send(
            session, writer.email, "feedback_returned", context, writer.language, person_id=writer.id,
            round_id=report.application.round_id, about=about,
        )  # fmt: skip
    return report


def release_report(session: Session, actor: Actor, report: FeedbackReport, now: datetime) -> FeedbackReport:
    """Gives the report to its applicant, after the result was published; released already, nothing happens.

    Raises Refused (wrong stage or role), Conflict (the result is not published, or the report was not handed in).
    Effects: the paper in both languages, a message to the applicant.
    """
    _require_release(session, actor, report, now)
    if report.state in RELEASED:
        return report
    if latest_snapshot(session, report.application.round_id, "result") is None:
        raise Conflict("feedback.not_published", N_("Reports are released after the result has been published."))
    if report.state != "waiting":
        raise Conflict("feedback.not_handed_in", N_("The panel leader has not handed this report in yet."))
    report.state, report.released_at, report.released_by = "released", now, actor.person_id
    report.application.feedback_released_at = now
    report.version += 1
    wanted = [
        Request(KIND, subject_of(report), language, to_json(papers.report_view(session, report, language, now)))
        for language in LANGUAGES
    ]
    documents = want_many(session, wanted, now)
    report.document_id = documents[0].id
    content = {"documents": {one.language: one.data_hash for one in documents}}
    _record(session, actor, Event.FEEDBACK_RELEASED, report, content)
    write_to_applicant(session, report.application, "feedback_released", now, {}, once=subject_of(report))
    return report


def acknowledge(session: Session, actor: Actor, report: FeedbackReport, now: datetime) -> FeedbackReport:
    """The applicant confirms that it has read its report; once more changes nothing.

    Raises Refused (wrong stage or role), NotFound before the release.
    """
    application = report.application
    stage = guarded_stage(session, application.round, now)
    db.lock_row(session, "feedback_report", report.id, exclusive=True)
    session.refresh(report, ["state"])
    policy.require(Action.FEEDBACK_ACKNOWLEDGE, stage, standing_of(session, actor, application, now))
    if report.state not in RELEASED:
        raise NotFound
    if report.state == "released":
        report.state, report.acknowledged_at, report.acknowledged_by = "acknowledged", now, actor.person_id
        _record(session, actor, Event.FEEDBACK_ACKNOWLEDGED, report, {"acknowledged_at": spell(now)})
    return report


def subject_of(report: FeedbackReport) -> str:
    """What documents about a report name as their subject."""
    return f"feedback:{report.public_id}"


def _require_write(session: Session, actor: Actor, report: FeedbackReport, now: datetime) -> None:
    stage = guarded_stage(session, report.application.round, now)
    policy.require(Action.FEEDBACK_WRITE, stage, standing_of(session, actor, report.application, now))
    require_wanted(report.application)


def _require_release(session: Session, actor: Actor, report: FeedbackReport, now: datetime) -> None:
    stage = guarded_stage(session, report.application.round, now)
    db.lock_row(session, "feedback_report", report.id, exclusive=True)
    session.refresh(report, ["state"])
    policy.require(Action.FEEDBACK_RELEASE, stage, standing_of(session, actor, report.application, now))


def _open(session: Session, actor: Actor, report: FeedbackReport, version: int, now: datetime) -> None:
    _require_write(session, actor, report, now)
    db.lock_row(session, "feedback_report", report.id, exclusive=True)
    session.refresh(report)
    if report.state != "drafting":
        raise Conflict("feedback.handed_in", N_("This report was handed in and cannot be changed any more."))
    if report.version != version:
        text = N_("You changed this report in another window. Look at it again; what you typed is shown below.")
        theirs: dict[str, object] = {**report_fields(report)}
        raise Stale("feedback.stale", text, version=report.version, theirs=theirs)


def _comment(report: FeedbackReport, public_id: str) -> FeedbackComment:
    found = next((one for one in report.comments if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def _too_long(name: str, text: str, longest: int) -> list[FieldError]:
    if len(text) <= longest:
        return []
    params = {"longest": longest, "count": len(text), "over": len(text) - longest}
    return [FieldError(name, N_("At most {longest} characters; you have {count}. Remove {over}."), params)]


def _content(comment: FeedbackComment) -> dict[str, object]:
    return {
        "item": comment.item, "kind": comment.kind, "weight": comment.weight, "text": comment.text, "key": comment.is_key,
        "effect": comment.effect, "effort": comment.effort, "sources": comment.sources,
    }  # fmt: skip


def _changed(session: Session, actor: Actor, report: FeedbackReport, content: Mapping[str, object]) -> None:
    report.version += 1
    _record(session, actor, Event.FEEDBACK_EDITED, report, content)


def _record(
    session: Session, actor: Actor, event: Event, report: FeedbackReport, content: Mapping[str, object]
) -> None:
    round_ = report.application.round
    content = {**content, "application": report.application.public_id}
    stream = round_stream(round_.public_id)
    record(session, actor, event, subject_of(report), stream, content, rules=round_.scheme_sha256)
