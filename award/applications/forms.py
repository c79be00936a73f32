"""What pages of applications take."""

import unicodedata

from pydantic import BaseModel

from award.kernel.errors import Invalid, VersionMissing
from award.kernel.i18n import N_
from award.kernel.web.forms import LINE_BREAKS, TURNING, SubmittedForm, unkept


class Saved(BaseModel):
    """What autosave sends."""

    fields: dict[str, str | list[str]]

    def text(self, name: str) -> str:
        """One value; the last where a name came more than once. Raises Invalid for a control character."""
        value = self.fields.get(name, "")
        text = value if isinstance(value, str) else (value[-1] if value else "")
        if fault := unkept(name, text):
            raise Invalid([fault])
        return typed_text(text)

    def texts(self) -> dict[str, str]:
        """All values by name."""
        return {name: self.text(name) for name in self.fields}


def typed_text(value: str) -> str:
    """A draft as typed: only line breaks are made one kind, and marks that turn the order of a text round go."""
    return unicodedata.normalize("NFC", TURNING.sub("", LINE_BREAKS.sub("\n", value)))


def version_of(if_match: str | None) -> int:
    """The version an If-Match header names. Raises VersionMissing without one."""
    given = (if_match or "").removeprefix("W/").strip('" ')
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise VersionMissing("version.missing", N_("Reload the page; the browser did not say which version it changed."))
    return int(given)


def is_done(value: str) -> bool | None:
    """What the question whether a part is complete was answered with; None where it was not asked. Raises Invalid."""
    if value not in ("", "yes", "no"):
        raise Invalid.one("is_done", N_("Choose one of the options."))
    return value == "yes" if value else None


def points_of(form: SubmittedForm) -> list[dict[str, str]]:
    """The points of a return: one box for each part that is ticked or has a text, and a general one."""
    parts = [name.removeprefix("point-") for name in form.names() if name.startswith("point-")]
    texts = {part: form.text(f"point-{part}", required=False, longest=1000, lines=True) for part in parts}
    return [{"part": "" if part == "general" else part, "text": text} for part, text in texts.items() if text]
