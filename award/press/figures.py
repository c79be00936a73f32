"""What the report draws from its view, and how large names may be on a certificate: the arithmetic behind the templates."""

from collections.abc import Callable
from math import ceil

from markupsafe import Markup

from award.press import charts
from award.press.charts import percent_text, text_width
from award.press.views import CategoryScore, FeedbackReportView, ItemScore

Translate = Callable[..., str]

MILLIMETRES_PER_POINT = 25.4 / 72


def fitting(text: str, millimetres: float, sizes: tuple[float, ...], spacing: float = 0.0) -> float:
    """The largest of the sizes (points, descending) at which the text stays on one line; the smallest when none does.

    spacing: extra space after each character, in em.
    """
    for size in sizes:
        wide = text_width(text, size) + spacing * size * len(text)
        if wide * MILLIMETRES_PER_POINT <= millimetres:
            return size
    return sizes[-1]


class Figures:
    """The charts of one feedback report; medians and quartiles stay out of them when too few organisations were compared."""

    def __init__(self, view: FeedbackReportView, translate: Translate) -> None:
        self.view = view
        self._ = translate

    def radar(self) -> Markup:
        """Categories against the round's median."""
        axes = [charts.Axis(one.short_name or one.name, one.percent, self.median(one)) for one in self.view.categories]
        own, reference = self._("This applicant"), self._("Median of the round")
        return charts.radar(axes, title=self._("Percentage reached in each category"), own=own, reference=reference, width_mm=94)

    def band(self) -> Markup:
        """The total's band among all bands."""
        bands = [(one.lower, one.upper, one.name) for one in self.view.bands]
        now = self.view.bands[self.view.band]
        label = self._("{lower}–{upper} points · {name}", lower=now.lower, upper=now.upper, name=now.name)
        return charts.band_strip(bands, self.view.band, label=label, title=self._("The band of the total"), width_mm=166)

    def bar(self, category: CategoryScore) -> Markup:
        """A category's percentage with the median as an upright mark."""
        return charts.comparison_bar(category.percent, self.median(category), title=f"{percent_text(category.percent)}%", width_mm=36)

    def profile(self) -> Markup:
        """All items and categories over the quartiles of the round; rows close up so that it stands on the page of the categories."""
        rows = []
        for category in self.view.categories:
            points = self._("{points} points", points=category.points)
            rows.append(self._row(category, points, is_category=True))
            rows.extend(self._row(item, str(item.points), is_category=False) for item in category.items)
        lines = sum(ceil(text_width(one.name, 8.8) * MILLIMETRES_PER_POINT / 36) for one in self.view.categories)
        table = 3.6 * len(self.view.categories) + 5.1 * lines
        room = (250 - 53 - table) * 500 / 166 - 34
        row = min(14.0, max(room / max(len(rows), 1), 9.5))
        return charts.item_profile(rows, self.view.percent_bands, title=self._("Percentage of each item"), width_mm=166, row=row)

    def priorities(self) -> Markup:
        """Themes by effort and effect; empty when none has been placed."""
        numbered = enumerate(self.view.priorities, 1)
        points = [(str(i), one.effort, one.effect) for i, one in numbered if one.effort is not None and one.effect is not None]
        if not points:
            return Markup("")
        words = charts.Quadrants(
            self._("Improve first"), self._("Concentrated effort"), self._("Along the way"), self._("Keep in view"),
            self._("Effort needed"), self._("Effect on performance"),
        )  # fmt: skip
        return charts.priority_matrix(points, words, title=self._("Priorities for improvement"), width_mm=86)

    def median(self, score: CategoryScore | ItemScore) -> charts.Number | None:
        """What may be shown of the round's median."""
        return score.comparison.median if score.comparison is not None and self.view.is_compared else None

    def difference(self, score: CategoryScore) -> charts.Number | None:
        """Percentage points above (+) or below (-) the median."""
        if score.comparison is None or not self.view.is_compared:
            return None
        return score.percent - score.comparison.median

    def _row(self, score: CategoryScore | ItemScore, points: str, *, is_category: bool) -> charts.ProfileRow:
        range_ = score.comparison if self.view.is_compared else None
        return charts.ProfileRow(
            score.number, score.name, points, score.percent,
            range_.lower if range_ else None, range_.upper if range_ else None, is_category,
        )  # fmt: skip
