"""Pages of organisations: claiming one. The office's decision stands with the applications, which it reaches into."""

from fastapi import APIRouter

from award.organisations.pages import claiming

router = APIRouter()
router.include_router(claiming.router)
