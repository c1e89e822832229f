"""Files of the assignment result: `tsunagite.result/1` as JSON and as `.npz`.

The meaning of every key stands in `docs/schemas/result-1.json`. Entries stand in the order of
ids, so that the same problem in another order gives the same bytes. An `.npz` counts
participants and openings as the problem does, in its arrays and its order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from exchange.array_files import Arrays, read_arrays, wholes, write_arrays
from exchange.errors import ExchangeError, ResultMismatch
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
from matcher.problem import UNITS_PER_POINT, Int32s, Int64s, Problem, find_pairs
from matcher.result import Assignment, ObjectiveValue, Proof, Stage, Status, Unplaced

FORMAT = "tsunagite.result/1"
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
_PROOFS = ("potentials", "tree", "solver", "none")
_STAGE = ("participants", "openings", "hosts", "groups", "fixed_arcs")
_ARRAYS = (
    "assignments.participant",
    "assignments.opening",
    "openings.used",
    "openings.one_more_place",
    "potentials.participants",
    "potentials.openings",
    "potentials.fixed_arcs",
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
        write_arrays(path, _to_arrays(result), _rest(problem, result))
    else:
        write_bytes(path, write(result_to_json(problem, result)))


def result_to_json(problem: Problem, result: Assignment) -> dict[str, object]:
    """Turn a result into a document."""
    people, places = _order(problem.participant_ids), _order(problem.opening_ids)
    document = dict.fromkeys(_KEYS) | _rest(problem, result)
    if result.proof.stages:
        stages = [_stage_to_json(problem, stage, people, places) for stage in result.proof.stages]
        document["proof"] = {"kind": result.proof.kind, "stages": stages}
    document["assignments"] = [
        {
            "participant": problem.participant_ids[at],
            "opening": problem.opening_ids[result.opening_of[at]],
            "score": _points(int(result.score_of[at])),
        }
        for at in people
        if result.opening_of[at] >= 0
    ]
    document["openings"] = [
        {"opening": problem.opening_ids[at], "used": int(result.used[at])}
        | _gains_to_json(problem, result, at)
        for at in places
        if result.status is not Status.INFEASIBLE
    ]
    return {key: value for key, value in document.items() if value is not None}


def _rest(problem: Problem, result: Assignment) -> dict[str, object]:
    """Everything but the long columns."""
    proof: dict[str, object] = {"kind": result.proof.kind}
    if result.proof.solver:
        proof["name"] = result.proof.solver
    if result.proof.stages:
        proof["stages"] = [{"objective": stage.objective} for stage in result.proof.stages]
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
            for at in _order(problem.participant_ids)
            if (reason := result.unplaced[at]) is not None
        ],
        "proof": proof,
    }


def _order(ids: Sequence[str]) -> list[int]:
    return sorted(range(len(ids)), key=ids.__getitem__)


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
    gains = zip(problem.objectives, result.one_more_place[:, opening].tolist(), strict=True)
    return {"one_more_place": {name: _in_points(name, gain) for name, gain in gains}}


def _stage_to_json(
    problem: Problem, stage: Stage, people: Sequence[int], places: Sequence[int]
) -> dict[str, object]:
    participants, openings = (*problem.participant_ids, None), (*problem.opening_ids, None)
    arcs = [[participants[p], openings[o]] for p, o in stage.held.tolist()]
    return {
        "objective": stage.objective,
        "participants": {participants[at]: int(stage.participants[at]) for at in people},
        "openings": {openings[at]: int(stage.openings[at]) for at in places},
        "hosts": {},
        "groups": {},
        "fixed_arcs": sorted(arcs, key=lambda arc: [end or "" for end in arc]),
    }


def _to_arrays(result: Assignment) -> Arrays:
    placed = np.flatnonzero(result.opening_of >= 0).astype(np.int32)
    arrays: dict[str, Int32s | Int64s] = {
        "assignments.participant": placed,
        "assignments.opening": result.opening_of[placed],
        "openings.used": result.used,
    }
    if result.one_more_place is not None:
        arrays["openings.one_more_place"] = result.one_more_place
    stages = result.proof.stages
    if stages:
        arrays["potentials.participants"] = np.stack([stage.participants for stage in stages])
        arrays["potentials.openings"] = np.stack([stage.openings for stage in stages])
        arrays["potentials.fixed_arcs"] = np.concatenate(
            [np.insert(stage.held, 0, at, axis=1) for at, stage in enumerate(stages)]
        )
    return arrays


def result_from_json(problem: Problem, document: Mapping[str, Any]) -> Assignment:
    """Turn a parsed document (with exact numbers) into a result; raises as `read_result`."""
    check_format(document, FORMAT)
    check_keys("", document, ("format", "status"), (*_REST, *_TABLES))
    people, places = _Ids.of(problem.participant_ids), _Ids.of(problem.opening_ids)
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
    complete = len(gains) == used.size and all(gains)
    if complete and gains:
        one_more_place[:, named] = np.array(gains, np.int64).reshape(used.size, -1).T
    return _assignment(
        problem,
        document,
        opening_of=opening_of,
        score_of=score_of,
        used=used,
        one_more_place=one_more_place if complete else None,
        stages=tuple(_stage(where, one, people, places) for where, one in _stages(document)),
    )


def _from_arrays(problem: Problem, arrays: Arrays, rest: Mapping[str, Any]) -> Assignment:
    check_format(rest, FORMAT)
    check_keys("rest", rest, ("format", "status"), _REST)
    n, m = len(problem.participant_ids), len(problem.opening_ids)
    placed, taken = (
        _shaped(arrays, f"assignments.{end}", (-1,)) for end in ("participant", "opening")
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
    objectives = [entry["objective"] for _, entry in _stages(rest)]
    u = _shaped(arrays, "potentials.participants", (len(objectives), n))
    y = _shaped(arrays, "potentials.openings", (len(objectives), m))
    held = _shaped(arrays, "potentials.fixed_arcs", (-1, 3))
    held = held[((held[:, 1:] >= -1) & (held[:, 1:] < (n, m))).all(axis=1)]
    complete = "openings.one_more_place" in arrays
    return _assignment(
        problem,
        rest,
        opening_of=opening_of,
        score_of=score_of,
        used=_shaped(arrays, "openings.used", (m,)),
        one_more_place=_shaped(arrays, "openings.one_more_place", (len(problem.objectives), m))
        if complete
        else None,
        stages=tuple(
            Stage(name, u[at], y[at], held[held[:, 0] == at, 1:].astype(np.int32))
            for at, name in enumerate(objectives)
        ),
    )


def _shaped(arrays: Arrays, name: str, shape: tuple[int, ...]) -> Int64s:
    """Return an array that has this shape (-1: any length); one that is absent is empty."""
    found = wholes(arrays, name).astype(np.int64)
    try:
        shaped = found.reshape(shape)
    except ValueError:
        raise ResultMismatch("npz_wrong_size", name=name) from None
    if name in arrays and shaped.shape != found.shape:
        raise ResultMismatch("npz_wrong_size", name=name)
    return shaped


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
    stages: tuple[Stage, ...],
) -> Assignment:
    """Join the long columns with everything else."""
    objectives = Rows.of("objectives", rest.get("objectives", []), ("name", "value", "bound"))
    unplaced = Rows.of("unplaced", rest.get("unplaced", []), ("participant", "reason"))
    reasons: list[Unplaced | None] = [None] * len(problem.participant_ids)
    who = _Ids.of(problem.participant_ids).once(unplaced.column("participant", text))
    for at, reason in zip(who, unplaced.column("reason", _reason), strict=True):
        reasons[at] = reason
    conflict = enumerate(items("conflict", rest.get("conflict", [])))
    proof = mapping("proof", rest.get("proof", {}))
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
        proof=Proof(
            kind=choice("proof/kind", proof.get("kind", "none"), _PROOFS),
            stages=stages,
            solver=text("proof/name", proof.get("name", "")),
        ),
        conflict=tuple(text(f"conflict/{at}", one) for at, one in conflict),
        method=text("method", rest.get("method", "")),
        wall_seconds=number("wall_seconds", rest.get("wall_seconds", 0)),
    )


@dataclass(frozen=True, slots=True)
class _Ids:
    """Positions of the ids that a result may name."""

    at: Mapping[str, int]

    @classmethod
    def of(cls, ids: Sequence[str]) -> _Ids:
        """Count ids in their order."""
        return cls({one: at for at, one in enumerate(ids)})

    def all(self, names: Sequence[str]) -> list[int]:
        """Return the positions of names that may come again."""
        for name in names:
            if name not in self.at:
                raise ResultMismatch("result_id_unknown", id=name)
        return [self.at[name] for name in names]

    def once(self, names: Sequence[str]) -> list[int]:
        """Return the positions of names that come only once."""
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise ResultMismatch("result_id_twice", id=name)
            seen.add(name)
        return self.all(names)


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


def _gains(problem: Problem, where: str, value: object) -> list[int] | None:
    """Read the gains of one more place; None where they are not all told exactly."""
    told = mapping(where, value)
    if set(told) != set(problem.objectives):
        return None
    return [_in_units(name, f"{where}/{name}", told[name]) for name in problem.objectives]


def _stages(document: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Stages of potentials, each with its path; other kinds of proof have none here."""
    proof = mapping("proof", document.get("proof", {}))
    check_keys("proof", proof, (), ("kind", "name", "stages"))
    if proof.get("kind") != "potentials":
        return []
    stages = Rows.of("proof/stages", proof.get("stages", []), ["objective"], _STAGE)
    stages.column("objective", text)
    return [(f"proof/stages/{at}", stage) for at, stage in enumerate(stages.entries)]


