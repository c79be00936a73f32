import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import Engine, select

from award.accounts.models import Person
from award.kernel.audit.trail import transaction
from award.organisations.models import Claim
from award.rounds.models import Authority
from tests import make
from tests.conftest import StandingClock
from tests.visiting import faults, post, sign_in, words

CODE = make.CODES[0]


@pytest.fixture
def people(engine: Engine, clock: StandingClock) -> dict[str, Person]:
    """Two applicants, the office of one authority and the office of another."""
    with transaction(engine) as session:
        ours, others = make.authority(session), make.authority(session, "另一政府")
        return {
            "first": make.person(session, "王建国"),
            "second": make.person(session, "赵晓梅"),
            "office": make.officer(session, ours),
            "stranger": make.officer(session, others),
        }


def licence() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    return picture.getvalue()


def send(client: TestClient, engine: Engine, code: str = CODE, name: str = "云川精密") -> object:
    with transaction(engine) as session:
        authority = session.scalars(select(Authority.public_id).order_by(Authority.id)).first()
    given = {"credit_code": code, "organisation_name": name, "authority": str(authority)}
    return post(client, "/apply/organisation", given, files={"licence": ("执照.png", licence(), "image/png")})


def test_two_claimants_see_the_same(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    seen = set()
    for who, typed in (("first", "云川精密"), ("second", "云川某公司")):
        sign_in(client, engine, people[who])
        answer = send(client, engine, name=typed)
        assert answer.status_code == 303
        for path in ("/apply/organisation", "/apply"):
            assert typed in words(client.get(path))
        seen.add(words(client.get("/apply/organisation")).replace(typed, "…"))
    assert len(seen) == 1
    for path in ("/apply/organisation", "/apply"):
        assert "云川精密" not in words(client.get(path)), "the name in the register is shown once the claim is confirmed"
        assert client.get(path).text.count('href="/apply/organisation"') >= 1


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    sign_in(client, engine, people["first"])
    answer = post(client, "/apply/organisation", {"credit_code": "91310115MA1H8R7C6D", "organisation_name": ""})
    assert answer.status_code == 422
    assert len(faults(answer)) == 4
    assert "第 9 至 17 位" in faults(answer)[1]
    assert 'value="91310115MA1H8R7C6D"' in answer.text
    fake = post(
        client, "/apply/organisation", {"credit_code": CODE, "organisation_name": "云川精密", "authority": "x"},
        files={"licence": ("执照.pdf", b"MZ\x90\x00 not a pdf", "application/pdf")},
    )  # fmt: skip
    assert fake.status_code == 422
    with transaction(engine) as session:
        assert session.scalars(select(Claim)).all() == []


def test_the_office_decides(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    send(sign_in(client, engine, people["first"]), engine)
    sign_in(client, engine, people["office"])
    listed = client.get("/office/claims")
    path = re.findall(r'href="(/office/claims/[a-z0-9]{12})"', listed.text)[0]
    shown = client.get(path)
    assert "王建国" in words(shown)
    picture = client.get(path + "/licence")
    assert (picture.content, picture.headers["content-type"]) == (licence(), "image/png")
    wrong = post(client, path, {"decision": "refuse", "name": "云川精密", "reason": ""})
    assert (wrong.status_code, len(faults(wrong))) == (422, 1)
    assert post(client, path, {"decision": "confirm", "name": "云川精密制造有限公司", "reason": ""}).status_code == 303
    assert "云川精密制造有限公司" in words(client.get("/office/claims?state=confirmed"))
    # Decided, the page asks for nothing any more; the confirmation can still be taken back, for a reason.
    decided = BeautifulSoup(client.get(path).text, "html.parser")
    assert decided.select("input[name=decision][type=radio]") == []
    assert decided.select_one("details summary").get_text(strip=True) == "撤回确认"
    assert post(client, path, {"decision": "refuse", "name": "", "reason": ""}).status_code == 422
    sign_in(client, engine, people["first"])
    page = client.get("/apply/organisation")
    assert "云川精密制造有限公司" in words(page)
    invited = re.findall(r'action="(/apply/organisation/[a-z0-9]{12}/colleagues)"', page.text)
    before = {"authority": re.findall(r'name="authority" value="([a-z0-9]{12})"', page.text)[0]}
    answer = post(client, invited[0], {**before, "name": "孙同事", "email": "nonsense"})
    assert (answer.status_code, len(faults(answer))) == (422, 1)
    answer = post(client, invited[0], {**before, "name": "孙同事", "email": "sun@example.cn"})
    assert "/invitation/" in words(answer)
    sign_in(client, engine, people["second"])
    assert post(client, invited[0], {**before, "name": "孙同事", "email": "sun@example.cn"}).status_code == 404


def test_another_office_finds_nothing(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    send(sign_in(client, engine, people["first"]), engine)
    with transaction(engine) as session:
        path = f"/office/claims/{session.scalars(select(Claim.public_id)).one()}"
    sign_in(client, engine, people["stranger"])
    missing = "/office/claims/" + "2" * 12
    assert words(client.get("/office/claims")) == words(client.get("/office/claims?state=pending"))
    for tail in ("", "/licence"):
        assert (client.get(path + tail).status_code, client.get(missing + tail).status_code) == (404, 404)
    assert post(client, path, {"decision": "confirm", "name": "x"}).status_code == 404


def test_applicants_have_no_office(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    assert client.get("/office/claims").status_code == 303
    sign_in(client, engine, people["first"])
    assert client.get("/office/claims").status_code == 403


def test_nobody_is_led_to_the_first_of_several_authorities(client: TestClient, engine: Engine, people: dict[str, Person]) -> None:
    sign_in(client, engine, people["first"])
    options = BeautifulSoup(client.get("/apply/organisation").text, "html.parser").select("select[name=authority] option")
    assert options[0].get_text() == "请选择"
    assert [one["value"] for one in options if one.has_attr("selected")] in ([], [""])
    given = {"credit_code": "", "organisation_name": "", "authority": ""}
    answer = post(client, "/apply/organisation", given, files={"licence": ("执照.png", licence(), "image/png")})
    assert answer.status_code == 422
    assert faults(answer)[0] == "请选择申报哪个政府的奖项。"
    assert len(faults(answer)) == 3
    with transaction(engine) as session:
        assert session.scalars(select(Claim)).all() == []


def test_the_only_authority_is_chosen_already(client: TestClient, engine: Engine, clock: StandingClock) -> None:
    with transaction(engine) as session:
        make.authority(session)
        person = make.person(session, "王建国")
    sign_in(client, engine, person)
    options = BeautifulSoup(client.get("/apply/organisation").text, "html.parser").select("select[name=authority] option")
    assert len(options) == 1
