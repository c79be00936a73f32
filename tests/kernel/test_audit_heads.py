"""The ends of the trail kept elsewhere: what a chain alone cannot show is found by them."""

import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from award.commands import app as commands
from award.kernel import db
from award.kernel.audit.heads import Departure, HeadsError, departures, heads_beside, kept_in
from award.kernel.backup.service import back_up
from award.kernel.settings import settings
from tests import postgres
from tests.conftest import StandingClock
from tests.kernel.test_audit import STREAM, act, drop_triggers, execute, faults, stored

OTHER = "round:zzzzzzzzzzzz"
MADE = "2026-03-02T01:00:00.000000Z"
"""The standing clock's 2 March 2026, 09:00 in Beijing."""


def run(engine: Engine, *words: str) -> tuple[int, list[str], str]:
    settings().database_url = engine.url.render_as_string(hide_password=False)
    done = CliRunner().invoke(commands, ["audit", *words])
    return done.exit_code, done.stdout.splitlines(), done.stderr


@pytest.fixture
def kept(any_engine: Engine, tmp_path: Path, clock: StandingClock) -> Path:
    """Three streams of six records each, and the file of their ends."""
    for number in range(1, 6):
        for stream in (STREAM, OTHER, "admin"):
            act(any_engine, number, stream)
    settings().database_url = any_engine.url.render_as_string(hide_password=False)
    path = tmp_path / "heads.json"
    path.write_text(CliRunner().invoke(commands, ["audit", "heads"]).stdout)
    return path


def cut_to(engine: Engine, stream: str, seq: int) -> None:
    """Takes the newest records of a stream away and sets its head back, as whoever holds the database can."""
    drop_triggers(engine)
    for table in ("audit_record", "audit_opening"):
        execute(engine, f"DELETE FROM {table} WHERE stream = '{stream}' AND seq > {seq}")
    execute(
        engine,
        f"UPDATE audit_head SET seq = {seq}, link = (SELECT link FROM audit_record WHERE stream = '{stream}' AND seq = {seq})"
        f" WHERE stream = '{stream}'",
    )


def drop(engine: Engine, stream: str) -> None:
    drop_triggers(engine)
    execute(engine, *[f"DELETE FROM {table} WHERE stream = '{stream}'" for table in ("audit_record", "audit_head", "audit_opening")])


class TestTheFile:
    def test_it_names_the_moment_and_the_last_record_of_each_stream(self, any_engine: Engine, kept: Path) -> None:
        last = {row["stream"]: [row["seq"], row["link"]] for row in stored(any_engine)}
        assert json.loads(kept.read_text()) == {"made_at": MADE, "heads": last}
        assert [seq for seq, _ in last.values()] == [6, 6, 6]
        assert len(kept.read_text().splitlines()) == 3 + 5

    def test_of_an_empty_trail_it_names_none_and_is_compared_with_nothing(
        self, any_engine: Engine, tmp_path: Path, clock: StandingClock
    ) -> None:
        code, told, _ = run(any_engine, "heads")
        assert (code, json.loads("".join(told))) == (0, {"made_at": MADE, "heads": {}})
        (tmp_path / "none.json").write_text("".join(told))
        code, told, error = run(any_engine, "verify", "--against", str(tmp_path / "none.json"))
        assert (code, told) == (1, [])
        assert "keeps no stream of the trail: there was none when it was made" in error

    @pytest.mark.parametrize(
        "text",
        ["", "{}", "[]", '{"made_at": "x", "heads": []}', '{"made_at": "x", "heads": {"admin": [1, "abc"]}}',
         '{"made_at": "x", "heads": {"admin": [0, "' + 64 * "a" + '"]}}', '{"made_at": "x", "heads": {"admin": 1}}',
         '{"heads": {"admin": [1, "' + 64 * "a" + '"]}}'],
    )  # fmt: skip
    def test_any_other_file_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "heads.json"
        path.write_text(text)
        with pytest.raises(HeadsError, match="neither a backup nor a file"):
            kept_in(path)

    def test_so_are_a_missing_one_another_archive_and_what_is_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(HeadsError, match="there is no file"):
            kept_in(tmp_path / "nowhere")
        with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
            archive.writestr("a.txt", "a")
        (tmp_path / "picture").write_bytes(b"\xff\xd8\xff")
        for name in ("other.zip", "picture"):
            with pytest.raises(HeadsError, match="neither a backup nor a file"):
                kept_in(tmp_path / name)

    def test_other_rounds_are_not_told_of(self, any_engine: Engine, kept: Path) -> None:
        with db.reading(any_engine) as session:
            assert sorted(heads_beside(session, STREAM)) == ["admin", STREAM]


