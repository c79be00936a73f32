"""Files that prove something: adding, naming and removing them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from award.applications.models import Application, Evidence
from award.applications.queries import evidence_of
from award.applications.service.holding import hold_to_write, note, person_of
from award.kernel.actor import Actor
from award.kernel.errors import Invalid
from award.kernel.events import Event
from award.kernel.files import service as files
from award.kernel.i18n import N_
from award.regulations.model import ApplicationRules

TYPES = frozenset({"pdf", "jpg", "jpeg", "png", "docx", "xlsx", "pptx", "ofd"})
TITLE = 120
MIB = 2**20


def add_evidence(
    session: Session, actor: Actor, application: Application, prepared: files.Prepared, title: str, now: datetime
) -> Evidence:
    """Adds a file under the next code, which is never used again; a content that is there already is not added twice.

    prepared: from kernel.files.service.prepare_upload, called before the session was first used. title: "" takes the
    file's name. Raises Invalid over the scheme's limits, Refused or Conflict when it can no longer be changed.
    """
    stage = hold_to_write(session, actor, application, "evidence", now, exclusive=True)
    present = evidence_of(session, application)
    if same := next((one for one in present if one.file.sha256 == prepared.sha256), None):
        return same
    check_limits(application.round.scheme.application, present, prepared)
    ever = session.scalar(select(func.count()).where(Evidence.application_id == application.id)) or 0
    stored = files.keep(session, prepared, actor.person_id, now, "evidence")
    stem = prepared.name.rpartition(".")[0] or prepared.name
    evidence = Evidence(
        application_id=application.id, code=f"E-{ever + 1}", title=(title or stem)[:TITLE], file=stored, added_at=now,
        added_by=person_of(actor),
    )  # fmt: skip
    session.add(evidence)
    session.flush()
    content = {"code": evidence.code, "evidence": evidence.public_id, "sha256": prepared.sha256, "bytes": prepared.size}
    note(session, actor, Event.EVIDENCE_ADDED, application, stage, content)
    return evidence


def check_limits(rules: ApplicationRules, present: list[Evidence], prepared: files.Prepared) -> None:
    """Raises Invalid where one more file would break a limit of the scheme."""
    if prepared.extension not in TYPES:
        types = [one.upper() for one in sorted(TYPES)]
        raise Invalid.one("file", N_("“{name}” is not a type that can be uploaded here. Upload {types}."), name=prepared.name, types=types)
    if prepared.size > rules.file_mib * MIB:
        text = N_("“{name}” is larger than {mib} MB. Make it smaller or split it.")
        raise Invalid.one("file", text, name=prepared.name, mib=rules.file_mib)
    if len(present) >= rules.files:
        raise Invalid.one("file", N_("There can be at most {most} files. Remove one first."), most=rules.files)
    if sum(one.file.size for one in present) + prepared.size > rules.total_mib * MIB:
        text = N_("With “{name}” all files together would be larger than {mib} MB. Remove one or make it smaller.")
        raise Invalid.one("file", text, name=prepared.name, mib=rules.total_mib)


def rename_evidence(session: Session, actor: Actor, application: Application, evidence: Evidence, title: str, now: datetime) -> None:
    """Gives a file another title; its code stays."""
    stage = hold_to_write(session, actor, application, "evidence", now, exclusive=True)
    if not title or len(title) > TITLE:
        raise Invalid.one("title", N_("Enter a title of at most {longest} characters."), longest=TITLE)
    if title == evidence.title:
        return
    evidence.title = title
    note(session, actor, Event.APPLICATION_EDITED, application, stage, {"evidence": evidence.public_id, "title": title})


def remove_evidence(session: Session, actor: Actor, application: Application, evidence: Evidence, now: datetime) -> None:
    """Takes a file out of the draft. What was submitted before keeps it."""
    stage = hold_to_write(session, actor, application, "evidence", now, exclusive=True)
    if evidence.removed_at is not None:
        return
    evidence.removed_at = now
    content = {"code": evidence.code, "evidence": evidence.public_id}
    note(session, actor, Event.EVIDENCE_REMOVED, application, stage, content)
