"""Pages about people."""

from fastapi import APIRouter

from award.administration.pages import care, people

router = APIRouter()
for one in (people.router, care.router):
    router.include_router(one)
