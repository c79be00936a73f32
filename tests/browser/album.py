"""A round photographed on its way: at each stop a copy of the database, and the pages to be looked at there, by whom."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from re import search
from urllib.parse import urlsplit

import pytest

from award.accounts.service.first_start import make_start_link
from award.app import make_app
from award.kernel import clock as award_clock
from award.kernel import db
from award.kernel.audit.trail import transaction
from award.kernel.migrating import upgrade
from award.kernel.settings import PREFIX, Settings, settings
from award.kernel.sheets.importing import headings
from award.kernel.sheets.writing import MEDIA_TYPES
from award.office.imports.kinds import IMPORTERS
from tests import make
from tests.journey import after, applying, deciding, founding, judging
from tests.journey.applying import PARTS
from tests.journey.story import STAGES, Story, pdf
from tests.journey.visitor import HttpVisitor, Upload, Visitor, link, link_beside, links, words
from tests.journey.world import PASSWORD, World
from tests.kernel.test_intake import with_rows

APPLIED = "/apply/rounds/{round}/organisation"


@dataclass
class Stop:
    """A database as it stood, and (who, address, status) of pages to look at in it."""

    name: str
    database: Path
    pages: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass
class Album:
    """All stops. cookies: by person."""

    directory: Path
    stops: list[Stop] = field(default_factory=list)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)


@contextmanager
def standing_in(directory: Path) -> Iterator[None]:
    """The clock of the journey, and its files."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [one for one in os.environ if one.startswith(PREFIX)]:
            patch.delenv(name)
        patch.setenv("AWARD_DIRECTORY", str(directory))
        patch.setitem(Settings.model_config, "env_file", None)
        patch.setattr(award_clock, "real_now", lambda: make.NOW)
        settings.cache_clear()
        yield
    settings.cache_clear()


class Photographer:
    """Takes the journey and stops on the way."""

    def __init__(self, directory: Path) -> None:
        self.album = Album(directory)
        self.file = directory / "award.sqlite3"
        engine = db.make_engine(f"sqlite:///{self.file}")
        upgrade(engine)
        app = make_app(engine)
        self.story = Story(World(engine, lambda who: HttpVisitor(app, "zh")))

    def __getitem__(self, who: str) -> Visitor:
        """Somebody of the story; applicants by their place in it."""
        applicants = {"first": self.story.first, "second": self.story.second, "late": self.story.late}
        return applicants[who].browser() if who in applicants else self.story[who]

    def stop(self, name: str, pages: dict[str, list[str]]) -> Stop:
        """Copies the database and notes the pages, by person."""
        copy = self.album.directory / f"{name}.sqlite3"
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        found = Stop(name, copy)
        for who, addresses in pages.items():
            if who != "visitor":
                visitor = self[who]
                assert isinstance(visitor, HttpVisitor)
                self.album.cookies[who] = visitor.cookies
            found.pages += [(who, address, 200) for address in addresses]
        self.album.stops.append(found)
        return found


def photographed(directory: Path) -> Album:
    """The whole journey."""
    taker = Photographer(directory)
    for part in (_founding, _applying, _accepting, _judging, _deciding, _ending):
        part(taker)
    taker.story.world.engine.dispose()
    return taker.album


def _founding(taker: Photographer) -> None:
    story = taker.story
    with transaction(story.world.engine) as session:
        token = urlsplit(make_start_link(session) or "").path
    taker.stop("empty", {"visitor": [token, "/login", "/register", "/forgot", "/"]})
    founding.start(story)
    founding.invite_office(story)
    _invite_supervisor(taker)
    invitation = story.world.link_in_letter("qianzheng@anhui.example")
    founding.found_round(story)
    admin, base = story["admin"], story.base
    admin.open("/admin/people")
    taker.stop("setup", {
        "visitor": [invitation],
        "admin": ["/admin/people", link(admin, "/admin/people/"), "/admin/invitations", *_authorities(admin), "/me",
                  "/admin/export/accounts"],
        "office": [
            "/me", "/office", "/office/rounds/new", "/office/schemes", "/office/schemes/anhui-province", f"{base}/scheme",
            f"{base}/calendar", f"{base}/calendar?first=2026-03-02", f"{base}/stages", "/office/calendar", "/office/permissions",
            "/office/people", "/office/export/workdays", "/me/tokens", f"{base}/reminders", f"{base}/mailing", f"{base}/messages",
        ],
    })  # fmt: skip
    visitor = story.world.visitor("")
    visitor.open(invitation)
    visitor.send(invitation, {"password": "Anfeng-2026-fz", "password_again": "Anfeng-2026-fz"})
    story.people["supervisor"] = story.world.sign_in("qianzheng@anhui.example")
    founding.publish_call(story)


