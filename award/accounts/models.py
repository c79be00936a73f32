"""Tables of people and what they hold."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from award.kernel.actor import Role, Scope
from award.kernel.db import Base, Row


class Person(Row):
    """Somebody who can sign in. username: lower case. password_hash: argon2id, None until the first password is set."""

    __tablename__ = "person"

    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254), index=True)
    phone: Mapped[str] = mapped_column(String(32), default="")
    language: Mapped[str] = mapped_column(String(2), default="zh")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]

    grants: Mapped[list["Grant"]] = relationship(foreign_keys="Grant.person_id", back_populates="person")


class Grant(Row):
    """A role in a scope, from and until. scope_id: inner number of the authority, round or organisation; 0 = system.

    authority_id: before whose office an applicant acts for his organisation; 0 for all other roles.
    """

    __tablename__ = "grant"
    __table_args__ = (
        Index(
            "uq_grant_in_force", "person_id", "role", "scope", "scope_id", "authority_id", unique=True,
            sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL"),
        ),
    )  # fmt: skip

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(String(32))
    scope: Mapped[Scope] = mapped_column(String(16))
    scope_id: Mapped[int]
    authority_id: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], back_populates="grants")


class SignIn(Base):
    """A session on the server. token_hash: SHA-256 of the cookie; the cookie itself is stored nowhere."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))

    @property
    def mark(self) -> str:
        """What names the session on pages and in the trail without giving it away."""
        return self.token_hash[:16]


class SignInAttempt(Base):
    """A try at signing in, for limits per account and network. account: SHA-256 of what was typed, in lower case."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_account_at", "account", "at"), Index("ix_sign_in_attempt_network_at", "network", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class Invitation(Row):
    """A link that lets somebody set up an account with one grant. token_hash: SHA-256 of the link's secret.

    leads_to: the page of this site whoever takes it up is led to; "" for the desk of his role.
    """

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(String(32))
    scope: Mapped[Scope] = mapped_column(String(16))
    scope_id: Mapped[int]
    authority_id: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    leads_to: Mapped[str] = mapped_column(String(80), default="")
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AddressChange(Base):
    """A link, sent to a new mail address, that puts it into force once."""

    __tablename__ = "address_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A link that sets a new password once. made_by: the office member who identified the person, else asked by mail."""

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    identified_by: Mapped[str] = mapped_column(String(200), default="")


class ApiToken(Row):
    """A personal token for programs. token_hash: SHA-256; the token itself is shown once and stored nowhere.

    scopes: values of TokenScope. used_on: the last day it was used, on UTC's calendar. calls: requests the processes have
    told since calls_since, when the window they are limited in began.
    """

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
    calls: Mapped[int] = mapped_column(default=0)
    calls_since: Mapped[datetime | None]


class KeptAnswer(Base):
    """What a write under an Idempotency-Key was answered with, kept for a day. fingerprint: SHA-256 of the request."""

    __tablename__ = "kept_answer"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text, default="")
    etag: Mapped[str] = mapped_column(String(80), default="")
    kept_at: Mapped[datetime]
