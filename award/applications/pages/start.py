"""The applicant's first page, beginning an application, and its task list."""

from collections.abc import Sequence, Set
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.check import PROFILE, facts_problems
from award.applications.facts import WITH_NOMINEE
from award.applications.models import Application
from award.applications.pages import views
from award.applications.pages.people import shown_people
from award.applications.pages.presence import busy_line
from award.applications.pages.timeline import timeline_of
from award.applications.people import at_work, paper_drafts_naming
from award.applications.service.writing import FACTS
from award.kernel import clock, i18n
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid, NotFound
from award.kernel.i18n import N_
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form
from award.kernel.web.rendering import render, render_invalid
from award.organisations.models import Organisation
from award.organisations.queries import claims_of, is_taken, organisations_of
from award.policy import Standing, decide, require
from award.regulations.model import Text
from award.rounds.eligibility import conditions_of
from award.rounds.models import Round
from award.rounds.queries import open_rounds, stage_now, stage_of, title_of
from award.rounds.schemes import tiers_above
from award.stages import Who

router = APIRouter(prefix="/apply", dependencies=[Depends(guard.signed_in)])
CHOOSE = N_("Choose…")


@router.get("")
def home(request: Request, session: RequestSession, actor: CurrentActor) -> Response:
    """One's applications and the rounds that take some now."""
    language = request.state.language
    applications, own = queries.applications_of(session, actor), organisations_of(session, actor)
    begun = {(one.round_id, one.category, one.organisation_id) for one in applications}
    return render(
        request, session, "applications/home.html",
        applications=[
            {"url": f"/apply/{one.public_id}", "name": one.entrant, "kind": one.words, "code": views.told_state(one),
             "number": one.number or "", "category": _category(one).in_language(language),
             "round": title_of(one.round).in_language(language), "deadline": views.deadline(views.desk_of(request, session, one))}
            for one in applications
        ],
        named=[_named(request, session, one) for one in paper_drafts_naming(session, actor) if _takes_applications(session, one.round)],
        organisations=own,
        claims=claims_of(session, actor),
        rounds=[_open_round(request, session, one, own, begun) for one in open_rounds(session) if _takes_applications(session, one)],
    )  # fmt: skip


def _named(request: Request, session: Session, application: Application) -> dict[str, Any]:
    """What somebody reads of a draft that names him before he may open it."""
    round_, language = application.round, request.state.language
    return {
        "name": application.entrant, "round": title_of(round_).in_language(language), "authority": round_.award.authority.name,
        "is_taken": is_taken(session, application.organisation_id, application.authority_id),
        "deadline": views.deadline(views.desk_of(request, session, application)),
    }  # fmt: skip


def _category(application: Application) -> Text:
    """What it is entered in, where the round has several: two of one organisation are told apart by it."""
    scheme = application.round.scheme
    return scheme.category(application.category).name if len(scheme.categories) > 1 else Text("", "")


def _takes_applications(session: Session, round_: Round) -> bool:
    owner = Standing(frozenset({Who.OWNER}))
    return decide(Action.APPLICATION_START, stage_now(round_, clock.now(session)), owner).allowed


def _open_round(
    request: Request, session: Session, round_: Round, own: Sequence[Organisation] = (), begun: Set[tuple[int, str, int]] = frozenset()
) -> dict[str, Any]:
    """begun: (round, category, organisation) of the applications there are; where all one's own have one, none can be begun."""
    language, zone = request.state.language, round_.award.authority.zone
    closes = stage_of(round_).closes_at
    return {
        "title": title_of(round_).in_language(language),
        "closes": i18n.format_moment(language, closes, zone, with_zone=True) if closes else "",
        "left": i18n.format_left(language, closes - clock.now(session)) if closes else "",
        "categories": [
            {"name": one.name.in_language(language), "url": f"/apply/rounds/{round_.public_id}/{one.key}",
             "is_begun": bool(own) and all((round_.id, one.key, each.id) in begun for each in own)}
            for one in round_.scheme.categories
        ],
    }  # fmt: skip


