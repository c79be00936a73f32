"""Pages of the office: what each shows and to whom, what stays sealed, and who is refused."""

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pikepdf
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, text

from award.applications.models import Application, PaperOutcome
from award.kernel import db
from award.kernel.actor import SYSTEM
from award.kernel.audit.heads import departures, heads_of, kept_in
from award.kernel.audit.trail import record, transaction
from award.kernel.events import Event
from award.kernel.web.csrf import token_for
from award.office.checks import CHECKS, TITLES
from award.regulations.loader import shipped_schemes
from award.stages import TABLE
from award.standing.models import Conflict
from tests import make
from tests.kernel.test_audit import drop_triggers
from tests.office import world
from tests.office.dating import sent
from tests.office.desk import Desk
from tests.visiting import faults, only

NOW = make.NOW
PAGES = ["", "/stages", "/trail", "/outcomes", "/calendar", "/scheme"]


def test_a_round_without_applications_says_so_and_a_filter_that_leaves_none(desk: Desk, client: Any) -> None:
    base = f"/office/rounds/{desk.round('apply')}"
    nothing, filtered = desk.get(client, "office", base).text, desk.get(client, "office", f"{base}?q=x").text
    assert "No application has been submitted yet." in nothing
    assert "Clear the filters" not in nothing
    assert "No applicant matches." in filtered
    assert "Clear the filters" in filtered


@pytest.fixture
def scoring(desk: Desk) -> str:
    """A round being scored: one application with all sheets in, one with a sheet missing, and a refused one."""
    public_id = desk.round("score")
    with transaction(desk.engine) as session:
        round_ = desk.found(session, public_id)
        judges = world.judges(session, 5)
        whole, partly = world.application(session, round_, 1), world.application(session, round_, 2, sector="services")
        world.application(session, round_, 3, "rejected")
        world.application(session, round_, 4, "draft")
        whole.gate_opened_at = NOW
        for place, seat in enumerate(world.panel(session, whole, judges)):
            world.sheet(session, seat, 50_000 + 1_000 * place)
        seats = world.panel(session, partly, judges[:4])
        for seat in seats[:2]:
            world.sheet(session, seat, 61_100)
        world.sheet(session, seats[2], None)
    return public_id


def pdf_bytes() -> bytes:
    """A PDF of one blank page."""
    document, content = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(content)
    return content.getvalue()


