"""One line for each request: method, route, answer and time; no address, id or name of anybody."""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger: Final = logging.getLogger("tsunagite.access")


class AccessLog:
    """Log each request under the pattern of its route, which contains no id and no secret."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log it when it is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            route = pattern_of(scope)
            level = logging.DEBUG if route == "/static" else logging.INFO
            logger.log(level, "%s %s %d %.0f ms", scope["method"], route, status, milliseconds)


def pattern_of(scope: Scope) -> str:
    """Return the pattern of the route that answered, such as ``/people/{id}``."""
    if scope["path"].startswith("/static/"):
        return "/static"
    pattern = getattr(scope.get("route"), "path", None)
    return pattern if isinstance(pattern, str) else "(no route)"
