"""Reading certificates: the office's list, and what anybody may learn from a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from award.applications.models import Application
from award.applications.queries import barred_to
from award.kernel import ids
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.regulations.model import Text
from award.rounds.models import Award, Round
from award.rounds.queries import round_for, title_of
from award.winners.models import Certificate

Validity = Literal["valid", "expired", "revoked", "unknown"]


@dataclass(frozen=True)
class English:
    """What a certificate says in English, which is not on the paper; "" where nothing is stored that says the same."""

    holder: str
    award_title: str
    issuer: str


@dataclass(frozen=True)
class Verification:
    """What a check of a code says. certificate is None for an unknown code; revoked_on: on the authority's clock."""

    code: str
    validity: Validity
    certificate: Certificate | None = None
    revoked_on: date | None = None
    english: English | None = None


def verify(session: Session, text: str, now: datetime) -> Verification:
    """What anybody learns from a code: valid, expired, revoked or unknown; revoked beats expired.

    One look-up for whatever was typed, so that an unknown code and a malformed one take the same time.
    """
    code = ids.tidy_code(text)
    query = (
        select(Certificate, Round)
        .join(Round, Round.id == Certificate.round_id)
        .where(Certificate.code == code)
        .options(
            selectinload(Round.award).selectinload(Award.authority),
            joinedload(Certificate.application).joinedload(Application.organisation),
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return Verification(code, "unknown")
    certificate, round_ = row
    authority = round_.award.authority
    revoked_on = authority.day_of(certificate.revoked_at) if certificate.revoked_at else None
    return Verification(code, validity_of(certificate, authority.day_of(now)), certificate, revoked_on, _english(certificate, round_))


def _english(certificate: Certificate, round_: Round) -> English:
    """Only where the Chinese of today is still what was certified."""
    scheme, application = round_.scheme, certificate.application
    grades = {one.grade: one.name for one in scheme.category(application.category).quotas}
    title = award_title(round_, grades[certificate.grade])
    return English(
        application.entrant_en if application.entrant == certificate.holder else "",
        title.en if title.zh == certificate.award_title else "",
        scheme.issuer.en if scheme.issuer.zh == certificate.issuer else "",
    )


def award_title(round_: Round, grade: Text) -> Text:
    """第六届云川市市长质量奖, or with the name of the grade where it is not the award itself."""
    title = title_of(round_)
    ordinal_zh = title.zh.split("届")[0] + "届"
    name_zh = grade.zh if grade.zh.startswith(round_.award.name_zh) else round_.award.name_zh + grade.zh
    name_en = grade.en if round_.award.name_en in grade.en else f"{round_.award.name_en}, {grade.en}"
    return Text(ordinal_zh + name_zh, f"{title.en.split(' ')[0]} {name_en}")


def validity_of(certificate: Certificate, today: date) -> Validity:
    """The last day of validity still counts."""
    if certificate.revoked_at is not None:
        return "revoked"
    if certificate.valid_until is not None and today > certificate.valid_until:
        return "expired"
    return "valid"


def certificates_of(session: Session, round_id: int) -> Sequence[Certificate]:
    """All certificates of a round, in order of their numbers."""
    return session.scalars(_certificates(round_id)).all()


def certificates_for(session: Session, actor: Actor, round_id: int) -> Sequence[Certificate]:
    """The same, without those of applications the actor must not touch."""
    query = _certificates(round_id).where(Certificate.application_id.not_in(barred_to(actor)))
    return session.scalars(query).all()


def _certificates(round_id: int) -> Select[Certificate]:
    return (
        select(Certificate)
        .where(Certificate.round_id == round_id)
        .options(selectinload(Certificate.application).selectinload(Application.organisation))
        .order_by(Certificate.id)
    )


def certificate_for(session: Session, actor: Actor, round_: Round, public_id: str) -> Certificate:
    """A certificate of a round, for somebody who works in it and has no conflict. Raises NotFound otherwise."""
    round_for(session, actor, round_.public_id)
    query = select(Certificate).where(Certificate.public_id == public_id, Certificate.round_id == round_.id)
    certificate = session.scalar(query.where(Certificate.application_id.not_in(barred_to(actor))))
    if certificate is None:
        raise NotFound
    return certificate


def revocations_of(session: Session, round_: Round) -> dict[str, date]:
    """Public id of an application -> the day its award was revoked, on the authority's clock."""
    return {
        one.application.public_id: round_.award.authority.day_of(one.revoked_at)
        for one in certificates_of(session, round_.id)
        if one.revoked_at is not None
    }
