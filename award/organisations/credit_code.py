"""The unified social credit code (统一社会信用代码): 18 characters with two checks of their own.

Source: GB 32100-2015 (the whole code), GB 11714 (the organisation code inside it); vectors in domain.md 4.3.
"""

import re
import unicodedata

from stdnum.cn.uscc import calc_check_digit

from award.kernel.errors import Invalid
from award.kernel.i18n import N_

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""What a code is made of; I, O, S, V and Z are never used."""
LENGTH = 18
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_credit_code(text: str, field: str = "credit_code") -> str:
    """The code in capitals without spaces. Raises Invalid with a sentence saying which part is wrong."""
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not code:
        raise Invalid.one(field, N_("Fill this in."))
    if len(code) != LENGTH:
        text = N_("A unified social credit code has 18 characters; this has {count}.")
        raise Invalid.one(field, text, count=len(code))
    if strange := sorted(set(code) - set(ALPHABET)):
        text = N_("A unified social credit code contains no {characters}: the letters I, O, S, V and Z are never used.")
        raise Invalid.one(field, text, characters=strange)
    if not code[2:8].isdigit():
        text = N_("Characters 3 to 8 are the code of the place and must be digits; here they are {part}.")
        raise Invalid.one(field, text, part=code[2:8])
    if code[16] != organisation_check(code[8:16]):
        text = N_("Characters 9 to 17 ({part}) do not fit together. Compare them with the licence.")
        raise Invalid.one(field, text, part=code[8:17])
    if code[17] != calc_check_digit(code):
        text = N_("The last character does not fit the 17 before it. Compare the whole code with the licence.")
        raise Invalid.one(field, text)
    return code


def organisation_check(first_eight: str) -> str:
    """The ninth character of an organisation code: 11 - sum of weighted values mod 11; 10 is X, 11 is 0.

    Source: GB 11714; digits count as themselves, A to Z as 10 to 35.
    """
    total = sum(int(character, 36) * weight for character, weight in zip(first_eight, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]
