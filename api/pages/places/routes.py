"""All routes of places and openings, in the order in which addresses are looked up."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.places import finding, host_view, openings, people, place

router = APIRouter(include_in_schema=False)
for routes in (finding, place, openings, people, host_view):
    router.include_router(routes.router)
