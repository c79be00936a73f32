"""What a session is called on its owner's page."""

import pytest

from award.accounts.browsers import browser_in_words
from award.kernel.i18n import spoken

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (CHROME, "Chrome, Windows"),
        (f"{CHROME} Edg/126.0.2592.81", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.50", "WeChat, Android"),
        ("curl/8.5.0", "curl"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_in_words(agent: str, said: str) -> None:
    assert spoken("en", browser_in_words(agent)) == said


def test_in_chinese() -> None:
    assert spoken("zh", browser_in_words(CHROME)) == "Chrome，Windows"
