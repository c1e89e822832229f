"""The helpers of the sample city: volunteers, and one who waits for a place of his own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cases.helper import Helper
from cases.participant import Participant
from catalog.ids import IdSource
from db.sample.land import Land
from db.sample.people import available
from db.sample.places import read


def make_helpers(
    land: Land,
    town_ids: Mapping[str, str],
    participants: Sequence[Participant],
    new_id: IdSource,
    today: date,
) -> list[Helper]:
    """Return the helpers of data/helpers.toml; each in another town of their 圏域."""
    towns = {
        name: [town for town in land.towns if town.district == name]
        for name in {town.district for town in land.towns}
    }
    clients = {person.name: person for person in participants}
    return [
        _helper(row, clients.get(row.get("client", "")), new_id(), today,
                town_id=_town(towns, town_ids, row, at))
        for at, row in enumerate(read("helpers")["helpers"])
    ]  # fmt: skip


def _town(
    towns: Mapping[str, list[Any]], town_ids: Mapping[str, str], row: Mapping[str, Any], at: int
) -> str | None:
    if "client" in row:
        return None
    choice = towns[row["district"]]
    return town_ids[choice[at * 3 % len(choice)].name]


def _helper(
    row: Mapping[str, Any],
    client: Participant | None,
    id_: str,
    today: date,
    town_id: str | None,
) -> Helper:
    return Helper(
        id=id_,
        name=client.name if client else row["name"],
        name_kana=client.name_kana if client else row["kana"],
        participant_id=client.id if client else None,
        town_id=town_id,
        menu=frozenset(row["menu"]),
        strengths=row.get("strengths", ""),
        available=available(row["times"]),
        modes=tuple(row.get("modes", ["walk"])),
        travel_limit_minutes=row.get("limit", 30),
        most_groups=row.get("groups", 1),
        experienced=row.get("experienced", False),
        agreed_on=today - timedelta(days=20) if row.get("agreed", True) else None,
        note=row.get("note", ""),
    )
