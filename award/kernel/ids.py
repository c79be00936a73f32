"""Identifiers that can be shown: random, never a sequence that lets one count."""

import hmac
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Lower-case letters and digits without those that look alike (0 o, 1 i l)."""
LENGTH = 12
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


def new_token() -> str:
    """A secret for links and sessions, 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)
