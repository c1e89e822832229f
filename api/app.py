"""The web application: routes, and what stands before and behind each of them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Depends, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api import health
from api.access_log import AccessLog
from api.backups import DailyBackups
from api.before_body import HeadFirst
from api.forms import check_form
from api.hashing import limiter_of
from api.headers import SecurityHeaders
from api.limits import BodyLimit
from api.matching_jobs import MatchingJobs
from api.once import DoneBefore, DoneForms, NotedForms, do_once, lead_there_again
from api.pages import criteria, emergency, home, passkeys, provider, remits, sign_in, styleguide
from api.pages import help as help_pages
from api.pages.account import passkeys as own_passkeys
from api.pages.account import routes as account
from api.pages.audit import routes as audit
from api.pages.calls import routes as calls
from api.pages.explaining import routes as explaining
from api.pages.helpers import routes as helpers
from api.pages.intake import routes as intake
from api.pages.matching import routes as matching
from api.pages.meetings import routes as meetings
from api.pages.people import routes as people
from api.pages.places import routes as places
from api.pages.placing import routes as placing
from api.pages.policies import routes as policies
from api.pages.records import routes as records
from api.pages.referrals import routes as referrals
from api.pages.rules import routes as rules
from api.pages.staff import routes as staff
from api.problems import Troubles, answer_problems
from api.rate_limits import RateLimits, check_rate
from api.reading import RecordedReads
from api.rendering import STATIC
from api.settings import Settings
from api.sites import check_address
from api.v1 import routes as v1
from api.v1.openapi import DescribedApi, operation_id
from api.wiring import Clock, Wiring, present
from db.errors import DatabaseError

FOREVER: Final = "public, max-age=31536000, immutable"
ONE_DAY: Final = "public, max-age=86400"
logger: Final = logging.getLogger("tsunagite")


def create_app(settings: Settings, clock: Clock = present) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    settings
        What the office has set.
    clock
        Gives the present instant.
    """
    wiring = Wiring(settings, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        wiring.forget_again()
        _note_deletions(wiring)
        app.state.matching_jobs.warm_up()
        app.state.daily_backups.start()
        yield
        app.state.daily_backups.close()
        app.state.matching_jobs.close()
        wiring.close()

    app = DescribedApi(
        title="つなぎ手",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,  # it would lead to whatever name a request says
        dependencies=[
            Depends(check_address),
            Depends(check_rate),
            Depends(check_form),
            Depends(do_once),
        ],
        generate_unique_id_function=operation_id,
    )
    app.state.wiring = wiring
    app.state.matching_jobs = MatchingJobs(wiring)
    app.state.daily_backups = DailyBackups(wiring)
    app.state.sign_in_limiter = limiter_of(settings.sign_ins_at_once)
    app.state.provider_limiter = limiter_of(provider.AT_ONCE)
    app.state.rate_limits = RateLimits(settings.rate_factor)
    app.state.done_forms = DoneForms(wiring)
    answer_problems(app)
    app.add_exception_handler(DoneBefore, lead_there_again)
    # The last one added is the first that a request meets.
    app.add_middleware(HeadFirst)
    app.add_middleware(
        BodyLimit, most_bytes=settings.body_limit_bytes, most_seconds=settings.body_seconds
    )
    app.add_middleware(RecordedReads, wiring=wiring)
    app.add_middleware(NotedForms, forms=app.state.done_forms)
    app.add_middleware(Troubles)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(AccessLog)
    accounts = (sign_in, passkeys, provider, account, own_passkeys, staff)
    work = (
        home,
        help_pages,
        places,
        intake,
        referrals,
        people,
        records,
        placing,
        meetings,
        helpers,
        rules,
        matching,
        policies,
    )
    for routes in (
        health,
        v1,
        *accounts,
        *work,
        calls,
        explaining,
        emergency,
        remits,
        criteria,
        audit,
    ):
        app.include_router(routes.router)
    if settings.styleguide:
        app.include_router(styleguide.router)
    app.mount("/static", MarkedFiles(directory=STATIC), name="static")
    return app


def _note_deletions(wiring: Wiring) -> None:
    """Have the log of deletions there before it is needed; a restore without one asks for it."""
    try:
        if wiring.is_ready():
            wiring.keep_deletions()
    except (OSError, DatabaseError) as error:  # the office can work without; a deletion tells
        told = getattr(error, "code", type(error).__name__)
        logger.warning("deletions not noted: %s", told)


class MarkedFiles(StaticFiles):
    """Static files; an address that carries the mark of its content is kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file and how long it may be kept."""
        response = await super().get_response(path, scope)
        marked = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = FOREVER if marked else ONE_DAY
        return response
