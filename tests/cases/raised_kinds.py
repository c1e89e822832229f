"""Which kinds of audit events the source can write, read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("api", "cases", "db", "exchange")
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Makers: TypeAlias = dict[tuple[str, str], tuple[int, str]]
"""Functions that take the kind: file ("" for all) and name → place and name of the parameter."""


def raised_kinds() -> set[str]:
    """Return the kinds; what is put together of parts has `*` in the place of what changes.

    A function that hands a parameter on as the kind of an event is followed to its callers.
    """
    calls = {
        str(path.relative_to(ROOT)): list(_calls(ast.parse(path.read_text(encoding="utf-8"))))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }
    makers: Makers = {("", "AuditEvent"): (0, "kind")}
    known, kinds = 0, set[str]()
    while known < len(makers):
        known = len(makers)
        for where, found in calls.items():
            for inside, call in found:
                maker = makers.get((where, _name(call))) or makers.get(("", _name(call)))
                given = _given(call, *maker) if maker else None
                for value in _values(given, inside) if given else ():
                    if isinstance(value, str):
                        kinds.add(value)
                    elif inside and (at := _parameter(inside, value.id)) is not None:
                        file = where if inside.name.startswith("_") else ""
                        makers[file, inside.name] = (at, value.id)
    return kinds


def _calls(
    node: ast.AST, inside: Function | None = None
) -> Iterator[tuple[Function | None, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield inside, child
        around = child if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) else inside
        yield from _calls(child, around)


def _name(call: ast.Call) -> str:
    function = call.func
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _given(call: ast.Call, at: int, name: str) -> ast.expr | None:
    named = [each.value for each in call.keywords if each.arg == name]
    return next(iter([*named, *call.args[at : at + 1]]), None)


def _values(node: ast.expr, inside: Function | None) -> Iterator[str | ast.Name]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _values(node.body, inside)
        yield from _values(node.orelse, inside)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(each.value) if isinstance(each, ast.Constant) else "*" for each in node.values
        )
    elif isinstance(node, ast.Name):
        assigned = [
            each.value
            for each in (ast.walk(inside) if inside else ())
            if isinstance(each, ast.Assign)
            and any(isinstance(to, ast.Name) and to.id == node.id for to in each.targets)
        ]
        for value in assigned:
            yield from _values(value, None)
        if not assigned:
            yield node


def _parameter(function: Function, name: str) -> int | None:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    without_self = names[1:] if names[:1] == ["self"] else names
    return without_self.index(name) if name in without_self else None
