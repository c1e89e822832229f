from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from exchange.errors import ExchangeError
from exchange.files import CannotWrite
from exchange.json_documents import parse, write
from exchange.messages import in_japanese
from exchange.problem_files import (
    _ARRAYS,
    _OPTIONAL_ARRAYS,
    problem_from_json,
    problem_to_json,
    read_problem,
    write_problem,
)
from matcher.errors import InvalidProblem, MatcherError
from matcher.problem import Problem
from matcher.rules import Apart, HostLimit
from tests.exchange.problem_documents import FULL, SMALL, changed, documents, without

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
SCHEMA = json.loads((SCHEMAS / "problem-1.json").read_text(encoding="utf-8"))
jsonschema: Any = import_module("jsonschema")  # it comes without types


def same(one: Problem, other: Problem) -> bool:
    """Whether two problems hold the same."""
    return all(
        np.array_equal(getattr(one, each.name), getattr(other, each.name))
        for each in fields(Problem)
    )


def allowed(document: dict[str, Any]) -> bool:
    """Whether the schema allows a document."""
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(document))


def test_every_key_is_read() -> None:
    problem = problem_from_json(FULL)
    assert allowed(FULL)
    assert problem.participant_ids == ("p1", "p2", "p3", "本人")
    assert problem.weight.tolist() == [2, 1, 1, 1]
    assert problem.previous == ("o1", "", "gone", "")
    assert [problem.group_names[group] for _, group in problem.membership] == [
        "district:a",
        "kind:x",
        "district:a",
    ]
    assert problem.capacity.tolist() == [3, 0, 1]
    assert (problem.host_names, problem.opening_host.tolist()) == (("h1",), [0, -1, 0])
    assert problem.pair_score.tolist() == [820_000, -500_000, 1_000_000, 123_456]
    assert problem.pair_seats.tolist() == [1, 2, 1, 1]
    assert (problem.slot_names, problem.pair_slot.tolist()) == (
        ("mon-am", "tue-pm"),
        [0, -1, -1, 1],
    )
    assert problem.rules[3:6] == (
        Apart(("p1", "p3"), "host"),
        Apart(("p2", "p3"), "opening"),
        HostLimit("h1", 2, "newcomers"),
    )
    assert problem.objectives == ("placed", "floors", "score", "stay")
    assert (problem.moves_limit, problem.time_limit_seconds) == (5, 60)


@given(documents())
def test_what_is_written_is_read_again(document: dict[str, Any]) -> None:
    """As JSON and as arrays, and both are the same problem."""
    problem = problem_from_json(parse(json.dumps(document).encode()))
    assert allowed(document)
    written = parse(write(problem_to_json(problem)))
    assert allowed(written)
    assert same(problem_from_json(written), problem)


