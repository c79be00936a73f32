"""`./run pictures [NAME]`: takes the READMEs' pictures anew, in demonstrations built for them."""

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import Browser, Page

from award.kernel import db
from award.kernel.settings import ROOT, settings
from tests.browser.chromium import chromium
from tests.browser.live_server import serving

PICTURES = ROOT / "docs" / "pictures"
BUILT = ROOT / "var" / "pictures"
"""A demonstration for each stage; remove it to have them built again."""
HEIGHTS = {1440: 900, 820: 1180}
COLOURS = 160
"""Screens have few colours, and a picture with a palette of them is a third as large."""


@dataclass(frozen=True)
class Picture:
    """One picture. stage: of the demonstration; account: nobody where empty; links: followed from the address, as CSS selectors."""

    name: str
    stage: str
    account: str
    address: str
    links: tuple[str, ...] = ()
    widths: tuple[int, ...] = (1440,)


ROUND = "/office/rounds/{round}"
ALL = (
    Picture("public-home", "publish", "", "/"),
    Picture("applicant-tasks", "publish", "applicant01", "/apply", ("a.task",)),
    Picture("applicant-item", "publish", "writer01", "/apply", ("a.task", 'a[href$="/items/4.1.2"]'), (820,)),
    Picture("reader-item", "publish", "reader01", "/apply", ("a.task", 'a[href$="/items/4.1.2"]')),
    Picture("judge-desk", "score", "judge01", "/review"),
    Picture("judge-scoring", "score", "judge01", "/review", ("h2 a", 'a[href$="/items/4.1.2"]'), (1440, 820)),
    Picture("office-dashboard", "score", "linxiao", ROUND, widths=(1440, 820)),
    Picture("office-result", "publish", "linxiao", f"{ROUND}/results"),
    Picture("inspector-trail", "publish", "zhaolan", f"{ROUND}/trail?page=14"),
    Picture("administrator-people", "publish", "admin", "/admin/people"),
    Picture("security-person", "publish", "security", "/admin/people", ("main th a, main td a",)),
    Picture("committee-ranking", "notice", "sunyi", "/committee", ("main td a",)),
)


def take(browser: Browser, wanted: list[str]) -> None:
    """Takes all pictures, or those of the names that are wanted, in both languages."""
    chosen = [one for one in ALL if not wanted or one.name in wanted]
    PICTURES.mkdir(exist_ok=True)
    for stage in sorted({one.stage for one in chosen}):
        with _demonstration(stage) as (address, built):
            for one in chosen:
                if one.stage == stage:
                    _take(browser, address, built, one)


@contextmanager
def _demonstration(stage: str) -> Iterator[tuple[str, dict[str, str]]]:
    """One that stands in a stage, served; answers with its address and what was built."""
    directory = BUILT / stage
    command = [
        sys.executable,
        "-m",
        "award",
        "demo",
        "--build-only",
        "--json",
        "--stage",
        stage,
        "--dir",
        str(directory),
    ]
    built = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    os.environ["AWARD_DIRECTORY"] = str(directory)
    settings.cache_clear()
    with serving(db.make_engine(settings().database)) as address:
        yield address, built


def _take(browser: Browser, address: str, built: dict[str, str], picture: Picture) -> None:
    for language in ("zh", "en"):
        for width in picture.widths:
            context = browser.new_context(base_url=address, viewport={"width": width, "height": HEIGHTS[width]})
            context.add_cookies([{"name": "lang", "value": language, "url": address}])
            page = context.new_page()
            _go_to(page, built, picture)
            name = f"{picture.name}-{width}.{language}.png"
            (PICTURES / name).write_bytes(_small(page.screenshot(animations="disabled")))
            context.close()


def _go_to(page: Page, built: dict[str, str], picture: Picture) -> None:
    if picture.account:
        page.goto("/login")
        page.fill("#f-account", picture.account)
        page.fill("#f-password", "Yunchuan-2026")
        page.press("#f-password", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    answer = page.goto(picture.address.format(round=built["round"]))
    if answer is None or not answer.ok:
        sys.exit(f"{picture.name}: the page does not answer; was {BUILT / picture.stage} built before the tables changed? Remove it.")
    for link in picture.links:
        page.locator(link).first.click()
    page.wait_for_load_state("networkidle")


def _small(png: bytes) -> bytes:
    """The same picture with a palette."""
    target = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        target, "PNG", optimize=True
    )
    return target.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="./run pictures", description=__doc__)
    parser.add_argument("name", nargs="*", metavar="NAME", help=", ".join(one.name for one in ALL))
    chosen_names = parser.parse_args().name
    with chromium() as one_browser:
        take(one_browser, chosen_names)
