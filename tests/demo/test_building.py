"""The demonstration as it is built: what its JSON says, and that everything it promises is in the database."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.applications.check import check_application
from award.applications.models import Application, Evidence
from award.demo import applying, building
from award.demo.building import build
from award.demo.judges import judge_stories
from award.demo.papers import licence_file
from award.demo.stories import Story
from award.judging.models import FeedbackReport, Sheet
from award.kernel import clock, db
from award.kernel.audit.trail import transaction
from award.kernel.audit.verify import verify
from award.kernel.files.service import Prepared, prepare_generated
from award.kernel.settings import ROOT
from award.results.basis import basis_of
from award.results.severities import severities_in
from award.rounds.models import Round
from award.rounds.queries import stage_of
from award.standing.models import Assignment

SEATS = 5


def states_of(session: Session) -> Counter[str]:
    return Counter(session.scalars(select(Application.state)))


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers that cost nothing, a page each, and no worker."""

    def files(stories: list[Story]) -> list[list[tuple[str, Prepared]]]:
        return [[(piece.title, plain(one, number)) for number, piece in enumerate(one.evidence)] for one in stories]

    def plain(story: Story, number: int) -> Prepared:
        return prepare_generated("paper.pdf", licence_file(replace(story, credit_code=f"{story.credit_code} {number}")), 1)

    monkeypatch.setattr(applying, "evidence_files", files)
    monkeypatch.setattr(building.worker, "run", lambda *_, **__: 0)


@pytest.mark.timeout(400)
def test_a_published_round_with_everything_in_it(engine: Engine, database: str, tmp_path: Path) -> None:
    """Source: issue 2, "The demonstration"."""
    made = json.loads(build(engine, tmp_path, database, stage="publish", applications=8, judges=12, seed=6).as_json())
    assert set(made) == {"round", "stage", "database", "accounts", "documents"}
    assert made["stage"] == "publish"
    assert made["database"] == database
    roles = Counter(one["role"] for one in made["accounts"])
    assert roles["applicant"] == 8
    assert roles["judge"] == 12
    assert roles["award_office"] == 2
    assert {"system_administrator", "security_administrator", "supervisor", "committee_member"} <= set(roles)
    judges = [one for one in made["accounts"] if one["role"] == "judge"]
    assert all("applications" in one for one in judges)
    assert all("applications" not in one for one in made["accounts"] if one["role"] != "judge")
    assert sum(len(one["applications"]) for one in judges) == 6 * SEATS
    kinds = Counter(Path(path).name.split("-")[0] for path in made["documents"])
    assert set(kinds) == {"notice", "certificate", "feedback_report"}
    assert all(Path(path).read_bytes().startswith(b"%PDF") for path in made["documents"])
    with db.reading(engine) as session:
        rounds = {one.public_id: one for one in session.scalars(select(Round))}
        first = rounds.pop(made["round"])
        assert stage_of(first).kind == "publish"
        assert [(one.number, stage_of(one).kind) for one in rounds.values()] == [(first.number + 1, "apply")]
        states = states_of(session)
        assert states["withdrawn"] == states["rejected"] == 1
        assert states["awarded"] + states["not_awarded"] == 6
        assert kinds["certificate"] == states["awarded"] >= 1
        _one_judge_is_replaced(session)
        _sheets_are_complete_and_unlike(session)
        assert {"acknowledged", "waiting", "drafting"} <= set(session.scalars(select(FeedbackReport.state)))
        assert verify(session).is_whole


def _one_judge_is_replaced(session: Session) -> None:
    gone = session.scalars(select(Assignment).where(Assignment.state == "recused")).one()
    substitute = session.scalars(select(Assignment).where(Assignment.replaces_id == gone.id)).one()
    assert (substitute.application_id, substitute.state) == (gone.application_id, "active")
    seats = Counter(session.scalars(select(Assignment.application_id).where(Assignment.state == "active")))
    assert set(seats.values()) == {SEATS}


def _sheets_are_complete_and_unlike(session: Session) -> None:
    sheets = list(session.scalars(select(Sheet).where(Sheet.state == "submitted")))
    assert Counter(Counter(one.application_id for one in sheets).values()) == {SEATS: 6}
    assert all(len(one.marks) == 23 for one in sheets)
    totals = [one.total_hundredths or 0 for one in sheets]
    assert max(totals) - min(totals) > 150_00
    for application in session.scalars(select(Application).where(Application.state.in_(("awarded", "not_awarded")))):
        assert check_application(session, application) == []
        evidence = session.scalars(select(Evidence).where(Evidence.application_id == application.id))
        assert 4 <= len(list(evidence)) <= 6


@pytest.mark.usefixtures("unprinted")
def test_the_harsh_and_the_lenient_judge_are_told_and_nobody_else(
    engine: Engine, database: str, tmp_path: Path
) -> None:
    build(engine, tmp_path, database, stage="notice", applications=8, judges=8, seed=6)
    stories = judge_stories(8, 6)
    with db.reading(engine) as session:
        round_ = session.scalars(select(Round)).one()
        judges = severities_in(session, basis_of(session, round_, "organisation")).judges
    told = {one.name: one.verdict for one in judges if one.verdict}
    assert told == {stories[1].name: "severe", stories[4].name: "lenient"}


EXPECTED = {
    "setup": set[str](),
    "apply": {"draft", "submitted"},
    "accept": {"accepted", "correction", "submitted", "withdrawn"},
    "assign": {"accepted", "rejected", "withdrawn"},
    "score": {"accepted", "rejected", "withdrawn"},
    "archive": {"awarded", "not_awarded", "rejected", "withdrawn"},
}


@pytest.mark.usefixtures("unprinted")
@pytest.mark.parametrize("stage", EXPECTED)
def test_it_stops_in_any_stage(engine: Engine, database: str, tmp_path: Path, stage: str) -> None:
    made = build(engine, tmp_path, database, stage=stage, applications=7, judges=9, seed=3)
    with db.reading(engine) as session:
        round_ = session.scalars(select(Round).where(Round.public_id == made.round)).one()
        assert stage_of(round_).kind == stage
        assert set(states_of(session)) == EXPECTED[stage]
        installation = session.get_one(clock.Installation, 1)
        assert installation.is_demonstration
        assert verify(session).is_whole


def test_a_stage_the_scheme_has_not_is_refused(engine: Engine, database: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no stage interview"):
        build(engine, tmp_path, database, stage="interview", applications=7, judges=9, seed=3)


def test_a_database_in_use_is_left_alone(engine: Engine, database: str, tmp_path: Path) -> None:
    with transaction(engine) as session:
        session.add(clock.Installation(id=1, is_demonstration=False, clock_offset_seconds=0))
    with pytest.raises(ValueError, match="holds something already"):
        build(engine, tmp_path, database, stage="setup", applications=7, judges=9, seed=3)


def test_a_stage_it_has_not_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "award", "demo", "--build-only", "--dir", str(tmp_path / "new"), "--stage", "bogus"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no stage bogus" in done.stderr
    assert "Building" not in done.stderr
    assert not (tmp_path / "new").exists()
