"""Under which 事業 somebody is supported, and which agencies take part in their plan.

Both say who may know of the person (`cases.permissions`), so only names that the city has count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final

from cases.errors import UnknownName
from catalog.municipality import Municipality

SUPPORT: Final = ("programmes", "member_office_ids")
"""The fields of `Participant` that this is about."""
_MOST_NEAR: Final = 3
_LEAST_PART: Final = 3
"""From so many characters on a part of a name counts as near."""


def programmes_of(city: Municipality) -> tuple[str, ...]:
    """Return the 事業 of a city, in the order of its plan."""
    return tuple(dict.fromkeys(each.programme for each in city.agencies))


def offices_of(city: Municipality, of_staff: Iterable[str | None]) -> tuple[str, ...]:
    """Return the offices that can take part in a plan: those of the staff, then the agencies."""
    agencies = (each.name for each in city.agencies)
    return tuple(dict.fromkeys([*filter(None, of_staff), *agencies]))


def check_support(
    city: Municipality,
    offices: Collection[str],
    programmes: Iterable[str],
    member_office_ids: Iterable[str],
) -> None:
    """Raise `UnknownName` unless the city has every 事業 and there is every office.

    Raises
    ------
    UnknownName
        `programme_unknown`, `office_unknown`, with near names.
    """
    for name in programmes:
        check_programme(name, city)
    for name in member_office_ids:
        if name not in offices:
            raise UnknownName("office_unknown", value=name, near=near_words(name, offices))


def check_programme(name: str, city: Municipality) -> None:
    """Raise `UnknownName` ("programme_unknown") with near names unless the city has this 事業."""
    known = programmes_of(city)
    if name not in known:
        raise UnknownName("programme_unknown", value=name, near=near_words(name, known))


def near_words(name: str, known: Iterable[str]) -> str:
    """Return the question after the names most like one, "" if none is.

    >>> near_words("参加支縁事業", ["参加支援事業", "自立相談支援事業"])
    '「参加支援事業」のことですか。'
    """
    names = list(known)
    within = [each for each in names if len(name) >= _LEAST_PART and name in each]
    alike = get_close_matches(name, names, n=_MOST_NEAR, cutoff=0.6)
    near = list(dict.fromkeys([*within, *alike]))[:_MOST_NEAR]
    return f"「{'」「'.join(near)}」のことですか。" if near else ""
