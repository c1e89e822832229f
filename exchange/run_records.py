"""What the frozen files of a run say of the run itself: how it was solved and how far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from exchange.json_documents import parse


@dataclass(frozen=True, slots=True)
class Objective:
    """What was reached, and what cannot be exceeded."""

    name: str
    value: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as its own files tell it.

    Attributes
    ----------
    people, openings
        How many took part.
    one_more
        Ids of the openings at which one more place would let one more person take part.
    """

    people: int
    openings: int
    method: str
    proof: str
    objectives: tuple[Objective, ...]
    one_more: tuple[str, ...]

    @property
    def possibly_more(self) -> int:
        """How many more might have a place, by the bound."""
        placed = next((each for each in self.objectives if each.name == "placed"), None)
        return 0 if placed is None else round((placed.bound or 0) - (placed.value or 0))


@lru_cache(maxsize=16)
def read_record(problem: bytes, result: bytes) -> RunRecord:
    """Read what `tsunagite.problem/1` and `tsunagite.result/1` say of a run.

    Raises
    ------
    ExchangeError
        Where they are no such files.
    """
    asked, found = parse(problem), parse(result)
    return RunRecord(
        people=len(asked["participants"]),
        openings=len(asked["openings"]),
        method=found["method"],
        proof=found["proof"]["kind"],
        objectives=tuple(
            Objective(each["name"], each["value"], each["bound"]) for each in found["objectives"]
        ),
        one_more=tuple(
            each["opening"]
            for each in found.get("openings", ())
            if each.get("one_more_place", {}).get("placed", 0) > 0
        ),
    )