class TestDashboard:
    def test_it_counts(self, desk: Desk, client: Any, scoring: str) -> None:
        page = desk.get(client, "office", f"/office/rounds/{scoring}").text
        main = " ".join(page.split('id="main"')[1].split())
        assert "7 <small>of 9</small>" in main  # sheets
        assert "2 <small>of 3</small>" in main  # applications accepted; a draft is nobody's business
        assert "1 not accepted, 0 withdrawn" in main
        assert "5/5" in main
        assert "2/5" in main

    def test_values_stay_sealed_until_all_sheets_are_in(self, desk: Desk, client: Any, scoring: str) -> None:
        # The supervisor sees no value while anybody scores (security.md 5).
        for who, opened in (("office", True), ("supervisor", False)):
            page = desk.get(client, who, f"/office/rounds/{scoring}").text
            assert ("520.00" in page) is opened  # the middle of 500, 510, 520, 530, 540
            assert "611.0" not in page
            assert page.count("Visible when all sheets are in") == (1 if opened else 2)  # not the refused one: nobody scores it

    def test_filters_narrow_the_list(self, desk: Desk, client: Any, scoring: str) -> None:
        def listed(query: str) -> list[str]:
            page = desk.get(client, "office", f"/office/rounds/{scoring}?{query}").text
            return [f"第{n}" for n in range(1, 5) if f"云川第{n}机械有限公司" in page]

        assert listed("") == ["第1", "第2", "第3"]
        assert listed("sector=services") == ["第2"]
        assert listed("status=rejected") == ["第3"]
        assert listed("q=2026-001") == ["第1"]
        assert listed("q=%25") == []
        assert listed("page=9") == []

    def test_it_is_taken_out_as_it_is_narrowed(self, desk: Desk, client: Any, scoring: str) -> None:
        page = desk.get(client, "office", f"/office/rounds/{scoring}?status=rejected&q=3")
        (link,) = BeautifulSoup(page.text, "html.parser").select('a[href*="/office/export/applications"]')
        assert parse_qs(urlsplit(str(link["href"])).query) == {"round": [scoring], "q": ["3"], "state": ["rejected"]}

    def test_a_conflict_hides_the_application(self, desk: Desk, client: Any, scoring: str) -> None:
        with transaction(desk.engine) as session:
            round_ = desk.found(session, scoring)
            theirs = world.application(session, round_, 7)
            person = desk["office"].person_id
            session.add(
                Conflict(person_id=person, application_id=theirs.id, source="office", reason="r", declared_at=NOW)
            )
        assert "云川第7机械有限公司" not in desk.get(client, "office", f"/office/rounds/{scoring}").text
        assert "云川第7机械有限公司" in desk.get(client, "second", f"/office/rounds/{scoring}").text

    def test_figures_leave_out_what_a_conflict_hides(self, desk: Desk, client: Any, scoring: str) -> None:
        with transaction(desk.engine) as session:
            theirs = session.scalars(select(Application).where(Application.gate_opened_at.is_not(None))).one()
            person = desk["office"].person_id
            session.add(
                Conflict(person_id=person, application_id=theirs.id, source="office", reason="r", declared_at=NOW)
            )
        # Of 9 sheets 5 are the hidden application's, all in; of 3 applications received 2 are left.
        figures = {
            "office": ("2 <small>of 4</small>", "1 <small>of 2</small>"),
            "second": ("7 <small>of 9</small>", "2 <small>of 3</small>"),
        }
        for who, expected in figures.items():
            main = " ".join(desk.get(client, who, f"/office/rounds/{scoring}").text.split('id="main"')[1].split())
            assert all(one in main for one in expected), who

    def test_what_waits_has_links(self, desk: Desk, client: Any, scoring: str) -> None:
        page = desk.get(client, "office", f"/office/rounds/{scoring}").text
        assert "Score sheets not yet submitted: 2" in page
        assert f'href="/office/rounds/{scoring}/progress"' in page

    @pytest.mark.parametrize("stage", [stage.kind for stage in shipped_schemes()["anhui-province"].stages])
    def test_it_can_be_shown_in_every_stage(self, desk: Desk, client: Any, stage: str) -> None:
        public_id = desk.round(stage, "anhui-province")
        for path in PAGES:
            assert desk.get(client, "office", f"/office/rounds/{public_id}{path}").status_code == 200, path


