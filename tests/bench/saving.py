"""G1 and G2: a judge saves a whole sheet, or one item, beside the same rows saved with nothing around them."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from sqlalchemy import Engine, select

from award.accounts.identify import SESSION_COOKIE
from award.app import make_app
from award.judging.models import Sheet, SheetItem
from award.kernel import db
from award.kernel.settings import Settings
from award.kernel.web.csrf import HEADER, token_for
from award.standing.models import Assignment
from tests.bench import figures, floor
from tests.bench.browser import Browser
from tests.bench.figures import Figure
from tests.bench.load import Answer, Load, Worker, put_for, served
from tests.bench.sizes import Sizes
from tests.bench.statements import counted
from tests.bench.world import COMMENT, World, scratch, world

Saver = Callable[[str], Worker]
"""Somebody at work, by his user name."""
ROUNDS = 3
"""Floor and ours take turns so often; the median counts."""


def whole_sheets(sizes: Sizes) -> list[Figure]:
    """G1."""
    made = world(sizes.small, sizes.judges, scored=False)
    return [one for crowd in (1, 8, 32) for one in _sheets(made, crowd, sizes)]


def _sheets(made: World, crowd: int, sizes: Sizes) -> list[Figure]:
    items = len(made.items)
    bare, ours = _against_the_floor(made, crowd, items, sizes, lambda name: _sheet_saver(made, name))
    lines = [figures.at_least("G1", f"save a whole sheet, {crowd} at once", _rate(bare), _rate(ours), 0.6)]
    if crowd == 32:
        lines.append(figures.at_most("G1", "the same, p99 at 32", _p(bare, 0.99), _p(ours, 0.99), 2))
        lines.append(figures.limit("G1", "errors", sum(one.errors for one in ours), 0, figures.count))
    return lines


def one_item(sizes: Sizes) -> list[Figure]:
    """G2."""
    small = world(sizes.small, sizes.judges, scored=False)
    lines = []
    for crowd in (1, 8, 32):
        bare, ours = _against_the_floor(small, crowd, 1, sizes, lambda name: _item_saver(small, name))
        lines.append(figures.at_least("G2", f"save one item, {crowd} at once", _rate(bare), _rate(ours), 0.6))
    lines.append(figures.limit("G2", "statements of one save", _statements(small), 8, figures.count))
    large = world(sizes.large, sizes.judges, scored=False)
    p50 = [_p(_alone(made, sizes), 0.5) for made in (small, large)]
    act = f"save one item, p50 among {sizes.small:,} and among {sizes.large:,} applications"
    return [*lines, figures.at_most("G2", act, *p50, 1.15)]


def _alone(made: World, sizes: Sizes) -> list[Load]:
    with served("tests.bench.serving", made.directory / "award.sqlite3") as port:
        worker = _item_saver(made, next(iter(made.seats)))
        put_for(port, [worker], sizes.warm)
        return [put_for(port, [worker], sizes.seconds) for _ in range(ROUNDS)]


def _against_the_floor(
    made: World, crowd: int, items: int, sizes: Sizes, saver: Saver
) -> tuple[list[Load], list[Load]]:
    """Both servers run while the other works, idle; sheets on the floor are as many and as large as ours."""
    names = list(made.seats)[:crowd]
    path = scratch() / f"floor-{len(made.applications)}.sqlite3"
    sheets = [seat for seats in made.seats.values() for seat in seats]
    if not path.exists():
        floor.prepare(path, len(sheets), len(made.items), list(made.cookies.values()))
    bare_workers = [_floor_saver(made.cookies[name], at, items) for at, name in enumerate(names)]
    our_workers = [saver(name) for name in names]
    bare, ours = [], []
    database = made.directory / "award.sqlite3"
    with served("tests.bench.floor", path) as bare_port, served("tests.bench.serving", database) as our_port:
        put_for(bare_port, bare_workers, sizes.warm)
        put_for(our_port, our_workers, sizes.warm)
        for _ in range(ROUNDS):
            bare.append(put_for(bare_port, bare_workers, sizes.seconds))
            ours.append(put_for(our_port, our_workers, sizes.seconds))
    return bare, ours


def _rate(loads: Sequence[Load]) -> float:
    return median(one.rate for one in loads)


def _p(loads: Sequence[Load], share: float) -> float:
    return median(one.percentile(share) for one in loads)


def _floor_saver(cookie: str, sheet: int, items: int) -> Worker:
    body = {f"i{at}": {"percent": 50 + 5 * (at % 3), "comments": [_comment(0)]} for at in range(items)}
    headers = {"Cookie": f"session={cookie}", HEADER: floor.token_of(cookie)}
    return Worker(lambda last: (f"/sheets/{sheet}", headers, body))


def _headers(cookie: str) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={cookie}", HEADER: token_for(cookie)}


def _comment(number: int) -> dict[str, object]:
    return {"key": f"c{number}", "kind": "strength", "weight": "+", "text": COMMENT, "references": ["E-1"]}


def _sheet_saver(made: World, name: str) -> Worker:
    """A judge who saves his whole sheet again and again, each time from the versions he was given."""
    seat, headers = made.seats[name][0], _headers(made.cookies[name])
    versions = _versions(made.engine, seat)
    turn = iter(range(10**9))

    def request(last: Answer | None) -> tuple[str, Mapping[str, str], object]:
        known = versions if last is None else last.body
        percent = 50 + 5 * (next(turn) % 10)
        body = {item: {"percent": percent, "comments": [_comment(0)], "version": known[item]} for item in made.items}
        return f"/review/{seat}/sheet", headers, body

    return Worker(request)


def _item_saver(made: World, name: str) -> Worker:
    """A judge who goes through his items again and again."""
    seat, headers = made.seats[name][0], _headers(made.cookies[name])
    versions = _versions(made.engine, seat)
    turn = iter(range(10**9))
    state = {"item": ""}

    def request(last: Answer | None) -> tuple[str, Mapping[str, str], object]:
        if last is not None and last.status == 200:
            versions[state["item"]] = int(last.etag.strip('"'))
        at = next(turn)
        item = state["item"] = made.items[at % len(made.items)]
        return f"/review/{seat}/items/{item}", headers | {"If-Match": f'"{versions[item]}"'}, {"fields": _fields(at)}

    return Worker(request)


def _fields(at: int) -> dict[str, str]:
    return {
        "percent": str(50 + 5 * (at % 10)), "note": "", "comments-0-id": "c0", "comments-0-kind": "strength",
        "comments-0-mark": "+", "comments-0-text": COMMENT, "comments-0-refs": "E-1",
    }  # fmt: skip


def _versions(engine: Engine, seat: str) -> dict[str, int]:
    query = (
        select(SheetItem.item, SheetItem.version)
        .join(Sheet, Sheet.id == SheetItem.sheet_id)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(Assignment.public_id == seat)
    )
    with db.reading(engine) as session:
        return {row[0]: row[1] for row in session.execute(query)}


def _statements(made: World) -> int:
    """Of one save, the second one, with who asks and the record."""
    name = next(iter(made.seats))
    seat, item = made.seats[name][0], made.items[0]
    browser = Browser(make_app(made.engine, Settings()), made.cookies[name])
    for at in range(2):
        version = _versions(made.engine, seat)[item]
        with counted(made.engine) as seen:
            browser.put(f"/review/{seat}/items/{item}", {"fields": _fields(at)}, version)
    browser.close()
    return len(seen)
