"""Why a paper could not be made, as its office reads it. What a machine said is stored, and stands in the log of the worker."""

import builtins
import re

from award.kernel.i18n import N_, translate
from award.press.document import BROKEN

UNREADABLE = N_(
    "What this paper is made from cannot be read: its record is damaged or not complete. "
    "Tell the operator, whom the log of the worker says more; then make it again."
)
NOTHING = N_("There is nothing to make it from any more: it was withdrawn, or it is closed. Start the batch again to see what is left.")
GLYPHS = N_("The system has no type for {characters}. Replace it in the text, then make the paper again.")
TOO_LONG = N_("The certificate does not fit on one page: shorten its citation.")
STOPPED = N_("Making it took too long or too much memory. Make it again; if it fails again, tell the operator.")
STORAGE = N_(
    "The system could not write or read its files. Tell the operator, who sees to the storage; then make it again."
)
OTHER = N_("The system could not make it. Make it again; if it fails again, tell the operator: the log of the worker says why.")
MISSING = re.compile(r"No font of ours has (.+): replace it in the text\.")
"""As award.press says it."""
STOPS = ("The document took longer than ", "The rendering process ")
MET = re.compile(r"(\w+): (.*)", re.DOTALL)
"""A fault of the machine as award.kernel.jobs notes it: its class, then its words."""


def reason(language: str, error: str | None) -> str:
    """A sentence about what happened and what to do; empty where nothing failed."""
    if not error:
        return ""
    if found := MISSING.fullmatch(error):
        return translate(language, GLYPHS, {"characters": found[1]})
    if error in (UNREADABLE, NOTHING, TOO_LONG):
        return translate(language, error)
    return translate(language, _kind_of(error))


def _kind_of(error: str) -> str:
    """The sentence for the kind of a fault, as far as it is known."""
    met = MET.fullmatch(error)
    name, words = (met[1], met[2]) if met else ("", error)
    if error.startswith(BROKEN):
        return UNREADABLE
    if name == "MemoryError" or error.startswith(STOPS) or words.startswith(STOPS):
        return STOPPED
    known = getattr(builtins, name, None)
    return STORAGE if isinstance(known, type) and issubclass(known, OSError) else OTHER
