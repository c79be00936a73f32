"""What the application book says: everything that was submitted, with its receipt."""

from typing import cast

from sqlalchemy.orm import Session

from award.accounts.queries import names_of
from award.applications.check import PROFILE, parts_of
from award.applications.facts import HEADINGS, NOMINEE, fact_groups, facts_of, shown_value
from award.applications.facts import Fact as Field
from award.applications.models import Application, Submission
from award.applications.queries import Content, content_of
from award.applications.service.submitting import DECLARATIONS
from award.kernel.audit.queries import place_of
from award.kernel.events import Event
from award.kernel.i18n import N_, format_day, format_moment, translate
from award.press.records import BookCategory, BookPart, BookView, EvidenceLine, FactTable, Head, Receipt
from award.press.views import Fact, Language
from award.regulations.model import Scheme
from award.rounds.queries import criteria_of, title_of

SIGNS_TOO = {
    "individual": (NOMINEE, N_("The individual entered, {name} (signature)")),
    "team": ("nominee_leader", N_("Leader of the team, {name} (signature)")),
}
"""Who signs besides the organisation, by category: the fact that names him, and the caption of his box."""


def head_of(session: Session, application: Application, language: str) -> Head:
    """What every paper of an application says about itself."""
    scheme = application.round.scheme
    criteria = criteria_of(session, application.round, application.category)
    return Head(
        cast(Language, language), scheme.award.in_language(language), title_of(application.round).in_language(language),
        application.number or "", application.entrant, scheme.office.in_language(language),
        criteria.name.in_language(language),
    )  # fmt: skip


def book_view(session: Session, application: Application, submission: Submission, language: str) -> BookView:
    """A submission as a book; what the applicant wrote stays as it was written."""
    scheme = application.round.scheme
    criteria = criteria_of(session, application.round, application.category)
    content = content_of(submission)
    limits = {one.key: one.limit for one in parts_of(criteria, scheme.application)}

    def part(key: str, number: str, name: str, points: int | None) -> BookPart:
        return BookPart(number, name, points, content.parts.get(key, ""), limits[key])

    day = application.round.award.authority.day_of(submission.submitted_at)
    return BookView(
        head=head_of(session, application, language),
        facts_title=translate(language, HEADINGS[application.category].facts),
        profile_title=translate(language, HEADINGS[application.category].profile),
        submitted_on=format_day(language, day),
        cover=_cover(content, application, scheme, language),
        declared_by=content.organisation["name"],
        declarations=tuple(translate(language, DECLARATIONS[key]) for key in DECLARATIONS if key in content.declarations),
        facts=_facts(content, application.round.year, application.category, language),
        profile=tuple(part(PROFILE + one.key, "", one.name.in_language(language), None) for one in criteria.profile),
        categories=tuple(
            BookCategory(
                one.number, one.name.in_language(language), one.points,
                tuple(part(item.key, item.number, item.name.in_language(language), item.points) for item in one.items),
            )
            for one in criteria.categories
        ),
        evidence=tuple(
            EvidenceLine(one.code, one.title, one.name, one.pages, one.sha256) for one in content.evidence
        ),
        receipt=_receipt(session, application, submission, language),
        signs_too=_signs_too(content, application.category, language),
    )  # fmt: skip


def _signs_too(content: Content, category: str, language: str) -> str:
    if category not in SIGNS_TOO:
        return ""
    fact, caption = SIGNS_TOO[category]
    return translate(language, caption, {"name": content.profile.get(fact, "")})


def _cover(content: Content, application: Application, scheme: Scheme, language: str) -> tuple[Fact, ...]:
    rules = scheme.category(application.category)
    sector = rules.sectors.get(application.sector)
    nominee = next((one for one in facts_of(application.round.year, application.category) if one.key == NOMINEE), None)
    values = (
        (N_("Applicant"), content.organisation["name"]),
        (nominee.label if nominee else "", content.profile.get(NOMINEE, "")),
        (N_("Unified social credit code"), content.organisation["credit_code"]),
        (N_("Category"), rules.name.in_language(language)),
        (N_("Sector"), sector.in_language(language) if sector else ""),
        (N_("Application number"), application.number or ""),
        (N_("Contact person"), content.profile.get("contact_name", "")),
        (N_("Telephone"), content.profile.get("contact_phone", "")),
    )
    return tuple(Fact(translate(language, label), value) for label, value in values if value)


def _facts(content: Content, year: int, category: str, language: str) -> tuple[FactTable, ...]:
    def shown(fact: Field, value: str) -> str:
        choices = dict(fact.choices)
        return translate(language, choices[value]) if value in choices else shown_value(fact, value)

    return tuple(
        FactTable(
            translate(language, group.title),
            tuple(
                Fact(
                    translate(language, one.label, one.params),
                    shown(one, content.profile.get(one.key, "")),
                )
                for one in group.facts
            ),
        )
        for group in fact_groups(year, category)
    )


def _receipt(session: Session, application: Application, submission: Submission, language: str) -> Receipt:
    event = Event.APPLICATION_SUBMITTED if submission.number == 1 else Event.APPLICATION_RESUBMITTED
    place = place_of(session, event, f"application:{application.public_id}")
    zone = application.round.award.authority.zone
    return Receipt(
        format_moment(language, submission.submitted_at, zone, with_zone=True),
        names_of(session, [submission.submitted_by]).get(submission.submitted_by, ""),
        submission.number, submission.sha256, f"{place.stream} · {place.seq} · {place.link}" if place else "",
    )  # fmt: skip
