"""Run tests against a module whose text is changed, in a process of its own."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Sequence
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


def try_tests(
    files: Sequence[str], mutant: Mutant | None, seconds: int, said: str = os.devnull
) -> Outcome:
    """Run test files until one fails, with a change or without.

    Parameters
    ----------
    seconds
        Of the processor; whoever needs more was made endless. A busy machine changes nothing.
    said
        File that takes what pytest says.
    """
    process = CONTEXT.Process(target=_run, args=(list(files), mutant, seconds, said))
    process.start()
    process.join(20 * seconds)  # what waits for ever uses no processor
    if process.is_alive():
        os.killpg(process.pid or 0, signal.SIGKILL)
        process.join()
    if process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome.ENDLESS
    return Outcome.SURVIVED if process.exitcode == 0 else Outcome.NOTICED


def _run(files: list[str], mutant: Mutant | None, seconds: int, said: str) -> None:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    words = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(words, 1)
    os.dup2(words, 2)
    if mutant is not None:
        sys.meta_path.insert(0, Changed(mutant))
    arguments = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", *files]
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # Hypothesis is preloaded
    sys.exit(int(pytest.main(arguments, plugins=[Quick()])))
