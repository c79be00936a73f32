"""What has been published as a list: an extension stands beside the call it changes, under its own name and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from award.kernel.i18n import N_, Phrase
from award.results.pages.titles import KINDS, title_of
from award.results.published import Published, extensions_of, first_calls, moment_of, notices_among
from award.stages import Kind

EXTENDED = (N_("Extension"), N_("{stage} extended: {round}"))
MOVED = (N_("New dates"), N_("{stage} has new dates: {round}"))


@dataclass(frozen=True)
class Listed:
    """A line of the list. kind: call, notice or result; word: what it is called, a msgid; day: on the authority's clock."""

    kind: str
    word: str
    title: Phrase
    url: str
    at: datetime
    day: date


def listed(session: Session, published: Sequence[Published]) -> list[Listed]:
    """Everything that is published, newest first: a call on the day it first came out, its last extension on its own.

    What was decided on the planned dates of the public notice stands here only until the notice is out and says its own.
    """
    begun, out = first_calls(session), notices_among(published)
    found = [line for one in published for line in _lines(one, begun, has_notice=one.round_id in out)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def url_of(one: Published) -> str:
    """Where a snapshot is read."""
    return f"/calls/{one.round}" if one.kind == "call" else f"/notices/{one.public_id}"


def _lines(one: Published, begun: Mapping[int, datetime], *, has_notice: bool) -> list[Listed]:
    url, at = url_of(one), begun[one.round_id] if one.kind == "call" else one.published_at
    lines = [Listed(one.kind, KINDS[one.kind], title_of(one), url, at, one.day_of(at))]
    decided = [] if one.kind != "call" else [(moment_of(each["decided_at"]), each) for each in extensions_of(one)]
    dated = [
        (moment, each) for moment, each in decided if moment is not None and not (has_notice and each["kind"] == Kind.NOTICE)
    ]
    if dated:
        # Stages that moved along with it were decided at the same moment and stand behind it.
        moment, last = max(dated, key=lambda pair: pair[0])
        word, title = MOVED if last.get("opens_at") else EXTENDED
        said = Phrase(title, {"stage": last["title"], "round": one.title})
        lines.append(Listed(one.kind, word, said, url, moment, one.day_of(moment)))
    return lines
