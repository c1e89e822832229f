"""The problem documents (RFC 9457) that routes answer with, for the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"
DESCRIPTIONS: Final = {
    400: "送られた内容が JSON ではありません。",
    401: "サインインが必要です。",
    403: "この役割ではできないか、X-Form-Token が違います。",
    404: "ないか、あることを知らせられません。",
    409: "いまの様子では できません（同意がない、満員、ほかの人が先に変えた など）。",
    413: "大きすぎて読みません。",
    408: "時間内に とどききりません。",
    422: "値の形が違うか、コード表にありません。",
    429: "短い間に多すぎます。`Retry-After` の秒だけ待ってください。",
    503: "データベースが忙しいか、まだ用意されていません。",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the responses of a route for these statuses."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": DESCRIPTIONS[status],
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


READING: Final = documented(401, 403, 404, 422, 429, 503)
WRITING: Final = documented(400, 401, 403, 404, 408, 409, 413, 422, 429, 503)
