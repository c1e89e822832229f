"""What a row changes: only what its file has a column for; all else stays as the city knows it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from exchange.report import ImportReport
from exchange.rows import Read


class _Value(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


V = TypeVar("V", bound=_Value)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """A value before and after an import; `before` None: it is new."""

    row: int
    before: T | None
    after: T

    @property
    def is_new(self) -> bool:
        """Nothing like it was known."""
        return self.before is None

    @property
    def is_same(self) -> bool:
        """The import changes nothing."""
        return self.before == self.after


def merge(
    before: V | None,
    after: V,
    present: Collection[str],
    columns: Mapping[str, tuple[str, ...]],
) -> V:
    """Give the value that an import leaves.

    Parameters
    ----------
    present
        Fields of the column map that the file has.
    columns
        Which of them a field of the value is read from, where not from one of its own name.
    """
    if before is None:
        return after
    told = {
        field.name: getattr(after, field.name)
        for field in fields(after)
        if field.name != "id" and any(c in present for c in columns.get(field.name, (field.name,)))
    }
    return replace(before, **told)


def changes(
    values: Iterable[Read[V]],
    before_of: Callable[[V], V | None],
    present: Collection[str],
    columns: Mapping[str, tuple[str, ...]],
) -> list[Change[V]]:
    """Compare what was read with what is known."""
    found = []
    for read in values:
        before = before_of(read.value)
        found.append(Change(read.row, before, merge(before, read.value, present, columns)))
    return found


def counted(report: ImportReport, made: Iterable[Change[Any]]) -> ImportReport:
    """Give the report with how many rows were new, changed and the same."""
    every = list(made)
    new = sum(change.is_new for change in every)
    same = sum(change.is_same for change in every)
    return replace(report, new=new, same=same, changed=len(every) - new - same)
