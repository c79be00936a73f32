"""The front page of the public site, and its pages about rules, help and accessibility."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response

from award.kernel import clock
from award.kernel.i18n import format_days
from award.kernel.web import guard
from award.kernel.web.context import RequestSession
from award.kernel.web.rendering import render
from award.results.pages.listing import listed, url_of
from award.results.published import (
    Entered,
    PublicStage,
    Published,
    entered_in,
    is_running,
    latest_of,
    notices_among,
    stages_of,
    takes_applications,
    text_of,
)

router = APIRouter(dependencies=[Depends(guard.public)])
SHOWN = 6
"""Notices and winners on the front page."""


@router.get("/")
def home(request: Request, session: RequestSession) -> Response:
    """Where each running round stands, the last notices, the last winners."""
    language, now = request.state.language, clock.now(session)
    published = latest_of(session)
    calls = [one for one in published if one.kind == "call"]
    results = [one for one in published if one.kind == "result"]
    entered, notices = entered_in(session), notices_among(published)
    running = [one for one in calls if is_running(one, now)]
    return render(
        request, session, "public/home.html", **site_of(calls, language),
        rounds=[_round(one, notices.get(one.round_id), entered.get(one.round_id, {}), now, language) for one in running],
        notices=listed(session, published)[:SHOWN],
        winners=[winner for one in results if not one.recommends for winner in winners_of(one, language)][:SHOWN],
    )  # fmt: skip


def site_of(calls: list[Published], language: str) -> dict[str, Any]:
    """Name, description and foot of the site: an award's own where all calls are of one award."""
    names = {one.content["award"]["zh"] for one in calls}
    recommends = bool(calls) and all(one.recommends for one in calls)
    if len(names) != 1:
        return {"award": None, "recommends": recommends, "foot_facts": []}
    content = calls[0].content
    return {
        "site_name": text_of(content["award"]).in_language(language),
        "award": {key: text_of(content[key]) for key in ("award", "authority", "office", "issuer")},
        "recommends": recommends,
        "foot_facts": [one for one in (text_of(content["office"]).in_language(language), content["contact"]) if one],
    }


def _round(call: Published, notice: Published | None, entered: Entered, now: datetime, language: str) -> dict[str, Any]:
    stages = stages_of(call, notice, entered, now)
    zone = call.content["zone"]
    return {
        "name": call.title.in_language(language),
        "call_url": url_of(call),
        "may_apply": takes_applications(stages, now),
        "stages": [
            {"name": one.title.in_language(language), "when": days_of(one, zone, language), "state": one.state} for one in stages
        ],
        "current": next((one for one in stages if one.state == "running" and one.closes_at and now < one.closes_at), None),
        "zone": zone,
    }


def days_of(stage: PublicStage, zone: str, language: str) -> str:
    """The days of a stage as short as a stage line needs them, both counted: 24:00 belongs to its day."""
    last = stage.closes_at - timedelta(microseconds=1) if stage.closes_at else None
    ends = [one.astimezone(ZoneInfo(zone)).date() if one is not None else None for one in (stage.opens_at, last)]
    return format_days(language, *ends)


def winners_of(result: Published, language: str) -> list[dict[str, Any]]:
    """Everybody a result names, in its order; revoked: the day the award was revoked, or ""."""
    content = result.content
    return [
        {
            "name": winner["name"],
            "name_en": winner.get("name_en", ""),
            "award": text_of(group["grade_name"]).in_language(language),
            "category": text_of(group["category_name"]).in_language(language),
            "sector": text_of(winner["sector_name"]).in_language(language) if winner["sector_name"] else "",
            "year": content["year"],
            "url": url_of(result),
            "revoked": content["revoked"].get(winner["application"], ""),
        }
        for group in content["groups"]
        for winner in group["winners"]
    ]


@router.get("/policy")
def policy(request: Request, session: RequestSession) -> Response:
    """The rules of every award there is a call for: legal basis, criteria, seats and conditions."""
    language, now = request.state.language, clock.now(session)
    calls = latest_of(session, "call")
    return render(
        request, session, "public/policy.html", **site_of(calls, language),
        calls=[(one, is_running(one, now)) for one in calls], text_of=text_of,
    )  # fmt: skip


@router.get("/help")
def help_page(request: Request, session: RequestSession) -> Response:
    """Who answers which question."""
    calls = latest_of(session, "call")
    contacts = {one.content["office"]["zh"]: one.content for one in calls if one.content["contact"]}
    return render(
        request, session, "public/help.html", **site_of(calls, request.state.language), contacts=list(contacts.values()), text_of=text_of
    )


@router.get("/a11y")
def accessibility(request: Request, session: RequestSession) -> Response:
    """The accessibility statement."""
    return render(request, session, "public/a11y.html", **site_of(latest_of(session, "call"), request.state.language))
