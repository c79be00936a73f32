"""Reading certificates: the office's list, and what anybody may learn from a code."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from award.applications.models import Application
from award.kernel.actor import Actor
from award.kernel.errors import NotFound
from award.rounds.models import Award, Round
from award.rounds.queries import round_for
from award.winners.models import Certificate

Validity = Literal["valid", "expired", "revoked", "unknown"]


@dataclass(frozen=True)
class Verification:
    """What a check of a code says. certificate is None for an unknown code."""

    code: str
    validity: Validity
    certificate: Certificate | None = None


def tidy_code(text: str) -> str:
    """A check code as people type it, with dashes, spaces or in lower case, as it is stored."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in folded if character.isalnum())[:12]


def verify(session: Session, text: str, now: datetime) -> Verification:
    """What anybody learns from a code: valid, expired, revoked or unknown; revoked beats expired."""
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
    today = now.astimezone(ZoneInfo(round_.award.authority.zone)).date()
    return Verification(code, validity_of(certificate, today), certificate)


def validity_of(certificate: Certificate, today: date) -> Validity:
    """The last day of validity still counts."""
    if certificate.revoked_at is not None:
        return "revoked"
    if certificate.valid_until is not None and today > certificate.valid_until:
        return "expired"
    return "valid"


def certificates_of(session: Session, round_id: int) -> Sequence[Certificate]:
    """All certificates of a round, in order of their numbers."""
    query = (
        select(Certificate)
        .where(Certificate.round_id == round_id)
        .options(selectinload(Certificate.application).selectinload(Application.organisation))
        .order_by(Certificate.id)
    )
    return session.scalars(query).all()


def certificate_for(session: Session, actor: Actor, round_: Round, public_id: str) -> Certificate:
    """A certificate of a round, for somebody who works in it. Raises NotFound otherwise."""
    round_for(session, actor, round_.public_id)
    certificate = session.scalar(select(Certificate).where(Certificate.public_id == public_id))
    if certificate is None or certificate.round_id != round_.id:
        raise NotFound
    return certificate


def certificate_of(session: Session, application: Application) -> Certificate | None:
    """The certificate of a winning application."""
    return session.scalar(select(Certificate).where(Certificate.application_id == application.id))
