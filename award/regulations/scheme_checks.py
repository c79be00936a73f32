"""What must agree inside a scheme, and between it and its criteria: quotas, the order of stages, weights, ties."""

import string
from collections.abc import Mapping

from award.regulations.faults import Path, Report, listing, suggestion
from award.regulations.model import CategoryRules, Criteria, Quota, Scheme
from award.regulations.upward import check_upward

KINDS = (
    "setup", "apply", "recommend", "accept", "opinions", "assign", "score", "consensus",
    "site", "interview", "deliberate", "notice", "approve", "publish", "archive",
)  # fmt: skip
"""Kinds of stages a scheme can be made of. Source: domain.md 5.1."""

NEEDED = ("setup", "apply", "accept", "assign", "score", "notice", "approve", "publish", "archive")
"""Without these no award can be given."""

ON_PAPER = ("recommend", "opinions", "consensus", "site", "interview", "deliberate")
"""Stages whose outcome the office records; the system has no tool of its own for them yet."""

GIVES_SCORE = ("score", "consensus", "site", "interview", "deliberate")

MUST_FOLLOW: Mapping[str, tuple[str, ...]] = {
    "accept": ("apply",),
    "recommend": ("apply",),
    "opinions": ("apply",),
    "assign": ("accept", "recommend"),
    "score": ("assign",),
    "consensus": ("score",),
    "site": ("score",),
    "interview": ("score",),
    "deliberate": ("score", "consensus", "site", "interview"),
    "notice": ("score", "consensus", "site", "interview", "deliberate", "opinions"),
    "approve": ("score", "consensus", "site", "interview", "deliberate", "opinions"),
    "publish": ("notice", "approve"),
}
"""Stage -> those that must stand before it. The notice stands before or after the approval: both orders exist."""


def check_scheme(
    scheme: Scheme, name: str, criteria: Mapping[str, Criteria | None], links: Mapping[str, frozenset[str]], report: Report
) -> None:
    """Notes every disagreement of the parts that could be read.

    name: the file's name without .yaml. criteria: what each criteria file named by the scheme holds; None where there is
    such a file but it has faults of its own. links: each scheme file -> those it links upward to.
    """
    if report.is_clean("key") and scheme.key != name:
        report.on(
            ("key",), "key_differs", f"The key is {scheme.key!r}, but the file is named {name!r}; make them the same."
        )
    _check_stages(scheme, report)
    _check_weights(scheme, report)
    _check_scoring(scheme, report)
    _check_committee(scheme, report)
    _check_certificate(scheme, report)
    for category in scheme.categories:
        _check_category(category, criteria, report)
    if not scheme.categories and report.is_clean("categories"):
        report.on(("categories",), "no_categories", "The scheme has no category; add at least one.")
    _check_joint_seats(scheme, report)
    if report.is_clean("scoring") and scheme.scoring.sector_seats != "fixed":
        message = "Seats are not shared over the sectors by their number; give each sector its seats and write fixed."
        report.on(("scoring", "sector_seats"), "rule_unapplied", message)
    if scheme.recommends and not scheme.upward and report.is_clean("result") and report.is_clean("upward"):
        message = "A recommendation goes to an award of a higher tier; name it under upward, or write award."
        report.on(("result",), "recommends_nowhere", message)
    check_upward(scheme, name, links, report)
    _check_ties(scheme, criteria, report)


def _check_stages(scheme: Scheme, report: Report) -> None:
    if not report.is_clean("stages"):
        return
    kinds = [stage.kind for stage in scheme.stages]
    for stage in scheme.stages:
        path = ("stages", stage.kind)
        if stage.kind not in KINDS:
            report.on(
                (*path, "kind"), "stage_unknown", f"{stage.kind!r} is no kind of stage; {suggestion(stage.kind, KINDS)}"
            )
        elif stage.held == "paper" and stage.kind not in ON_PAPER:
            message = f"Stage {stage.kind!r} cannot be held on paper; only {listing(ON_PAPER)} can."
            report.on((*path, "held"), "stage_not_on_paper", message)
        elif stage.held == "system" and stage.kind in ON_PAPER:
            message = f"Stage {stage.kind!r} has no tool in the system yet; hold it on paper."
            report.on((*path, "held"), "stage_without_tool", message)
    missing = [kind for kind in NEEDED if kind not in kinds]
    if missing:
        report.on(("stages",), "stage_missing", f"The stages lack {listing(missing)}; add what is missing.")
    _check_order(kinds, report)
    _check_withdrawal(scheme, kinds, report)


