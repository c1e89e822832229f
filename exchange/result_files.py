"""Files of the assignment result: `tsunagite.result/1` as JSON and as `.npz`.

The meaning of every key stands in `docs/schemas/result-1.json`. Entries stand in the order of
ids, so that the same problem in another order gives the same bytes. An `.npz` counts
participants and openings as the problem does, in its arrays and its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exchange.array_files import Arrays, read_arrays, write_arrays
from exchange.errors import ResultMismatch
from exchange.files import read_bytes, write_bytes
from exchange.json_documents import (
    MAX_WHOLE,
    Rows,
    check_format,
    check_keys,
    choice,
    items,
    mapping,
    number,
    parse,
    text,
    whole,
    write,
)
from exchange.proof_files import ARRAYS as PROOF_ARRAYS
from exchange.proof_files import (
    Ids,
    proof_from_arrays,
    proof_from_json,
    proof_to_arrays,
    proof_to_json,
    shaped,
)
from matcher.problem import UNITS_PER_POINT, Int32s, Int64s, Problem, find_pairs
from matcher.result import Assignment, ObjectiveValue, Proof, Status, Unplaced

FORMAT = "tsunagite.result/1"
Bools = NDArray[np.bool_]
_KEYS = (
    "format",
    "status",
    "objectives",
    "conflict",
    "assignments",
    "unplaced",
    "openings",
    "proof",
    "method",
    "wall_seconds",
)
_REST = ("objectives", "unplaced", "conflict", "proof", "method", "wall_seconds")
_TABLES = ("assignments", "openings")
_ARRAYS = (
    "assignments.participant",
    "assignments.opening",
    "openings.used",
    "openings.one_more_place",
    "openings.one_more_place_exact",
    *PROOF_ARRAYS,
)


def read_result(path: Path, problem: Problem) -> Assignment:
    """Read a result of a problem; a part that is left out is one that `check` will refuse.

    Raises
    ------
    ExchangeError
        For a malformed file.
    ResultMismatch
        For an id that the problem does not know, or one that comes twice.
    """
    if path.suffix == ".npz":
        return _from_arrays(problem, *read_arrays(path, (), _ARRAYS, exact=True))
    return result_from_json(problem, parse(read_bytes(path), exact=True))


def write_result(problem: Problem, result: Assignment, path: Path) -> None:
    """Write a result as `.npz` or as JSON, by its name.

    Raises
    ------
    CannotWrite
        When the place cannot be written to.
    """
    if path.suffix == ".npz":
        write_arrays(path, _to_arrays(result), _rest(problem, result, with_potentials=False))
    else:
        write_bytes(path, write(result_to_json(problem, result)))


def result_to_json(problem: Problem, result: Assignment) -> dict[str, object]:
    """Turn a result into a document."""
    people, places = Ids.of(problem.participant_ids), Ids.of(problem.opening_ids)
    document = dict.fromkeys(_KEYS) | _rest(problem, result)
    document["assignments"] = [
        {
            "participant": problem.participant_ids[at],
            "opening": problem.opening_ids[result.opening_of[at]],
            "score": _points(int(result.score_of[at])),
        }
        for at in people.in_order
        if result.opening_of[at] >= 0
    ]
    document["openings"] = [
        {"opening": problem.opening_ids[at], "used": int(result.used[at])}
        | _gains_to_json(problem, result, at)
        for at in places.in_order
        if result.status is not Status.INFEASIBLE
    ]
    return {key: value for key, value in document.items() if value is not None}


def _rest(
    problem: Problem, result: Assignment, *, with_potentials: bool = True
) -> dict[str, object]:
    """Everything but the long columns."""
    return {
        "format": FORMAT,
        "status": result.status,
        "method": result.method,
        "wall_seconds": round(result.wall_seconds, 6),
        "objectives": [
            {
                "name": one.name,
                "value": _in_points(one.name, one.value),
                "bound": _in_points(one.name, one.bound),
            }
            for one in result.objectives
        ],
        **({"conflict": list(result.conflict)} if result.conflict else {}),
        "unplaced": [
            {"participant": problem.participant_ids[at], "reason": reason}
            for at in Ids.of(problem.participant_ids).in_order
            if (reason := result.unplaced[at]) is not None
        ],
        "proof": proof_to_json(problem, result.proof, with_potentials=with_potentials),
    }


def _points(units: int) -> int | float | Decimal:
    """Return a score in points, exact to the last unit of 1e-6 however large it is."""
    if units % UNITS_PER_POINT == 0:
        return units // UNITS_PER_POINT
    return units / UNITS_PER_POINT if abs(units) < 10**15 else Decimal(units).scaleb(-6)


def _in_points(objective: str, units: int | None) -> int | float | Decimal | None:
    return _points(units) if units is not None and objective == "score" else units


def _gains_to_json(problem: Problem, result: Assignment, opening: int) -> dict[str, object]:
    if result.one_more_place is None:
        return {}
    told = zip(problem.objectives, result.one_more_place[:, opening].tolist(), strict=True)
    gains: dict[str, object] = {name: _in_points(name, gain) for name, gain in told}
    exact = result.gains_exact is None or bool(result.gains_exact[opening])
    return {"one_more_place": gains if exact else {"bound": gains}}


def _to_arrays(result: Assignment) -> Arrays:
    placed = np.flatnonzero(result.opening_of >= 0).astype(np.int32)
    arrays: dict[str, Int32s | Int64s] = {
        "assignments.participant": placed,
        "assignments.opening": result.opening_of[placed],
        "openings.used": result.used,
    }
    if result.one_more_place is not None:
        arrays["openings.one_more_place"] = result.one_more_place
    if result.gains_exact is not None:
        arrays["openings.one_more_place_exact"] = result.gains_exact.astype(np.int32)
    return arrays | dict(proof_to_arrays(result.proof))


def result_from_json(problem: Problem, document: Mapping[str, Any]) -> Assignment:
    """Turn a parsed document (with exact numbers) into a result; raises as `read_result`."""
    check_format(document, FORMAT)
    check_keys("", document, ("format", "status"), (*_REST, *_TABLES))
    people, places = Ids.of(problem.participant_ids), Ids.of(problem.opening_ids)
    opening_of, score_of = _nowhere(problem), np.zeros(len(people.at), np.int64)
    rows = document.get("assignments", [])
    assignments = Rows.of("assignments", rows, ("participant", "opening", "score"))
    placed = people.once(assignments.column("participant", text))
    opening_of[placed] = places.all(assignments.column("opening", text))
    score_of[placed] = assignments.column("score", _units)
    openings = Rows.of(
        "openings", document.get("openings", []), ["opening"], ["used", "one_more_place"]
    )
    named = places.once(openings.column("opening", text))
    used = np.full(len(places.at), -1, np.int64)
    used[named] = openings.column("used", whole, -1)
    gains = [
        _gains(problem, f"openings/{at}/one_more_place", entry.get("one_more_place", {}))
        for at, entry in enumerate(openings.entries)
    ]
    one_more_place = np.zeros((len(problem.objectives), used.size), np.int64)
    complete = len(gains) == used.size and all(gain for gain, _ in gains)
    exact = np.ones(used.size, np.bool_)
    if complete and gains:
        one_more_place[:, named] = np.array([gain for gain, _ in gains], np.int64).T
        exact[named] = [is_exact for _, is_exact in gains]
    return _assignment(
        problem,
        document,
        opening_of=opening_of,
        score_of=score_of,
        used=used,
        one_more_place=one_more_place if complete else None,
        gains_exact=exact,
        proof=proof_from_json(problem, document),
    )


def _from_arrays(problem: Problem, arrays: Arrays, rest: Mapping[str, Any]) -> Assignment:
    check_format(rest, FORMAT)
    check_keys("rest", rest, ("format", "status"), _REST)
    n, m = len(problem.participant_ids), len(problem.opening_ids)
    placed, taken = (
        shaped(arrays, f"assignments.{end}", (-1,)) for end in ("participant", "opening")
    )
    inside = (placed >= 0).all() and (placed < n).all() and (taken >= 0).all() and (taken < m).all()
    if placed.size != taken.size or not inside:
        raise ResultMismatch("result_id_unknown", id="assignments")
    if np.unique(placed).size < placed.size:
        raise ResultMismatch("result_id_twice", id="assignments")
    opening_of = _nowhere(problem)
    opening_of[placed] = taken
    score_of = np.zeros(n, np.int64)
    pairs = find_pairs(problem, placed, taken)
    score_of[placed[pairs >= 0]] = problem.pair_score[pairs[pairs >= 0]]
    complete = "openings.one_more_place" in arrays
    exact = np.ones(m, np.bool_)
    if "openings.one_more_place_exact" in arrays:
        exact = shaped(arrays, "openings.one_more_place_exact", (m,)) != 0
    return _assignment(
        problem,
        rest,
        opening_of=opening_of,
        score_of=score_of,
        used=shaped(arrays, "openings.used", (m,)),
        one_more_place=shaped(arrays, "openings.one_more_place", (len(problem.objectives), m))
        if complete
        else None,
        gains_exact=exact,
        proof=proof_from_arrays(problem, arrays, rest),
    )


def _nowhere(problem: Problem) -> Int32s:
    return np.full(len(problem.participant_ids), -1, np.int32)


def _assignment(
    problem: Problem,
    rest: Mapping[str, Any],
    *,
    opening_of: Int32s,
    score_of: Int64s,
    used: Int64s,
    one_more_place: Int64s | None,
    gains_exact: Bools,
    proof: Proof,
) -> Assignment:
    """Join the long columns with everything else."""
    objectives = Rows.of("objectives", rest.get("objectives", []), ("name", "value", "bound"))
    unplaced = Rows.of("unplaced", rest.get("unplaced", []), ("participant", "reason"))
    reasons: list[Unplaced | None] = [None] * len(problem.participant_ids)
    who = Ids.of(problem.participant_ids).once(unplaced.column("participant", text))
    for at, reason in zip(who, unplaced.column("reason", _reason), strict=True):
        reasons[at] = reason
    conflict = enumerate(items("conflict", rest.get("conflict", [])))
    return Assignment(
        status=Status(choice("status", rest["status"], tuple(Status))),
        objectives=tuple(
            _objective(f"objectives/{at}", one) for at, one in enumerate(objectives.entries)
        ),
        opening_of=opening_of,
        score_of=score_of,
        unplaced=tuple(reasons),
        used=used,
        one_more_place=one_more_place,
        proof=proof,
        conflict=tuple(text(f"conflict/{at}", one) for at, one in conflict),
        method=text("method", rest.get("method", "")),
        wall_seconds=number("wall_seconds", rest.get("wall_seconds", 0)),
        gains_exact=None if gains_exact.all() else gains_exact,
    )


def _units(where: str, value: object) -> int:
    """Read a score as whole units of 1e-6."""
    number(where, value)
    points = Decimal(str(value))
    if abs(points) > MAX_WHOLE // UNITS_PER_POINT or points * UNITS_PER_POINT % 1:
        raise ResultMismatch("result_not_in_units", where=where)
    return int(points * UNITS_PER_POINT)


def _in_units(objective: str, where: str, value: object) -> int:
    return _units(where, value) if objective == "score" else whole(where, value)


def _objective(where: str, entry: Mapping[str, Any]) -> ObjectiveValue:
    name = text(f"{where}/name", entry["name"])
    value, bound = (
        None if entry[key] is None else _in_units(name, f"{where}/{key}", entry[key])
        for key in ("value", "bound")
    )
    return ObjectiveValue(name, value, bound)


def _reason(where: str, value: object) -> Unplaced:
    return Unplaced(choice(where, value, tuple(Unplaced)))


def _gains(problem: Problem, where: str, value: object) -> tuple[list[int], bool]:
    """Read the gains of one more place, or their bounds; nothing where some are not told."""
    told = mapping(where, value)
    is_exact = "bound" not in told
    if not is_exact:
        check_keys(where, told, ["bound"])
        told = mapping(f"{where}/bound", told["bound"])
    if set(told) != set(problem.objectives):
        return [], is_exact
    gains = [_in_units(name, f"{where}/{name}", told[name]) for name in problem.objectives]
    return gains, is_exact
