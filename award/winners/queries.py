"""Reading certificates: the office's list, and what anybody may learn from a code."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from award.applications.models import Application
from award.applications.queries import barred_to
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.rounds.models import Award, Round
from award.rounds.queries import round_for
from award.winners.models import Certificate

Validity = Literal["valid", "expired", "revoked", "unknown"]


@dataclass(frozen=True)
class Verification:
    """What a check of a code says. certificate is None for an unknown code; revoked_on: on the authority's clock."""

    code: str
    validity: Validity
    certificate: Certificate | None = None
    revoked_on: date | None = None


LONGEST_ECHO = 40
"""Characters of a typed code that are kept. One character too many is as unknown as one too few."""


def tidy_code(text: str) -> str:
    """A check code as people type it, with dashes, spaces or in lower case, as it is stored."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in folded if character.isalnum())[:LONGEST_ECHO]


def verify(session: Session, text: str, now: datetime) -> Verification:
    """What anybody learns from a code: valid, expired, revoked or unknown; revoked beats expired.

    One look-up for whatever was typed, so that an unknown code and a malformed one take the same time.
    """
    code = tidy_code(text)
    query = (
        select(Certificate, Round)
        .join(Round, Round.id == Certificate.round_id)
        .where(Certificate.code == code)
        .options(selectinload(Round.award).selectinload(Award.authority))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return Verification(code, "unknown")
    certificate, round_ = row
    authority = round_.award.authority
    revoked_on = authority.day_of(certificate.revoked_at) if certificate.revoked_at else None
    return Verification(code, validity_of(certificate, authority.day_of(now)), certificate, revoked_on)


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


def certificate_of(session: Session, application: Application) -> Certificate | None:
    """The certificate of a winning application."""
    return session.scalar(select(Certificate).where(Certificate.application_id == application.id))
