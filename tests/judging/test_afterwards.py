"""What a judge may still open when judging has ended, stage by stage; nobody opens what is another's."""

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import select

from award.judging import service
from award.kernel.audit.trail import transaction
from award.rounds.models import Round
from tests import make
from tests.judging import world as worlds
from tests.judging.browsing import as_, review_doors, without_token
from tests.judging.world import World

# Source: security.md 5 — Application: JDG R 3-7; own sheet always its author's (P1); feedback report: LEAD until released.
WORK = {"score", "consensus", "site", "interview", "deliberate"}
WRITES = WORK | {"notice", "approve", "publish"}


def stages(world: World) -> list[str]:
    """The stages of the round from scoring on."""
    with transaction(world.engine) as session:
        round_ = session.scalars(select(Round).where(Round.public_id == world.round)).one()
        return [one.kind for one in round_.stages][round_.position :]


@pytest.fixture
def begun(world: World) -> World:
    """All sheets are in, the leader has begun the report."""
    worlds.all_in(world)
    with transaction(world.engine) as session:
        service.start_report(session, world.judges[0], world.application(session), make.NOW)
    return world


def test_a_judge_keeps_his_own_sheet_and_a_leader_his_report(begun: World, client: TestClient) -> None:
    seen = stages(begun)
    assert {"score", "publish", "archive"} <= set(seen)
    for kind in seen:
        begun.stage(kind)
        for judge in (0, 1):
            base = f"/review/{begun.seats[0, judge]}"
            as_(client, begun, f"judge{judge}")
            sheet = client.get(base)
            assert sheet.status_code == 200, kind
            links = BeautifulSoup(sheet.text, "html.parser").select(f'main a[href^="{base}/items/"]')
            # A link that is there leads somewhere; once the material is closed there is none.
            assert bool(links) == (kind in WORK), kind
            item = client.get(f"{base}/items/4.1.2").status_code
            assert item == (200 if kind in WORK else 409), kind
            report = client.get(f"{base}/report").status_code
            assert (report == 200) == (judge == 0 and kind in WRITES), (kind, judge, report)


def test_another_judge_finds_nothing_in_any_stage(begun: World, client: TestClient) -> None:
    for kind in stages(begun):
        begun.stage(kind)
        for who in ("judge1", "judge5"):
            as_(client, begun, who)
            for url in review_doors(begun.seats[0, 0]):
                found, missing = client.get(url), client.get(url.replace(begun.seats[0, 0], "zzzzzzzzzzzz"))
                assert (found.status_code, missing.status_code) == (404, 404), (kind, url)
                assert without_token(found.text) == without_token(missing.text)
