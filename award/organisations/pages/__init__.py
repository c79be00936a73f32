"""Pages of organisations: claiming one, and an office's register.

The office's decision of a claim stands with the applications, which it reaches into.
"""

from fastapi import APIRouter

from award.organisations.pages import claiming, register

router = APIRouter()
router.include_router(claiming.router)
router.include_router(register.router)
