"""Messages: wanted in the act, written in the receiver's language, sent once, and unable to carry anything else."""

import email
import json
import smtplib
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Self

import jinja2
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from award import worker
from award.commands import app as commands
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.errors import Invalid
from award.kernel.jobs.models import Job
from award.kernel.mail import tasks
from award.kernel.mail.models import Message, MessageState
from award.kernel.mail.service import is_address, send
from award.kernel.mail.tasks import SEND_MAIL
from award.kernel.mail.writing import write
from award.kernel.settings import settings
from tests.conftest import StandingClock

SITE = {"site": "https://award.example.cn"}


def want(engine: Engine, address: str = "wang@example.cn", language: str = "zh", **how: Any) -> str:
    with transaction(engine) as session:
        return send(session, address, "trial", SITE, language, **how).public_id


def message_of(engine: Engine, public_id: str) -> Message:
    with db.reading(engine) as session:
        return session.scalars(select(Message).where(Message.public_id == public_id)).one()


def outbox() -> list[EmailMessage]:
    files = sorted((settings().directory / "outbox").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in files]


def test_a_message_is_sent_in_the_receivers_language(any_engine: Engine, clock: StandingClock) -> None:
    sent = want(any_engine)
    assert message_of(any_engine, sent).state == MessageState.WANTED
    assert worker.run(any_engine, [SEND_MAIL], once=True) == 1
    (mail,) = outbox()
    assert mail["To"] == "wang@example.cn"
    assert mail["From"] == "award-office@localhost"
    assert mail["Subject"] == "质量奖评审系统测试邮件"
    assert mail["Content-Language"] == "zh-CN"
    assert mail["Message-ID"] == f"<{sent}@localhost>"
    assert mail.get_content().splitlines() == ["收到此信，说明 https://award.example.cn 可以发送邮件。无需回复。"]
    (file,) = (settings().directory / "outbox").glob("*.eml")
    assert "说明 https://award.example.cn 可以发送邮件" in file.read_text()
    row = message_of(any_engine, sent)
    assert (row.state, row.sent_at, row.error) == (MessageState.SENT, clock.now, None)


def test_the_same_in_english(engine: Engine) -> None:
    want(engine, language="en")
    worker.run(engine, [SEND_MAIL], once=True)
    (mail,) = outbox()
    assert mail["Subject"] == "Trial message of the award system"
    body = "This message shows that https://award.example.cn can send mail. You need not answer it."
    assert mail.get_content().splitlines() == [body]


def test_the_same_key_is_one_message_and_one_job(any_engine: Engine) -> None:
    assert want(any_engine, dedup_key="k") == want(any_engine, "other@example.cn", dedup_key="k")
    assert worker.run(any_engine, [SEND_MAIL], once=True) == 1
    assert [mail["To"] for mail in outbox()] == ["wang@example.cn"]


def test_a_message_of_an_act_that_fails_is_never_sent(engine: Engine) -> None:
    def failing_act() -> None:
        with transaction(engine) as session:
            send(session, "wang@example.cn", "trial", SITE, "zh")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing_act()
    assert worker.run(engine, [SEND_MAIL], once=True) == 0


def test_a_secret_link_is_forgotten_once_the_message_is_sent(engine: Engine) -> None:
    sent = want(engine, link="https://award.example.cn/invitation/secret")
    assert message_of(engine, sent).link == "https://award.example.cn/invitation/secret"
    with db.reading(engine) as session:
        assert "secret" not in session.scalars(select(Job.payload)).one()
    worker.run(engine, [SEND_MAIL], once=True)
    assert message_of(engine, sent).link is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "wang",
        "wang@",
        "a@b.cn\nBcc: all@example.cn",
        "a@b.cn\r\nBcc: all@example.cn",
        "a@b.cn\n",
        "a@b.cn, c@d.cn",
        "Wang <a@b.cn>",
        "a b@c.cn",
        '"a b"@c.cn',
        "a@b..cn",
        "a" * 65 + "@b.cn",
        "a@" + "b" * 260 + ".cn",
        "x@y",
        "root@localhost",
    ],
)
def test_an_address_that_could_carry_more_is_refused(session: Session, address: str) -> None:
    assert not is_address(address)
    with pytest.raises(Invalid):
        send(session, address, "trial", SITE, "zh")


@pytest.mark.parametrize("address", ["wang@example.cn", "li.ming+award@mail.gov.cn", "x_y-z@a-b.com"])
def test_an_ordinary_address_is_taken(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    ("template", "language"), [("../errors", "zh"), ("trial/", "zh"), ("Trial", "zh"), ("trial", "fr")]
)
def test_only_known_words_name_a_message(session: Session, template: str, language: str) -> None:
    with pytest.raises(ValueError, match="no message"):
        send(session, "wang@example.cn", template, SITE, language)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates" / "greeting"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text('{{ _("Hello {name}", name=name) }}\n')
    (folder / "body.txt").write_text("{% if link %}\n{{ link }}\n{% endif %}\n{{ name }}\n")
    return tmp_path / "templates"


