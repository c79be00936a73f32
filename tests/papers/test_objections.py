"""What belongs to objections in a round's bundle: what came in, what was found, the letters; for whoever may open them."""

from sqlalchemy import Engine, select

from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document, DocumentState
from award.kernel.files.service import keep, prepare_generated
from award.papers.bundling import content_of
from award.papers.gaps import said
from award.results.models import Notice, Objection
from award.standing.models import Conflict
from tests import make
from tests.conftest import StandingClock
from tests.results.acts import confirm_answer, correct_notice, examine, object_to, to_notice, uphold
from tests.results.judged import World, build
from tests.results.test_deciding import ENTRIES


def lying_in(world: World, by: str) -> tuple[dict[str, str], list[str], bool]:
    """Path -> day of what belongs to objections; what is missing of it; whether their applicant is named at all."""
    with transaction(world.engine) as session:
        content = content_of(session, world.actors[by], world.found(session), make.NOW, with_evidence=False)
        about = world.applications["制造一"] in content["applications"]
    files = {one["path"]: one["dated"] for one in content["files"] if "/异议/" in one["path"]}
    return files, [said("zh", one) for one in content["missing"] if "/异议/" in one["place"]], about


def test_files_and_letters_of_objections(any_engine: Engine, clock: StandingClock) -> None:
    world = build(any_engine, ENTRIES)
    to_notice(world)
    objection = object_to(world, about="制造一")
    examine(world, objection)
    with transaction(any_engine) as session:
        one = session.scalars(select(Objection)).one()
        for name in ("file_id", "evidence_id"):
            stored = keep(session, prepare_generated(f"{name}.pdf", name.encode(), 2), None, make.NOW, "objection")
            setattr(one, name, stored.id)
        head = f"000_本届文件/异议/01_{one.receipt}"
    day = "2026-03-02"
    attached = {f"{head}_来件.pdf": day, f"{head}_核查材料.pdf": day}
    assert lying_in(world, "office") == (attached, [], True)
    confirm_answer(world, objection)
    assert lying_in(world, "office") == (attached, [f"{head}_答复书.pdf（尚未制作）"], True)
    with transaction(any_engine) as session:
        letter = session.scalars(select(Document).where(Document.subject == f"objection:{objection}")).one()
        letter.state, letter.file_id = DocumentState.READY.value, session.scalars(select(Objection.file_id)).one()
    assert lying_in(world, "office") == ({**attached, f"{head}_答复书.pdf": day}, [], True)
    with transaction(any_engine) as session:
        session.add(Conflict(
            person_id=world.actors["second"].person_id, application_id=world.application(session, "制造一").id, source="office",
            reason="配偶", declared_at=make.NOW,
        ))  # fmt: skip
    assert lying_in(world, "second") == ({}, [], False)


def test_the_notice_before_a_corrected_one_lies_beside_it(any_engine: Engine, clock: StandingClock) -> None:
    """With the day it began on; not for whoever has a conflict while the result is not public."""
    world = build(any_engine, ENTRIES)
    to_notice(world)
    uphold(world, effect="correction")
    place = "000_本届文件/更正前的公示/公示_1.pdf"

    def lies(by: str) -> tuple[dict[str, str], list[str]]:
        with transaction(any_engine) as session:
            content = content_of(session, world.actors[by], world.found(session), make.NOW, with_evidence=False)
        files = {one["path"]: one["dated"] for one in content["files"] if "更正前的公示" in one["path"]}
        return files, [one["place"] for one in content["missing"] if "更正前的公示" in one["place"]]

    assert lies("office") == ({}, [])
    correct_notice(world)
    assert lies("office") == ({}, [place])
    with transaction(any_engine) as session:
        first = session.scalars(select(Notice).where(Notice.number == 1)).one()
        document, first_day = session.get_one(Document, first.document_id), str(first.first_day)
        stored = keep(session, prepare_generated("公示.pdf", b"notice", 2), None, make.NOW, "notice")
        document.state, document.file_id = DocumentState.READY.value, stored.id
    assert lies("office") == ({place: first_day}, [])
    with transaction(any_engine) as session:
        session.add(Conflict(
            person_id=world.actors["second"].person_id, application_id=world.application(session, "制造一").id, source="office",
            reason="配偶", declared_at=make.NOW,
        ))  # fmt: skip
    assert lies("second") == ({}, [])
