from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import ExchangeError, ResultMismatch
from exchange.json_documents import parse, write
from exchange.messages import in_japanese
from exchange.problem_files import problem_from_json
from exchange.result_files import (
    read_result,
    result_from_json,
    result_to_json,
    write_result,
)
from matcher.assignment import assign
from matcher.certificate import check
from matcher.errors import ResultRefused
from matcher.problem import Problem
from matcher.result import Assignment, Branch, Held, Leaf, Proof, Stage, TreeStage
from tests.exchange.problem_documents import SMALL, changed, without
from tests.matcher import proofs
from tests.matcher.strategies import any_problems, flow_problems

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
SCHEMA = json.loads((SCHEMAS / "result-1.json").read_text(encoding="utf-8"))
jsonschema: Any = import_module("jsonschema")  # it comes without types
PROBLEM = problem_from_json(SMALL)
MOST_LEAVES = 50


def allowed(document: dict[str, Any]) -> bool:
    """Whether the schema allows a document."""
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(document))


def same(one: object, other: object) -> bool:
    """Whether two results hold the same; held arcs come in any order, seconds to 1e-6."""
    if isinstance(one, Held) and isinstance(other, Held):
        return all(
            np.array_equal(np.unique(a, axis=0), np.unique(b, axis=0))
            for a, b in zip(_parts(one), _parts(other), strict=True)
        )
    if isinstance(one, Branch) and isinstance(other, Branch):
        one, other = (replace(each, openings=tuple(sorted(each.openings))) for each in (one, other))
    if isinstance(one, _PARTS) and isinstance(other, _PARTS):
        return all(map(same, _parts(one), _parts(other)))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return one == other


_PARTS = (Assignment, Proof, Stage, Held, TreeStage, Leaf, Branch)


def _parts(one: Any) -> list[Any]:
    return [getattr(one, each.name) for each in fields(one) if each.name != "wall_seconds"]


def solved() -> dict[str, Any]:
    """Solve the small problem, and read the result as a reader with floats sees it."""
    return parse(write(result_to_json(PROBLEM, assign(PROBLEM))))


def test_a_result_says_what_the_format_says() -> None:
    document = solved()
    assert allowed(document)
    assert {key: value for key, value in document.items() if key != "wall_seconds"} == {
        "format": "tsunagite.result/1",
        "status": "optimal",
        "objectives": [
            {"name": "placed", "value": 2, "bound": 2},
            {"name": "floors", "value": 0, "bound": 0},
            {"name": "score", "value": 1.1, "bound": 1.1},
        ],
        "assignments": [
            {"participant": "p1", "opening": "o1", "score": 0.9},
            {"participant": "p2", "opening": "o2", "score": 0.2},
        ],
        "unplaced": [{"participant": "p3", "reason": "no_pair"}],
        "openings": [
            {
                "opening": "o1",
                "used": 1,
                "one_more_place": {"placed": 0, "floors": 0, "score": 0.2},
            },
            {"opening": "o2", "used": 1, "one_more_place": {"placed": 0, "floors": 0, "score": 0}},
        ],
        "proof": {
            "kind": "potentials",
            "stages": [
                _stage("placed", {"p1": 1, "p2": 1, "p3": 0}, {"o1": 0, "o2": 0}),
                _stage("floors", {"p1": 0, "p2": 0, "p3": 0}, {"o1": 0, "o2": 0}),
                _stage("score", {"p1": 700_000, "p2": 200_000, "p3": 0}, {"o1": 200_000, "o2": 0}),
            ],
        },
        "method": "flow",
    }


def _stage(name: str, participants: dict[str, int], openings: dict[str, int]) -> dict[str, Any]:
    ends = {"participants": participants, "openings": openings, "hosts": {}, "groups": {}}
    return {"objective": name, **ends, "fixed_arcs": []}


results = st.one_of(
    flow_problems().map(lambda one: (one, assign(one))),
    any_problems(extreme=True)
    .filter(lambda one: proofs.choices(one) <= MOST_LEAVES)
    .map(lambda one: (one, proofs.proven(one))),
)
"""With potentials of every sort, trees, witnesses, and bounds of gains."""


