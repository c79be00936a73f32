"""A file that comes with an objection filed on the public site."""

from hashlib import sha256
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import Engine, select

from award.kernel.audit.trail import transaction
from award.kernel.files.models import StoredFile
from award.results.models import Objection
from tests.conftest import StandingClock
from tests.public.test_pages import OBJECTION, call_out, codes_of, url_of
from tests.results.acts import to_notice
from tests.results.test_pages import pdf_file
from tests.visiting import faults, post


def test_a_file_comes_with_an_objection(engine: Engine, clock: StandingClock, client: Any) -> None:
    """What the office takes on paper is taken here; another file is another objection, and what it is not goes back."""
    here = call_out(engine)
    to_notice(here)
    form = BeautifulSoup(client.get(url_of(here)).text, "html.parser").select_one("#object [name=key]")
    assert form is not None
    url, written, proof = f"{url_of(here)}/objections", {**OBJECTION, "key": str(form["value"])}, pdf_file()
    first, again, without = (
        codes_of(post(client, url, written, **({"files": {"file": proof}} if has_file else {}))) for has_file in (True, True, False)
    )
    assert first == again != without
    wrong = post(client, url, OBJECTION, files={"file": ("minutes.exe", b"MZ", "application/octet-stream")})
    assert (wrong.status_code, len(faults(wrong))) == (422, 1)
    assert OBJECTION["text"] in wrong.text
    with transaction(here.engine) as session:
        added, alone = session.scalars(select(Objection).order_by(Objection.number))
        assert (added.receipt, alone.file_id) == (first[0], None)
        assert session.get_one(StoredFile, added.file_id).sha256 == sha256(proof[1]).hexdigest()
        kept = session.query(StoredFile).count()
    here.stage("approve")
    assert post(client, url, OBJECTION, files={"file": proof}).status_code == 409
    with transaction(here.engine) as session:
        assert session.query(StoredFile).count() == kept