def _invite_supervisor(taker: Photographer) -> None:
    admin = taker.story["admin"]
    admin.open("/admin/invitations")
    place = founding.option(admin, "place", "安徽省")
    supervisor = {"name": "钱正", "email": "qianzheng@anhui.example", "role": "supervisor", "place": place}
    admin.send("/admin/invitations", supervisor)


def _applying(taker: Photographer) -> None:
    story, world = taker.story, taker.story.world
    for entry in (story.first, story.second, story.late):
        applying.register(story, entry)
        applying.confirm_claim(story, entry)
        applying.begin(story, entry)
    for entry in (story.first, story.second):
        applying.write(entry)
        applying.give_evidence(entry)
    applying.submit(story, story.first)
    newcomer = world.visitor("")
    newcomer.open("/register")
    newcomer.send("/register", {"name": "孙远", "email": "sunyuan@yuanshan.example"})
    reset = world.link_in_letter("sunyuan@yuanshan.example")
    second, own, office = story.second.browser(), story.second.path, story["office"]
    second.open(f"{own}/evidence")
    evidence = link(second, f"{own}/evidence/")
    removing, moving = _with_a_writer(taker), _at_another_address(taker)
    office.open("/office/claims")
    item = f"{own}/items/{PARTS[0]}"
    taker.stop("apply", {
        "visitor": [reset, moving, "/api", "/", "/notices", f"/calls/{story.round}", "/policy", "/help", "/a11y", "/winners", "/v"],
        "late": ["/apply", "/apply/organisation", APPLIED.format(round=story.round), f"{story.late.path}/check", story.late.path],
        "second": [
            own, f"{own}/profile", f"{own}/people", item, f"{own}/items/4.1.2", f"{item}/history", f"{own}/evidence",
            evidence, f"{evidence}/remove", removing,
            f"{own}/check", f"{own}/submit", f"{own}/print?draft=true",
        ],
        "first": [story.first.path, f"{story.first.path}/receipt", f"{story.first.path}/print", f"{story.first.path}/withdraw",
                  f"{story.first.path}/items/4.1.2"],
        "office": ["/office/claims", "/office/organisations", link_beside(office, story.first.name),
                   story.base, f"{story.base}/applications", f"/office/import/applications?round={story.round}",
                   f"{story.base}/stages/score/dates"],
        "supervisor": [story.base],
    })  # fmt: skip
    applying.submit(story, story.second)
    applying.late(story, story.late)


def _with_a_writer(taker: Photographer) -> str:
    """The second applicant has a colleague to write with; where he would take him out again."""
    story = taker.story
    second, people = story.second.browser(), f"{story.second.path}/people"
    second.open(people)
    second.send(people, {"name": "罗文", "email": "luowen@gaoyuan.example", "role": "writer"})
    story.world.set_password("luowen@gaoyuan.example")
    second.open(people)
    return link(second, f"{people}/")


def _at_another_address(taker: Photographer) -> str:
    """The second applicant asks for another mail address; where he would confirm it."""
    second, email = taker.story.second.browser(), "xin@gaoyuan.example"
    second.open("/me")
    second.send("/me/address", {"email": email, "address_password": PASSWORD})
    return taker.story.world.link_in_letter(email)


def _accepting(taker: Photographer) -> None:
    story, office = taker.story, taker.story["office"]
    office.open(f"/office/applications/{story.first.id}")
    evidence = link(office, f"/office/applications/{story.first.id}/evidence/")
    applying.return_second(story)
    taker.stop("accept", {
        "office": [f"/office/applications/{story.first.id}", evidence, f"{story.base}/applications"],
        "second": [f"{story.second.path}/corrections", story.second.path],
        "supervisor": [f"/office/applications/{story.first.id}"],
    })  # fmt: skip
    applying.accept_first(story)
    applying.correct_second(story)
    story.world.until(STAGES["assign"][0])
    founding.advance(story)


