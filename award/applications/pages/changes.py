"""What a correction asked for beside what was changed, for the applicant and the office."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from award.applications import queries
from award.applications.changes import Changes, Draft, EvidenceChange, changes_between, last_correction, points_between
from award.applications.check import title_of
from award.applications.differences import counts, difference, folded
from award.applications.facts import facts_of
from award.applications.pages import views
from award.applications.pages.content import evidence_in
from award.kernel.i18n import N_


def draft_changes(session: Session, desk: views.Desk, content: queries.Content) -> dict[str, Any]:
    """The draft beside what was submitted last, with the points that are open."""
    answers = queries.answers_of(session, desk.application)
    draft = Draft(
        desk.application.profile, {part: one.text for part, one in answers.items()}, evidence_in(session, desk.application)
    )
    return shown_changes(desk, changes_between(content, draft), queries.open_points(session, desk.application))


def corrected(session: Session, desk: views.Desk) -> dict[str, Any] | None:
    """What was submitted after the last correction beside what was before; None where nothing was corrected."""
    pair = last_correction([queries.content_of(one) for one in queries.submissions_of(session, desk.application)])
    if pair is None:
        return None
    before, after = pair
    points = points_between(queries.notices_of(session, desk.application), before.submitted_at, after.submitted_at)
    moments = {"before": desk.moment(before.submitted_at), "after": desk.moment(after.submitted_at)}
    return moments | shown_changes(desk, changes_between(before, after), points)


def shown_changes(desk: views.Desk, changes: Changes, points: list[dict[str, str]]) -> dict[str, Any]:
    """Part by part: first what was asked for, changed or not; then what else was changed, in the order it is written."""
    asked: dict[str, list[str]] = {}
    for one in points:
        asked.setdefault(one["part"], []).append(one["text"])
    order = [*asked, "facts", *(one.key for one in desk.parts), "evidence"]
    named = asked.keys() | changes.keys
    shown = [_shown(desk, changes, key, asked.get(key, [])) for key in dict.fromkeys(order) if key in named]
    return {"groups": shown, "asked": len(points), "changed": len(changes.keys)}


def _shown(desk: views.Desk, changes: Changes, key: str, asked: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": key, "name": title_of(desk.part(key), key, desk.language), "asked": asked, "is_changed": key in changes.keys,
        "facts": [], "evidence": [], "pieces": [],
    }  # fmt: skip
    if key == "facts":
        found["facts"] = _facts(desk, changes.facts)
    elif key == "evidence":
        found["evidence"] = [_evidence(desk, one) for one in changes.evidence]
    elif key in changes.parts:
        found |= compared(*changes.parts[key])
    return found


def compared(before: str, after: str) -> dict[str, Any]:
    """The difference of two texts with how much was added and removed."""
    pieces = difference(before, after)
    added, removed = counts(pieces)
    return {"pieces": folded(pieces), "added": added, "removed": removed}


def _facts(desk: views.Desk, changed: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    def words(choices: Mapping[str, str], value: str) -> str:
        return desk.tell(choices[value]) if value in choices else value

    return [
        {"label": desk.tell(fact.label, fact.params),
         "pieces": difference(*(words(dict(fact.choices), value) for value in changed[fact.key]))}
        for fact in facts_of(desk.application.round.year, desk.application.category)
        if fact.key in changed
    ]  # fmt: skip


def _evidence(desk: views.Desk, change: EvidenceChange) -> dict[str, Any]:
    one = change.after or change.before
    if one is None:
        raise ValueError("a change of evidence names a file")
    titles = (change.before.title if change.before else "", change.after.title if change.after else "")
    what = N_("Added") if change.before is None else N_("Taken out") if change.after is None else N_("Other title")
    return {"code": one.code, "what": desk.tell(what), "pieces": difference(*titles), "url": f"/evidence/{one.id}", "name": one.name}
