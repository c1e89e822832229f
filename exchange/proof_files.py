"""The proof of a result, as JSON and as arrays: potentials, trees, and the name of a solver.

Meaning of every key: `docs/schemas/result-1.json`. Everything stands in the order of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exchange.array_files import Arrays, wholes
from exchange.errors import ExchangeError, ResultMismatch
from exchange.json_documents import (
    Rows,
    check_keys,
    choice,
    flag,
    items,
    mapping,
    text,
    whole,
    whole_of_any_size,
)
from matcher.problem import Int32s, Int64s, Problem
from matcher.result import Branch, Cut, Held, Leaf, Proof, Stage, TreeStage

ARRAYS = (
    "potentials.participants",
    "potentials.openings",
    "potentials.hosts",
    "potentials.groups",
    "potentials.fixed_arcs",
    "potentials.fixed_hosts",
    "potentials.fixed_groups",
)
_KINDS = ("potentials", "tree", "solver", "none")
_ENDS = ("participants", "openings", "hosts", "groups")
_HELD = ("none_missing", "no_surplus")


@dataclass(frozen=True, slots=True)
class Ids:
    """Positions of the ids that a result may name."""

    names: Sequence[str]
    at: Mapping[str, int]

    @classmethod
    def of(cls, names: Sequence[str]) -> Ids:
        """Count ids in their order."""
        return cls(names, {one: at for at, one in enumerate(names)})

    @property
    def in_order(self) -> list[int]:
        """Positions in the order of ids."""
        return sorted(range(len(self.names)), key=self.names.__getitem__)

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

    def named(self, positions: Iterable[int]) -> list[str]:
        """Return names in their order."""
        return sorted(self.names[at] for at in positions)


@dataclass(frozen=True, slots=True)
class Names:
    """Everything of a problem that a proof may name."""

    people: Ids
    places: Ids
    hosts: Ids
    groups: Ids

    @classmethod
    def of(cls, problem: Problem) -> Names:
        """Take the names of a problem."""
        return cls(
            Ids.of(problem.participant_ids),
            Ids.of(problem.opening_ids),
            Ids.of(problem.host_names),
            Ids.of(problem.group_names),
        )

    @property
    def ends(self) -> tuple[Ids, Ids, Ids, Ids]:
        """Those with potentials, in the order of `Stage`."""
        return self.people, self.places, self.hosts, self.groups


def proof_to_json(
    problem: Problem, proof: Proof, *, with_potentials: bool = True
) -> dict[str, object]:
    """Turn a proof into an object.

    Parameters
    ----------
    with_potentials
        False where they are written as arrays.
    """
    names = Names.of(problem)
    document: dict[str, object] = {"kind": proof.kind}
    if proof.solver:
        document["name"] = proof.solver
    if proof.stages and with_potentials:
        document["stages"] = [_stage_to_json(stage, names) for stage in proof.stages]
    elif proof.stages:
        document["stages"] = [{"objective": stage.objective} for stage in proof.stages]
    if proof.trees:
        document["stages"] = [_tree_to_json(tree, names) for tree in proof.trees]
    if proof.cuts:
        document["cuts"] = [_cut_to_json(cut) for cut in proof.cuts]
    if proof.witnesses:
        document["witnesses"] = [
            {
                names.people.names[at]: names.places.names[one[at]]
                for at in names.people.in_order
                if one[at] >= 0
            }
            for one in proof.witnesses
        ]
    return document


def _stage_to_json(stage: Stage, names: Names) -> dict[str, object]:
    potentials = (stage.participants, stage.openings, stage.hosts, stage.groups)
    return {
        "objective": stage.objective,
        **{
            end: {ids.names[at]: int(values[at]) for at in ids.in_order}
            for end, ids, values in zip(_ENDS, names.ends, potentials, strict=True)
        },
        "fixed_arcs": _held_to_json(stage.held, names),
    }


def _held_to_json(held: Held, names: Names) -> list[object]:
    people, places = (*names.people.names, None), (*names.places.names, None)
    arcs = [[people[p], places[o]] for p, o in _arcs(held).tolist()]
    groups = [
        {"group": group, "held": how}
        for how, positions in zip(_HELD, (held.none_missing, held.no_surplus), strict=True)
        for group in names.groups.named(positions.tolist())
    ]
    return [
        *sorted(arcs, key=lambda arc: [end or "" for end in arc]),
        *({"host": host} for host in names.hosts.named(held.full_hosts.tolist())),
        *groups,
    ]


def _arcs(held: Held) -> Int32s:
    """Held pairs, participants and openings as rows (participant, opening), -1 for null."""
    return np.concatenate(
        [
            held.pairs.reshape(-1, 2),
            np.column_stack([held.placed, np.full_like(held.placed, -1)]),
            np.column_stack([np.full_like(held.full_openings, -1), held.full_openings]),
        ]
    ).astype(np.int32)


def _held_of(arcs: NDArray[Any], hosts: Sequence[int], groups: Sequence[tuple[int, int]]) -> Held:
    """Take such rows apart; groups come with the position of how they are held."""
    participant, opening = arcs.reshape(-1, 2).astype(np.int32).T
    parts = [np.array(sorted(hosts), np.int32)]
    parts += [
        np.array(sorted(group for group, held in groups if held == how), np.int32)
        for how in range(len(_HELD))
    ]
    both = (participant >= 0) & (opening >= 0)
    return Held(
        np.column_stack([participant[both], opening[both]]),
        participant[opening < 0],
        opening[participant < 0],
        *parts,
    )


def _cut_to_json(cut: Cut) -> dict[str, object]:
    return {
        "denominator": cut.denominator,
        "multipliers": dict(sorted(cut.multipliers.items())),
    }


def _tree_to_json(tree: TreeStage, names: Names) -> dict[str, object]:
    return {
        "objective": tree.objective,
        "denominator": tree.denominator,
        "leaves": [_leaf_to_json(leaf, names) for leaf in tree.leaves],
    }


def _leaf_to_json(leaf: Leaf, names: Names) -> dict[str, object]:
    return {
        "fixed": [
            {
                "participant": names.people.names[branch.participant],
                "openings": names.places.named(branch.openings),
                "taken": branch.taken,
            }
            for branch in leaf.branches
        ],
        "multipliers": dict(sorted(leaf.multipliers.items())),
        **({"infeasible": True} if leaf.infeasible else {}),
    }


def proof_from_json(problem: Problem, document: Mapping[str, Any]) -> Proof:
    """Read the proof in a result document.

    Raises
    ------
    ExchangeError
        For a malformed one.
    ResultMismatch
        For a name that the problem does not know.
    """
    proof, kind = _proof(document)
    names = Names.of(problem)
    stages: tuple[Stage, ...] = ()
    if kind == "potentials":
        rows = Rows.of(
            "proof/stages", proof.get("stages", []), ["objective"], (*_ENDS, "fixed_arcs")
        )
        stages = tuple(
            _stage(f"proof/stages/{at}", stage, names) for at, stage in enumerate(rows.entries)
        )
    return _joined(proof, kind, names, stages)


def _proof(document: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    proof = mapping("proof", document.get("proof", {}))
    check_keys("proof", proof, (), ("kind", "name", "stages", "witnesses", "cuts"))
    return proof, choice("proof/kind", proof.get("kind", "none"), _KINDS)


def _joined(proof: Mapping[str, Any], kind: str, names: Names, stages: tuple[Stage, ...]) -> Proof:
    trees: tuple[TreeStage, ...] = ()
    if kind == "tree":
        rows = Rows.of(
            "proof/stages", proof.get("stages", []), ("objective", "denominator", "leaves")
        )
        trees = tuple(
            _tree(f"proof/stages/{at}", tree, names) for at, tree in enumerate(rows.entries)
        )
    witnesses = enumerate(items("proof/witnesses", proof.get("witnesses", [])))
    cuts = Rows.of("proof/cuts", proof.get("cuts", []), ("denominator", "multipliers"))
    return Proof(
        kind=kind,
        stages=stages,
        solver=text("proof/name", proof.get("name", "")),
        trees=trees,
        witnesses=tuple(_witness(f"proof/witnesses/{at}", one, names) for at, one in witnesses),
        cuts=tuple(_cut(f"proof/cuts/{at}", cut) for at, cut in enumerate(cuts.entries)),
    )


def _stage(where: str, stage: Mapping[str, Any], names: Names) -> Stage:
    u, y, z, w = (
        _potentials(f"{where}/{end}", stage.get(end, {}), ids)
        for end, ids in zip(_ENDS, names.ends, strict=True)
    )
    held = _held(f"{where}/fixed_arcs", stage.get("fixed_arcs", []), names)
    return Stage(text(f"{where}/objective", stage["objective"]), u, y, z, w, held)


def _potentials(where: str, value: object, ids: Ids) -> Int64s:
    told = mapping(where, value)
    potentials = np.zeros(len(ids.at), np.int64)
    potentials[ids.all(list(told))] = [whole(f"{where}/{name}", one) for name, one in told.items()]
    return potentials


def _held(where: str, value: object, names: Names) -> Held:
    arcs, hosts, groups = [], [], []
    for at, arc in enumerate(items(where, value)):
        here = f"{where}/{at}"
        match arc:
            case {"host": name, **rest} if not rest:
                hosts += names.hosts.all([text(f"{here}/host", name)])
            case {"group": name, "held": how, **rest} if not rest:
                (group,) = names.groups.all([text(f"{here}/group", name)])
                groups.append((group, _HELD.index(choice(f"{here}/held", how, _HELD))))
            case [participant, opening] if arc != [None, None]:
                ends = zip((participant, opening), (names.people, names.places), strict=True)
                arcs.append(
                    [
                        -1 if one is None else ids.all([text(f"{here}/{end}", one)])[0]
                        for end, (one, ids) in enumerate(ends)
                    ]
                )
            case _:
                raise ExchangeError("json_not_arc", where=here)
    return _held_of(np.array(arcs, np.int32), hosts, groups)


def _cut(where: str, cut: Mapping[str, Any]) -> Cut:
    return Cut(
        denominator=whole_of_any_size(f"{where}/denominator", cut["denominator"]),
        multipliers=_multipliers(f"{where}/multipliers", cut["multipliers"]),
    )


def _multipliers(where: str, value: object) -> dict[str, int]:
    return {
        name: whole_of_any_size(f"{where}/{name}", factor)
        for name, factor in mapping(where, value).items()
    }


def _tree(where: str, tree: Mapping[str, Any], names: Names) -> TreeStage:
    leaves = Rows.of(f"{where}/leaves", tree["leaves"], ("fixed", "multipliers"), ["infeasible"])
    return TreeStage(
        objective=text(f"{where}/objective", tree["objective"]),
        denominator=whole_of_any_size(f"{where}/denominator", tree["denominator"]),
        leaves=tuple(
            _leaf(f"{where}/leaves/{at}", leaf, names) for at, leaf in enumerate(leaves.entries)
        ),
    )


def _leaf(where: str, leaf: Mapping[str, Any], names: Names) -> Leaf:
    branches = Rows.of(f"{where}/fixed", leaf["fixed"], ("participant", "openings", "taken"))
    return Leaf(
        branches=tuple(
            _branch(f"{where}/fixed/{at}", one, names) for at, one in enumerate(branches.entries)
        ),
        multipliers=_multipliers(f"{where}/multipliers", leaf["multipliers"]),
        infeasible=flag(f"{where}/infeasible", leaf.get("infeasible", False)),
    )


def _branch(where: str, branch: Mapping[str, Any], names: Names) -> Branch:
    openings = enumerate(items(f"{where}/openings", branch["openings"]))
    named = [text(f"{where}/openings/{at}", one) for at, one in openings]
    (participant,) = names.people.all([text(f"{where}/participant", branch["participant"])])
    return Branch(
        participant=participant,
        openings=tuple(sorted(names.places.once(named))),
        taken=flag(f"{where}/taken", branch["taken"]),
    )


def _witness(where: str, value: object, names: Names) -> Int32s:
    told = mapping(where, value)
    opening_of = np.full(len(names.people.at), -1, np.int32)
    places = [text(f"{where}/{name}", one) for name, one in told.items()]
    opening_of[names.people.all(list(told))] = names.places.all(places)
    return opening_of


def proof_to_arrays(proof: Proof) -> Arrays:
    """Turn potentials into arrays; trees stay JSON."""
    stages = proof.stages
    if not stages:
        return {}
    groups = [
        np.column_stack([np.full_like(one, at), one, np.full_like(one, how)])
        for at, stage in enumerate(stages)
        for how, one in enumerate((stage.held.none_missing, stage.held.no_surplus))
    ]
    hosts = [
        np.column_stack([np.full_like(stage.held.full_hosts, at), stage.held.full_hosts])
        for at, stage in enumerate(stages)
    ]
    arcs = [np.insert(_arcs(stage.held), 0, at, axis=1) for at, stage in enumerate(stages)]
    return {
        **{
            f"potentials.{end}": np.stack([getattr(stage, end) for stage in stages])
            for end in _ENDS
        },
        "potentials.fixed_arcs": np.concatenate(arcs),
        "potentials.fixed_hosts": np.concatenate(hosts),
        "potentials.fixed_groups": np.concatenate(groups),
    }


def proof_from_arrays(problem: Problem, arrays: Arrays, rest: Mapping[str, Any]) -> Proof:
    """Read a proof whose potentials are arrays; raises as `proof_from_json`."""
    proof, kind = _proof(rest)
    names = Names.of(problem)
    if kind != "potentials":
        return _joined(proof, kind, names, ())
    objectives = Rows.of("proof/stages", proof.get("stages", []), ["objective"]).column(
        "objective", text
    )
    sizes = [len(ids.names) for ids in names.ends]
    n, m, h, g = sizes
    u, y, z, w = (
        shaped(arrays, f"potentials.{end}", (len(objectives), size))
        for end, size in zip(_ENDS, sizes, strict=True)
    )
    arcs = _inside(shaped(arrays, "potentials.fixed_arcs", (-1, 3)), (-1, -1), (n, m))
    hosts = _inside(shaped(arrays, "potentials.fixed_hosts", (-1, 2)), (0,), (h,))
    groups = _inside(shaped(arrays, "potentials.fixed_groups", (-1, 3)), (0, 0), (g, len(_HELD)))
    stages = (
        Stage(
            *(name, u[at], y[at], z[at], w[at]),
            _held_of(
                arcs[arcs[:, 0] == at, 1:],
                hosts[hosts[:, 0] == at, 1].tolist(),
                [(group, how) for of, group, how in groups.tolist() if of == at],
            ),
        )
        for at, name in enumerate(objectives)
    )
    return _joined(proof, kind, names, tuple(stages))


def _inside(rows: Int64s, least: tuple[int, ...], end: tuple[int, ...]) -> Int64s:
    """Rows whose positions, after the stage, are positions of the problem."""
    return rows[((rows[:, 1:] >= least) & (rows[:, 1:] < end)).all(axis=1)]


def shaped(arrays: Arrays, name: str, shape: tuple[int, ...]) -> Int64s:
    """Return whole numbers that have this shape (-1: any length); what is absent is empty.

    Raises
    ------
    ResultMismatch
        When there are more or fewer, or they lie otherwise.
    """
    found = wholes(arrays, name).astype(np.int64)
    try:
        laid = found.reshape(shape)
    except ValueError:
        raise ResultMismatch("npz_wrong_size", name=name) from None
    if name in arrays and laid.shape != found.shape:
        raise ResultMismatch("npz_wrong_size", name=name)
    return laid
