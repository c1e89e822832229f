"""Change the matcher in many small ways and count how often a test notices.

`python -m tests.mutation` draws a fixed sample, spread over the modules, runs the tests of each
change in a process of its own and ends with 1 below the score that is asked for. No source file is
written: the process imports the changed text in place of the file.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants_of, places_of, shares
from tests.mutation.trial import Outcome, prepare, try_tests

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MATCHER = ROOT / "matcher"
SEED = 20261123
LEAST_SHARE = 0.85
SECONDS = 180
"""Of the processor, for the tests of a change: only what never ends takes longer."""


def sample(modules: Sequence[str], total: int) -> list[Mutant]:
    """Return a fixed sample of changes, spread over the modules by their size."""
    sources = {name: (MATCHER / f"{name}.py").read_text(encoding="utf-8") for name in modules}
    sizes = [places_of(source) for source in sources.values()]
    drawn: list[Mutant] = []
    for (name, source), share in zip(sources.items(), shares(sizes, total, 3), strict=True):
        ordered = mutants_of(name, source, SEED)
        drawn.extend(mutant for mutant, _ in zip(ordered, range(share), strict=False))
    random.Random(SEED).shuffle(drawn)  # a run that is broken off has seen a bit of everything
    return drawn


def files_for(module: str) -> list[str]:
    """Return the test files that look at a module, its own first."""
    suites = tomllib.loads((HERE / "suites.toml").read_text(encoding="utf-8"))
    named = next((s for s in suites.values() if module in s["modules"]), suites["solving"])
    names = dict.fromkeys([f"test_{module}", *named["tests"]])
    paths = [ROOT / "tests" / "matcher" / f"{name}.py" for name in names]
    return [str(path.relative_to(ROOT)) for path in paths if path.is_file()]


def equivalents() -> set[tuple[str, str, str]]:
    """Return the changes that no test can notice: module, line before, line after."""
    read = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8"))
    return {
        (module, change["before"], change["after"])
        for module, changes in read.items()
        for change in changes
    }


def report(tried: Sequence[tuple[Mutant, Outcome]]) -> float:
    """Print the score of each module and return that of all."""
    print(f"\n{'module':<24}{'changes':>8}{'noticed':>9}{'share':>8}")
    for module in sorted({mutant.module for mutant, _ in tried}):
        outcomes = [outcome for mutant, outcome in tried if mutant.module == module]
        noticed = sum(outcome is not Outcome.SURVIVED for outcome in outcomes)
        share = noticed / len(outcomes)
        print(f"{module:<24}{len(outcomes):>8}{noticed:>9}{share:>8.0%}")
    noticed = sum(outcome is not Outcome.SURVIVED for _, outcome in tried)
    print(f"{'all':<24}{len(tried):>8}{noticed:>9}{noticed / max(1, len(tried)):>8.1%}")
    return noticed / max(1, len(tried))


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    every = sorted(path.stem for path in MATCHER.glob("*.py") if path.stem != "__init__")
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", default=every, help="of the matcher; else all")
    parser.add_argument("--changes", type=int, default=240, help="some 25 minutes of 2 cores")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)

    prepare()
    with ThreadPoolExecutor(chosen.processes) as pool:
        files = dict.fromkeys(name for module in chosen.modules for name in files_for(module))
        if try_tests(list(files), None, 4 * SECONDS) is not Outcome.SURVIVED:
            print("the tests fail before anything is changed", file=sys.stderr)
            return 2
        known = equivalents()
        drawn = [
            mutant
            for mutant in sample(chosen.modules, chosen.changes)
            if (mutant.module, mutant.before, mutant.after) not in known
        ]
        tried = []
        outcomes = pool.map(lambda m: try_tests(files_for(m.module), m, SECONDS), drawn)
        for mutant, outcome in zip(drawn, outcomes, strict=True):
            tried.append((mutant, outcome))
            mark = outcome.value
            print(f"{mark:<9}{mutant.module}.py:{mutant.line} {mutant.operator}", flush=True)
            if outcome is Outcome.SURVIVED:
                print(f"    - {mutant.before}\n    + {mutant.after}", flush=True)
    return 0 if report(tried) >= LEAST_SHARE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
