"""One applicant of the demonstration has three people: the responsible one invites a writer and a reader."""

from award.accounts.service.invitations import join_by_invitation
from award.applications import service as applications
from award.applications.queries import answers_of
from award.demo.world import Entry, World
from award.kernel.actor import Role

COLLEAGUES = ((Role.WRITER, "writer01", "王立"), (Role.READER, "reader01", "孙静"))
PART = "4.1.2"
ADDED = "\n质量委员会每季度复核一次执行情况，结果在内部网站公布。"
REVISED = "\n质量委员会每月复核一次执行情况，结果在内部网站和职工代表大会公布。"


def gather(world: World, entry: Entry) -> None:
    """They join by their invitations; the writer adds to one part and the responsible person revises it.

    Effects: two people with a role on this application only, two earlier versions in the history of the part.
    """
    for role, username, name in COLLEAGUES:
        _invite(world, entry, role, username, name)
    _write(world, entry, "writer01", "", ADDED)
    _write(world, entry, entry.username, ADDED, REVISED)


def _invite(world: World, entry: Entry, role: Role, username: str, name: str) -> None:
    email = f"{username}@example.cn"
    with world.act(world.after(30)) as session:
        world.person(session, username, name, email)
        _, token = applications.invite_to_application(
            session, world.actor(session, entry.username), world.application(session, entry), name=name, email=email, role=role,
            now=world.now, real_now=world.now,
        )  # fmt: skip
    with world.act(world.after(15)) as session:
        join_by_invitation(session, world.actor(session, username), token, world.now)


def _write(world: World, entry: Entry, username: str, old: str, new: str) -> None:
    with world.act(world.after(25)) as session:
        actor, application = world.actor(session, username), world.application(session, entry)
        answer = answers_of(session, application)[PART]
        text = answer.text.removesuffix(old) + new
        applications.save_answer(session, actor, application, PART, text, True, answer.version, world.now)
