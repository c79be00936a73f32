"""The link to the feedback report on the applicant's pages."""

from typing import Any

from fastapi.testclient import TestClient

from award.judging import service
from award.kernel.audit.trail import transaction
from tests.judging import world as worlds
from tests.judging.browsing import as_
from tests.judging.test_feedback import NOW, do, handed_in, published


def test_the_link_to_the_report_appears_with_its_release_and_only_for_its_applicant(engine: Any, clock: Any, client: TestClient) -> None:
    world = worlds.build(engine, applications=2)
    worlds.all_in(world)
    with transaction(engine) as session:
        service.start_report(session, world.judges[0], world.application(session), NOW)
    handed_in(world)
    published(world)

    def links(at: int) -> int:
        base = f"/apply/{world.applications[at]}"
        return as_(client, world, f"owner{at}").get(base).text.count(f'href="{base}/feedback"')

    assert links(0) == 0
    do(world, lambda s, r: service.release_report(s, world.office, r, NOW))
    assert links(0) > 0
    assert links(1) == 0
