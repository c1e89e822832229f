"""From a file of any kind to the tables of one kind of import."""

from __future__ import annotations

from pathlib import Path

from exchange.columns import ColumnMap
from exchange.errors import ExchangeError
from exchange.geographic import is_geographic, read_layer, table_of
from exchange.tabular import Table, find_tables


def tables_of(path: Path, columns: ColumnMap) -> tuple[Table, ...]:
    """Read a CSV, a workbook or a geographic file as tables.

    Raises
    ------
    ExchangeError
        The file cannot be read at all; nothing of it goes in.
    """
    try:
        geographic = path.is_file() and is_geographic(path)
    except OSError as error:
        raise ExchangeError("file_not_found", file=path.name) from error
    return (table_of(read_layer(path), columns),) if geographic else find_tables(path, columns)
