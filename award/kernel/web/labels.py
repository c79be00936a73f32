"""What the fields of a form are called on its page, so that a refusal names them in the words people read there."""

import html
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from award.kernel import i18n
from award.kernel.i18n import N_
from award.kernel.settings import ROOT

TEMPLATES = ROOT / "templates"
HIDDEN = frozenset({"csrf", "version", "seen", "next", "act", "mark", "seat", "panel", "replaces", "size", "comment"})
"""Fields that carry something of the page; nobody types them."""
NAMED = N_("{field}: {text}")
FAMILIES: Mapping[str, str] = {
    "grade-": N_("Decision"), "grades": N_("The candidates"), "reason-": N_("Reason where it differs"), "c-": N_("Conditions"),
    "opens_at": N_("Begins"), "closes_at": N_("Ends"), "time": N_("Time"), "percent": N_("Share reached in percent"),
    "comments": N_("Comments"), "text-": N_("Comments"), "factors": N_("Basis of the percentage"), "scope": N_("Role"),
    "point-": N_("What is to be corrected"), "points": N_("What is to be corrected"), "category": N_("Category"),
    "address": N_("Mail address"), "ticked": N_("Judges"),
}  # fmt: skip
"""Fields of which a page has many, or whose label its script writes, by how their name begins or what stands after its point."""
_MARK = re.compile(r'<a href="#f-([^"]*)" data-fault>(.*?)</a>', re.DOTALL)
_MACRO = re.compile(r'\b(?:field|textarea|select|radios|checkbox|file)\(\s*"([^"]+)",\s*_\("((?:[^"\\]|\\.)+)"\)')
_LABEL = re.compile(r'<label[^>]*\bfor="f-([^"{]+)"[^>]*>\s*\{\{ _\("([^"]+)"\)')
_ARIA = re.compile(r'<(?:input|select|textarea)\b[^>]*?\bname="([^"{]+)"[^>]*?aria-label="\{\{ _\(\'([^\']+)\'\)')
_WRAPPED = re.compile(r'<label[^>]*><input[^>]*?\bname="([^"{]+)"[^>]*>\s*<span>\s*\{\{ _\("([^"]+)"\)')
_TEMPLATE = re.compile(r'"([a-z_]+/[a-z_]+\.html)"')
_SET = re.compile(r'<legend>\s*\{\{ _\("([^"]+)"\)[^<]*</legend>.*?\bname="([^"{]+)"', re.DOTALL)


