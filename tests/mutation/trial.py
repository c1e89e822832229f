"""Run tests against a module whose text is changed, in a process of its own."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation.mutants import Mutant, mutated

CONTEXT = multiprocessing.get_context("forkserver")
HEAVY = ["numpy", "scipy.optimize", "scipy.sparse.csgraph", "ortools.graph.python.min_cost_flow"]
HEAVY += ["ortools.math_opt.python.mathopt", "sqlalchemy", "hypothesis.extra.numpy", "pytest"]
MOST_BYTES = 6 * 2**30
ENDLESS_SECONDS = 180
"""Of the processor: no test takes so long, only what never ends."""


class Outcome(StrEnum):
    """What the tests say to a change."""

    NOTICED = "noticed"
    ENDLESS = "endless"
    SURVIVED = "SURVIVED"


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module the changed text of its file."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = f"matcher.{mutant.module}"
        self.path = Path("matcher", f"{mutant.module}.py").absolute()
        source = self.path.read_text(encoding="utf-8")
        self.text = mutated(source, mutant.operator, mutant.occurrence)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Take the changed module, leave every other one."""
        if fullname != self.name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(self.path))

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed text in the module."""
        module.__file__ = str(self.path)
        exec(compile(self.text, self.path, "exec"), module.__dict__)


@dataclass(frozen=True, slots=True)
class Trial:
    """A change, and the tests that are to notice it.

    Attributes
    ----------
    mutant
        The change, or None for none.
    tests
        Ids of the tests with the seconds that each takes; the quickest are run first.
    most_seconds
        Of the processor; no further test begins after so many. A busy machine changes nothing.
    """

    mutant: Mutant | None
    tests: Mapping[str, float]
    most_seconds: float


class Chosen:
    """Runs the chosen tests alone, the quickest first, for so long; a plugin of pytest."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the other tests out."""
        seconds = self.trial.tests
        items[:] = sorted(
            (item for item in items if item.nodeid in seconds), key=lambda i: seconds[i.nodeid]
        )

    def pytest_runtest_logfinish(self) -> None:
        """Stop, with what all tests so far have said, once the time is over."""
        if time.process_time() > self.trial.most_seconds:
            pytest.exit("the time is over", returncode=0)


class Quick:
    """Lets Hypothesis stop at the first counterexample: nobody reads the smallest."""

    def pytest_configure(self) -> None:
        """Leave out shrinking."""
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutation",
            settings.get_profile("ci"),
            phases=[Phase.explicit, Phase.generate],
            report_multiple_bugs=False,
        )
        settings.load_profile("mutation")


def prepare() -> None:
    """Have every process start with the libraries already imported."""
    CONTEXT.set_forkserver_preload(HEAVY)


def try_tests(trial: Trial, said: str = os.devnull) -> Outcome:
    """Run the tests of a trial until one fails; `said` is a file that takes what pytest says."""
    if not trial.tests:
        return Outcome.SURVIVED
    process = CONTEXT.Process(target=_run, args=(trial, said))
    process.start()
    process.join(20 * ENDLESS_SECONDS)  # what waits for ever uses no processor
    if process.is_alive():
        os.killpg(process.pid or 0, signal.SIGKILL)
        process.join()
    if process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome.ENDLESS
    return Outcome.SURVIVED if process.exitcode == 0 else Outcome.NOTICED


def _run(trial: Trial, said: str) -> None:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (ENDLESS_SECONDS, ENDLESS_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    words = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(words, 1)
    os.dup2(words, 2)
    if trial.mutant is not None:
        sys.meta_path.insert(0, Changed(trial.mutant))
    files = sorted({test.partition("::")[0] for test in trial.tests})
    arguments = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", *files]
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # Hypothesis is preloaded
    sys.exit(int(pytest.main(arguments, plugins=[Quick(), Chosen(trial)])))