def _check_order(kinds: list[str], report: Report) -> None:
    for index, kind in enumerate(kinds):
        late = [before for before in MUST_FOLLOW.get(kind, ()) if before in kinds[index + 1 :]]
        if kind == "setup" and index > 0:
            _misplaced(kind, "it must be the first stage", report)
        elif kind == "archive" and index < len(kinds) - 1:
            _misplaced(kind, "it must be the last stage", report)
        elif late:
            _misplaced(kind, f"it stands before {listing(late)}, but must follow", report)


def _misplaced(kind: str, why: str, report: Report) -> None:
    report.on(("stages", kind, "kind"), "stage_order", f"Stage {kind!r} cannot stand here: {why}; move it.")


def _check_withdrawal(scheme: Scheme, kinds: list[str], report: Report) -> None:
    path = ("application", "withdraw_until")
    until = scheme.application.withdraw_until
    if not report.is_clean(*path):
        return
    if until not in kinds:
        report.on(path, "withdraw_stage", f"The scheme has no stage {until!r}; {suggestion(until, kinds)}")
    elif "apply" in kinds and kinds.index(until) < kinds.index("apply"):
        report.on(path, "withdraw_stage", f"Nobody has applied by stage {until!r}; name 'apply' or a later one.")


def _check_weights(scheme: Scheme, report: Report) -> None:
    if not report.is_clean("stages"):
        return
    weighted = [stage for stage in scheme.stages if stage.weight_hundredths is not None]
    for stage in weighted:
        if stage.kind not in GIVES_SCORE:
            message = f"Stage {stage.kind!r} gives no score; its weight must be none."
            report.on(("stages", stage.kind, "weight"), "weight_unused", message)
    total = sum(stage.weight_hundredths or 0 for stage in weighted)
    if total != 10_000:
        message = f"The weights of the stages make {total / 100:g} %; together they must make 100 %."
        report.on(("stages", weighted[-1].kind, "weight") if weighted else ("stages",), "weights_sum", message)


def _check_scoring(scheme: Scheme, report: Report) -> None:
    scoring = scheme.scoring
    if not report.is_clean("scoring"):
        return
    if scoring.method == "drop" and scoring.drop == 0:
        report.on(
            ("scoring", "drop"), "drop_differs", "The method is 'drop', but 0 sheets are dropped; drop 1 or more."
        )
    if scoring.method != "drop" and scoring.drop > 0:
        message = f"The method {scoring.method!r} drops no sheets; write 0, or choose the method 'drop'."
        report.on(("scoring", "drop"), "drop_differs", message)
    if scoring.minimum_sheets < 2 * scoring.drop + 1:
        message = (
            f"With {scoring.drop} dropped at each end, {2 * scoring.drop + 1} sheets are needed; raise the number."
        )
        report.on(("scoring", "minimum_sheets"), "too_few_sheets", message)
    if scoring.method != "weighted_mean" and scoring.leader_weight != 1:
        message = "A leader's sheet can count more only with the method 'weighted_mean'; write 1."
        report.on(("scoring", "leader_weight"), "weight_unused", message)
    if report.is_clean("panel", "size") and scheme.panel.size < scoring.minimum_sheets:
        message = f"A panel of {scheme.panel.size} cannot give the {scoring.minimum_sheets} sheets that scoring needs; enlarge it."
        report.on(("panel", "size"), "panel_too_small", message)


def _check_committee(scheme: Scheme, report: Report) -> None:
    if not report.is_clean("stages") or not report.is_clean("vote"):
        return
    meets = any(stage.kind == "deliberate" for stage in scheme.stages)
    if meets and scheme.vote is None:
        report.on(("vote",), "vote_differs", "A committee deliberates, but its vote is none; say how it votes.")
    if scheme.vote is not None and scheme.vote.more_than and scheme.vote.passes[0] == scheme.vote.passes[1]:
        report.on(("vote", "more_than"), "vote_impossible", "Nobody gets more than all votes; write more_than: no, or a smaller share.")
    if not meets and scheme.vote is not None:
        report.on(("vote",), "vote_differs", "There is no stage 'deliberate' to vote in; add it, or write vote: none.")


def _check_certificate(scheme: Scheme, report: Report) -> None:
    path = ("certificate", "number")
    if scheme.certificate is None or not report.is_clean(*path):
        return
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(scheme.certificate.number) if name is not None]
    except ValueError:
        names = []
    if sorted(names) != ["serial", "year"]:
        message = "The number of certificates must hold {year} and {serial} once each, and nothing else in braces."
        report.on(path, "number_pattern", message)


