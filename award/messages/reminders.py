"""THE TABLE of reminders: before which deadline, how many days, who is reminded of what. Each has its letter in templates/mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from award.kernel.i18n import N_

HOUR = time(9)
"""When in the day reminders leave, on the authority's clock: people read them at work."""
MOST_DAYS = 60


@dataclass(frozen=True)
class ReminderKind:
    """One kind of reminder. stages: in which there is something to remind of; days: before the deadline, unless a round says else.

    deadline: the stage whose end it is, "opens:<stage>" for its beginning, "" where each thing has a day of its own.
    """

    key: str
    title: str
    about: str
    stages: tuple[str, ...]
    deadline: str
    days: int

    @property
    def template(self) -> str:
        """The folder of its letter."""
        return f"reminder_{self.key}"


REMINDERS: Mapping[str, ReminderKind] = {
    one.key: one
    for one in (
        ReminderKind(
            "draft", N_("Application not submitted"), N_("Contact persons of drafts, before applications close"),
            ("apply",), "apply", 7,
        ),
        ReminderKind(
            "correction", N_("Correction not handed in"), N_("Contact persons of returned applications, before their time ends"),
            ("accept",), "", 2,
        ),
        ReminderKind(
            "declaration", N_("Declaration not signed"), N_("Judges who have not declared, before assignment or scoring ends"),
            ("assign", "score"), "assign", 3,
        ),
        ReminderKind(
            "sheet", N_("Score sheet not submitted"), N_("Judges with open sheets, before scoring closes"),
            ("score",), "score", 5,
        ),
        ReminderKind(
            "objection", N_("Objection not answered"), N_("The office, before the last day for checking an objection"),
            ("notice", "approve"), "", 2,
        ),
        ReminderKind(
            "report", N_("Feedback report not handed in"), N_("Panel leaders, before the publication begins"),
            ("score", "consensus", "site", "interview", "deliberate", "notice", "approve"), "opens:publish", 10,
        ),
        ReminderKind(
            "notice", N_("Public notice ends"), N_("The office, before the notice ends"),
            ("notice",), "notice", 1,
        ),
    )
}  # fmt: skip


def remind_at(due_at: datetime, days: int, zone: str) -> datetime:
    """When a reminder leaves: in the morning so many days before the day of the deadline, on the authority's clock.

    A deadline at 24:00 belongs to the day that ends with it.
    """
    last = (due_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return datetime.combine(last - timedelta(days), HOUR, ZoneInfo(zone))
