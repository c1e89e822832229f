"""All routes of referrals, in the order in which addresses are looked up."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.referrals import listing, one

router = APIRouter(include_in_schema=False)
for routes in (listing, one):
    router.include_router(routes.router)
