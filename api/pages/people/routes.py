"""All routes of persons, in the order in which addresses are looked up."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.people import (
    closing,
    consenting,
    deciding,
    editing,
    listing,
    openings,
    planning,
    record,
    refused,
    registering,
    sheet,
    story,
    watching,
    what_if,
)

router = APIRouter(include_in_schema=False)
# `new`, `search` and `refused` are words; they stand before the ids in their places.
for routes in (
    listing,
    registering,
    editing,
    consenting,
    planning,
    closing,
    watching,
    story,
    openings,
    refused,
    sheet,
    what_if,
    deciding,
    record,
):
    router.include_router(routes.router)
