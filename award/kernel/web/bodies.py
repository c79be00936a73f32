"""What a JSON body must be before anybody reads it: UTF-8, and each name once."""

import json
from collections import Counter
from typing import Any

from fastapi import HTTPException, Request

from award.kernel.errors import FieldError, Unreadable
from award.kernel.i18n import N_

UNREADABLE = N_("This request cannot be understood; check: {fields}.")
TWICE = N_("This is named twice. Send each name once.")


def written(name: object) -> str:
    """A name as it can be shown: JSON may hold half a character."""
    return str(name).encode("utf-8", "replace").decode()[:60]


async def readable_json(request: Request) -> None:
    """Raises HTTPException for a JSON body that is not UTF-8 (RFC 8259, 8.1) or no JSON, Unreadable for one that names
    something twice: of two values nobody can say which is meant.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not media.endswith(("/json", "+json")) or not (body := await request.body()):
        return
    if not json.detect_encoding(body).startswith("utf-8"):
        raise HTTPException(415)
    doubled: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        doubled.extend(written(name) for name, count in Counter(name for name, _ in pairs).items() if count > 1)

    try:
        json.loads(body, object_pairs_hook=note)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error
    if doubled:
        raise Unreadable(UNREADABLE, [FieldError(name, TWICE) for name in doubled], doubled)
