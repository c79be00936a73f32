"""The links of a scheme to awards of higher tiers: that each leads to a file there is, and none back to where it began."""

from collections.abc import Mapping

from award.regulations.faults import Report, suggestion
from award.regulations.model import Scheme
from award.regulations.reader import Mapping as Block
from award.regulations.reader import Node, Scalar, Sequence

Links = Mapping[str, frozenset[str]]
"""Each scheme file -> the files it links upward to."""


def links_of(root: Node | None) -> frozenset[str]:
    """The files a scheme's text links to, sound or not."""
    listed = root.nodes.get("upward") if isinstance(root, Block) else None
    entries = listed.nodes if isinstance(listed, Sequence) else ()
    named = [entry.nodes.get("scheme") for entry in entries if isinstance(entry, Block)]
    return frozenset(node.text for node in named if isinstance(node, Scalar) and node.text != "none")


def check_upward(scheme: Scheme, name: str, links: Links, report: Report) -> None:
    """Notes links without a file, links that lead back, and recommendations in categories the scheme has not."""
    if not report.is_clean("upward"):
        return
    categories = [category.key for category in scheme.categories]
    for link in scheme.upward:
        path = ("upward", link.key)
        if link.scheme is not None and link.scheme not in links:
            message = f"There is no file {link.scheme!r} in rubrics/schemes; {suggestion(link.scheme, sorted(links))}"
            report.on((*path, "scheme"), "upward_missing", message)
        elif link.scheme is not None and name in _reached(link.scheme, links):
            message = (
                f"{link.scheme!r} leads back to {name!r}, so no award is above the other; remove one of the links."
            )
            report.on((*path, "scheme"), "upward_circle", message)
        for category in link.recommended:
            if category not in categories and report.is_clean("categories"):
                message = f"The scheme has no category {category!r}; {suggestion(category, categories)}"
                report.on((*path, "recommended", category), "category_unknown", message)


def _reached(start: str, links: Links) -> set[str]:
    """Everything above a file, and the file itself."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += links.get(name, frozenset())
    return found
