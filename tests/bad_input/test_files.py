"""Files and tables that are not taken: the door says why in both languages, and nothing is kept of them."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from award.kernel.sheets.importing import headings
from award.office.imports.kinds import IMPORTERS
from award.office.imports.service import LOOK
from award.worker import TASKS, run
from tests.bad_input.asking import TRACES, assert_refused, filled, known
from tests.bad_input.files_table import BOOKS, UPLOADS, Upload, book
from tests.bad_input.world import Place

LOOKING = [task for task in TASKS if task.kind == LOOK]
HEADINGS = headings(IMPORTERS["judges"].fields, "zh")


@pytest.mark.parametrize("upload", UPLOADS, ids=lambda upload: upload.cause)
def test_not_kept(place: Place, shared_client: TestClient, upload: Upload) -> None:
    content = upload.make()
    for language in ("en", "zh"):
        headers = known(shared_client, place, "apply", language)
        address = filled("/apply/{application_apply}/evidence", place)
        answer = shared_client.post(address, files={"file": (upload.name, content)}, headers=headers)
        assert_refused(answer, 422, upload.words, language)
    assert place.touched() == {}


BROUGHT = {"table_import", "stored_file", "job"}
"""What a table that was looked at leaves, so that its faults can be read."""


@pytest.mark.parametrize(("cause", "fill", "words"), BOOKS, ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_imported(
    place: Place, shared_client: TestClient, cause: str, fill: Callable[[Any, Any], None], words: str
) -> None:
    headers = known(shared_client, place, "office")
    answer = shared_client.post(
        "/office/import/judges", data={"authority": place.ids["authority"]}, files={"file": ("t.xlsx", book(fill, HEADINGS))},
        headers=headers,
    )  # fmt: skip
    assert answer.status_code == 303, cause
    run(place.doors.world.engine, LOOKING, once=True)
    page = shared_client.get(answer.headers["location"])
    assert words in page.text, page.text[-3000:]
    assert "fingerprint" not in page.text
    assert [one for one in TRACES if one in page.text] == []
    assert place.touched().keys() <= BROUGHT
