"""Files of the assignment problem: `tsunagite.problem/1` as JSON and as `.npz`.

The meaning of every key stands in `docs/schemas/problem-1.json`. An `.npz` holds the long
columns as arrays, with "" for a text that is absent, and everything else as JSON in `rest`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, asdict, fields
from pathlib import Path
from typing import Any, get_args

import numpy as np

from exchange.array_files import REST, Arrays, numbers, read_arrays, texts, wholes, write_arrays
from exchange.errors import ExchangeError
from exchange.files import read_bytes, write_bytes
from exchange.json_documents import (
    Rows,
    check_format,
    check_keys,
    choice,
    filled,
    items,
    mapping,
    number,
    parse,
    text,
    text_or_none,
    whole,
    write,
)
from matcher.errors import InvalidProblem
from matcher.problem import (
    DEFAULT_OBJECTIVES,
    UNITS_PER_POINT,
    Problem,
    check_ids,
    nearest,
    whole_units,
)
from matcher.rules import Rule

FORMAT = "tsunagite.problem/1"
_SETTINGS = ("rules", "objectives", "moves_limit", "time_limit_seconds")
_ARRAYS = (
    "participants.id",
    "openings.id",
    "openings.capacity",
    "pairs.participant",
    "pairs.opening",
    "pairs.score",
)
_OPTIONAL_ARRAYS = (
    "participants.weight",
    "participants.previous",
    "groups.participant",
    "groups.name",
    "openings.host",
    "pairs.seats",
    "pairs.slot",
)
_TEXTS = (
    "participants.id",
    "participants.previous",
    "groups.name",
    "openings.id",
    "openings.host",
    "pairs.slot",
)
_RULES: Mapping[str, Any] = {rule.kind: rule for rule in get_args(Rule)}
_CHOICES = {"at": ("opening", "host"), "of": ("all", "newcomers")}


def read_problem(path: Path) -> Problem:
    """Read a problem; a name that ends in `.npz` is one, anything else is JSON.

    Raises
    ------
    ExchangeError, InvalidProblem
        With the entry that is malformed.
    """
    if path.suffix == ".npz":
        return _from_arrays(*read_arrays(path, _ARRAYS, _OPTIONAL_ARRAYS))
    return problem_from_json(parse(read_bytes(path)))


def write_problem(problem: Problem, path: Path) -> None:
    """Write a problem as `.npz` or as JSON, by its name.

    Raises
    ------
    CannotWrite
        When the place cannot be written to.
    """
    if path.suffix == ".npz":
        write_arrays(path, _to_arrays(problem), {"format": FORMAT, **_settings_to_json(problem)})
    else:
        write_bytes(path, write(problem_to_json(problem)))


def problem_from_json(document: Mapping[str, Any]) -> Problem:
    """Turn a parsed document into a problem; raises as `read_problem`."""
    check_format(document, FORMAT)
    check_keys("", document, ("format", "participants", "openings", "pairs"), _SETTINGS)
    people = Rows.of(
        "participants", document["participants"], ["id"], ["weight", "groups", "previous"]
    )
    openings = Rows.of("openings", document["openings"], ["id", "capacity"], ["host"])
    pairs = Rows.of(
        "pairs", document["pairs"], ["participant", "opening", "score"], ["seats", "slot"]
    )
    participant_ids, opening_ids = people.column("id", text), openings.column("id", text)
    check_ids("participants", participant_ids)
    check_ids("openings", opening_ids)
    groups = [
        [filled(f"participants/{at}/groups/{n}", one) for n, one in enumerate(told)]
        for at, told in enumerate(people.column("groups", items, []))
    ]
    members = [(at, group) for at, own in enumerate(groups) for group in dict.fromkeys(own)]
    group_names, group_of = _numbered([group for _, group in members])
    host_names, opening_host = _numbered(openings.column("host", text_or_none))
    slot_names, pair_slot = _numbered(pairs.column("slot", text_or_none))
    return Problem.from_arrays(
        participant_ids=participant_ids,
        weight=people.column("weight", whole, 1),
        previous=people.column("previous", text_or_none),
        group_names=group_names,
        membership=[(at, group) for (at, _), group in zip(members, group_of, strict=True)],
        opening_ids=opening_ids,
        capacity=openings.column("capacity", whole),
        host_names=host_names,
        opening_host=opening_host,
        pair_participant=_positions(pairs, "participant", participant_ids),
        pair_opening=_positions(pairs, "opening", opening_ids),
        pair_score=whole_units(pairs.column("score", number)),
        pair_seats=pairs.column("seats", whole, 1),
        slot_names=slot_names,
        pair_slot=pair_slot,
        **_settings_from_json(document),
    )


def problem_to_json(problem: Problem) -> dict[str, object]:
    """Turn a problem into a document; what has its default is left out."""
    groups: list[list[str]] = [[] for _ in problem.participant_ids]
    for at, group in problem.membership.tolist():
        groups[at].append(problem.group_names[group])
    people = zip(
        problem.participant_ids, problem.weight.tolist(), groups, problem.previous, strict=True
    )
    openings = zip(
        problem.opening_ids,
        problem.capacity.tolist(),
        _named(problem.host_names, problem.opening_host),
        strict=True,
    )
    pairs = zip(
        problem.pair_participant.tolist(),
        problem.pair_opening.tolist(),
        (problem.pair_score / UNITS_PER_POINT).tolist(),
        problem.pair_seats.tolist(),
        _named(problem.slot_names, problem.pair_slot),
        strict=True,
    )
    return {
        "format": FORMAT,
        "participants": [
            {"id": name}
            | ({"weight": weight} if weight > 1 else {})
            | ({"groups": own} if own else {})
            | ({"previous": previous} if previous else {})
            for name, weight, own, previous in people
        ],
        "openings": [
            {"id": name, "capacity": capacity} | ({"host": host} if host else {})
            for name, capacity, host in openings
        ],
        "pairs": [
            {
                "participant": problem.participant_ids[participant],
                "opening": problem.opening_ids[opening],
                "score": score,
            }
            | ({"seats": seats} if seats > 1 else {})
            | ({"slot": slot} if slot else {})
            for participant, opening, score, seats, slot in pairs
        ],
        **_settings_to_json(problem),
    }


def _settings_from_json(document: Mapping[str, Any]) -> dict[str, Any]:
    rules = items("rules", document.get("rules", []))
    objectives = items("objectives", document.get("objectives", [*DEFAULT_OBJECTIVES]))
    moves, seconds = document.get("moves_limit"), document.get("time_limit_seconds")
    return {
        "rules": [
            _rule(f"rules/{at}", mapping(f"rules/{at}", one)) for at, one in enumerate(rules)
        ],
        "objectives": [text(f"objectives/{at}", one) for at, one in enumerate(objectives)],
        "moves_limit": None if moves is None else whole("moves_limit", moves),
        "time_limit_seconds": None if seconds is None else number("time_limit_seconds", seconds),
    }


def _settings_to_json(problem: Problem) -> dict[str, object]:
    limits = {
        "moves_limit": problem.moves_limit,
        "time_limit_seconds": problem.time_limit_seconds,
    }
    return {
        "rules": [{"kind": rule.kind, **asdict(rule)} for rule in problem.rules],
        "objectives": list(problem.objectives),
        **{name: limit for name, limit in limits.items() if limit is not None},
    }


def _rule(where: str, entry: Mapping[str, Any]) -> Rule:
    """Read one rule; its kind says which keys it has."""
    kind = choice(f"{where}/kind", entry.get("kind", ""), tuple(_RULES))
    keys = fields(_RULES[kind])
    required = [key.name for key in keys if key.default is MISSING]
    check_keys(where, entry, ["kind", *required], [key.name for key in keys])
    read = {
        key.name: _rule_value(f"{where}/{key.name}", key, entry)
        for key in keys
        if key.name in entry
    }
    rule: Rule = _RULES[kind](**read)
    return rule


def _rule_value(where: str, key: Field[Any], entry: Mapping[str, Any]) -> object:
    value = entry[key.name]
    match key.name:
        case "participants":
            return tuple(text(f"{where}/{at}", one) for at, one in enumerate(items(where, value)))
        case "places":
            return whole(where, value)
        case "share":
            return number(where, value)
        case "at" | "of":
            return choice(where, value, _CHOICES[key.name])
    return text(where, value)


def _positions(pairs: Rows, key: str, ids: Sequence[str]) -> list[int]:
    """Positions of the ids that pairs name."""
    position = {one: at for at, one in enumerate(ids)}
    names = pairs.column(key, text)
    try:
        return [position[name] for name in names]
    except KeyError as missing:
        name = missing.args[0]
        where = f"pairs/{names.index(name)}/{key}"
        near = nearest(name, ids)
        raise InvalidProblem(f"{key}_unknown", where=where, name=name, near=near) from None


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    """Distinct names in their order, and the position of each one's name; -1 for ""."""
    distinct = tuple(dict.fromkeys(name for name in names if name))
    position = {"": -1} | {name: at for at, name in enumerate(distinct)}
    return distinct, [position[name] for name in names]


