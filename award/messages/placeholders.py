"""What an office may put into the text of a bulk mail: names from a fixed list, filled as plain text; no language of templates."""

import re
from collections.abc import Collection, Mapping

from award.kernel.i18n import N_

PLACEHOLDERS: Mapping[str, tuple[str, str]] = {
    "name": ("姓名", N_("Name of the receiver")),
    "organisation": ("单位名称", N_("Name of the organisation")),
    "number": ("申报编号", N_("Number of the application")),
    "round": ("评审届次", N_("The round")),
    "deadline": ("截止时间", N_("End of the time for it")),
    "count": ("待办数量", N_("How many are open")),
}
"""English name -> Chinese name, and what it stands for. Both names are taken in either language."""
_ENGLISH = {zh: english for english, (zh, _) in PLACEHOLDERS.items()}
_BRACES = re.compile(r"\{([^{}]*)\}")


def _key(name: str) -> str:
    return _ENGLISH.get(name.strip(), name.strip())


def unknown_in(text: str, allowed: Collection[str]) -> list[str]:
    """What stands in braces and is not allowed here, each once; a lone brace is one too."""
    found = [f"{{{name}}}" for name in _BRACES.findall(text) if _key(name) not in allowed]
    found += [brace for brace in "{}" if brace in _BRACES.sub("", text)]
    return list(dict.fromkeys(found))


def names_in(text: str) -> set[str]:
    """The placeholders of a text, by their English names."""
    return {_key(name) for name in _BRACES.findall(text)}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled; what fills them is not looked at again.

    Raises KeyError for a placeholder without a value; unknown_in is asked before.
    """
    return _BRACES.sub(lambda found: values[_key(found[1])], text)
