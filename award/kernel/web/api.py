"""What all routes of the API share: problems, lists in pages, tags, and what a write must bring."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from award.kernel import ids
from award.kernel.errors import AwardError, Stale, TagUnreadable, VersionMissing
from award.kernel.files.models import StoredFile
from award.kernel.i18n import N_
from award.kernel.web.downloads import send_file
from award.kernel.web.forms import CONTROLS, TURNS, unkept

T = TypeVar("T")
Row = TypeVar("Row", bound=BaseModel)
PROBLEM = "application/problem+json"
TAG_PATTERN = '^"[!#-~]{1,80}"$'
"""Source: RFC 9110, 8.8.3: what stands between the quotes of a strong tag."""
STRONG, DIGITS = re.compile(TAG_PATTERN), re.compile("-?[0-9]+")
NO_TAG = N_("If-Match must be one ETag in its quotes, as it was given; * names no version. Read what you change and send its ETag.")
WEAK = N_(
    "If-Match must be a strong ETag; W/ was put before it on its way, by something that compresses answers. "
    "Ask with Accept-Encoding: identity and send the ETag as it comes."
)
MISSING = N_("A write says which version it was made from. Read it (GET) and send the ETag of that answer as If-Match.")
CHANGED = N_(
    "It was changed after you read it, and was left as it now stands. Read it again (GET), carry your change over to what stands there "
    "now, and send it with the new ETag as If-Match."
)
IN_PLACE_OF_PAGES = {
    "not_found": N_(
        "There is no such thing at this address, or it is hidden from the person of this token. Check the codes in the address; "
        "/api/v1/openapi.json lists every address."
    ),
    "race.lost": N_(
        "Another request did the same at the same moment, and nothing was saved. Read it again (GET), and send yours once more "
        "if it is still needed."
    ),
    "role.missing": N_("The person of this token has no role for this. The award office can tell which it takes."),
    400: N_(
        "The address or the body cannot be read: a character that cannot be, JSON nested too deep or with a number too long, "
        "or a body that was cut off on its way. Check both and send it again."
    ),
    405: N_("This address does not take this method. The header Allow names those it takes."),
    415: N_("The body cannot be read as what it says it is. Send JSON in UTF-8 with Content-Type: application/json."),
}
"""What happened and what to do, for who has no page before him: by the code of an error, or the status the framework gave."""
TITLES = {404: N_("Nothing at this address"), 412: N_("Changed since it was read"), 428: N_("If-Match is missing")}
REASONS = {
    400: "The address, the body or If-Match cannot be read.",
    401: "No token, or one that is unknown, has ended or was revoked.",
    403: "The token lacks the scope, or its person the role.",
    404: "There is no such thing, or it is hidden from the token's person; the two look the same.",
    405: "The address has no such method.",
    409: "Not in this stage, past the deadline, or not in this state.",
    412: "The If-Match tag is not the present one; the answer carries what is stored.",
    413: "More bytes than the installation takes.",
    415: "The body is not application/json.",
    422: "A value cannot be understood or breaks a rule; the answer names it. Or the Idempotency-Key was used for another write.",
    428: "If-Match is missing: a write says which version it was made from.",
    429: "This token has asked too often within five minutes, or too many that do not hold came from its network. Retry-After says when to "
    "come back.",
    500: "The fault is ours; the answer carries a reference.",
}


CODES = {
    400: "version.unreadable", 401: "token.missing", 403: "token.scope", 404: "not_found", 405: "request.refused", 409: "stage.over",
    412: "sheet.changed", 413: "body.too_large", 415: "request.refused", 422: "invalid", 428: "version.missing", 429: "limit.reached",
    500: "fault",
}  # fmt: skip
"""One of the codes of each status, for the examples of the description."""


class Fault(BaseModel):
    """One thing that is wrong. field: its name; pointer: where it stands in the body (RFC 6901); detail: what to do."""

    field: str
    detail: str
    pointer: str = ""


class Problem(BaseModel):
    """An error. Source: RFC 9457. code: stable; detail: a sentence in the language asked for by Accept-Language.

    errors: with 422, what is wrong one by one, in the same language.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] = []


