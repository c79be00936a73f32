"""What a password must be like, and how it is kept.

Source: GB/T 22239-2019 8.1.4.1 a (complex secrets) as read in security.md 3; the cost of argon2id is the first one of
the OWASP Password Storage Cheat Sheet.
"""

import re
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from award.kernel.errors import Invalid
from award.kernel.i18n import N_
from award.kernel.ids import new_token

HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
"""Tests put a cheaper one in its place."""
SHORTEST = 10
LONGEST = 128
CLASSES = 3
COMMON = frozenset({
    "aaaaaaaa", "abc", "abcabc", "abcd", "abcdef", "abcdefg", "admin", "adminadmin", "administrator", "asdf", "asdfasdf",
    "asdfgh", "asdfghjkl", "asdqwe", "baseball", "beijing", "changeme", "china", "computer", "default", "dragon", "football",
    "guest", "hello", "huawei", "iloveyou", "initial", "letmein", "login", "manager", "master", "monkey", "mypassword",
    "password", "passwd", "passw", "princess", "qaz", "qazwsx", "qazwsxedc", "qwe", "qweasd", "qweasdzxc", "qweqwe", "qwer",
    "qwerasdf", "qwert", "qwerty", "qwertyuiop", "root", "secret", "shanghai", "sunshine", "superman", "system", "test",
    "testtest", "user", "welcome", "woaini", "xiaoming", "zaq", "zaqxsw", "zhangsan", "zhiliang", "zhongguo", "zxc",
    "zxcv", "zxcvbn", "zxcvbnm",
})  # fmt: skip
"""What is left of widely used passwords without their digits and signs: Admin@123456 is "admin"."""
_LOOKS_LIKE = str.maketrans("@4$5013!7", "aassoleit")


def _normal(password: str) -> str:
    # The same keys on two keyboards may send different code points. Source: NIST SP 800-63B-4, 3.1.1.2.
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The argon2id hash, salted. Takes tens of milliseconds on purpose."""
    return HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was stored. Costs the same where there is none (stored is None)."""
    try:
        return HASHER.verify(stored or _nobody(HASHER.memory_cost), _normal(password)[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache
def _nobody(memory_cost: int) -> str:
    """A hash nobody knows the password of, as costly as all others."""
    return HASHER.hash(new_token())


def check_password(password: str, *names: str, field: str = "password") -> None:
    """Raises Invalid with a sentence saying what to change. names: the username and address it must not contain."""
    password = _normal(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid.one(field, N_("Use {shortest} to {longest} characters."), shortest=SHORTEST, longest=LONGEST)
    if _classes(password) < CLASSES:
        text = N_("Use at least three of: capital letters, small letters, digits, other characters.")
        raise Invalid.one(field, text)
    if _is_common(password):
        raise Invalid.one(field, N_("This is one of the passwords people try first. Choose one of your own."))
    inside = password.lower()
    if any(len(part) > 3 and part in inside for name in names for part in (name.lower(), name.lower().split("@")[0])):
        raise Invalid.one(field, N_("The password must not contain your sign-in name."))


def _classes(password: str) -> int:
    return len({_class_of(character) for character in password})


def _class_of(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isupper():
        return "capital"
    return "small" if character.islower() else "other"


def _is_common(password: str) -> bool:
    inside = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.lower())
    stems = {re.sub(r"[\W\d_]", "", text) for text in (inside, inside.translate(_LOOKS_LIKE))}
    return bool(stems & COMMON) or len(set(password)) < 5