def _stage(where: str, stage: Mapping[str, Any], people: _Ids, places: _Ids) -> Stage:
    return Stage(
        objective=stage["objective"],
        participants=_potentials(f"{where}/participants", stage.get("participants", {}), people),
        openings=_potentials(f"{where}/openings", stage.get("openings", {}), places),
        held=_held(f"{where}/fixed_arcs", stage.get("fixed_arcs", []), people, places),
    )


def _potentials(where: str, value: object, ids: _Ids) -> Int64s:
    told = mapping(where, value)
    potentials = np.zeros(len(ids.at), np.int64)
    potentials[ids.all(list(told))] = [whole(f"{where}/{name}", one) for name, one in told.items()]
    return potentials


def _held(where: str, value: object, people: _Ids, places: _Ids) -> Int32s:
    arcs = [items(f"{where}/{at}", arc) for at, arc in enumerate(items(where, value))]
    rows = np.full((len(arcs), 2), -1, np.int32)
    for at, arc in enumerate(arcs):
        if len(arc) != 2 or arc == [None, None]:
            raise ExchangeError("json_not_arc", where=f"{where}/{at}")
        for end, ids in enumerate((people, places)):
            if arc[end] is not None:
                rows[at, end] = ids.all([text(f"{where}/{at}/{end}", arc[end])])[0]
    return rows
