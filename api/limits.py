"""How much of a request is read, and how long we wait for it."""

from __future__ import annotations

import re
import time
from typing import Final

from anyio import fail_after
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.refusals import TooLarge, TooSlow, Unreadable

MOST_HEAD_BYTES: Final = 16_384
"""Address and headers together; the server itself refuses more."""
MOST_FIELDS: Final = 1_000
MOST_FILES: Final = 10
MOST_FIELD_BYTES: Final = 1_000_000
"""Of one form; more of any is refused with 400."""
MOST_DIGITS: Final = 20
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]*)", re.IGNORECASE)


def check_charset(content_type: str) -> None:
    """Refuse a body in other letters than those of our pages; some know half characters.

    Raises
    ------
    Unreadable
        ``unreadable``.
    """
    charset = _CHARSET.search(content_type)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise Unreadable("unreadable")


class BodyLimit:
    """Stop reading a request that is too large, announced or not, or that never ends."""

    def __init__(self, app: ASGIApp, most_bytes: int, most_seconds: float) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.most_seconds = most_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what is read of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        announced = headers.get("Content-Length", "")[:MOST_DIGITS]
        self._check(int(announced) if announced.isascii() and announced.isdecimal() else 0)
        check_charset(headers.get("Content-Type", ""))
        read_bytes = 0
        is_read = False
        ends_at = time.monotonic() + self.most_seconds

        async def counted() -> Message:
            nonlocal read_bytes, is_read
            if is_read:  # what comes now is only that the other side has gone
                return await receive()
            try:
                with fail_after(ends_at - time.monotonic()):
                    message = await receive()
            except TimeoutError as error:
                raise TooSlow("too_slow") from error
            read_bytes += len(message.get("body", b""))
            is_read = not message.get("more_body", False)
            self._check(read_bytes)
            return message

        await self.app(scope, counted, send)

    def _check(self, size_bytes: int) -> None:
        if size_bytes > self.most_bytes:
            raise TooLarge("too_large", megabytes=self.most_bytes // 1_000_000)
