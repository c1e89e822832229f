"""`verify` refuses what was altered, bounds that are wrong and claims that do not follow.

Whatever is refused ends with 1, or with 2 where it is no result at all, in one line and no
traceback. For potentials, for trees, for contradictions and for bounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from tests.exchange.problem_documents import changed
from tests.exchange.random_problems import CLASHING, COUPLED, FLOW, random_problem

Document = dict[str, Any]
CHOSEN = {
    "potentials": random_problem(FLOW, 0),
    "tree": random_problem(COUPLED, 75),  # every stage has two leaves
    "conflict of rules": random_problem(CLASHING, 2),
    "conflict of moves": random_problem(CLASHING, 0),
}
OPTIMAL = ("potentials", "tree")
CLASHES = ("conflict of rules", "conflict of moves")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """Solve each of the problems by the command."""
    folder = tmp_path_factory.mktemp("solved")
    return {name: solve(problem, folder) for name, problem in CHOSEN.items()}


def solve(problem: Document, folder: Path) -> Document:
    """Return the result of a problem."""
    assert run(["solve", save(problem, folder / "p.json"), "--out", str(folder / "r.json")]) in (
        0,
        3,
    )
    read: Document = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    return read


def save(document: Document, path: Path) -> str:
    """Write a document and return its path."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


class Verify:
    """Runs the command on a problem and a result."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def __call__(self, problem: Document, result: Document, *arguments: str) -> int:
        """Return the exit code, after a look at what was said."""
        files = [save(problem, self.folder / "p.json"), save(result, self.folder / "r.json")]
        code = run(["verify", *files, *arguments])
        told = self.capsys.readouterr()
        assert "Traceback" not in told.err
        assert bool(told.out) == (code == 0), told
        return code


@pytest.fixture
def verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Give what runs the command."""
    return Verify(tmp_path, capsys)


