"""Pages of rounds for the award office: authorities, the list, a new round, its scheme, its dates, the working days."""

from fastapi import APIRouter

from award.rounds.pages import authorities, founding, planning, schemes, workdays

router = APIRouter()
for one in (founding.router, schemes.router, planning.router, workdays.router, authorities.router):
    router.include_router(one)
