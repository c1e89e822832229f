"""How much of a request is read."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.refusals import TooLarge


class BodyLimit:
    """Stop reading a request that is too large, whether it says so at the start or not."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self.app = app
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what is read of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._check(int(Headers(scope=scope).get("Content-Length", "0")))
        read_bytes = 0

        async def counted() -> Message:
            nonlocal read_bytes
            message = await receive()
            read_bytes += len(message.get("body", b""))
            self._check(read_bytes)
            return message

        await self.app(scope, counted, send)

    def _check(self, size_bytes: int) -> None:
        if size_bytes > self.most_bytes:
            raise TooLarge("too_large", megabytes=self.most_bytes // 1_000_000)
