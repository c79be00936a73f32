"""The second part: registering, claiming, writing, submitting, and what the office does with what came."""

from collections.abc import Callable
from re import search

from award.applications.check import parts_of
from award.applications.facts import facts_of
from award.regulations.loader import shipped_criteria, shipped_schemes
from tests.journey.founding import advance, cannot_advance, option
from tests.journey.story import AUTHORITY, STAGES, Entry, Story, pdf
from tests.journey.visitor import Upload, Value, Visitor, faults, link, link_beside, links, says, soup, words

PARTS = [
    one.key for one in parts_of(shipped_criteria()["gbt19580-2012"], shipped_schemes()["anhui-province"].application)
]
VALUES = {
    "year": "2016", "number": "860", "money": "12850.50", "signed": "-320", "phone": "0551-62991234", "mail": "a@anfeng.example",
    "industry": "C3670", "choice": "large",
}  # fmt: skip
DECLARATIONS = {"true": True, "clean": True, "secrets": True, "check": True}
Write = Callable[[Visitor, Entry, str], None]
"""Writes one part of an application."""


def text_of(entry: Entry, part: str) -> str:
    """What an applicant writes; it refers to its first piece of evidence."""
    return f"{entry.name}在{part}方面每季度评审一次方法与结果，近三年持续改进，证据见 E-1。" * 3


def register(story: Story, entry: Entry) -> None:
    """Somebody sets up an account and claims his organisation; a code with a wrong check character is told."""
    visitor = story.world.visitor("")
    visitor.open("/register")
    visitor.send("/register", {"name": entry.contact, "email": entry.email})
    visitor = entry.visitor = story.world.set_password(entry.email)
    visitor.open("/office", expect=403)
    visitor.open("/apply/organisation")
    chosen = option(visitor, "authority", AUTHORITY[visitor.language == "en"])
    licence = pdf("licence.pdf", width=500 + ord(entry.code[5]))
    claim: dict[str, Value] = {"authority": chosen, "organisation_name": entry.name, "licence": licence}
    wrong = entry.code[:-1] + ("A" if entry.code[-1] != "A" else "B")
    visitor.send("/apply/organisation", {**claim, "credit_code": wrong}, expect=422)
    assert len(faults(visitor)) == 1
    visitor.send("/apply/organisation", {**claim, "credit_code": entry.code})
    assert entry.code in words(visitor)


def confirm_claim(story: Story, entry: Entry) -> None:
    """The office looks at the licence and confirms the claim."""
    office = story["office"]
    office.open("/office/claims")
    path = link_beside(office, entry.name)
    office.open(path)
    assert office.download(f"{path}/licence").startswith(b"%PDF")
    office.send(path, {"decision": "confirm"})


def begin(story: Story, entry: Entry) -> None:
    """The application is begun once every condition is ticked."""
    visitor = entry.browser()
    visitor.open("/apply")
    form = link(visitor, f"/apply/rounds/{story.round}/organisation")
    visitor.open(form)
    visitor.send(form, expect=422)
    boxes = [str(one["name"]) for one in soup(visitor).select("input[type=checkbox]")]
    assert len(faults(visitor)) == len(boxes) > 5
    visitor.send(form, dict.fromkeys(boxes, True))
    entry.path = visitor.path


def write(entry: Entry, by_hand: dict[str, Write] | None = None) -> None:
    """Facts by their form, one part by its form, the others posted; by_hand: parts that are written in another way."""
    visitor = entry.browser()
    visitor.open(f"{entry.path}/profile")
    visitor.send(
        f"{entry.path}/profile", {one.key: VALUES.get(one.kind, "见说明") for one in facts_of(2026, "organisation")}, button="save"
    )
    ways = {PARTS[0]: by_form, **(by_hand or {})}
    for part in PARTS:
        ways.get(part, by_post)(visitor, entry, part)


def by_form(visitor: Visitor, entry: Entry, part: str) -> None:
    """By the page's own form; going back one window later, both texts are shown and nothing is lost."""
    path = f"{entry.path}/items/{part}"
    visitor.open(path)
    visitor.send(path, {"text": "早先的一稿", "is_done": "no"}, button="save")
    visitor.send(path, {"text": text_of(entry, part), "is_done": "yes"}, button="next")
    assert visitor.path == f"{entry.path}/items/{PARTS[PARTS.index(part) + 1]}"
    visitor.quick(path, {"version": "1", "text": "另一窗口的文字", "is_done": "yes", "act": "save"}, expect=412)


