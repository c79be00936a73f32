"""What the office's pages of results begin with: the round, who looks, and one category of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from fastapi import Request, Response
from sqlalchemy.orm import Session

from award.kernel import clock
from award.kernel.actor import Action, Actor
from award.kernel.documents.models import Document
from award.kernel.errors import NotFound
from award.kernel.web.downloads import send_file
from award.policy import Decision, decide
from award.regulations.model import Criteria, Scheme
from award.results import queries
from award.results.models import AwardDecision, Proposal, ResultLine
from award.results.pages.shown import Papers, Step, steps_of
from award.rounds.models import Round
from award.rounds.pages.place import place_of
from award.rounds.queries import criteria_of, round_for, stage_now, standing_in


@dataclass
class Desk:
    """A round on the desk of somebody who works in it. place: what its templates are given."""

    session: Session
    actor: Actor
    round: Round
    now: datetime
    place: dict[str, Any]
    scheme: Scheme
    category: str
    hidden: frozenset[str] = field(default_factory=frozenset)

    @property
    def today(self) -> date:
        """The day by the authority's clock."""
        return self.round.award.authority.day_of(self.now)

    @cached_property
    def criteria(self) -> Criteria:
        """The frozen criteria of the category."""
        return criteria_of(self.session, self.round, self.category)

    @cached_property
    def proposals(self) -> list[tuple[Proposal, AwardDecision | None]]:
        """The proposal in force of each category, with its decision where there is one."""
        return queries.proposals_of(self.session, self.round.id)

    @property
    def proposal(self) -> Proposal | None:
        """The proposal in force of this category."""
        return next((one for one, _ in self.proposals if one.category == self.category), None)

    @property
    def decision(self) -> AwardDecision | None:
        """The decision of this category."""
        return next((decision for one, decision in self.proposals if one.category == self.category), None)

    @cached_property
    def steps(self) -> list[Step]:
        """What has been done on the way to the published result."""
        return steps_of(self.session, self.round, self.proposals, self.papers)

    @cached_property
    def papers(self) -> Papers:
        """The notice, the approval and the publication, as far as they exist."""
        return queries.papers_of(self.session, self.round.id)

    @property
    def decided(self) -> dict[str, list[ResultLine]]:
        """The lines of every decided category, winners and others."""
        return {one.category: one.lines for one, decision in self.proposals if decision is not None}

    @property
    def is_decider(self) -> bool:
        """Whether the actor recorded a decision, so that what follows is another's."""
        return any(decision is not None and decision.recorded_by == self.actor.person_id for _, decision in self.proposals)

    def may(self, action: Action) -> Decision:
        """Whether the actor may do this in the present stage."""
        return decide(action, stage_now(self.round, self.now), standing_in(self.actor, self.round))

    def says(self, action: Action) -> Decision | None:
        """Why a control is disabled, as what knows its own words; None where it is not."""
        decision = self.may(action)
        return None if decision.allowed else decision

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The categories of the scheme to choose from; none where there is only one."""
        if len(self.scheme.categories) == 1:
            return []
        return [{"key": one.key, "name": one.name, "current": one.key == self.category} for one in self.scheme.categories]


def desk_of(session: Session, actor: Actor, round_id: str, current: str, category: str = "") -> Desk:
    """current: key of the page's entry in the menu. category: "" is the first.

    Raises NotFound for strangers to the round and for a category it does not have.
    """
    round_ = round_for(session, actor, round_id)
    now = clock.now(session)
    scheme = round_.scheme
    keys = [one.key for one in scheme.categories]
    if category and category not in keys:
        raise NotFound
    place = place_of(actor, round_, current, now)
    hidden = queries.hidden_from(session, actor, round_)
    return Desk(session, actor, round_, now, place, scheme, category or keys[0], hidden)


def send_paper(paper: Document | None, name: str) -> Response:
    """A paper as PDF. Raises NotFound while it is being made; the page it belongs to says how to come back."""
    if paper is None or paper.file is None:
        raise NotFound
    return send_file(paper.file, name=f"{name}.pdf")


def typed_of(request: Request) -> dict[str, str]:
    """What was typed, for showing the form again."""
    form = getattr(request, "_form", None)
    return {key: value for key, value in form.multi_items() if isinstance(value, str)} if form else {}
