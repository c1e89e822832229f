"""How an error is answered: a plain page for people, RFC 9457 for programs under ``/api/v1``."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.addresses import own_path, parts_of
from api.errors import HTTP_STATUS, status_of
from api.frame import Frame
from api.messages import EXPLANATIONS
from api.pages.contexts import ErrorPage
from api.refusals import NotSignedIn, ProofNeeded, Refusal, TooOften
from api.rendering import render
from api.traces import where
from cases.messages import MESSAGES, in_japanese

logger: Final = logging.getLogger("tsunagite")

CODE_OF_STATUS: Final = {
    400: "unreadable",
    401: "not_signed_in",
    403: "not_permitted",
    404: "not_found",
    405: "not_allowed_here",
    409: "not_now",
    422: "unreadable",
    408: "too_slow",
    413: "too_large",
    429: "too_often",
    503: "not_ready",
}


def answer_problems(app: FastAPI) -> None:
    """Have the application answer every error that we know."""
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(RequestValidationError, answer_unreadable)
    for kind in HTTP_STATUS:
        app.add_exception_handler(kind, answer_known)


async def answer_http(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: no such page, wrong method, unreadable body."""
    if isinstance(error.__cause__, Refusal):  # raised while the framework read the body
        return await answer_known(request, error.__cause__)
    status = error.status_code if isinstance(error, HTTPException) else 500
    return problem(request, status, CODE_OF_STATUS.get(status, "unreadable"))


async def answer_unreadable(request: Request, error: Exception) -> Response:
    """Answer a request whose values have the wrong shape; the values are not repeated.

    A body that is no JSON at all is answered with 400.
    """
    found = error.errors() if isinstance(error, RequestValidationError) else []
    places = [{"field": list(each["loc"]), "why": each["type"]} for each in found]
    status = 400 if any(each["type"] == "json_invalid" for each in found) else 422
    return problem(request, status, "unreadable", errors=places)


async def answer_known(request: Request, error: Exception) -> Response:
    """Answer what the web or the rules refuse and no page has told in its own words.

    Whoever is not signed in is led to the sign-in, who must show again who they are to that page.
    Pages leave out the words of a rule, programs are told them without the case number of anybody.
    """
    if isinstance(error, NotSignedIn) and not is_api(request):
        return lead_to_sign_in(request)
    if isinstance(error, ProofNeeded):
        return RedirectResponse(str(error.params["address"]), status_code=303)
    status = status_of(error)
    if isinstance(error, Refusal):
        response = problem(request, status, error.code, params=error.params)
        if isinstance(error, TooOften):
            response.headers["Retry-After"] = str(error.params["seconds"])
        return response
    rule = getattr(error, "code", "")
    code = rule if rule == "disk_full" else CODE_OF_STATUS[status]
    if is_api(request) and rule in MESSAGES:
        return problem(request, status, code, detail=in_japanese(error, nameless=True), rule=rule)
    return problem(request, status, code)


def lead_to_sign_in(request: Request) -> Response:
    """Send the browser to the sign-in, and back to this page, or that of this form, afterwards."""
    is_form = request.method != "GET"
    came_from = _page_of_form(request) if is_form else request.url.path
    goal = "/sign-in" if came_from == "/" else f"/sign-in?next={quote(came_from, safe='/')}"
    if "HX-Request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": goal})
    if is_form:
        goal += "&done=unsaved" if "?" in goal else "?done=unsaved"
    return RedirectResponse(goal, status_code=303)


def _page_of_form(request: Request) -> str:
    """Return the nearest page above the address from which a form of ours was sent."""
    path = _own_referer(request)
    while path and not _is_page(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_page(request: Request, path: str) -> bool:
    scope = {**request.scope, "method": "GET", "path": path}
    return any(each.matches(scope)[0] is Match.FULL for each in request.app.routes)


def _own_referer(request: Request) -> str:
    """Return the path of the page that a request says it came from, if that is one of ours."""
    referer = parts_of(request.headers.get("Referer", ""))
    return own_path(referer.path) if referer.netloc == request.headers.get("Host") else ""


def problem(
    request: Request,
    status: int,
    code: str,
    *,
    params: Mapping[str, object] | None = None,
    **more: Any,
) -> Response:
    """Answer with what happened and what one can do now; nothing personal is in it.

    Parameters
    ----------
    code
        Key of `api.messages.EXPLANATIONS`.
    params
        Values of its sentences.
    **more
        Further members of the problem document, or others in their place (programs only).
    """
    told = EXPLANATIONS[code]
    sentences = tuple(each.format_map(params or {}) for each in told.sentences)
    if is_api(request):
        content = {
            "type": f"urn:tsunagite:problem:{code}",
            "title": told.title,
            "status": status,
            "detail": "".join(sentences),
            "code": code,
            **more,
        }
        text = json.dumps(content, ensure_ascii=False)
        return Response(text, status, media_type="application/problem+json")
    verb, href = way_out(request, code)
    page = ErrorPage(told.title, sentences, verb, href, str(more.get("reference", "")))
    return render(request, "pages/error.html", Frame(title=told.title), page, status)


def way_out(request: Request, code: str) -> tuple[str, str]:
    """Return the words and the address of the next step."""
    leads_back = code in ("form_outdated", "not_allowed_here", "unreadable", "too_large", "not_now")
    if leads_back and (path := _own_referer(request)):
        return "前の画面を開きなおす", path
    return "はじめの画面へ", "/"


def is_api(request: Request) -> bool:
    """Tell whether a program asks."""
    return request.url.path.startswith("/api/")


class Troubles:
    """Answer an error that nobody expected, and log where it came from without its values."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer if it breaks before anything was sent."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Refusal as refusal:
            if not started:
                await (await answer_known(Request(scope), refusal))(scope, receive, send)
        except Exception as error:
            reference = secrets.token_hex(4)
            logger.error("trouble %s: %s", reference, where(error))
            if not started:
                response = problem(Request(scope), 500, "trouble", reference=reference)
                await response(scope, receive, send)