def _check_category(category: CategoryRules, criteria: Mapping[str, Criteria | None], report: Report) -> None:
    path: Path = ("categories", category.key)
    if not report.is_clean(*path):
        return
    if category.criteria not in criteria:
        message = f"There is no file {category.criteria!r} in rubrics/criteria; {suggestion(category.criteria, sorted(criteria))}"
        report.on((*path, "criteria"), "criteria_missing", message)
    if not category.quotas:
        report.on((*path, "quotas"), "no_quotas", "This category has no quota; add at least one grade.")
    rules = criteria.get(category.criteria)
    better: Quota | None = None
    for quota in category.quotas:
        _check_quota(quota, category, rules, (*path, "quotas", quota.grade), report)
        if better and (quota.minimum_hundredths or 0) > (better.minimum_hundredths or 0):
            message = (
                f"This minimum is higher than that of the better grade {better.grade!r}; list the best grade first."
            )
            report.on((*path, "quotas", quota.grade, "minimum"), "minimum_order", message)
        better = quota


def _check_quota(quota: Quota, category: CategoryRules, rules: Criteria | None, path: Path, report: Report) -> None:
    for field, shares in (("per_sector", quota.per_sector), ("at_least_sector", quota.at_least_sector)):
        for sector, seats in shares.items():
            if sector not in category.sectors:
                hint = suggestion(sector, sorted(category.sectors))
                report.on((*path, field, sector), "sector_unknown", f"{sector!r} is no sector of this category; {hint}")
            if seats > quota.seats:
                message = f"{seats} seats for one sector are more than the {quota.seats} of the grade; lower them."
                report.on((*path, field, sector), "quota_sum", message)
    for sector, kept in quota.at_least_sector.items():
        if kept > quota.per_sector.get(sector, kept):
            message = (
                f"{kept} seats are kept for {sector!r}, which may have {quota.per_sector[sector]} at most; correct one."
            )
            report.on((*path, "at_least_sector", sector), "quota_sum", message)
    _check_seats(quota, category, path, report)
    if rules is not None and (quota.minimum_hundredths or 0) > rules.total * 100:
        message = f"The minimum is above the {rules.total} points that the criteria give; lower it."
        report.on((*path, "minimum"), "minimum_too_high", message)


def _check_seats(quota: Quota, category: CategoryRules, path: Path, report: Report) -> None:
    kept = sum(quota.at_least_sector.values())
    if kept > quota.seats:
        message = f"{kept} seats are kept for sectors, but the grade has {quota.seats}; correct one of them."
        report.on((*path, "at_least_sector"), "quota_sum", message)
    open_seats = sum(quota.per_sector.values())
    if category.sectors and set(quota.per_sector) == set(category.sectors) and open_seats < quota.seats:
        message = f"The sectors may have {open_seats} seats together, so {quota.seats} can never be filled; correct one of them."
        report.on((*path, "per_sector"), "quota_sum", message)
    if quota.at_least_small:
        message = "No application says how large its organisation is, so seats for small ones cannot be kept; write 0."
        report.on((*path, "at_least_small"), "rule_unapplied", message)


def _check_joint_seats(scheme: Scheme, report: Report) -> None:
    grades = sorted({quota.grade for category in scheme.categories for quota in category.quotas})
    for grade in scheme.joint_seats:
        if grade not in grades and report.is_clean("categories"):
            report.on(
                ("joint_seats", grade),
                "grade_unknown",
                f"No category has a grade {grade!r}; {suggestion(grade, grades)}",
            )


def _check_ties(scheme: Scheme, criteria: Mapping[str, Criteria | None], report: Report) -> None:
    if not report.is_clean("scoring", "ties"):
        return
    used = {category.criteria for category in scheme.categories}
    for index, tie in enumerate(scheme.scoring.ties):
        for name in sorted(used):
            rules = criteria.get(name)
            if rules is not None and tie not in (known := _tie_words(rules)):
                message = f"{tie!r} cannot break ties under the criteria {name!r}; {suggestion(tie, known)}"
                report.on(("scoring", "ties", str(index)), "tie_unknown", message)
        if tie in scheme.scoring.ties[:index]:
            report.on(("scoring", "ties", str(index)), "tie_twice", f"{tie!r} stands in the chain twice; remove one.")


def _tie_words(criteria: Criteria) -> list[str]:
    words = ["results"] if any(category.is_result for category in criteria.categories) else []
    words += [f"category:{category.key}" for category in criteria.categories]
    return words + [f"item:{item.key}" for item in criteria.items()]
