"""The routes of the pages that explain a pair."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages.explaining import pair, why

router = APIRouter(include_in_schema=False)
router.include_router(why.router)
router.include_router(pair.router)