def _judging(taker: Photographer) -> None:
    story, base = taker.story, taker.story.base
    judging.fill_pool(story)
    story["office"].open("/office/judges")
    member = link(story["office"], "/office/judges/members/")
    people = link_beside_people(taker)
    brought = _tables(taker)
    taker.stop("assign", {"office": [
        f"{base}/assign", f"{base}/assign/{story.first.id}", "/office/judges", f"/office/judges?round={story.round}",
        "/office/import/judges", member, people, f"/office/applications/{story.second.id}/changes",
        *brought,
    ]})  # fmt: skip
    judging.make_panels(story)
    judging.recuse(story)
    judging.sign(story, "j1", story.first)
    mine, theirs = judging.seat(story, "j1", story.first), judging.seat(story, "j2", story.second)
    judging.score(story["j1"], mine, "j1", "first", {"4.1.2": judging.by_form})
    item, own = f"{mine}/items/4.1.2", [f"{mine}/{one}" for one in ("recuse", "submit", "team")]
    story["j1"].open(f"{item}?tab=evidence")
    document = next(one for one in links(story["j1"], "doc=") if "page=" in one)
    taker.stop("score", {
        "j1": ["/review", item, f"{mine}/items/4.7.2", document, f"{item}?tab=profile", mine, *own],
        "j2": [f"{theirs}/declaration", "/review"],
        "office": [f"{base}/progress", f"{base}/progress/{story.first.id}", base, f"{base}/results", f"{base}/assign/{story.second.id}"],
    })  # fmt: skip
    judging.submit_and_submit_again(story, mine)
    for who, place in list(judging.SHEETS)[1:]:
        entry = story.first if place == "first" else story.second
        judging.sign(story, who, entry)
        judging.score(story[who], judging.seat(story, who, entry), who, place, None)
        judging.submit(story[who], judging.seat(story, who, entry), judging.TOTALS[who, place])
    _on_paper(taker)


def _tables(taker: Photographer) -> list[str]:
    """The office brings three tables of judges: one with a fault, one that can be confirmed, and one nobody has looked at yet."""
    office, fields = taker.story["office"], IMPORTERS["judges"].fields
    found = []
    for row in (["韩雪", "没有邮箱"], ["韩雪", "han@example.cn", "质量协会"], ["沈阳", "shen@example.cn", "检测院"]):
        taker.story.world.work()
        table = Upload("评审员.xlsx", with_rows(headings(fields, "zh"), row), MEDIA_TYPES["xlsx"])
        office.open("/office/import/judges")
        office.send("/office/import/judges", {"file": table})
        found.append(office.path)
    return found


def _authorities(admin: Visitor) -> list[str]:
    """The list, an authority and one of its awards."""
    admin.open("/admin/authorities")
    authority = link(admin, "/admin/authorities/")
    admin.open(authority)
    return ["/admin/authorities", authority, link(admin, f"{authority}/awards/")]


def link_beside_people(taker: Photographer) -> str:
    """A person the office cares for."""
    taker["office"].open("/office/people")
    return link(taker["office"], "/office/people/")


def _on_paper(taker: Photographer) -> None:
    story, base = taker.story, taker.story.base
    judging.on_paper(story, "site", {"first": "700.25", "second": "600"})
    story.world.until(STAGES["interview"][0])
    founding.advance(story)
    form = f"{base}/outcomes/{story.first.id}"
    story["office"].open(form)
    facts = {"goes_on": "yes", "summary": "答辩清楚。", "held_on": "2026-03-25", "score": "800", "order": "1", "file": pdf("签字记录.pdf")}
    story["office"].send(form, facts)
    panel = f"{judging.seat(story, 'j2', story.first)}/panel"
    taker.stop("interview", {"colleague": [f"{base}/outcomes", form, f"{base}/outcomes/{story.second.id}"], "j2": [panel]})
    judging.confirm(story, form)
    taker.stop("confirmed", {"office": [form, f"{form}/correct"]})
    judging.correct(story, form, {**facts, "score": "801"})
    taker.stop("corrected", {who: [f"{base}/outcomes", f"{form}/versions"] for who in ("colleague", "office", "supervisor")})
    judging.refuse_correction(story, form)
    other = f"{base}/outcomes/{story.second.id}"
    story["office"].open(other)
    story["office"].send(other, {**facts, "score": "612.50", "order": "2"})
    judging.confirm(story, other)


def _deciding(taker: Photographer) -> None:
    story, base, results = taker.story, taker.story.base, results_of(taker.story)
    deciding.rank(story)
    deciding.propose(story)
    _invite_committee(taker)
    conflicts = ("/conflicts", f"/conflicts/{story.first.id}")
    taker.stop("ranked", {
        "committee": ["/committee", *(f"/committee/rounds/{story.round}{one}" for one in ("", "?category=organisation", *conflicts))],
        "office": [f"{results}?category=organisation", f"{results}?category=individual", f"{results}/{story.first.id}",
                   f"{results}/decision?category=organisation"],
        "supervisor": [f"{results}?category=organisation", f"{results}/{story.first.id}"],
    })  # fmt: skip
    deciding.decide(story)
    asked, at = "document_number=1&first_day=2026-03-30&contact=x", "?category=organisation"
    taker.stop("decided", {"office": [f"{results}{at}", f"{results}/decision{at}", f"{base}/notice", f"{base}/notice?{asked}"]})
    deciding.give_notice(story)
    _objecting(taker)
    deciding.approve(story)