def _round(session: Session, public_id: str) -> Round:
    """A running round. Raises Refused where it takes no applications now, with the reason."""
    found = next((one for one in open_rounds(session) if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    require(Action.APPLICATION_START, stage_now(found, clock.now(session)), Standing(frozenset({Who.OWNER})))
    return found


@router.get("/rounds/{round_id}/{category}")
def eligibility(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, category: str) -> Response:
    """Who may apply, to be ticked before the application is begun."""
    shown = _start(request, session, actor, _round(session, round_id), category)
    return render(request, session, "applications/start.html", typed={}, **shown)


def _start(request: Request, session: Session, actor: Actor, round_: Round, category: str) -> dict[str, Any]:
    scheme, language = round_.scheme, request.state.language
    rules = next((one for one in scheme.categories if one.key == category), None)
    if rules is None:
        raise NotFound
    return {
        "round": _open_round(request, session, round_),
        "category": rules.name.in_language(language),
        "has_nominee": category in WITH_NOMINEE,
        "url": f"/apply/rounds/{round_.public_id}/{category}",
        "sectors": [("", i18n.translate(language, CHOOSE))] + [(key, name.in_language(language)) for key, name in rules.sectors.items()],
        "organisations": [(one.public_id, one.name) for one in organisations_of(session, actor, round_.award.authority_id)],
        "conditions": [(key, text) for key, text in conditions_of(scheme, rules, language)],
        "office": scheme.office.in_language(language),
        "contact": round_.award.authority.contact,
    }


@router.post("/rounds/{round_id}/{category}")
def start(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, category: str, form: Form
) -> Response:
    """Begins the application once every condition is ticked."""
    round_ = _round(session, round_id)
    shown = _start(request, session, actor, round_, category)
    own = {one.public_id: one for one in organisations_of(session, actor, round_.award.authority_id)}
    try:
        chosen = form.choice("organisation", list(own))
        sectors = [key for key, _ in shown["sectors"] if key]
        sector = form.choice("sector", sectors) if sectors else ""
        for key, _ in shown["conditions"]:
            if not form.ticked(f"c-{key}"):
                form.fault(f"c-{key}", N_("Confirm this condition. If you do not meet it, you cannot apply in this round."))
        form.check()
        now = clock.now(session)
        application = service.start_application(session, actor, round_, own[chosen], category, sector, now)
    except Invalid as error:
        typed = {name: form.get(name) for name in form.names()}
        return render_invalid(request, session, "applications/start.html", error, typed=typed, **shown)
    return RedirectResponse(f"/apply/{application.public_id}", 303)


@router.get("/{application_id}", dependencies=[Depends(guard.applicants)])
def tasks(request: Request, session: RequestSession, actor: CurrentActor, application_id: PublicId) -> Response:
    """Everything there is to do, and how far each is."""
    application = queries.own_application(session, actor, application_id)
    desk = views.desk_of(request, session, application)
    groups = _groups(session, actor, desk)
    listed = [task for group in groups for task in group["tasks"]]
    done = sum(task["code"] == "complete" for task in listed)
    first = _next_of(desk, listed)
    closed = views.closed_reason(session, actor, desk)
    notices = queries.notices_of(session, application)
    return render(
        request, session, "applications/tasks.html", application=views.head(desk), deadline=views.deadline(desk), groups=groups,
        done=done, total=len(listed), check_url=f"{desk.base}/check", closed=closed,
        next={"url": first["url"], "label": desk.tell(N_("Continue: {name}"), {"name": first["name"]})} if first and not closed else None,
        entries=timeline_of(session, desk, notices), notices=notices,
        contact=application.round.award.authority.contact, people=shown_people(session, actor, desk),
        tiers=[
            (one.link.award, one.asks(application.category)) for one in tiers_above(desk.scheme) if application.state == "awarded"
        ],
    )  # fmt: skip


def _next_of(desk: views.Desk, listed: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the large button leads to; in a correction only what the office has opened, by its list where that is no task."""
    if desk.application.state != "correction":
        return next((task for task in listed if task["code"] != "complete"), None)
    opened = [task for task in listed if task["code"] == "review"]
    return opened[0] if opened else {"url": f"{desk.base}/corrections", "name": desk.tell(N_("To be corrected"))}


def _groups(session: Session, actor: Actor, desk: views.Desk) -> list[dict[str, Any]]:
    application = desk.application
    answers = queries.answers_of(session, application)
    open_parts = queries.open_points(session, application)
    missing = list(facts_problems(application.profile, application.round.year, application.category))
    facts = "complete" if not missing else "in_progress" if any(application.profile.values()) else "not_started"
    if any(point["part"] == "facts" for point in open_parts):
        facts = "review"
    asked = {point["part"] for point in open_parts}
    busy: dict[str, list[str]] = {}
    for one in at_work(session, actor, application, desk.now):
        busy.setdefault(one.part, []).append(busy_line(desk, one))

    def task(key: str) -> dict[str, Any]:
        number, name, points = views.name_of(desk, key)
        answer, part = answers.get(key), desk.part(key)
        note = desk.tell(N_("{points} points"), {"points": points}) if points else ""
        if answer and answer.text and part:
            count = desk.tell(N_("{count} of {limit} characters"), {"count": len(answer.text), "limit": part.limit})
            note = f"{note} · {count}" if note else count
        return {"name": f"{number} {name}".strip(), "url": desk.url(key), "note": note, "kind": "item",
                "code": views.code_of(answer, is_open=key in asked), "busy": " · ".join(busy.get(key, ()))}  # fmt: skip

    headings = views.headings(desk)
    profile = [{"name": headings["facts"], "url": f"{desk.base}/profile", "code": facts, "kind": "item",
                "busy": " · ".join(busy.get(FACTS, ()))}]
    profile += [task(part.key) for part in desk.parts if part.key.startswith(PROFILE)]
    groups: list[dict[str, Any]] = [{"title": headings["profile"], "tasks": profile}]
    for category in desk.criteria.categories:
        title = f"{category.number} {desk.say(category.name)}"
        groups.append({"title": title, "points": category.points, "tasks": [task(item.key) for item in category.items]})
    return groups