@given(results)
def test_what_is_written_is_read_again(solved: tuple[Problem, Assignment]) -> None:
    """To the last unit, also where a sum has more digits than a float."""
    problem, result = solved
    written = write(result_to_json(problem, result))
    assert allowed(json.loads(written))
    assert same(result_from_json(problem, parse(written, exact=True)), result)


@given(results)
def test_arrays_hold_the_same_result(
    tmp_path_factory: pytest.TempPathFactory, solved: tuple[Problem, Assignment]
) -> None:
    path = tmp_path_factory.mktemp("arrays") / "result.npz"
    problem, result = solved
    write_result(problem, result, path)
    assert same(read_result(path, problem), result)


def test_large_sums_keep_every_digit() -> None:
    """A thousand million and a millionth part has more digits than a float holds."""
    n = 5000
    problem = Problem.from_arrays(
        participant_ids=[f"p{at}" for at in range(n)],
        opening_ids=["o"],
        capacity=[n],
        pair_participant=range(n),
        pair_opening=[0] * n,
        pair_score=[10**12] * (n - 1) + [10**12 - 1],
    )
    written = write(result_to_json(problem, assign(problem)))
    assert b'"value": 4999999999.999999' in written
    read = result_from_json(problem, parse(written, exact=True))
    assert read.objectives[2].value == n * 10**12 - 1


@pytest.mark.parametrize("seed", range(5))
def test_the_same_problem_in_another_order_gives_the_same_bytes(seed: int) -> None:
    """Many ties: everyone may go everywhere, at two scores."""
    document: dict[str, Any] = {
        "format": "tsunagite.problem/1",
        "participants": [{"id": f"p{at}"} for at in range(30)],
        "openings": [{"id": f"o{at}", "capacity": 2} for at in range(10)],
        "pairs": [
            {"participant": f"p{p}", "opening": f"o{o}", "score": (p + o) % 2 / 2}
            for p in range(30)
            for o in range(10)
        ],
        "rules": [{"kind": "forbidden", "participant": "p3", "opening": "o1"}],
    }
    shuffled = deepcopy(document)
    for key in ("participants", "openings", "pairs"):
        random.Random(seed).shuffle(shuffled[key])
    assert _bytes(shuffled) == _bytes(document)


def _bytes(document: dict[str, Any]) -> bytes:
    problem = problem_from_json(document)
    return write(result_to_json(problem, replace(assign(problem), wall_seconds=0)))


MALFORMED: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "other format": (lambda d: changed(d, "format", "x"), "format_unknown"),
    "unknown key": (lambda d: changed(d, "objectivs", []), "json_unknown_key"),
    "no status": (lambda d: without(d, "status"), "json_key_missing"),
    "other status": (lambda d: changed(d, "status", "best"), "json_not_a_choice"),
    "other reason": (lambda d: changed(d, "unplaced/0/reason", "late"), "json_not_a_choice"),
    "other proof": (lambda d: changed(d, "proof/kind", "faith"), "json_not_a_choice"),
    "text for used": (lambda d: changed(d, "openings/0/used", "1"), "json_not_whole"),
    "half a potential": (
        lambda d: changed(d, "proof/stages/0/openings/o1", 0.5),
        "json_not_whole",
    ),
    "half an arc": (lambda d: changed(d, "proof/stages/2/fixed_arcs", [["p1"]]), "json_not_arc"),
    "no arc": (lambda d: changed(d, "proof/stages/2/fixed_arcs", [[None, None]]), "json_not_arc"),
}


LEAF: dict[str, Any] = {
    "fixed": [{"participant": "p1", "openings": ["o1"], "taken": True}],
    "multipliers": {"openings/o1": 10**30},
}


