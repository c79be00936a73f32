"""A judge's own sheets for programs: read, an item saved, submitted; the sheets of others are not there at all."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from award.accounts.replay import once
from award.applications.forms import typed_text
from award.judging import queries, service
from award.judging.models import Sheet, SheetItem, SheetVersion
from award.judging.queries import Review, review_for
from award.judging.schemas import (
    ITEM,
    ITEM_IN,
    LINE,
    RECEIPT,
    SHEET,
    CommentOut,
    ItemIn,
    ItemOut,
    Nothing,
    Receipt,
    SheetLine,
    SheetOut,
    Sheets,
)
from award.judging.service.entries import Comment, Entry
from award.judging.service.sheets import missing_of
from award.kernel import clock
from award.kernel.actor import Action, Actor, TokenScope
from award.kernel.errors import Invalid, NotFound, Stale
from award.kernel.i18n import N_
from award.kernel.ids import PATTERN
from award.kernel.web import guard
from award.kernel.web.api import READ, WRITE, IfMatch, Paged, Writing, answers, listed, tagged, version_of, words
from award.kernel.web.bearer import TokenGuard
from award.kernel.web.context import CurrentActor, PublicId, RequestSession
from award.policy import decide, require
from award.regulations.model import Criteria, Item
from award.rounds.queries import criteria_of

router = APIRouter(prefix="/sheets", tags=["sheets"])
READS = [Depends(TokenGuard(TokenScope.READ_SHEETS, guard.judges.roles))]
WRITES = [Depends(TokenGuard(TokenScope.WRITE_SHEETS, guard.judges.roles))]
ItemKey = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,15}$", examples=["4.1.2"])]
State = Literal["coi_pending", "not_started", "in_progress", "submitted", "returned"]


@router.get(
    "", summary=N_("Sheets one is to fill in"),
    dependencies=READS, response_model=Sheets, responses=READ | {200: answers({"items": [LINE], "next": None}, link=True)}
)
def sheets(
    request: Request, session: RequestSession, actor: CurrentActor, page: Paged,
    round_id: Annotated[str | None, Query(alias="round", pattern=PATTERN, description="Only sheets of this round.")] = None,
    state: Annotated[State | None, Query(description="Only sheets in this state.")] = None,
) -> Response:  # fmt: skip
    """The sheets the token's person is to fill in. An id is that of his seat: it is there before the sheet is begun."""
    cards = [
        one
        for one in queries.cards_of(session, actor)
        if round_id in (None, one.application.round.public_id) and state in (None, one.state)
    ]
    rows = [
        SheetLine(
            id=one.assignment.public_id, application=one.application.public_id, applicant=one.application.entrant,
            round=one.application.round.public_id, state=one.state, is_leader=one.is_leader, scored_items=len(one.marks),
        )
        for one in page.of(cards, lambda one: one.assignment.public_id)
    ]  # fmt: skip
    return listed(request, Sheets, rows, page, lambda one: one.id)


@router.get(
    "/{assignment_id}", summary=N_("One's whole sheet"),
    dependencies=READS, response_model=SheetOut, responses=READ | {200: answers(SHEET)},
)  # fmt: skip
def one_sheet(request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId) -> Response:
    """The whole sheet. Its tag is what a submission is made from."""
    review = _readable(session, actor, assignment_id)
    sheet = queries.sheet_of(session, review.assignment)
    rows = queries.items_of(session, sheet)
    criteria, scheme = _criteria(session, review), review.application.round.scheme
    version = queries.latest_version(session, sheet) if sheet is not None and sheet.state == "submitted" else None
    back = sheet if sheet is not None and sheet.state == "returned" else None
    missing = [] if version else missing_of(criteria, scheme.panel.strengths_from_percent, rows)
    shown = SheetOut(
        id=assignment_id, application=review.application.public_id, applicant=review.application.entrant,
        round=review.application.round.public_id, state=queries.state_of(sheet, has_signed=True),
        returned_by=back.returned_by if back else "", returned_reason=back.returned_reason if back else "",
        items=[_item(one, rows.get(one.key)) for one in criteria.items()], missing=[one.field for one in missing],
        receipt=_receipt(version) if version else None,
    )  # fmt: skip
    return tagged(request, shown, _tag(sheet, rows))


@router.get(
    "/{assignment_id}/items/{item}", summary=N_("One item of the sheet"),
    dependencies=READS, response_model=ItemOut, responses=READ | {200: answers(ITEM)}
)
def one_item(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, item: ItemKey
) -> Response:
    """One item of the sheet."""
    review = _readable(session, actor, assignment_id)
    row = queries.items_of(session, queries.sheet_of(session, review.assignment)).get(item)
    return tagged(request, _item(_known(_criteria(session, review), item), row), str(row.version if row else 0))


