"""What a browser calls itself, in the few words its owner knows it by."""

from award.kernel.i18n import N_, Phrase

LONGEST = 40
_BROWSERS = (
    ("MicroMessenger/", "WeChat"), ("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("QQBrowser/", "QQ Browser"),
    ("360SE", "360"), ("HuaweiBrowser/", "Huawei Browser"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
"""What is asked for first: most browsers name others they are like after their own name."""
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_in_words(agent: str) -> Phrase | str:
    """ "Chrome, Windows"; a program that is no browser by its own first word, "" where nothing was said."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if not browser:
        return agent.partition("/")[0][:LONGEST]
    return Phrase(N_("{browser}, {system}"), {"browser": browser, "system": system}) if system else browser
