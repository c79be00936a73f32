"""Bulk mail: a group, a text, the letter as one of them would read it, and the number of receivers to be confirmed."""

import re
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from award import policy
from award.kernel import clock, ids
from award.kernel.actor import Action, Actor
from award.kernel.errors import Invalid
from award.kernel.i18n import N_
from award.kernel.mail.writing import write
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.messages.groups import GROUPS
from award.messages.models import Mailing
from award.messages.placeholders import PLACEHOLDERS
from award.messages.service.mailing import Draft, Preview, preview_mailing, send_mailing
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import round_for, stage_now, standing_in

router = APIRouter(prefix="/office/rounds/{round_id}/mailing", dependencies=[Depends(guard.office)])
TEMPLATE = "messages/mailing.html"
LONGEST = 4000


def _shown(round_: Round, draft: Draft) -> dict[str, Any]:
    is_on_paper = any(stage.held == "paper" for stage in round_.scheme.stages)
    return {
        "groups": [one for one in GROUPS.values() if is_on_paper or not one.left_out],
        "placeholders": PLACEHOLDERS, "typed": draft, "preview": None, "letter": None, "confirmed": "", "longest": LONGEST,
    }  # fmt: skip


def _previewed(preview: Preview | None) -> dict[str, Any]:
    return {"preview": preview, "letter": preview and write("mailing", preview.context, preview.language)}


def _draft(form: SubmittedForm) -> Draft:
    group, subject = form.choice("group", list(GROUPS)), form.text("subject", longest=100)
    return Draft(group, subject, form.text("text", longest=LONGEST, lines=True))


@router.get("")
def show(
    request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, group: str = ""
) -> Response:
    """An empty form."""
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    policy.require(Action.MESSAGE_SEND, stage_now(round_, now), standing_in(actor, round_))
    return render(request, session, TEMPLATE, **place_of(actor, round_, "mailing", now), **_shown(round_, Draft(group, "", "")))


@router.post("")
def compose(request: Request, session: RequestSession, actor: CurrentActor, round_id: PublicId, form: Form) -> Response:
    """Shows the letter to a real receiver and how many there are; once that number is confirmed, sends it.

    Where the letter or the group is not what was shown the page comes back with the letter and the number as they are now;
    nothing is sent.
    """
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    place = place_of(actor, round_, "mailing", now)
    typed = _shown(round_, Draft(form.get("group"), form.get("subject"), form.get("text")))
    is_sending = form.act("send", "preview") == "send"
    try:
        draft = _draft(form)
        form.check()
        if is_sending:
            mailing = _send(session, actor, round_, draft, form, now)
            return RedirectResponse(f"/office/rounds/{round_id}/messages?reason=mailing&sent={mailing.public_id}", 303)
        preview = preview_mailing(session, actor, round_, draft, now)
    except Invalid as error:
        session.rollback()
        found = _preview_again(session, actor, round_, error, form, now) if is_sending else None
        is_another = found is not None and found.mark != form.get("mark")
        shown = typed | _previewed(found) | {"confirmed": "" if is_another else form.get("confirmed")}
        return render_invalid(request, session, TEMPLATE, error, **place, **shown)
    return render(request, session, TEMPLATE, **place, **(typed | _previewed(preview)))


def _send(session: Session, actor: Actor, round_: Round, draft: Draft, form: SubmittedForm, now: datetime) -> Mailing:
    confirmed, key = form.number("confirmed", 1, 10**6), form.get("key")
    form.check()
    if not re.fullmatch(ids.PATTERN, key):
        raise Invalid.one("confirmed", N_("Look at the letter first, then confirm the number of receivers."))
    return send_mailing(session, actor, round_, draft, key=key, confirmed=confirmed, mark=form.get("mark"), now=now)


def _preview_again(
    session: Session, actor: Actor, round_: Round, error: Invalid, form: SubmittedForm, now: datetime
) -> Preview | None:
    """The letter and the number as they are now, where only the number was wrong."""
    if any(one.field != "confirmed" for one in error.errors):
        return None
    return preview_mailing(session, actor, round_, _draft(form), now)
