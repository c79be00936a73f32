"""How published things are called."""

from award.kernel.i18n import N_, Phrase
from award.results.papers import CORRECTION_TITLE, NOTICE_TITLE, told
from award.results.published import Published

TITLES = {
    "call": N_("Call for applications: {round}"),
    "notice": NOTICE_TITLE,
    "result": N_("Announcement of the winners of the {round}"),
}
RECOMMENDED_TITLE = N_("Announcement of those recommended in the {round}")
KINDS = {"call": N_("Call"), "notice": N_("Public notice"), "result": N_("Announcement")}


def title_of(one: Published) -> Phrase:
    """The title of a call, a notice or a result."""
    title = CORRECTION_TITLE if "corrects" in one.content else TITLES[one.kind]
    if one.kind == "result" and one.recommends:
        title = RECOMMENDED_TITLE
    return Phrase(told(title, recommends=one.recommends), {"round": one.title})
