"""Views cross a pipe and are stored: what comes back is what went in."""

import re
from dataclasses import replace
from datetime import date

import pytest

from award.press import engine
from award.press.document import Kind, data_hash, from_json, to_json
from tests.golden import samples


@pytest.mark.parametrize("view", [samples.certificate(), samples.feedback_report(), samples.notice()], ids=lambda view: type(view).__name__)
def test_a_view_survives_its_json(view: object) -> None:
    assert from_json(type(view), to_json(view)) == view


def test_the_hash_of_the_data_changes_with_any_of_it() -> None:
    view = samples.certificate()
    assert data_hash(view) == data_hash(samples.certificate())
    assert data_hash(replace(view, issued_on=date(2026, 11, 19))) != data_hash(view)


def test_json_of_something_else_is_refused() -> None:
    text = to_json(samples.certificate())
    with pytest.raises(TypeError):
        from_json(type(samples.certificate()), text.replace('"draft":false', '"draft":"yes"'))
    with pytest.raises(ValueError, match="is not one of"):
        from_json(type(samples.certificate()), text.replace('"ring":"red"', '"ring":"green"'))


def test_marks_and_medians_are_counted() -> None:
    view = samples.feedback_report()
    # counted by hand in the sample: 12 strengths of which 5 ++, 15 opportunities of which 3 --
    assert (view.count("+", "++"), view.count("++")) == (12, 5)
    assert (view.count("-", "--"), view.count("--")) == (15, 3)
    # every fourth item stands 3 points under its median (8 above, less 5): items 1, 5, 9, 13, 17, 21 of 23
    assert view.items_at_median == 23 - 6


@pytest.mark.parametrize("kind", sorted(engine.SOURCES))
def test_the_version_of_a_paper_covers_every_template_it_is_made_from(kind: Kind) -> None:
    named = re.compile(r'\{% (?:extends|include|import) "print/([^"]+)"')
    met, ahead = set(), [engine.SOURCES[kind][0]]
    while ahead:
        met.add(name := ahead.pop())
        ahead += set(named.findall((engine.TEMPLATES / "print" / name).read_text("utf-8"))) - met
    assert met == set(engine.SOURCES[kind])
