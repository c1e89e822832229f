"""The table of security requirements is complete; what the source must never do, it never does."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from docs.asvs import Answer, Row, rows

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "exchange", "db", "cases", "catalog", "geo", "matcher")
# OWASP ASVS 5.0.0, level 1 and 2: how many requirements each chapter has.
COUNTS = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)
CHAPTERS = {f"V{number}": count for number, count in enumerate(COUNTS, start=1)}
FORBIDDEN_CALLS = frozenset(
    {
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "hashlib.md5",
        "hashlib.sha1",
        "hashlib.new",
        "jinja2.Template",
    }
)
FORBIDDEN_MODULES = frozenset({"pickle", "marshal", "random", "shelve", "xml", "yaml"})
GUESSABLE = "numpy.random"
ALLOWED = frozenset(
    {
        ("exchange/worker.py", "pickle"),  # from its own process, and only plain values get through
        # The fictional city may be guessed; futures are drawn anew from a seed that a run keeps.
        ("db/sample/load.py", "random"),
        ("db/sample/land.py", GUESSABLE),
        ("db/sample/people.py", GUESSABLE),
        ("db/sample/places.py", GUESSABLE),
        ("db/sample/receptions.py", GUESSABLE),
        ("cases/matching/waiting_counted.py", GUESSABLE),
    }
)
OWN_PATTERNS = frozenset(
    {
        ("api/commands/certificate.py", "label"),  # a constant of its function
        ("api/sessions.py", "pattern"),  # each of a constant table
        ("db/sample/people.py", "name"),  # of the data that come with the product
        ("exchange/columns.py", "text"),  # of the data that come with the product
        *(("exchange/weekly.py", name) for name in ("days_pattern", "bands_pattern", "names")),
    }
)
WITHOUT_PARAMETERS = {
    "db/session.py",
    "db/health.py",
    "db/restore.py",
}
FORBIDDEN_IN_SCRIPTS = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "postMessage",
    "eval(",
    "new Function",
    "document.write",
    "sessionStorage",
    "document.cookie",
    "indexedDB",
)


def test_every_requirement_has_its_row(shared: Path) -> None:
    with (shared / "data/asvs/asvs_5.0.0_en.csv").open(encoding="utf-8", newline="") as file:
        wanted = [line["req_id"] for line in csv.DictReader(file) if line["L"] in {"1", "2"}]
    assert [row.requirement for row in rows()] == wanted


def test_each_chapter_has_its_count() -> None:
    assert Counter(row.chapter for row in rows()) == CHAPTERS


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.requirement)
def test_what_a_row_names_is_there(row: Row) -> None:
    match row.answer:
        case Answer.TEST:
            assert row.where
            missing = [test for test in row.where if not _is_test(test)]
        case Answer.DOCUMENT:
            assert row.where
            missing = [place for place in row.where if not _is_place(place)]
        case _:
            assert row.remark, "say why"
            missing = list(row.where)
    assert not missing


def test_nothing_dangerous_is_called() -> None:
    """No shell, no text run as code, no weak hash, nothing guessable, no pattern from outside."""
    found = [f"{path}:{line} {what}" for path in _sources() for line, what in _dangers(path)]
    assert not found


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import pickle", "pickle"),
        ("from random import random", "random"),
        ("eval(x)", "eval"),
        ("from os import system\nsystem(x)", "os.system"),
        ("import subprocess as s\ns.getoutput(x)", "subprocess.getoutput"),
        ("from subprocess import run\nrun('x', shell=True)", "a shell"),
        ("from hashlib import md5\nmd5(b'')", "hashlib.md5"),
        ("import hashlib\nhashlib.new('md5')", "hashlib.new"),
        ("import numpy as np\nnp.random.default_rng()", GUESSABLE),
        ("from jinja2 import Template\nTemplate(x)", "jinja2.Template"),
        ("surroundings.from_string(x)", "a template from text"),
        ("import re\nre.search(x, 'a')", "a pattern from data"),
        ("import re\nre.compile('a' + x)", "a pattern from data"),
        ("import re\nre.compile(f'{x}')", "a pattern from data"),
        ("from re import compile as c\nc(x)", "a pattern from data"),
    ],
)
def test_the_search_for_dangers_finds_them(source: str, what: str) -> None:
    assert what in {found for _, found in _dangers_in(ast.parse(source), "db/x.py")}


def test_no_statement_is_made_from_text() -> None:
    """But what takes no parameters: pragmas with constants, and the name of a schema made here."""
    made = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "db").rglob("*.py"))
        for call in _calls(ast.parse(path.read_text(encoding="utf-8")))
        if _name(call.func, {}).rpartition(".")[2] in {"exec_driver_sql", "text", "literal_column"}
        and call.args
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert set(made) <= WITHOUT_PARAMETERS


def test_scripts_build_no_markup_from_text() -> None:
    found = [
        f"{path.name}: {word}"
        for path in sorted((ROOT / "api/static/js").glob("*.js"))
        for word in FORBIDDEN_IN_SCRIPTS
        if word in path.read_text(encoding="utf-8")
    ]
    assert not found


def _sources() -> list[Path]:
    return [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]


def _dangers(path: Path) -> Iterator[tuple[int, str]]:
    name = str(path.relative_to(ROOT))
    return _dangers_in(ast.parse(path.read_text(encoding="utf-8")), name)


def _dangers_in(tree: ast.AST, name: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for module in _imported(node):
            if module in FORBIDDEN_MODULES and (name, module) not in ALLOWED:
                yield node.lineno, module  # type: ignore[attr-defined]
    known = _known_as(tree)
    for call in _calls(tree):
        called = _name(call.func, known)
        if called in FORBIDDEN_CALLS:
            yield call.lineno, called
        if called.startswith(GUESSABLE) and (name, GUESSABLE) not in ALLOWED:
            yield call.lineno, GUESSABLE
        if called.endswith(".from_string"):
            yield call.lineno, "a template from text"
        if any(word.arg == "shell" for word in call.keywords):
            yield call.lineno, "a shell"
        if called.startswith("re.") and call.args and not _is_constant(call.args[0], name):
            yield call.lineno, "a pattern from data"


def _known_as(tree: ast.AST) -> dict[str, str]:
    """Return what the imported names of a module stand for."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {each.asname: each.name for each in node.names if each.asname}
        elif isinstance(node, ast.ImportFrom):
            known |= {e.asname or e.name: f"{node.module}.{e.name}" for e in node.names}
    return known


def _is_constant(text: ast.expr, file: str) -> bool:
    """Tell whether a text is made of nothing but constants of the product."""
    names = {node.id for node in ast.walk(text) if isinstance(node, ast.Name)}
    return all(
        name.lstrip("_").isupper() or name == "re" or (file, name) in OWN_PATTERNS for name in names
    )


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [each.name.partition(".")[0] for each in names]
        case ast.ImportFrom(module=str(module)):
            return [module.partition(".")[0]]
        case _:
            return []


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(function: ast.expr, known: Mapping[str, str]) -> str:
    first, dot, rest = ast.unparse(function).partition(".")
    return known.get(first, first) + dot + rest


def _is_test(test: str) -> bool:
    path, _, name = test.partition("::")
    file = ROOT / path
    if not file.is_file():
        return False
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return name in functions if name else any(each.startswith("test_") for each in functions)


def _is_place(place: str) -> bool:
    path, _, anchor = place.partition("#")
    file = ROOT / path
    if not file.is_file():
        return False
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return not anchor or anchor in {
        re.sub(r"[^\w]+", "-", head.lower()).strip("-") for head in heads
    }
