"""Which error codes the source of the four lower packages raises, with which parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("catalog", "geo", "matcher", "cases")
BASES = frozenset({"CatalogError", "GeoError", "MatcherError", "CaseError"})


@dataclass(frozen=True, slots=True)
class Raised:
    """One place in the source that raises a code; `params` None where they are passed through."""

    code: str
    params: frozenset[str] | None
    where: str


@cache
def _trees() -> dict[str, ast.Module]:
    paths = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths
    }


@cache
def error_classes() -> frozenset[str]:
    """Return the names of the base errors and of everything derived from them."""
    parents = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in _trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = set(BASES)
    while more := {name for name, of in parents.items() if of & known} - known:
        known |= more
    return frozenset(known)


def raised_codes() -> Iterator[Raised]:
    """Yield every code that is raised, also through a helper that takes it as an argument.

    A code that is put together (an f-string) is given as written, braces included.
    """
    shared = {
        name: how
        for tree in _trees().values()
        for name, how in _helpers(tree).items()
        if not name.startswith("_")
    }
    for where, tree in _trees().items():
        helpers = shared | _helpers(tree)
        for call in _errors_made(tree):
            if (said := _text(call.args[0])) is not None:
                yield Raised(said, _params(call), f"{where}:{call.lineno}")
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in helpers:
                at, params = helpers[call.func.id]
                said = _text(call.args[at]) if len(call.args) > at else None
                if said is not None:
                    yield Raised(said, params, f"{where}:{call.lineno}")


def _helpers(tree: ast.Module) -> dict[str, tuple[int, frozenset[str] | None]]:
    """Functions that raise the code they are given: its position, and the parameters."""
    helpers: dict[str, tuple[int, frozenset[str] | None]] = {}
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        arguments = [argument.arg for argument in function.args.args]
        for call in _errors_made(function):
            code = call.args[0]
            if isinstance(code, ast.Name) and code.id in arguments:
                helpers[function.name] = (arguments.index(code.id), _params(call))
    return helpers


def _errors_made(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in error_classes()
            and node.args
        ):
            yield node


def _params(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return ast.unparse(node)[2:-1]
    return None
