"""Reading one row: each wrong cell is noted with its row and column, and reading goes on.

So a person sees everything that is wrong with a row at once. A row with a rejected cell gives no
value; a repaired or unresolved one does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches
from typing import Final, Generic, TypeVar

from cases.errors import UnknownName
from cases.support import near_words
from catalog.vocabulary import Vocabulary
from exchange import cells
from exchange.cells import Cell
from exchange.columns import ColumnMap
from exchange.errors import ExchangeError
from exchange.messages import in_japanese
from exchange.report import Finding, ImportReport, Repaired, Skipped
from exchange.tabular import Record, Table

T = TypeVar("T")
MOST_CHARACTERS: Final = 4000
MOST_SHOWN: Final = 80
SURPLUS: Final = "見出しより右"
"""Where a finding stands whose cell has no column."""
MOST_QUESTIONS: Final = 200
"""Unknown words of a sheet for which the nearest known one is looked for: it takes its time."""


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """One value and the row it came from."""

    row: int
    value: T


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """All values of one sheet and the report about its rows."""

    values: tuple[Read[T], ...]
    report: ImportReport


@dataclass(slots=True)
class Findings:
    """What is noted while the rows of one sheet are read."""

    rejected: list[Finding] = field(default_factory=list)
    repaired: list[Repaired] = field(default_factory=list)
    unresolved: list[Finding] = field(default_factory=list)
    asked: int = 0
    """How often the nearest known word was looked for."""


class NotOurs(Exception):
    """A row that is left out for a reason that is no fault of the row."""


class Row:
    """The cells of one row, read by field."""

    def __init__(self, record: Record, columns: ColumnMap, table: Table, found: Findings) -> None:
        self.row = record.row
        self.families = record.families
        self._cells = dict(record.fields)
        self._columns = columns
        self._headers = table.headers
        self._found = found
        self.is_rejected = False

    def cell(self, name: str) -> Cell:
        """Return a cell as it is, None where the file has no such column."""
        return self._cells.get(name)

    def replace(self, name: str, cell: Cell) -> None:
        """Read a cell as another from now on (part of a longer code, say)."""
        self._cells[name] = cell

    def has(self, name: str) -> bool:
        """Say whether the cell is there and filled."""
        return cells.text(self.cell(name)) != ""

    def has_column(self, name: str) -> bool:
        """Say whether the file has a column for the field, filled here or not."""
        return name in self._headers

    def column(self, name: str) -> str:
        """Return the header of a field as the file writes it, our own where it has none."""
        return self._headers.get(name) or (
            self._columns.label(name) if name in self._columns.names else name
        )

    def refuse_slips(self, surplus: Sequence[str]) -> bool:
        """Reject the row where a cell holds more than anyone writes, or where there are too many.

        A comma that no quotes protect moves all cells behind it: none of them can be believed.
        """
        if surplus:
            self._cells[SURPLUS] = "、".join(surplus)
            self.reject(SURPLUS, ExchangeError("cells_without_header"))
        for name in self._cells:
            if len(self._shown(name)) > MOST_CHARACTERS:
                self.reject(name, ExchangeError("cell_too_long", most=MOST_CHARACTERS))
        return self.is_rejected

    # ------------------------------------------------------------ noting
    def reject(self, name: str, error: Exception) -> None:
        """Note that the cell is impossible; the row will not go in."""
        self.is_rejected = True
        shown = shorten(self._shown(name))
        finding = Finding(self.row, self.column(name), shown, in_japanese(error))
        self._found.rejected.append(finding)

    def repair(self, name: str, after: str, code: str, before: str | None = None) -> None:
        """Note that the cell was mended."""
        why = in_japanese(ExchangeError(code))
        shown = self._shown(name) if before is None else before
        self._found.repaired.append(Repaired(self.row, self.column(name), shown, after, why))

    def unresolve(self, field: str, code: str, value: str | None = None, **params: object) -> None:
        """Note that nobody here knows the value; the row goes in."""
        shown = shorten(self._shown(field) if value is None else value)
        why = in_japanese(ExchangeError(code, value=shown, **params))
        self._found.unresolved.append(Finding(self.row, self.column(field), shown, why))

    def did_you_mean(self, written: str, known: Iterable[str]) -> str:
        """Return the question after the nearest known word, as long as few are unknown."""
        self._found.asked += 1
        return did_you_mean(written, known) if self._found.asked <= MOST_QUESTIONS else ""

    def _shown(self, name: str) -> str:
        return cells.text(self.cell(name))

    def _read(self, name: str, read: Callable[[Cell], T | None]) -> T | None:
        try:
            return read(self.cell(name))
        except ExchangeError as error:
            self.reject(name, error)
            return None

    # ------------------------------------------------------------ reading
    def text(self, name: str, default: str = "") -> str:
        """Return the trimmed text."""
        return cells.text(self.cell(name)) or default

    def required_text(self, name: str) -> str:
        """Return the text; a blank one rejects the row."""
        written = self.text(name)
        if not written:
            self.reject(name, ExchangeError("cell_blank", column=self.column(name)))
        return written

    def integer(self, name: str, least: int | None = None, most: int | None = None) -> int | None:
        """Return a whole number within bounds."""
        value = self._read(name, cells.integer)
        if value is not None and (
            (least is not None and value < least) or (most is not None and value > most)
        ):
            code = "cell_below" if most is None else "cell_outside"
            self.reject(name, ExchangeError(code, value=value, least=least, most=most))
            return None
        return value

    def number(self, name: str) -> float | None:
        """Return a number."""
        return self._read(name, cells.number)

    def day(self, name: str) -> date | None:
        """Return a date; one that Excel wrote as a number is listed as repaired."""
        value = self._read(name, cells.day)
        if value and cells.text(self.cell(name)).isdecimal() and len(self._shown(name)) != 8:
            self.repair(name, value.isoformat(), "repaired_serial_date")
        return value

    def clock(self, name: str) -> time | None:
        """Return a time of day."""
        return self._read(name, cells.clock)

    def span(self, name: str) -> tuple[time, time] | None:
        """Return from when to when."""
        return self._read(name, cells.span)

    def yes_no(self, name: str, default: bool) -> bool:
        """Return whether; `default` where nothing is said."""
        value = self._read(name, cells.yes_no)
        return default if value is None else value

    def phone(self, name: str) -> str:
        """Return a phone number; a zero that Excel took away comes back."""
        written = cells.plain(self.cell(name))
        if written.isdecimal() and len(written) in (9, 10) and not written.startswith("0"):
            self.repair(name, f"0{written}", "repaired_phone_zero")
            return f"0{written}"
        return written

    def code(self, name: str, vocabulary: Vocabulary, list_name: str, default: str = "") -> str:
        """Return the code of a label or code.

        One that is in no list stays as written and is unresolved: whatever has it takes no part
        in matching until the list knows it.
        """
        written = self.text(name)
        return self._code(name, written, vocabulary, list_name) if written else default

    def codes(self, name: str, vocabulary: Vocabulary, list_name: str) -> tuple[str, ...]:
        """Return the codes of a cell that lists several; unknown ones as in `code`."""
        pieces = split_labels(self.cell(name), lambda p: vocabulary.find(list_name, p))
        codes = [self._code(name, piece, vocabulary, list_name) for piece in pieces]
        return tuple(dict.fromkeys(codes))

    def _code(self, name: str, written: str, vocabulary: Vocabulary, list_name: str) -> str:
        found = vocabulary.find(list_name, written)
        if found is not None:
            return found.code
        labels = [entry.label for entry in vocabulary.codes(list_name).values()]
        hint = self.did_you_mean(written, labels)
        self.unresolve(name, "unknown_code_in_file", value=written, hint=hint)
        return written

    def names(self, name: str, known: Iterable[str], unknown: str) -> tuple[str, ...]:
        """Return the known names of a cell that lists several; others reject it (`unknown`)."""
        meant = {cells.key(each): each for each in known}
        pieces = split_labels(self.cell(name), lambda piece: meant.get(cells.key(piece)))
        found = [meant.get(cells.key(piece)) for piece in pieces]
        for piece, name_found in zip(pieces, found, strict=True):
            if name_found is None:
                self._found.asked += 1
                is_asked = self._found.asked <= MOST_QUESTIONS
                near = near_words(piece, meant.values()) if is_asked else ""
                self.reject(name, UnknownName(unknown, value=shorten(piece), near=near))
        return tuple(dict.fromkeys(filter(None, found)))

    def choice(self, name: str, words: Mapping[str, T], default: T) -> T:
        """Return what one of a few words means; any other rejects the row."""
        written = self.text(name)
        if not written:
            return default
        plain = cells.key(written)
        for word, meant in words.items():
            if cells.key(word) == plain:
                return meant
        error = ExchangeError("cell_not_a_choice", value=written, allowed=choices(words))
        self.reject(name, error)
        return default


def shorten(written: str) -> str:
    """Return what a message shows of a cell.

    >>> len(shorten("あ" * 900))
    80
    """
    return written if len(written) <= MOST_SHOWN else written[: MOST_SHOWN - 1] + "…"


def split_labels(cell: Cell, find: Callable[[str], object]) -> list[str]:
    """Split a cell that lists labels; one that itself holds ・ or / stays whole."""
    pieces: list[str] = []
    for piece in re.split(r"[、，,;；\n]", cells.text(cell)):
        label = piece.strip()
        if label not in cells.BLANKS:
            pieces += [label] if find(label) else cells.parts(label)
    return pieces


def did_you_mean(written: str, known: Iterable[str], least_like: float = 0.4) -> str:
    """Return the question after the known word most like the one written, "" if none is."""
    near = get_close_matches(written, list(known), n=1, cutoff=least_like)
    return f"「{near[0]}」のことですか。" if near else ""


def field_of(error: Exception) -> str:
    """Return the field that breaks an invariant of a value, "" where the error names none."""
    if getattr(error, "code", "") == "born_too_long_ago":
        return "birth_on"
    params: Mapping[str, object] = getattr(error, "params", {})
    return str(params.get("field", ""))


def choices(words: Mapping[str, object]) -> str:
    """Return one word for each meaning, for a message."""
    word_of: dict[object, str] = {}
    for word, meant in words.items():
        word_of.setdefault(meant, word)
    return "、".join(word_of.values())


def read_rows(
    table: Table,
    columns: ColumnMap,
    kind: str,
    read: Callable[[Row], T],
    value_error: tuple[type[Exception], ...] = (),
) -> Reading[T]:
    """Read every record of a table; whatever is wrong with a row stays with that row.

    Parameters
    ----------
    read
        Makes the value of a row; may raise `NotOurs`, `ExchangeError`, or one of `value_error`
        (invariants of the values), which reject the row.
    """
    found = Findings()
    refusals: tuple[type[Exception], ...] = (ExchangeError, *value_error)
    values: list[Read[T]] = []
    skipped = list(table.skipped)
    for record in table.records:
        row = Row(record, columns, table, found)
        if row.refuse_slips(record.surplus):
            continue
        try:
            value = read(row)
        except NotOurs as reason:
            skipped.append(Skipped(record.row, str(reason)))
            _forget(found, record.row)
            continue
        except refusals as error:
            if not row.is_rejected:
                row.reject(field_of(error), error)
            continue
        if not row.is_rejected:
            values.append(Read(record.row, value))
    left_out = {each.row for each in skipped}
    report = ImportReport(
        file=table.file,
        sheet=table.sheet,
        kind=kind,
        encoding=table.encoding,
        data_rows=tuple(record.row for record in table.records if record.row not in left_out),
        skipped=tuple(sorted(skipped, key=lambda each: each.row)),
        rejected=tuple(found.rejected),
        repaired=tuple(found.repaired),
        unresolved=tuple(found.unresolved),
        unknown_columns=table.unknown_columns,
    )
    return Reading(tuple(values), report)


def _forget(found: Findings, row: int) -> None:
    """Drop what was noted about a row that is left out."""
    found.rejected = [each for each in found.rejected if each.row != row]
    found.repaired = [each for each in found.repaired if each.row != row]
    found.unresolved = [each for each in found.unresolved if each.row != row]
