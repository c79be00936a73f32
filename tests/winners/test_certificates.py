"""Certificates: numbers, validity, codes as people type them, and revocation by a second person."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from award.applications.models import Application
from award.judging.progress import panels_in
from award.judging.queries import scored_in
from award.kernel.actor import PUBLIC
from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.kernel.errors import Conflict, Invalid, NotFound, Refused
from award.kernel.files.service import keep, prepare_generated
from award.kernel.ids import new_check_code
from award.office.queries import counts_of
from award.panels.queries import panels_of
from award.papers.documents import documents_for
from award.regulations.loader import shipped_schemes
from award.results.basis import basis_of
from award.results.published import latest_of
from award.results.ranking import ranking_of
from award.rounds.models import Snapshot
from award.winners.models import Certificate
from award.winners.queries import certificate_for, verify
from award.winners.service import _valid_until, issue_certificates, revoke_certificate
from tests import make
from tests.results.acts import approve, to_notice, to_publication
from tests.results.judged import DAY, World, build
from tests.results.test_deciding import ENTRIES, states

REASON = "获奖后发生重大质量事故，依据办法第二十二条"


@pytest.fixture
def world(any_engine: Engine) -> World:
    """Published, on both databases."""
    world = build(any_engine, ENTRIES)
    to_publication(world)
    return world


def issue(world: World, by: str = "office", *, on: date = DAY) -> list[str]:
    """Answers with the numbers issued now."""
    with transaction(world.engine) as session:
        return [one.number for one in issue_certificates(session, world.actors[by], world.found(session), on, make.NOW)]


def certificates(session: Session) -> Sequence[Certificate]:
    return session.scalars(select(Certificate).order_by(Certificate.id)).all()


def revoke(world: World, number: str, by: str = "second", reason: str = REASON, now: datetime = make.NOW) -> None:
    with transaction(world.engine) as session:
        round_ = world.found(session)
        public_id = session.scalars(select(Certificate.public_id).where(Certificate.number == number)).one()
        certificate = certificate_for(session, world.actors[by], round_, public_id)
        revoke_certificate(session, world.actors[by], round_, certificate, reason, now)


def test_one_batch_with_running_numbers(world: World) -> None:
    assert issue(world) == [f"云质奖〔2026〕第 {serial} 号" for serial in ("01", "02", "03", "04", "05")]
    with transaction(world.engine) as session:
        found = certificates(session)
        assert [(one.holder, one.grade) for one in found] == [
            ("制造一", "award"), ("制造二", "award"), ("制造三", "award"), ("服务一", "award"), ("制造四", "nomination"),
        ]  # fmt: skip
        assert {one.award_title for one in found} == {"第六届云川市市长质量奖", "第六届云川市市长质量奖提名奖"}
        # Five years from 2 March 2026.
        assert {(one.issued_on, one.valid_until) for one in found} == {(date(2026, 3, 2), date(2031, 3, 1))}
        assert len({one.code for one in found}) == 5
        papers = [session.get_one(Document, one.document_id) for one in found]
        assert [(paper.kind, paper.subject) for paper in papers] == [("certificate", f"certificate:{one.public_id}") for one in found]
        view = json.loads(papers[0].view)
        assert [json.loads(paper.view)["ring"] for paper in papers] == ["red"] * 4 + ["silver"]
    assert (view["recipient"], view["number"], view["check_code"]) == ("制造一", "云质奖〔2026〕第 01 号", found[0].code)
    assert view["verify_url"] == f"http://127.0.0.1:8000/v/{found[0].code}"
    assert world.acts("certificate:") == ["certificate:issued"] * 5


def test_nobody_gets_a_second_certificate(world: World) -> None:
    issue(world)
    assert issue(world) == []
    assert world.acts("certificate:") == ["certificate:issued"] * 5


def test_a_paper_that_failed_is_wanted_once_more(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    issue(world)
    with transaction(engine) as session:
        paper = session.scalars(select(Document).where(Document.kind == "certificate").order_by(Document.id)).first()
        assert paper is not None
        paper.state, view = "failed", paper.view
    issue(world)
    with transaction(engine) as session:
        papers = session.scalars(select(Document).where(Document.kind == "certificate").order_by(Document.id)).all()
        assert [one.state for one in papers] == ["wanted"] * 5
        assert papers[0].view == view


def test_certificates_follow_the_publication(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_notice(world)
    approve(world)
    world.stage("publish")
    with pytest.raises(Conflict) as refusal:
        issue(world)
    assert refusal.value.code == "certificate.unpublished"


@pytest.mark.parametrize("on", [DAY - timedelta(1), DAY + timedelta(1)])
def test_a_certificate_is_dated_between_approval_and_today(engine: Engine, on: date) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    with pytest.raises(Invalid) as refusal:
        issue(world, on=on)
    assert [error.field for error in refusal.value.errors] == ["issued_on"]


@pytest.mark.parametrize("by", ["supervisor", "elsewhere", "judge"])
def test_who_cannot_issue(engine: Engine, by: str) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    with pytest.raises((Refused, NotFound)):
        issue(world, by)


def check(engine: Engine, code: str, now: datetime = make.NOW) -> str:
    with transaction(engine) as session:
        return verify(session, code, now).validity


def test_a_code_as_people_type_it(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    issue(world)
    with transaction(engine) as session:
        code = certificates(session)[0].code
    grouped = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in code)
    for typed in (code, grouped, grouped.lower(), f" {code} ", grouped.replace("-", " "), grouped.replace("-", "—"), full_width):
        assert check(engine, typed) == "valid", typed
    for typed in (code[:-1], code + "2", "X" + code, new_check_code(), "", "' OR 1=1 --", "证书", "0" * 500):
        assert check(engine, typed) == "unknown", typed


def test_the_last_day_of_validity_counts(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    issue(world)
    with transaction(engine) as session:
        code = certificates(session)[0].code
    # Valid until 1 March 2031, 24:00 in Beijing, which is 16:00 UTC.
    assert check(engine, code, datetime(2031, 3, 1, 15, 59, 59, tzinfo=UTC)) == "valid"
    assert check(engine, code, datetime(2031, 3, 1, 16, tzinfo=UTC)) == "expired"


@pytest.mark.parametrize(("issued_on", "years", "last"), [
    (date(2028, 2, 29), 5, date(2033, 2, 28)), (date(2028, 2, 29), 4, date(2032, 2, 28)), (date(2026, 1, 1), 3, date(2028, 12, 31)),
])  # fmt: skip
def test_the_day_before_the_anniversary(issued_on: date, years: int, last: date) -> None:
    assert _valid_until(issued_on, years) == last


def test_a_certificate_may_have_no_end() -> None:
    assert _valid_until(DAY, shipped_schemes()["anhui-province"].certificate.validity_years) is None


def test_a_second_person_revokes(world: World) -> None:
    first, second = issue(world)[:2]
    with pytest.raises(Refused) as refusal:
        revoke(world, first, "office")
    assert refusal.value.code == "certificate.same_person"
    revoke(world, first)
    with transaction(world.engine) as session:
        revoked, valid = certificates(session)[:2]
        assert (revoked.revoked_by, revoked.revoked_reason) == (world.actors["second"].person_id, REASON)
    assert check(world.engine, revoked.code) == "revoked"
    assert check(world.engine, revoked.code, datetime(2040, 1, 1, tzinfo=UTC)) == "revoked"
    assert check(world.engine, valid.code) == "valid"
    assert states(world)["制造一"] == "revoked"
    assert world.acts("certificate:")[-1] == "certificate:revoked"
    assert second


def test_a_revocation_is_published_anew_and_the_old_result_stays(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    with transaction(engine) as session:
        before = session.scalars(select(Snapshot.content).where(Snapshot.kind == "result")).one()
    revoke(world, issue(world)[0])
    with transaction(engine) as session:
        contents = session.scalars(select(Snapshot.content).where(Snapshot.kind == "result").order_by(Snapshot.number)).all()
        assert contents[0] == before
        latest = latest_of(session, "result")[0].content
        assert latest["revoked"] == {world.applications["制造一"]: "2026-03-02"}


def test_a_revocation_is_for_ever(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    first = issue(world)[0]
    revoke(world, first)
    revoke(world, first, reason="另一个理由")  # the same person again: nothing more happens
    assert world.acts("certificate:").count("certificate:revoked") == 1
    with pytest.raises(Conflict) as refusal:
        revoke(world, first, "office")
    assert refusal.value.code == "certificate.revoked"


def test_a_revocation_has_a_reason(engine: Engine) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    first = issue(world)[0]
    with pytest.raises(Invalid):
        revoke(world, first, reason=" ")


@pytest.mark.parametrize("by", ["supervisor", "elsewhere", "judge"])
def test_who_cannot_revoke(engine: Engine, by: str) -> None:
    world = build(engine, ENTRIES)
    to_publication(world)
    first = issue(world)[0]
    with pytest.raises((Refused, NotFound)):
        revoke(world, first, by)


def test_a_person_is_named_on_notice_result_and_certificate_before_his_organisation(any_engine: Engine) -> None:
    world = build(any_engine, ENTRIES)
    named = "钱伟（制造一）"
    with transaction(world.engine) as session:
        first = next(one for one in session.scalars(select(Application)) if one.organisation.name == "制造一")
        first.profile = {**first.profile, "nominee": " 钱伟 "}
    to_publication(world)
    issue(world)
    with transaction(world.engine) as session:
        assert [one.holder for one in certificates(session)][:2] == [named, "制造二"]
        for snapshot in latest_of(session, "notice", "result"):
            winners = [winner["name"] for group in snapshot.content["groups"] for winner in group["winners"]]
            assert winners[:2] == [named, "制造二"], snapshot.kind


def told(world: World) -> tuple[object, ...]:
    """What is told of the review of the round: its figures, how far the sheets are, whom a report compares with, the ranking."""
    with transaction(world.engine) as session:
        round_, office = world.found(session), world.actors["office"]
        last = session.scalars(select(Application).where(Application.round_id == round_.id).order_by(Application.id.desc())).first()
        assert last is not None
        counts = counts_of(session, office, round_)
        progress = {one.id: len(one.seats) for one in panels_in(session, office, round_)}
        panels = {one.application.public_id: len(one.seats) for one in panels_of(session, office, round_)}
        ranks = [(one.public_id, one.rank) for one in ranking_of(session, round_, last.category).lines]
        judged = len(basis_of(session, round_, last.category).sheets)
        return counts.accepted, counts.due, counts.submitted, counts.open_gates, progress, panels, scored_in(session, last), ranks, judged


def test_a_revocation_changes_nothing_that_is_told_of_the_review(world: World) -> None:
    before = told(world)
    with transaction(world.engine) as session:
        unwritten = counts_of(session, world.actors["office"], world.found(session)).unwritten
    assert (before[0], before[3]) == (len(ENTRIES), len(ENTRIES))
    revoke(world, issue(world)[0])
    assert told(world) == before
    with transaction(world.engine) as session:
        # But nobody is reminded of its report any more.
        assert counts_of(session, world.actors["office"], world.found(session)).unwritten == unwritten - 1


def test_an_announcement_is_listed_for_programs_once_it_is_ready(world: World) -> None:
    """As on its page, which anybody may read."""
    with transaction(world.engine) as session:
        (result,) = latest_of(session, "result")
        subject = f"announcement:{result.public_id}"
        assert subject not in [one.document.subject for one in documents_for(session, PUBLIC, make.NOW)]
        paper = session.scalars(select(Document).where(Document.subject == subject)).one()
        paper.file_id = keep(session, prepare_generated("a.pdf", b"%PDF-1.7"), None, make.NOW, "document").id
        paper.state = "ready"
        session.flush()
        (found,) = [one for one in documents_for(session, PUBLIC, make.NOW) if one.document.subject == subject]
        assert (found.document.kind, found.name.endswith(".pdf"), result.title.zh in found.name) == ("notice", True, True)
