"""How published things are called."""

from award.kernel.i18n import N_, Phrase
from award.results.papers import CORRECTION_TITLE, NOTICE_TITLE
from award.results.published import Published

TITLES = {
    "call": N_("Call for applications: {round}"),
    "notice": NOTICE_TITLE,
    "result": N_("Announcement of the winners of the {round}"),
}
KINDS = {"call": N_("Call"), "notice": N_("Public notice"), "result": N_("Announcement")}


def title_of(one: Published) -> Phrase:
    """The title of a call, a notice or a result."""
    title = CORRECTION_TITLE if "corrects" in one.content else TITLES[one.kind]
    return Phrase(title, {"round": one.title})
