"""Pages of judging: a judge's desk, the office's view of the progress, feedback reports."""

from fastapi import APIRouter

from award.judging.pages import feedback, progress, report, returned, reviews, scoring, sheets, team

router = APIRouter()
for one in (
    reviews.router,
    scoring.router,
    sheets.router,
    team.router,
    report.router,
    progress.router,
    returned.router,
    feedback.office,
    feedback.applicant,
):
    router.include_router(one)
