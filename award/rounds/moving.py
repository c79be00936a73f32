"""What other dates of one stage do to the others. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from award.kernel.i18n import N_, Phrase
from award.regulations.model import Text
from award.rounds.planning import Dates, Frame, Period, days_later, days_until, earliest_notice_close


def after_extension(frame: Frame, dates: Dates, kind: str, closes_at: datetime) -> dict[str, Period]:
    """The dates once a stage ends later; kind: of this stage.

    Where the next stage would begin before, later ones move on by as few whole days as keep their order, so that what
    lasts from midnight to midnight still does. A notice that would then hold too few days ends later, and so does what follows.
    """
    moved = {**dates, kind: (dates[kind][0], closes_at)}
    kinds = [one for one, _ in frame.stages]
    later = kinds[kinds.index(kind) + 1 :]
    following = next((dates[one][0] for one in later if dates[one][0] is not None), None)
    if following is None or following >= closes_at:
        return moved
    days = days_until(following, closes_at, frame.zone)
    for one in later:
        opens_at, before = dates[one]
        opens_at = None if opens_at is None else days_later(opens_at, days, frame.zone)
        after = None if before is None else days_later(before, days, frame.zone)
        if after is not None and before is not None:
            if one == "notice" and opens_at is not None:
                after = max(after, earliest_notice_close(frame, opens_at))
            days = days_until(before, after, frame.zone)
        moved[one] = (opens_at, after)
    return moved


@dataclass(frozen=True)
class Move:
    """One stage in the table of what other dates do: its period before and after, and what is to be said of it."""

    title: Text
    before: Period
    after: Period
    notes: tuple[Phrase, ...]

    @property
    def is_moved(self) -> bool:
        """Whether its dates change at all."""
        return self.before != self.after


def moves_of(frame: Frame, kind: str, before: Mapping[str, Period], after: Mapping[str, Period]) -> list[Move]:
    """Every dated stage from the first one that changes on. kind: of the stage that is given other dates."""
    kinds = [one for one, _ in frame.stages]
    changed = [one for one in kinds if before.get(one) != after.get(one)]
    first = kinds.index(changed[0]) if changed else len(kinds)
    nothing: Period = (None, None)
    found = []
    for one, title in frame.stages[first:]:
        was, is_ = before.get(one, nothing), after.get(one, nothing)
        if any((*was, *is_)):
            notes = [_note(frame, was, is_, is_wanted=one == kind)]
            # Once the stage has begun, a notice holds the days it says itself, whatever was planned.
            if one == "notice" and is_[0] is not None and is_[1] is not None and frame.now < is_[0]:
                notes.append(_working_days(frame, is_[0], is_[1]))
            found.append(Move(title, was, is_, tuple(notes)))
    return found


def _note(frame: Frame, was: Period, is_: Period, *, is_wanted: bool) -> Phrase:
    if was == is_:
        return Phrase(N_("Stays"), {})
    if is_wanted:
        return Phrase(N_("Decided here"), {})
    begins, ends = (
        0 if first is None or last is None else days_until(first, last, frame.zone)
        for first, last in zip(was, is_, strict=True)
    )
    if begins and ends > begins:
        text = N_("Begins {begins} days later and is lengthened: it ends {ends} days later")
        return Phrase(text, {"begins": begins, "ends": ends})
    return Phrase(N_("Moves on as a whole; days: {days}"), {"days": begins or ends})


def _working_days(frame: Frame, opens_at: datetime, closes_at: datetime) -> Phrase:
    """How many days a notice published on its first planned day holds. Source: Civil Code art. 201."""
    first = opens_at.astimezone(frame.zone).date() + timedelta(1)
    last = (closes_at.astimezone(frame.zone) - timedelta(microseconds=1)).date()
    if frame.notice_unit == "calendar":
        count = (last - first).days + 1
        text = N_("Days from the day after its publication: {count}; required: {least}")
    else:
        count = frame.calendar.workdays(first, last)
        text = N_("Working days from the day after its publication: {count}; required: {least}")
    return Phrase(text, {"count": count, "least": frame.notice_days})