class TestWhoMay:
    @pytest.mark.parametrize("path", PAGES)
    def test_read(self, desk: Desk, client: Any, scoring: str, path: str) -> None:
        address = f"/office/rounds/{scoring}{path}"
        expected = {
            "office": 200,
            "supervisor": 200,
            "elsewhere": 404,
            "committee": 403,
            "applicant": 403,
            "administrator": 403,
        }
        assert {who: desk.get(client, who, address).status_code for who in expected} == expected
        assert desk.get(client, "", address).status_code == 303

    @pytest.mark.parametrize("path", PAGES)
    def test_the_supervisor_changes_nothing(self, desk: Desk, client: Any, scoring: str, path: str) -> None:
        page = desk.get(client, "supervisor", f"/office/rounds/{scoring}{path}").text
        assert "Read-only inspection" in page
        assert 'method="post"' not in page.split('id="main"')[1].split("</main>")[0]

    def test_nothing_in_the_supervisors_menu_is_closed_to_him(self, desk: Desk, client: Any, scoring: str) -> None:
        menu = (
            desk.get(client, "supervisor", f"/office/rounds/{scoring}")
            .text.split('class="sidebar"')[1]
            .split("</nav>")[0]
        )
        addresses = re.findall(r'href="(/[^"]*)"', menu)
        assert len(addresses) >= 12
        assert [one for one in addresses if desk.get(client, "supervisor", one).status_code != 200] == []

    @pytest.mark.parametrize("path", ["advance", "extension", "stages/publish/dates", "date-changes/zzzzzzzzzzzz"])
    def test_write(self, desk: Desk, client: Any, scoring: str, path: str) -> None:
        data = {"version": "1", "closes_at": "2026-05-01", "reason": "台风"}
        for who, status in {
            "elsewhere": 404,
            "supervisor": 403,
            "committee": 403,
            "applicant": 403,
            "administrator": 403,
        }.items():
            assert desk.post(client, who, f"/office/rounds/{scoring}/{path}", data).status_code == status, who

    def test_nothing_is_done_without_the_token(self, desk: Desk, client: Any, scoring: str) -> None:
        cookie = {"cookie": f"session={desk.cookies['office']}; lang=en"}
        assert (
            client.post(f"/office/rounds/{scoring}/advance", data={"version": "1"}, headers=cookie).status_code == 403
        )


