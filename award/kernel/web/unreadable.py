"""What is said of a request that is not of the form it must have: each place, and what is to stand there."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

from award.kernel.errors import FieldError, Unreadable
from award.kernel.i18n import N_
from award.kernel.web.bodies import TWICE, UNREADABLE, written
from award.kernel.web.context import is_api
from award.kernel.web.labels import label_of

UNKNOWN = N_("This is not known here. Leave it out, or check how it is spelt.")
WHOLE_NUMBER = N_("This must be a whole number, like 65.")
OBJECT = N_("This must be an object, in curly brackets.")
SENTENCES: Mapping[str, str] = {
    "missing": N_("This is missing."),
    "extra_forbidden": UNKNOWN,
    "int_type": N_("This must be a whole number without quotes, sign or point, like 65."),
    "int_parsing": WHOLE_NUMBER,
    "int_parsing_size": WHOLE_NUMBER,
    "bool_type": N_("This must be true or false, without quotes."),
    "string_type": N_("This must be a text, in quotes."),
    "list_type": N_("This must be a list, in square brackets."),
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "string_too_short": N_("This needs at least {min_length} characters."),
    "string_too_long": N_("This may have at most {max_length} characters."),
    "too_long": N_("At most {max_length} of these are taken."),
    "string_pattern_mismatch": N_("This is not written as it must be: {pattern}"),
    "literal_error": N_("This must be one of {expected}."),
    "greater_than_equal": N_("This must be {ge} or more."),
    "less_than_equal": N_("This must be {le} or less."),
    "json_invalid": N_("This is no JSON."),
    "string_unicode": N_("This holds half a character. Send text as UTF-8."),
}
"""By pydantic's name of the fault, whose limits and patterns fill the placeholders."""
OTHERWISE = N_("This cannot be taken. The description of the API says what can.")
LEFT_OUT = N_(
    "This is missing. What is sent replaces all that is stored here: read it, change it and send the whole back, "
    "with null, [], an empty object or an empty text where nothing is to stand."
)
NESTED_KEY = "[key]"
"""What pydantic adds to the place of a name that is wrong itself."""


def unreadable(request: Request, error: RequestValidationError) -> Unreadable:
    """What could not be read of a request. A program is told names as it writes them, a person the words of the page."""
    faults = [_fault(request.method, one) for one in error.errors()]
    names = list(dict.fromkeys(one.pointer.removeprefix("/") or one.field for one in faults))
    if not is_api(request.url.path):
        endpoint = request.scope.get("endpoint")
        names = [label_of(request.state.language, name, endpoint) or name for name in names]
    return Unreadable(UNREADABLE, faults, names)


def known_query(request: Request) -> None:
    """Raises Unreadable for parameters the address does not take, or that come twice: a filter that is misspelt filters nothing."""
    given = Counter(name for name, _ in request.query_params.multi_items())
    known = _taken(request.scope["route"].dependant)
    faults = [FieldError(written(name), UNKNOWN) for name in given if name not in known]
    faults += [FieldError(name, TWICE) for name, count in given.items() if name in known and count > 1]
    if faults:
        raise Unreadable(UNREADABLE, faults, [one.field for one in faults])


def _taken(dependant: Dependant) -> set[str]:
    own = {one.alias for one in dependant.query_params}
    return own.union(*(_taken(one) for one in dependant.dependencies))


def _fault(method: str, one: Mapping[str, Any]) -> FieldError:
    part, *inside = one["loc"]
    kind, params = one["type"], dict(one.get("ctx", {}))
    text = SENTENCES.get(kind, OTHERWISE)
    if kind == "missing" and part == "body" and method == "PUT":
        text = LEFT_OUT
    elif kind == "literal_error":
        params["expected"] = re.findall(r"'([^']*)'", params["expected"])
    elif kind == "unkept":
        text = params.pop("text")
    elif kind == "json_invalid":
        inside = []
    names = [written(name) for name in inside if name != NESTED_KEY]
    return FieldError(names[0] if names else part, text, params, _pointer(names) if part == "body" else "")


def _pointer(names: Sequence[str]) -> str:
    """Source: RFC 6901, 3 and 4."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)
