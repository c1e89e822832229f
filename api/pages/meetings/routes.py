"""All routes of meetings."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.meetings import item, listing, meeting, planning, sheet

router = APIRouter(include_in_schema=False)
for routes in (listing, planning, sheet, item, meeting):
    router.include_router(routes.router)
