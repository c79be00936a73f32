"""The round at a glance, as plain data for its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from statistics import median
from typing import Any

from sqlalchemy.orm import Session

from award.applications.queries import stands
from award.kernel.actor import Action, Actor
from award.kernel.i18n import N_, Phrase, format_days, format_left, format_moment, short_day, spoken, translate
from award.office import queries
from award.office.checks import Here, Missing, missing_in
from award.office.queries import Counts, Line, Seat
from award.regulations.model import Scheme
from award.rounds.models import Round, RoundStage
from award.rounds.planning import as_it_was
from award.rounds.queries import criteria_of, stage_of, stage_of_kind
from award.stages import TABLE, Kind


@dataclass(frozen=True)
class View:
    """What the parts of the page are made from. language: of the reader."""

    here: Here
    actor: Actor
    scheme: Scheme
    counts: Counts
    language: str

    @property
    def session(self) -> Session:
        """Of the request."""
        return self.here.session

    @property
    def round_(self) -> Round:
        """The round."""
        return self.here.round_

    @property
    def now(self) -> datetime:
        """UTC."""
        return self.here.now

    @cached_property
    def notice_ends(self) -> datetime | None:
        """When the public notice that is out ends; None before."""
        stage = stage_of_kind(self.round_, Kind.NOTICE)
        notice = self.here.notice if stage is not None and stage.position <= self.round_.position else None
        return None if notice is None else notice.closes_at

    def say(self, text: str, **params: object) -> str:
        """A sentence in the reader's language."""
        return translate(self.language, text, params)

    def name(self, value: object) -> str:
        """A name in the reader's language."""
        return str(spoken(self.language, value))

    def local(self, moment: datetime) -> datetime:
        """On the authority's clock."""
        return moment.astimezone(self.round_.award.authority.clock)

    def end_of(self, stage: RoundStage) -> datetime | None:
        """When a stage ends: as planned, but the public notice, once it is out, as it says itself."""
        return stage.closes_at if stage.kind != Kind.NOTICE or self.notice_ends is None else self.notice_ends

    @property
    def ends_at(self) -> datetime | None:
        """When the present stage ends."""
        return self.end_of(stage_of(self.round_))

    @property
    def base(self) -> str:
        """The address of the round."""
        return f"/office/rounds/{self.round_.public_id}"


def view_of(session: Session, actor: Actor, round_: Round, language: str, now: datetime) -> View:
    """The round with its scheme and counts."""
    return View(Here(session, round_, now), actor, round_.scheme, queries.counts_of(session, actor, round_), language)


def head_of(view: View) -> dict[str, Any]:
    """The facts in the page's head."""
    grades = [
        view.say(N_("{grade}: {seats}"), grade=view.name(quota.name), seats=quota.seats)
        for category in view.scheme.categories
        for quota in category.quotas
    ]
    criteria = [criteria_of(view.session, view.round_, one.key).name for one in view.scheme.categories]
    return {
        "scheme": view.scheme,
        "state_word": view.name(view.scheme.stage(stage_of(view.round_).kind).title),
        "facts": [
            view.say(N_("By {criteria}"), criteria=list(dict.fromkeys(view.name(one) for one in criteria))),
            view.say(N_("Seats: {grades}"), grades=grades),
            view.say(N_("As of {time}"), time=f"{view.local(view.now):%H:%M}"),
        ],
    }


def stages_of(view: View) -> list[dict[str, Any]]:
    """The stage line."""
    return [_stage(view, stage) for stage in view.round_.stages]


def _stage(view: View, stage: RoundStage) -> dict[str, Any]:
    present = view.round_.position
    if stage.position < present:
        state = "done"
    elif stage.position > present:
        state = "not_started"
    else:
        state = "overdue" if view.ends_at is not None and view.ends_at <= view.now else "running"
    return {
        "name": view.name(view.scheme.stage(stage.kind).title),
        "when": _period(view, stage),
        "note": _note(view, stage) if state == "done" else "",
        "state": state,
    }


def _period(view: View, stage: RoundStage) -> str:
    opens_at, ends_at = as_it_was(stage.kind, (stage.opens_at, view.end_of(stage)), stage.entered_at, stage.left_at)
    if opens_at is None:
        return ""
    last = view.local(_last_moment(ends_at)).date() if ends_at is not None else None
    return format_days(view.language, view.local(opens_at).date(), last)


def _last_moment(closes_at: datetime) -> datetime:
    # 00:00 is shown as 24:00 of the day before.
    return datetime.fromtimestamp(closes_at.timestamp() - 1, closes_at.tzinfo)


