import re

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from award.accounts.models import Person
from award.accounts.queries import grants_in_force
from award.kernel import db
from award.kernel.actor import Held, Role, Scope
from award.kernel.audit.trail import transaction
from award.organisations.models import Organisation
from award.rounds.models import Authority
from tests import make
from tests.conftest import StandingClock
from tests.visiting import faults, post, sign_in, words


@pytest.fixture
def people(engine: Engine, clock: StandingClock) -> dict[str, Person]:
    """Administrators, an office with a judge, an applicant who claimed with it, and another office with its own judge."""
    with transaction(engine) as session:
        ours, others = make.authority(session), make.authority(session, "另一政府")
        found = {"office": make.officer(session, ours), "stranger": make.officer(session, others, "严厉")}
        for name, role in (("sys", Role.SYSTEM_ADMINISTRATOR), ("sec", Role.SECURITY_ADMINISTRATOR)):
            found[name] = make.person(session, name)
            make.grant(session, found[name], role, Scope.SYSTEM, 0)
        found["judge"] = make.officer(session, ours, "李评审", role=Role.JUDGE)
        found["foreign"] = make.officer(session, others, "吴评审", role=Role.JUDGE)
        found["applicant"] = make.owner(session, make.organisation(session), ours, "王建国")
        found["both"] = make.officer(session, ours, "双任", role=Role.JUDGE)
        make.grant(session, found["both"], Role.AWARD_OFFICE, Scope.AUTHORITY, others.id)
    return found


def held(engine: Engine, person: Person, clock: StandingClock) -> frozenset[Held]:
    with db.reading(engine) as session:
        return grants_in_force(session, person.id, clock.now)


def place(page: str, name: str) -> str:
    found = re.search(rf'<option value="(authority:[a-z0-9]{{12}})"[^>]*>{name}<', page)
    assert found is not None
    return found[1]


