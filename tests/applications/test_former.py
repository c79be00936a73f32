"""An applicant that has won before: what the register of winners says, and that the office decides with its eyes open."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from award.applications import queries, service
from award.applications.former import won_before
from award.applications.models import Application
from award.invariants.telling import as_told
from award.invariants.told import ACCEPTANCES
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid
from award.kernel.events import Event
from award.organisations.models import Organisation
from award.regulations.model import Text
from award.rounds.models import Round, Snapshot
from tests import make
from tests.applications import world as worlds
from tests.applications.browsing import Visitor
from tests.applications.world import World
from tests.results.judged import with_scheme

WITHIN = datetime(2022, 3, 2, 1, tzinfo=UTC)
OVER = datetime(2022, 3, 1, 1, tzinfo=UTC)
"""The rules of the demonstration name four years, and this round opened on 1 March 2026: the first day counts, the second no more."""


@pytest.fixture
def received(sent: World) -> World:
    sent.stage("accept")
    return sent


def won(session: Session, world: World, published_at: datetime = WITHIN, **other: Any) -> Application:
    """An award of an earlier round. other: what is different of its application."""
    now = world.found(session)
    earlier = Round(
        award=now.round.award, number=5, year=2022, scheme_sha256=now.round.scheme_sha256, state="open", position=0, created_at=make.NOW
    )
    session.add(earlier)
    session.flush()
    facts = {"organisation_id": now.organisation_id, "category": "organisation", "state": "awarded", "profile": {}} | other
    made = Application(round_id=earlier.id, started_at=make.NOW, certificate_number="YCZ-2022-03", certificate_code="ABCDEFGHJKMN", **facts)
    session.add(made)
    session.flush()
    groups = [{"grade_name": {"zh": "市长质量奖", "en": "Mayor's Quality Award"}, "winners": [{"application": made.public_id}]}]
    session.add(Snapshot(
        round_id=earlier.id, kind="result", number=1, content=json.dumps({"groups": groups}), sha256="0" * 64, published_at=published_at,
    ))  # fmt: skip
    return made


def found(world: World) -> list[tuple[str, str, bool, bool]]:
    with db.reading(world.engine) as session:
        return [
            (one.certificate_number, str(one.published_on), one.is_barring, one.is_revoked)
            for one in won_before(session, world.found(session))
        ]


def accept(world: World, remark: str = "") -> None:
    with transaction(world.engine) as session:
        service.accept(session, world.office, world.found(session), make.NOW, remark)


@pytest.mark.both_databases
def test_whoever_won_within_the_years_is_accepted_with_a_remark_only(received: World) -> None:
    with transaction(received.engine) as session:
        won(session, received)
    with db.reading(received.engine) as session:
        (one,) = won_before(session, received.found(session))
        assert (one.grade, one.round_title.zh[:3]) == (Text("市长质量奖", "Mayor's Quality Award"), "第五届")
    with pytest.raises(Invalid) as refused:
        accept(received)
    text = "It won this award within the years the rules name. Say why it is accepted nevertheless, or refuse it."
    assert [(one.field, one.text) for one in refused.value.errors] == [("remark", text)]
    accept(received, "上届为提名奖，不受年限限制。")
    with db.reading(received.engine) as session:
        (decision,) = queries.decisions_of(session, received.found(session))
        assert (decision.remark, decision.reason) == ("上届为提名奖，不受年限限制。", ""), "the applicant reads no remark"
        assert worlds.records(session, Event.APPLICATION_ACCEPTED)[0]["content"]["remark"] == decision.remark
        assert as_told(ACCEPTANCES[0])(session).offences == 0


@pytest.mark.parametrize(
    ("published_at", "state", "said"),
    [
        (WITHIN, "awarded", [("YCZ-2022-03", "2022-03-02", True, False)]),
        (WITHIN, "revoked", [("YCZ-2022-03", "2022-03-02", True, True)]),
        (OVER, "awarded", [("YCZ-2022-03", "2022-03-01", False, False)]),
        (WITHIN, "not_awarded", []),
    ],
)
def test_the_register_is_read_as_of_the_opening_of_applications(
    received: World, published_at: datetime, state: str, said: list[tuple[str, str, bool, bool]]
) -> None:
    with transaction(received.engine) as session:
        won(session, received, published_at, state=state)
    assert found(received) == said
    if not any(one[2] for one in said):
        accept(received)


def test_another_organisation_another_person_and_rules_without_years_are_no_bar(received: World) -> None:
    with transaction(received.engine) as session:
        rival = session.query(Organisation).filter_by(credit_code=make.CODES[1]).one()
        mine = won(session, received, organisation_id=rival.id)
    assert found(received) == []
    with transaction(received.engine) as session:
        made = session.get_one(Application, mine.id)
        made.organisation_id, made.profile = received.found(session).organisation_id, {"nominee": "钱伟"}
    assert found(received) == [], "an individual of the organisation has won, not the organisation"
    with transaction(received.engine) as session:
        session.get_one(Application, mine.id).profile = {}
    assert len(found(received)) == 1
    with transaction(received.engine) as session:
        rules = received.found(session).round.scheme.eligibility
        with_scheme(session, received.found(session).round, eligibility=replace(rules, reapply_bar_years=0))
    assert found(received) == []


def test_the_page_shows_what_was_found_and_asks_for_the_remark(received: World, client: Any) -> None:
    office, address = Visitor(client, received.cookies["office"]), f"/office/applications/{received.application}"
    assert f"no award of {make.CODES[0]} in an earlier round" in office.page(address).text
    with transaction(received.engine) as session:
        won(session, received)
    page = office.page(address)
    said = page.select_one("#former")
    assert said is not None
    line = " ".join(said.get_text(" ", strip=True).split())
    assert "Mayor's Quality Award, published on 2 March 2022 · certificate YCZ-2022-03" in line
    assert "less than 4 years before applications opened" in line
    assert said.select_one('a[href="/v/ABCDEFGHJKMN"]') is not None
    again = office.post(f"{address}/accept", {"remark": ""})
    assert again.status_code == 422
    assert "Say why it is accepted nevertheless" in again.text
    assert office.post(f"{address}/accept", {"remark": "上届为提名奖。"}).status_code == 303
    assert "Accepted nevertheless: 上届为提名奖。" in office.page(address).text