class TestAgainst:
    def test_what_has_only_grown_is_whole(self, any_engine: Engine, kept: Path) -> None:
        same = f"Kept on {MADE}: 3 streams; as they were, or only grown since: 3"
        assert run(any_engine, "verify", "--against", str(kept))[:2] == (0, [same, "18 records in 3 streams: whole"])
        act(any_engine, 9)
        act(any_engine, 9, "round:new")
        assert run(any_engine, "verify", "--against", str(kept))[:2] == (0, [same, "21 records in 4 streams: whole"])

    def test_the_last_record_taken_away_is_found_by_the_file_only(self, any_engine: Engine, kept: Path) -> None:
        cut_to(any_engine, STREAM, 5)
        assert run(any_engine, "verify")[:2] == (0, ["17 records in 3 streams: whole"])
        assert run(any_engine, "verify", "--against", str(kept))[:2] == (1, [
            f"BAD {STREAM}: the stream ends at record 5; it had 6 records on {MADE}",
            f"Kept on {MADE}: 3 streams; as they were, or only grown since: 2",
            "17 records in 3 streams: whole",
        ])  # fmt: skip

    def test_a_whole_stream_taken_away_is_found_by_the_file_only(self, any_engine: Engine, kept: Path) -> None:
        drop(any_engine, "admin")
        assert run(any_engine, "verify")[:2] == (0, ["12 records in 2 streams: whole"])
        assert run(any_engine, "verify", "--against", str(kept))[:2] == (1, [
            f"BAD admin: the stream is missing; it had 6 records on {MADE}",
            f"Kept on {MADE}: 3 streams; as they were, or only grown since: 2",
            "12 records in 2 streams: whole",
        ])  # fmt: skip

    def test_a_tail_written_anew_is_found_by_the_file_only(self, any_engine: Engine, kept: Path) -> None:
        """Cut and filled up again: as long as before, longer even, and each link follows from the one before."""
        cut_to(any_engine, OTHER, 4)
        for number in (7, 8, 9):
            act(any_engine, number, OTHER)
        assert faults(any_engine) == ()
        code, told, _ = run(any_engine, "verify", "--against", str(kept))
        assert (code, told[0]) == (
            1, f"BAD {OTHER}: record 6 is another one than on {MADE}, so it or a record before it was rewritten",
        )  # fmt: skip

    def test_what_the_chain_shows_is_said_as_well(self, any_engine: Engine, kept: Path) -> None:
        drop_triggers(any_engine)
        execute(any_engine, f"UPDATE audit_record SET body = replace(body, 'round:2', 'round:9') WHERE stream = '{STREAM}' AND seq = 3")
        code, told, _ = run(any_engine, "verify", "--against", str(kept))
        assert (code, told[0], told[-1]) == (1, f"BAD {STREAM} record 3: link", "15 records in 3 streams: BROKEN")

    def test_each_stream_is_told_of(self, any_engine: Engine, kept: Path) -> None:
        cut_to(any_engine, STREAM, 2)
        execute(any_engine, *[f"DELETE FROM {table} WHERE stream = '{OTHER}'" for table in ("audit_record", "audit_head")])
        with db.reading(any_engine) as session:
            assert departures(session, kept_in(kept)) == [
                Departure(STREAM, f"the stream ends at record 2; it had 6 records on {MADE}"),
                Departure(OTHER, f"the stream is missing; it had 6 records on {MADE}"),
            ]

    def test_one_stream_only(self, any_engine: Engine, kept: Path) -> None:
        cut_to(any_engine, STREAM, 5)
        one = f"Kept on {MADE}: 1 stream; as they were, or only grown since: 1"
        assert run(any_engine, "verify", "--stream", "admin", "--against", str(kept))[:2] == (0, [one, "6 records in 1 stream: whole"])
        assert run(any_engine, "verify", "--stream", STREAM, "--against", str(kept))[0] == 1
        code, told, error = run(any_engine, "verify", "--stream", "round:new", "--against", str(kept))
        assert (code, told) == (1, [])
        assert "keeps nothing of the stream round:new" in error

    def test_a_backup_keeps_them_and_so_does_its_manifest(
        self, any_engine: Engine, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", f"{postgres.client_programs()}{os.pathsep}{os.environ['PATH']}")
        made = back_up(any_engine, tmp_path / "backups")
        manifest = tmp_path / "manifest.json"
        with zipfile.ZipFile(made.path) as archive:
            manifest.write_bytes(archive.read("manifest.json"))
        for file in (made.path, manifest):
            assert run(any_engine, "verify", "--against", str(file))[0] == 0
        cut_to(any_engine, STREAM, 5)
        for file in (made.path, manifest):
            code, told, _ = run(any_engine, "verify", "--against", str(file))
            assert code == 1
            assert re.fullmatch(f"BAD {STREAM}: the stream ends at record 5; it had 6 records on 2026-03-02T.+", told[0])
