"""The rules a problem can hold, each a frozen value that names people and openings by their ids.

Meaning of each: `tsunagite.problem/1` (docs/schemas). All but `GroupFloor` are hard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class SameOpening:
    """All of them in one opening, or none of them placed."""

    kind: ClassVar[str] = "same_opening"
    participants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOrNone:
    """All of them placed anywhere, or none."""

    kind: ClassVar[str] = "all_or_none"
    participants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameSlot:
    """All of them in pairs with one same slot, or none of them placed."""

    kind: ClassVar[str] = "same_slot"
    participants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """No two of them at the same opening, or at the same host."""

    kind: ClassVar[str] = "apart"
    participants: tuple[str, ...]
    at: Literal["opening", "host"] = "opening"


@dataclass(frozen=True, slots=True)
class HostLimit:
    """Seats used at all openings of the host stay within `places`."""

    kind: ClassVar[str] = "host_limit"
    host: str
    places: int
    of: Literal["all", "newcomers"] = "all"


@dataclass(frozen=True, slots=True)
class GroupFloor:
    """At least `share` of the group should be placed; what is missing is the shortfall (soft)."""

    kind: ClassVar[str] = "group_floor"
    group: str
    share: float


@dataclass(frozen=True, slots=True)
class Fixed:
    """The person takes the opening."""

    kind: ClassVar[str] = "fixed"
    participant: str
    opening: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The person does not take the opening."""

    kind: ClassVar[str] = "forbidden"
    participant: str
    opening: str


Rule: TypeAlias = (
    SameOpening | AllOrNone | SameSlot | Apart | HostLimit | GroupFloor | Fixed | Forbidden
)
