"""The pages of calls."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.calls import call, listing

router = APIRouter(include_in_schema=False)
for routes in (listing, call):
    router.include_router(routes.router)
