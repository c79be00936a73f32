"""What can be done with certificates. Each function is one whole act: check, change, record."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from award import policy
from award.kernel import ids
from award.kernel.actor import Action, Actor
from award.kernel.audit.trail import record, round_stream
from award.kernel.documents import batches
from award.kernel.documents.models import Document, DocumentState
from award.kernel.documents.service import Request, want_many
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.events import Event
from award.kernel.i18n import N_
from award.kernel.settings import settings
from award.press.document import to_json
from award.press.views import CertificateView
from award.regulations.model import CategoryRules, CertificateRules, Scheme
from award.results.models import ResultLine
from award.results.official import want_announcement
from award.results.papers import result_content
from award.results.queries import approval_of, decided_lines, publication_of
from award.rounds.models import Round
from award.rounds.queries import guarded_stage, standing_in
from award.rounds.service import publish_snapshot
from award.winners import queries
from award.winners.models import Certificate

REVOKED = N_("This certificate has been revoked already.")
SECOND_PERSON = N_("A second person revokes: whoever issued the certificate cannot. Ask a colleague.")


def issue_certificates(
    session: Session, actor: Actor, round_: Round, issued_on: date, now: datetime
) -> list[Certificate]:
    """Issues a certificate to every winner that has none yet, and wants their papers. Numbers run through the round.

    Returns those issued now. Papers that could not be made are wanted once more.
    Raises Refused (wrong stage or role), Conflict (the result is not published), Invalid (a day before the approval).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.CERTIFICATE_ISSUE, stage, standing_in(actor, round_))
    approval = approval_of(session, round_.id)
    if approval is None or publication_of(session, round_.id) is None:
        raise Conflict("certificate.unpublished", N_("Publish the result first; certificates follow it."))
    if issued_on < approval.approved_on:
        raise Invalid.one("issued_on", N_("A certificate cannot be dated before the approval."))
    if issued_on > round_.award.authority.day_of(now):
        raise Invalid.one("issued_on", N_("A certificate cannot be dated in the future."))
    scheme = round_.scheme
    former = queries.certificates_of(session, round_.id)
    existing = {one.application_id for one in former}
    issued: list[Certificate] = []
    for rules, line in _winning_lines(session, round_, scheme):
        if line.application_id not in existing:
            serial = len(existing) + len(issued) + 1
            issued.append(_issue(session, actor, round_, scheme, rules, line, serial, issued_on, now))
    session.flush()
    _want_papers(session, actor, round_, issued, scheme, now)
    _want_again(session, former, now)
    for certificate in issued:
        _record(session, actor, Event.CERTIFICATE_ISSUED, certificate, round_, _content(certificate))
    return issued


def _content(certificate: Certificate) -> dict[str, object]:
    """All that anybody reads who checks its code."""
    until = certificate.valid_until
    return {
        "application": certificate.application.public_id, "number": certificate.number, "holder": certificate.holder,
        "code": certificate.code, "grade": certificate.grade, "award_title": certificate.award_title,
        "issuer": certificate.issuer, "issued_on": str(certificate.issued_on), "valid_until": str(until) if until else None,
    }  # fmt: skip


def _want_papers(
    session: Session, actor: Actor, round_: Round, issued: Sequence[Certificate], scheme: Scheme, now: datetime
) -> None:
    """Their papers as one batch, so that it can be followed and stopped."""
    if not issued:
        return
    things = [batches.Thing(one.public_id, one.holder) for one in issued]
    batch = batches.start(session, "certificate", f"round:{round_.public_id}", "zh", things, actor.person_id, now)
    requests = [Request("certificate", f"certificate:{one.public_id}", "zh", _view(one, scheme)) for one in issued]
    documents = want_many(session, requests, now, batches.job_key(batch.public_id))
    for certificate, document in zip(issued, documents, strict=True):
        certificate.document_id = document.id
    batches.give_documents(session, batch, documents)


def _want_again(session: Session, certificates: Sequence[Certificate], now: datetime) -> None:
    """Exactly the same papers, from the data they were issued with."""
    ids = [one.document_id for one in certificates if one.document_id is not None]
    failed = select(Document).where(Document.id.in_(ids), Document.state.in_((DocumentState.FAILED.value, DocumentState.CANCELLED.value)))
    want_many(session, [Request(one.kind, one.subject, one.language, one.view) for one in session.scalars(failed)], now)


def _winning_lines(session: Session, round_: Round, scheme: Scheme) -> list[tuple[CategoryRules, ResultLine]]:
    decided = decided_lines(session, round_)
    found = []
    for rules in scheme.categories:
        for quota in rules.quotas:
            lines = [line for line in decided.get(rules.key, ()) if line.decided_grade == quota.grade]
            found += [(rules, line) for line in sorted(lines, key=lambda line: line.rank or 0)]
    return found


