"""Whom a published round may send up to an award of a higher tier, in the form that authority takes applications in."""

from decimal import Decimal

from award.applications.facts import NOMINEE
from award.applications.service.importing import fields_of
from award.kernel.actor import Action
from award.kernel.errors import Conflict, NotFound
from award.kernel.i18n import N_
from award.kernel.sheets.importing import headings
from award.kernel.sheets.tables import Column, Kind
from award.office.exports.asked import Answer, Asked, Export
from award.office.exports.in_round import answer, page_of, round_of
from award.regulations.model import Scheme, Text
from award.results.models import ResultLine
from award.results.queries import decided_lines, hidden_from, publication_of
from award.rounds.schemes import tiers_above


def _nominees(asked: Asked) -> Answer:
    """The winners that were not revoked. The first columns are those of the higher round's table of applications on paper.

    Its day of receipt is left open: the office that takes the list in knows it.
    """
    round_ = round_of(asked, Action.RESULT_READ)
    tiers = {one.link.key: one for one in tiers_above(round_.scheme)}
    tier = tiers.get(asked.get("upward")) or next(iter(tiers.values()), None)
    if tier is None:
        raise NotFound
    if publication_of(asked.session, round_.id) is None:
        raise Conflict("result.unpublished", N_("Publish the result first; whom to send up follows from it."))
    above = tier.scheme or round_.scheme
    taken = headings(fields_of(above), asked.language)
    entered = asked.say(N_("Individual or team"))
    columns = (
        *(Column(title, width=24) for title in taken), *(() if entered in taken else (Column(entered, width=24),)),
        Column(asked.say(N_("Grade")), width=24),
        Column(asked.say(N_("Total (of 1000)")), Kind.HUNDREDTHS), Column(asked.say(N_("Nominated for")), width=24),
    )  # fmt: skip
    hidden = hidden_from(asked.session, asked.actor, round_)
    rows = [
        (
            *_as_imported(asked, above, round_.scheme, line), asked.tell(_grade(round_.scheme, line)), _points(line),
            asked.tell(tier.link.award),
        )
        for lines in decided_lines(asked.session, round_).values()
        for line in lines
        if line.application.state == "awarded" and line.application.public_id not in hidden
    ]  # fmt: skip
    return answer(asked, round_, columns, rows, len(rows))


def _as_imported(asked: Asked, above: Scheme, scheme: Scheme, line: ResultLine) -> tuple[str, ...]:
    """One application in the columns of the table it is imported from; whom it enters is the last, which not every table takes."""
    application = line.application
    rules = {str(one.key): one for one in above.categories}.get(application.category) or scheme.category(application.category)
    profile, organisation = application.profile, application.organisation
    return (
        organisation.credit_code, organisation.name, asked.tell(rules.name), asked.tell(rules.sectors.get(application.sector)), "",
        *(profile.get(key, "") for key in ("contact_name", "contact_phone", "contact_email", "contact_address")),
        profile.get(NOMINEE, ""),
    )  # fmt: skip


def _points(line: ResultLine) -> Decimal | None:
    return None if line.published is None else Decimal(line.published)


def _grade(scheme: Scheme, line: ResultLine) -> Text | None:
    quotas = scheme.category(line.application.category).quotas
    return next((one.name for one in quotas if one.grade == line.decided_grade), None)


EXPORTS = (
    Export("nominees", N_("Nominees for a higher award"), ("round", "upward"), page_of("/results/publish"), _nominees),
)
