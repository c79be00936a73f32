"""The first part of the journey: from the start link to a round that is open for applications."""

from urllib.parse import urlsplit

from award.accounts.service.first_start import make_start_link
from award.kernel.audit.trail import transaction
from tests.journey.story import AUTHORITY, AWARD, STAGES, Story
from tests.journey.visitor import Visitor, faults, link, says, soup, words
from tests.journey.world import PASSWORD

OFFICERS = {"office": ("林晓", "linxiao@anhui.example"), "colleague": ("陈静", "chenjing@anhui.example")}


def option(visitor: Visitor, field: str, text: str) -> str:
    """The value of the choice of a field whose text holds this."""
    found = [str(one["value"]) for one in soup(visitor).select(f'select[name="{field}"] option') if text in one.get_text()]
    assert found, (field, text)
    return found[0]


def start(story: Story) -> None:
    """The operator's link sets up one administrator, once; he enters the authority and sees no business data."""
    with transaction(story.world.engine) as session:
        address = make_start_link(session)
    path = urlsplit(address or "").path
    visitor = story.world.visitor("")
    visitor.open(path)
    who = {"name": "许静", "username": "xujing", "email": "xujing@anhui.example"}
    visitor.send(path, {**who, "password": "too-short", "password_again": "too-short"}, expect=422)
    assert faults(visitor)
    visitor.send(path, {**who, "password": PASSWORD, "password_again": PASSWORD})
    visitor.open(path, expect=404)
    admin = story.people["admin"] = story.world.sign_in("xujing")
    admin.open("/office", expect=403)
    admin.open("/admin/authorities")
    admin.send("/admin/authorities", {
        "name_zh": AUTHORITY[0], "name_en": AUTHORITY[1], "contact": "省评审办 林晓 0551-62990000", "division_code": "340000",
    })  # fmt: skip
    assert AUTHORITY[0] in words(admin)


def invite_office(story: Story) -> None:
    """The administrator invites two people of the award office; they set their passwords by the link of the mail."""
    admin = story["admin"]
    for who, (name, email) in OFFICERS.items():
        admin.open("/admin/invitations")
        place = option(admin, "place", AUTHORITY[0] if admin.language == "zh" else AUTHORITY[1])
        admin.send("/admin/invitations", {"name": name, "email": email, "role": "award_office", "place": place})
        visitor, path = story.world.visitor(""), story.world.link_in_letter(email)
        visitor.open(path)
        visitor.send(path, {"name": name, "password": PASSWORD, "password_again": PASSWORD})
        visitor.open(path, expect=404)
        story.people[who] = story.world.sign_in(email)
        story[who].open("/admin/people", expect=403)


def found_round(story: Story) -> None:
    """The office names the award, opens its eighth round by the scheme, and dates the stages."""
    office = story["office"]
    office.open("/office/rounds/new")
    named = {"award": "new", "name_zh": AWARD[0], "name_en": AWARD[1], "number": "8", "year": "2026"}
    office.send("/office/rounds/new", {**named, "scheme": "anhui-province"})
    story.round = office.path.split("/")[3]
    office.open(f"{story.base}/scheme")
    assert "皖政〔2018〕21号" in words(office)
    office.open(f"{story.base}/stages")
    says(office, "The call is published")
    assert soup(office).select_one(f'form[action="{story.base}/advance"] button[disabled]') is not None
    office.open(f"{story.base}/calendar")
    office.send(f"{story.base}/calendar", {**dates(), "accept.opens_at": "2026-03-05"}, expect=422)
    assert len(faults(office)) == 1
    office.send(f"{story.base}/calendar", dates())
    says(office, "The call is ready to be published; the public then sees titles, quotas, conditions, dates and contact.")


def dates() -> dict[str, str]:
    """The dates of all stages as the form takes them: a last day ends at 24:00."""
    typed: dict[str, str] = {}
    for kind, (first, last) in STAGES.items():
        typed |= {f"{kind}.opens_at": first.isoformat(), f"{kind}.closes_at": last.isoformat()}
    return typed


def publish_call(story: Story) -> None:
    """The public reads the call; the round moves on into applications."""
    public = story.people["public"] = story.world.visitor("")
    public.open(f"/calls/{story.round}", expect=404)
    office = story["office"]
    office.open(f"{story.base}/calendar")
    office.send(f"{story.base}/call")
    says(office, "The public sees the call as it stands here.")
    public.open("/")
    public.open(link(public, "/calls/"))
    assert AWARD[public.language == "en"] in words(public)
    advance(story)


def advance(story: Story, who: str = "office") -> None:
    """Moves the round on into its next stage."""
    office = story[who]
    office.open(f"{story.base}/stages")
    before = words(office)
    is_early = soup(office).select_one('input[name="early"]') is not None
    office.send(f"{story.base}/advance", {"early": "1", "early_reason": "本阶段工作已全部完成"} if is_early else None)
    assert words(office) != before


def cannot_advance(story: Story, reason: str, **params: object) -> None:
    """The button is off, and the check that keeps the round here says why."""
    office = story["office"]
    office.open(f"{story.base}/stages")
    says(office, reason, **params)
    assert soup(office).select_one(f'form[action="{story.base}/advance"] button[disabled]') is not None
