"""Pages of results: the office's ranking, decision, notice, approval and publication, and the public site."""

from fastapi import APIRouter

from award.results.pages import decision, notice, notices, publication, ranking, site

router = APIRouter()
# The decision and the publication stand before the ranking, whose last address takes any application.
for one in (site.router, notices.router, decision.router, publication.router, notice.router, ranking.router):
    router.include_router(one)
