"""The people a record on paper names, held against those the system knows. Pure."""

from collections.abc import Sequence

from award.kernel.errors import FieldError
from award.kernel.i18n import N_


def said_of(name: str) -> str:
    """A name as it is compared: whatever spaces stand in it, and without the institution in brackets behind it."""
    return "".join(name.split()).casefold().partition("（")[0].partition("(")[0]


def named_twice(field: str, people: Sequence[str]) -> list[FieldError]:
    """A fault for a list that names somebody twice, whatever spaces stand in the name."""
    seen: set[str] = set()
    for one in people:
        said = "".join(one.split()).casefold()
        if said in seen:
            text = N_("“{name}” stands here twice. Name everybody once; tell people of the same name apart by their institution.")
            return [FieldError(field, text, {"name": one})]
        seen.add(said)
    return []


def left_over(people: Sequence[str], known: Sequence[str]) -> tuple[list[str], list[str]]:
    """Who of the people is not among the known ones, and who of these is not among the people."""
    strangers, rest = [], list(known)
    for one in people:
        match = next((other for other in rest if said_of(other) == said_of(one)), None)
        if match is None:
            strangers.append(one)
        else:
            rest.remove(match)
    return strangers, rest


def faults_of_panel(present: Sequence[str], absent: str, panel: Sequence[str]) -> list[FieldError]:
    """Everybody of the panel was there, or it is said why not; and nobody else agreed. panel: empty where there is none."""
    if not panel:
        return []
    strangers, missing = left_over(present, panel)
    if strangers:
        text = N_("{names} do not sit on the panel of this application, which is: {panel}.")
        return [FieldError("members", text, {"names": strangers, "panel": panel})]
    if missing and not absent:
        text = N_("Not among those present: {names} of the panel. Add who was there, or say why somebody was not.")
        return [FieldError("absent", text, {"names": missing})]
    if absent and not missing:
        return [FieldError("absent", N_("Everybody of the panel stands among those present; leave this empty."))]
    return []


def faults_of_recused(recused: Sequence[str], barred: Sequence[str], present: int, members: int) -> list[FieldError]:
    """Whoever has a conflict on record stands among the recused, and no more vote than the others are.

    barred: names of members with a conflict on record; present: who could vote.
    """
    if found := named_twice("recused", recused):
        return found
    _, unnamed = left_over(recused, barred)
    if unnamed:
        text = N_("A conflict of interest with this applicant is on record for {names}: enter them as recused; they have no vote.")
        return [FieldError("recused", text, {"names": unnamed})]
    if present + len(recused) > members:
        text = N_("{recused} of {members} members are recused, so {most} could vote at most; {present} are entered as present.")
        params = {"recused": len(recused), "members": members, "most": members - len(recused), "present": present}
        return [FieldError("recused", text, params)]
    return []
