"""What can be asked without reading a request further is asked before its body is read."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.forms import check_sender
from api.rate_limits import check_rate
from api.sites import check_address


def check_head(request: Request) -> None:
    """Refuse what address, headers and cookie alone make unacceptable.

    Raises
    ------
    Unreadable, TooOften, FormRefused
        As `check_address`, `check_rate`, `check_sender`.
    """
    check_address(request)
    check_rate(request)
    check_sender(request)


class HeadFirst:
    """Look at the head of a request when a route first asks for its body.

    The framework reads a form before it asks whether anything speaks against the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body after the look at its head."""
        looked = scope["type"] != "http"

        async def after_the_head() -> Message:
            nonlocal looked
            if not looked and "route" in scope:
                looked = True
                await run_in_threadpool(check_head, Request(scope))
            return await receive()

        await self.app(scope, after_the_head, send)