@given(documents())
def test_arrays_hold_the_same_problem(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("arrays") / "problem.npz"
    problem = problem_from_json(document)
    write_problem(problem, path)
    first = path.read_bytes()
    assert same(read_problem(path), problem)
    write_problem(problem, path)
    assert path.read_bytes() == first


MALFORMED: dict[str, tuple[dict[str, Any], str, str]] = {
    "other format": (changed(FULL, "format", "tsunagite.problem/2"), "format_unknown", "problem/1"),
    "no format": (without(FULL, "format"), "format_unknown", "problem/1"),
    "no pairs": (without(FULL, "pairs"), "json_key_missing", "「pairs」"),
    "no id": (without(FULL, "participants/0/id"), "json_key_missing", "participants/0"),
    "no capacity": (without(FULL, "openings/1/capacity"), "json_key_missing", "openings/1"),
    "no score": (without(FULL, "pairs/2/score"), "json_key_missing", "pairs/2"),
    "unknown key": (
        changed(FULL, "objektives", []),
        "json_unknown_key",
        "「objectives」のことですか",
    ),
    "key like no other": (
        changed(FULL, "openings/0/zzz", 1),
        "json_unknown_key",
        "id、capacity、host",
    ),
    "unknown pair key": (changed(FULL, "pairs/1/scores", 1), "json_unknown_key", "pairs/1"),
    "unknown rule key": (changed(FULL, "rules/0/of", "all"), "json_unknown_key", "rules/0"),
    "list for object": (changed(FULL, "pairs/0", []), "json_not_object", "pairs/0"),
    "text for list": (changed(FULL, "openings", "o1"), "json_not_list", "openings"),
    "number for id": (changed(FULL, "participants/1/id", 7), "json_not_text", "participants/1/id"),
    "empty id": (changed(FULL, "openings/2/id", ""), "id_empty", "openings/2/id"),
    "empty group": (
        changed(FULL, "participants/0/groups", ["a", ""]),
        "json_text_empty",
        "participants/0/groups/1",
    ),
    "list for group": (
        changed(FULL, "participants/0/groups", [["a"]]),
        "json_not_text",
        "participants/0/groups/0",
    ),
    "empty host": (changed(FULL, "openings/2/host", ""), "json_text_empty", "openings/2/host"),
    "id twice": (changed(FULL, "openings/2/id", "o1"), "id_twice", "「o1」"),
    "half a weight": (changed(FULL, "participants/0/weight", 1.5), "json_not_whole", "weight"),
    "weight true": (changed(FULL, "participants/0/weight", True), "json_not_whole", "weight"),
    "weight 0": (changed(FULL, "participants/0/weight", 0), "number_too_small", "1以上"),
    "huge weight": (
        changed(FULL, "participants/0/weight", 10**30),
        "json_number_too_large",
        "participants/0/weight",
    ),
    "negative capacity": (
        changed(FULL, "openings/0/capacity", -1),
        "number_too_small",
        "openings/0/capacity",
    ),
    "seats near the end of 64 bits": (
        changed(FULL, "pairs/0/seats", 2**63 - 2),
        "number_too_large",
        "pairs/0/seats",
    ),
    "capacity near the end of 64 bits": (
        changed(FULL, "openings/1/capacity", 2**63 - 2),
        "number_too_large",
        "openings/1/capacity",
    ),
    "places near the end of 64 bits": (
        changed(FULL, "rules/5/places", 2**63 - 2),
        "number_too_large",
        "rules/5/places",
    ),
    "no seats": (changed(FULL, "pairs/0/seats", 0), "number_too_small", "pairs/0/seats"),
    "text for score": (changed(FULL, "pairs/0/score", "1"), "json_not_number", "pairs/0/score"),
    "large score": (changed(FULL, "pairs/0/score", 1e7), "number_out_of_range", "pairs/0/score"),
    "endless score": (changed(FULL, "pairs/0/score", 10**400), "number_out_of_range", "pairs/0"),
    "pair twice": (changed(FULL, "pairs/1/participant", "p1"), "pair_twice", "pairs/1"),
    "unknown participant": (
        changed(FULL, "pairs/1/participant", "p9"),
        "participant_unknown",
        "pairs/1/participant",
    ),
    "unknown opening": (changed(FULL, "pairs/1/opening", "o9"), "opening_unknown", "「o9」"),
    "unknown kind": (changed(FULL, "rules/0/kind", "same"), "json_not_a_choice", "rules/0/kind"),
    "one participant": (changed(FULL, "rules/0/participants", ["p1"]), "rule_needs_two", "rules/0"),
    "twice the same": (
        changed(FULL, "rules/0/participants", ["p1", "p1"]),
        "rule_repeats",
        "rules/0",
    ),
    "unknown in rule": (
        changed(FULL, "rules/0/participants", ["p1", "px"]),
        "participant_unknown",
        "rules/0",
    ),
    "unknown host": (changed(FULL, "rules/5/host", "o2"), "host_unknown", "rules/5"),
    "unknown group": (changed(FULL, "rules/6/group", "district:b"), "group_unknown", "district:a"),
    "share above 1": (changed(FULL, "rules/6/share", 1.5), "number_out_of_range", "rules/6/share"),
    "at nowhere": (changed(FULL, "rules/3/at", "home"), "json_not_a_choice", "rules/3/at"),
    "fixed elsewhere": (changed(FULL, "rules/7/opening", "o2"), "fixed_not_a_pair", "rules/7"),
    "unknown objective": (changed(FULL, "objectives/0", "plased"), "objective_unknown", "placed"),
    "objective twice": (changed(FULL, "objectives/0", "score"), "objective_twice", "objectives/2"),
    "no objective": (changed(FULL, "objectives", []), "objectives_empty", "objectives"),
    "half a move": (changed(FULL, "moves_limit", 0.5), "json_not_whole", "moves_limit"),
    "moves below 0": (changed(FULL, "moves_limit", -1), "number_too_small", "moves_limit"),
    "time below 0": (changed(FULL, "time_limit_seconds", -1), "number_too_small", "time_limit"),
    "sum of weights": (
        changed(changed(FULL, "participants/0/weight", 2**62), "participants/1/weight", 2**62),
        "sum_too_large",
        "participants/weight",
    ),
}
BEYOND_SCHEMAS = {
    "id_twice",
    "pair_twice",
    "participant_unknown",
    "opening_unknown",
    "host_unknown",
    "group_unknown",
    "fixed_not_a_pair",
    "sum_too_large",
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_entry_is_named(case: str) -> None:
    """By the reader in Japanese, and by the schema wherever a schema can say it."""
    document, code, named = MALFORMED[case]
    with pytest.raises((ExchangeError, InvalidProblem)) as refused:
        problem_from_json(document)
    assert isinstance(refused.value, ExchangeError | MatcherError)
    assert refused.value.code == code
    assert named in in_japanese(refused.value)
    assert allowed(document) == (code in BEYOND_SCHEMAS)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json_broken"),
        (b'{"format": ', "json_broken"),
        (b"[" * 100_000, "json_broken"),
        (b'{"n": ' + b"9" * 5000 + b"}", "json_broken"),
        (b"[]", "json_not_object"),
        (b'{"a": 1, "a": 2}', "json_key_twice"),
        (b'{"score": NaN}', "json_not_finite"),
        (b'{"score": -Infinity}', "json_not_finite"),
        ('{"a": "\u00e9"}'.encode("latin-1"), "json_not_utf8"),
    ],
)
def test_what_is_not_one_json_object_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(data)
    with pytest.raises(ExchangeError) as refused:
        read_problem(path)
    assert refused.value.code == code
    assert in_japanese(refused.value)


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(SMALL).encode())
    assert read_problem(path).participant_ids == ("p1", "p2", "p3")