def test_who_sees_accounts(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    for who, status in {"sys": 200, "sec": 200, "office": 403, "judge": 403, "applicant": 403}.items():
        assert sign_in(client, engine, people[who]).get("/admin/people").status_code == status, who
    client.cookies.clear()
    assert client.get("/admin/people").headers["location"] == "/login?next=/admin/people"


def test_administrators_see_no_organisation(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    sign_in(client, engine, people["sys"])
    shown = words(client.get(f"/admin/people/{people['applicant'].public_id}"))
    assert "王建国" in shown
    assert "云川精密机械有限公司" not in shown + words(client.get("/admin/people"))


def test_looking_for_people(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    sign_in(client, engine, people["sys"])
    found = words(client.get("/admin/people?q=王建"))
    assert "王建国" in found
    assert "李评审" not in found
    assert "王建国" not in words(client.get("/admin/people?q=%25")), "a per cent sign is a character like others"
    assert client.get("/admin/people?page=99").status_code == 200


def test_closing_ending_and_revoking(
    client: TestClient, engine: Engine, people: dict[str, Person], clock: StandingClock
) -> None:
    judge = people["judge"]
    with transaction(engine) as session:
        make.signed_in(session, judge)
    sign_in(client, engine, people["sec"])
    base = f"/admin/people/{judge.public_id}"
    assert post(client, base + "/sessions").status_code == 303
    grant = re.findall(rf'action="({base}/grants/[a-z0-9]{{12}}/revoke)"', client.get(base).text)[0]
    reason = f"reason-{grant.split('/')[-2]}"
    # The reason that is missing is the one beside the role, not the one of closing the account below.
    page = BeautifulSoup(post(client, grant, {reason: ""}).text, "html.parser")
    assert [one["href"] for one in page.select(".summary a")] == [f"#f-{reason}"]
    assert [one["name"] for one in page.select("[aria-invalid=true]")] == [reason]
    assert post(client, grant, {reason: "stolen laptop"}).status_code == 303
    assert held(engine, judge, clock) == set()
    assert faults(post(client, base + "/close", {"reason": ""})) != []
    assert post(client, base + "/close", {"reason": "left"}).status_code == 303
    assert "账号已停用" in words(client.get(base))
    assert post(client, base + "/close", {"act": "open"}).status_code == 303
    assert "可登录" in words(client.get(base))


def test_only_the_security_administrator_gives_roles_and_not_to_administrators(
    client: TestClient, engine: Engine, people: dict[str, Person], clock: StandingClock
) -> None:
    with transaction(engine) as session:
        newcomer = make.person(session, "新人")
    sign_in(client, engine, people["sec"])
    base = f"/admin/people/{newcomer.public_id}"
    key = place(client.get(base).text, "云川市人民政府")
    assert post(client, base + "/grants", {"role": "judge", "place": key}).status_code == 422
    assert post(client, base + "/grants", {"role": "supervisor", "place": ""}).status_code == 422
    assert post(client, base + "/grants", {"role": "supervisor", "place": key, "until": "2026-03-01"}).status_code == 422
    assert post(client, base + "/grants", {"role": "supervisor", "place": key, "until": "2026-12-31"}).status_code == 303
    assert [one.role for one in held(engine, newcomer, clock)] == [Role.SUPERVISOR]
    excluded = post(client, base + "/grants", {"role": "system_administrator", "place": ""})
    assert excluded.status_code == 409
    own = f"/admin/people/{people['sec'].public_id}/grants"
    assert post(client, own, {"role": "supervisor", "place": key}).status_code == 403


def test_inviting_an_office(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    sign_in(client, engine, people["sys"])
    key = place(client.get("/admin/invitations").text, "云川市人民政府")
    given = {"name": "周敏", "email": "zhou@example.cn", "role": "award_office", "language": "zh"}
    assert len(faults(post(client, "/admin/invitations", given))) == 1
    assert "/invitation/" in words(post(client, "/admin/invitations", given | {"place": key}))
    assert post(client, "/admin/invitations", given | {"role": "judge", "place": key}).status_code == 422


def test_an_office_looks_after_its_own_people_only(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    sign_in(client, engine, people["office"])
    listed = words(client.get("/office/people"))
    assert "李评审" in listed
    assert "王建国" in listed
    for hidden in ("吴评审", "严厉", "双任"):
        assert hidden not in listed
    missing = client.get("/office/people/" + "2" * 12)
    for who in ("foreign", "stranger", "both", "sys", "office"):
        path = f"/office/people/{people[who].public_id}"
        answer = client.get(path)
        assert answer.status_code == 404, who
        assert words(answer).split("编号")[0] == words(missing).split("编号")[0]
        assert post(client, path + "/reset", {"identified_by": "came in person"}).status_code == 404, who


def test_an_office_makes_a_link_after_identification(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    sign_in(client, engine, people["office"])
    path = f"/office/people/{people['judge'].public_id}"
    assert len(faults(post(client, path + "/reset", {"identified_by": ""}))) == 1
    shown = words(post(client, path + "/reset", {"identified_by": "本人持身份证到场"}))
    assert "/reset/" in shown
    assert "/reset/" not in words(client.get(path)), "shown once"


def test_an_office_takes_no_account_over_that_works_for_others_too(
    client: TestClient, engine: Engine, people: dict[str, Person]
) -> None:
    """Anybody with an account can be put into a pool of judges; a link shown to the office would then lend all he is."""
    with transaction(engine) as session:
        ours, others = session.query(Authority).order_by(Authority.id).all()
        organisation = session.query(Organisation).one()
        for name in ("foreign", "applicant"):
            make.grant(session, people[name], Role.JUDGE, Scope.AUTHORITY, ours.id)
        make.claim(session, organisation, people["applicant"], others, state="pending")
    sign_in(client, engine, people["office"])
    for name in ("foreign", "applicant"):
        path = f"/office/people/{people[name].public_id}"
        assert 'name="identified_by"' not in client.get(path).text
        answer = post(client, path + "/reset", {"identified_by": "本人持身份证到场"})
        assert answer.status_code == 409
        assert "/reset/" not in words(answer)
    path = f"/office/people/{people['judge'].public_id}"
    assert 'name="identified_by"' in client.get(path).text


def test_an_office_invites_and_takes_back(
    client: TestClient, engine: Engine, people: dict[str, Person], clock: StandingClock
) -> None:
    sign_in(client, engine, people["office"])
    page = client.get("/office/people").text
    assert "另一政府" not in page
    given = {"name": "陈", "email": "chen@example.cn", "language": "zh", "place": place(page, "云川市人民政府")}
    assert "/invitation/" in words(post(client, "/office/people", given | {"role": "judge"}))
    assert post(client, "/office/people", given | {"role": "award_office"}).status_code == 422
    path = f"/office/people/{people['judge'].public_id}"
    revoke = re.findall(rf'action="({path}/grants/[a-z0-9]{{12}}/revoke)"', client.get(path).text)[0]
    assert post(client, revoke, {f"reason-{revoke.split('/')[-2]}": "moved away"}).status_code == 303
    assert held(engine, people["judge"], clock) == set()
