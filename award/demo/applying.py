"""The demonstration's applicants: claiming, writing, evidence, submitting; and what the office does with what came."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from award.applications import service as applications
from award.applications.models import LIVE, Application
from award.applications.queries import answers_of
from award.demo.colleagues import gather
from award.demo.founding import OFFICE, SECOND
from award.demo.papers import evidence_files, licence_file
from award.demo.stories import Story
from award.demo.world import Entry, World
from award.kernel.files.models import StoredFile
from award.kernel.files.service import Prepared, keep, prepare_generated
from award.organisations.models import Claim, Organisation
from award.organisations.service import claim_organisation, decide_claim
from award.rounds.models import Authority

CATEGORY = "organisation"
TOGETHER = 3
"""The third from the end: still written while applications are open, returned and corrected afterwards."""
EVERYTHING = ("true", "clean", "secrets", "check")


def apply(world: World, stories: list[Story], share: float = 1.0) -> None:
    """Every organisation writes and submits; with share < 1 the last ones are still writing.

    Effects: people, organisations, claims the office has confirmed, applications, evidence, submissions.
    """
    opens_at, closes_at = world.stage_period("apply")
    files = evidence_files(stories)
    finished = round(len(stories) * share)
    gap = (closes_at - opens_at - timedelta(days=2)) / max(len(stories), 1) * share
    for number, story in enumerate(stories):
        at = opens_at + timedelta(hours=9) + gap * number
        entry = _enter(world, story, number, at)
        parts = story.answers if number < finished else dict(list(story.answers.items())[: 9 + number % 9])
        _write(world, entry, parts, files[number])
        if number == max(0, len(stories) - TOGETHER):
            gather(world, entry)
        if number < finished:
            _submit(world, entry, world.after(40))


def _enter(world: World, story: Story, number: int, at: datetime) -> Entry:
    username = f"applicant{number + 1:02d}"
    licence = prepare_generated("licence.pdf", licence_file(story), 1)
    with world.act(at) as session:
        person = world.person(session, username, story.contact_name, story.contact_email, story.facts["contact_phone"])
        authority = session.get_one(Authority, world.authority_id)
        actor = world.actor(session, username)
        stored: StoredFile = keep(session, licence, person.id, world.now, "licence")
        claim = claim_organisation(session, actor, authority, story.credit_code, story.name, stored, world.now)
        claim.organisation.name_en = story.name_en
        claim.organisation.established_on, claim.organisation.address = story.established_on, story.address
        claim_id, organisation_id = claim.id, claim.organisation_id
    with world.act(world.after(90)) as session:
        claim = session.get_one(Claim, claim_id)
        decide_claim(session, world.actor(session, OFFICE), claim, True, "", world.now)
    with world.act(world.after(20)) as session:
        organisation = session.get_one(Organisation, organisation_id)
        application = applications.start_application(
            session, world.actor(session, username), world.round(session), organisation, story.category, story.sector, world.now
        )
        entry = Entry(story, application.id, world.people[username], username)
    world.entries.append(entry)
    return entry


def _write(world: World, entry: Entry, parts: Mapping[str, str], files: list[tuple[str, Prepared]]) -> None:
    with world.act(world.after(30)) as session:
        actor, application = world.actor(session, entry.username), world.application(session, entry)
        applications.save_profile(
            session, actor, application, entry.story.facts, application.profile_version, world.now
        )
        for title, prepared in files:
            applications.add_evidence(session, actor, application, prepared, title, world.now)
        drafts = {part: applications.Draft(text, True, 0) for part, text in parts.items()}
        applications.save_answers(session, actor, application, drafts, world.now)


def _submit(world: World, entry: Entry, at: datetime) -> None:
    with world.act(at) as session:
        actor, application = world.actor(session, entry.username), world.application(session, entry)
        applications.submit_application(session, actor, application, EVERYTHING, world.now)


def accept(world: World, share: float = 1.0) -> None:
    """One applicant withdraws, one is refused by two people, one corrects and hands in again, the others are accepted."""
    opens_at, _ = world.stage_period("accept")
    withdrawn, refused, returned = world.entries[-1], world.entries[-2], world.entries[-3]
    at = opens_at + timedelta(hours=9)
    with world.act(at) as session:
        applications.withdraw(
            session, world.actor(session, withdrawn.username), world.application(session, withdrawn),
            "集团内部重组，本届不再参评。", world.now,
        )  # fmt: skip
    with world.act(world.after(60)) as session:
        applications.propose_refusal(
            session, world.actor(session, OFFICE), world.application(session, refused),
            "《云川市市长质量奖管理办法》第九条第二项", "近三年内受到较大数额行政处罚，不符合申报条件。", world.now,
        )  # fmt: skip
    with world.act(world.after(60)) as session:
        applications.return_for_correction(
            session, world.actor(session, OFFICE), world.application(session, returned),
            [{"part": "4.7.4", "text": "请补充近三年资产负债率，并注明数据来源。"}], world.now,
        )  # fmt: skip
    if share < 1.0:
        _accept_all(world, world.entries[: round(len(world.entries) * share) - 3])
        return
    with world.act(world.after(60 * 20)) as session:
        applications.confirm_refusal(
            session, world.actor(session, SECOND), world.application(session, refused), world.now
        )
    _correct(world, returned)
    _accept_all(world, [one for one in world.entries if one not in (withdrawn, refused)])


def _correct(world: World, entry: Entry) -> None:
    with world.act(world.after(60 * 20)) as session:
        actor, application = world.actor(session, entry.username), world.application(session, entry)
        answer = answers_of(session, application)["4.7.4"]
        text = answer.text + "\n近三年资产负债率分别为 52.1%、49.8%、47.6%，数据取自经审计的年度财务报告。"
        applications.save_answer(session, actor, application, "4.7.4", text, True, answer.version, world.now)
    _submit(world, entry, world.after(30))


def _accept_all(world: World, entries: list[Entry]) -> None:
    for entry in entries:
        with world.act(world.after(12)) as session:
            applications.accept(session, world.actor(session, OFFICE), world.application(session, entry), world.now)


def accepted(world: World) -> list[Entry]:
    """The entries that judges score."""
    query = select(Application.id).where(Application.round_id == world.round_id, Application.state.in_(LIVE))
    with world.act() as session:
        live = set(session.scalars(query))
    return [entry for entry in world.entries if entry.application_id in live]

