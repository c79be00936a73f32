"""By each kind of thing: which records tell of it, and which column says the same as which key of their content."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from award.accounts.models import Invitation, Person
from award.applications.models import AcceptanceDecision, Application, Evidence, PaperOutcome
from award.invariants.finding import Invariant
from award.invariants.telling import Told, as_told, person, said
from award.judging.models import FeedbackComment, FeedbackReport, Sheet
from award.kernel.events import Event
from award.kernel.files.models import StoredFile
from award.organisations.models import Claim, Organisation
from award.panels.models import PanelChange, PoolMember
from award.results.models import Approval, AwardDecision, Notice, Objection, Proposal, Publication
from award.rounds.models import Authority, Award, DateChange, Round, RoundStage, Snapshot
from award.rounds.queries import spelled_dates
from award.standing.models import Assignment
from award.winners.models import Certificate


def _comments(session: Session) -> Mapping[str, object]:
    """The comments of a report in its order, as they are handed in."""
    found = defaultdict(list)
    query = select(FeedbackReport.public_id, FeedbackComment).join(FeedbackComment, FeedbackComment.report_id == FeedbackReport.id)
    for report, one in session.execute(query.order_by(FeedbackComment.position, FeedbackComment.id)):
        found[report].append({
            "item": one.item, "kind": one.kind, "weight": one.weight, "text": one.text, "key": one.is_key,
            "effect": one.effect, "effort": one.effort, "sources": one.sources,
        })  # fmt: skip
    return found


def _dates(session: Session) -> Mapping[str, object]:
    return {one.public_id: spelled_dates(one) for one in session.scalars(select(Round).options(selectinload(Round.stages)))}


def _in_turn(state: InstrumentedAttribute[str], in_force: str, takes_its_place: Select[int]) -> ColumnElement[str]:
    """The state a thing is told to be in: what was in force is replaced exactly when one that takes its place has come into force."""
    later = takes_its_place.exists()
    return case(
        (and_(later, state == "replaced"), in_force), (or_(later, state == "replaced"), "out of turn"), else_=state
    )


CERTIFICATES = (
    Told(
        "certificate", {Event.CERTIFICATE_ISSUED: ""},
        said(
            Certificate.public_id, number=Certificate.number, holder=Certificate.holder, code=Certificate.code,
            grade=Certificate.grade, award_title=Certificate.award_title, issuer=Certificate.issuer,
            issued_on=Certificate.issued_on, valid_until=Certificate.valid_until, application=Application.public_id,
            by=person(Certificate.issued_by),
        ).join(Application, Certificate.application_id == Application.id),
    ),
    Told(
        "certificate", {Event.CERTIFICATE_ISSUED: ""},
        said(Certificate.public_id, code=Application.certificate_code, number=Application.certificate_number)
        .join(Application, Certificate.application_id == Application.id),
    ),
    Told(
        "revoked certificate", {Event.CERTIFICATE_REVOKED: ""},
        said(Certificate.public_id, reason=Certificate.revoked_reason, by=person(Certificate.revoked_by))
        .where(Certificate.revoked_at.is_not(None)),
    ),
)  # fmt: skip
_corrected = aliased(Notice)
NOTICES = (
    Told(
        "notice", {Event.NOTICE_PUBLISHED: "", Event.NOTICE_CORRECTED: ""},
        said(
            Notice.public_id, number=Notice.document_number, first_day=Notice.first_day, last_day=Notice.last_day,
            closes_at=Notice.closes_at, contact=Notice.contact, reason=Notice.reason, corrects=_corrected.public_id,
            by=person(Notice.published_by),
        ).outerjoin(_corrected, Notice.corrects_id == _corrected.id),
    ),
)  # fmt: skip
_later, _before = aliased(AwardDecision), aliased(AwardDecision)
_decision_state = _in_turn(
    AwardDecision.state, "in_force",
    select(_later.id).where(_later.supersedes_id == AwardDecision.id, _later.confirmed_at.is_not(None)),
)  # fmt: skip
_next, _former = aliased(Approval), aliased(Approval)
_approval_state = _in_turn(
    Approval.state, "in_force", select(_next.id).where(_next.supersedes_id == Approval.id, _next.confirmed_at.is_not(None))
)
RESULTS = (
    Told(
        "proposal", {Event.RESULT_PROPOSED: ""},
        said(Proposal.public_id, number=Proposal.number, sha256=Proposal.sha256, by=person(Proposal.proposed_by)),
    ),
    Told(
        "decision",
        {
            Event.RESULT_DECIDED: "waiting", Event.RESULT_DECISION_CONFIRMED: "in_force",
            Event.RESULT_DECISION_DROPPED: "dropped", Event.RESULT_SET_ASIDE: "set_aside",
            Event.RESULT_AMENDED: "waiting", Event.RESULT_AMENDMENT_CONFIRMED: "in_force",
            Event.RESULT_AMENDMENT_DROPPED: "dropped",
        },
        said(
            AwardDecision.public_id, held_on=AwardDecision.held_on, members=AwardDecision.members, grades=AwardDecision.grades,
            reasons=AwardDecision.reasons, reason=AwardDecision.reason, file=AwardDecision.file_id, category=Proposal.category,
            state=_decision_state, supersedes=_before.public_id,
        )
        .join(Proposal, AwardDecision.proposal_id == Proposal.id).outerjoin(_before, AwardDecision.supersedes_id == _before.id),
    ),
    Told(
        "entered decision", {Event.RESULT_DECIDED: "", Event.RESULT_AMENDED: ""},
        said(AwardDecision.public_id, by=person(AwardDecision.recorded_by)),
    ),
    Told(
        "confirmed decision", {Event.RESULT_DECISION_CONFIRMED: "", Event.RESULT_AMENDMENT_CONFIRMED: ""},
        said(AwardDecision.public_id, by=person(AwardDecision.confirmed_by)).where(AwardDecision.confirmed_at.is_not(None)),
    ),
    Told(
        "approval",
        {Event.APPROVAL_RECORDED: "waiting", Event.APPROVAL_CONFIRMED: "in_force", Event.APPROVAL_DROPPED: "dropped"},
        said(
            Approval.public_id, approved_by=Approval.approved_by, number=Approval.document_number, on=Approval.approved_on,
            file=Approval.file_id, reason=Approval.reason, state=_approval_state, supersedes=_former.public_id,
        ).outerjoin(_former, Approval.supersedes_id == _former.id),
    ),
    Told(
        "entered approval", {Event.APPROVAL_RECORDED: ""}, said(Approval.public_id, by=person(Approval.recorded_by)),
    ),
    Told(
        "confirmed approval", {Event.APPROVAL_CONFIRMED: ""},
        said(Approval.public_id, by=person(Approval.confirmed_by)).where(Approval.confirmed_at.is_not(None)),
    ),
    Told(
        "publication of round", {Event.RESULT_PUBLISHED: ""},
        said(Round.public_id, snapshot=Snapshot.public_id, sha256=Snapshot.sha256, by=person(Publication.published_by))
        .join(Publication, Publication.round_id == Round.id).join(Snapshot, Publication.snapshot_id == Snapshot.id),
    ),
)  # fmt: skip
OBJECTIONS = (
    Told(
        "objection",
        {
            Event.OBJECTION_FILED: "filed", Event.OBJECTION_EXAMINED: "examined", Event.OBJECTION_RETURNED: "filed",
            Event.OBJECTION_ANSWERED: "answered",
        },
        said(
            Objection.public_id, receipt=Objection.receipt, channel=Objection.channel, text=Objection.text, name=Objection.name,
            contact=Objection.contact, organisation=Objection.organisation, received_on=Objection.received_on,
            file=Objection.file_id, findings=Objection.findings, effect=Objection.effect, answer=Objection.answer,
            evidence=Objection.evidence_id, state=Objection.state,
        ),
    ),
    Told(
        "examined objection", {Event.OBJECTION_EXAMINED: ""},
        said(Objection.public_id, by=person(Objection.examined_by)).where(Objection.examined_at.is_not(None)),
    ),
    Told(
        "answered objection", {Event.OBJECTION_ANSWERED: ""},
        said(Objection.public_id, by=person(Objection.answered_by)).where(Objection.answered_at.is_not(None)),
    ),
)  # fmt: skip
_corrected_by, _wrong = aliased(PaperOutcome), aliased(PaperOutcome)
_outcome_state = _in_turn(
    PaperOutcome.state, "confirmed",
    select(_corrected_by.id).where(_corrected_by.corrects_id == PaperOutcome.id, _corrected_by.state.in_(("confirmed", "replaced"))),
)  # fmt: skip
OUTCOMES = (
    Told(
        "outcome",
        {
            Event.OUTCOME_RECORDED: "recorded", Event.OUTCOME_CONFIRMED: "confirmed", Event.OUTCOME_CORRECTED: "recorded",
            Event.OUTCOME_CORRECTION_CONFIRMED: "confirmed", Event.OUTCOME_CORRECTION_REFUSED: "refused",
        },
        said(
            PaperOutcome.public_id, application=Application.public_id, kind=RoundStage.kind, goes_on=PaperOutcome.goes_on,
            score_hundredths=PaperOutcome.score_hundredths, summary=PaperOutcome.summary, said=PaperOutcome.content,
            held_on=PaperOutcome.held_on, file=PaperOutcome.file_id, state=_outcome_state,
            number=PaperOutcome.number, corrects=_wrong.public_id, reason=PaperOutcome.reason, refusal=PaperOutcome.refusal,
            by=person(func.coalesce(PaperOutcome.refused_by, PaperOutcome.confirmed_by, PaperOutcome.recorded_by)),
        )
        .join(Application, PaperOutcome.application_id == Application.id)
        .join(RoundStage, PaperOutcome.round_stage_id == RoundStage.id)
        .outerjoin(_wrong, PaperOutcome.corrects_id == _wrong.id),
    ),
    Told(
        "outcome", {Event.OUTCOME_RECORDED: "", Event.OUTCOME_CORRECTED: ""},
        said(PaperOutcome.public_id, by=person(PaperOutcome.recorded_by)),
    ),
)  # fmt: skip
ACCEPTANCES = (
    Told(
        "acceptance decision",
        {
            Event.APPLICATION_ACCEPTED: "in_force", Event.APPLICATION_RETURNED: "in_force",
            Event.APPLICATION_REFUSAL_PROPOSED: "waiting", Event.APPLICATION_REFUSED: "in_force",
            Event.APPLICATION_REFUSAL_REJECTED: "rejected",
        },
        said(
            AcceptanceDecision.public_id, of=Application.public_id, article=AcceptanceDecision.article,
            reason=AcceptanceDecision.reason, remark=AcceptanceDecision.remark, points=AcceptanceDecision.points,
            state=AcceptanceDecision.state,
            by=person(func.coalesce(AcceptanceDecision.confirmed_by, AcceptanceDecision.decided_by)),
        ).join(Application, AcceptanceDecision.application_id == Application.id),
        key="decision",
    ),
    Told(
        "evidence", {Event.EVIDENCE_ADDED: "there", Event.EVIDENCE_REMOVED: "removed"},
        said(
            Evidence.public_id, of=Application.public_id, code=Evidence.code, sha256=StoredFile.sha256,
            state=case((Evidence.removed_at.is_(None), "there"), else_="removed"),
        ).join(Application, Evidence.application_id == Application.id).join(StoredFile, Evidence.file_id == StoredFile.id),
        key="evidence",
    ),
    Told(
        "application",
        {
            Event.APPLICATION_STARTED: "", Event.APPLICATION_EDITED: "", Event.APPLICATION_SUBMITTED: "",
            Event.APPLICATION_RESUBMITTED: "",
        },
        said(
            Application.public_id, organisation=Organisation.public_id, category=Application.category, sector=Application.sector,
            fields=Application.profile, contact=person(Application.contact_person_id),
        ).join(Organisation, Application.organisation_id == Organisation.id),
    ),
    Told(
        "submitted application", {Event.APPLICATION_SUBMITTED: "", Event.APPLICATION_RESUBMITTED: ""},
        said(Application.public_id, number=Application.number, submitted_at=Application.submitted_at)
        .where(Application.submitted_at.is_not(None)),
    ),
    Told(
        "returned application", {Event.APPLICATION_RETURNED: ""},
        said(Application.public_id, due=Application.correction_due_at, corrections=Application.corrections)
        .where((Application.corrections > 0) | Application.correction_due_at.is_not(None)),
    ),
)  # fmt: skip
_IN = FeedbackReport.state.in_(("waiting", "released", "acknowledged"))
FEEDBACK = (
    Told(
        "feedback report",
        {
            Event.FEEDBACK_EDITED: "drafting", Event.FEEDBACK_HANDED_IN: "waiting", Event.FEEDBACK_RETURNED: "drafting",
            Event.FEEDBACK_RELEASED: "released", Event.FEEDBACK_ACKNOWLEDGED: "acknowledged",
        },
        said(FeedbackReport.public_id, application=Application.public_id, state=FeedbackReport.state)
        .join(Application, FeedbackReport.application_id == Application.id),
    ),
    Told(
        "feedback report", {Event.FEEDBACK_HANDED_IN: ""},
        said(
            FeedbackReport.public_id, sheets=FeedbackReport.sheets, summary=FeedbackReport.summary,
            next_steps=FeedbackReport.next_steps,
        ).where(_IN),
        gathered={"comments": _comments}, is_part=True,
    ),
    Told(
        "acknowledged report", {Event.FEEDBACK_ACKNOWLEDGED: ""},
        said(
            FeedbackReport.public_id, acknowledged_at=FeedbackReport.acknowledged_at, by=person(FeedbackReport.acknowledged_by)
        ).where(FeedbackReport.acknowledged_at.is_not(None)),
    ),
)  # fmt: skip
PANELS = (
    Told(
        "change of a panel",
        {
            Event.PANEL_CHANGE_PROPOSED: "proposed", Event.PANEL_CHANGE_CONFIRMED: "confirmed",
            Event.PANEL_CHANGE_DROPPED: "dropped",
        },
        said(
            PanelChange.public_id, application=Application.public_id, kind=PanelChange.kind, reason=PanelChange.reason,
            seat=Assignment.public_id, judge=person(PanelChange.person_id), proposed_by=person(PanelChange.proposed_by),
            state=PanelChange.state, by=person(func.coalesce(PanelChange.decided_by, PanelChange.proposed_by)),
        )
        .join(Application, PanelChange.application_id == Application.id)
        .outerjoin(Assignment, PanelChange.assignment_id == Assignment.id),
    ),
    Told(
        "judge of the pool", {Event.JUDGE_ADDED: "", Event.JUDGE_CHANGED: ""},
        said(
            PoolMember.public_id, person=person(PoolMember.person_id), institution=PoolMember.institution,
            speciality=PoolMember.speciality, last_day=PoolMember.last_day, active=PoolMember.is_active,
        ),
    ),
)  # fmt: skip
SHEETS = (
    Told(
        "score sheet", {Event.SHEET_SUBMITTED: "submitted", Event.SHEET_RETURNED: "returned"},
        said(
            Sheet.public_id, state=Sheet.state, version=Sheet.number, reason=Sheet.returned_reason, returned_by=Sheet.returned_by,
        ).where(Sheet.number > 0),
    ),
    Told(
        "score sheet", {Event.SHEET_SUBMITTED: ""},
        said(Sheet.public_id, total=Sheet.total_hundredths, by=person(Sheet.person_id)).where(Sheet.number > 0),
    ),
)  # fmt: skip
CLAIMS = (
    Told(
        "claim", {Event.CLAIM_MADE: ""},
        said(
            Claim.public_id, credit_code=Organisation.credit_code, authority=Authority.public_id, name=Claim.claimed_name,
            by=person(Claim.person_id),
        ).join(Organisation, Claim.organisation_id == Organisation.id).join(Authority, Claim.authority_id == Authority.id),
    ),
    Told(
        "claim", {Event.CLAIM_MADE: "pending", Event.CLAIM_DECIDED: "decided"},
        said(
            Claim.public_id, confirmed=Claim.state == "confirmed", reason=Claim.reason,
            by=person(func.coalesce(Claim.decided_by, Claim.person_id)),
            state=case((Claim.state == "pending", "pending"), else_="decided"),
        ),
    ),
)  # fmt: skip
PEOPLE = (
    Told(
        "person",
        {Event.PERSON_CREATED: "open", Event.PERSON_CHANGED: "", Event.PERSON_DISABLED: "closed", Event.PERSON_ENABLED: "open"},
        said(
            Person.public_id, username=Person.username, name=Person.name, email=Person.email, phone=Person.phone,
            state=case((Person.is_active, "open"), else_="closed"),
        ),
    ),
    Told(
        "invitation", {Event.INVITATION_SENT: ""},
        said(
            Invitation.public_id, email=Invitation.email, role=Invitation.role, scope=Invitation.scope,
            scope_id=Invitation.scope_id, authority_id=Invitation.authority_id,
        ),
    ),
)  # fmt: skip
ROUNDS = (
    Told(
        "round", {Event.ROUND_CREATED: "draft", Event.STAGE_LEFT: "under way"},
        said(
            Round.public_id, award=Award.public_id, number=Round.number, year=Round.year, scheme_sha256=Round.scheme_sha256,
            entered=RoundStage.kind, state=case((Round.state == "draft", "draft"), else_="under way"),
        )
        .join(Award, Round.award_id == Award.id)
        .join(RoundStage, (RoundStage.round_id == Round.id) & (RoundStage.position == Round.position)),
    ),
    Told(
        "change of dates",
        {
            Event.DATE_CHANGE_PROPOSED: "proposed", Event.DATE_CHANGE_CONFIRMED: "confirmed",
            Event.DATE_CHANGE_DROPPED: "dropped",
        },
        said(
            DateChange.public_id, stage=RoundStage.kind, opens_at=DateChange.opens_at, closes_at=DateChange.closes_at,
            reason=DateChange.reason, dates=DateChange.dates, refusal=DateChange.refusal, state=DateChange.state,
            by=person(func.coalesce(DateChange.decided_by, DateChange.proposed_by)),
        ).join(RoundStage, RoundStage.id == DateChange.round_stage_id),
    ),
    Told(
        "proposed dates", {Event.DATE_CHANGE_PROPOSED: ""},
        said(DateChange.public_id, by=person(DateChange.proposed_by)),
    ),
    Told(
        "round", {Event.ROUND_CREATED: "", Event.ROUND_CHANGED: "", Event.STAGE_EXTENDED: ""}, said(Round.public_id),
        gathered={"dates": _dates},
    ),
)  # fmt: skip
AS_TOLD = tuple(
    Invariant(name, says, as_told(*kinds))
    for name, says, kinds in (
        ("certificates_as_told", "A certificate says what was recorded when it was issued, and is revoked as was recorded.", CERTIFICATES),
        ("notices_as_told", "A notice has the number, the days and the contact it was published with.", NOTICES),
        ("results_as_told", "Proposals, decisions, the approval and the publication say what was recorded, by whom it was.", RESULTS),
        ("objections_as_told", "An objection and its answer read as they were filed, examined and confirmed.", OBJECTIONS),
        ("outcomes_as_told", "The outcome of a stage on paper is what was entered and confirmed.", OUTCOMES),
        ("acceptances_as_told", "Facts, dates, evidence and decisions of applications are those that were recorded.", ACCEPTANCES),
        ("feedback_as_told", "A report that was handed in reads as it was handed in, and has gone as far as was recorded.", FEEDBACK),
        ("panels_as_told", "The pool of judges and the changes of panels are as they were recorded.", PANELS),
        ("sheets_as_told", "A score sheet is submitted or returned as was recorded last, with the total that was submitted.", SHEETS),
        ("claims_as_told", "A claim to act for an organisation stands as an office has decided it.", CLAIMS),
        ("people_as_told", "An account has the name and the address that were recorded, and an invitation the role.", PEOPLE),
        ("rounds_as_told", "A round has the scheme, the stage and the dates that were recorded last.", ROUNDS),
    )
)  # fmt: skip
"""What the row says is what the latest record about it tells."""
