"""Many judges score many applications at once on a running installation; then the database is held against what they were told.

Run by hand, on a machine that may be busy for a while (docs/operating.md tells of the arrangement):

    python -m tests.bench.crowd build --applications 1000 --judges 520
    python -m tests.bench.crowd drive --url https://127.0.0.1:8443 --at-once 12 --seconds 300
    python -m tests.bench.crowd check

All three use the settings in force (AWARD_DIRECTORY, AWARD_DATABASE_URL). `drive` writes down every answer that said
"saved" or "submitted"; `check` finds each of them in the database again, or names it as lost, and walks the trail.
"""

import json
import random
import statistics
import threading
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import typer
from sqlalchemy import select

from award.accounts.identify import SESSION_COOKIE
from award.accounts.models import Person
from award.demo import building, scoring
from award.demo.world import World
from award.judging.models import Sheet, SheetItem
from award.kernel import db, migrating
from award.kernel.audit.verify import verify
from award.kernel.settings import settings
from award.kernel.web.csrf import HEADER, VISITOR_COOKIE, token_for
from award.regulations.loader import shipped_criteria
from award.standing.models import Assignment

PASSWORD = "Yunchuan-2026"
ITEMS = [item.key for item in shipped_criteria()["gbt19580-2012"].items()]
TEXT = "从近三年的材料看，方法已在主要部门展开，指标持续改进，与同行的对比还不充分。"
app = typer.Typer(help=__doc__)


def told() -> Path:
    """Where `drive` writes down what the server acknowledged."""
    return settings().directory / "acknowledged.jsonl"


@app.command()
def build(applications: int = 1000, judges: int = 520) -> None:
    """The demonstration in its scoring stage: panels made, declarations signed, no sheet begun.

    judges: the scheme lets none have more than ten applications, of five sheets each.
    """
    scoring.score = lambda *_: None
    # A thousand applicants need hours each, one after the other; the stages are dated for a few dozen.
    World.after = lambda self, minutes: self.now + timedelta(seconds=minutes * 60 * min(1, 40 / applications))  # type: ignore[method-assign]
    migrating.create_database(settings().database)
    engine = db.make_engine(settings().database)
    migrating.upgrade(engine)
    started = time.monotonic()
    building.build(
        engine,
        settings().directory,
        settings().database,
        stage="score",
        applications=applications,
        judges=judges,
        seed=6,
    )
    typer.echo(f"{applications} applications in {time.monotonic() - started:.0f} s")