def a_tree(path: str = "", value: object = None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Replace the proof by a tree of one leaf, with another value at a path of it."""
    tree = {"kind": "tree", "stages": [{"objective": "placed", "denominator": 1, "leaves": [LEAF]}]}
    return lambda document: changed(
        changed(document, "proof", tree), f"proof{path}", value if path else tree
    )


HELD = "proof/stages/2/fixed_arcs"
MALFORMED |= {
    "a held nobody": (lambda d: changed(d, HELD, [{}]), "json_not_arc"),
    "a host and more": (lambda d: changed(d, HELD, [{"host": "h", "held": 1}]), "json_not_arc"),
    "no leaves": (
        a_tree("/stages/0", {"objective": "placed", "denominator": 1}),
        "json_key_missing",
    ),
    "half a denominator": (a_tree("/stages/0/denominator", 0.5), "json_not_whole"),
    "half a multiplier": (a_tree("/stages/0/leaves/0/multipliers", {"x": 0.5}), "json_not_whole"),
    "perhaps taken": (a_tree("/stages/0/leaves/0/fixed/0/taken", 1), "json_not_flag"),
    "perhaps infeasible": (a_tree("/stages/0/leaves/0/infeasible", None), "json_not_flag"),
    "witness": (a_tree("/witnesses", [[]]), "json_not_object"),
    "bound and more": (
        lambda d: changed(d, "openings/0/one_more_place", {"bound": {}, "placed": 1}),
        "json_unknown_key",
    ),
}


def test_a_tree_is_read_with_numbers_of_any_size() -> None:
    """10^30 has more than 64 bits."""
    (stage,) = result_from_json(PROBLEM, a_tree()(solved())).proof.trees
    assert same(stage.leaves, (Leaf((Branch(0, (0,), True),), {"openings/o1": 10**30}),))


def test_cuts_are_written_and_read_in_their_order() -> None:
    document = a_tree()(solved())
    cuts = [
        {"denominator": 2, "multipliers": {"openings/o1": 10**30, "participants/p1": 1}},
        {"denominator": 3, "multipliers": {"cuts/0": 1}},
    ]
    document["proof"]["cuts"] = cuts
    assert allowed(document)
    result = result_from_json(PROBLEM, document)
    assert [(cut.denominator, cut.multipliers) for cut in result.proof.cuts] == [
        (cut["denominator"], cut["multipliers"]) for cut in cuts
    ]
    assert json.loads(write(result_to_json(PROBLEM, result)))["proof"]["cuts"] == cuts


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_result_is_refused(case: str) -> None:
    change, code = MALFORMED[case]
    with pytest.raises(ExchangeError) as refused:
        result_from_json(PROBLEM, change(solved()))
    assert not isinstance(refused.value, ResultMismatch)
    assert refused.value.code == code
    assert in_japanese(refused.value)


OTHERS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "unknown id": (
        lambda d: changed(d, "assignments/0/participant", "p9"),
        "result_id_unknown",
    ),
    "unknown place": (lambda d: changed(d, "assignments/0/opening", "o9"), "result_id_unknown"),
    "placed twice": (lambda d: changed(d, "assignments/0/participant", "p2"), "result_id_twice"),
    "opening twice": (lambda d: changed(d, "openings/0/opening", "o2"), "result_id_twice"),
    "finer score": (
        lambda d: changed(d, "assignments/0/score", 0.9000001),
        "result_not_in_units",
    ),
    "endless score": (lambda d: changed(d, "assignments/0/score", 1e300), "result_not_in_units"),
    "unknown potential": (
        lambda d: changed(d, "proof/stages/0/participants/p9", 1),
        "result_id_unknown",
    ),
    "unknown host": (lambda d: changed(d, HELD, [{"host": "h9"}]), "result_id_unknown"),
    "unknown group": (
        lambda d: changed(d, HELD, [{"group": "g9", "held": "no_surplus"}]),
        "result_id_unknown",
    ),
    "unknown branch": (
        a_tree("/stages/0/leaves/0/fixed/0/participant", "p9"),
        "result_id_unknown",
    ),
    "branch to one twice": (
        a_tree("/stages/0/leaves/0/fixed/0/openings", ["o1", "o1"]),
        "result_id_twice",
    ),
    "unknown witness": (a_tree("/witnesses", [{"p9": "o1"}]), "result_id_unknown"),
    "unknown arc": (
        lambda d: changed(d, "proof/stages/0/fixed_arcs", [["p1", "o9"]]),
        "result_id_unknown",
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_result_of_another_problem_is_refused(case: str) -> None:
    change, code = OTHERS[case]
    with pytest.raises(ResultMismatch) as refused:
        result_from_json(PROBLEM, change(solved()))
    assert refused.value.code == code
    assert in_japanese(refused.value)


TAMPERED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "assignment": lambda d: changed(d, "assignments/0/opening", "o2"),
    "assignment left out": lambda d: changed(d, "assignments", d["assignments"][1:]),
    "score": lambda d: changed(d, "assignments/0/score", 0.8),
    "value": lambda d: changed(d, "objectives/2/value", 1.2),
    "bound": lambda d: changed(d, "objectives/2/bound", 1.2),
    "no objectives": lambda d: without(d, "objectives"),
    "used": lambda d: changed(d, "openings/0/used", 0),
    "no used": lambda d: without(d, "openings/0/used"),
    "no openings": lambda d: without(d, "openings"),
    "one opening less": lambda d: changed(d, "openings", d["openings"][1:]),
    "reason": lambda d: changed(d, "unplaced/0/reason", "rule"),
    "no unplaced": lambda d: without(d, "unplaced"),
    "gain": lambda d: changed(d, "openings/0/one_more_place/score", 0.3),
    "no gain": lambda d: without(d, "openings/1/one_more_place"),
    "bound of a gain": lambda d: changed(d, "openings/0/one_more_place", {"bound": {}}),
    "potential": lambda d: changed(d, "proof/stages/2/openings/o1", 0),
    "no potential": lambda d: without(d, "proof/stages/2/participants/p1"),
    "no stage": lambda d: changed(d, "proof/stages", d["proof"]["stages"][:2]),
    "no proof": lambda d: without(d, "proof"),
    "a tree": lambda d: changed(d, "proof", {"kind": "tree", "stages": []}),
    "a solver": lambda d: changed(d, "proof", {"kind": "solver", "name": "some"}),
    "infeasible": lambda d: changed(d, "status", "infeasible"),
    "unknown": lambda d: changed(d, "status", "unknown"),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_tampered_result_is_refused(case: str) -> None:
    with pytest.raises(ResultRefused) as refused:
        check(PROBLEM, result_from_json(PROBLEM, TAMPERED[case](solved())))
    assert in_japanese(refused.value)


ARRAY_CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "outside": ({"assignments.opening": np.array([0, 2])}, "result_id_unknown"),
    "twice": ({"assignments.participant": np.array([0, 0])}, "result_id_twice"),
    "longer": ({"assignments.opening": np.array([0, 1, 1])}, "result_id_unknown"),
    "short used": ({"openings.used": np.array([1])}, "npz_wrong_size"),
    "flat gains": ({"openings.one_more_place": np.array([1])}, "npz_wrong_size"),
    "flat potentials": ({"potentials.openings": np.array([1])}, "npz_wrong_size"),
    "column of used": ({"openings.used": np.array([[1], [1]])}, "npz_wrong_size"),
    "column of people": ({"assignments.participant": np.array([[0], [1]])}, "npz_wrong_size"),
    "column of places": ({"assignments.opening": np.array([[0], [1]])}, "npz_wrong_size"),
    "turned gains": ({"openings.one_more_place": np.zeros((2, 3), np.int64)}, "npz_wrong_size"),
    "flat arcs": ({"potentials.fixed_arcs": np.array([1])}, "npz_wrong_size"),
}


@pytest.mark.parametrize("case", ARRAY_CHANGES)
def test_arrays_of_another_size_are_refused(case: str, tmp_path: Path) -> None:
    change, code = ARRAY_CHANGES[case]
    path = tmp_path / "result.npz"
    write_result(PROBLEM, assign(PROBLEM), path)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **(arrays | change))
    with pytest.raises(ResultMismatch) as refused:
        read_result(path, PROBLEM)
    assert refused.value.code == code


def test_arrays_without_a_part_are_refused_by_the_check(tmp_path: Path) -> None:
    path = tmp_path / "result.npz"
    write_result(PROBLEM, assign(PROBLEM), path)
    with np.load(path) as file:
        arrays = dict(file)
    del arrays["openings.one_more_place"]
    np.savez(path, **arrays)
    with pytest.raises(ResultRefused, match="one_more_place_missing"):
        check(PROBLEM, read_result(path, PROBLEM))
