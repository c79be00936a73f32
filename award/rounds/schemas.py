"""What the API gives of rounds."""

from datetime import datetime

from award.kernel.web.api import Given, Words


class StageOut(Given):
    """A stage with its planned dates, UTC; the public notice, once it is out, ends as it says itself. title: as the rules call it."""

    kind: str
    title: Words
    opens_at: datetime | None
    closes_at: datetime | None


class RoundOut(Given):
    """A round. state: draft, open, closed, archived or cancelled.

    stage: the present one, and actions: what the token's person may do in the round now and why not; both only for those
    who work in it, null for all others. stages: theirs are all, of all others those that concern the public.
    """

    id: str
    authority: Words
    award: Words
    title: Words
    number: int
    year: int
    zone: str
    state: str
    stage: str | None
    stages: list[StageOut]
    actions: dict[str, str] | None


class Rounds(Given):
    """A page of rounds. next: cursor of the next page, null on the last one."""

    items: list[RoundOut]
    next: str | None


ROUND = {
    "id": "k7m2p9xw4tqa", "authority": {"zh": "云川市人民政府", "en": "People's Government of Yunchuan"},
    "award": {"zh": "云川市市长质量奖", "en": "Yunchuan Mayor's Quality Award"},
    "title": {"zh": "第七届云川市市长质量奖（2026）", "en": "7th Yunchuan Mayor's Quality Award (2026)"},
    "number": 7, "year": 2026, "zone": "Asia/Shanghai", "state": "open", "stage": None,
    "stages": [
        {"kind": "apply", "title": {"zh": "申报", "en": "Applications"}, "opens_at": "2026-02-28T16:00:00Z",
         "closes_at": "2026-04-15T16:00:00Z"},
    ],
    "actions": None,
}  # fmt: skip
"""The example of the description."""
