"""Connections that say nothing, or never come to an end of it, keep nobody else out."""

from __future__ import annotations

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_FROM_ONE: Final = 150
"""Connections from one address; an office behind one has room, and the others have as well."""
MOST_IN_ALL: Final = 400
"""Connections that are served; whoever comes beyond is asked to come again, on so many more."""
AGAIN_SECONDS: Final = 5
FULL_TEXT: Final = f"""ただいま たいへん混み合っています。
{AGAIN_SECONDS}秒ほど待ってから、もう一度 開いてください。
いま送ったものは、届いていません。
""".encode()
FULL: Final = b"\r\n".join(
    (
        b"HTTP/1.1 503 Service Unavailable",
        b"Retry-After: %d" % AGAIN_SECONDS,
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Length: %d" % len(FULL_TEXT),
        b"Cache-Control: no-store",
        b"X-Content-Type-Options: nosniff",
        b"Connection: close",
        b"",
        FULL_TEXT,
    )
)
"""What is said without asking the application for anything."""


class TimedProtocol(H11Protocol):
    """The server's own HTTP, with an end to waiting for the head of a request.

    A connection is closed when a head has not come whole within as many seconds as an idle one is
    kept, however its bytes trickle, and at once when its address has too many open. When there are
    too many of all, also behind a proxy, a new one is told so; those that are there go on.
    """

    most_from_one: int | None = MOST_FROM_ONE
    most_in_all: int | None = MOST_IN_ALL
    _is_beyond = False
    _end_of_head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, and begin to wait."""
        super().connection_made(transport)
        if self._is_one_too_many():
            transport.abort()
            return
        self._is_beyond = self.most_in_all is not None and len(self.connections) > self.most_in_all
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Go on waiting, not anew, while the head is not whole."""
        if self._is_beyond:  # not before it has asked: an answer to what is unread gets lost
            self.transport.write(FULL)
            self.transport.close()
            return
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._wait_for_head()
        else:
            self._stop_waiting()

    def _is_one_too_many(self) -> bool:
        """Tell whether nobody even says no: its address has its share, or all room is taken."""
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            return True
        return self.most_from_one is not None and self._open_from_here() > self.most_from_one

    def _open_from_here(self) -> int:
        address = self.client and self.client[0]
        clients = (getattr(each, "client", None) for each in self.connections)
        return sum(client is not None and client[0] == address for client in clients)

    def _wait_for_head(self) -> None:
        if self._end_of_head is None:
            seconds = self.timeout_keep_alive
            self._end_of_head = self.loop.call_later(seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._end_of_head is not None:
            self._end_of_head.cancel()
            self._end_of_head = None


class ProxiedProtocol(TimedProtocol):
    """Behind a proxy that is named: all connections come from its address."""

    most_from_one = None
