"""How records are hashed and linked. Pure; the offline verifier follows the same few lines.

Source: security.md 6.1.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

GENESIS = "0" * 64
VERSION = 1


def canonical(content: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces; only strings, integers, booleans, null, lists and maps of them.

    Raises TypeError for a float or anything else that has no single spelling.
    """
    return json.dumps(_exact(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _exact(value: object) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _exact(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no exact spelling in the trail; pass text")


def spell_moment(moment: datetime) -> str:
    """UTC with microseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commitment(salt: bytes, content: str) -> str:
    """H(0x10 || salt || content): content stays secret even where it has few possible values."""
    return hashlib.sha256(b"\x10" + salt + content.encode()).hexdigest()


def link_of(stream: str, seq: int, prev: str, body: str) -> str:
    """H(0x02 || stream || 0x00 || seq || prev || H(0x00 || body)); seq as 8 bytes, big-endian."""
    leaf = hashlib.sha256(b"\x00" + body.encode()).digest()
    head = b"\x02" + stream.encode() + b"\x00" + seq.to_bytes(8, "big") + bytes.fromhex(prev)
    return hashlib.sha256(head + leaf).hexdigest()