def test_half_a_letter_in_an_id_is_refused(tmp_path: Path) -> None:
    """JSON can escape half of a surrogate pair, which no result could be written with."""
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(SMALL).replace('"p3"', '"\\ud800"'), encoding="utf-8")
    with pytest.raises(InvalidProblem, match="text_not_unicode"):
        read_problem(path)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="file_not_found"):
        read_problem(tmp_path / "nowhere.json")


def test_a_place_that_cannot_be_written_to_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        write_problem(problem_from_json(SMALL), tmp_path / "no-folder" / "problem.json")


ARRAYS: dict[str, Any] = {
    "participants.id": np.array(["p1", "p2"]),
    "openings.id": np.array(["o1"]),
    "openings.capacity": np.array([1]),
    "openings.host": np.array([""]),
    "pairs.participant": np.array([0, 1], np.int32),
    "pairs.opening": np.array([0, 0], np.int32),
    "pairs.score": np.array([0.5, 0.25]),
    "rest": np.frombuffer(b'{"format": "tsunagite.problem/1"}', np.uint8),
}


def _save(path: Path, arrays: dict[str, Any]) -> Path:
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize(
    "rest", [b'{"format": "tsunagite.problem/1"}', '{"format": "tsunagite.problem/1"}']
)
def test_arrays_of_numpy_alone_are_enough(tmp_path: Path, rest: bytes | str) -> None:
    """`rest` may be bytes or one text."""
    path = _save(tmp_path / "problem.npz", {**ARRAYS, "rest": np.array(rest)})
    problem = read_problem(path)
    assert problem.pair_score.tolist() == [500_000, 250_000]
    assert problem.objectives == ("placed", "floors", "score")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pairs.scores": np.array([1.0])}, "json_unknown_key"),
        ({"participants.id": np.array([1, 2])}, "npz_not_text"),
        ({"pairs.score": np.array(["a", "b"])}, "npz_not_number"),
        ({"pairs.score": np.array([np.nan, 1])}, "number_out_of_range"),
        ({"pairs.score": np.array([0.5])}, "wrong_length"),
        ({"pairs.opening": np.array([0, 1])}, "number_out_of_range"),
        ({"pairs.opening": np.array([0.0, 0.0])}, "number_not_whole"),
        ({"openings.capacity": np.array([2**63], np.uint64)}, "number_not_whole"),
        ({"groups.name": np.array(["g"])}, "npz_wrong_size"),
        (
            {"groups.name": np.array([""]), "groups.participant": np.array([0])},
            "npz_text_empty",
        ),
        ({"pairs.score": np.array([[0.5], [0.25]])}, "npz_not_a_column"),
        ({"openings.capacity": np.array(1)}, "npz_not_a_column"),
        ({"participants.id": np.array(["p1", None], object)}, "npz_broken"),
        ({"rest": np.array([1.5])}, "npz_not_json"),
        ({"rest": np.array(b'{"format": "other"}')}, "format_unknown"),
        ({"rest": np.array(b'{"format": "tsunagite.problem/1", "pairs": []}')}, "json_unknown_key"),
    ],
)
def test_malformed_arrays_are_refused(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    path = _save(tmp_path / "problem.npz", ARRAYS | change)
    with pytest.raises((ExchangeError, InvalidProblem)) as refused:
        read_problem(path)
    assert isinstance(refused.value, ExchangeError | MatcherError)
    assert refused.value.code == code
    assert in_japanese(refused.value)


@pytest.mark.parametrize("name", [*_ARRAYS, *_OPTIONAL_ARRAYS])
@pytest.mark.parametrize("turn", [lambda array: array[:, None], lambda array: array[None]])
def test_every_array_is_one_column(
    tmp_path: Path, name: str, turn: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
) -> None:
    """Shape (3, 1) has as many values as (3,), and is malformed all the same."""
    path = tmp_path / "problem.npz"
    write_problem(problem_from_json(FULL), path)
    with np.load(path) as file:
        arrays = dict(file)
    with pytest.raises(ExchangeError) as refused:
        read_problem(_save(path, arrays | {name: turn(arrays[name])}))
    assert refused.value.code == "npz_not_a_column"
    assert name in in_japanese(refused.value)


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("participants/0/weight", 0, "participants/0/weight の 0 は小さすぎます。1以上で"),
        ("openings/0/capacity", -1, "openings/0/capacity の -1 は小さすぎます。0以上で"),
        ("pairs/0/seats", 0, "pairs/0/seats の 0 は小さすぎます。1以上で"),
        ("rules/5/places", -1, "rules/5/places の -1 は小さすぎます。0以上で"),
        ("moves_limit", -1, "moves_limit の -1 は小さすぎます。0以上で"),
        ("time_limit_seconds", -1, "time_limit_seconds の -1 は小さすぎます。0以上で"),
        ("time_limit_seconds", 1e19, "time_limit_seconds の 10000000000000000000 は大きすぎます。"),
        ("participants/0/groups", [""], "participants/0/groups/0: 空です。"),
    ],
)
def test_a_message_says_what_would_be_right(place: str, value: object, told: str) -> None:
    """Never up to which number of nineteen digits, nor that a text is no text."""
    with pytest.raises((ExchangeError, InvalidProblem)) as refused:
        problem_from_json(changed(FULL, place, value))
    assert told in in_japanese(refused.value)


def test_a_missing_array_is_named(tmp_path: Path) -> None:
    arrays = {name: array for name, array in ARRAYS.items() if name != "pairs.score"}
    with pytest.raises(ExchangeError, match=r"pairs\.score"):
        read_problem(_save(tmp_path / "problem.npz", arrays))


def _single_array() -> bytes:
    stream = BytesIO()
    np.save(stream, np.zeros(1))
    return stream.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\x93NUMPY", _single_array()])
def test_what_is_not_an_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "problem.npz"
    path.write_bytes(data)
    with pytest.raises(ExchangeError, match="npz_broken"):
        read_problem(path)
