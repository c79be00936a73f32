"""An applicant writes, uploads and submits on the real pages. Source: ux.md 2.3 for what must never be lost."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from sqlalchemy import Engine

from award.accounts.models import Person, SignIn
from award.accounts.passwords import HASHER
from award.applications import queries, service
from award.applications.models import Answer
from award.kernel import db
from award.kernel.audit.trail import transaction
from tests import make
from tests.applications import world as worlds
from tests.applications.world import World
from tests.browser.live_server import serving
from tests.conftest import StandingClock

pytestmark = pytest.mark.browser
PART = "4.1.2"
SAVED = "[data-save-state][data-state=saved]"
PASSWORD = "Yunchuan-2026-quality"


@pytest.fixture
def world(engine: Engine, clock: StandingClock) -> World:
    """A draft, and an owner who has a password."""
    built = worlds.build(engine)
    with transaction(engine) as session:
        person = session.get_one(Person, built.owner.person_id)
        person.password_hash = HASHER.hash(PASSWORD)
    return built


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """Where the application answers."""
    with serving(world.engine) as url:
        yield url


def sign_in(context: BrowserContext, world: World, address: str, who: str = "owner") -> None:
    """The session and the language as cookies."""
    context.add_cookies([{"name": "session", "value": world.cookies[who], "url": address}, {"name": "lang", "value": "en", "url": address}])


@pytest.fixture
def owner(context: BrowserContext, world: World, address: str) -> Page:
    """The item editor, open."""
    sign_in(context, world, address)
    page = context.new_page()
    page.goto(item(world, address))
    return page


def item(world: World, address: str, rest: str = "") -> str:
    """The address of the part everybody writes here."""
    return f"{address}/apply/{world.application}/items/{PART}{rest}"


def write(page: Page, text: str) -> None:
    """Replaces the answer."""
    page.locator("#f-text").fill(text)


def stored(world: World) -> Answer | None:
    """What the server holds."""
    with db.reading(world.engine) as session:
        return queries.answers_of(session, world.found(session)).get(PART)


def stored_text(world: World) -> str:
    """Its text."""
    answer = stored(world)
    return answer.text if answer else ""


def kept(world: World) -> list[str]:
    """Texts that could not be saved and were kept."""
    with db.reading(world.engine) as session:
        return [one.text for one in queries.revisions_of(session, world.found(session), PART) if one.kind == "rejected"]


def puts(page: Page) -> list[Request]:
    """Every save the page sends from now on."""
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request) if request.method == "PUT" else None)
    return seen


def colleague_saves(world: World, text: str) -> None:
    """Somebody else of the organisation writes the same part."""
    with transaction(world.engine) as session:
        answer = queries.answers_of(session, world.found(session)).get(PART)
        version = answer.version if answer else 0
        service.save_answer(session, world.colleague, world.found(session), PART, text, None, version, make.NOW)


def test_what_is_typed_is_saved_by_itself_and_again(owner: Page, world: World) -> None:
    write(owner, "第一句。")
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    assert stored_text(world) == "第一句。"
    owner.locator("#f-text").press("Control+End")
    owner.keyboard.insert_text("第二句。")
    owner.get_by_label("Yes, it is complete").check()
    expect(owner.locator("[data-save-state][data-state=dirty]")).to_be_visible()
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    answer = stored(world)
    assert answer is not None
    assert (answer.text, answer.is_complete, answer.version) == ("第一句。第二句。", True, 2)


def test_offline_the_text_stays_here_and_is_sent_when_back(owner: Page, context: BrowserContext, world: World) -> None:
    context.set_offline(True)
    write(owner, "断网时写的")
    expect(owner.locator("[data-save-state][data-state=local]")).to_be_visible(timeout=8000)
    assert stored_text(world) == ""
    context.set_offline(False)
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    assert stored_text(world) == "断网时写的"


def test_a_page_that_is_closed_before_it_was_saved_is_restored(owner: Page, context: BrowserContext, world: World, address: str) -> None:
    context.set_offline(True)
    write(owner, "没来得及保存的")
    owner.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(item(world, address))
    expect(page.locator("#f-text")).to_have_value("没来得及保存的")
    expect(page.locator(SAVED)).to_be_visible(timeout=8000)
    assert stored_text(world) == "没来得及保存的"


def test_two_people_at_once_see_both_texts_and_lose_none(owner: Page, browser: Browser, world: World, address: str) -> None:
    other = browser.new_context()
    sign_in(other, world, address, "colleague")
    theirs = other.new_page()
    theirs.goto(item(world, address))
    write(theirs, "王芳写的")
    expect(theirs.locator(SAVED)).to_be_visible(timeout=8000)
    write(owner, "李敏写的")
    dialog = owner.locator("dialog[open]")
    expect(dialog).to_be_visible(timeout=8000)
    assert "王芳" in dialog.locator("[data-why]").inner_text()
    assert dialog.locator("[data-mine]").first.inner_text() == "李敏写的"
    assert dialog.locator("[data-theirs]").first.inner_text() == "王芳写的"
    assert (stored_text(world), kept(world)) == ("王芳写的", ["李敏写的"])
    dialog.locator("[data-choose=edit]").click()
    dialog.locator("[data-choose=merged]").click()
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    assert stored_text(world) == "李敏写的\n\n王芳写的"
    write(theirs, "王芳又写")
    expect(theirs.locator("dialog[open]")).to_be_visible(timeout=8000)
    other.close()


def test_theirs_can_be_taken_and_mine_stays_in_the_history(owner: Page, world: World, address: str) -> None:
    colleague_saves(world, "王芳写的")
    write(owner, "李敏写的")
    owner.locator("dialog[open] [data-choose=theirs]").click(timeout=8000)
    expect(owner.locator("#f-text")).to_have_value("王芳写的")
    assert stored_text(world) == "王芳写的"
    owner.goto(item(world, address, "/history"))
    mine = owner.locator("details").filter(has_text="李敏写的")
    mine.get_by_text("Read this version").click()
    expect(mine.get_by_text("李敏写的")).to_be_visible()


def test_the_session_ends_and_after_signing_in_the_text_is_saved(owner: Page, context: BrowserContext, world: World) -> None:
    with transaction(world.engine) as session:
        session.query(SignIn).update({"revoked_at": make.NOW})
    write(owner, "登录过期时写的")
    dialog = owner.locator("dialog[open]")
    expect(dialog).to_be_visible(timeout=8000)
    assert stored_text(world) == ""
    with context.expect_page() as opened:
        dialog.get_by_role("link", name="Sign in").click()
    tab = opened.value
    with db.reading(world.engine) as session:
        tab.locator("[name=account]").fill(session.get_one(Person, world.owner.person_id).username)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(tab).to_have_url(re.compile("/apply$"))
    owner.bring_to_front()
    if dialog.is_visible():
        dialog.locator("[data-resume]").click()
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    assert stored_text(world) == "登录过期时写的"


def test_past_the_deadline_the_text_is_offered_and_kept(owner: Page, world: World, address: str, clock: StandingClock) -> None:
    write(owner, "赶得上")
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    with transaction(world.engine) as session:
        world.dates(session).closes_at = make.NOW + timedelta(minutes=1)
    clock.forward(minutes=1)
    write(owner, "晚了一秒")
    dialog = owner.locator("dialog[open]")
    expect(dialog).to_be_visible(timeout=8000)
    assert "closed at" in dialog.locator("[data-why]").inner_text()
    with owner.expect_download() as download:
        dialog.locator("[data-download]").click()
    assert "晚了一秒" in download.value.path().read_text()
    assert (stored_text(world), kept(world)) == ("赶得上", ["晚了一秒"])
    owner.goto(item(world, address))
    expect(owner.get_by_text("赶得上")).to_be_visible()
    expect(owner.locator("#f-text")).to_have_count(0)


def test_nothing_is_sent_while_an_input_method_composes(owner: Page, world: World) -> None:
    sent = puts(owner)
    owner.locator("#f-text").focus()
    device = owner.context.new_cdp_session(owner)
    device.send("Input.imeSetComposition", {"text": "zhi", "selectionStart": 3, "selectionEnd": 3})
    owner.wait_for_timeout(2500)
    assert sent == []
    device.send("Input.imeSetComposition", {"text": "zhiliang", "selectionStart": 8, "selectionEnd": 8})
    device.send("Input.insertText", {"text": "质量"})
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    assert stored_text(world) == "质量"


def test_save_and_continue_waits_for_the_save_and_goes_on(owner: Page, world: World) -> None:
    write(owner, "写完了")
    owner.get_by_role("button", name="Save and continue").click()
    owner.wait_for_url("**/items/4.1.3")
    assert stored_text(world) == "写完了"


def test_without_scripts_everything_works_and_a_conflict_is_a_page(browser: Browser, world: World, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, world, address)
    page = context.new_page()
    page.goto(item(world, address))
    colleague_saves(world, "王芳写的")
    write(page, "李敏写的")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Two versions of your text")).to_be_visible()
    assert stored_text(world) == "王芳写的"
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#f-text")).to_have_value("李敏写的")
    assert stored_text(world) == "李敏写的"
    context.close()


def test_from_the_first_page_to_the_receipt(owner: Page, world: World, address: str) -> None:
    """With scripts: facts by autosave, a file by the uploader, and the submission."""
    base = f"{address}/apply/{world.application}"
    with transaction(world.engine) as session:
        application = world.found(session)
        worlds.fill(session, world.owner, application)
        [evidence] = queries.evidence_of(session, application)
        service.remove_evidence(session, world.owner, application, evidence, make.NOW)
        answer = queries.answers_of(session, application)[PART]
        service.save_answer(session, world.owner, application, PART, "见 E-2。", True, answer.version, make.NOW)
    owner.goto(f"{base}/profile")
    owner.locator("#f-staff").fill("900")
    expect(owner.locator(SAVED)).to_be_visible(timeout=8000)
    owner.goto(f"{base}/evidence")
    file = {"name": "审计报告.pdf", "mimeType": "application/pdf", "buffer": worlds.pdf_bytes(2)}
    owner.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    owner.get_by_role("button", name="Upload").click()
    expect(owner.get_by_role("link", name="审计报告")).to_be_visible(timeout=20000)
    owner.goto(f"{base}/check")
    with transaction(world.engine) as session:
        application = world.found(session)
        for part, answer in queries.answers_of(session, application).items():
            text = answer.text.replace("E-1", "E-2")
            service.save_answer(session, world.owner, application, part, text, True, answer.version, make.NOW)
    owner.reload()
    owner.get_by_role("link", name="Go on to submit").click()
    for box in owner.locator("main input[type=checkbox]").all():
        box.check()
    owner.get_by_role("main").get_by_role("button", name="Submit the application").dblclick()
    owner.wait_for_url("**/receipt")
    with db.reading(world.engine) as session:
        application = world.found(session)
        [submission] = queries.submissions_of(session, application)
        assert submission.sha256 in owner.locator("main").inner_text()
        assert queries.content_of(submission).profile["staff"] == "900"


def test_what_was_wrong_with_a_file_goes_when_another_is_chosen(owner: Page, address: str) -> None:
    """From the field and from the summary above the form; what is wrong elsewhere stays."""
    owner.goto(f"{address}/apply/organisation")
    owner.locator("#f-organisation_name").fill("云川新组织有限公司")
    owner.locator("#f-authority").select_option(index=1)
    owner.locator("#f-credit_code").fill("1")
    owner.get_by_role("button", name="Claim the organisation").click()
    summary = owner.locator(".summary")
    expect(summary.get_by_role("heading")).to_have_text("There are 2 things to fix")
    expect(owner.locator("#f-licence")).to_have_attribute("aria-invalid", "true")
    owner.locator("#f-licence").set_input_files({"name": "执照.pdf", "mimeType": "application/pdf", "buffer": worlds.pdf_bytes(1)})
    expect(summary.get_by_role("heading")).to_have_text("There is 1 thing to fix")
    expect(summary.get_by_role("link")).to_have_attribute("href", "#f-credit_code")
    expect(owner.locator("#e-licence")).to_have_count(0)
    expect(owner.locator("#f-licence")).not_to_have_attribute("aria-invalid", "true")
