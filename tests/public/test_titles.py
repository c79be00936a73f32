"""What the office's stages are called outside."""

from typing import Any

from sqlalchemy import Engine

from award.kernel.audit.trail import transaction
from award.rounds.service import call_content, publish_progress, publish_snapshot
from tests import make
from tests.results.acts import to_notice
from tests.results.judged import build
from tests.results.test_deciding import ENTRIES
from tests.visiting import words

MOVED = {
    "opens_at": "", "opened_at_before": "", "closes_at": "2026-03-02T16:00:00Z", "closed_at_before": "2026-03-01T16:00:00Z",
    "decided_at": "2026-03-01T02:00:00Z",
}  # fmt: skip


def test_the_public_reads_no_stage_as_the_office_divides_it(engine: Engine, clock: Any, client: Any) -> None:
    """材料评审·独立评分 is 材料评审 outside, and what is decided about the office's own stages is its own business."""
    world = build(engine, ENTRIES)
    to_notice(world)
    with transaction(engine) as session:
        round_ = world.found(session)
        titles = {kind: round_.scheme.stage(kind).title for kind in ("assign", "score")}
        extensions = [
            {"kind": kind, "title": {"zh": title.zh, "en": title.en}, "reason": f"原因 {kind}", **MOVED}
            for kind, title in titles.items()
        ]
        content = call_content(session, round_) | {"extensions": extensions}
        publish_snapshot(session, world.actors["office"], round_, "call", content, make.NOW)
        publish_progress(session, world.actors["office"], round_, make.NOW)
    assert "·" in titles["score"].zh
    client.cookies.set("lang", "zh")
    front, call = (words(client.get(url)) for url in ("/", f"/calls/{world.round}"))
    assert titles["score"].zh.partition("·")[0] in front
    assert titles["score"].zh not in front + call
    assert ("原因 score" in call, "原因 assign" in call) == (True, False)
