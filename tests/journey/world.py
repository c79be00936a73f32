"""What a journey takes place in: an empty demonstration database, its clock, its letters, and its people at their browsers."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from re import findall
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from award import worker
from award.kernel import clock, db
from award.kernel.audit.trail import transaction
from award.kernel.audit.verify import Verdict, verify
from award.kernel.settings import settings
from award.rounds.service import seed_calendar
from tests.journey.visitor import Visitor, words

PASSWORD = "Anfeng-2026-fz"
ZONE = ZoneInfo("Asia/Shanghai")


class World:
    """One installation. visitor: makes a browser for somebody, by his account, or for "" who has none."""

    def __init__(self, engine: Engine, visitor: Callable[[str], Visitor]) -> None:
        self.engine = engine
        self.visitor = visitor
        with transaction(engine) as session:
            session.add(clock.Installation(id=1, is_demonstration=True, clock_offset_seconds=0))
            seed_calendar(session)

    def forward(self, **by: float) -> None:
        """Moves the clock of the demonstration, as `./run clock forward` does."""
        with transaction(self.engine) as session:
            clock.move_forward(session, timedelta(**by))

    def until(self, day: date, hour: int = 9) -> None:
        """Moves it to an hour of a day in Beijing."""
        with db.reading(self.engine) as session:
            now = clock.now(session)
        self.forward(seconds=(datetime.combine(day, time(hour), ZONE) - now).total_seconds())

    def work(self) -> None:
        """The worker does what is waiting: mails, papers."""
        worker.run(self.engine, once=True)

    def letter(self, to: str) -> str:
        """The text of the newest mail to an address."""
        self.work()
        letters = []
        for file in sorted((settings().directory / "outbox").glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            if mail["To"] == to:
                letters.append(str(mail.get_content()))
        assert letters, f"no mail to {to}"
        return letters[-1]

    def link_in_letter(self, to: str) -> str:
        """The path of the link in it."""
        found = findall(r"https?://\S+", self.letter(to))
        assert found
        return urlsplit(str(found[0])).path

    def sign_in(self, account: str) -> Visitor:
        """A new browser in which somebody has signed in."""
        visitor = self.visitor(account)
        visitor.open("/login")
        visitor.send("/login", {"account": account, "password": PASSWORD})
        assert "login" not in visitor.path, words(visitor)
        return visitor

    def set_password(self, email: str) -> Visitor:
        """Somebody follows the link of the mail that was sent to him, sets his password and signs in."""
        visitor, path = self.visitor(email), self.link_in_letter(email)
        visitor.open(path)
        visitor.send(path, {"password": PASSWORD, "password_again": PASSWORD})
        return self.sign_in(email)

    def trail(self) -> Verdict:
        """The whole trail, walked."""
        with db.reading(self.engine) as session:
            return verify(session)
