"""What the office's page and the leader's have in common: why a sheet is returned, as it is typed and as it is read."""

from award.judging.models import Sheet
from award.judging.service.returning import LEADER, OFFICE
from award.kernel import i18n
from award.kernel.errors import FieldError, Invalid
from award.kernel.i18n import N_
from award.kernel.web.forms import SubmittedForm

REASONS = {
    "form": N_("A formal fault, for example comments under the wrong item"),
    "words": N_("Wording that may not go to an applicant"),
    "asked": N_("The judge asked for it"),
}
"""Why a sheet may be returned. Source: security.md T5: who returns it cannot see values, so a reason is never a value."""
SAID = {
    OFFICE: N_("The award office returned this sheet: {reason}"),
    LEADER: N_("The leader of the panel returned this sheet: {reason}"),
}


def choices(language: str) -> list[tuple[str, str]]:
    """The reasons to choose from."""
    return [(key, i18n.translate(language, text)) for key, text in REASONS.items()]


def reason_of(form: SubmittedForm, language: str) -> str:
    """The reason as it was chosen and written. Raises Invalid."""
    code, text = form.get("code"), form.text("reason", required=False, longest=500, lines=True)
    form.check()
    faults = [] if code in REASONS else [FieldError("code", N_("Choose why the sheet is returned."))]
    if not text:
        faults.append(FieldError("reason", N_("Say what is to be corrected; the judge reads it.")))
    if faults:
        raise Invalid(faults)
    return i18n.translate(language, N_("{why}: {text}"), {"why": i18n.translate(language, REASONS[code]), "text": text})


def typed_in(form: SubmittedForm, sheet: str) -> dict[str, str]:
    """What was entered for a sheet, to be shown again."""
    return {"sheet": sheet, "code": form.get("code"), "reason": form.get("reason")}


def said(language: str, sheet: Sheet | None) -> str:
    """Who gave a sheet back, and why; "" where it is not returned."""
    if sheet is None or sheet.state != "returned":
        return ""
    return i18n.translate(language, SAID[sheet.returned_by], {"reason": sheet.returned_reason})
