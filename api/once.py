"""A form that adds something adds it once, however often its button is pressed.

Such a form carries a key that no other form has (`once()` in `parts/_forms.html`). When the same
form comes again with the same content, nothing is done; the browser is led to where the first one
has led it. Whoever comes while the first one is still at work waits for it. What was sent stands
in the database, so that it holds for all processes that serve an office.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import Sent
from api.forms import SAFE, cookie_secret
from api.wiring import Wiring, visitor
from db.errors import DatabaseError
from db.one_time import OneTime, Purpose

FIELD: Final = "once"
AT_WORK: Final = timedelta(minutes=2)
"""Longer than any form takes; of a process that has died nobody waits longer."""
LOOK_EVERY_SECONDS: Final = 0.02
_STATE: Final = "once"


class DoneBefore(Exception):
    """The same form was sent before; `location` is where it has led."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(location)


class DoneForms:
    """What was sent lately, and where it has led; a form that kept nothing may come again."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring

    async def begin(self, key: bytes) -> OneTime:
        """Let a form through that was not sent before.

        Raises
        ------
        DoneBefore
            It was, and something was kept.
        """
        while True:
            now = self.wiring.clock()
            begun = OneTime(Purpose.FORM, key, None, now, now + AT_WORK)
            if await run_sync(self.wiring.one_time.begin, begun):
                return begun
            await self._wait_for_the_first(key)

    async def led_to(self, begun: OneTime, location: str) -> None:
        """Note where a form has led, for as long as the session can last that it belongs to."""
        until = begun.made_at + self.wiring.limits.longest
        await self._write(self.wiring.one_time.note, begun, location.encode("latin-1"), until)

    async def let_go(self, begun: OneTime) -> None:
        """Let a form come again that has kept nothing."""
        await self._write(
            self.wiring.one_time.use_up, begun.secret_hash, begun.made_at, Purpose.FORM
        )

    async def _wait_for_the_first(self, key: bytes) -> None:
        look = self.wiring.one_time.look
        while first := await run_sync(look, key, self.wiring.clock(), Purpose.FORM):
            if first.payload:
                raise DoneBefore(first.payload.decode("latin-1"))
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _write(self, *work: Any) -> None:
        """Write also when nobody waits for the answer any more; what cannot be, runs out."""
        with CancelScope(shield=True), suppress(DatabaseError):
            await run_sync(*work)


async def do_once(request: Request, sent: Sent) -> None:
    """Stop a form that was sent before; whoever is not signed in is stopped anyway."""
    once = sent.one(FIELD)
    if request.method in SAFE or not once or await run_sync(visitor, request) is None:
        return
    content = repr((cookie_secret(request), str(request.url), sorted(sent.fields.items())))
    key = hashlib.blake2b(content.encode(), digest_size=16).digest()
    forms: DoneForms = request.app.state.done_forms
    setattr(request.state, _STATE, await forms.begin(key))


async def lead_there_again(_request: Request, error: Exception) -> Response:
    """Lead the browser to where the first form has led it."""
    assert isinstance(error, DoneBefore)
    return RedirectResponse(error.location, status_code=303)


class NotedForms:
    """Notes of each form where its answer leads, before the browser learns it."""

    def __init__(self, app: ASGIApp, forms: DoneForms) -> None:
        self.app = app
        self.forms = forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and look at the head of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 303:
                location = dict(message["headers"]).get(b"location", b"").decode("latin-1")
                if location and (begun := state.pop(_STATE, None)):
                    await self.forms.led_to(begun, location)
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            if begun := state.pop(_STATE, None):
                await self.forms.let_go(begun)
