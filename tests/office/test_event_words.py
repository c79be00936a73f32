from award.kernel.events import Event
from award.office.event_words import EVENTS


def test_every_event_is_called_by_a_name() -> None:
    assert set(EVENTS) == set(Event)
