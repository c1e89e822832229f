"""Problem documents of a few dozen pairs with rules of every kind, from a seed, and shuffled."""

from __future__ import annotations

import copy
import random
from typing import Any

FLOW, COUPLED, CLASHING = "flow", "coupled", "clashing"
GROUPS: list[list[str]] = [["g0"], ["g1"], ["g2", "g3"], []]


def random_problem(kind: str, seed: int) -> dict[str, Any]:
    """Return a problem of some ten people, of which many are worth the same.

    `flow` has what the flow class holds, `coupled` a rule of every kind, `clashing` what no
    assignment can keep.
    """
    rng = random.Random(f"{kind} {seed}")
    people = [f"p{at}" for at in range(rng.randint(6, 11))]
    places = [f"o{at}" for at in range(rng.randint(3, 5))]
    document: dict[str, Any] = {
        "format": "tsunagite.problem/1",
        "participants": [_participant(rng, at, places) for at in range(len(people))],
        "openings": [
            {"id": name, "capacity": rng.randint(1, 3), "host": rng.choice(["h0", "h1", None])}
            for name in places
        ],
        "pairs": [
            {
                "participant": person,
                "opening": place,
                "score": rng.randint(-1, 4) / 10,
                "seats": 2 if kind == COUPLED and rng.random() < 0.1 else 1,
                "slot": rng.choice(["mon", "tue", None]),
            }
            for person in people
            for place in places
            if rng.random() < 0.7
        ],
        "objectives": rng.choice(
            [["placed", "floors", "score"], ["floors", "placed", "score", "stay"], ["score"]]
        ),
    }
    document["openings"] += [
        {"id": "spare0", "capacity": 1, "host": "h0"},
        {"id": "spare1", "capacity": 0, "host": "h1"},
    ]
    document["rules"] = _rules(rng, kind, document)
    moved = sum(one["previous"] == "gone" for one in document["participants"])
    if kind == COUPLED and rng.random() < 0.5:
        document["moves_limit"] = moved + 2
    if kind == CLASHING and moved:
        document["moves_limit"] = moved - 1
    return document


def shuffled(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """Copy a problem with its participants, openings, pairs and keys in another order."""
    rng = random.Random(seed)
    result: dict[str, Any] = copy.deepcopy(document)
    for name in ("participants", "openings", "pairs"):
        result[name] = [_mixed(rng, one) for one in rng.sample(result[name], len(result[name]))]
    for participant in result["participants"]:
        rng.shuffle(participant["groups"])
    return _mixed(rng, result)


def _mixed(rng: random.Random, entry: dict[str, Any]) -> dict[str, Any]:
    return dict(rng.sample(list(entry.items()), len(entry)))


def _participant(rng: random.Random, at: int, places: list[str]) -> dict[str, Any]:
    """Return a participant; the first ones take care that no group is unknown."""
    return {
        "id": f"p{at}",
        "weight": rng.randint(1, 2),
        "groups": list(GROUPS[at] if at < len(GROUPS) else rng.choice(GROUPS)),
        "previous": rng.choice([None, None, "gone", *places]),
    }


def _rules(rng: random.Random, kind: str, document: dict[str, Any]) -> list[dict[str, Any]]:
    people = [one["id"] for one in document["participants"]]
    pairs = [(pair["participant"], pair["opening"]) for pair in document["pairs"]]
    rules: list[dict[str, Any]] = [
        {"kind": "host_limit", "host": "h0", "places": rng.randint(1, 3)},
        {"kind": "group_floor", "group": "g0", "share": rng.choice([0.5, 1])},
        {"kind": "group_floor", "group": "g1", "share": 0.5},
        _ends("forbidden", rng.choice(pairs)),
    ]
    if kind == CLASHING and all(one["previous"] != "gone" for one in document["participants"]):
        person = rng.choice(people)
        theirs = [pair for pair in pairs if pair[0] == person] or [pairs[0]]
        clash = rng.choice(theirs)
        return rng.sample(
            [*rules, _ends("forbidden", clash), _ends("fixed", clash)], len(rules) + 2
        )
    if kind == COUPLED:
        rules += [
            {"kind": name, "participants": rng.sample(people, rng.choice([2, 3]))}
            for name in ("same_opening", "all_or_none", "same_slot", "apart")
        ]
        rules += [
            {"kind": "apart", "participants": rng.sample(people, 2), "at": "host"},
            {"kind": "host_limit", "host": "h1", "places": 2, "of": "newcomers"},
            {"kind": "group_floor", "group": "g2", "share": 0.4},
            {"kind": "group_floor", "group": "g3", "share": 0.6},
        ]
    return rng.sample(rules, len(rules))


def _ends(kind: str, pair: tuple[str, str]) -> dict[str, Any]:
    return {"kind": kind, "participant": pair[0], "opening": pair[1]}
