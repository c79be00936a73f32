"""Pages of the office: the pool of judges, and the panels of a round."""

from fastapi import APIRouter

from award.panels.pages import assign, pool

router = APIRouter()
router.include_router(pool.router)
router.include_router(pool.in_round)
router.include_router(assign.router)
