"""Where a request ends is never in doubt, whatever its headers say."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.browser.server import free_port, serving
from tests.office import prepare

HIDDEN = b"GET /healthz?hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"


def answers(port: int, request: bytes) -> list[bytes]:
    """Send bytes, and return the status line of each answer until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: line.recv(65_536), b""))
    return [each for each in received.split(b"\r\n") if each.startswith(b"HTTP/1.1 ")]


@pytest.mark.parametrize(
    ("lengths", "status"),
    [
        # The chunks count, and not the length that never comes (RFC 9112 §6.3).
        (b"Content-Length: 5000\r\nTransfer-Encoding: chunked\r\n", b"403"),
        (b"Content-Length: 5\r\nContent-Length: 60\r\n", b"400"),
        (b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", b"400"),
        (b"Transfer-Encoding: chunked, chunked\r\n", b"400"),
    ],
)
def test_a_request_with_two_lengths_hides_no_other(
    tmp_path: Path, lengths: bytes, status: bytes
) -> None:
    """It is refused, or counted by its chunks alone; what follows a refused one is not read."""
    with free_port() as port, serving(prepare(tmp_path), port=port):
        head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + lengths
        told = answers(port.getsockname()[1], head + b"\r\n0\r\n\r\n" + HIDDEN)
    assert [each.split()[1] for each in told] == [status]
