"""How often a token asks, counted across all processes without asking the database at every request."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, case, update

from award.accounts.models import ApiToken
from award.kernel.audit.trail import transaction
from award.kernel.errors import TooMany
from award.kernel.i18n import N_

ASKED = N_("This token has asked too often. Wait {minutes} minutes and go on more slowly.")
SHARED_EVERY = 20
"""Requests after which a process tells the others: so many more than the limit each of them may let through."""
MOST_TOKENS = 10_000


@dataclass
class _Own:
    """What this process has let through and not told yet. since: the first of them."""

    since: datetime
    count: int = 0


class TokenCalls:
    """At most `times` requests of one token in a window that begins with the first of them.

    The token's row, which every request reads anyway, holds what all processes have told; a process writes there after
    every SHARED_EVERY requests only.
    """

    def __init__(self, times: int, window: timedelta) -> None:
        self._times = times
        self._window = window
        self._own: dict[int, _Own] = {}
        self._lock = threading.Lock()

    def take(self, engine: Engine, token: ApiToken, now: datetime) -> None:
        """Counts one more. token: as it was just read. now: real time. Raises TooMany where it has had its share."""
        told = token.calls if token.calls_since and token.calls_since > now - self._window else 0
        with self._lock:
            own = self._own_of(token.id, now)
            if told + own.count >= self._times:
                since = token.calls_since if told and token.calls_since else own.since
                left = since + self._window - now
                raise TooMany("limit.reached", ASKED, minutes=int(left.total_seconds() // 60) + 1)
            own.count += 1
            if own.count < SHARED_EVERY:
                return
            del self._own[token.id]
        self._tell(engine, token.id, own, now)

    def _own_of(self, token_id: int, now: datetime) -> _Own:
        if len(self._own) > MOST_TOKENS:
            self._own = {key: own for key, own in self._own.items() if own.since > now - self._window}
        own = self._own.get(token_id)
        if own is None or not own.count or own.since <= now - self._window:
            own = self._own[token_id] = _Own(now)
        return own

    def _tell(self, engine: Engine, token_id: int, own: _Own, now: datetime) -> None:
        runs = ApiToken.calls_since > now - self._window
        added = {
            "calls": case((runs, ApiToken.calls + own.count), else_=own.count),
            "calls_since": case((runs, ApiToken.calls_since), else_=own.since),
        }
        with transaction(engine) as session:
            session.execute(update(ApiToken).where(ApiToken.id == token_id).values(added))

    def forget(self) -> None:
        """Forgets what was not told yet, as the end of the process does."""
        with self._lock:
            self._own.clear()
