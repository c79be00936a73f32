"""The rules of combination in words."""

from collections.abc import Mapping

from award.kernel.i18n import N_

METHODS: Mapping[str, str] = {
    "mean": N_("Mean of all sheets"),
    "weighted_mean": N_("Mean of all sheets, the team leader's counting {weight} times"),
    "median": N_("Median of all sheets"),
    "drop": N_("Mean without the {drop} highest and the {drop} lowest"),
}
"""English msgids; weight: what a team leader's sheet counts, drop: sheets left out at each end."""
