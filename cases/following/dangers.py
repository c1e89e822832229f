"""Signs after which one calls somebody at once (`cases/data/dangers.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cases.errors import CaseError
from cases.own_data import own_data


@dataclass(frozen=True, slots=True)
class Danger:
    """Whom to call, and the number where there is one for the whole country."""

    code: str
    call: str
    number: str = ""


@cache
def own_dangers() -> Mapping[str, Danger]:
    """Return the signs in the order in which they are asked."""
    return {code: Danger(code, **told) for code, told in own_data("dangers")["signs"].items()}


def danger_of(code: str) -> Danger:
    """Return whom to call about a sign.

    Raises
    ------
    CaseError
        ``danger_unknown``.
    """
    found = own_dangers().get(code)
    if found is None:
        raise CaseError("danger_unknown", value=code)
    return found
