"""A server for the browser tests, in a thread of the test process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.settings import Settings
from api.wiring import Clock, present


def free_port() -> socket.socket:
    """Take a port of this machine that nobody has."""
    return socket.create_server(("127.0.0.1", 0))


@contextmanager
def serving(
    settings: Settings, clock: Clock = present, port: socket.socket | None = None
) -> Iterator[str]:
    """Serve on a port of this machine until the block ends; gives the address."""
    listening = port.dup() if port else free_port()
    number = listening.getsockname()[1]
    config = uvicorn.Config(create_app(settings, clock), log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.02)
    try:
        yield f"http://localhost:{number}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()
