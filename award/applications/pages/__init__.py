"""Pages of applications, for applicants and for the office."""

from fastapi import APIRouter

from award.applications.pages import claims, evidence, history, items, office, people, presence, profile, start, submit

router = APIRouter()
for one in (
    start.router, profile.router, items.router, history.router, evidence.router, evidence.files, submit.router, people.router,
    presence.router, office.router, claims.router,
):  # fmt: skip
    router.include_router(one)
