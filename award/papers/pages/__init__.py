"""Pages of papers: one paper, and all of a round."""

from fastapi import APIRouter

from award.papers.pages import one as one_paper
from award.papers.pages import round as of_round

router = APIRouter()
for each in (one_paper.router, of_round.router):
    router.include_router(each)