class TestStages:
    def test_what_is_missing_is_said_with_links(self, desk: Desk, client: Any, scoring: str) -> None:
        address = f"/office/rounds/{scoring}"
        page = desk.get(client, "office", f"{address}/stages").text
        assert "Every score sheet is in" in page
        assert f'<a href="{address}/progress">Score sheets not yet submitted: 2</a>' in page
        answer = desk.post(client, "office", f"{address}/advance", {"version": "1"})
        assert answer.status_code == 409
        assert "The round was not moved on" in answer.text
        assert "Score sheets not yet submitted: 2" in answer.text

    def test_moving_on(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("accept")
        with transaction(desk.engine) as session:
            world.application(session, desk.found(session, public_id), 1)
        address = f"/office/rounds/{public_id}"
        assert (
            desk.post(
                client, "office", f"{address}/advance", {"version": "7", "early": "1", "early_reason": "x"}
            ).status_code
            == 412
        )
        assert desk.post(client, "office", f"{address}/advance", {"version": "one"}).status_code == 422
        shown = desk.get(client, "office", f"{address}/stages").text
        assert "so it would begin earlier than published" in shown
        refused = desk.post(client, "office", f"{address}/advance", {"version": "1"})
        assert refused.status_code == 422
        named = [one.split(":")[0] for one in faults(refused, named=True)]
        assert named == ["It is to begin now, before its planned date", "Why it begins earlier"]
        early = {"version": "1", "early": "1", "early_reason": "材料已齐"}
        assert desk.post(client, "office", f"{address}/advance", early).status_code == 303
        assert "before its planned date: 材料已齐" in desk.get(client, "office", f"{address}/stages").text
        page = desk.get(client, "office", f"{address}/stages").text
        assert "Every panel is complete" in page
        assert "Round moved on" in desk.get(client, "office", f"{address}/trail").text

    def test_an_extension_keeps_what_was_typed_when_it_is_refused(self, desk: Desk, client: Any) -> None:
        address = f"/office/rounds/{desk.round('apply')}"
        answer = desk.post(
            client, "office", f"{address}/extension", {"closes_at": "2026-03-03", "reason": "因台风延期"}
        )
        assert answer.status_code == 422
        assert "The new end must be later than" in answer.text
        assert "因台风延期" in answer.text
        answer = desk.post(client, "office", f"{address}/extension", {"closes_at": "", "reason": "x"})
        assert answer.status_code == 422
        good = {"closes_at": "2026-05-06", "closes_at.time": "18:00", "reason": "因台风延期"}
        assert "Nothing has been handed in in this round yet" in desk.post(client, "office", f"{address}/extension", good).text
        assert sent(desk, client, "office", f"{address}/extension", good).status_code == 303
        page = desk.get(client, "supervisor", f"{address}/stages").text
        assert "6 May 2026 18:00" in page
        assert "因台风延期" in page

    def test_every_check_has_a_title(self) -> None:
        assert set(TITLES) == set(CHECKS)


class TestTrail:
    def test_it_shows_acts_without_values_and_verifies(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("apply")
        address = f"/office/rounds/{public_id}"
        sent(desk, client, "office", f"{address}/extension", {"closes_at": "2026-05-06", "reason": "因台风延期"})
        page = desk.get(client, "supervisor", f"{address}/trail?walk=true").text
        assert "Deadline moved by decision" in page
        assert "林晓" in page
        assert "因台风延期" not in page
        assert "The chain is whole: 2 records were recomputed and agree." in page
        assert (
            "Deadline moved by decision</td>"
            not in desk.get(client, "office", f"{address}/trail?act=round:created").text
        )


    def test_its_ends_can_be_taken_away_and_tell_later_what_was_removed(
        self, desk: Desk, client: Any, tmp_path: Path
    ) -> None:
        address = f"/office/rounds/{desk.round('apply')}"
        with transaction(desk.engine) as session:
            record(session, SYSTEM, Event.ROUND_CHANGED, "round:1", "round:ofanother")
        sent(desk, client, "office", f"{address}/extension", {"closes_at": "2026-05-06", "reason": "因台风延期"})
        assert "Keep the ends of the trail elsewhere" in desk.get(client, "supervisor", f"{address}/trail").text
        answer = desk.get(client, "supervisor", f"{address}/trail/heads")
        assert answer.headers["content-disposition"].startswith('attachment; filename="trail-heads-')
        path = tmp_path / "heads.json"
        path.write_text(answer.text)
        stream = address.replace("/office/rounds/", "round:")
        with db.reading(desk.engine) as session:
            told = heads_of(session)
            assert kept_in(path).heads == {name: head for name, head in told.items() if name != "round:ofanother"}
            assert told[stream][0] == 2
            assert departures(session, kept_in(path)) == []
        drop_triggers(desk.engine)
        with db.session_on(desk.engine, writes=True) as session:
            session.execute(text("DELETE FROM audit_record WHERE stream = :stream AND seq = 2"), {"stream": stream})
            (gone,) = departures(session, kept_in(path))
            assert (gone.stream, gone.says.partition(";")[0]) == (stream, "the stream ends at record 1")

    def test_a_round_without_acts_has_no_end(self, desk: Desk, client: Any) -> None:
        page = desk.get(client, "supervisor", f"/office/rounds/{desk.round('apply')}/trail").text
        assert "Keep the ends of the trail elsewhere" not in page


class TestPermissions:
    def test_the_page_shows_each_grant_of_the_table(self, desk: Desk, client: Any) -> None:
        page = desk.get(client, "supervisor", "/office/permissions").text
        for stage in TABLE.values():
            assert f'id="{stage.kind}"' in page
        score = page.split('id="score"')[1].split("</section>")[0]
        assert "Submit a score sheet" in score
        assert "judge after the declaration" in score
        assert "Submit a score sheet" not in page.split('id="assign"')[1].split("</section>")[0]

    def test_inside_a_round_it_is_as_the_rules_of_the_award_narrow_it(self, desk: Desk, client: Any) -> None:
        """Yunchuan's rules let an application be withdrawn until the acceptance, and hold the assignment in the system."""
        page = desk.get(client, "supervisor", f"/office/permissions?round={desk.round('apply')}").text
        closed = "Closed in this stage by the rules of the award:"
        parts = {kind: page.split(f'id="{kind}"')[1].split("</section>")[0] for kind in ("accept", "assign", "score")}
        assert "<th scope=\"row\">Withdraw an application" in parts["accept"]
        assert closed not in parts["accept"]
        for kind in ("assign", "score"):
            assert "<th scope=\"row\">Withdraw an application" not in parts[kind]
            assert f"{closed} Withdraw an application" in parts[kind]
        assert desk.get(client, "supervisor", "/office/permissions?round=zzzzzzzzzzzz").status_code == 404


VISIT = {
    "score": "612.5", "goes_on": "yes", "summary": "一致意见", "held_on": "2026-02-26", "until": "2026-02-27", "team": "王强\n李敏",
}  # fmt: skip


class TestOutcomes:
    def _send(self, desk: Desk, client: Any, address: str, data: dict[str, str], content: bytes | None = None) -> Any:
        """The office's form with a signed record."""
        cookie = desk.cookies["office"]
        return client.post(
            address, data=data, files={"file": ("minutes.pdf", content or pdf_bytes(), "application/pdf")},
            headers={"cookie": f"session={cookie}; lang=en", "x-csrf-token": token_for(cookie)},
        )  # fmt: skip

    def test_two_people_bring_it_about(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("site", "anhui-province")
        with transaction(desk.engine) as session:
            application = world.application(session, desk.found(session, public_id), 1).public_id
        address = f"/office/rounds/{public_id}/outcomes"
        good = VISIT
        wrong = self._send(desk, client, f"{address}/{application}", {**good, "score": "612.555"})
        assert wrong.status_code == 422
        assert "Enter the points of this stage" in wrong.text
        assert "一致意见" in wrong.text
        assert desk.post(client, "office", f"{address}/{application}", good).status_code == 422  # no signed record
        assert self._send(desk, client, f"{address}/{application}", good).status_code == 303
        assert "612.50" in desk.get(client, "supervisor", address).text
        assert desk.post(client, "office", f"{address}/{application}/confirm").status_code == 403
        unseen = desk.post(client, "second", f"{address}/{application}/confirm")
        assert unseen.status_code == 409
        shown = BeautifulSoup(desk.get(client, "second", address).text, "html.parser")
        seen = str(only(shown, f"form[action$='{application}/confirm'] input[name=seen]")["value"])
        assert desk.post(client, "second", f"{address}/{application}/confirm", {"seen": seen}).status_code == 303
        assert desk.post(client, "second", f"{address}/{application}", good).status_code == 409
        with transaction(desk.engine) as session:
            outcome = session.query(PaperOutcome).one()
            assert (outcome.state, outcome.score_hundredths) == ("confirmed", 61_250)

    def test_who_may_not(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("site", "anhui-province")
        with transaction(desk.engine) as session:
            application = world.application(session, desk.found(session, public_id), 1).public_id
        for who, status in {"elsewhere": 404, "supervisor": 403, "committee": 403, "applicant": 403}.items():
            for path in (application, f"{application}/confirm"):
                assert desk.post(client, who, f"/office/rounds/{public_id}/outcomes/{path}").status_code == status

    def test_the_second_person_and_the_supervisor_see_the_paper(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("site", "anhui-province")
        with transaction(desk.engine) as session:
            application = world.application(session, desk.found(session, public_id), 1).public_id
        address = f"/office/rounds/{public_id}/outcomes/{application}"
        assert desk.get(client, "second", f"{address}/paper").status_code == 404
        content = pdf_bytes()
        answer = self._send(desk, client, address, VISIT, content)
        assert answer.status_code == 303, answer.text
        for who in ("second", "supervisor"):
            assert desk.get(client, who, f"{address}/paper").content == content
        assert desk.get(client, "elsewhere", f"{address}/paper").status_code == 404
        assert desk.get(client, "committee", f"{address}/paper").status_code == 403

    def test_a_file_that_is_no_paper_is_refused(self, desk: Desk, client: Any) -> None:
        public_id = desk.round("site", "anhui-province")
        with transaction(desk.engine) as session:
            application = world.application(session, desk.found(session, public_id), 1).public_id
        answer = self._send(desk, client, f"/office/rounds/{public_id}/outcomes/{application}", VISIT, b"not a PDF")
        assert answer.status_code == 422
        assert "一致意见" in answer.text
