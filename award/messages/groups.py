"""Whom an office can write to at once; each group is read afresh when it is shown and when it is written to."""

from collections.abc import Mapping
from dataclasses import dataclass

from award.applications.models import LIVE
from award.kernel.i18n import N_


@dataclass(frozen=True)
class Group:
    """A group of receivers. states: of the applications whose contact persons are meant; empty: judges are meant.

    open_work: of judges, "" all of the round, "sheet" with sheets not submitted, "declaration" who have not declared.
    deadline: the stage whose end {deadline} names, "" for the time of the correction.
    """

    key: str
    title: str
    deadline: str
    states: tuple[str, ...] = ()
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
        Group("submitted", N_("Applicants with submitted applications"), "apply", ("submitted", "resubmitted")),
        Group("correction", N_("Applicants with corrections to hand in"), "", ("correction",)),
        Group("accepted", N_("Applicants whose applications were accepted"), "score", LIVE),
        Group("sheets", N_("Judges with open sheets"), "score", open_work="sheet"),
        Group("declarations", N_("Judges with declarations to sign"), "assign", open_work="declaration"),
        Group("judges", N_("All judges of the round"), "score"),
    )
}