@router.put(
    "/{assignment_id}/items/{item}", summary=N_("Save what was entered for an item"),
    dependencies=WRITES, response_model=ItemOut, responses=WRITE | {200: answers(ITEM)}
)
def save(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, item: ItemKey, if_match: IfMatch,
    write: Writing, body: Annotated[ItemIn, Body(examples=[ITEM_IN])],
) -> Response:  # fmt: skip
    """Saves what the judge entered for one item, as the scoring screen does."""
    review = review_for(session, actor, assignment_id, clock.now(session))

    def act() -> Response:
        saved = service.save_item(
            session, actor, review.application, review.assignment, item, _entry(body), version_of(if_match), clock.now(session)
        )
        return tagged(request, _item(_known(_criteria(session, review), item), saved), str(saved.version))

    return once(session, actor, write, act)


@router.post(
    "/{assignment_id}/submission", summary=N_("Submit the sheet as it was read"),
    dependencies=WRITES, response_model=Receipt, responses=WRITE | {200: answers(RECEIPT)},
)  # fmt: skip
def submit(
    request: Request, session: RequestSession, actor: CurrentActor, assignment_id: PublicId, if_match: IfMatch,
    write: Writing, body: Annotated[Nothing, Body(examples=[{}])],
) -> Response:  # fmt: skip
    """Submits the sheet as it was read; once more, it answers with the first receipt."""
    review = review_for(session, actor, assignment_id, clock.now(session))

    def act() -> Response:
        try:
            version = service.submit_sheet(session, actor, review.application, review.assignment, clock.now(session))
        except Invalid:
            _require_present(session, review, if_match)
            raise
        _require_same(session, review, version, if_match)
        return tagged(request, _receipt(version))

    return once(session, actor, write, act)


def _readable(session: Session, actor: Actor, assignment_id: str) -> Review:
    """As the page of the sheet: once judging has ended the material closes, the judge's own sheet stays his to read."""
    review = review_for(session, actor, assignment_id, clock.now(session))
    if not review.has_signed or not decide(Action.SHEET_READ, review.stage, review.standing).allowed:
        require(Action.APPLICATION_READ, review.stage, review.standing)
    return review


def _criteria(session: Session, review: Review) -> Criteria:
    return criteria_of(session, review.application.round, review.application.category)


def _known(criteria: Criteria, key: str) -> Item:
    try:
        return criteria.item(key)
    except KeyError as error:
        raise NotFound from error


def _entry(body: ItemIn) -> Entry:
    comments = tuple(
        Comment(
            one.key, one.kind, one.weight, typed_text(one.text).strip(), tuple(typed_text(ref).strip() for ref in one.references)
        )
        for one in body.comments
    )
    return Entry(body.percent, body.factors, comments, typed_text(body.note))


def _item(item: Item, row: SheetItem | None) -> ItemOut:
    comments = [CommentOut(**{name: one[name] for name in CommentOut.model_fields}) for one in (row.comments if row else [])]
    return ItemOut(
        item=item.key, title=words(item.name), points=item.points, percent=row.percent if row else None,
        factors=row.factors if row else {}, comments=comments, note=row.note if row else "", version=row.version if row else 0,
    )  # fmt: skip


def _receipt(version: SheetVersion) -> Receipt:
    points, hundredths = divmod(version.total_hundredths, 100)
    return Receipt(
        number=version.number, sha256=version.sha256, total=f"{points}.{hundredths:02}", submitted_at=version.submitted_at
    )


def _tag(sheet: Sheet | None, rows: Mapping[str, SheetItem]) -> str:
    """Changes with each save, submission and return, and with nothing else."""
    return _tag_at(sheet.number, rows, sheet.state) if sheet else "0-0-not_started"


def _tag_at(number: int, rows: Mapping[str, SheetItem], state: str) -> str:
    return f"{number}-{sum(one.version for one in rows.values())}-{state}"


def _require_present(session: Session, review: Review, if_match: str) -> None:
    """What cannot be submitted is what the program had read; otherwise it is told that first."""
    sheet = queries.sheet_of(session, review.assignment)
    present = _tag(sheet, queries.items_of(session, sheet))
    if if_match != present:
        raise Stale("sheet.changed", version=None, theirs={"tag": present})


def _require_same(session: Session, review: Review, version: SheetVersion, if_match: str) -> None:
    """What was submitted is what the program had read; asked here because the sheet is held only since the act began."""
    rows = queries.items_of(session, queries.sheet_of(session, review.assignment))
    before = {_tag_at(version.number - 1, rows, state) for state in ("in_progress", "returned")}
    present = _tag_at(version.number, rows, "submitted")
    if if_match not in before | {present}:
        raise Stale("sheet.changed", version=None, theirs={"tag": present})
