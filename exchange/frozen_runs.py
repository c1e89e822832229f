"""What is kept of a matching run: its problem and its result as the bytes of their files."""

from __future__ import annotations

from functools import lru_cache

from exchange.json_documents import parse, write
from exchange.problem_files import problem_from_json, problem_to_json
from exchange.result_files import result_from_json, result_to_json
from matcher.problem import Problem
from matcher.result import Assignment


def freeze(problem: Problem, assignment: Assignment) -> tuple[bytes, bytes]:
    """Return the files `tsunagite.problem/1` and `tsunagite.result/1` (`cases.ports.Freeze`)."""
    return write(problem_to_json(problem)), write(result_to_json(problem, assignment))


@lru_cache(maxsize=4)
def thaw(problem: bytes, result: bytes) -> tuple[Problem, Assignment]:
    """Return what `freeze` was given; the same values again for the same files.

    Raises
    ------
    ExchangeError
        Where they are no such files.
    """
    asked = problem_from_json(parse(problem))
    return asked, result_from_json(asked, parse(result, exact=True))
