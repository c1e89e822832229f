"""Change the matcher in many small ways and count how often a test notices.

`python -m tests.mutation` draws a fixed sample, spread over the modules, and for each change runs
the tests that touch its line, the quickest first, in a process of its own; it ends with 1 below
the score that is asked for. No source file is written: the process imports the changed text in
place of the file.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants_of, places_of, shares
from tests.mutation.touching import Touching, touching
from tests.mutation.trial import Outcome, Trial, prepare, try_tests

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MATCHER = ROOT / "matcher"
SEED = 20261123
LEAST_SHARE = 0.85
MOST_SECONDS = 60.0
"""Of the processor, for the tests of a change; what they have not noticed by then has survived."""


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


def trial_of(mutant: Mutant, touched: Touching) -> Trial:
    """Return what is to be run for a change: the tests that touch its line."""
    return Trial(mutant, touched.of(mutant.module, mutant.line), MOST_SECONDS)


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
    changes = Counter(mutant.module for mutant, _ in tried)
    noticed = Counter(m.module for m, outcome in tried if outcome is not Outcome.SURVIVED)
    for module in sorted(changes):
        share = noticed[module] / changes[module]
        print(f"{module:<24}{changes[module]:>8}{noticed[module]:>9}{share:>8.0%}")
    share = noticed.total() / max(1, changes.total())
    print(f"{'all':<24}{changes.total():>8}{noticed.total():>9}{share:>8.1%}")
    return share


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    every = sorted(path.stem for path in MATCHER.glob("*.py") if path.stem != "__init__")
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", default=every, help="of the matcher; else all")
    parser.add_argument("--changes", type=int, default=240, help="some 30 minutes of 2 cores")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)

    touched = touching()
    if touched is None:
        print("the tests fail before anything is changed", file=sys.stderr)
        return 2
    prepare()
    known = equivalents()
    drawn = [
        mutant
        for mutant in sample(chosen.modules, chosen.changes)
        if (mutant.module, mutant.before, mutant.after) not in known
    ]
    tried = []
    with ThreadPoolExecutor(chosen.processes) as pool:
        outcomes = pool.map(lambda mutant: try_tests(trial_of(mutant, touched)), drawn)
        for mutant, outcome in zip(drawn, outcomes, strict=True):
            tried.append((mutant, outcome))
            print(
                f"{outcome.value:<9}{mutant.module}.py:{mutant.line} {mutant.operator}", flush=True
            )
            if outcome is Outcome.SURVIVED:
                print(f"    - {mutant.before}\n    + {mutant.after}", flush=True)
    return 0 if report(tried) >= LEAST_SHARE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
