"""The leak table (`leaks.toml`): which surface may tell which secret to whom."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("leaks.toml")


@dataclass(frozen=True, slots=True)
class LeakTable:
    """The table, read.

    Attributes
    ----------
    secrets
        What is planted.
    grants
        By surface and by who meets it ("named", "self", a role): the secrets that are told.
    anywhere
        By secret: who may meet it on every surface.
    not_walked
        Commands that no test runs to search what they print, each with the reason.
    """

    secrets: frozenset[str]
    grants: Mapping[str, Mapping[str, frozenset[str]]]
    anywhere: Mapping[str, frozenset[str]]
    not_walked: Mapping[str, str]

    def granted(self, surface: str, *who: str) -> frozenset[str]:
        """Return the secrets that a surface may tell to whoever is any of these."""
        told = self.grants[surface]
        everywhere = {
            secret for secret, those in self.anywhere.items() if not those.isdisjoint(who)
        }
        return frozenset(everywhere).union(*(told.get(each, frozenset()) for each in who))

    def granted_to(self, who: str) -> frozenset[str]:
        """Return the secrets that any surface may tell."""
        return frozenset().union(*(self.granted(surface, who) for surface in self.grants))


@cache
def leak_table() -> LeakTable:
    """Read the table; a surface stands in one group only."""
    with TABLE.open("rb") as stream:
        document = tomllib.load(stream)
    grants: dict[str, Mapping[str, frozenset[str]]] = {}
    for group in document["group"]:
        told = {who: frozenset(secrets) for who, secrets in group.get("may", {}).items()}
        for surface in group["surfaces"]:
            assert surface not in grants, f"{surface} stands twice in {TABLE.name}"
            grants[surface] = told
    return LeakTable(
        frozenset(document["secrets"]),
        grants,
        {secret: frozenset(those) for secret, those in document["anywhere"].items()},
        document["commands_not_walked"],
    )
