"""How somebody is reached by telephone: what a number looks like."""

import re

from award.kernel.errors import Invalid
from award.kernel.i18n import N_

PHONE = re.compile(r"[0-9+][0-9 \-]{5,24}")
NOT_A_PHONE = N_("This is not a telephone number. Enter digits, for example 0552-3001234.")


def check_phone(text: str) -> None:
    """Raises Invalid for what is no telephone number; an empty one is none, and may be."""
    if text.strip() and not PHONE.fullmatch(text.strip()):
        raise Invalid.one("phone", NOT_A_PHONE)
