"""What the pages about a second factor show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from api.second_factors import address_of, in_groups, picture_of
from db.second_factors import Authenticator

CODE_WRONG: Final = (
    "数字かコードが違います。アプリに出ている 6けたの数字を、変わる前に 入れてください。"
    "一度使ったものは、もう使えません。何度も違うときは、スマートフォンの時刻が"
    "合っているか 見てください。"
)


@dataclass(frozen=True, slots=True)
class FactorPage:
    """How to set a device up: the picture, the secret to type, and the field for the first code."""

    picture: Markup
    secret: str
    action: str
    next: str = "/"
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodesPage:
    """The recovery codes, shown this once, and where to go on."""

    codes: tuple[str, ...]
    href: str
    verb: str
    replaces: bool = False


def factor_page(
    pending: Authenticator, login: str, action: str, wrong: str = "", goal: str = "/"
) -> FactorPage:
    """Show a secret that does not count yet to the one whose it is."""
    # The drawing is ours, made of numbers only; the address goes into it as dark and light.
    picture = Markup(picture_of(address_of(pending, login)))
    errors = {"code": wrong} if wrong else {}
    return FactorPage(picture, in_groups(pending.secret), action, goal, errors)
