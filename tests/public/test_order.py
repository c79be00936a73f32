"""The page of a notice and its paper tell the same in the same order."""

import json
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import Engine, select

from award.kernel.audit.trail import transaction
from award.kernel.documents.models import Document
from award.rounds.models import Snapshot
from tests.results.acts import to_notice
from tests.results.judged import build
from tests.results.test_deciding import ENTRIES


def test_the_page_has_its_parts_and_names_in_the_order_of_the_paper(engine: Engine, clock: Any, client: Any) -> None:
    """Opening, period, names, whom to write to, as the paper after GB/T 9704 puts them."""
    world = build(engine, ENTRIES)
    to_notice(world)
    with transaction(engine) as session:
        view = json.loads(session.scalars(select(Document.view).where(Document.kind == "notice")).one())
        url = f"/notices/{session.scalars(select(Snapshot.public_id).where(Snapshot.kind == 'notice')).one()}"
    client.cookies.set("lang", "zh")
    text = BeautifulSoup(client.get(url).text, "html.parser").select("article")[0].get_text()
    said, names = [one["text"] for one in view["paragraphs"]], [row[1] for row in view["table"]["rows"]]
    places = [text.index(one) for one in (*said[:-1], *names, said[-1])]
    assert len(names) > 1
    assert places == sorted(places)
