"""Which faults of the engine are a record's and which may pass."""

from typing import Any, cast

import pytest

from award.press import child, engine
from award.press.document import BrokenView, MissingGlyphs, Rendered
from award.press.pool import _outcome
from tests.golden import samples


def test_a_record_a_template_cannot_be_filled_with_is_broken_and_no_dead_process() -> None:
    made = engine.attempt("notice", samples.certificate())
    assert isinstance(made, BrokenView)
    assert "TypeError" in str(made)
    again = _outcome(child.record_of(made))
    assert isinstance(again, BrokenView)
    assert str(again) == str(made)


@pytest.mark.parametrize("fault", [MemoryError(), OSError(28, "No space left on device")])
def test_what_may_pass_ends_the_process_so_that_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def render(*_: Any) -> Any:
        raise fault

    for name in ("render", "_certificates"):
        monkeypatch.setattr(engine, name, render)
    with pytest.raises(type(fault)):
        engine.attempt("notice", samples.notice())
    with pytest.raises(type(fault)):
        engine.render_batch([samples.certificate(), samples.certificate()])


def test_one_broken_certificate_stops_no_other() -> None:
    views = [samples.certificate(recipient="甲公司"), cast(Any, samples.notice()), samples.certificate(recipient="云川😀公司")]
    first, second, third = engine.render_batch(views)
    assert isinstance(first, Rendered)
    assert isinstance(second, BrokenView)
    assert isinstance(third, MissingGlyphs)
