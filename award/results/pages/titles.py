"""How published things are called."""

from award.kernel.i18n import N_, Phrase
from award.results.papers import NOTICE_TITLE
from award.results.published import Published

TITLES = {
    "call": N_("Call for applications: {round}"),
    "notice": NOTICE_TITLE,
    "result": N_("Announcement of the winners of the {round}"),
}
KINDS = {"call": N_("Call"), "notice": N_("Public notice"), "result": N_("Announcement")}


def title_of(one: Published) -> Phrase:
    """The title of a call, a notice or a result."""
    return Phrase(TITLES[one.kind], {"round": one.title})
