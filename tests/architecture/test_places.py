"""Things that are done in one place only: committing, asking the time, opening the database."""

import re

import pytest

from award.kernel.settings import ROOT

ONE_PLACE = {
    r"\.commit\(\)": {"award/kernel/audit/trail.py"},
    r"datetime\.(now|utcnow)\(|date\.today\(": {"award/kernel/clock.py"},
    r"\bcreate_engine\(": {"award/kernel/db.py", "award/kernel/migrating.py"},
}


@pytest.mark.parametrize("pattern", ONE_PLACE)
def test_done_in_one_place(pattern: str) -> None:
    """A commit beside the trail would lose a record; a clock of one's own would miss the demonstration's."""
    files = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "award").rglob("*.py")}
    assert {name for name, source in files.items() if re.search(pattern, source)} <= ONE_PLACE[pattern]


def test_templates_escape_everything() -> None:
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert len(templates) > 20
    marked_safe = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert [str(path.relative_to(ROOT)) for path in templates if marked_safe.search(path.read_text())] == []