def by_post(visitor: Visitor, entry: Entry, part: str) -> None:
    """As the form would send it."""
    path, text = f"{entry.path}/items/{part}", text_of(entry, part)
    visitor.quick(path, {"version": "0", "text": text, "is_done": "yes", "act": "save"})


def give_evidence(entry: Entry) -> None:
    """A text that is no PDF is refused; a PDF of 60 pages becomes E-1."""
    visitor = entry.browser()
    visitor.open(f"{entry.path}/check")
    assert visitor.path.endswith("/check")
    assert links(visitor, f"{entry.path}/items/")
    visitor.open(f"{entry.path}/evidence")
    visitor.send(f"{entry.path}/evidence", {"file": Upload("年度质量报告.pdf", b"not a PDF")}, expect=422)
    visitor.send(f"{entry.path}/evidence", {"file": pdf("年度质量报告.pdf", 60, 595 + ord(entry.code[5]))})
    assert "E-1" in words(visitor)


def submit(story: Story, entry: Entry) -> None:
    """Nothing is missing; the declarations are needed; pressed twice there is one receipt, and one mail with its number."""
    visitor = entry.browser()
    visitor.open(f"{entry.path}/check")
    says(visitor, "Nothing is missing. You can submit the application.")
    visitor.open(f"{entry.path}/submit")
    visitor.send(f"{entry.path}/submit", {**DECLARATIONS, "clean": False}, expect=422)
    assert len(faults(visitor)) == 1
    visitor.send(f"{entry.path}/submit", DECLARATIONS)
    receipt = words(visitor)
    visitor.press_again()
    assert visitor.path == f"{entry.path}/receipt"
    assert words(visitor) == receipt
    number = search(r"2026-[A-Z0-9]{6}", receipt)
    assert number is not None
    assert number[0] in story.world.letter(entry.email)
    visitor.quick(f"{entry.path}/items/{PARTS[0]}", {"version": "2", "text": "改一改", "act": "save"}, expect=409)


def late(story: Story, entry: Entry) -> None:
    """Whoever has not submitted when the clock strikes is too late, whatever page he has open; his text is still there."""
    visitor, path = entry.browser(), f"{entry.path}/items/{PARTS[0]}"
    visitor.open(path)
    visitor.quick(path, {"version": "0", "text": "赶在截止之前", "act": "save"})
    cannot_advance(story, "The deadline has passed")
    story.world.until(STAGES["accept"][0], 0)
    visitor.quick(path, {"version": "1", "text": "晚了", "act": "save"}, expect=409)
    visitor.quick(f"{entry.path}/submit", dict.fromkeys(DECLARATIONS, "1"), expect=409)
    visitor.open(path)
    assert "赶在截止之前" in words(visitor)
    advance(story)


def accept(story: Story) -> None:
    """One is accepted; the other is returned, corrected and accepted. Nobody reads what is not his."""
    accept_first(story)
    return_second(story)
    correct_second(story)
    story.world.until(STAGES["assign"][0])
    advance(story)


def accept_first(story: Story) -> None:
    """The office reads what was submitted and accepts it."""
    office, first = story["office"], story.first
    cannot_advance(story, "Every application is decided on")
    office.open(f"/office/applications/{first.id}")
    assert text_of(first, PARTS[3])[:20] in words(office)
    office.send(f"/office/applications/{first.id}/accept")


def return_second(story: Story) -> None:
    """The office says what is open; until it is mended the application cannot be accepted."""
    office, second = story["office"], story.second
    office.open(f"/office/applications/{second.id}")
    returning = f"/office/applications/{second.id}/return"
    office.send(returning, {"point-4.7.4": "请补充近三年资产负债率。"})
    office.quick(f"/office/applications/{second.id}/accept", {}, expect=409)


def correct_second(story: Story) -> None:
    """The applicant mends it and hands it in again; then it is accepted."""
    office, first, second = story["office"], story.first, story.second
    visitor = second.browser()
    visitor.open(f"{second.path}/corrections")
    assert "资产负债率" in words(visitor)
    visitor.open(f"{second.path}/items/4.7.4")
    more = text_of(second, "4.7.4") + "近三年资产负债率为 52.1%、49.8%、47.6%。"
    visitor.send(f"{second.path}/items/4.7.4", {"text": more, "is_done": "yes"}, button="save")
    visitor.open(f"{second.path}/submit")
    visitor.send(f"{second.path}/submit", DECLARATIONS)
    office.open(f"/office/applications/{second.id}")
    assert "49.8%" in words(office)
    office.send(f"/office/applications/{second.id}/accept")
    visitor.open(first.path, expect=404)
    visitor.open(f"{story.base}/applications", expect=403)
