"""Pages of winners: the office's certificates, and what the public reads and verifies."""

from fastapi import APIRouter

from award.winners.pages import certificates, public

router = APIRouter()
for one in (public.router, certificates.router):
    router.include_router(one)
