"""Requests to the provider: with a checked certificate, in time, small, and nowhere else."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.oidc.errors import ProviderRefused

if TYPE_CHECKING:
    from httpx2 import Client

SECONDS: Final = 5.0
"""How long to wait for a connection, and for each piece of an answer."""
MOST_SECONDS: Final = 10.0
"""How long an answer may take as a whole."""
MOST_BYTES: Final = 256_000
PLAIN: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}
"""Nothing packed: a small answer stays small."""


def make_client(ca_file: Path | None) -> Client:
    """Return what asks the provider.

    Certificates are checked against those of the machine, or of the file of a city's own; no
    redirect is followed and no proxy or password of the environment is used.
    """
    from httpx2 import Client

    trusted = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    return Client(
        verify=trusted, timeout=SECONDS, follow_redirects=False, trust_env=False, headers=PLAIN
    )


def ask(
    client: Client,
    address: str,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return the JSON object that the provider answers with; a form is posted.

    Raises
    ------
    ProviderRefused
        ``unreachable``, ``answer_refused`` (another status than 200), ``answer_too_large``,
        ``answer_too_slow``, ``answer_malformed``.
    """
    from httpx2 import HTTPError, InvalidURL

    try:
        return _ask(client, address, form, auth)
    except (HTTPError, InvalidURL) as error:
        raise ProviderRefused("unreachable") from error


def _ask(
    client: Client, address: str, form: Mapping[str, str] | None, auth: tuple[str, str] | None
) -> dict[str, Any]:
    until, content = time.monotonic() + MOST_SECONDS, bytearray()
    method = "GET" if form is None else "POST"
    with client.stream(method, address, data=form, auth=auth) as answer:
        if answer.status_code != 200:
            raise ProviderRefused("answer_refused")
        for piece in answer.iter_raw():
            content += piece
            if len(content) > MOST_BYTES:
                raise ProviderRefused("answer_too_large")
            if time.monotonic() > until:
                raise ProviderRefused("answer_too_slow")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProviderRefused("answer_malformed") from error
    if not isinstance(found, dict):
        raise ProviderRefused("answer_malformed")
    return found
