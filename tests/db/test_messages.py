"""Every refusal of the database has its words, and every word its refusal."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import db
from cases.errors import CaseError
from cases.messages import in_japanese as words_below
from db.errors import DatabaseError
from db.messages import MESSAGES, in_japanese


def codes_raised() -> dict[str, set[str]]:
    """Find the codes of all `DatabaseError(…)` in the package with the names of their values."""
    found: dict[str, set[str]] = {}
    for path in Path(*db.__path__).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DatabaseError":
                names = {each.arg for each in node.keywords if each.arg}
                for code in texts_of(node.args[0], path):
                    found.setdefault(code, set()).update(names)
    return found


def texts_of(argument: ast.expr, path: Path) -> list[str]:
    """Return the code, or both where one of two is chosen just before."""
    if isinstance(argument, ast.Constant):
        return [str(argument.value)]
    assert isinstance(argument, ast.Name), f"{path.name}:{argument.lineno}"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    chosen = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == argument.id
    ]
    return [
        str(each.value)
        for choice in chosen
        if isinstance(choice, ast.IfExp)
        for each in (choice.body, choice.orelse)
        if isinstance(each, ast.Constant)
    ]


def test_codes_and_messages_are_the_same() -> None:
    assert set(codes_raised()) == set(MESSAGES)


def test_messages_use_only_values_that_are_given() -> None:
    given = codes_raised()
    for code, message in MESSAGES.items():
        used = {name for _, name, _, _ in string.Formatter().parse(message) if name}
        assert used <= given[code], code


def test_an_error_is_said_with_its_values() -> None:
    said = in_japanese(DatabaseError("case_no_taken", case_no="2026-001"))
    assert said.startswith("本人の番号「2026-001」は")
    assert str(DatabaseError("case_no_taken", case_no="1")) == "case_no_taken(case_no='1')"


def test_other_errors_are_said_by_the_packages_below() -> None:
    error = CaseError("case_no_missing")
    assert in_japanese(error) == words_below(error)
