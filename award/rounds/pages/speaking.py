"""How a page says things: in its reader's language, moments on the authority's clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from award.kernel import i18n
from award.regulations.model import Text


class Speaking:
    """For what a page keeps of its reader and its round."""

    if TYPE_CHECKING:

        @property
        def language(self) -> str:
            """zh or en."""

        @property
        def zone(self) -> str:
            """The authority's clock."""

    def say(self, text: Text) -> str:
        """A text of the rules."""
        return text.in_language(self.language)

    def tell(self, text: str, params: Mapping[str, object] | None = None) -> str:
        """A sentence of the catalogue."""
        return i18n.translate(self.language, text, params)

    def moment(self, at: datetime, *, with_zone: bool = False, with_seconds: bool = False) -> str:
        """A moment."""
        return i18n.format_moment(self.language, at, self.zone, with_zone=with_zone, with_seconds=with_seconds)
