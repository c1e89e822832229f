"""All routes of the keeping of records."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.records import changes, deleting, exporting, record, retention

router = APIRouter(include_in_schema=False)
for routes in (record, changes, exporting, deleting, retention):
    router.include_router(routes.router)
