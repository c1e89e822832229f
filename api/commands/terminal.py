"""What commands show on a terminal: plain tables that fit its width, bars, and progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

FILLED, EMPTY = "■", "□"
BAR_CELLS: Final = 4
GAP: Final = 3
WIDEST: Final = 16
LEAST_SENTENCE: Final = 20
NOT_FIRST: Final = frozenset("。、」）／・：…？ーゃゅょっ")
NOT_LAST: Final = frozenset("「（")
"""Characters that do not begin, and that do not end, a line of Japanese."""


def console(*, stderr: bool = False) -> Console:
    """Return where to print; colours and bars of progress only on a terminal."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def plain_table(*headers: str) -> Table:
    """Return a table that only a line under its head divides; long texts go on below."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def sentence_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table whose last column has sentences and gets all the room that is left."""
    cells = [list(row) for row in rows]
    widths = [_width([header, *column]) for header, *column in zip(headers, *cells, strict=True)]
    widths[-1] = max(LEAST_SENTENCE, console().width - sum(width + GAP for width in widths[:-1]))
    table = plain_table(*headers)
    for row in cells:
        table.add_row(*(fold(text, width) for text, width in zip(row, widths, strict=True)))
    return table


def _width(texts: Iterable[str]) -> int:
    from rich.cells import cell_len

    lines = (line for text in texts for line in text.split("\n"))
    return min(WIDEST, max(cell_len(line) for line in lines))


def fold(text: str, cells: int) -> str:
    """Break a text into lines of so many cells, where Japanese allows it.

    >>> print(fold("水曜の午前。歩いて", 10))
    水曜の午
    前。歩いて
    """
    from rich.cells import cell_len

    lines: list[str] = []
    for given in text.split("\n"):
        line = ""
        for character in given:
            if cell_len(line + character) <= cells:
                line += character
                continue
            begins = character.lstrip()
            while len(line) > 1 and (begins[:1] in NOT_FIRST or line[-1] in NOT_LAST):
                line, begins = line[:-1], line[-1] + begins
            lines.append(line)
            line = begins
        lines.append(line)
    return "\n".join(line.rstrip() for line in lines)


def show(table: Table) -> None:
    """Print a table."""
    console().print(table)


def bar(filled_cells: int) -> str:
    """Return a bar that reads in grey print as well.

    >>> bar(3)
    '■■■□'
    """
    return FILLED * filled_cells + EMPTY * (BAR_CELLS - filled_cells)


def write_json(document: Mapping[str, object]) -> None:
    """Write a machine's answer to the standard output, in UTF-8 wherever it goes."""
    from exchange.json_documents import write

    typer.echo(write(document), nl=False)


@contextmanager
def working(words: str) -> Iterator[None]:
    """Say on a terminal what takes a while; say nothing where the output goes elsewhere."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield
        return
    with screen.status(words):
        yield


def keep_group() -> None:
    """Keep a group of one command a group: as a callback, for Typer would make it the command."""
