"""Pages of results: the office's ranking, decision, notice, objections, approval and publication, and the public site."""

from fastapi import APIRouter

from award.results.pages import (
    amendment,
    approval,
    committee,
    decision,
    notice,
    notices,
    objecting,
    objections,
    publication,
    ranking,
    site,
)

router = APIRouter()
# The decision and the publication stand before the ranking, whose last address takes any application.
for one in (
    site.router, objecting.router, notices.router, decision.router, amendment.router, approval.router, publication.router, notice.router,
    objections.router, ranking.router, committee.router,
):  # fmt: skip
    router.include_router(one)
