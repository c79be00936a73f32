"""The summary of a panel: its sheets side by side with the figure the scheme's rule makes of them."""

from datetime import datetime

from sqlalchemy.orm import Session

from award.applications.models import Application
from award.judging.sheet_papers import summary_view
from award.kernel.i18n import N_, format_moment, translate
from award.press.records import SummaryView
from award.results.ranking import explained
from award.results.wording import FLAGS
from award.rounds.schemes import WORDS

MADE = N_("Made from the sheets as they stood on {when}.")


def summary_of(session: Session, application: Application, language: str, gate: datetime) -> SummaryView:
    """Whether the reader may see the sheets is asked before (SHEETS_READ). gate: when the last sheet came in."""
    line = explained(session, application)
    when = format_moment(language, gate, application.round.award.authority.zone)
    return summary_view(
        session, application, language, combined=line.combined, is_counted=line.sheets_count,
        left_out=frozenset(one.letter for one in line.sheets if not one.used),
        rule=translate(language, WORDS[line.method]) if line.method in WORDS else "",
        why="; ".join(translate(language, FLAGS[one]) for one in line.flags),
        made=translate(language, MADE, {"when": when}),
    )  # fmt: skip
