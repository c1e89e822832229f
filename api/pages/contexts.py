"""One frozen value for each page: everything that its template may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Sign-in: what was typed, what went wrong, and the accounts of the fictional sample.

    `samples` are rows of login, who it is, whom they see, and password; `provider` is what the
    city's identity provider is called, where there is one; `passkeys` tells whether one can be used
    here, and `has_app` whether the code asked for may be one of an app.
    """

    next: str = "/"
    login: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    samples: tuple[tuple[str, str, str, str], ...] = ()
    provider: str = ""
    passkeys: bool = False
    has_app: bool = True


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What happened and what one can do now; never personal data."""

    title: str
    sentences: tuple[str, ...]
    verb: str = "今日の仕事へ"
    href: str = "/"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MapView:
    """A map: what it shows in a sentence, its GeoJSON (kinds of features: `static/js/map.js`).

    `coloured` says that areas carry classes of numbers.
    """

    label: str
    features: Any
    coloured: bool = False


@dataclass(frozen=True, slots=True)
class NearPlace:
    """An opening within reach: where, which page tells more, what would have to change."""

    name: str
    href: str
    change: str
