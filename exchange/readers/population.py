"""Population of towns by sex and age band, in the shapes in which cities publish it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange import cells
from exchange.cells import Cell
from exchange.city import City, skip_other_municipality
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.rows import Reading, Row, read_rows
from exchange.tabular import Table

COLUMNS = load_columns("population")
SEXES = {"男性": "male", "男": "male", "man": "male", "女性": "female", "女": "female"}
SEX_WORDS = {"male": "男性", "female": "女性"}
SUPPRESSED = frozenset({"x", "*", "***", "...", "秘匿"})
"""As `cells.key` spells them."""
BAND_YEARS = 5


@dataclass(frozen=True, slots=True)
class AgeBand:
    """How many people of one sex and age; `to_age` None: and older."""

    sex: str
    from_age: int
    to_age: int | None
    people: int


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """The people of one town; `town_id` None while nobody knows the town."""

    town_id: str | None
    name: str
    people: int | None
    bands: tuple[AgeBand, ...]


def read_population(table: Table, city: City) -> Reading[PopulationRow]:
    """Read population; numbers hidden for secrecy (X, *) are unresolved, never 0."""
    first_row: dict[str, int] = {}

    def read(row: Row) -> PopulationRow:
        skip_other_municipality(row, city)
        name = row.required_text("town")
        match = city.towns.find(name)
        if match.town is None and name:
            hint = row.did_you_mean(name, (town.name for town in city.towns))
            row.unresolve("town", "town_ambiguous" if match.towns else "town_added", hint=hint)
        town_id = match.town.id if match.town else None
        if town_id and town_id in first_row:
            row.reject("town", ExchangeError("town_twice", name=name, row=first_row[town_id]))
        elif town_id:
            first_row[town_id] = row.row
        bands = tuple(_bands(row))
        people = _people(row, "people", row.cell("people"))
        return PopulationRow(town_id, name, people, bands)

    return read_rows(table, COLUMNS, "population", read)


def _bands(row: Row) -> Iterator[AgeBand]:
    for sex, from_age, to_age, cell in _columns(row):
        people = _people(row, f"{from_age}歳からの{SEX_WORDS[sex]}", cell)
        if people is not None:
            yield AgeBand(sex, from_age, to_age, people)


def _columns(row: Row) -> Iterator[tuple[str, int, int | None, Cell]]:
    """Give the columns of age bands; the highest one is open where the file has no 以上."""
    for (first, last, sex), cell in row.families.get("ages", {}).items():
        yield SEXES[sex], int(first), int(last), cell
    for (first, sex), cell in row.families.get("oldest", {}).items():
        yield SEXES[sex], int(first), None, cell
    numbered = row.families.get("numbered", {})
    last_number = max((int(number) for _, number in numbered), default=0)
    for (sex, number), cell in numbered.items():
        first_age = (int(number) - 1) * BAND_YEARS
        last_age = None if int(number) == last_number else first_age + BAND_YEARS - 1
        yield SEXES.get(sex, "female"), first_age, last_age, cell


def _people(row: Row, name: str, cell: Cell) -> int | None:
    """Read a number of people; None where it is blank or hidden."""
    if cells.key(cell) in SUPPRESSED:
        row.unresolve(name, "people_hidden", value=cells.text(cell))
        return None
    try:
        people = cells.integer(cell)
    except ExchangeError as error:
        row.reject(name, error)
        return None
    if people is not None and people < 0:
        row.reject(name, ExchangeError("cell_below", value=people, least=0))
        return None
    return people
