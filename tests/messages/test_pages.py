"""Pages of messages: each his own inbox, the office's log, reminders and bulk mail; and what each costs."""

import re
import smtplib
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, select

from award import worker
from award.accounts.models import Person
from award.kernel import db
from award.kernel.audit.models import AuditRecord
from award.kernel.audit.trail import transaction
from award.kernel.mail import tasks
from award.kernel.mail.models import Message
from award.kernel.mail.service import mark_failed, send
from award.kernel.mail.tasks import SEND_MAIL
from award.kernel.settings import ROOT, settings
from award.messages.reasons import REASONS
from award.messages.reminders import REMINDERS
from award.standing.models import Conflict
from tests import make
from tests.conftest import StandingClock
from tests.office import world as entries
from tests.office.desk import Desk, build
from tests.results.test_pages import statements
from tests.visiting import faults, words

LIMIT = 12


@pytest.fixture
def desk(engine: Engine, clock: StandingClock) -> Desk:
    return build(engine)


@pytest.fixture
def round_id(desk: Desk) -> str:
    public_id = desk.round("apply")
    with transaction(desk.engine) as session:
        for number in (1, 2):
            entries.application(session, desk.found(session, public_id), number, "draft")
    return public_id


def write_to(desk: Desk, who: str, **how: Any) -> str:
    """A message as an act writes one."""
    with transaction(desk.engine) as session:
        person = session.get_one(Person, desk[who].person_id)
        context = {"name": person.name, "organisation": "云川仪表有限公司", "reason": ""}
        return send(session, person.email, "claim_confirmed", context, "en", person_id=person.id, **how).public_id


def read_at(desk: Desk, public_id: str) -> Any:
    with db.reading(desk.engine) as session:
        return session.scalars(select(Message.read_at).where(Message.public_id == public_id)).one()


def unread(page: Any) -> str:
    found = BeautifulSoup(page.text, "html.parser").select_one(".unread")
    return "" if found is None else found.get_text().split()[-1]


class TestInbox:
    def test_opening_marks_it_as_read(self, desk: Desk, client: Any) -> None:
        message = write_to(desk, "applicant")
        page = desk.get(client, "applicant", "/messages")
        assert "You may act for 云川仪表有限公司" in words(page)
        assert unread(page) == "1"
        assert desk.get(client, "applicant", f"/messages/{message}").status_code == 200
        assert read_at(desk, message) is None, "what only looks changes nothing"
        assert desk.post(client, "applicant", f"/messages/{message}/open").headers["location"] == f"/messages/{message}"
        assert read_at(desk, message) == make.NOW
        page = desk.get(client, "applicant", f"/messages/{message}")
        assert "the award office has seen the licence" in words(page)
        assert unread(page) == ""

    def test_the_first_opening_counts(self, desk: Desk, client: Any, clock: StandingClock) -> None:
        message = write_to(desk, "applicant")
        desk.post(client, "applicant", f"/messages/{message}/open")
        clock.forward(minutes=5)
        desk.post(client, "applicant", f"/messages/{message}/open")
        desk.post(client, "applicant", "/messages/read")
        assert read_at(desk, message) == make.NOW

    def test_all_at_once_are_only_ones_own(self, desk: Desk, client: Any) -> None:
        own, others = write_to(desk, "applicant"), write_to(desk, "office")
        assert desk.post(client, "applicant", "/messages/read").status_code == 303
        assert (read_at(desk, own), read_at(desk, others)) == (make.NOW, None)

    def test_a_secret_link_goes_by_mail_only(self, desk: Desk, client: Any) -> None:
        with transaction(desk.engine) as session:
            person = session.get_one(Person, desk["applicant"].person_id)
            link = "https://award.example.cn/reset/secret"
            message = send(
                session, person.email, "reset", {"name": person.name}, "en", person_id=person.id, link=link
            ).public_id
        for _ in range(2):
            page = desk.get(client, "applicant", "/messages")
            assert (unread(page), "secret/" in page.text) == ("", False)
            assert "No message for you yet." in words(page)
            assert desk.get(client, "applicant", f"/messages/{message}").status_code == 404
            assert desk.post(client, "applicant", f"/messages/{message}/open").status_code == 404
            worker.run(desk.engine, [SEND_MAIL], once=True)

    @pytest.mark.parametrize("who", ["office", "supervisor", "administrator"])
    def test_nobody_reads_anothers(self, desk: Desk, client: Any, who: str) -> None:
        message = write_to(desk, "applicant")
        assert desk.get(client, who, f"/messages/{message}").status_code == 404
        assert desk.post(client, who, f"/messages/{message}/open").status_code == 404
        assert read_at(desk, message) is None

    def test_who_is_not_signed_in_is_asked_to(self, desk: Desk, client: Any) -> None:
        assert desk.get(client, "", "/messages").headers["location"].startswith("/login")

    def test_a_letter_leads_to_the_page_it_is_about_on_this_site_only(self, desk: Desk, client: Any) -> None:
        context = {"name": "李敏", "organisation": "甲", "round": "届", "number": "1", "when": "now"}
        """Also where the site had another name when the letter was written, as a demonstration on another port has."""
        earlier = "http://127.0.0.1:8731/apply/abc"
        for address, leads in ((f"{settings().base_url}/apply/abc", True), (earlier, True), ("someone@example.cn", False)):
            with transaction(desk.engine) as session:
                person = session.get_one(Person, desk["applicant"].person_id)
                message = send(
                    session,
                    person.email,
                    "application_accepted",
                    context | {"address": address},
                    "en",
                    person_id=person.id,
                ).public_id
            page = BeautifulSoup(desk.get(client, "applicant", f"/messages/{message}").text, "html.parser")
            assert (page.select_one('main a[href="/apply/abc"]') is not None) is leads
            assert page.select('main a[href^="http"]') == []

    def test_what_is_written_is_never_markup(self, desk: Desk, client: Any) -> None:
        with transaction(desk.engine) as session:
            person = session.get_one(Person, desk["applicant"].person_id)
            context = {"subject": "<b>x</b>", "text": "<script>alert(1)</script>", "office": ""}
            message = send(session, person.email, "mailing", context, "en", person_id=person.id).public_id
        page = desk.get(client, "applicant", f"/messages/{message}").text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<b>x</b>" not in page


