"""How often one may ask: each address, each user, and more strictly what is costly to answer.

The counts live in this process and end with it. Wrong passwords have rules of their own.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.forms import cookie_secret
from api.refusals import TooOften
from api.wiring import visitor


class Per(StrEnum):
    """Whose requests are counted together."""

    ADDRESS = "address"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a minute; of all addresses together where none is named."""

    name: str
    per: Per
    a_minute: int
    addresses: frozenset[str] = frozenset()


RATES: Final = (
    # An office of forty people may stand behind one address.
    Rate("everything", Per.ADDRESS, 3_000),
    Rate("everything", Per.USER, 600),
    # Each try costs a quarter second and 64 MiB.
    Rate(
        "sign_in",
        Per.ADDRESS,
        60,
        frozenset(
            {
                "POST /sign-in",
                "POST /sign-in/code",
                "POST /sign-in/factor",
                "POST /sign-in/passkey/options",
                "POST /sign-in/passkey",
                "POST /sign-in/code/passkey/options",
                "POST /sign-in/code/passkey",
                "POST /account/confirm/passkey/options",
                "POST /account/confirm/passkey",
                "POST /account/passkeys/options",
                "POST /account/passkeys",
                "POST /sign-in/provider",
                "GET /sign-in/provider/back",
                "POST /account/provider",
                "POST /invitation/{secret}",
                "POST /account/confirm",
                "POST /account/password",
                "POST /account/factor",
            }
        ),
    ),
    # What could be used to try names one after the other.
    Rate(
        "search",
        Per.USER,
        60,
        frozenset(
            {"POST /people/search", "GET /api/v1/people", "POST /api/v1/people", "POST /emergency"}
        ),
    ),
    # What takes much with it at once.
    Rate(
        "export",
        Per.USER,
        30,
        frozenset(
            {
                "GET /matching/{run_id}/{name}.json",
                "GET /people/{participant_id}/openings/sheet",
                "POST /people/{participant_id}/records/export",
            }
        ),
    ),
    # What computes over everybody.
    Rate(
        "matching",
        Per.USER,
        30,
        frozenset(
            {
                "POST /matching",
                "POST /matching/helpers",
                "POST /api/v1/matching",
                "POST /settings/policy/preview",
            }
        ),
    ),
)
NEVER: Final = frozenset({"GET /healthz", "GET /readyz"})
"""Whoever watches over the machine asks these all the time."""


class RateLimits:
    """Counts requests and says when it is too many.

    Parameters
    ----------
    factor
        What the office multiplies all rates by; 0 switches them off.
    """

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, request: Request, address: str) -> None:
        """Count a request.

        Raises
        ------
        TooOften
            With the seconds after which one may ask again.
        """
        if not self.factor or address in NEVER:
            return
        source = request.client.host if request.client else ""
        actor = visitor(request) if cookie_secret(request) else None
        for rate in RATES:
            who = source if rate.per is Per.ADDRESS else actor and actor.user_id
            if who and (not rate.addresses or address in rate.addresses):
                self._count(rate, who)

    def _count(self, rate: Rate, who: str) -> None:
        item = RateLimitItemPerMinute(math.ceil(rate.a_minute * self.factor))
        named = (rate.name, rate.per, who)
        if not self._limiter.hit(item, *named):
            reset_at = self._limiter.get_window_stats(item, *named).reset_time
            raise TooOften("too_often", seconds=max(1, math.ceil(reset_at - time.time())))


def check_rate(request: Request) -> None:
    """Refuse a request of somebody who asks too often; each request counts once."""
    if getattr(request.state, "is_counted", False):
        return
    request.state.is_counted = True
    limits: RateLimits = request.app.state.rate_limits
    limits.check(request, f"{request.method} {getattr(request.scope['route'], 'path', '')}")
