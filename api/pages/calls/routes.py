"""The pages of calls."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.calls import call, correcting, course, listing

router = APIRouter(include_in_schema=False)
for routes in (listing, call, correcting, course):
    router.include_router(routes.router)
