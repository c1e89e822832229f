"""All routes of what is settled before the search."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.rules import bonding, hosts, listing, placing

router = APIRouter(include_in_schema=False)
for routes in (listing, hosts, placing, bonding):
    router.include_router(routes.router)
