"""A list as a table: one page for all of them, and the file."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from award.kernel import clock, db
from award.kernel.actor import Actor
from award.kernel.errors import Invalid
from award.kernel.files.storage import CHUNK
from award.kernel.i18n import N_
from award.kernel.sheets.writing import MEDIA_TYPES
from award.kernel.web import guard
from award.kernel.web.context import CurrentActor, RequestSession
from award.kernel.web.downloads import disposition
from award.kernel.web.forms import Form, SubmittedForm
from award.kernel.web.rendering import render, render_invalid
from award.messages.reasons import REASONS
from award.office.event_words import EVENTS
from award.office.exports import service
from award.office.exports.asked import Answer, Asked, Export
from award.regulations.model import Text
from award.rounds.models import Round
from award.rounds.pages.place import is_inspecting
from award.rounds.queries import round_for, standing_in
from award.stages import Who
from award.words import WORDS

office = APIRouter(prefix="/office/export", dependencies=[Depends(guard.office_or_supervisor)])
admin = APIRouter(prefix="/admin/export", dependencies=[Depends(guard.administrators)])
TEMPLATE = "office/export.html"


@office.get("/{list_name}")
def before(request: Request, session: RequestSession, actor: CurrentActor, list_name: str) -> Response:
    """How many rows it would be, and what to say where many people are named."""
    return _before(request, session, actor, service.export_named(list_name, "office"))


@office.post("/{list_name}")
def export_list(request: Request, session: RequestSession, actor: CurrentActor, list_name: str, form: Form) -> Response:
    """The file."""
    return _file(request, session, actor, service.export_named(list_name, "office"), form)


@admin.get("/{list_name}")
def before_accounts(request: Request, session: RequestSession, actor: CurrentActor, list_name: str) -> Response:
    """The same for a list of the administrators."""
    return _before(request, session, actor, service.export_named(list_name, "admin"))


@admin.post("/{list_name}")
def export_accounts(
    request: Request, session: RequestSession, actor: CurrentActor, list_name: str, form: Form
) -> Response:
    """The file of it."""
    return _file(request, session, actor, service.export_named(list_name, "admin"), form)


def _asked(request: Request, session: Session, actor: Actor, export: Export) -> Asked:
    filters = {name: request.query_params.get(name, "")[:200] for name in export.filters}
    return Asked(session, actor, request.state.language, clock.now(session), filters)


def _before(request: Request, session: Session, actor: Actor, export: Export) -> Response:
    asked = _asked(request, session, actor, export)
    return render(request, session, TEMPLATE, **_page(export, asked, export.make(asked)), reason="")


def _page(export: Export, asked: Asked, answer: Answer) -> dict[str, Any]:
    round_ = round_for(asked.session, asked.actor, asked.get("round")) if asked.get("round") else None
    return {
        **({"round": round_, "site_name": asked.tell(round_.award.name)} if round_ else {}),
        "inspection": export.door == "office" and _inspects(asked.actor, round_),
        "export": export, "place": answer.place, "count": answer.table.count, "persons": answer.table.persons,
        "needs_reason": service.needs_reason(answer), "back": export.url(asked.filters),
        "narrowed": [
            _in_words(asked, round_, one, value) for one, value in asked.filters.items() if value and one not in ("round", "authority")
        ],
    }  # fmt: skip


def _inspects(actor: Actor, round_: Round | None) -> bool:
    """Whether the actor only looks on: his menu is then without what is the office's alone."""
    return is_inspecting(actor) if round_ is None else Who.OFFICE not in standing_in(actor, round_).who


def _in_words(asked: Asked, round_: Round | None, name: str, value: str) -> str:
    """A filter as the list's page says it: what somebody searched for stays as it was typed."""
    if name == "act":
        return asked.say(EVENTS.get(value, N_("an act the trail does not know")))
    if name == "stage" and round_:
        return asked.tell(next((one.title for one in round_.scheme.stages if one.kind == value), value))
    if name == "reason" and value in REASONS:
        return asked.say(REASONS[value])
    if name == "state":
        kinds = (round_.words if round_ else "application", "claim", "message")
        return next((asked.word(kind, value) for kind in kinds if value in WORDS[kind]), value)
    categories = round_.scheme.categories if round_ and name in ("category", "sector") else ()
    names: dict[str, Text] = {one.key: one.name for one in categories}
    if name == "sector":
        names = {key: title for one in categories for key, title in one.sectors.items()}
    return asked.tell(names.get(value, value))


def _file(request: Request, session: Session, actor: Actor, export: Export, form: SubmittedForm) -> Response:
    """It is written while the rows are read, and leaves when its record stands in the trail.

    Read before the writing session is first used: a long list must keep nobody from writing.
    """
    with db.reading(request.app.state.engine) as reading:
        asked = _asked(request, reading, actor, export)
        try:
            kind = form.choice("format", tuple(MEDIA_TYPES))
            reason = form.text("reason", required=False, longest=500)
            form.check()
            answer, file = service.write_export(export, asked, kind, reason)
        except Invalid as error:
            page = _page(export, asked, export.make(asked))
            return render_invalid(request, reading, TEMPLATE, error, **page, reason=form.get("reason"))
    service.note_export(session, actor, export, answer, asked.filters, kind, reason)
    headers = {
        "content-disposition": disposition(service.file_name(export, answer, asked, kind), inline=False),
        "x-content-type-options": "nosniff", "cache-control": "private, no-store",
    }  # fmt: skip
    return StreamingResponse(_content(file), media_type=MEDIA_TYPES[kind], headers=headers)


def _content(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
