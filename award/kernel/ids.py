"""Identifiers that can be shown: random, never a sequence that lets one count."""

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


def new_token() -> str:
    """A secret for links and sessions, 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)
