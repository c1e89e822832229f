"""What is kept of a matching run: its problem and its result as the bytes of their files."""

from __future__ import annotations

from exchange.json_documents import write
from exchange.problem_files import problem_to_json
from exchange.result_files import result_to_json
from matcher.problem import Problem
from matcher.result import Assignment


def freeze(problem: Problem, assignment: Assignment) -> tuple[bytes, bytes]:
    """Return the files `tsunagite.problem/1` and `tsunagite.result/1` (`cases.ports.Freeze`)."""
    return write(problem_to_json(problem)), write(result_to_json(problem, assignment))
