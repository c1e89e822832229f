"""The towns of a city with the 圏域 each belongs to, as a CSV file that goes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from exchange.files import write_bytes
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
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["id", "name", "lat", "lon", *layers])
    for town in towns:
        names = [memberships.get(layer, {}).get(town.id, "") for layer in layers]
        writer.writerow([town.id, as_text(town.name), town.lat, town.lon, *map(as_text, names)])
    write_bytes(path, table.getvalue().encode())


def as_text(written: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP ASVS 5.0, 1.2.10)."""
    return f"'{written}" if written.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) else written
