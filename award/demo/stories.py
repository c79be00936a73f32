"""What the demonstration tells about its organisations: fictional, each different, with figures that agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class EvidenceStory:
    """A piece of evidence: its title, the paragraphs and the table its paper shows."""

    title: str
    paragraphs: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Story:
    """An organisation and what it writes. merit: 0..1, how good it really is; judges' marks follow it.

    facts: fields of applications.facts. answers: part key -> text, with references like [E-2] to `evidence` in order.
    category: the one it applies in.
    """

    name: str
    name_en: str
    credit_code: str
    sector: str
    established_on: date
    address: str
    contact_name: str
    contact_email: str
    facts: Mapping[str, str]
    answers: Mapping[str, str]
    evidence: tuple[EvidenceStory, ...]
    merit: float
    category: str = "organisation"
