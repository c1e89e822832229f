"""The OpenAPI document: what FastAPI knows, and what holds for every route."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.forms import HEADER, SAFE
from api.v1.schemas import Problem

DESCRIPTION: Final = """つなぎ手の画面と同じ権限で使える JSON の窓口です。

- `/sign-in` の画面でサインインしたときのクッキーを、そのまま使います。
- 変える操作には、`GET /api/v1/session` で得た `form_token` を `X-Form-Token` に入れます。
- 見てよい人だけが出ます。見てよい人でないときと、いないときの答えは同じです。
- 誤りは RFC 9457 の形で、`detail` に日本語の文があります。個人のことは入りません。
"""
SECURITY: Final = {
    "session": {"type": "apiKey", "in": "cookie", "name": "tsunagite"},
    "formToken": {"type": "apiKey", "in": "header", "name": HEADER},
}


def operation_id(route: APIRoute) -> str:
    """Return how generated clients call a route: as its function is called."""
    return route.name


class DescribedApi(FastAPI):
    """An application that completes its own description."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi())
        return self.openapi_schema


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Add the shape of problems, and what a caller has to send along."""
    document["info"]["description"] = DESCRIPTION
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = SECURITY
    for path in document["paths"].values():
        for method, operation in path.items():
            needed: dict[str, list[str]] = {"session": []}
            if method.upper() not in SAFE:
                needed["formToken"] = []
            operation["security"] = [needed]
    return document
