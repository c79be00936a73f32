import pytest

from award.applications.forms import version_of
from award.kernel.errors import VersionMissing


@pytest.mark.parametrize("given", [None, "", "abc", "-1", "٣", "9" * 10, "9" * 5000])
def test_a_version_no_page_was_given(given: str | None) -> None:
    with pytest.raises(VersionMissing):
        version_of(given)


@pytest.mark.parametrize(("given", "version"), [("0", 0), ('"7"', 7), ('W/"12"', 12), ("999999999", 999_999_999)])
def test_a_version_as_browsers_send_it(given: str, version: int) -> None:
    assert version_of(given) == version
