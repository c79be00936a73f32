"""Files: codes, limits, naming, removing, and who may read them."""

from dataclasses import replace

import pytest

from award.applications import queries, service
from award.kernel import db
from award.kernel.actor import Actor, Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.errors import Conflict, Invalid, NotFound
from award.kernel.events import Event
from award.kernel.files.service import Prepared
from award.standing.models import Assignment, Declaration
from award.standing.models import Conflict as Interest
from tests import make
from tests.applications import world as worlds
from tests.applications.world import World


def add(world: World, prepared: Prepared, title: str = "") -> str:
    with transaction(world.engine) as session:
        return service.add_evidence(session, world.owner, world.found(session), prepared, title, make.NOW).code


def listed(world: World) -> list[tuple[str, str]]:
    with db.reading(world.engine) as session:
        return [(one.code, one.title) for one in queries.evidence_of(session, world.found(session))]


def test_codes_follow_each_other_and_are_never_used_again(world: World) -> None:
    assert [add(world, worlds.pdf(pages=1)), add(world, worlds.pdf(pages=2), "满意度")] == ["E-1", "E-2"]
    assert listed(world) == [("E-1", "年度质量报告"), ("E-2", "满意度")]
    with transaction(world.engine) as session:
        application = world.found(session)
        service.remove_evidence(session, world.owner, application, queries.evidence_of(session, application)[1], make.NOW)
    assert add(world, worlds.pdf(pages=3)) == "E-3"
    assert [code for code, _ in listed(world)] == ["E-1", "E-3"]
    with db.reading(world.engine) as session:
        assert len(worlds.records(session, Event.EVIDENCE_ADDED)) == 3
        [record] = worlds.records(session, Event.EVIDENCE_REMOVED)
        assert record["content"]["code"] == "E-2"


def test_a_content_that_is_there_is_not_added_twice(world: World) -> None:
    assert [add(world, worlds.pdf()), add(world, worlds.pdf("另一个名字.pdf"))] == ["E-1", "E-1"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": 50 * 2**20 + 1}, {"mib": 50}),
        ({"extension": "exe", "name": "a.exe"}, {"types": ["DOCX", "JPEG", "JPG", "OFD", "PDF", "PNG", "PPTX", "XLSX"]}),
    ],
)
def test_limits_of_one_file(world: World, change: dict[str, object], said: dict[str, object]) -> None:
    """50 MiB for one file. Source: the scheme of the demonstration."""
    with pytest.raises(Invalid) as refused:
        add(world, replace(worlds.pdf(), **change))  # type: ignore[arg-type]
    [error] = refused.value.errors
    assert said.items() <= dict(error.params).items()


def test_limit_of_all_files_together(world: World) -> None:
    """500 MiB in all: ten of 50 fit, one byte more does not."""
    for pages in range(1, 11):
        add(world, replace(worlds.pdf(pages=pages), size=50 * 2**20))
    with pytest.raises(Invalid) as refused:
        add(world, replace(worlds.pdf(pages=11), size=1))
    assert refused.value.errors[0].params["mib"] == 500


def test_limit_of_the_number_of_files(world: World) -> None:
    """60 files. Source: the scheme of the demonstration."""
    one = worlds.pdf()
    with transaction(world.engine) as session:
        application = world.found(session)
        for pages in range(60):
            other = worlds.pdf(pages=pages + 1) if pages else one
            service.add_evidence(session, world.owner, application, other, "", make.NOW)
    with pytest.raises(Invalid) as refused:
        add(world, worlds.pdf(pages=61))
    assert refused.value.errors[0].params["most"] == 60


def test_a_title_is_changed_and_recorded(world: World) -> None:
    add(world, worlds.pdf())
    with transaction(world.engine) as session:
        application = world.found(session)
        [evidence] = queries.evidence_of(session, application)
        service.rename_evidence(session, world.owner, application, evidence, "审计报告", make.NOW)
        with pytest.raises(Invalid):
            service.rename_evidence(session, world.owner, application, evidence, "字" * 121, make.NOW)
    assert listed(world) == [("E-1", "审计报告")]


def test_nothing_is_added_or_removed_after_submission(sent: World) -> None:
    with pytest.raises(Conflict):
        add(sent, worlds.pdf(pages=5))
    with transaction(sent.engine) as session:
        application = sent.found(session)
        [evidence] = queries.evidence_of(session, application)
        with pytest.raises(Conflict):
            service.remove_evidence(session, sent.owner, application, evidence, make.NOW)


def file_of(world: World) -> str:
    with db.reading(world.engine) as session:
        return queries.evidence_of(session, world.found(session))[0].public_id


def can_read(world: World, actor: Actor, evidence: str) -> bool:
    with db.reading(world.engine) as session:
        try:
            queries.evidence_for(session, actor, evidence, make.NOW)
        except NotFound:
            return False
        return True


def test_who_reads_a_file_of_a_draft(world: World) -> None:
    add(world, worlds.pdf())
    evidence = file_of(world)
    readers = ("owner", "colleague", "stranger", "office", "supervisor", "elsewhere")
    assert [name for name in readers if can_read(world, getattr(world, name), evidence)] == ["owner", "colleague"]


def test_who_reads_a_file_that_was_submitted(sent: World) -> None:
    evidence = file_of(sent)
    readers = ("owner", "colleague", "stranger", "office", "supervisor", "elsewhere")

    def readable() -> list[str]:
        return [name for name in readers if can_read(sent, getattr(sent, name), evidence)]

    assert readable() == ["owner", "colleague"]  # applications are open for all to hand in
    sent.stage("accept")
    assert readable() == ["owner", "colleague", "office", "supervisor"]


def test_a_judge_reads_only_after_his_declaration_and_never_in_conflict(sent: World) -> None:
    evidence = file_of(sent)
    sent.stage("score")
    with transaction(sent.engine) as session:
        application = sent.found(session)
        judge, other = make.person(session, "评审甲"), make.person(session, "评审乙")
        for one in (judge, other):
            make.grant(session, one, Role.JUDGE, Scope.ROUND, application.round_id)
        session.add(
            Assignment(
                round_id=application.round_id, application_id=application.id, person_id=judge.id, state="active", assigned_at=make.NOW
            )
        )
        actor, stranger = make.actor(session, judge), make.actor(session, other)
        key = {"person_id": judge.id, "application_id": application.id}
    assert not can_read(sent, actor, evidence)
    with transaction(sent.engine) as session:
        session.add(Declaration(**key, signed_at=make.NOW, wording="无利益冲突"))
    assert can_read(sent, actor, evidence)
    assert not can_read(sent, stranger, evidence)
    with transaction(sent.engine) as session:
        session.add(Interest(**key, source="judge", reason="前雇主", declared_at=make.NOW))
    assert not can_read(sent, actor, evidence)


def test_what_an_owner_changes_during_a_correction_nobody_sees_before_it_is_submitted(sent: World) -> None:
    sent.stage("accept")
    with transaction(sent.engine) as session:
        points = [{"part": "evidence", "text": "请补充审计报告"}]
        service.return_for_correction(session, sent.office, sent.found(session), points, make.NOW)
    old = file_of(sent)
    add(sent, worlds.pdf(pages=4))
    with transaction(sent.engine) as session:
        application = sent.found(session)
        first, second = queries.evidence_of(session, application)
        service.remove_evidence(session, sent.owner, application, first, make.NOW)
        new = second.public_id
    assert can_read(sent, sent.office, old)
    assert not can_read(sent, sent.office, new)
    assert can_read(sent, sent.owner, new)
