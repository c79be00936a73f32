"""Whoever is invited to an application lands on it, and finds it from every desk he has."""

from fastapi.testclient import TestClient

from award.kernel.actor import Role, Scope
from award.kernel.audit.trail import transaction
from tests import make
from tests.applications.browsing import Visitor
from tests.applications.test_people import PASSWORD, act, base, inviting, owner_of
from tests.applications.world import World
from tests.visiting import post


def test_a_judge_who_is_invited_lands_on_the_application_and_finds_it_from_every_desk(world: World, client: TestClient) -> None:
    with transaction(world.engine) as session:
        judge = make.person(session, "周敏", email="judge@example.cn")
        make.grant(session, judge, Role.JUDGE, Scope.ROUND, world.found(session).round_id)
        browser = Visitor(client, make.signed_in(session, judge))
    assert menu_of(browser, "/review") == ["/review"]
    _, token = act(world, owner_of(world), inviting(email="judge@example.cn"))
    assert browser.post(f"/invitation/{token}").headers["location"] == base(world)
    assert menu_of(browser, "/review") == ["/review", "/apply"]
    assert menu_of(browser, "/apply") == ["/apply", "/apply/organisation", "/review"]
    assert menu_of(browser, "/me") == ["/home", "/apply"]
    _, token = act(world, owner_of(world), inviting(Role.READER))
    newcomer = {"name": "新人", "password": PASSWORD, "password_again": PASSWORD}
    made = post(client, f"/invitation/{token}", newcomer)
    assert made.headers["location"] == f"/login?note=ready&next={base(world)}"


def menu_of(browser: Visitor, path: str) -> list[str]:
    """Where the menu of a page leads."""
    return [str(one["href"]) for one in browser.page(path).select("#menu li a")]
