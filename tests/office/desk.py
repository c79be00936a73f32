"""An authority with its people at their browsers: office, a second officer, a supervisor, and the office of another authority."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.kernel.actor import Actor, Role, Scope
from award.kernel.audit.trail import transaction
from award.kernel.web.csrf import token_for
from award.rounds.models import Authority, Round
from award.rounds.queries import with_stages
from tests import make


@dataclass
class Desk:
    """Public ids, actors and sign-ins; tests open their own transactions."""

    engine: Engine
    authority: int
    actors: dict[str, Actor]
    cookies: dict[str, str]

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def found(self, session: Session, public_id: str) -> Round:
        """A round, whoever asks."""
        return session.scalars(with_stages().where(Round.public_id == public_id)).one()

    def round(self, at: str, scheme: str = "yunchuan-mayor", now: datetime = make.NOW) -> str:
        """The public id of a new round that stands in a stage."""
        with transaction(self.engine) as session:
            made = make.round_(session, at, of=session.get_one(Authority, self.authority), scheme=scheme, now=now)
            if at == "setup":
                made.state = "draft"
            return made.public_id

    def get(self, client: Any, who: str, path: str) -> Any:
        """A page as somebody sees it, in English; "" is a visitor."""
        return client.get(path, headers=self._headers(who))

    def post(self, client: Any, who: str, path: str, data: dict[str, str] | None = None) -> Any:
        """A form as somebody sends it."""
        return client.post(path, data=data or {}, headers=self._headers(who))

    def _headers(self, who: str) -> dict[str, str]:
        if not who:
            return {"cookie": "lang=en; visitor=somebody", "x-csrf-token": token_for("somebody")}
        cookie = self.cookies[who]
        return {"cookie": f"session={cookie}; lang=en", "x-csrf-token": token_for(cookie)}


def build(engine: Engine, now: datetime = make.NOW) -> Desk:
    """The desk, committed."""
    with transaction(engine) as session:
        authority, other = make.authority(session), make.authority(session, "远山市人民政府")
        people = {
            "office": make.officer(session, authority),
            "second": make.officer(session, authority, "周敏"),
            "supervisor": make.officer(session, authority, "钱正", role=Role.SUPERVISOR),
            "committee": make.officer(session, authority, "吴正", role=Role.COMMITTEE_MEMBER),
            "elsewhere": make.officer(session, other, "孙远"),
        }
        administrator, applicant = make.person(session, "管理员"), make.person(session, "申报人")
        make.grant(session, administrator, Role.SYSTEM_ADMINISTRATOR, Scope.SYSTEM, 0)
        make.grant(session, applicant, Role.APPLICANT, Scope.ORGANISATION, make.organisation(session).id, authority.id)
        people |= {"administrator": administrator, "applicant": applicant}
        actors = {name: make.actor(session, one) for name, one in people.items()}
        cookies = {name: make.signed_in(session, one, now) for name, one in people.items()}
        return Desk(engine, authority.id, actors, cookies)
