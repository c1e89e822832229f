"""All routes of enquiries and placements."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.placing import asking, enquiry, placement
from api.pages.placing_lists import enquiries, placements

router = APIRouter(include_in_schema=False)
for routes in (enquiries, asking, enquiry, placements, placement):
    router.include_router(routes.router)