def _note(view: View, stage: RoundStage) -> str:
    if stage.kind == Kind.APPLY:
        return view.say(N_("{count} received"), count=view.counts.received)
    if stage.kind == Kind.ACCEPT:
        return view.say(N_("{count} accepted"), count=view.counts.accepted)
    if stage.kind == Kind.SCORE:
        return view.say(N_("{count} sheets"), count=view.counts.submitted)
    return ""


def figures_of(view: View) -> list[dict[str, Any]]:
    """The cards under the stage line."""
    counts = view.counts
    cards = [
        {
            "label": view.say(N_("Applications accepted")), "value": counts.accepted,
            "unit": view.say(N_("of {count}"), count=counts.received),
            "note": view.say(N_("{rejected} not accepted, {withdrawn} withdrawn"), rejected=counts.rejected, withdrawn=counts.withdrawn),
        },
        _sheets(view),
        {
            "label": view.say(N_("All sheets in")), "value": counts.open_gates,
            "unit": view.say(N_("of {count} applications"), count=counts.judged),
            "note": view.say(N_("Their values can be seen")) if counts.open_gates else "",
        },
        {
            "label": view.say(N_("Judges")), "value": counts.judges, "unit": "",
            "note": view.say(N_("Declarations not signed: {count}"), count=counts.unsigned),
            "tone": "bad" if counts.unsigned else "",
        },
        _time_left(view),
    ]  # fmt: skip
    return [card for card in cards if card]


def _sheets(view: View) -> dict[str, Any]:
    counts = view.counts
    card: dict[str, Any] = {
        "label": view.say(N_("Score sheets submitted")), "value": counts.submitted,
        "unit": view.say(N_("of {count}"), count=counts.due),
        "note": view.say(N_("Done: {percent}%"), percent=_share(counts.submitted, counts.due)),
    }  # fmt: skip
    stage = stage_of(view.round_)
    if stage.kind == Kind.SCORE and counts.due and stage.opens_at and stage.closes_at:
        behind = _planned(stage, view.now) - _share(counts.submitted, counts.due)
        if behind > 0:
            card["note"] = view.say(
                N_("Done: {percent}%, {behind} points behind the plan"),
                percent=_share(counts.submitted, counts.due), behind=behind,
            )  # fmt: skip
            card["tone"] = "bad"
    return card


def _planned(stage: RoundStage, now: datetime) -> int:
    """Percent of the stage's time that has passed."""
    if stage.opens_at is None or stage.closes_at is None:
        return 0
    share = (now - stage.opens_at) / (stage.closes_at - stage.opens_at)
    return round(100 * min(1.0, max(0.0, share)))


def _time_left(view: View) -> dict[str, Any]:
    stage = stage_of(view.round_)
    if view.ends_at is None:
        return {}
    title = view.name(view.scheme.stage(stage.kind).title)
    zone = view.round_.award.authority.zone
    over = view.ends_at <= view.now
    value = view.say(N_("over")) if over else format_left(view.language, view.ends_at - view.now)
    number, _, rest = value.partition(" ") if not over else (value, "", "")
    return {
        "label": view.say(N_("Until the end of “{stage}”"), stage=title), "value": number, "unit": rest,
        "note": format_moment(view.language, view.ends_at, zone, with_zone=True), "alert": True,
    }  # fmt: skip


def _share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def rows_of(view: View, lines: Sequence[Line], seats: Mapping[int, list[Seat]], *, see_totals: bool) -> list[dict[str, Any]]:
    """One line for each application; totals only where its gate has opened, and only for whom they open."""
    items: dict[str, int] = {
        one.key: sum(1 for _ in criteria_of(view.session, view.round_, one.key).items()) for one in view.scheme.categories
    }
    return [
        _row(view, line, seats[line.application.id], items[line.application.category], see_totals=see_totals) for line in lines
    ]


def _row(view: View, line: Line, seats: list[Seat], items: int, *, see_totals: bool) -> dict[str, Any]:
    application, left_out_in = line.application, line.left_out_in
    category = view.scheme.category(application.category)
    facts = [view.name(category.name)] if len(view.scheme.categories) > 1 else []
    if application.sector in category.sectors:
        facts.append(view.name(category.sectors[application.sector]))
    if left_out_in:
        facts.append(view.say(N_("left out by “{stage}”"), stage=view.scheme.stage(left_out_in).title))
    short = max(0, view.scheme.panel.size - len(seats)) if application.is_live and not left_out_in else 0
    needs_judges = short > 0 and view.round_.stages[view.round_.position].kind in (Kind.ASSIGN, Kind.SCORE)
    due = len(seats) + short
    return {
        "name": application.entrant,
        "url": f"/office/applications/{application.public_id}",
        "number": application.number or "—",
        "facts": " · ".join(facts),
        "panel": next((seat.name for seat in seats if seat.is_leader), "—"),
        "kind": application.words,
        "code": stands(application, left_out_in),
        "word": view.say(N_("Judges wanted: {count}"), count=short) if needs_judges and seats else "",
        "squares": [_square(seat, items) for seat in seats] + [None] * short,
        "sheets_in": sum(seat.state == "submitted" for seat in seats),
        "sheets_due": due,
        "tone": "bad" if needs_judges and seats else "",
        "level": "bad" if needs_judges and seats else "",
        "strip": _strip(seats) if see_totals and application.gate_opened_at is not None else None,
    }


