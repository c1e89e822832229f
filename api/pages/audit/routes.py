"""All routes of the record."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.audit import accesses, record

router = APIRouter(include_in_schema=False)
for routes in (accesses, record):
    router.include_router(routes.router)
