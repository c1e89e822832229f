"""The same problem gives the same bytes, in whatever order it was written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from exchange.problem_files import problem_from_json, write_problem
from tests.exchange.random_problems import CLASHING, COUPLED, FLOW, random_problem, shuffled

ROOT = Path(__file__).parents[2]
KINDS = (FLOW, COUPLED, CLASHING)
SECONDS = re.compile(rb'("wall_seconds":) ?[0-9.e+-]+')


def solved(paths: list[Path], folder: Path, *, hash_seed: int) -> dict[str, bytes]:
    """Solve problems in a process of their own; return the bytes of each without its seconds."""
    script = "import sys; from api.cli import run; sys.exit(run(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", script, "solve", *map(str, paths), "--out-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr.decode()
    return {path.name: SECONDS.sub(rb"\1 0", path.read_bytes()) for path in folder.iterdir()}


def written(documents: dict[str, dict[str, Any]], folder: Path, suffix: str) -> list[Path]:
    """Write problems as text or as arrays."""
    folder.mkdir()
    for name, document in documents.items():
        path = folder / f"{name}{suffix}"
        if suffix == ".npz":
            write_problem(problem_from_json(document), path)
        else:
            path.write_text(json.dumps(document), encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.mark.parametrize("seeds", [range(12), pytest.param(range(12, 300), marks=pytest.mark.full)])
def test_order_and_hashes_change_no_byte(tmp_path: Path, seeds: range) -> None:
    """Rules of every kind, by both methods and with contradictions, as text and as arrays."""
    problems = {f"{kind}{seed}": random_problem(kind, seed) for kind in KINDS for seed in seeds}
    other = {name: shuffled(problem, at) for at, (name, problem) in enumerate(problems.items())}
    third = {name: shuffled(problem, ~at) for at, (name, problem) in enumerate(problems.items())}
    text = written(problems, tmp_path / "text", ".json")
    first = solved(text, tmp_path / "first", hash_seed=0)
    assert len(first) == len(problems)
    results = [json.loads(one) for one in first.values()]
    found = Counter((one["status"], one["proof"]["kind"]) for one in results)
    assert min(found["optimal", "potentials"], found["optimal", "tree"]) > len(seeds) // 2
    assert found["infeasible", "tree"] >= len(seeds)
    assert solved(written(other, tmp_path / "o", ".json"), tmp_path / "o1", hash_seed=1) == first
    assert solved(written(third, tmp_path / "a", ".npz"), tmp_path / "a1", hash_seed=2) == first
