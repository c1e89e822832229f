"""The catalogue for staff: finding places, one place with its openings, writing an opening."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.places import finding

router = APIRouter(include_in_schema=False)
for part in (finding,):
    router.include_router(part.router)
