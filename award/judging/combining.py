"""The figures of a feedback report: each percentage and the total, from the sheets by the scheme's own rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from award.kernel.i18n import N_, translate
from award.regulations.model import ScoringRules
from award.scoring.combine import Combined, Fallback, Method, combine, combine_items
from award.scoring.grades import item_hundredths, part_hundredths
from award.scoring.wording import METHODS


@dataclass(frozen=True)
class Marked:
    """The marks of one sheet. leads: it is the team leader's, which may weigh more."""

    marks: Mapping[str, int]
    leads: bool


@dataclass(frozen=True)
class Panel:
    """The sheets of one application and the rule they are combined by. points: of all items of the criteria."""

    sheets: Sequence[Marked]
    rules: ScoringRules
    points: Mapping[str, int]

    def hundredths(self, items: Sequence[str]) -> Fraction:
        """The combined points of some items, in hundredths of a point; with all of them, the total."""
        if self.rules.on == "totals":
            return self._value([part_hundredths(one.marks, self.points, items) for one in self.sheets])
        per_item = [{key: item_hundredths(self.points[key], one.marks[key]) for key in items} for one in self.sheets]
        made = combine_items(per_item, *self._how)
        if made.value is not None:
            return made.value
        return sum((self._value([one[key] for one in per_item]) for key in items), Fraction(0))

    def percent(self, item: str) -> Fraction:
        """The combined percentage of an item."""
        return self._value([one.marks[item] for one in self.sheets])

    def rule(self, language: str) -> str:
        """How the figures came about, in words: the rule that was really applied."""
        made = self._combined([0] * len(self.sheets))
        if made.value is None:
            return translate(language, N_("Mean of all sheets; they are fewer than the rules of the award ask for"))
        params = {"weight": self.rules.leader_weight, "drop": self.rules.drop}
        return translate(language, METHODS[made.method], params)

    def _value(self, figures: Sequence[int]) -> Fraction:
        """The mean where the rule gives no figure: a report is owed all the same."""
        value = self._combined(figures).value
        return Fraction(sum(figures), len(figures)) if value is None else value

    def _combined(self, figures: Sequence[int]) -> Combined:
        return combine(figures, *self._how)

    @property
    def _how(self) -> tuple[Method, int, int, Fallback, list[int] | None]:
        rules = self.rules
        weights = [rules.leader_weight if one.leads else 1 for one in self.sheets] if rules.method == "weighted_mean" else None
        return rules.method, rules.drop, rules.minimum_sheets, rules.fallback, weights
