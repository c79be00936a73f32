"""The public site: what it shows from snapshots, what it takes in, and that nothing unpublished ever changes a byte of it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, select, text, update

from award.applications.models import Application
from award.judging.models import Sheet
from award.kernel.audit.trail import transaction
from award.organisations.models import Organisation
from award.regulations.model import Text
from award.results.models import Notice, Objection, ResultLine
from award.results.pages.site import days_of
from award.results.published import PublicStage
from award.rounds.models import Authority, RoundStage, Snapshot
from award.rounds.service import call_content, publish_progress, publish_snapshot
from award.winners.models import Certificate
from tests import make
from tests.bench.statements import counted
from tests.conftest import StandingClock
from tests.results.acts import approve, publish, to_notice
from tests.results.judged import World, build
from tests.results.test_deciding import ENTRIES
from tests.results.test_pages import make_ready, statements
from tests.visiting import faults, post, words
from tests.winners.test_certificates import issue, revoke

STATIC = ["/", "/notices", "/winners", "/v", "/policy", "/help", "/a11y"]
OBJECTION = {"about": "", "text": "名单中一家组织有未结投诉。", "name": "钱立", "contact": "139****2210"}

FORM_KEY = re.compile(rb'name="key" value="[^"]+"')


@pytest.fixture
def here(engine: Engine, clock: StandingClock) -> World:
    """A round on public notice whose call is out."""
    world = call_out(engine)
    to_notice(world)
    return world


def call_out(engine: Engine) -> World:
    """A round in its notice stage whose call is out; no notice is."""
    world = build(engine, ENTRIES)
    with transaction(engine) as session:
        round_ = world.found(session)
        content = call_content(session, round_)
        publish_snapshot(session, world.actors["office"], round_, "call", content, make.NOW - timedelta(60))
    enter(world, "notice")
    return world


def enter(world: World, kind: str, *, left: bool = False) -> None:
    """The stages up to this one as the office entered and left them, published; left: this one too."""
    with transaction(world.engine) as session:
        round_ = world.found(session)
        last = next(one.position for one in round_.stages if one.kind == kind)
        for one in round_.stages[: last + 1]:
            one.entered_at = make.NOW
            one.left_at = make.NOW if left or one.position < last else None
        publish_progress(session, world.actors["office"], round_, make.NOW)


def url_of(world: World, kind: str = "notice") -> str:
    with transaction(world.engine) as session:
        query = select(Snapshot.public_id).where(Snapshot.kind == kind).order_by(Snapshot.number.desc()).limit(1)
        return f"/notices/{session.scalars(query).one()}"


def in_english(client: Any, url: str) -> Any:
    client.cookies.set("lang", "en")
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer


def test_an_empty_site_says_why(client: Any) -> None:
    for url in STATIC:
        assert in_english(client, url).status_code == 200
    assert "No notice is out at the moment." in words(client.get("/"))
    assert "No result has been published yet." in words(client.get("/winners"))


def test_the_front_page_names_the_notice(here: World, client: Any) -> None:
    shown = words(in_english(client, "/"))
    assert "Public notice of the candidates of the 6th Yunchuan Mayor's Quality Award (2026)" in shown
    assert "Assignment of judges" not in shown  # the office's own business
    assert "受理与<wbr>资格审查" in client.get("/", headers={"cookie": "lang=zh"}).text, "it breaks between its words"


def states_of(client: Any) -> dict[str, str]:
    stages = BeautifulSoup(in_english(client, "/").text, "html.parser").select(".stage")
    return {one.select(".stage-name")[0].get_text(strip=True): one.select(".stage-note")[0].get_text(strip=True) for one in stages}


def test_the_line_of_stages_follows_what_was_entered(here: World, client: Any) -> None:
    """A stage whose planned days have come is not under way, and is not done, until the office has entered it."""
    shown = states_of(client)
    assert (shown["Public notice"], shown["Approval"]) == ("Running", "Not started")
    enter(here, "notice", left=True)
    shown = states_of(client)
    assert (shown["Public notice"], shown["Approval"]) == ("Finished", "Not started")
    enter(here, "approve")
    assert states_of(client)["Approval"] == "Running"


def test_a_stage_never_entered_is_not_told_done(here: World, client: Any, clock: StandingClock) -> None:
    clock.forward(days=40)
    shown = states_of(client)
    assert (shown["Public notice"], shown["Approval"]) == ("Finished", "Not started")  # its deadline ends a notice
    assert "Approval until" not in words(in_english(client, "/"))


def test_how_far_a_round_has_come_is_no_page_of_its_own(here: World, client: Any) -> None:
    assert client.get(url_of(here, "progress")).status_code == 404


def test_the_call(here: World, client: Any) -> None:
    shown = words(in_english(client, f"/calls/{here.round}"))
    assert "Call for applications: 6th Yunchuan Mayor's Quality Award (2026)" in shown
    assert "Yunchuan Mayor's Quality Award Nomination 8 450 points" in shown
    assert "5 working days" in shown
    assert client.get("/calls/222222222222").status_code == 404


def test_the_notice(here: World, client: Any) -> None:
    answer = in_english(client, url_of(here))
    shown = words(answer)
    assert "云质评〔2026〕3号" in shown
    assert "The notice runs for 5 working days, from 3 March 2026 to 9 March 2026." in shown
    rows = BeautifulSoup(answer.text, "html.parser").select(".notice-table tbody tr")
    assert [[cell.get_text(strip=True) for cell in row.find_all(["td", "th"])][:2] for row in rows] == [
        ["1", "制造一"], ["2", "制造二"], ["3", "制造三"], ["4", "服务一"], ["5", "制造四"],
    ]  # fmt: skip
    assert "医院一" not in answer.text
    assert [one.get_text() for one in BeautifulSoup(answer.text, "html.parser").select(".notice-paper .nowrap")] == ["0599-3100088"]


def test_the_paper_of_a_notice(here: World, client: Any) -> None:
    url = url_of(here)
    assert client.get(f"{url}/document").status_code == 404
    assert "Download the PDF" not in words(in_english(client, url))
    make_ready(here, "notice")
    assert "Download the PDF" in words(in_english(client, url))
    assert client.get(f"{url}/document").content == b"%PDF-made"


def codes_of(answer: Any) -> list[str]:
    return [one.get_text() for one in BeautifulSoup(answer.text, "html.parser").select(".check-code")]


def test_an_objection_gets_number_and_code_and_nothing_else(here: World, client: Any) -> None:
    answer = post(client, f"{url_of(here)}/objections", {**OBJECTION, "about": here.applications["制造一"]})
    assert answer.status_code == 200
    with transaction(here.engine) as session:
        filed = session.scalars(select(Objection)).one()
        assert filed.application_id == here.application(session, "制造一").id
    number, code = codes_of(answer)
    assert number == filed.receipt
    assert code not in (filed.code_sha256, filed.receipt)
    for secret in (OBJECTION["text"], OBJECTION["name"], OBJECTION["contact"], filed.public_id):
        assert secret not in answer.text


def test_the_button_pressed_twice_files_one_objection_and_tells_its_code_again(here: World, client: Any) -> None:
    """The code is stored nowhere: a second answer that could not tell it would take it away from its author."""
    form = BeautifulSoup(client.get(url_of(here)).text, "html.parser").select_one("#object [name=key]")
    assert form is not None
    written = {**OBJECTION, "key": str(form["value"])}
    first, again = (codes_of(post(client, f"{url_of(here)}/objections", written)) for _ in range(2))
    assert again == first
    others = [{**written, "text": "另一件事。"}, {**written, "key": "another"}, OBJECTION, OBJECTION]
    codes = [codes_of(post(client, f"{url_of(here)}/objections", one))[1] for one in others]
    assert len({first[1], *codes}) == 5, "nobody is told the code of another"
    with transaction(here.engine) as session:
        assert [one.text for one in session.scalars(select(Objection))] == [
            one["text"] for one in (written, *others)
        ]


def test_number_and_code_tell_the_state_only(here: World, client: Any) -> None:
    number, code = codes_of(post(client, f"{url_of(here)}/objections", OBJECTION))
    in_english(client, "/objections")
    for typed in (number.lower(), number.replace("-", " "), number.replace("-", "")):
        assert post(client, "/objections", {"receipt": typed, "code": code}).status_code == 200, typed
    told = post(client, "/objections", {"receipt": number.replace("-", "－"), "code": f"{code[:4]}-{code[4:8]} {code[8:]}".lower()})
    assert "Being checked" in words(told)
    for secret in filter(None, OBJECTION.values()):
        assert secret not in told.text
    with transaction(here.engine) as session:
        session.execute(update(Objection).values(state="answered", answer="机密答复"))
    answered = post(client, "/objections", {"receipt": number, "code": code})
    assert "Answered" in words(answered)
    assert "机密答复" not in answered.text
    wrong = post(client, "/objections", {"receipt": number, "code": "ABCDEFGHJKLM"})
    nobody = post(client, "/objections", {"receipt": "YY-ABCDEFGH", "code": "ABCDEFGHJKLM"})
    assert wrong.status_code == nobody.status_code == 422
    assert len(faults(wrong)) == len(faults(nobody)) == 1


def test_codes_are_not_found_by_trying(here: World, client: Any) -> None:
    answers = {post(client, "/objections", {"receipt": "YY-ABCDEFGH", "code": "X"}).status_code for _ in range(31)}
    assert answers == {422, 429}


def test_an_objection_with_something_missing_comes_back(here: World, client: Any) -> None:
    client.cookies.set("lang", "en")
    answer = post(client, f"{url_of(here)}/objections", {**OBJECTION, "text": "", "name": ""})
    assert answer.status_code == 422
    assert len(faults(answer)) == 2
    assert OBJECTION["contact"] in answer.text


def test_an_objection_about_somebody_else_is_refused(here: World, client: Any) -> None:
    answer = post(client, f"{url_of(here)}/objections", {**OBJECTION, "about": here.applications["医院一"]})
    assert answer.status_code == 422


def test_objections_close_with_the_period(here: World, client: Any, clock: StandingClock) -> None:
    url = url_of(here)
    clock.now = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
    assert "File an objection" in words(in_english(client, url))
    assert post(client, f"{url}/objections", OBJECTION).status_code == 200
    clock.now = datetime(2026, 3, 9, 16, tzinfo=UTC)
    shown = words(in_english(client, url))
    assert "File an objection" not in shown
    assert "Objections could be filed until 9 March 2026 24:00" in shown
    assert post(client, f"{url}/objections", OBJECTION).status_code == 409


def test_one_network_files_ten_an_hour(here: World, client: Any, clock: StandingClock) -> None:
    url = f"{url_of(here)}/objections"
    for _ in range(10):
        assert post(client, url, OBJECTION).status_code == 200
    assert post(client, url, OBJECTION).status_code == 429
    clock.forward(hours=1)
    assert post(client, url, OBJECTION).status_code == 200


def test_a_form_of_another_site_is_refused(here: World, client: Any) -> None:
    assert client.post(f"{url_of(here)}/objections", data=OBJECTION).status_code == 403


def test_the_result_and_the_winners(here: World, client: Any) -> None:
    here.stage("notice")
    finish(here)
    assert "制造一" in words(in_english(client, url_of(here, "result")))
    shown = words(in_english(client, "/winners?year=2026"))
    assert "制造四 Yunchuan Mayor's Quality Award Nomination Manufacturing 2026" in shown
    assert "医院一" not in shown
    assert "制造四" not in words(in_english(client, "/winners?year=1999"))
    assert client.get(f"{url_of(here, 'result')}/document").status_code == 404


def test_winners_without_sectors_have_no_column_for_them(here: World, client: Any) -> None:
    with transaction(here.engine) as session:
        session.execute(update(Application).values(sector=""))
    finish(here)
    shown = words(in_english(client, "/winners?year=2026"))
    assert "制造四 Yunchuan Mayor's Quality Award Nomination 2026" in shown
    assert "Sector" not in shown


def finish(world: World) -> None:
    approve(world)
    publish(world)


def test_a_revocation_shows_and_the_former_announcement_leads_on(here: World, client: Any) -> None:
    finish(here)
    former = url_of(here, "result")
    number = issue(here)[0]
    revoke(here, number)
    assert "revoked" in words(in_english(client, "/winners"))
    assert "A later version of this has been published." in words(in_english(client, former))
    assert "revoked on 2 March 2026" in words(in_english(client, url_of(here, "result")))


VALIDITY = {"valid": "Valid:", "expired": "Expired:", "revoked": "Revoked:", "unknown": "No certificate found"}


def code_of(world: World, at: int = 0) -> str:
    with transaction(world.engine) as session:
        return session.scalars(select(Certificate.code).order_by(Certificate.id)).all()[at]


def test_a_code_says_one_of_four_things(here: World, client: Any, clock: StandingClock) -> None:
    finish(here)
    first = issue(here)[0]
    valid, revoked = code_of(here, 1), code_of(here, 0)
    revoke(here, first)
    shown = words(in_english(client, f"/v/{valid}"))
    assert VALIDITY["valid"] in shown
    assert "制造二" in shown
    assert "云质奖〔2026〕第 02 号" in shown
    assert "until" in shown.lower()
    assert VALIDITY["revoked"] in words(in_english(client, f"/v/{revoked}"))
    assert VALIDITY["unknown"] in words(in_english(client, "/v/ABCD2345WXYZ"))
    clock.now = datetime(2031, 3, 1, 16, tzinfo=UTC)
    assert VALIDITY["expired"] in words(in_english(client, f"/v/{valid}"))
    assert VALIDITY["revoked"] in words(in_english(client, f"/v/{revoked}"))


def test_never_colour_alone(here: World, client: Any) -> None:
    finish(here)
    issue(here)
    for url in (f"/v/{code_of(here)}", "/v/ABCD2345WXYZ"):
        answer = BeautifulSoup(in_english(client, url).text, "html.parser").select_one(".verify")
        assert answer is not None
        assert answer.get_text(strip=True)
        assert answer.find("svg")


def test_a_typed_code_leads_to_its_answer(here: World, client: Any) -> None:
    finish(here)
    issue(here)
    code = code_of(here)
    typed = f" {code[:4]}-{code[4:8]}-{code[8:]} ".lower()
    assert client.get("/v", params={"code": typed}).headers["location"] == f"/v/{code}"
    assert VALIDITY["valid"] in words(in_english(client, f"/v/{typed.strip()}"))
    assert "Type the 12 characters" in words(in_english(client, "/v?code="))


def test_unknown_and_malformed_look_and_cost_the_same(here: World, client: Any, engine: Engine) -> None:
    pages, counts = [], []
    for code in ("ABCD2345WXYZ", "0O1IL", "' OR 1=1", "证书" * 30, "A" * 3000):
        counts.append(statements(engine, lambda: pages.append(in_english(client, f"/v/{code}"))))  # noqa: B023 (called at once)
    shapes = {str([tag.name for tag in BeautifulSoup(page.text, "html.parser").find_all(True)]) for page in pages}
    assert len(shapes) == 1
    assert len(set(counts)) == 1


def unpublished_changes(world: World) -> None:
    """Everything that is not published, changed: names, states, marks, decisions, drafts, dates, contact, certificates."""
    with transaction(world.engine) as session:
        session.execute(update(Organisation).values(name=Organisation.name + "（改名）", address="别处"))
        session.execute(update(Application).values(state="withdrawn", sector="services", number=Application.number + "-X"))
        session.execute(update(Sheet).values(total_hundredths=1, state="returned"))
        session.execute(update(ResultLine).values(decided_grade="", deviation="改", rank=99))
        session.execute(update(Notice).values(last_day=make.NOW.date(), contact="别处", closes_at=make.NOW))
        session.execute(update(RoundStage).values(closes_at=make.NOW + timedelta(400), entered_at=None, left_at=make.NOW))
        session.execute(update(Authority).values(contact="别处", name_zh="别处", name_en="Elsewhere"))
        session.execute(text("UPDATE award SET name_zh = '别处', name_en = 'Elsewhere'"))
        session.execute(text("UPDATE round SET position = 0, state = 'cancelled', year = 1999, number = 99"))
        make.organisation(session, "新来者", code=make.CODES[2])


def test_what_is_not_published_changes_no_byte(here: World, client: Any) -> None:
    """P14: public answers are independent of all unpublished data."""
    finish(here)
    urls = [*STATIC, url_of(here), url_of(here, "result"), f"/calls/{here.round}", "/notices?kind=notice", "/winners?year=2026"]
    client.get("/")  # gives the browser its cookie
    before = {url: client.get(url) for url in urls}
    assert {answer.status_code for answer in before.values()} == {200}
    unpublished_changes(here)
    for url in urls:
        assert FORM_KEY.sub(b"", client.get(url).content) == FORM_KEY.sub(b"", before[url].content), url


def test_public_pages_read_snapshots_and_nothing_else(here: World, client: Any, engine: Engine) -> None:
    """By the statements they send; the clock's offset is the installation's, the paper belongs to the notice."""
    finish(here)
    with counted(engine) as seen:
        for url in [*STATIC, url_of(here), url_of(here, "result"), f"/calls/{here.round}"]:
            client.get(url)
    tables = {table for statement in seen for table in re.findall(r"(?:FROM|JOIN)\s+(\w+)", statement)}
    assert tables == {"snapshot", "installation", "document", "stored_file"}
    with transaction(engine) as session:
        assert set(session.scalars(select(Snapshot.kind))) == {"call", "progress", "notice", "result"}


@pytest.mark.parametrize("url", ["/", "/notices", "/winners", "/policy", "notice", "result"])
def test_public_pages_need_few_statements(here: World, client: Any, engine: Engine, url: str) -> None:
    finish(here)
    path = url if url.startswith("/") else url_of(here, url)
    assert statements(engine, lambda: client.get(path)) <= 6


def test_nothing_on_the_site_changes_a_snapshot(here: World, client: Any) -> None:
    finish(here)
    url = url_of(here, "result")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for target in (url, f"/calls/{here.round}", "/winners", "/v/ABCD2345WXYZ"):
            assert client.request(method, target).status_code in (403, 405)
    for member in ("office", "second"):
        client.cookies.set("session", here.cookies[member])
        assert post(client, url).status_code == 405


def test_the_last_day_of_a_stage_is_its_last_day() -> None:
    """Closing at 24:00 of 20 January is closing on the 20th."""
    opens_at, closes_at = datetime(2026, 12, 31, 16, tzinfo=UTC), datetime(2027, 1, 20, 16, tzinfo=UTC)
    stage = PublicStage("apply", Text("申报", "Application"), opens_at, closes_at, "running")
    assert days_of(stage, "Asia/Shanghai", "zh") == "1月1日–1月20日"
    assert days_of(stage, "Asia/Shanghai", "en") == "1 Jan–20 Jan"
