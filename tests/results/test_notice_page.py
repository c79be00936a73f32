"""The office's page of the public notice: what keeps it from being published is said, and nothing that was typed is lost."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, delete

from award.kernel.audit.trail import transaction
from award.rounds.models import CalendarYear
from tests.results.acts import amend, confirm_amendment, decide, propose, to_notice, uphold
from tests.results.conftest import As
from tests.results.judged import World
from tests.results.test_pages import base
from tests.visiting import faults


def test_a_notice_in_a_year_without_known_holidays_has_no_button_but_a_way_to_the_calendar(here: World, as_: As, engine: Engine) -> None:
    propose(here)
    decide(here)
    with transaction(engine) as session:
        session.execute(delete(CalendarYear))
    page = as_("office").page(f"{base(here)}/notice?first_day=2026-03-03&document_number=3")
    assert page.select_one('a[href="/office/calendar?year=2026"]') is not None
    assert page.select_one(f'form[method="post"][action="{base(here)}/notice"]') is None
    assert "before the holidays of 2026 are entered" in page.get_text()


UNREADY = [
    ({"document_number": ""}, "Enter the document number of the notice.", "Fill this in."),
    ({"contact": " "}, "Say where objections can be sent.", "Fill this in."),
    ({"first_day": "2026-03-02"}, "The first day of the notice is at the earliest tomorrow.", "earliest tomorrow."),
    ({"first_day": "2026-03-30"}, "but this stage ends at", "Extend the stage first, or begin earlier."),
]


@pytest.mark.parametrize(("changed", "said", "answered"), UNREADY)
def test_a_notice_that_cannot_be_published_yet_says_why_and_has_no_button(
    here: World, as_: As, changed: dict[str, str], said: str, answered: str
) -> None:
    propose(here)
    decide(here)
    office, url = as_("office"), f"{base(here)}/notice"
    fields = {"document_number": "3", "first_day": "2026-03-03", "contact": "0599-3100088"}
    button = f'form[method="post"][action="{url}"] button'
    assert office.page(f"{url}?{urlencode(fields)}").select_one(button) is not None
    page = office.page(f"{url}?{urlencode(fields | changed)}")
    assert page.select_one(button) is None
    assert said in " ".join(one.get_text() for one in page.select(".note-warn"))
    assert page.select_one(".btn[aria-disabled]") is not None
    answer = office.post(url, fields | changed)
    assert answer.status_code == 422
    assert answered in faults(answer)[0]
    assert 'value="3"' in answer.text or "document_number" in changed, "what was typed stays"


def test_a_notice_with_something_missing_comes_back(here: World, as_: As) -> None:
    propose(here)
    decide(here)
    answer = as_("office").post(f"{base(here)}/notice", {"document_number": "", "first_day": "bald", "contact": "电话"})
    assert answer.status_code == 422
    assert "电话" in answer.text


def test_that_every_objection_is_answered_does_not_hide_what_is_still_due(here: World, as_: As) -> None:
    to_notice(here)
    objection = uphold(here, "制造二")
    page = as_("office").page(f"{base(here)}/notice")
    due = page.select_one(".note-warn")
    assert due is not None
    assert "Every objection is answered." in page.get_text()
    assert "calls for is still to be entered." in due.get_text()
    assert due.select_one(f'a[href="{base(here)}/results/amendment?category=organisation"]') is not None
    made = amend(here, [objection], {"制造二": ""})
    waits = as_("second").page(f"{base(here)}/notice").select_one(".note-warn")
    assert waits is not None
    assert "An amended decision waits for its second person." in waits.get_text()
    confirm_amendment(here, made)
    page = as_("office").page(f"{base(here)}/notice")
    assert page.select_one(".note-warn") is None
    assert page.select_one("#correction") is not None