def _square(seat: Seat, items: int) -> str | int:
    return "in" if seat.state == "submitted" else _share(seat.marked, items)


def _strip(seats: list[Seat]) -> dict[str, Any] | None:
    totals = [seat.total_hundredths / 100 for seat in seats if seat.total_hundredths is not None]
    if not totals:
        return None
    return {"values": totals, "middle": median(totals), "shown": f"{median(totals):.2f}"}


def todos_of(view: View, missing: Sequence[Missing]) -> list[dict[str, Any]]:
    """What waits: first what keeps the round in its stage, then what else the office should look at."""
    found = [_todo(view, one, "warn") for one in missing]
    if view.counts.pending_claims:
        claims = Phrase(N_("Claims of organisations to be decided: {count}"), {"count": view.counts.pending_claims})
        found.append({"text": view.name(claims), "level": "info", "url": "/office/claims"})
    found += _reminded(view, view.counts.panel_changes, N_("Changes of panels that wait for a second person: {count}"), "assign")
    found += _reminded(view, view.counts.date_changes, N_("Other dates of a stage that wait for a second person: {count}"), "stages")
    here = TABLE[Kind(stage_of(view.round_).kind)]
    if view.scheme.feedback_reports and Action.FEEDBACK_WRITE in here.grants and "reports_released" not in here.needs:
        found += _reminded(view, view.counts.unwritten, N_("Feedback reports that their panel leaders have not begun: {count}"), "feedback")
    if view.counts.unsigned and stage_of(view.round_).kind in (Kind.ASSIGN, Kind.SCORE):
        text = view.say(N_("Declarations not signed: {count}"), count=view.counts.unsigned)
        note = view.say(N_("Before signing a judge sees nothing but the name of the organisation"))
        found.append({"text": text, "note": note, "level": "info", "url": f"{view.base}/progress"})
    return found


def _reminded(view: View, count: int, text: str, page: str) -> list[dict[str, Any]]:
    return [{"text": view.say(text, count=count), "level": "info", "url": f"{view.base}/{page}"}] if count else []


def _todo(view: View, missing: Missing, level: str) -> dict[str, Any]:
    return {"text": view.say(missing.text, **missing.params), "level": level, "url": f"{view.base}/{missing.page}"}


def missing_of(view: View) -> list[Missing]:
    """What keeps the round in its stage."""
    return missing_in(view.here)


def completion_of(view: View) -> dict[str, Any] | None:
    """Sheets over the days of the scoring stage, or None before it begins."""
    stage = stage_of_kind(view.round_, Kind.SCORE)
    if stage is None or stage.entered_at is None or stage.opens_at is None or stage.closes_at is None or not view.counts.due:
        return None
    first, last = view.local(stage.opens_at).date(), view.local(_last_moment(stage.closes_at)).date()
    today = min(max(view.local(view.now).date(), first), last)
    done = [view.local(moment).date() for moment in queries.submissions_of(view.session, view.actor, view.round_)]
    points = [
        (day, _share(sum(one <= _day_of(first, day) for one in done), view.counts.due))
        for day in range((today - first).days + 1)
    ]
    percent = points[-1][1]
    return {
        "points": points, "total_days": max(1, (last - first).days),
        "start": short_day(view.language, first), "end": short_day(view.language, last),
        "today": view.say(N_("today")),
        "label": view.say(N_("{percent}% of the score sheets are in"), percent=percent),
    }  # fmt: skip


def _day_of(first: date, day: int) -> date:
    return date.fromordinal(first.toordinal() + day)


def sectors_of(view: View) -> list[dict[str, Any]]:
    """Progress of each sector (or category, where it has none)."""
    stage = stage_of(view.round_)
    planned = _planned(stage, view.now) if stage.kind == Kind.SCORE else 0
    rows = []
    for (category, sector), (due, done) in queries.by_sector(view.session, view.actor, view.round_).items():
        rules = view.scheme.category(category)
        name = view.name(rules.sectors.get(sector, rules.name))
        percent = _share(done, due)
        rows.append({"name": name, "note": f"{done}/{due}", "percent": percent, "is_late": percent < planned})
    return rows