def _invite_committee(taker: Photographer) -> None:
    story, office = taker.story, taker.story["office"]
    office.open("/office/people")
    place = founding.option(office, "place", "安徽省")
    member = {"name": "孙毅", "email": "sunyi@anhui.example", "role": "committee_member", "place": place}
    office.send("/office/people", member)
    visitor, invitation = story.world.visitor(""), story.world.link_in_letter(member["email"])
    visitor.open(invitation)
    visitor.send(invitation, {"password": "Anfeng-2026-fz", "password_again": "Anfeng-2026-fz"})
    story.people["committee"] = story.world.sign_in(member["email"])


def _objecting(taker: Photographer) -> None:
    story, base, public = taker.story, taker.story.base, taker.story["public"]
    story.world.until(date(2026, 3, 31))
    public.open("/notices")
    page = link(public, "/notices/")
    public.open(page)
    public.send(f"{page}/objections", {"text": "请核实。", "contact": "0551-60000000", "about": story.second.id, "name": "高远"})
    receipt = search(r"YY-[A-Z0-9]{8}", words(public))
    assert receipt is not None
    story["office"].open(f"{base}/notice/objections")
    objection = link_beside(story["office"], receipt[0], f"{base}/notice/objections/")
    taker.stop("notice", {
        "visitor": [page, "/objections", "/notices", "/"],
        "colleague": [f"{base}/notice", f"{base}/notice/objections", objection, base],
        "office": [objection, f"{base}/notice/objections/new", f"{results_of(story)}/approval",
                   f"{results_of(story)}/amendment?category=organisation"],
    })  # fmt: skip
    story["office"].open(objection)
    story["office"].send(objection, {"findings": "查阅办结单。", "effect": "none", "answer": "已核实，不影响资格。"})
    story["colleague"].open(objection)
    story["colleague"].send(f"{objection}/confirm")


def results_of(story: Story) -> str:
    """The address of the results."""
    return f"{story.base}/results"


def _ending(taker: Photographer) -> None:
    story, base = taker.story, taker.story.base
    report = f"{judging.seat(story, 'j1', story.first)}/report"
    deciding.publish(story)
    after.certify(story)
    story["j1"].open(report)
    story["j1"].send(f"{report}/start")
    taker.stop("published", {"j1": [report], "office": [
        f"{results_of(story)}/publish", f"{results_of(story)}/approval", f"{base}/feedback/{story.second.id}/none",
    ]})  # fmt: skip
    after.write_feedback(story)
    taker.stop("written", {"j1": [report], "office": [f"{base}/feedback", f"{base}/feedback/{story.first.id}"]})
    after.release_feedback(story)
    story["colleague"].open(f"{base}/certificates")
    revoke = links(story["colleague"], "/revoke")[0]
    story["public"].open("/notices")
    code = links_to_code(taker)
    first = story.first.browser()
    first.open("/messages")
    unread = search(r'action="(/messages/[a-z0-9]+)/open"', first.html())
    assert unread is not None
    letter = unread[1]
    story["colleague"].open(f"{base}/papers")
    batch = link(story["colleague"], "/papers/batches/")
    last = taker.stop("end", {
        "visitor": ["/", "/winners", "/v/ABCD2345EFGH", code, *links(story["public"], "/notices/")],
        "first": [f"{story.first.path}/feedback", story.first.path, "/apply", "/messages", letter, f"/papers/book/{story.first.id}"],
        "j1": ["/review"],
        "colleague": [f"{base}/certificates", f"{base}/papers", batch, revoke, base, f"{base}/trail?walk=1",
                      f"{base}/applications", f"{base}/stages", "/office"],
        "supervisor": [base, f"{base}/returns", f"{base}/trail", f"{base}/notice", f"{base}/certificates", f"{base}/feedback", "/office"],
    })  # fmt: skip
    last.pages += [("visitor", "/nowhere", 404), ("first", "/office", 403), ("visitor", f"/start/{'x' * 43}", 404)]


def links_to_code(taker: Photographer) -> str:
    """The address a certificate's square code leads to."""
    return links(taker["colleague"], "/v/")[0]
