"""Pages of applications, for applicants and for the office."""

from fastapi import APIRouter

from award.applications.pages import evidence, items, office, profile, start, submit

router = APIRouter()
for one in (start.router, profile.router, items.router, evidence.router, evidence.files, submit.router, office.router):
    router.include_router(one)
