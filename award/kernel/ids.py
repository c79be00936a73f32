"""Identifiers that can be shown: random, never a sequence that lets one count."""

import hmac
import secrets
import unicodedata

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Lower-case letters and digits without those that look alike (0 o, 1 i l)."""
LENGTH = 12
LONGEST_ECHO = 40
"""Characters of a typed code that are kept. One character too many is as unknown as one too few."""
PATTERN = rf"^[{ALPHABET}]{{{LENGTH}}}$"


def new_id() -> str:
    """12 random characters, 59 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_check_code() -> str:
    """12 characters to be typed from paper: upper case, no 0 O 1 I L; shown in groups of four."""
    return new_id().upper()


def check_code_of(key: str, text: str) -> str:
    """The check code that follows from a secret and a text: the same for the same, and to be found by nobody without both."""
    number = int.from_bytes(hmac.digest(key.encode(), text.encode(), "sha256"))
    return "".join(ALPHABET[number // len(ALPHABET) ** at % len(ALPHABET)] for at in range(LENGTH)).upper()


def tidy_code(text: str) -> str:
    """A check code as people type it, with dashes, spaces or in lower case, as it is stored."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in folded if character.isalnum())[:LONGEST_ECHO]


def new_token() -> str:
    """A secret for links and sessions, 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)