def _named(names: Sequence[str], positions: np.ndarray[Any, Any]) -> list[str]:
    """Names at the positions; "" for -1."""
    return [names[at] if at >= 0 else "" for at in positions.tolist()]


def _from_arrays(arrays: Arrays, rest: Mapping[str, Any]) -> Problem:
    check_format(rest, FORMAT)
    check_keys(REST, rest, ["format"], _SETTINGS)
    for name in sorted(arrays.keys() - {REST}):
        if arrays[name].ndim != 1:
            raise ExchangeError("npz_not_a_column", name=name)
    names = {name: texts(arrays, name) for name in _TEXTS if name in arrays}
    group_names, group_of = _numbered(names.get("groups.name", []))
    host_names, opening_host = _numbered(names.get("openings.host", []))
    slot_names, pair_slot = _numbered(names.get("pairs.slot", []))
    members = wholes(arrays, "groups.participant")
    if members.size != len(group_of):
        raise ExchangeError("npz_wrong_size", name="groups.name")
    if -1 in group_of:
        raise ExchangeError("npz_text_empty", name="groups.name", at=group_of.index(-1))
    return Problem.from_arrays(
        participant_ids=names["participants.id"],
        weight=arrays.get("participants.weight"),
        previous=names.get("participants.previous"),
        group_names=group_names,
        membership=np.column_stack([members, group_of]).astype(np.int64),
        opening_ids=names["openings.id"],
        capacity=arrays["openings.capacity"],
        host_names=host_names,
        opening_host=opening_host if "openings.host" in names else None,
        pair_participant=arrays["pairs.participant"],
        pair_opening=arrays["pairs.opening"],
        pair_score=whole_units(numbers(arrays, "pairs.score")),
        pair_seats=arrays.get("pairs.seats"),
        slot_names=slot_names,
        pair_slot=pair_slot if "pairs.slot" in names else None,
        **_settings_from_json(rest),
    )


def _to_arrays(problem: Problem) -> Arrays:
    return {
        "participants.id": np.array(problem.participant_ids, np.str_),
        "participants.weight": problem.weight,
        "participants.previous": np.array(problem.previous, np.str_),
        "groups.participant": problem.membership[:, 0],
        "groups.name": np.array(_named(problem.group_names, problem.membership[:, 1]), np.str_),
        "openings.id": np.array(problem.opening_ids, np.str_),
        "openings.capacity": problem.capacity,
        "openings.host": np.array(_named(problem.host_names, problem.opening_host), np.str_),
        "pairs.participant": problem.pair_participant,
        "pairs.opening": problem.pair_opening,
        "pairs.score": problem.pair_score / UNITS_PER_POINT,
        "pairs.seats": problem.pair_seats,
        "pairs.slot": np.array(_named(problem.slot_names, problem.pair_slot), np.str_),
    }