def scalars(document: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Give every number, text and flag of a document with its path."""
    if isinstance(document, dict | list):
        parts = document.items() if isinstance(document, dict) else enumerate(document)
        for key, part in parts:
            yield from scalars(part, f"{path}/{key}" if path else str(key))
    else:
        yield path, document


def other(value: object) -> object:
    """Return another value of the same kind, as near as can be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return round(value + 1e-6, 6)
    return 0 if value is None else f"{value}x"


@pytest.mark.parametrize("name", CHOSEN)
def test_what_was_solved_is_believed(
    name: str, solved: dict[str, Document], verify: Verify
) -> None:
    assert verify(CHOSEN[name], solved[name]) == 0
    assert solved[name]["proof"]["kind"] == ("potentials" if name == "potentials" else "tree")


@pytest.mark.parametrize("name", CHOSEN)
def test_no_entry_can_be_altered(name: str, solved: dict[str, Document], verify: Verify) -> None:
    """Each number and each text that is claimed, one at a time, by the least there is."""
    free = ("proof/", "wall_seconds", "method")
    claims = [(path, value) for path, value in scalars(solved[name]) if not path.startswith(free)]
    assert len(claims) > 5
    for path, value in claims:
        altered = other(value)
        if name == "tree" and "/one_more_place/" in path:
            # Between nothing and what the tree allows all may be right, and so may what follows.
            altered = 1000
            gains = list(
                solved[name]["openings"][int(path.split("/")[1])]["one_more_place"].items()
            )
            if any(
                gain for _, gain in gains[: [key for key, _ in gains].index(path.split("/")[-1])]
            ):
                continue
        assert verify(CHOSEN[name], changed(solved[name], path, altered)) in (1, 2), path


@pytest.mark.parametrize("name", OPTIMAL)
@pytest.mark.parametrize("part", ["assignments", "unplaced", "openings", "objectives"])
def test_no_entry_can_be_left_out_or_said_twice(
    name: str, part: str, solved: dict[str, Document], verify: Verify
) -> None:
    entries = solved[name][part]
    assert entries
    for at, entry in enumerate(entries):
        assert verify(CHOSEN[name], {**solved[name], part: entries[:at] + entries[at + 1 :]}) == 1
        assert verify(CHOSEN[name], {**solved[name], part: [*entries, entry]}) == 1


@pytest.mark.parametrize("name", CHOSEN)
def test_a_proof_without_one_of_its_parts_proves_nothing(
    name: str, solved: dict[str, Document], verify: Verify
) -> None:
    """Without a stage, a leaf, all multipliers or all potentials; or with another kind of proof."""
    result = solved[name]
    stages = result["proof"]["stages"]
    less: list[Document] = [{**result, "proof": {"kind": "none"}}]
    less += [
        changed(result, "proof/stages", stages[:at] + stages[at + 1 :]) for at in range(len(stages))
    ]
    for at, stage in enumerate(stages):
        place = f"proof/stages/{at}"
        if name == "potentials":
            people = stage["participants"]
            if any(people.values()):
                less.append(changed(result, f"{place}/participants", dict.fromkeys(people, 0)))
            continue
        leaves = stage["leaves"]
        for leaf in range(len(leaves)):
            less.append(changed(result, f"{place}/leaves", leaves[:leaf] + leaves[leaf + 1 :]))
            if any(leaves[leaf]["multipliers"].values()):
                less.append(changed(result, f"{place}/leaves/{leaf}/multipliers", {}))
    for altered in less:
        assert verify(CHOSEN[name], altered) == 1


STRICTER: dict[str, Callable[[Document], Document]] = {
    "a place less": lambda p: changed(p, "openings/0/capacity", p["openings"][0]["capacity"] - 1),
    "two places less": lambda p: changed(
        changed(p, "openings/0/capacity", 0), "openings/1/capacity", 0
    ),
    "lower scores": lambda p: {
        **p,
        "pairs": [
            {**pair, "score": pair["score"] - (at % 2) / 2} for at, pair in enumerate(p["pairs"])
        ],
    },
}


@pytest.mark.parametrize("name", OPTIMAL)
@pytest.mark.parametrize("change", STRICTER)
def test_what_is_best_elsewhere_is_not_best_here(
    name: str, change: str, solved: dict[str, Document], tmp_path: Path, verify: Verify
) -> None:
    """Both ways, with a sound proof of the other problem."""
    elsewhere = STRICTER[change](CHOSEN[name])
    result = solve(elsewhere, tmp_path)
    assert verify(elsewhere, result) == 0
    assert verify(CHOSEN[name], result) == 1
    assert verify(elsewhere, solved[name]) == 1


ALONE = {
    "potentials": {**random_problem(FLOW, 0), "objectives": ["score"]},
    "tree": random_problem(COUPLED, 133),
}
"""The score is the only objective, so that a worse result is quickly worked out."""


def without_one(problem: Document, result: Document) -> Document:
    """Return a result in which someone whom no rule names has no place, with the right figures."""
    named = {name for rule in problem["rules"] for name in rule.get("participants", ())}
    free = {one["id"] for one in problem["participants"] if one["previous"] is None} - named
    worse = deepcopy(result)
    gone = next(one for one in result["assignments"] if one["participant"] in free and one["score"])
    worse["assignments"].remove(gone)
    worse["unplaced"].append({"participant": gone["participant"], "reason": "crowded_out"})
    worse["objectives"][0]["value"] = round(result["objectives"][0]["value"] - gone["score"], 6)
    for opening in worse["openings"]:
        opening["used"] -= opening["opening"] == gone["opening"]
    return worse


@pytest.mark.parametrize("name", ALONE)
def test_what_is_worse_can_be_called_feasible_but_not_optimal(
    name: str, tmp_path: Path, verify: Verify
) -> None:
    problem = ALONE[name]
    best = solve(problem, tmp_path)
    worse = without_one(problem, best)
    assert verify(problem, {**worse, "status": "feasible"}) == 0
    for bound in (worse["objectives"][0]["value"], worse["objectives"][0]["bound"]):
        for proof in (best["proof"], {"kind": "none"}):
            claimed = {**changed(worse, "objectives/0/bound", bound), "proof": proof}
            assert verify(problem, claimed) == 1
    assert verify(problem, {**best, "status": "feasible"}) == 0


def test_a_bound_must_follow_from_the_tree_beside_it(tmp_path: Path, verify: Verify) -> None:
    """One unit less than what the leaves prove is too little; below the value nothing helps."""
    problem = ALONE["tree"]
    best = solve(problem, tmp_path)
    worse = {**without_one(problem, best), "status": "feasible"}
    most, value = best["objectives"][0]["value"], worse["objectives"][0]["value"]
    assert value < most - 2e-6
    for bound, proof, code in (
        (most, best["proof"], 0),
        (most + 1, best["proof"], 0),
        (round(most - 1e-6, 6), best["proof"], 1),
        (round(most - 1e-6, 6), {"kind": "none"}, 0),  # nobody claims that it follows
        (round(value - 1e-6, 6), {"kind": "none"}, 1),
    ):
        claimed = {**changed(worse, "objectives/0/bound", bound), "proof": proof}
        assert verify(problem, claimed) == code, bound


@pytest.mark.parametrize("name", CLASHES)
def test_a_contradiction_is_neither_more_nor_less_than_it_is(
    name: str, solved: dict[str, Document], verify: Verify
) -> None:
    """One name more, one less, another, none; and where there is none, none can be claimed."""
    problem, result = CHOSEN[name], solved[name]
    conflict = result["conflict"]
    rules = [f"rules/{at}" for at in range(len(problem["rules"]))]
    spare = next(one for one in rules if one not in conflict)
    witnesses = result["proof"]["witnesses"]
    assert verify(problem, {**result, "conflict": conflict[1:]}) == 1
    assert verify(problem, {**result, "conflict": [spare, *conflict[1:]]}) == 1
    more = changed({**result, "conflict": [*conflict, spare]}, "proof/witnesses", [*witnesses, {}])
    assert verify(problem, more) == 1
    assert verify(problem, {**result, "status": "optimal"}) == 1
    possible = {key: value for key, value in problem.items() if key != "moves_limit"} | {
        "rules": []
    }
    assert verify(possible, result) == 1


@pytest.mark.parametrize("name", OPTIMAL)
def test_what_can_be_done_is_not_called_impossible(
    name: str, solved: dict[str, Document], verify: Verify
) -> None:
    clash = {**solved["conflict of rules"], "objectives": solved[name]["objectives"]}
    assert verify(CHOSEN[name], clash) == 1
    assert verify(CHOSEN[name], {**solved[name], "status": "infeasible"}) == 1


def test_stages_come_in_the_order_of_the_objectives(
    solved: dict[str, Document], verify: Verify
) -> None:
    """Also where only bounds are claimed: a later stage keeps what the earlier ones reach."""
    for status in ("optimal", "feasible"):
        claimed = {**solved["tree"], "status": status}
        turned = changed(claimed, "proof/stages", claimed["proof"]["stages"][::-1])
        assert verify(CHOSEN["tree"], claimed) == 0
        assert verify(CHOSEN["tree"], turned) == 1


def test_a_flow_owes_exact_gains(solved: dict[str, Document], verify: Verify) -> None:
    """A bound of what one more place brings is not enough where the exact number is at hand."""
    path = "openings/0/one_more_place"
    gains = solved["potentials"]["openings"][0]["one_more_place"]
    bounded = changed(solved["potentials"], path, {"bound": gains})
    assert verify(CHOSEN["potentials"], bounded) == 1
