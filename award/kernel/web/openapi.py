"""The description of the API, from its own routes, in both languages: as OpenAPI 3.1 for programs and as a page for people."""

import json
from collections.abc import Callable
from itertools import product
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from award.kernel.actor import TokenScope
from award.kernel.i18n import N_, translate
from award.kernel.web import guard
from award.kernel.web.api import PROBLEM, TAG_PATTERN, Problem, tagged_bytes
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import API, RequestSession
from award.kernel.web.failures import title_of
from award.kernel.web.guard import guard_of
from award.kernel.web.rendering import render

router = APIRouter(dependencies=[Depends(guard.public)])
TITLE = N_("Government quality awards")
SCOPE = N_("Scope: `{scope}`.")
SCOPES = N_("A personal access token (award_…). Its scopes are among {names}.")
TEXTS = frozenset({"description", "summary"})
"""What is written for people in the document; everything else in it is for programs."""
ABOUT = """\
Everything here is decided by the same rules as on the pages: a token gives what its person may do at that moment, narrowed
to its scopes. What is hidden and what does not exist are answered alike, with 404.

* **Sign in** with a personal access token, made under “My account”: `Authorization: Bearer award_…`. Cookies count nothing.
* **Errors** are problem details (RFC 9457) with a stable `code`; their sentences follow `Accept-Language` (zh, en).
* **Lists** take `limit` and `cursor`; the next page stands in `next` and in the header `Link`.
* **Tags**: every answer has a strong `ETag`. A read with `If-None-Match` is answered 304 where nothing has changed. A write
  needs `If-Match` with the tag it was made from: 428 without, 400 with `*` or a weak tag, 412 where it is no longer the
  present one.
* **Strict**: a write says all it replaces; what is left out, unknown, named twice or of another kind (`"65"` for 65) is
  refused with 422, and so are unknown parameters of an address. `errors` says what is wrong, one by one. Only where the
  description of a body says so does what is left out stay as it was.
* **Once only**: a write with an `Idempotency-Key` sent again within a day is answered as the first time and done once;
  the key with another request is refused with 422.
* **Times** are UTC; points and totals are decimal text; ids are 12 random characters.
"""


def describe(app: FastAPI, language: str) -> dict[str, Any]:
    """The OpenAPI document of the routes that ask for a token. language: of its descriptions."""
    scopes = {(str(one.path), method.lower()): scope for one, scope in _routes(app) for method in one.methods or ()}
    described: dict[str, Any] = told(_document(app), lambda text: translate(language, text))
    described["info"]["title"] = translate(language, TITLE)
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            operation["security"] = [{"token": []}]
            _describe_parameters(operation)
            operation["x-scope"] = scopes[path, method].value
            operation["description"] += "\n\n" + translate(language, SCOPE, {"scope": scopes[path, method].value})
    about = translate(language, SCOPES, {"names": ", ".join(f"`{one.value}`" for one in TokenScope)})
    described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": about}}
    return described


def texts_of(app: FastAPI) -> set[str]:
    """Every text for people in the document that stands in no N_: docstrings, and what describes fields and answers."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.add(text)
        return text

    told(_document(app), note)
    return found


def _routes(app: FastAPI) -> list[tuple[Any, TokenScope]]:
    asked = [(one, guard_of(one.dependant)) for one in iter_route_contexts(app.routes) if isinstance(one.original_route, APIRoute)]
    return [(one, found.scope) for one, found in asked if isinstance(found, TokenGuard)]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=TITLE, version="1.0.0", description=ABOUT, routes=[one for one, _ in _routes(app)])
    _give_examples(document, app)
    parts = document["components"]
    ours = {name: one for name, one in parts["schemas"].items() if "ValidationError" not in name}
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts["schemas"] = {**ours, **problem.pop("$defs"), "Problem": problem}
    return document


def _give_examples(document: dict[str, Any], app: FastAPI) -> None:
    """The examples of the answers as they were written, for the framework leaves out what is null; with the titles of problems."""
    for one, _ in _routes(app):
        for method, (status, answer) in product(one.methods or (), one.original_route.responses.items()):
            shown = document["paths"][str(one.path)][method.lower()]["responses"][str(status)]
            for media, given in answer.get("content", {}).items():
                if "example" in given:
                    title = {"title": title_of(int(status), is_program=True)} if media == PROBLEM else {}
                    shown["content"][media]["example"] = given["example"] | title


def told(part: Any, say: Callable[[str], str]) -> Any:
    """A part of the document with every text for people said anew: line breaks of a docstring are none of its text.

    Titles, which only repeat the names of fields, are left out; examples are data, but for the title and the sentence of a problem.
    """
    if isinstance(part, list):
        return [told(one, say) for one in part]
    if not isinstance(part, dict):
        return part
    found = {key: one for key, one in part.items() if key != "title" or not isinstance(one, str)}
    for key, one in found.items():
        if key in TEXTS and isinstance(one, str):
            found[key] = say(one if one == ABOUT else " ".join(one.split()))
        elif key == "example" and isinstance(one, dict) and "detail" in one:
            found[key] = {**one, "title": say(one["title"]), "detail": say(one["detail"])}
        elif key not in ("example", "examples"):
            found[key] = told(one, say)
    return found


def _describe_parameters(operation: dict[str, Any]) -> None:
    """As they are checked: what may be left out cannot be null, which no address or header can say.

    A write without a tag has its own answer (428), so the route takes it; the description says that it is needed.
    """
    for one in operation.get("parameters", ()):
        if one["name"] == "if-match":
            one |= {"required": True, "schema": {"type": "string", "pattern": TAG_PATTERN, "examples": ['"3"']}}
        elif "anyOf" in one["schema"]:
            (given,) = (kind for kind in one["schema"].pop("anyOf") if kind != {"type": "null"})
            one["schema"] |= given


def _described(request: Request) -> dict[str, Any]:
    """Made once in each language: the routes of an application do not change."""
    state, language = request.app.state, request.state.language
    if not hasattr(state, "described"):
        state.described = {}
    if language not in state.described:
        state.described[language] = describe(request.app, language)
    found: dict[str, Any] = state.described[language]
    return found


@router.get(f"{API}/openapi.json", include_in_schema=False)
def document(request: Request) -> Response:
    """For programs: OpenAPI 3.1, its descriptions in the language asked for by Accept-Language."""
    answer = tagged_bytes(request, json.dumps(_described(request), ensure_ascii=False).encode())
    answer.headers["vary"] = "accept-language"
    return answer


@router.get("/api", include_in_schema=False)
def page(request: Request, session: RequestSession) -> Response:
    """For people: how the API is used, and every operation with its scope."""
    described = _described(request)
    rows = [
        {
            "tag": operation["tags"][0], "method": method.upper(), "path": path, "scope": operation["x-scope"],
            "about": operation["summary"],
            "query": [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"],
            "refusals": sorted(code for code in operation["responses"] if code >= "300"),
        }
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    ]  # fmt: skip
    return render(request, session, "api/index.html", operations=rows, scopes=[one.value for one in TokenScope])
