"""Pages of people: signing in and out, one's own account, one-time links, language and size of type."""

from fastapi import APIRouter

from award.accounts.pages import display, links, me, sign_in, tokens

router = APIRouter()
for one in (sign_in.router, links.router, me.router, tokens.router, display.router):
    router.include_router(one)
