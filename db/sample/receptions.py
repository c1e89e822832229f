"""First words of the sample city: this fiscal year and the one before; the last are undecided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from cases.intake.counting import APRIL, fiscal_year
from cases.intake.reception import Reception
from catalog.ids import IdSource
from catalog.municipality import Municipality
from db.sample.accounts import CITY_OFFICE, COUNCIL, account_id
from db.sample.places import read

UNDECIDED_DAYS: Final = 13
NOON: Final = time(3, 0, tzinfo=UTC)


def make_receptions(
    settings: Municipality, new_id: IdSource, seed: int, today: date
) -> tuple[Reception, ...]:
    """Draw first words about nobody by name, from the patterns in data/receptions.toml."""
    rng, data = np.random.default_rng(seed), read("receptions")
    windows = [each.name for each in settings.windows]
    districts = [each.name for each in settings.districts[0].districts]
    first_on = date(fiscal_year(today) - 1, APRIL, 1)
    found = []
    for number in range((today - first_on).days // 7):
        for window, pattern in zip(windows, data["windows"], strict=False):
            for _ in range(int(rng.poisson(pattern["a_week"]))):
                on = first_on + timedelta(days=7 * number + int(rng.integers(5)))
                if on <= today:
                    row = {"data": data, "office": pattern["office"], "window": window}
                    found.append(_one(rng, row, districts, new_id, on, today))
    return tuple(found)


def _one(
    rng: np.random.Generator,
    row: Mapping[str, Any],
    districts: Sequence[str],
    new_id: IdSource,
    on: date,
    today: date,
) -> Reception:
    kind = row["data"]["kinds"][int(rng.integers(len(row["data"]["kinds"])))]
    is_open = (today - on).days <= UNDECIDED_DAYS
    reach = len(districts) if on.year >= today.year else len(districts) // 2
    district = districts[int(rng.integers(reach))] if kind["near"] else ""
    return Reception(
        id=new_id(),
        received_on=on,
        window=row["window"],
        channel=kind["channel"],
        connected_by=kind["connected_by"],
        connector_district=district,
        office_id={"city": CITY_OFFICE, "council": COUNCIL}[row["office"]],
        field=kind["field"],
        heard=kind["heard"],
        whom_to_ask=kind["ask"],
        screening="" if is_open else kind["screening"],
        screened_on=None if is_open else on,
        received_by=account_id("mizuno" if row["office"] == "city" else "hara"),
        recorded_at=datetime.combine(on, NOON),
    )
