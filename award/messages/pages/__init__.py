"""Pages of messages: everybody's inbox; the office's log, reminders and bulk mail."""

from fastapi import APIRouter

from award.messages.pages import inbox, log, mailing, reminders

router = APIRouter()
for one in (inbox.router, log.router, reminders.router, mailing.router):
    router.include_router(one)
