"""Whom an office can write to at once; each group is read afresh when it is shown and when it is written to."""

from collections.abc import Mapping
from dataclasses import dataclass

from award.applications.models import LIVE
from award.applications.queries import STAYS_BEHIND
from award.kernel.i18n import N_

PRESENT = "present"
"""In place of the kind of a stage: the one the round is in."""


@dataclass(frozen=True)
class Group:
    """A group of receivers. states: of the applications whose contact persons are meant; empty: judges are meant.

    left_out: of applications, True those a stage held on paper has left out, False those none has, None both.
    open_work: of judges, "" all of the round, "sheet" with sheets not submitted, "declaration" who have not declared.
    deadline: the stage whose end {deadline} names, PRESENT or a kind; "" for the time of the correction.
    """

    key: str
    title: str
    deadline: str
    states: tuple[str, ...] = ()
    left_out: bool | None = None
    open_work: str = ""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What its texts may name."""
        return (
            ("name", "organisation", "number", "round", "deadline")
            if self.states
            else ("name", "round", "deadline", "count")
        )


GROUPS: Mapping[str, Group] = {
    one.key: one
    for one in (
        Group("drafts", N_("Applicants with drafts"), "apply", ("draft",)),
        Group("submitted", N_("Applicants with submitted applications"), PRESENT, ("submitted", "resubmitted"), left_out=False),
        Group("correction", N_("Applicants with corrections to hand in"), "", ("correction",)),
        Group("accepted", N_("Applicants accepted and still in the round"), PRESENT, LIVE, left_out=False),
        Group("left_out", N_("Applicants left out by a stage held on paper"), PRESENT, (*STAYS_BEHIND, *LIVE), left_out=True),
        Group("sheets", N_("Judges with open sheets"), "score", open_work="sheet"),
        Group("declarations", N_("Judges with declarations to sign"), "assign", open_work="declaration"),
        Group("judges", N_("All judges of the round"), PRESENT),
    )
}
