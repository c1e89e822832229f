"""Random small problems for the assignment."""

from __future__ import annotations

from itertools import permutations

from hypothesis import strategies as st

from matcher.problem import Problem
from matcher.rules import Fixed, Forbidden, Rule

ORDERS = [
    order for length in (1, 2, 3) for order in permutations(("placed", "floors", "score"), length)
]
HUGE = 2**60

scores = st.one_of(
    st.integers(-3, 6).map(lambda tenths: tenths * 100_000),
    st.integers(-(10**12), 10**12),
)
weights = st.one_of(st.integers(1, 4), st.sampled_from([10**9, HUGE - 1, HUGE]))


@st.composite
def problems(draw: st.DrawFn, *, rules: bool = True) -> Problem:
    """At most five participants and four openings, with everything the flow class holds."""
    n, m = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    cells = [(participant, opening) for participant in range(n) for opening in range(m)]
    pairs = draw(st.permutations(cells))[: draw(st.integers(0, len(cells)))]
    names = draw(st.permutations([f"p{at}" for at in range(n)]))
    places = draw(st.permutations([f"o{at}" for at in range(m)]))
    chosen: list[Rule] = []
    if rules and pairs:
        some = st.lists(st.sampled_from(pairs), max_size=2)
        chosen += [Fixed(names[p], places[o]) for p, o in draw(some)]
        chosen += [Forbidden(names[p], places[o]) for p, o in draw(some)]
    return Problem.from_arrays(
        participant_ids=names,
        weight=draw(st.lists(weights, min_size=n, max_size=n)),
        opening_ids=places,
        capacity=draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)),
        pair_participant=[participant for participant, _ in pairs],
        pair_opening=[opening for _, opening in pairs],
        pair_score=draw(st.lists(scores, min_size=len(pairs), max_size=len(pairs))),
        rules=chosen,
        objectives=draw(st.sampled_from(ORDERS)),
    )
