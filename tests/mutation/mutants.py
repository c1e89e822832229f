"""Small changes of a module, and a sample of them that stays the same while the code does."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

Place = tuple[int, int]
"""Line from 1 and column from 0."""

OPERATORS = tuple(sorted(name for name in operator_names() if "/Variable" not in name))
"""Every change of the library but those of variables, which must be named one by one."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one line.

    Attributes
    ----------
    module
        File name without `.py`.
    operator
        Name of the change in the library.
    occurrence
        Which of the places where the operator can change something, counted from 0.
    line
        Where, from 1.
    before, after
        The line without and with the change.
    """

    module: str
    operator: str
    occurrence: int
    line: int
    before: str
    after: str


def mutants_of(module: str, source: str, seed: int) -> Iterator[Mutant]:
    """Give one change for each place of a module that can be changed, in a stable random order.

    Annotations are left alone: nothing evaluates them; so is the `*` before arguments that need
    their name. The order depends on the text of the line
    only, so an edit elsewhere changes nothing.
    """
    places: dict[Place, list[tuple[bytes, str, int]]] = defaultdict(list)
    lines = source.splitlines()
    for operator, occurrence, place in _changes(source):
        text = f"{seed}|{module}|{operator}|{lines[place[0] - 1]}|{place[1]}|{len(places[place])}"
        places[place].append((blake2b(text.encode()).digest(), operator, occurrence))
    for changes, place in sorted((sorted(changes), place) for place, changes in places.items()):
        for _, operator, occurrence in changes:
            mutant = _mutant(module, source, operator, occurrence, place)
            if mutant is not None:
                yield mutant
                break


def places_of(source: str) -> int:
    """Return how many places of a module can be changed."""
    return len({place for _, _, place in _changes(source)})


def mutated(source: str, operator: str, occurrence: int) -> str:
    """Return the source with a change."""
    changed = mutate_code(source, get_operator(operator)(), occurrence)
    assert isinstance(changed, str)
    return changed


def shares(sizes: Sequence[int], total: int, least: int) -> list[int]:
    """Divide a total by the sizes; everyone gets at least `least`, nobody more than the size."""
    whole = sum(sizes)
    return [min(size, max(least, round(total * size / whole))) for size in sizes]


@cache
def _changes(source: str) -> list[tuple[str, int, Place]]:
    tree = get_ast(source)
    annotations, lines = _annotations(source), source.splitlines()
    found = []
    for name in OPERATORS:
        operator = get_operator(name)()
        occurrence = -1
        for node in ast_nodes(tree):
            for start, _ in operator.mutation_positions(node):
                occurrence += 1
                at = lines[start[0] - 1][start[1] :]
                if not (at.startswith("*,") or any(a <= start < b for a, b in annotations)):
                    found.append((name, occurrence, start))
    return found


def _annotations(source: str) -> list[tuple[Place, Place]]:
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg | ast.AnnAssign):
            found.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            found.append(node.returns)
    return [
        ((a.lineno, a.col_offset), (a.end_lineno or 0, a.end_col_offset or 0))
        for a in found
        if a is not None
    ]


def _mutant(
    module: str, source: str, operator: str, occurrence: int, place: Place
) -> Mutant | None:
    """Return the change, or None if it changes nothing or Python itself warns of it."""
    changed = mutated(source, operator, occurrence)
    try:
        with warnings.catch_warnings(action="error"):
            compile(changed, module, "exec")
    except (SyntaxError, SyntaxWarning):
        return None
    pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
    for line, (before, after) in enumerate(pairs, start=1):
        if before != after:
            return Mutant(module, operator, occurrence, line, before.strip(), after.strip())
    return None
