"""Documents that the command line writes as well: one writer, the same bytes."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response

from exchange.json_documents import write


def document_response(document: Mapping[str, object], status: int = 200) -> Response:
    """Answer with a document of `exchange.match_documents`."""
    return Response(write(document), status, media_type="application/json")
