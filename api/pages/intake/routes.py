"""All routes of first words, in the order in which addresses are looked up."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.intake import counts, entry, listing, one, person, visits

router = APIRouter(include_in_schema=False)
# `new` and `counts` are words; they stand before the ids in their place.
for routes in (listing, entry, counts, one, person, visits):
    router.include_router(routes.router)
