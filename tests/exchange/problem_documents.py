"""Problem documents for tests: one with every key, and random ones."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

FULL: dict[str, Any] = {
    "format": "tsunagite.problem/1",
    "participants": [
        {"id": "p1", "weight": 2, "groups": ["district:a", "kind:x"], "previous": "o1"},
        {"id": "p2", "groups": ["district:a"], "previous": None},
        {"id": "p3", "previous": "gone"},
        {"id": "本人", "weight": 1},
    ],
    "openings": [
        {"id": "o1", "capacity": 3, "host": "h1"},
        {"id": "o2", "capacity": 0, "host": None},
        {"id": "枠", "capacity": 1, "host": "h1"},
    ],
    "pairs": [
        {"participant": "p1", "opening": "o1", "score": 0.82, "seats": 1, "slot": "mon-am"},
        {"participant": "p2", "opening": "o1", "score": -0.5, "seats": 2},
        {"participant": "p2", "opening": "o2", "score": 1, "slot": None},
        {"participant": "本人", "opening": "枠", "score": 0.123456, "slot": "tue-pm"},
    ],
    "rules": [
        {"kind": "same_opening", "participants": ["p1", "p2"]},
        {"kind": "all_or_none", "participants": ["p1", "p2"]},
        {"kind": "same_slot", "participants": ["p1", "p2"]},
        {"kind": "apart", "participants": ["p1", "p3"], "at": "host"},
        {"kind": "apart", "participants": ["p2", "p3"]},
        {"kind": "host_limit", "host": "h1", "places": 2, "of": "newcomers"},
        {"kind": "group_floor", "group": "district:a", "share": 0.5},
        {"kind": "fixed", "participant": "p1", "opening": "o1"},
        {"kind": "forbidden", "participant": "p1", "opening": "o2"},
    ],
    "objectives": ["placed", "floors", "score", "stay"],
    "moves_limit": 5,
    "time_limit_seconds": 60,
}

SMALL: dict[str, Any] = {
    "format": "tsunagite.problem/1",
    "participants": [{"id": "p1"}, {"id": "p2"}, {"id": "p3"}],
    "openings": [{"id": "o1", "capacity": 1}, {"id": "o2", "capacity": 1}],
    "pairs": [
        {"participant": "p1", "opening": "o1", "score": 0.9},
        {"participant": "p2", "opening": "o1", "score": 0.4},
        {"participant": "p2", "opening": "o2", "score": 0.2},
    ],
}
"""Everyone who can be is placed; p3 has no pair."""


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Copy a document with another value at a path such as `pairs/0/score`."""
    result = copy.deepcopy(document)
    *way, last = path.split("/")
    place: Any = result
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return result


def without(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Copy a document without what is at a path."""
    result = copy.deepcopy(document)
    *way, last = path.split("/")
    place: Any = result
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    del place[last]
    return result


names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=4
)
"""Any letters; a zero letter at the end of a text is lost in an array."""
scores = st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6)

PAIR_EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "seats": st.integers(1, 10**9),
    "slot": st.none() | names,
}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Random problem documents with every kind of entry."""
    people = draw(st.lists(names, unique=True, max_size=4))
    places = draw(st.lists(names, unique=True, max_size=3))
    hosts = draw(st.lists(names, max_size=2))
    groups = draw(st.lists(names, max_size=2))
    participants = [
        {"id": name}
        | draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "weight": st.integers(1, 2**60),
                    "groups": st.lists(st.sampled_from(groups), unique=True)
                    if groups
                    else st.just([]),
                    "previous": st.none() | names,
                },
            )
        )
        for name in people
    ]
    openings = [
        {"id": name, "capacity": draw(st.integers(0, 10**9))}
        | ({"host": draw(st.none() | st.sampled_from(hosts))} if hosts else {})
        for name in places
    ]
    pairs = [
        {"participant": person, "opening": place, "score": draw(scores)}
        | draw(st.fixed_dictionaries({}, optional=PAIR_EXTRAS))
        for person in people
        for place in places
        if draw(st.booleans())
    ]
    rules: list[dict[str, Any]] = []
    if len(people) > 1:
        kinds = st.sampled_from(["same_opening", "all_or_none", "same_slot", "apart"])
        rules += [
            {"kind": draw(kinds), "participants": draw(st.permutations(people))[:2]}
            for _ in range(draw(st.integers(0, 2)))
        ]
    if pairs:
        pair = draw(st.sampled_from(pairs))
        ends = {"participant": pair["participant"], "opening": pair["opening"]}
        rules += draw(st.permutations([{"kind": "fixed", **ends}, {"kind": "forbidden", **ends}]))
    return {
        "format": "tsunagite.problem/1",
        "participants": participants,
        "openings": openings,
        "pairs": pairs,
        "rules": rules,
        "objectives": draw(
            st.lists(
                st.sampled_from(["placed", "floors", "score", "stay"]), min_size=1, unique=True
            )
        ),
        "moves_limit": draw(st.none() | st.integers(0, 9)),
        "time_limit_seconds": draw(st.none() | st.integers(0, 9)),
    }