class Labels(HTMLParser):
    """Reads a page: the id of the first control of each name, and what the name is called. found: name -> (id, label)."""

    def __init__(self) -> None:
        super().__init__()
        self._controls: dict[str, tuple[str, str]] = {}
        self._texts: dict[str, str] = {}
        self._legends: list[str] = []
        self._open: list[tuple[str, str, list[str]]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes controls, and begins to listen in a label or a legend."""
        given = {key: value or "" for key, value in attrs}
        if self._silent or given.get("class") == "optional":
            self._silent += tag not in ("input", "br")
        if tag in ("label", "legend"):
            self._open.append((tag, given.get("for", ""), []))
        elif tag == "fieldset":
            self._legends.append("")
        elif tag in ("input", "select", "textarea") and given.get("type") != "hidden" and "name" in given:
            self._control(given)

    def _control(self, given: Mapping[str, str]) -> None:
        name, id_ = given["name"], given.get("id", "")
        is_one_of_several = given.get("type") == "radio" or (given.get("type") == "checkbox" and name in self._controls)
        if is_one_of_several and self._legends:
            self._texts.setdefault(f"name {name}", self._legends[-1])
        elif "aria-label" in given:
            self._texts.setdefault(f"name {name}", given["aria-label"])
        elif self._open and self._open[-1][0] == "label" and not self._open[-1][1]:
            self._open[-1] = ("label", id_, self._open[-1][2])
        if name not in self._controls:
            self._controls[name] = (id_, name)

    def handle_data(self, data: str) -> None:
        """Listens."""
        if self._open and not self._silent:
            self._open[-1][2].append(data)

    def handle_endtag(self, tag: str) -> None:
        """Ends what was begun."""
        if self._silent:
            self._silent -= 1
        if tag == "fieldset" and self._legends:
            self._legends.pop()
        if tag not in ("label", "legend") or not self._open:
            return
        _, id_, parts = self._open.pop()
        text = " ".join("".join(parts).split())
        if tag == "legend" and self._legends:
            self._legends[-1] = text
        elif id_:
            self._texts.setdefault(id_, text)

    @property
    def found(self) -> Mapping[str, tuple[str, str]]:
        """Name of a control -> its id and its label, "" where it has none."""
        return {
            name: (id_, self._texts.get(f"name {name}") or self._texts.get(id_, ""))
            for name, (id_, name) in self._controls.items()
        }


def with_labels(page: str, language: str) -> str:
    """A page whose summary of faults names each field as the page does, and links to it where it is there."""
    if not _MARK.search(page):
        return page
    labels = Labels()
    labels.feed(page)
    return _MARK.sub(_naming(labels.found, page, language), page)


def _naming(found: Mapping[str, tuple[str, str]], page: str, language: str) -> Callable[[re.Match[str]], str]:
    def named(mark: re.Match[str]) -> str:
        name = html.unescape(mark[1])
        id_, label = found.get(name, ("", ""))
        label = html.escape(label or label_of(language, name))
        text = named_fault(language, label, mark[2], f"<span>{mark[2]}</span>")
        target = id_ or (f"f-{name}" if f'id="f-{html.escape(name)}"' in page else "")
        return f'<a href="#{html.escape(target)}">{text}</a>' if target else text

    return named


def named_fault(language: str, label: str, text: str, shown: str = "") -> str:
    """A fault with what its field is called before it, once: a text that quotes the label says it itself.

    shown: what stands for the text, where it is dressed up. A label that is a question keeps its own mark; one that is a
    statement, as a condition to tick, loses its full stop.
    """
    shown, label = shown or text, label.rstrip(" :：。.")
    if not label or f"“{label}”" in text:
        return text
    if label.endswith(("?", "？")):
        return f"{label} {shown}" if language == "en" else f"{label}{shown}"
    return i18n.translate(language, NAMED, {"field": label, "text": shown})


def label_of(language: str, name: str, endpoint: Callable[..., object] | None = None) -> str:
    """What a field is called where its page is not at hand; "" where nobody knows. endpoint: what took the form."""
    known = _known()
    for place in _places(endpoint):
        for template, labels in known.items():
            if template.startswith(place) and name in labels:
                return i18n.translate(language, labels[name])
    ends = (name.rpartition(".")[2], name)
    family = next((text for key, text in FAMILIES.items() if ends[0] == key or name.startswith(key)), "")
    return i18n.translate(language, family) if family else ""


def _places(endpoint: Callable[..., object] | None) -> list[str]:
    """Where to look for the label, most likely first: the templates a module names, its feature's, all."""
    if endpoint is None:
        return [""]
    source = inspect.getsource(sys.modules[endpoint.__module__])
    return [*_TEMPLATE.findall(source), endpoint.__module__.split(".")[1] + "/", ""]


@lru_cache
def _known() -> Mapping[str, Mapping[str, str]]:
    """Template -> name of a field -> its label, an English msgid, as far as they stand there as such."""
    return {str(path.relative_to(TEMPLATES)): _labels_in(path) for path in sorted(TEMPLATES.rglob("*.html"))}


def _labels_in(path: Path) -> Mapping[str, str]:
    source = path.read_text(encoding="utf-8")
    pairs = [(name, text) for rule in (_WRAPPED, _ARIA, _LABEL, _MACRO) for name, text in rule.findall(source)]
    return {name: text for text, name in _SET.findall(source)} | dict(pairs)
