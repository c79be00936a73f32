"""What can go wrong in an act: raised, never returned, so that a failed act always rolls back."""

import dataclasses
from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True)
class FieldError:
    """One fault in what came. text: English msgid with {placeholders}; params fill it. pointer: its place in a JSON body."""

    field: str
    text: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)
    pointer: str = ""


class AwardError(Exception):
    """An act that was not done, and why.

    code: `thing.reason`, stable, for the API and tests. text: English msgid that says what happened and what to do,
    with {placeholders} filled from params (a param may itself be a regulations.model.Text or a datetime).
    """

    status = 500

    def __init__(self, code: str, text: str = "", **params: object) -> None:
        super().__init__(code, text, params)
        self.code = code
        self.text = text
        self.params = params


class SignInNeeded(AwardError):
    """Nobody is signed in, or the session has ended."""

    status = 401


class Refused(AwardError):
    """This actor may not do this. 403 where the role is no secret, 409 in the wrong stage or past a deadline."""

    def __init__(self, code: str, text: str = "", *, status: int = 403, **params: object) -> None:
        super().__init__(code, text, **params)
        self.status = status


class NotFound(AwardError):
    """Absent or hidden: the two look the same, so it says nothing more."""

    status = 404

    def __init__(self) -> None:
        super().__init__("not_found")


class Conflict(AwardError):
    """The thing is not in a state in which this can be done."""

    status = 409


class Stale(AwardError):
    """Somebody else changed it meanwhile. theirs: the stored values; by and at: who changed it, and when.

    version: of what is stored, None where it has none.
    """

    status = 412

    def __init__(self, code: str, text: str = "", *, version: int | None, theirs: Mapping[str, object], **params: object) -> None:
        super().__init__(code, text, **params)
        self.version = version
        self.theirs = theirs


class VersionMissing(AwardError):
    """A change must say which version it was made from."""

    status = 428


class TagUnreadable(AwardError):
    """What names the version of a change is none that can be compared."""

    status = 400


class Invalid(AwardError):
    """What was typed cannot be understood or breaks a rule; names each field."""

    status = 422

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("invalid")
        self.errors = errors

    @classmethod
    def one(cls, field_name: str, text: str, **params: object) -> "Invalid":
        """A single fault."""
        return cls([FieldError(field_name, text, params)])


class Unreadable(AwardError):
    """What was sent is not of the form it must have; names each place. fields: as the reader calls them."""

    status = 422

    def __init__(self, text: str, errors: Sequence[FieldError], fields: Sequence[str]) -> None:
        super().__init__("request.invalid", text, fields=list(fields))
        self.errors = errors


class TooLarge(AwardError):
    """More bytes than the limit that was told before."""

    status = 413


class TooMany(AwardError):
    """Too many tries; says when to come back."""

    status = 429


class KeyReused(AwardError):
    """A key that names one write was sent again with another one."""

    status = 422
