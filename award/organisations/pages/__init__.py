"""Pages of organisations: claiming one, and the office's decision."""

from fastapi import APIRouter

from award.organisations.pages import claiming, deciding

router = APIRouter()
for one in (claiming.router, deciding.router):
    router.include_router(one)