class Crowd:
    """All judges of a run. seats: judge's account -> his assignments."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url = url
        self.ends = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.times: dict[str, list[float]] = {}
        self.written = told().open("a", encoding="utf-8")

    def ask(self, client: httpx.Client, what: str, method: str, path: str, **more: Any) -> httpx.Response:
        """One request, measured. A connection that breaks counts as status 0."""
        started = time.perf_counter()
        try:
            answer = client.request(method, path, **more)
        except httpx.HTTPError as error:
            answer = httpx.Response(0, text=repr(error))
        with self.lock:
            self.statuses[what, answer.status_code] += 1
            self.times.setdefault(what, []).append(time.perf_counter() - started)
        return answer

    def note(self, **fact: object) -> None:
        """Writes down what the server has said is done."""
        with self.lock:
            self.written.write(json.dumps(fact) + "\n")

    def judge(self, number: int, account: str, seats: list[str]) -> None:
        """Signs in from an address of his own and scores one application after another until the time is over."""
        if time.monotonic() >= self.ends:
            return
        # Sign-in counts tries by address; a crowd does not sit behind one.
        transport = httpx.HTTPTransport(local_address=f"127.1.{number // 250}.{number % 250 + 1}", verify=False)
        with httpx.Client(base_url=self.url, transport=transport, timeout=60) as client:
            client.get("/login")
            form = {"account": account, "password": PASSWORD, "csrf": token_for(client.cookies[VISITOR_COOKIE])}
            if self.ask(client, "sign in", "POST", "/login", data=form).status_code != 303:
                return
            self.ask(client, "list", "GET", "/review")
            for seat in seats:
                if time.monotonic() < self.ends:
                    self.score(client, seat)

    def score(self, client: httpx.Client, seat: str) -> None:
        """One whole sheet: each item opened now and then, saved, and the sheet submitted."""
        headers = {HEADER: token_for(client.cookies[SESSION_COOKIE])}
        for at, item in enumerate(ITEMS):
            path = f"/review/{seat}/items/{item}"
            if at % 8 == 0:
                self.ask(client, "open item", "GET", path)
            percent = random.randrange(30, 90, 5)
            comment = {
                "comments-0-kind": "strength",
                "comments-0-mark": "+",
                "comments-0-text": TEXT,
                "comments-0-refs": "",
            }
            saved = self.ask(
                client, "save item", "PUT", path, headers={**headers, "if-match": '"0"'},
                json={"fields": {"percent": str(percent), **comment}},
            )  # fmt: skip
            if saved.status_code == 200:
                self.note(seat=seat, item=item, percent=percent, version=saved.json()["version"])
            elif saved.status_code != 412:
                return
        done = self.ask(client, "submit", "POST", f"/review/{seat}/submit", headers=headers)
        if done.status_code == 303:
            self.note(seat=seat, submitted=True)


@app.command()
def drive(url: str = typer.Option(...), at_once: int = 12, seconds: float = 300) -> None:
    """Lets the judges score until the time is over, so many of them at any moment."""
    engine = db.make_engine(settings().database)
    with db.reading(engine) as session:
        query = select(Person.username, Assignment.public_id).join(Assignment, Assignment.person_id == Person.id)
        query = query.where(
            Assignment.state == "active",
            Assignment.id.not_in(select(Sheet.assignment_id).where(Sheet.state == "submitted")),
        )
        seats: dict[str, list[str]] = {}
        for username, seat in session.execute(query.order_by(Assignment.id)):
            seats.setdefault(username, []).append(seat)
    engine.dispose()
    crowd, started = Crowd(url, seconds), time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        # Each takes up few applications before the next judge comes, so that all of them are there in a short run too.
        work = [
            (account, own[first : first + 5])
            for first in range(0, 100, 5)
            for account, own in seats.items()
            if own[first:]
        ]
        for number, (account, some) in enumerate(work):
            pool.submit(crowd.judge, number % 250, account, some)
    crowd.written.close()
    _report(crowd, time.monotonic() - started)


def _report(crowd: Crowd, took: float) -> None:
    typer.echo(f"{took:.0f} s, {sum(crowd.statuses.values()) / took:.1f} requests a second")
    for what, times in crowd.times.items():
        statuses = {status: count for (name, status), count in crowd.statuses.items() if name == what}
        tenths = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
        p50, p95, p99 = (round(tenths[at] * 1000) for at in (49, 94, 98))
        typer.echo(f"{what:10} {len(times):6} times, p50 {p50} ms, p95 {p95} ms, p99 {p99} ms, answers {statuses}")


@app.command()
def check() -> None:
    """Exit code 1 if anything that was acknowledged is not in the database, or the trail is broken."""
    facts = [json.loads(line) for line in told().read_text(encoding="utf-8").splitlines()]
    engine = db.make_engine(settings().database)
    with db.reading(engine) as session:
        sheets = select(Assignment.public_id, Sheet.state).join(Sheet, Sheet.assignment_id == Assignment.id)
        states = {row[0]: row[1] for row in session.execute(sheets)}
        items = select(Assignment.public_id, SheetItem.item, SheetItem.percent, SheetItem.version)
        items = items.join(Sheet, Sheet.id == SheetItem.sheet_id).join(Assignment, Assignment.id == Sheet.assignment_id)
        kept = {(seat, item): (percent, version) for seat, item, percent, version in session.execute(items)}
        verdict = verify(session)
    engine.dispose()
    saved = [one for one in facts if "item" in one]
    submitted = {one["seat"] for one in facts if "submitted" in one}
    lost = [one for one in saved if kept.get((one["seat"], one["item"])) != (one["percent"], one["version"])]
    unsent = [seat for seat in submitted if states.get(seat) != "submitted"]
    typer.echo(
        f"{len(saved)} saves acknowledged, {len(lost)} lost; {len(submitted)} sheets submitted, {len(unsent)} lost"
    )
    typer.echo(str(verdict))
    if lost or unsent or not verdict.is_whole:
        raise typer.Exit(1)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    app()