def _issue(
    session: Session,
    actor: Actor,
    round_: Round,
    scheme: Scheme,
    rules: CategoryRules,
    line: ResultLine,
    serial: int,
    issued_on: date,
    now: datetime,
) -> Certificate:
    quota = next(one for one in rules.quotas if one.grade == line.decided_grade)
    form = _form_of(scheme)
    certificate = Certificate(
        round_id=round_.id, application_id=line.application_id, code=ids.new_check_code(),
        number=form.number.format(year=round_.year, serial=f"{serial:02d}"),
        holder=line.application.entrant, grade=quota.grade,
        award_title=queries.award_title(round_, quota.name).zh, issuer=scheme.issuer.zh, issued_on=issued_on,
        valid_until=_valid_until(issued_on, form.validity_years), issued_at=now,
        issued_by=actor.person_id,
    )  # fmt: skip
    session.add(certificate)
    application = line.application
    application.certified_at, application.certificate_code, application.certificate_number = now, certificate.code, certificate.number
    return certificate


def _form_of(scheme: Scheme) -> CertificateRules:
    if scheme.certificate is None:
        raise NotFound
    return scheme.certificate


def _valid_until(issued_on: date, years: int | None) -> date | None:
    """The day before the anniversary; where there is no 29 February, the anniversary is 1 March."""
    if years is None:
        return None
    try:
        return issued_on.replace(year=issued_on.year + years) - timedelta(1)
    except ValueError:
        return date(issued_on.year + years, 2, 28)


def _view(certificate: Certificate, scheme: Scheme) -> str:
    base = settings().base_url
    address = f"{base}/v/{certificate.code}"
    return to_json(
        CertificateView(
            number=certificate.number, recipient=certificate.holder, citation=_form_of(scheme).wording.zh,
            award_title=certificate.award_title, issuers=(certificate.issuer,), issued_on=certificate.issued_on,
            valid_until=certificate.valid_until, check_code=certificate.code, verify_url=address,
            verify_address=f"{base.split('://')[-1]}/v", ring=_ring(certificate, scheme),
        )
    )  # fmt: skip


def _ring(certificate: Certificate, scheme: Scheme) -> Literal["red", "silver", "blue"]:
    """The second line of the frame: red for the award itself, silver for a lower grade, blue for a person's."""
    rules = scheme.category(certificate.application.category)
    if rules.key == "individual":
        return "blue"
    return "red" if certificate.grade == rules.quotas[0].grade else "silver"


def revoke_certificate(
    session: Session, actor: Actor, round_: Round, certificate: Certificate, reason: str, now: datetime
) -> Certificate:
    """Revokes a certificate; from then on its code says so. Not by the person who issued it. Never undone.

    Effects: the result is published anew with the revocation; the earlier snapshot stays as it was.
    Raises Refused (wrong stage or role, or the same person), Conflict (revoked already), Invalid (no reason).
    """
    stage = guarded_stage(session, round_, now, exclusive=True)
    policy.require(Action.CERTIFICATE_REVOKE, stage, standing_in(actor, round_))
    session.refresh(certificate, ["revoked_at", "revoked_by"])
    if certificate.revoked_at is not None:
        if certificate.revoked_by == actor.person_id:
            return certificate
        raise Conflict("certificate.revoked", REVOKED)
    if not reason.strip():
        raise Invalid.one("reason", N_("Give the reason and the article the revocation rests on."))
    if certificate.issued_by == actor.person_id:
        raise Refused("certificate.same_person", SECOND_PERSON, status=409)
    certificate.revoked_at, certificate.revoked_by, certificate.revoked_reason = now, actor.person_id, reason
    certificate.application.state = "revoked"
    session.flush()
    _publish_anew(session, actor, round_, now)
    _record(session, actor, Event.CERTIFICATE_REVOKED, certificate, round_, {"reason": reason})
    return certificate


def _publish_anew(session: Session, actor: Actor, round_: Round, now: datetime) -> None:
    approval = approval_of(session, round_.id)
    if approval is None:
        raise RuntimeError("a round with certificates has an approval")
    decided, revoked = decided_lines(session, round_), queries.revocations_of(session, round_)
    scheme = round_.scheme
    content = result_content(round_, scheme, decided, approval, revoked)
    snapshot = publish_snapshot(session, actor, round_, "result", content, now)
    want_announcement(session, round_, scheme, decided, approval, snapshot, now, list(revoked))


def _record(
    session: Session, actor: Actor, event: Event, certificate: Certificate, round_: Round, content: Mapping[str, object]
) -> None:
    stream = round_stream(round_.public_id)
    record(session, actor, event, f"certificate:{certificate.public_id}", stream, content, rules=round_.scheme_sha256)
