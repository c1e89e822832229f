"""Is a result what it claims to be? numpy only, and nothing of the solver.

Everything is computed again from the problem: who may take what, sums, uses, reasons. The claim
`optimal` follows from linear duality in whole numbers. Take any potentials that satisfy `Stage`:
then each pair of any assignment is worth at most u + y, so no assignment exceeds the sum of
u and of y over the places; the one at hand attains it. For a later objective the arcs that an
earlier stage leaves at a reduced cost other than 0 are exempt, because every assignment that is
best so far holds them at the same flow.

`one_more_place` needs no potentials of the file. The claimed gains are taken as the y of every
objective, which gives u. If these satisfy `Stage` for one objective after the other, no more can
be gained than is claimed; if a chain of moves over tight arcs leads to the opening from outside
or from an opening without any gain, that much is gained. So both directions are proven.

`not_worth` against `crowded_out` is again such a chain, from the participant outwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ResultRefused
from matcher.problem import Int64s, Problem, check_flow_class
from matcher.result import Assignment, Proof, Stage, Status, Unplaced
from matcher.rules import Fixed, Forbidden, Rule

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found right.

    Attributes
    ----------
    claim
        Status that the result claims.
    trusted
        The claim itself was believed, because nothing in the file proves it.
    """

    claim: Status
    trusted: bool = False


