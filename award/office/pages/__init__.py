"""Pages of the office: the round at a glance, its stages, outcomes of stages on paper, the trail, who may do what."""

from fastapi import APIRouter

from award.office.pages import (
    corrections,
    dashboard,
    exporting,
    importing,
    outcomes,
    permissions,
    redating,
    stages,
    trail,
)

router = APIRouter()
for one in (
    permissions.router, dashboard.router, stages.router, redating.router, outcomes.router, corrections.router, trail.router,
    exporting.office, exporting.admin, importing.router,
):  # fmt: skip
    router.include_router(one)
