"""What the public notice and the published result say: frozen content for the public pages, a view for the paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from award.kernel.i18n import N_, format_day, translate
from award.press.views import NoticeTable, NoticeView, Paragraph
from award.regulations.model import Scheme, Text
from award.results.models import Approval, ResultLine
from award.rounds.models import Round
from award.rounds.queries import public_title, title_of
from award.stages import Kind

REVIEWING = frozenset({
    Kind.APPLY, Kind.RECOMMEND, Kind.ACCEPT, Kind.OPINIONS, Kind.SCORE, Kind.CONSENSUS, Kind.SITE, Kind.INTERVIEW,
    Kind.DELIBERATE,
})  # fmt: skip
"""The stages a notice tells the public about."""
NOTICE_TITLE = N_("Public notice of the candidates of the {round}")
NOTICE_TEXT = (
    N_("Following its rules, the review of the {round} has been completed: {stages}. "
       "The {count} candidates are hereby put on public notice."),
    N_("The notice runs for {days} {unit}, from {first} to {last}. During this time any organisation or person may "
       "object in writing, stating facts and grounds; whoever objects is asked to give a name and a way to be reached."),
    N_("Objections are received by: {contact}"),
)  # fmt: skip
"""What the paper and the public page both say."""
CORRECTION_TITLE = N_("Corrected public notice of the candidates of the {round}")
CORRECTION_TEXT = N_(
    "The public notice {number} of {on} on the {round} is corrected: {reason}. The {count} candidates are now the following."
)
CORRECTED_ANEW = N_(
    "Newly named: {names}. They are on notice for the full {days} {unit}, and the period runs anew from {first} to {last}. "
    "During this time any organisation or person may object in writing, stating facts and grounds; whoever objects is asked "
    "to give a name and a way to be reached."
)
CORRECTED_ONLY = N_(
    "Nobody is named newly, so the period stays as it was, from {first} to {last}. During this time any organisation or "
    "person may object in writing, stating facts and grounds; whoever objects is asked to give a name and a way to be reached."
)
"""What a notice says instead where it corrects another."""
NOTICE_COLUMNS = (N_("No."), N_("Name"), N_("Proposed award"))
RECOMMENDING: Mapping[str, str] = {
    NOTICE_TITLE: N_("Public notice of those to be recommended in the {round}"),
    NOTICE_TEXT[0]: N_("Following its rules, the review of the {round} has been completed: {stages}. "
                       "Those who are to be recommended, {count} in all, are hereby put on public notice."),
    NOTICE_COLUMNS[2]: N_("Proposed recommendation"),
    CORRECTION_TITLE: N_("Corrected public notice of those to be recommended in the {round}"),
    CORRECTION_TEXT: N_("The public notice {number} of {on} on the {round} is corrected: {reason}. "
                        "Those to be recommended, {count} in all, are now the following."),
}  # fmt: skip
"""What notices say instead where the scheme decides whom it recommends, and gives no award."""
ON_A_LINE = 15
"""Characters of a grade that fit in half of the table."""
UNITS = {"working": N_("working days"), "calendar": N_("calendar days")}
Decided = Mapping[str, Sequence[ResultLine]]


def told(text: str, *, recommends: bool) -> str:
    """A sentence of a notice as it is said of an award, or of a recommendation."""
    return RECOMMENDING.get(text, text) if recommends else text


def both(text: Text) -> dict[str, str]:
    """A text in both languages as content of a snapshot."""
    return {"zh": text.zh, "en": text.en}


def reviewed(scheme: Scheme) -> list[Text]:
    """The stages that notices, decisions and announcements name, as the public knows them."""
    return [public_title(stage) for stage in scheme.stages if stage.kind in REVIEWING]


@dataclass(frozen=True)
class Winner:
    """One chosen organisation. name_en: "" where it has no English name."""

    application: str
    name: str
    sector: str
    sector_name: Text | None
    name_en: str = ""


@dataclass(frozen=True)
class Group:
    """The chosen ones of one grade in one category, by rank; names only, no figures."""

    category: str
    category_name: Text
    grade: str
    grade_name: Text
    money: int
    winners: tuple[Winner, ...]


def groups_of(scheme: Scheme, decided: Decided) -> list[Group]:
    """All groups that have winners, in the order of categories and best grade first."""
    found = []
    for rules in scheme.categories:
        for quota in rules.quotas:
            lines = [line for line in decided.get(rules.key, ()) if line.decided_grade == quota.grade]
            if lines:
                winners = tuple(_winner(line, rules.sectors) for line in sorted(lines, key=_by_rank))
                found.append(Group(rules.key, rules.name, quota.grade, quota.name, quota.money, winners))
    return found


def table_of(columns: Sequence[str], groups: Sequence[Group]) -> NoticeTable:
    """The chosen ones as an official paper lists them: number, name, grade.

    The longest grade has room for one line, to half of the table; beyond, for lines as long as each other, so that no
    single character stands alone. A character of the table takes 14 pt of 156 mm, and a cell 4 mm beside its text:
    GB/T 9704 in notice.css.
    """
    longest = max((len(one.grade_name.zh) for one in groups), default=0)
    longest = ceil(longest / max(ceil(longest / ON_A_LINE), 1))
    width = min(52, max(20, ceil((longest * 14 * 25.4 / 72 + 5) / 156 * 100)))
    rows = [(winner.name, one.grade_name.zh) for one in groups for winner in one.winners]
    numbered = tuple((str(at), *row) for at, row in enumerate(rows, start=1))
    return NoticeTable(tuple(columns), (10, 90 - width, width), numbered)


def _by_rank(line: ResultLine) -> int:
    return line.rank or 0


def _winner(line: ResultLine, sectors: Mapping[str, Text]) -> Winner:
    application = line.application
    return Winner(
        application.public_id, application.entrant, application.sector, sectors.get(application.sector), application.entrant_en
    )


def _groups_content(groups: Sequence[Group]) -> list[dict[str, object]]:
    return [
        {
            "category": group.category,
            "category_name": both(group.category_name),
            "grade": group.grade,
            "grade_name": both(group.grade_name),
            "money": group.money,
            "winners": [
                {
                    "application": winner.application,
                    "name": winner.name,
                    "name_en": winner.name_en,
                    "sector": winner.sector,
                    "sector_name": both(winner.sector_name) if winner.sector_name else None,
                }
                for winner in group.winners
            ],
        }
        for group in groups
    ]


@dataclass(frozen=True)
class Correction:
    """What a notice corrects. notice: public id of the snapshot; added: names that the corrected notice did not have."""

    notice: str
    document_number: str
    published_on: date
    reason: str
    added: tuple[str, ...]


@dataclass(frozen=True)
class NoticeWords:
    """What a notice says besides the candidates. Both days count."""

    document_number: str
    first_day: date
    last_day: date
    contact: str
    correction: Correction | None = None


def notice_content(round_: Round, scheme: Scheme, decided: Decided, words: NoticeWords) -> dict[str, object]:
    """The notice as the public page shows it."""
    corrected = words.correction
    content: dict[str, object] = {
        "round": round_.public_id,
        "title": both(title_of(round_)),
        "document_number": words.document_number,
        "issuer": both(scheme.office),
        "first_day": str(words.first_day),
        "last_day": str(words.last_day),
        "days": scheme.notice.days,
        "unit": scheme.notice.unit,
        "real_name": scheme.notice.real_name,
        "contact": words.contact,
        "zone": round_.award.authority.zone,
        "stages": [both(one) for one in reviewed(scheme)],
        "result": scheme.result,
        "groups": _groups_content(groups_of(scheme, decided)),
    }
    if corrected is not None:
        content["corrects"] = {
            "notice": corrected.notice, "document_number": corrected.document_number, "reason": corrected.reason,
            "published_on": str(corrected.published_on), "added": list(corrected.added),
        }  # fmt: skip
    return content


def result_content(
    round_: Round, scheme: Scheme, decided: Decided, approval: Approval, revoked: Mapping[str, date] | None = None
) -> dict[str, object]:
    """The result as the public page shows it. revoked: public id of an application -> day its award was revoked."""
    return {
        "round": round_.public_id,
        "title": both(title_of(round_)),
        "award": both(round_.award.name),
        "year": round_.year,
        "issuer": both(scheme.issuer),
        "approved_by": approval.approved_by,
        "document_number": approval.document_number,
        "approved_on": str(approval.approved_on),
        "zone": round_.award.authority.zone,
        "groups": _groups_content(groups_of(scheme, decided)),
        "revoked": {key: str(day) for key, day in (revoked or {}).items()},
        "result": scheme.result,
        "certificates": scheme.certificate is not None,
    }


def notice_view(round_: Round, scheme: Scheme, decided: Decided, words: NoticeWords, now: datetime) -> NoticeView:
    """The paper after GB/T 9704, in Chinese."""
    groups = groups_of(scheme, decided)
    facts: dict[str, object] = {
        "round": title_of(round_).zh, "count": sum(len(one.winners) for one in groups),
        "days": scheme.notice.days, "unit": translate("zh", UNITS[scheme.notice.unit]),
        "first": format_day("zh", words.first_day), "last": format_day("zh", words.last_day), "contact": words.contact,
        "stages": [one.zh for one in reviewed(scheme)],
    }  # fmt: skip
    title = told(CORRECTION_TITLE if words.correction else NOTICE_TITLE, recommends=scheme.recommends)
    return NoticeView(
        issuer_mark=scheme.office.zh,
        document_number=words.document_number,
        title=_title_lines(translate("zh", title, facts), title_of(round_).zh),
        paragraphs=tuple(
            Paragraph(translate("zh", text, {**facts, **more}))
            for text, more in texts_of(words.correction, "zh", recommends=scheme.recommends)
        ),
        table=table_of([translate("zh", told(one, recommends=scheme.recommends)) for one in NOTICE_COLUMNS], groups),
        signatory=scheme.office.zh,
        dated=round_.award.authority.day_of(now),
    )


def texts_of(correction: Correction | None, language: str, *, recommends: bool = False) -> list[tuple[str, dict[str, object]]]:
    """The paragraphs of a notice with what fills them besides the facts of the round."""
    opening, period, contact = NOTICE_TEXT
    if correction is None:
        return [(told(opening, recommends=recommends), {}), (period, {}), (contact, {})]
    about: dict[str, object] = {
        "number": correction.document_number, "on": format_day(language, correction.published_on), "names": list(correction.added),
        "reason": correction.reason.rstrip("。."),
    }  # fmt: skip
    terms = CORRECTED_ANEW if correction.added else CORRECTED_ONLY
    return [(told(CORRECTION_TEXT, recommends=recommends), about), (terms, about), (contact, {})]


def _title_lines(title: str, round_title: str) -> tuple[str, ...]:
    """A title is broken where its sense breaks: after the name of the round (GB/T 9704-2012, 7.3.1)."""
    before, name, after = title.partition(round_title)
    return (before + name, after) if name and after else (title,)
