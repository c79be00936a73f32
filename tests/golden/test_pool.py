"""Rendering processes: warm, limited in time and memory, killed and replaced, without our secrets."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from award.kernel.settings import ROOT
from award.press.document import MissingGlyphs, PressError, Rendered, RenderingStopped
from award.press.pool import Pool
from tests.golden import samples


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool() as pool:
        yield pool


def pid_of(pool: Pool) -> int:
    child = pool._places.get()
    pool._places.put(child)
    assert child is not None
    return child.process.pid


def test_asking_for_documents_imports_no_renderer() -> None:
    imports = "import sys, award.press.pool, award.press.charts, award.press.views"
    code = f"{imports}; print([name for name in ('weasyprint', 'pikepdf', 'fontTools') if name in sys.modules])"
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "[]"


def test_a_process_is_kept_warm_for_the_next_document(pool: Pool) -> None:
    first = pool.render("certificate", samples.certificate())
    process = pid_of(pool)
    assert pool.render("notice", samples.notice()).pages == 3
    assert pool.render("certificate", samples.certificate()) == first
    assert pid_of(pool) == process


def test_a_batch_keeps_its_order_over_several_calls(pool: Pool) -> None:
    views = [samples.certificate(recipient="云川😀公司" if index == 57 else f"第{index}号公司") for index in range(60)]
    made = pool.render_batch(views)
    assert [index for index, one in enumerate(made) if not isinstance(one, Rendered)] == [57]
    assert isinstance(made[57], MissingGlyphs)
    assert len({one.sha256 for one in made if isinstance(one, Rendered)}) == 59


def test_what_is_wrong_with_a_record_reaches_the_caller(pool: Pool) -> None:
    with pytest.raises(MissingGlyphs, match="1F600"):
        pool.render("certificate", samples.certificate(recipient="云川😀公司"))
    assert pool.render("certificate", samples.certificate()).pages == 1


def test_a_document_that_takes_too_long_is_killed_and_the_next_one_is_made(pool: Pool) -> None:
    pool.render("certificate", samples.certificate())
    process = pid_of(pool)
    pool.seconds = 0.1
    started = time.monotonic()
    with pytest.raises(RenderingStopped, match=r"longer than 0\.1 seconds"):
        pool.render("feedback_report", samples.feedback_report())
    assert time.monotonic() - started < 5
    assert not Path(f"/proc/{process}").exists()
    pool.seconds = 60
    assert pool.render("certificate", samples.certificate()).pages == 1


def test_a_process_that_is_killed_from_outside_is_replaced(pool: Pool) -> None:
    pool.render("certificate", samples.certificate())
    process = pid_of(pool)
    threading.Timer(0.15, os.kill, (process, signal.SIGKILL)).start()
    with pytest.raises(RenderingStopped, match="ended"):
        pool.render("feedback_report", samples.feedback_report())
    assert pool.render("certificate", samples.certificate()).pages == 1


def test_memory_is_limited() -> None:
    with Pool(mib=200) as small, pytest.raises(PressError):  # less than the libraries take: nothing can be set
        small.render("feedback_report", samples.feedback_report())


def test_the_process_knows_no_secret(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWARD_SMTP_PASSWORD", "hidden-from-the-press")
    monkeypatch.setenv("AWARD_DATABASE_URL", "postgresql+psycopg://hidden-from-the-press")
    pool.render("certificate", samples.certificate())
    assert b"hidden-from-the-press" not in Path(f"/proc/{pid_of(pool)}/environ").read_bytes()
