"""All routes of the JSON interface."""

from __future__ import annotations

from fastapi import APIRouter

from api.v1 import documentation, matching, people, places, rules, session

router = APIRouter()
for routes in (documentation, session, places, people, rules, matching):
    router.include_router(routes.router)