def check(problem: Problem, result: Assignment, *, trust_solver: bool = False) -> Verdict:
    """Check every part of a result, and that its claim follows from its proof.

    Of a `feasible` result everything is checked but its bounds, which nothing in it proves.

    Parameters
    ----------
    trust_solver
        Believe a claim whose only proof is the name of a solver.

    Raises
    ------
    ResultRefused
        With the first part that is wrong.
    NotSupported
        For problems outside the flow class.
    """
    check_flow_class(problem)
    if tuple(one.name for one in result.objectives) != problem.objectives:
        raise ResultRefused("objectives_differ", right=", ".join(problem.objectives))
    if result.status is Status.UNKNOWN:
        raise ResultRefused("nothing_claimed")
    if result.status is Status.INFEASIBLE:
        return Verdict(result.status, _check_infeasible(problem, result, trust_solver))
    case = _case(problem, result)
    _check_values(case)
    if result.status is Status.FEASIBLE:
        _check_reasons(case, None)
        return Verdict(result.status)
    _check_reasons(case, _check_gains(case))
    return Verdict(result.status, _check_optimal(case, trust_solver))


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """Arcs that are not yet settled: pairs [k], staying unplaced [n], openings [m]."""

    pairs: Bools
    optional: Bools
    openings: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A problem and a result that is feasible for it.

    Attributes
    ----------
    values
        What each pair adds to each objective, [objectives, k].
    open
        What is possible at all.
    taken
        Pairs that the result uses, [k].
    pair_of
        The pair of each participant, [n]; -1 unplaced.
    used
        Seats used at each opening, [m].
    """

    problem: Problem
    result: Assignment
    values: Int64s
    open: _Open
    taken: Bools
    pair_of: Int64s
    used: Int64s


def _case(problem: Problem, result: Assignment) -> _Case:
    """Work the result out, and refuse one that is not feasible."""
    opening_of = result.opening_of
    possible, optional = _possible(problem, problem.rules)
    taken = opening_of[problem.pair_participant] == problem.pair_opening
    pair_of = np.full(opening_of.size, -1, np.int64)
    pair_of[problem.pair_participant[taken]] = np.flatnonzero(taken)
    _refuse("pair_not_listed", problem.participant_ids, (opening_of >= 0) & (pair_of < 0))
    against = ~optional & (pair_of < 0)
    against[problem.pair_participant[taken & ~possible]] = True
    _refuse("against_a_rule", problem.participant_ids, against)
    used = np.bincount(opening_of[opening_of >= 0], minlength=len(problem.opening_ids))
    _refuse("too_many_at_opening", problem.opening_ids, used > problem.capacity)
    worth = {
        "placed": problem.weight[problem.pair_participant],
        "floors": np.zeros_like(problem.pair_score),
        "score": problem.pair_score,
    }
    return _Case(
        problem=problem,
        result=result,
        values=np.stack([worth[name] for name in problem.objectives]),
        open=_Open(possible, optional, np.ones(used.size, np.bool_)),
        taken=taken,
        pair_of=pair_of,
        used=used,
    )


def _possible(problem: Problem, rules: tuple[Rule, ...]) -> tuple[Bools, Bools]:
    """Which pairs the rules leave, [k], and who may stay unplaced, [n]."""
    participants = {name: at for at, name in enumerate(problem.participant_ids)}
    openings = {name: at for at, name in enumerate(problem.opening_ids)}
    fixed, forbidden = (
        {
            (participants[rule.participant], openings[rule.opening])
            for rule in rules
            if isinstance(rule, kind)
        }
        for kind in (Fixed, Forbidden)
    )
    # To how many openings each participant is fixed; with two, no pair satisfies both.
    times = np.zeros(len(participants), np.int64)
    for participant, _ in fixed:
        times[participant] += 1
    own = times[problem.pair_participant]
    possible = (own == 0) | ((own == 1) & _among(problem, fixed))
    return possible & ~_among(problem, forbidden), times == 0


def _among(problem: Problem, named: set[tuple[int, int]]) -> Bools:
    """Which pairs are named, [k]."""
    m = len(problem.opening_ids)
    keys = problem.pair_participant.astype(np.int64) * m + problem.pair_opening
    return np.isin(keys, [participant * m + opening for participant, opening in named])


def _refuse(code: str, ids: tuple[str, ...], wrong: Bools) -> None:
    """Refuse with the id of the first wrong entry, if there is one."""
    if wrong.any():
        raise ResultRefused(code, id=ids[int(np.flatnonzero(wrong)[0])])


def _check_values(case: _Case) -> None:
    problem, result = case.problem, case.result
    score_of = np.zeros(case.pair_of.size, np.int64)
    score_of[problem.pair_participant[case.taken]] = problem.pair_score[case.taken]
    _refuse("score_differs", problem.participant_ids, score_of != result.score_of)
    _refuse("used_differs", problem.opening_ids, case.used != result.used)
    for values, told in zip(case.values, result.objectives, strict=True):
        right = sum(values[case.taken].tolist())
        if told.value != right:
            raise ResultRefused("value_differs", objective=told.name)
        short = told.bound is None or told.bound < right
        if short or (result.status is Status.OPTIMAL and told.bound != right):
            raise ResultRefused("bound_differs", objective=told.name)


def _check_reasons(case: _Case, left: list[_Open] | None) -> None:
    """Reasons of the unplaced follow from their definition.

    Parameters
    ----------
    left
        Open arcs before each objective; None where no optimum is claimed, so that nobody can
        say whether placing someone would have been worth it.
    """
    problem = case.problem
    told = np.array(case.result.unplaced, object)
    right = np.full(case.pair_of.size, Unplaced.CROWDED_OUT, object)
    before = (*problem.objectives, "placed").index("placed")
    if left is None:
        told[told == Unplaced.NOT_WORTH] = Unplaced.CROWDED_OUT
    elif before:
        possible, worth = _placeable(case, left[0]), _placeable(case, left[before])
        right[possible & ~worth] = Unplaced.NOT_WORTH
    listed, somewhere = np.zeros((2, case.pair_of.size), np.bool_)
    listed[problem.pair_participant] = True
    room = problem.pair_seats <= problem.capacity[problem.pair_opening]
    somewhere[problem.pair_participant[case.open.pairs & room]] = True
    right[~somewhere] = Unplaced.RULE
    right[~listed] = Unplaced.NO_PAIR
    right[case.pair_of >= 0] = None
    _refuse("reason_differs", problem.participant_ids, told != right)


def _check_gains(case: _Case) -> list[_Open]:
    """Check `one_more_place`; return the arcs open before each objective and after the last."""
    gains = case.result.one_more_place
    if gains is None:
        raise ResultRefused("one_more_place_missing")
    left = [case.open]
    placed = case.pair_of >= 0
    for name, values, gain in zip(case.problem.objectives, case.values, gains, strict=True):
        values, y = _exact(values, gain)
        u = np.zeros(placed.size, values.dtype)
        u[placed] = values[case.pair_of[placed]] - y[case.result.opening_of[placed]]
        after = _settle(case, values, u, y, left[-1], left[-1])
        if after is None:
            raise ResultRefused("one_more_place_differs", objective=name)
        left.append(after)
    _refuse("one_more_place_not_reached", case.problem.opening_ids, ~_gained(case, gains, left[-1]))
    return left


def _check_optimal(case: _Case, trust_solver: bool) -> bool:
    """Whether the claim is only believed; refuse it when it does not follow."""
    if _believed(case.result.proof, trust_solver):
        return True
    stages = case.result.proof.stages
    if tuple(stage.objective for stage in stages) != case.problem.objectives:
        raise ResultRefused("stages_differ", right=", ".join(case.problem.objectives))
    left = case.open
    for stage, values in zip(stages, case.values, strict=True):
        held = _held(case, stage)
        settled = ~left.pairs[held.pairs], ~left.optional[held.optional]
        if not all(one.all() for one in (*settled, ~left.openings[held.openings])):
            raise ResultRefused("held_without_reason", objective=stage.objective)
        tested = _Open(
            case.open.pairs & ~held.pairs,
            case.open.optional & ~held.optional,
            case.open.openings & ~held.openings,
        )
        values, u, y = _exact(values, stage.participants, stage.openings)
        after = _settle(case, values, u, y, tested, left)
        if after is None:
            raise ResultRefused("not_proven", objective=stage.objective)
        left = after
    return False


def _believed(proof: Proof, trust_solver: bool) -> bool:
    if proof.kind == "solver" and trust_solver:
        return True
    if proof.kind != "potentials":
        raise ResultRefused("no_proof", kind=proof.kind)
    return False


def _held(case: _Case, stage: Stage) -> _Open:
    """Masks of the arcs that a stage lists as held."""
    n, m = case.pair_of.size, case.used.size
    participant, opening = stage.held.astype(np.int64).T
    optional, openings = np.zeros(n, np.bool_), np.zeros(m, np.bool_)
    optional[participant[opening < 0]] = True
    openings[opening[participant < 0]] = True
    both = (participant >= 0) & (opening >= 0)
    named = set(zip(participant[both].tolist(), opening[both].tolist(), strict=True))
    return _Open(_among(case.problem, named), optional, openings)


def _exact(*arrays: Int64s) -> tuple[Int64s, ...]:
    """Turn numbers into Python integers where sums of them might leave 64 bits."""
    largest = sum(max(abs(int(one.min())), abs(int(one.max()))) for one in arrays if one.size)
    return arrays if 2 * largest < 2**63 else tuple(one.astype(object) for one in arrays)


def _settle(
    case: _Case, values: Int64s, u: Int64s, y: Int64s, tested: _Open, left: _Open
) -> _Open | None:
    """Arcs still open when one objective is best; None where u and y do not prove that it is.

    Parameters
    ----------
    tested
        Arcs whose reduced cost must have the right sign, at least those still open.
    left
        Arcs still open before.
    """
    slack = values - u[case.problem.pair_participant] - y[case.problem.pair_opening]
    room = case.used < case.problem.capacity
    proven = (
        (slack[tested.pairs] <= 0).all()
        and (slack[case.taken] == 0).all()
        and (u[tested.optional] >= 0).all()
        and (u[case.pair_of < 0] == 0).all()
        and (y[tested.openings] >= 0).all()
        and (y[tested.openings & room] == 0).all()
    )
    if not proven:
        return None
    return _Open(
        left.pairs & (slack == 0).astype(np.bool_),
        left.optional & (u == 0).astype(np.bool_),
        left.openings & (y == 0).astype(np.bool_),
    )


def _gained(case: _Case, gains: Int64s, tight: _Open) -> Bools:
    """To which openings a chain of tight moves leads, [m], from outside or where nothing is gained.

    Such a chain brings exactly the claimed gain.
    """
    come, go = _ends(case, tight.pairs), _ends(case, case.taken)
    start = np.concatenate([case.pair_of < 0, ~gains.any(axis=0)])
    return _reached(np.concatenate([come, go[::-1]], axis=1), start)[case.pair_of.size :]


def _placeable(case: _Case, left: _Open) -> Bools:
    """Who could take a place while others move along open arcs, [n]."""
    come, go = _ends(case, left.pairs), _ends(case, case.taken)
    leave = left.optional & (case.pair_of >= 0)
    spare = left.openings & (case.used < case.problem.capacity)
    # Backwards, from where a chain can end.
    ways = np.concatenate([come[::-1], go], axis=1)
    return _reached(ways, np.concatenate([leave, spare]))[: case.pair_of.size]


def _ends(case: _Case, pairs: Bools) -> Int64s:
    """Participant and opening of some pairs as nodes, [2, pairs]; openings count on from n."""
    participant, opening = case.problem.pair_participant[pairs], case.problem.pair_opening[pairs]
    return np.stack([participant.astype(np.int64), opening.astype(np.int64) + case.pair_of.size])


def _reached(ways: Int64s, start: Bools) -> Bools:
    """Nodes that ways (from, to) lead to, the beginnings included."""
    reached = start
    while True:
        further = reached.copy()
        further[ways[1, reached[ways[0]]]] = True
        if (further == reached).all():
            return reached
        reached = further


def _check_infeasible(problem: Problem, result: Assignment, trust_solver: bool) -> bool:
    """Whether the claim is only believed; refuse it when it does not follow."""
    if (result.opening_of >= 0).any() or any(one.value is not None for one in result.objectives):
        raise ResultRefused("infeasible_with_places")
    at = {f"rules/{position}": position for position in range(len(problem.rules))}
    unknown = [name for name in result.conflict if name not in at]
    if unknown or not result.conflict or len(set(result.conflict)) < len(result.conflict):
        raise ResultRefused("conflict_unknown", names=", ".join(unknown))
    rules = [problem.rules[at[name]] for name in result.conflict]
    for superfluous, name in enumerate(result.conflict):
        if not _can_hold(problem, (*rules[:superfluous], *rules[superfluous + 1 :])):
            raise ResultRefused("conflict_not_least", name=name)
    if _believed(result.proof, trust_solver):
        return True
    if len(result.proof.stages) != 1 or not _contradict(
        problem, tuple(rules), result.proof.stages[0]
    ):
        raise ResultRefused("not_proven", objective="feasibility")
    return False


def _can_hold(problem: Problem, rules: tuple[Rule, ...]) -> bool:
    """Whether some assignment keeps the rules: whoever is fixed has one pair left at most."""
    possible, optional = _possible(problem, rules)
    bound = possible & ~optional[problem.pair_participant]
    places = np.bincount(problem.pair_participant[bound], minlength=optional.size)
    used = np.bincount(problem.pair_opening[bound], minlength=problem.capacity.size)
    return bool((places[~optional] > 0).all() and (used <= problem.capacity).all())


def _contradict(problem: Problem, rules: tuple[Rule, ...], stage: Stage) -> bool:
    """Whether potentials show that under the rules every assignment is worth less than nothing."""
    possible, optional = _possible(problem, rules)
    u, y, capacity = (
        one.astype(object) for one in (stage.participants, stage.openings, problem.capacity)
    )
    covered = u[problem.pair_participant] + y[problem.pair_opening] >= 0
    fair = covered[possible].all() and (u[optional] >= 0).all() and (y >= 0).all()
    return bool(fair and sum(u) + sum(y * capacity) < 0)