class TestLog:
    def test_the_office_reads_what_was_written_and_the_supervisor_that_it_was(
        self, desk: Desk, client: Any, round_id: str
    ) -> None:
        with transaction(desk.engine) as session:
            inner = desk.found(session, round_id).id
        write_to(desk, "applicant", round_id=inner)
        write_to(desk, "office")
        address = f"/office/rounds/{round_id}/messages"
        seen = words(desk.get(client, "office", address))
        assert "申报人" in seen
        assert "You may act for 云川仪表有限公司" in seen
        assert "Waiting to be sent" in seen
        assert "1–1 of 1" in seen
        shown = words(desk.get(client, "supervisor", address))
        assert "申报人" in shown
        assert "Claim confirmed" in shown
        assert "云川仪表" not in shown
        assert "@" not in shown

    def test_filters(self, desk: Desk, client: Any, round_id: str) -> None:
        with transaction(desk.engine) as session:
            inner = desk.found(session, round_id).id
        write_to(desk, "applicant", round_id=inner)
        address = f"/office/rounds/{round_id}/messages"
        for asked, matches in (
            ("state=wanted", True), ("state=sent", False), ("reason=claim_confirmed", True), ("reason=trial", False),
            ("q=申报", True), ("q=无名", False), ("q=%25", False), ("state=%27", False),
        ):  # fmt: skip
            page = words(desk.get(client, "office", f"{address}?{asked}"))
            assert ("1–1 of 1" in page, "No message matches." in page) == (matches, not matches), asked

    def test_what_failed_says_why_and_is_sent_again_once(
        self, desk: Desk, client: Any, round_id: str, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuses(*_: object) -> None:
            raise smtplib.SMTPRecipientsRefused({"a@example.cn": (550, b"no such user")})

        with transaction(desk.engine) as session:
            inner = desk.found(session, round_id).id
        message = write_to(desk, "applicant", round_id=inner)
        address = f"/office/rounds/{round_id}/messages"
        assert desk.post(client, "office", f"{address}/{message}/again").status_code == 409, "it is waiting"
        with monkeypatch.context() as patch:
            patch.setattr(tasks, "deliver", refuses)
            for _ in range(5):
                worker.run(desk.engine, [SEND_MAIL], once=True)
                clock.forward(hours=1)
        with transaction(desk.engine) as session:
            session.get_one(Person, desk["applicant"].person_id).email = "new@example.cn"
        with transaction(desk.engine) as session:
            office = session.get_one(Person, desk["office"].person_id)
            desk.cookies["office"] = make.signed_in(session, office, clock.now)
        page = words(desk.get(client, "office", address))
        assert "Not delivered" in page
        assert "550" in page
        with transaction(desk.engine) as session:
            supervisor = session.get_one(Person, desk["supervisor"].person_id)
            desk.cookies["supervisor"] = make.signed_in(session, supervisor, clock.now)
        shown = words(desk.get(client, "supervisor", address))
        assert ("Not delivered" in shown, "550" in shown) == (True, False), "what the server says may name the address"
        assert desk.post(client, "office", f"{address}/{message}/again").status_code == 303
        assert desk.post(client, "office", f"{address}/{message}/again").status_code == 409
        worker.run(desk.engine, [SEND_MAIL], once=True)
        (mail,) = (settings().directory / "outbox").glob("*.eml")
        assert "To: new@example.cn" in mail.read_text()
        with db.reading(desk.engine) as session:
            assert len(session.scalars(select(AuditRecord).where(AuditRecord.act == "message:repeated")).all()) == 1

    @pytest.mark.parametrize("who", ["supervisor", "second", "elsewhere", "applicant"])
    def test_who_may_send_again(self, desk: Desk, client: Any, round_id: str, who: str) -> None:
        with transaction(desk.engine) as session:
            inner = desk.found(session, round_id).id
        message = write_to(desk, "applicant", round_id=inner)
        with transaction(desk.engine) as session:
            mark_failed(session, message, "gone")
        answer = desk.post(client, who, f"/office/rounds/{round_id}/messages/{message}/again")
        assert answer.status_code == {"supervisor": 403, "second": 303, "elsewhere": 404, "applicant": 403}[who]

    def test_a_forgotten_link_and_a_closed_account(self, desk: Desk, client: Any, round_id: str) -> None:
        with transaction(desk.engine) as session:
            inner = desk.found(session, round_id).id
        linked, closed = (
            write_to(desk, "applicant", round_id=inner, link="https://x/secret"),
            write_to(desk, "committee", round_id=inner),
        )
        with transaction(desk.engine) as session:
            session.get_one(Person, desk["committee"].person_id).is_active = False
            for one in (linked, closed):
                mark_failed(session, one, "gone")
        for one in (linked, closed):
            assert desk.post(client, "office", f"/office/rounds/{round_id}/messages/{one}/again").status_code == 409

    def test_what_is_about_an_application_one_must_not_touch_is_not_there(
        self, desk: Desk, client: Any, round_id: str
    ) -> None:
        with transaction(desk.engine) as session:
            round_ = desk.found(session, round_id)
            application = entries.application(session, round_, 7, "submitted")
            session.add(Conflict(
                person_id=desk["second"].person_id, application_id=application.id, source="office", reason="亲属", declared_at=make.NOW,
            ))  # fmt: skip
            about, inner = f"application:{application.public_id}", round_.id
        message = write_to(desk, "applicant", round_id=inner, about=about)
        address = f"/office/rounds/{round_id}/messages"
        assert "1–1 of 1" in words(desk.get(client, "office", address))
        assert "Nothing has been written in this round yet." in words(desk.get(client, "second", address))
        assert desk.post(client, "second", f"{address}/{message}/again").status_code == 404


class TestReminders:
    def test_listed_with_dates(self, desk: Desk, client: Any, round_id: str) -> None:
        """Applications close on 1 April at 09:00: the reminder leaves a week before, on 25 March."""
        page = words(desk.get(client, "office", f"/office/rounds/{round_id}/reminders"))
        assert re.search(r"Application not submitted .*? 1 April 2026 09:00 25 March 2026 09:00 2 0", page)

    def test_set_and_refused(self, desk: Desk, client: Any, round_id: str) -> None:
        address = f"/office/rounds/{round_id}/reminders"
        form = {f"days-{key}": "3" for key in REMINDERS} | {f"on-{key}": "1" for key in REMINDERS if key != "sheet"}
        assert desk.post(client, "office", address, form).status_code == 303
        page = BeautifulSoup(desk.get(client, "office", address).text, "html.parser")
        assert page.select_one("#f-days-draft")["value"] == "3"  # type: ignore[index]
        assert [one["id"] for one in page.select('input[type="checkbox"]') if not one.has_attr("checked")] == [
            "f-on-sheet"
        ]
        answer = desk.post(client, "office", address, form | {"days-draft": "ten"})
        assert answer.status_code == 422
        assert faults(answer) == ["Enter a whole number from 1 to 60."]
        assert 'value="ten"' in answer.text
        assert desk.post(client, "supervisor", address, form).status_code == 403

    def test_the_supervisor_looks_on(self, desk: Desk, client: Any, round_id: str) -> None:
        page = BeautifulSoup(desk.get(client, "supervisor", f"/office/rounds/{round_id}/reminders").text, "html.parser")
        assert page.select("main input, main button") == []


class TestMailing:
    FORM = {"group": "drafts", "subject": "Soon", "text": "{name}: {organisation}"}

    def test_preview_then_number_then_sent(self, desk: Desk, client: Any, round_id: str) -> None:
        address = f"/office/rounds/{round_id}/mailing"
        page = desk.post(client, "office", address, self.FORM | {"act": "preview"})
        assert page.status_code == 200
        assert "云川第1机械有限公司" in words(page)
        assert "2 receivers" in words(page)
        hidden = {
            one["name"]: one["value"]
            for one in BeautifulSoup(page.text, "html.parser").select("main input[type=hidden]")
        }
        form = self.FORM | {"act": "send", "key": str(hidden["key"]), "mark": str(hidden["mark"])}
        wrong = desk.post(client, "office", address, form | {"confirmed": "200"})
        assert (wrong.status_code, faults(wrong)) == (
            422,
            ["Receivers of this letter: 2. Enter this number to confirm."],
        )
        assert "{name}: {organisation}" in wrong.text, "nothing typed is lost"
        with transaction(desk.engine) as session:
            entries.application(session, desk.found(session, round_id), 3, "draft")
        changed = desk.post(client, "office", address, form | {"confirmed": "2"})
        assert changed.status_code == 422
        assert "Receivers now: 3" in faults(changed)[0]
        hidden = {
            one["name"]: one["value"]
            for one in BeautifulSoup(changed.text, "html.parser").select("main input[type=hidden]")
        }
        sent = desk.post(client, "office", address, form | {"confirmed": "3", "mark": str(hidden["mark"])})
        assert sent.headers["location"] == f"/office/rounds/{round_id}/messages?reason=mailing&sent={form['key']}"
        waiting = words(desk.get(client, "office", sent.headers["location"]))
        assert "The letter is being sent to 3 receivers. Each copy stands in this list" in waiting
        assert "No message matches" not in waiting
        elsewhere = sent.headers["location"].rpartition("=")[0] + "=unknown"
        assert "is being sent" not in words(desk.get(client, "office", elsewhere))
        worker.run(desk.engine, once=True)
        assert "1–3 of 3" in words(desk.get(client, "office", sent.headers["location"]))

    def test_what_was_changed_after_the_preview_comes_back_as_a_preview(
        self, desk: Desk, client: Any, round_id: str
    ) -> None:
        address = f"/office/rounds/{round_id}/mailing"
        page = BeautifulSoup(desk.post(client, "office", address, self.FORM | {"act": "preview"}).text, "html.parser")
        hidden = {str(one["name"]): str(one["value"]) for one in page.select("main input[type=hidden]")}
        form = self.FORM | hidden | {"act": "send", "confirmed": "2", "text": "{name}: another text"}
        answer = desk.post(client, "office", address, form)
        page = BeautifulSoup(answer.text, "html.parser")
        assert (answer.status_code, faults(answer)[0].split(";")[0]) == (
            422, "The letter or its receivers have changed since it was shown",
        )
        assert ": another text" in page.select_one(".prose-lines").get_text()  # type: ignore[union-attr]
        assert page.select_one("#f-confirmed")["value"] == ""  # type: ignore[index]

    def test_sent_without_a_preview_is_refused(self, desk: Desk, client: Any, round_id: str) -> None:
        form = self.FORM | {"act": "send", "confirmed": "2"}
        answer = desk.post(client, "office", f"/office/rounds/{round_id}/mailing", form)
        assert (answer.status_code, len(faults(answer))) == (422, 1)

    @pytest.mark.parametrize(
        ("who", "status"), [("supervisor", 403), ("elsewhere", 404), ("applicant", 403), ("administrator", 403)]
    )
    def test_nobody_else(self, desk: Desk, client: Any, round_id: str, who: str, status: int) -> None:
        address = f"/office/rounds/{round_id}/mailing"
        assert desk.get(client, who, address).status_code == status
        assert desk.post(client, who, address, self.FORM).status_code == status


@pytest.mark.parametrize("stage", ["apply", "score", "notice"])
@pytest.mark.parametrize("page", ["messages", "reminders", "mailing"])
def test_pages_need_twelve_statements_at_most(desk: Desk, client: Any, stage: str, page: str) -> None:
    address = f"/office/rounds/{desk.round(stage)}/{page}"
    desk.get(client, "office", address)
    assert statements(desk.engine, lambda: desk.get(client, "office", address)) <= LIMIT


def test_the_inbox_needs_as_many_for_many(desk: Desk, client: Any) -> None:
    counts = []
    for more in (1, 20):
        for _ in range(more):
            write_to(desk, "applicant")
        desk.get(client, "applicant", "/messages")
        counts.append(statements(desk.engine, lambda: desk.get(client, "applicant", "/messages")))
    assert counts[0] == counts[1] <= LIMIT


def test_every_letter_has_its_occasion_in_words() -> None:
    assert {one.name for one in (ROOT / "templates" / "mail").iterdir()} == set(REASONS)