def test_what_fills_a_message_is_neither_template_nor_header(templates: Path) -> None:
    letter = write("greeting", {"name": "{{ 7*7 }} {0}\r\nBcc: all@example.cn"}, "en", templates=templates)
    assert letter.subject == "Hello {{ 7*7 }} {0} Bcc: all@example.cn"
    assert letter.body.startswith("{{ 7*7 }} {0}")


def test_plain_text_is_not_escaped_as_html(templates: Path) -> None:
    assert write("greeting", {"name": "A & B <质量部>"}, "en", templates=templates).body == "A & B <质量部>\n"


def test_a_name_the_template_lacks_is_an_error_not_a_gap(templates: Path) -> None:
    with pytest.raises(jinja2.UndefinedError):
        write("greeting", {}, "en", templates=templates)


class Server:
    """Stands where the mail server would; says what it was told."""

    told: list[Any] = []
    refuses = False

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.told.append((host, port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.told.append("quit")

    def starttls(self, context: object) -> None:
        self.told.append("starttls")

    def login(self, user: str, password: str) -> None:
        self.told.append((user, password))

    def send_message(self, mail: EmailMessage) -> None:
        if self.refuses:
            raise smtplib.SMTPServerDisconnected("gone")
        self.told.append(mail["To"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    for name, value in {"HOST": "mail.example.cn", "PORT": "25", "USER": "award", "PASSWORD": "p"}.items():
        monkeypatch.setenv(f"AWARD_SMTP_{name}", value)
    settings.cache_clear()
    monkeypatch.setattr(Server, "told", [])
    monkeypatch.setattr(Server, "refuses", False)
    monkeypatch.setattr(tasks.smtplib, "SMTP", Server)
    return Server


def tried(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(commands, ["mail", "try", *words])
    return done.exit_code, done.stdout, done.stderr


WORKER = "Mails of the site are sent by a worker; `./run serve` has one beside it.\n"


def test_a_trial_message_is_sent_at_once_and_alone(engine: Engine, server: type[Server]) -> None:
    settings().database_url = engine.url.render_as_string(hide_password=False)
    waiting = want(engine)
    told = f"Trial message: mail.example.cn:25 has taken it for me@example.cn. {WORKER}"
    assert tried("me@example.cn", "--language", "en") == (0, told, "")
    assert server.told == [("mail.example.cn", 25), "starttls", ("award", "p"), "me@example.cn", "quit"]
    assert message_of(engine, waiting).state == MessageState.WANTED


def test_a_trial_message_without_a_mail_server_lies_in_the_outbox() -> None:
    where = settings().directory / "outbox"
    told = f"Trial message: it lies in {where}, for AWARD_SMTP_HOST names no mail server. {WORKER}"
    assert tried("me@example.cn") == (0, told, "")
    assert [(mail["To"], mail["Content-Language"]) for mail in outbox()] == [("me@example.cn", "zh-CN")]


def test_a_trial_message_that_does_not_go_out_says_why(
    server: type[Server], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server, "refuses", True)
    why = "by mail.example.cn:25; check AWARD_SMTP_… and AWARD_MAIL_FROM: SMTPServerDisconnected: gone"
    assert tried("me@example.cn") == (1, "", f"The trial message did not go out {why}\n")
    settings().smtp_host = ""
    (tmp_path / "outbox").write_text("a file")
    code, _, told = tried("me@example.cn")
    assert (code, told.partition(":")[0]) == (1, "The trial message did not go out into outbox/")


def test_a_trial_message_needs_an_address_and_a_language_there_is(server: type[Server]) -> None:
    assert tried("me") == (2, "", "me is not a mail address; give one like name@example.cn.\n")
    assert tried("me@example.cn", "--language", "de") == (2, "", "There are no mails in de; there are zh and en.\n")
    assert server.told == []


def test_the_mail_server_is_spoken_to_encrypted(engine: Engine, server: type[Server]) -> None:
    want(engine)
    worker.run(engine, [SEND_MAIL], once=True)
    assert server.told == [("mail.example.cn", 25), "starttls", ("award", "p"), "wang@example.cn", "quit"]
    assert outbox() == []


def test_a_mail_server_that_is_away_is_tried_again_and_at_last_the_office_sees_it(
    engine: Engine, server: type[Server], clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "refuses", True)
    sent = want(engine, link="https://secret")
    for _ in range(4):
        worker.run(engine, [SEND_MAIL], once=True)
        assert message_of(engine, sent).state == MessageState.WANTED
        clock.forward(hours=1)
    worker.run(engine, [SEND_MAIL], once=True)
    row = message_of(engine, sent)
    assert (row.state, row.error, row.link) == (MessageState.FAILED, "SMTPServerDisconnected: gone", None)


def test_a_message_that_is_out_is_not_sent_again(engine: Engine, server: type[Server]) -> None:
    sent = want(engine)
    with transaction(engine) as session:
        session.scalars(select(Message)).one().state = MessageState.SENT.value
    worker.run(engine, [SEND_MAIL], once=True)
    assert server.told == []
    assert json.loads(message_of(engine, sent).context) == SITE
