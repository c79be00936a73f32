"""How often one address may do something without an account. Kept in memory: no address is ever stored."""

import threading
from collections import deque
from datetime import datetime, timedelta

from award.kernel import clock
from award.kernel.errors import TooMany
from award.kernel.i18n import N_

MOST_ADDRESSES = 10_000
FROM_A_NETWORK = N_("Too many of these came from your network. Try again in {minutes} minutes.")


class Limit:
    """At most `times` within `window` for each address; the process forgets the rest, and everything when it ends."""

    def __init__(self, times: int, window: timedelta) -> None:
        self._times = times
        self._window = window
        self._seen: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def take(self, address: str) -> None:
        """Counts one more. Raises TooMany where the address has had its share."""
        now = clock.real_now()
        with self._lock:
            if len(self._seen) > MOST_ADDRESSES:
                self._seen = {key: times for key, times in self._seen.items() if times[-1] > now - self._window}
            times = self._seen.setdefault(address, deque())
            while times and times[0] <= now - self._window:
                times.popleft()
            if len(times) >= self._times:
                left = times[0] + self._window - now
                raise TooMany("limit.reached", FROM_A_NETWORK, minutes=int(left.total_seconds() // 60) + 1)
            times.append(now)

    def forget(self) -> None:
        """Forgets everything, as the end of the process does."""
        with self._lock:
            self._seen.clear()
