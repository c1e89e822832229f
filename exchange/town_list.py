"""The towns of a city with the 圏域 each belongs to, as a CSV file that goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from exchange.files import write_bytes
from exchange.plain_cells import Value, table_bytes
from geo.towns import Town


def write_towns(
    path: Path,
    towns: Sequence[Town],
    layers: Sequence[str],
    memberships: Mapping[str, Mapping[str, str]],
) -> None:
    """Write ``id,name,lat,lon`` and a column for each layer of 圏域.

    Parameters
    ----------
    layers
        Keys of the layers, each the header of a column.
    memberships
        Name of the 圏域 by layer key and town id; a town without one has an empty cell.

    Raises
    ------
    CannotWrite
        The file cannot be written; what was there stays.
    """
    rows: list[list[Value]] = [["id", "name", "lat", "lon", *layers]]
    for town in towns:
        names = [memberships.get(layer, {}).get(town.id, "") for layer in layers]
        rows.append([town.id, town.name, town.lat, town.lon, *names])
    write_bytes(path, table_bytes(rows))
