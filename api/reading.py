"""Nothing of anybody leaves the house before the record says who was shown it.

The stores note whom they hand out (`cases.reading`). An answer is held until one event about all
who are in it is written; where that fails, the answer is refused and nothing is shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access_log import pattern_of
from api.refusals import CannotRecord, NotReady
from api.traces import where
from api.wiring import Wiring
from cases.reading import Reading, reading
from cases.words.audit import Kind
from catalog.actor import Actor
from catalog.audit import AuditEvent
from db.audit_reads import is_person, read_event

logger: Final = logging.getLogger("tsunagite")

KINDS: Final[Mapping[str, Kind]] = {
    "POST /people/search": Kind.SEARCHED,
    "GET /people/{participant_id}/openings/sheet": Kind.PRINTED,
    "GET /people/{participant_id}/plan/print": Kind.PRINTED,
    "GET /people/{participant_id}/closing/print": Kind.PRINTED,
    "GET /people/{participant_id}/accesses": Kind.PRINTED,
    "GET /meetings/{meeting_id}/sheet": Kind.PRINTED,
    "GET /audit": Kind.RECORD_SEEN,
    "GET /audit/accesses": Kind.RECORD_SEEN,
}
"""Routes whose answers are more than a look; a file that is taken along is told by its header."""
ALWAYS: Final = frozenset({Kind.SEARCHED, Kind.EXPORTED, Kind.RECORD_SEEN})
"""What is recorded even where it shows nobody."""
PEOPLE_IN_PATH: Final = ("participant_id", "person_id")
OF_NOBODY: Final = frozenset({"place_id", "opening_id", "host_id", "job_id", "name"})
"""Names in a path that do not lead to a person."""
TEXTS: Final = ("text/", "application/json", "application/problem+json")


@dataclass(slots=True)
class _Held:
    """An answer that waits."""

    messages: list[Message]

    async def send(self, message: Message) -> None:
        """Keep a part of the answer."""
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> Headers:
        return Headers(raw=self.messages[0]["headers"])

    @property
    def text(self) -> str | None:
        """What can be read in the answer, or None where it is no text."""
        body = b"".join(each.get("body", b"") for each in self.messages[1:])
        if body and not self.headers.get("Content-Type", "").startswith(TEXTS):
            return None
        return body.decode("utf-8", "replace") + self.headers.get("Location", "")


class RecordedReads:
    """Hold each answer until it is recorded whom it shows.

    Parameters
    ----------
    wiring
        Has the recorder of the city.
    """

    def __init__(self, app: ASGIApp, wiring: Wiring) -> None:
        self.app = app
        self.wiring = wiring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, record, then let the answer go."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        held = _Held([])
        with reading() as noted:
            await self.app(scope, receive, held.send)
        actor: Actor | None = scope["state"].get("actor")
        if actor is not None and held.messages:
            await self._record(scope, held, noted, actor)
        for message in held.messages:
            await send(message)

    async def _record(self, scope: Scope, held: _Held, noted: Reading, actor: Actor) -> None:
        if held.status in (403, 404):
            event = await self._refused(scope, held.status, actor)
        else:
            event = self._shown(scope, held, noted, actor)
        if event is None:
            return
        try:
            await asyncio.wrap_future(self.wiring.reads.write(event))
        except NotReady:
            raise
        except Exception as error:
            logger.error("a read could not be recorded: %s", where(error))
            raise CannotRecord("cannot_record") from error

    def _shown(self, scope: Scope, held: _Held, noted: Reading, actor: Actor) -> AuditEvent | None:
        kind, route = kind_of(scope, held.headers), route_of(scope)
        text = held.text
        is_redirect = 300 <= held.status < 400
        if kind not in ALWAYS and (is_redirect or text == ""):
            return None
        people = noted.everybody() if text is None else noted.shown_in(text)
        if not people and kind not in ALWAYS:
            return None
        detail = {"route": route}
        if not people.isdisjoint(actor.emergencies):
            detail["emergency"] = "yes"
        return read_event(kind, actor.user_id, people, self.wiring.clock(), detail)

    async def _refused(self, scope: Scope, status: int, actor: Actor) -> AuditEvent | None:
        """Return the event of somebody who was kept from a person, or from what is not for them."""
        asked: Mapping[str, str] = scope.get("path_params", {})
        if status == 404 and not asked.keys() - OF_NOBODY:
            return None
        name = next((each for each in PEOPLE_IN_PATH if each in asked), None)
        people: frozenset[str] = frozenset()
        if name is not None and await run_in_threadpool(
            is_person, self.wiring.database, self.wiring.city.code, asked[name]
        ):
            people = frozenset({asked[name]})
        more = {"route": route_of(scope), "status": str(status)}
        return read_event(Kind.REFUSED, actor.user_id, people, self.wiring.clock(), more)


def kind_of(scope: Scope, headers: Headers) -> Kind:
    """Return what an answer is: a look, a search, a print, a file to take along."""
    if headers.get("Content-Disposition", "").startswith("attachment"):
        return Kind.EXPORTED
    return KINDS.get(route_of(scope), Kind.SHOWN)


def route_of(scope: Scope) -> str:
    """Return the method and the pattern of the route, which holds no id: ``GET /people/{id}``."""
    return f"{scope['method']} {pattern_of(scope)}"
