"""Connections that say nothing keep nobody out, nor do many from one machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.commands.serving import listen, serving_options
from api.connections import (
    AGAIN_SECONDS,
    MOST_FROM_ONE,
    MOST_IN_ALL,
    ProxiedProtocol,
    TimedProtocol,
)
from api.settings import Settings

PATIENCE_SECONDS = 60
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@contextmanager
def serving(**options: Any) -> Iterator[int]:
    """Serve in a thread, with so few connections that it is soon full; gives the port."""

    async def say_yes(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"3")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"yes"})

    taken = listen("localhost", 0)
    few = {"limit_concurrency": 5, "timeout_keep_alive": 1}
    with_ours = serving_options(Settings()) | few | options
    config = uvicorn.Config(say_yes, lifespan="off", **with_ours)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
    thread.start()
    try:
        until(lambda: server.started)
        yield taken.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def until(happens: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Tell whether a new visitor is served."""
    try:
        return httpx2.get(f"http://localhost:{port}/").status_code == 200
    except httpx2.HTTPError:
        return False


def is_closed(held: socket.socket) -> bool:
    """Tell whether the server has hung up."""
    held.settimeout(0.05)
    try:
        return held.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("said", [b"", HEAD], ids=["nothing", "half a head"])
def test_who_says_nothing_is_hung_up_on(said: bytes) -> None:
    """And others are served again."""
    with serving() as port:
        held = [socket.create_connection(("localhost", port)) for _ in range(6)]
        for each in held:
            each.sendall(said)
        until(lambda: all(map(is_closed, held)))
        until(lambda: answers(port))
        for each in held:
            each.close()


def test_who_trickles_is_hung_up_on() -> None:
    """Each byte of a head would give the next one its time; all of them have one time together."""
    with serving() as port, socket.create_connection(("localhost", port)) as held:

        def is_over() -> bool:
            try:
                held.sendall(b"X-A: b\r\n")
            except OSError:
                return True
            return is_closed(held)

        held.sendall(HEAD)
        until(is_over)


def test_the_servers_own_protocol_would_wait_for_ever() -> None:
    """It is ours that hangs up."""
    with (
        serving(http=H11Protocol) as port,
        socket.create_connection(("localhost", port)) as held,
    ):
        held.sendall(HEAD)
        time.sleep(2.5)
        assert not is_closed(held)


def test_whoever_asks_is_answered_on_one_connection() -> None:
    """Also after half a head, and one request after the other."""
    with (
        serving(timeout_keep_alive=PATIENCE_SECONDS) as port,
        socket.create_connection(("localhost", port)) as held,
    ):
        held.settimeout(PATIENCE_SECONDS)
        for _ in range(3):
            held.sendall(HEAD)
            time.sleep(0.1)
            held.sendall(b"\r\n")
            answer = b""
            while not answer.endswith(b"yes"):
                answer += held.recv(1_000)
            assert answer.startswith(b"HTTP/1.1 200")


def test_one_machine_has_not_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond its share is hung up on at once; what it has goes on."""
    monkeypatch.setattr(TimedProtocol, "most_from_one", 2)
    with serving(timeout_keep_alive=PATIENCE_SECONDS) as port:
        held = [socket.create_connection(("localhost", port)) for _ in range(5)]
        until(lambda: sum(map(is_closed, held)) == 3)
        assert not is_closed(held[0])
        held[1].close()
        until(lambda: answers(port))
        for each in held:
            each.close()


def test_a_proxy_that_is_named_has_them_all() -> None:
    """All that come over it come from its address; its own limits hold."""
    assert serving_options(Settings())["http"] is TimedProtocol
    assert serving_options(Settings(trusted_proxy="192.0.2.1"))["http"] is ProxiedProtocol
    assert ProxiedProtocol.most_from_one is None
    assert 50 < MOST_FROM_ONE < serving_options(Settings())["limit_concurrency"] / 2


def is_served(held: socket.socket) -> bool:
    """Ask on a connection that is open, and tell whether there is an answer."""
    held.settimeout(PATIENCE_SECONDS)
    held.sendall(HEAD + b"\r\n")
    answer = b""
    while not answer.endswith(b"yes") and (more := held.recv(1_000)):
        answer += more
    return answer.startswith(b"HTTP/1.1 200")


def asked_beyond(port: int) -> httpx2.Response:
    """Hold as many connections as are served, and ask on one more; those go on."""
    with (
        socket.create_connection(("localhost", port)) as one,
        socket.create_connection(("localhost", port)) as other,
    ):
        assert is_served(one)
        assert is_served(other)
        answer = httpx2.get(f"http://localhost:{port}/")
        assert is_served(one)
        assert is_served(other)
        return answer


@pytest.mark.parametrize("protocol", [TimedProtocol, ProxiedProtocol])
def test_beyond_all_that_are_served_one_is_told_when_to_come_again(
    monkeypatch: pytest.MonkeyPatch, protocol: type[TimedProtocol]
) -> None:
    """Also behind a proxy; when there is room again, there is an answer again."""
    monkeypatch.setattr(TimedProtocol, "most_in_all", 2)
    with serving(http=protocol, timeout_keep_alive=PATIENCE_SECONDS) as port:
        refused = asked_beyond(port)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == str(AGAIN_SECONDS)
        assert "もう一度" in refused.text
        until(lambda: answers(port))


def test_the_number_in_all_is_what_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched off, whoever comes beyond it is served."""
    monkeypatch.setattr(TimedProtocol, "most_in_all", None)
    with serving(timeout_keep_alive=PATIENCE_SECONDS) as port:
        assert asked_beyond(port).status_code == 200


def test_beyond_the_room_for_saying_no_nobody_gets_in() -> None:
    """A flood takes no more than a fixed number of connections, behind a proxy as well."""
    with serving(http=ProxiedProtocol, timeout_keep_alive=PATIENCE_SECONDS) as port:
        held = [socket.create_connection(("localhost", port)) for _ in range(9)]
        until(lambda: sum(map(is_closed, held)) == 5)
        for each in held:
            each.close()
    assert serving_options(Settings())["limit_concurrency"] > MOST_IN_ALL
