"""A scheme in the name of who runs a round by it: one file may serve many governments, as all counties of a city. Pure."""

from dataclasses import replace

from award.regulations.model import Scheme, Text


def in_the_name_of(scheme: Scheme, authority: Text, award: Text) -> Scheme:
    """The scheme with this authority and award wherever its texts name its own: issuer, office, grades, certificates.

    A scheme that is written for this authority and award comes back as it was.
    """

    def named(text: Text) -> Text:
        zh = text.zh.replace(scheme.authority.zh, authority.zh).replace(scheme.award.zh, award.zh)
        en = text.en.replace(scheme.authority.en, authority.en).replace(scheme.award.en, award.en)
        return Text(zh, en)

    form = scheme.certificate
    number = form.number.replace(scheme.award.zh, award.zh.replace("{", "").replace("}", "")) if form else ""
    certificate = form and replace(form, number=number, wording=named(form.wording))
    categories = tuple(
        replace(category, quotas=tuple(replace(quota, name=named(quota.name)) for quota in category.quotas))
        for category in scheme.categories
    )
    return replace(
        scheme, authority=authority, award=award, issuer=named(scheme.issuer), office=named(scheme.office),
        categories=categories, certificate=certificate,
    )  # fmt: skip