class Given(BaseModel):
    """What a program sends and is given. Nothing is guessed: "65" is no number, 1 no truth, and unknown names are refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Words(Given):
    """A text in both languages."""

    zh: str
    en: str


class InBoth(Protocol):
    """A text of the rules, or of a snapshot."""

    @property
    def zh(self) -> str:
        """In Chinese."""

    @property
    def en(self) -> str:
        """In English."""


def for_programs(error: AwardError) -> str:
    """The sentence of an error in the API: its own, but where that one speaks of pages to people who see both versions."""
    if isinstance(error, Stale):
        return CHANGED
    return IN_PLACE_OF_PAGES.get(error.status if error.code == "request.refused" else error.code, error.text)


def words(text: InBoth) -> Words:
    """A text as the API gives it."""
    return Words(zh=text.zh, en=text.en)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for its description."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    code = CODES[status]
    example = {"type": f"urn:award:{code}", "title": "", "status": status, "detail": REASONS[status], "code": code}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": REASONS[status], "content": {PROBLEM: {"schema": schema, "example": example}}}


_ALWAYS = (400, 401, 403, 404, 405, 422, 429, 500)
READ = problems(*_ALWAYS) | {304: {"description": "If-None-Match names the present tag: nothing has changed."}}
WRITE = problems(*_ALWAYS, 409, 412, 413, 415, 428)
TAG = {
    "ETag": {
        "description": "Strong tag of this representation, for If-None-Match and If-Match.",
        "schema": {"type": "string"},
    }
}


def answers(example: Any, *, link: bool = False) -> dict[str, Any]:
    """The description of the answer 200: its headers and an example."""
    pages = {"Link": {"description": 'The next page, rel="next".', "schema": {"type": "string"}}}
    return {"headers": TAG | (pages if link else {}), "content": {"application/json": {"example": example}}}


@dataclass(frozen=True)
class Paging:
    """Which part of a list. Lists are in the order of ids; what is there during the whole walk is given exactly once."""

    limit: int
    cursor: str

    def of(self, rows: Sequence[T], key: Callable[[T], str]) -> list[T]:
        """The rows of the page and one more, from all rows."""
        return sorted((one for one in rows if key(one) > self.cursor), key=key)[: self.limit + 1]


def _digits(value: object) -> object:
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise PydanticCustomError("int_parsing", "no plain digits")
    return value


IN_DIGITS = BeforeValidator(_digits)
"""A number in an address is written as people do, not as Python reads it too: " 5", "+5", "5.0" and "1_0" are none."""


def _kept(value: str) -> str:
    if fault := unkept("", value, is_program=True):
        raise PydanticCustomError("unkept", "a control character", {"text": fault.text, **fault.params})
    return value


class _Kept:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_kept, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": KEPT_PATTERN}


KEPT = _Kept()
"""A text that is stored as it is sent: a character that cannot be kept is refused, not left out."""
KEPT_PATTERN = f"^[^{CONTROLS}{TURNS}]*$"


def paging(
    limit: Annotated[int, Query(ge=1, le=100, description="Most rows of a page."), IN_DIGITS] = 25,
    cursor: Annotated[
        str | None,
        Query(pattern=ids.PATTERN, description="The value of `next` of the page before.", examples=["k7m2p9xw4tqa"]),
    ] = None,
) -> Paging:
    """Reads the query."""
    return Paging(limit, cursor or "")


Paged = Annotated[Paging, Depends(paging)]


def listed(
    request: Request, model: type[BaseModel], rows: Sequence[Row], page: Paging, key: Callable[[Row], str]
) -> Response:
    """A page of a list. rows: up to one more than the page has; that there is one more says that there is a next page."""
    shown = list(rows[: page.limit])
    following = key(shown[-1]) if len(rows) > page.limit else None
    response = tagged(request, model(items=shown, next=following))
    if following is not None:
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        response.headers["link"] = f'<{request.url.path}?{urlencode([*query, ("cursor", following)])}>; rel="next"'
    return response


def tagged(request: Request, body: BaseModel, tag: str = "") -> Response:
    """An answer with its strong tag, or 304 where the program has it already. tag: of the version, else of the bytes."""
    content = body.model_dump_json().encode()
    return tagged_bytes(request, content, tag)


def tagged_bytes(request: Request, content: bytes, tag: str = "") -> Response:
    """The same for JSON that is written already."""
    headers = _tag_headers(tag or hashlib.sha256(content).hexdigest()[:32])
    if _has_it(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def tagged_file(request: Request, stored: StoredFile, name: str | None = None) -> Response:
    """The same for a stored file, whose tag is of its bytes. name: instead of its own."""
    headers = _tag_headers(stored.sha256[:32])
    if _has_it(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    response = send_file(stored, name=name)
    response.headers.update(headers)
    return response


def _tag_headers(tag: str) -> dict[str, str]:
    return {"etag": f'"{tag}"', "cache-control": "private, no-cache", "vary": "authorization"}


def _has_it(request: Request, etag: str) -> bool:
    """Whether the program has this representation already. Source: RFC 9110, 13.1.2: tags are compared without W/."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return request.method == "GET" and (etag in known or "*" in known)


def _matched(
    if_match: Annotated[
        str | None, Header(description="The ETag the change was made from, as it was given. Without it the answer is 428.")
    ] = None,
) -> str:
    given = (if_match or "").strip()
    if not given:
        raise VersionMissing("version.missing", MISSING)
    if not STRONG.fullmatch(given):
        raise TagUnreadable("version.unreadable", WEAK if given.startswith("W/") else NO_TAG)
    return given[1:-1]


IfMatch = Annotated[str, Depends(_matched)]
"""The strong tag a write was made from. Raises VersionMissing without one, TagUnreadable for *, a weak tag or several."""


def version_of(tag: str) -> int:
    """The version a tag of a part names; anything else is not the present one (-1)."""
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else -1


@dataclass(frozen=True)
class Write:
    """A write as it is told from others. key: Idempotency-Key, "" without; fingerprint: of method, address, tag and body."""

    key: str
    fingerprint: str


async def _write(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=8, max_length=80, pattern=r"^[\x21-\x7e]+$",
            description="Chosen by the program, once for each write. Sent again within a day, the first answer is given again.",
            examples=["5b0f9c7e-3f1d-4a36-9b3e-2f6a7c1d8e90"],
        ),
    ] = None,
) -> Write:  # fmt: skip
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise HTTPException(415)
    head = f"{request.method} {request.url.path} {request.headers.get('if-match', '')}\n".encode()
    return Write(idempotency_key or "", hashlib.sha256(head + await request.body()).hexdigest())


Writing = Annotated[Write, Depends(_write)]
