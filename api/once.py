"""A form that adds something adds it once, however often its button is pressed.

Such a form carries a key that no other form has (`once()` in `parts/_forms.html`). When the same
form comes again with the same content, nothing is done; the browser is led to where the first one
has led it. Whoever comes while the first one is still at work waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import Sent
from api.forms import SAFE, cookie_secret

FIELD: Final = "once"
MOST_KEPT: Final = 10_000
_STATE: Final = "once_key"


class DoneBefore(Exception):
    """The same form was sent before; `location` is where it has led."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(location)


class DoneForms:
    """What was sent lately, and where it has led; a form that kept nothing may come again."""

    def __init__(self) -> None:
        self._led: OrderedDict[str, str] = OrderedDict()
        self._at_work: dict[str, asyncio.Event] = {}

    async def begin(self, key: str) -> None:
        """Let a form through that was not sent before.

        Raises
        ------
        DoneBefore
            It was, and something was kept.
        """
        while key in self._at_work:
            await self._at_work[key].wait()
        if key in self._led:
            raise DoneBefore(self._led[key])
        self._at_work[key] = asyncio.Event()

    def end(self, key: str, location: str) -> None:
        """Note where a form has led, nothing where it has kept nothing."""
        if location:
            self._led[key] = location
            if len(self._led) > MOST_KEPT:
                self._led.popitem(last=False)
        self._at_work.pop(key).set()


async def do_once(request: Request, sent: Sent) -> None:
    """Stop a form that was sent before."""
    once = sent.one(FIELD)
    if request.method in SAFE or not once:
        return
    content = repr((cookie_secret(request), str(request.url), sorted(sent.fields.items())))
    key = hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
    forms: DoneForms = request.app.state.done_forms
    await forms.begin(key)
    setattr(request.state, _STATE, key)


async def lead_there_again(_request: Request, error: Exception) -> Response:
    """Lead the browser to where the first form has led it."""
    assert isinstance(error, DoneBefore)
    return RedirectResponse(error.location, status_code=303)


class NotedForms:
    """Notes of each form where its answer leads."""

    def __init__(self, app: ASGIApp, forms: DoneForms) -> None:
        self.app = app
        self.forms = forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and look at the head of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state, location = scope.setdefault("state", {}), ""

        async def noted(message: Message) -> None:
            nonlocal location
            if message["type"] == "http.response.start" and message["status"] == 303:
                location = dict(message["headers"]).get(b"location", b"").decode("latin-1")
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            if key := state.get(_STATE):
                self.forms.end(key, location)
