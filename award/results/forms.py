"""What the pages of results take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from award.kernel import db
from award.kernel.actor import Action, Actor
from award.kernel.clock import now as clock_now
from award.kernel.files.service import Limits, Prepared, prepare_upload
from award.kernel.web.forms import SubmittedForm
from award.policy import require
from award.results.service.amending import Amendment
from award.results.service.objecting import Filing
from award.rounds.queries import round_for, stage_now, standing_in

PAPERS = Limits(50, frozenset({"pdf", "jpg", "jpeg", "png", "ofd"}))
"""What is taken as a signed paper."""
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class DecisionForm:
    """What was decided. grades and deviations: by public id of the application, "" for no grade. reason: of a correction."""

    held_on: date
    members: tuple[str, ...]
    grades: Mapping[str, str]
    deviations: Mapping[str, str]
    reason: str


def read_decision(form: SubmittedForm, applications: Sequence[str], grades: Sequence[str]) -> DecisionForm:
    """Raises nothing: faults are noted in the form."""
    held_on = form.day("held_on") or date.min
    members = form.text("members", required=False, longest=LONGEST_TEXT, lines=True)
    return DecisionForm(
        held_on=held_on,
        members=tuple(line.strip() for line in members.split("\n") if line.strip()),
        grades={key: form.choice(f"grade-{key}", ["", *grades], required=False) for key in applications},
        deviations={key: form.text(f"reason-{key}", required=False, longest=400) for key in applications},
        reason=form.text("reason", required=False, longest=LONGEST_TEXT, lines=True),
    )


def read_filing(form: SubmittedForm, applications: Mapping[str, int]) -> Filing:
    """An objection. applications: public id -> inner number of those it may be about. Faults are noted in the form."""
    about = form.choice("about", list(applications), required=False)
    return Filing(
        name=form.text("name", required=False, longest=80),
        organisation=form.text("organisation", required=False, longest=120),
        contact=form.text("contact", required=False),
        text=form.text("text", required=False, longest=LONGEST_TEXT, lines=True),
        application_id=applications.get(about),
        key=form.get("key"),
    )


def read_amendment(form: SubmittedForm, applications: Sequence[str], grades: Sequence[str]) -> Amendment:
    """An amended decision without its paper. Faults are noted in the form."""
    read = read_decision(form, applications, grades)
    return Amendment(
        held_on=read.held_on, members=read.members, reason=read.reason,
        grades=read.grades, reasons=read.deviations, objections=form.all("objections"), stays=form.ticked("stays"),
    )  # fmt: skip


def prepared_paper(
    engine: Engine, actor: Actor, round_id: str, form: SubmittedForm, name: str, action: Action
) -> Prepared | None:
    """The uploaded paper, opened and stored before the session that writes is used; None where none was chosen.

    action: what the paper is for; whoever may not do it cannot leave files here. Raises as `prepare_upload` does.
    """
    if form.file(name) is None:
        return None
    with db.reading(engine) as session:
        round_ = round_for(session, actor, round_id)
        require(action, stage_now(round_, clock_now(session)), standing_in(actor, round_))
    return received_paper(form, name)


def received_paper(form: SubmittedForm, name: str) -> Prepared | None:
    """The same, once it is asked whether he may. Raises as `prepare_upload` does."""
    chosen = form.file(name)
    return None if chosen is None else prepare_upload(chosen.filename or "", chosen.file, PAPERS, field=name)
