"""Matching runs beside the pages: one worker, so that no page waits and no two runs compete."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Final

from api.traces import where
from api.wiring import Wiring
from cases.actions.matching import start_matching
from cases.contradiction import RulesContradict
from catalog.actor import Actor
from catalog.ids import new_id
from exchange.frozen_runs import freeze

logger: Final = logging.getLogger("tsunagite")
MOST_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What a job led to; `is_new` is False where nothing had changed since the run."""

    run_id: str
    is_new: bool


class MatchingJobs:
    """The runs that were asked for since this process began.

    Parameters
    ----------
    wiring
        Its stores are used by the worker, each call in a transaction of its own: a run writes
        for a moment only, at its end.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="matching")
        self._jobs: OrderedDict[str, Future[Found]] = OrderedDict()
        self._starting = threading.Lock()

    def start(self, actor: Actor, *, stay: bool = False) -> str:
        """Start a run, or join the one that is under way, and return the id of the job.

        Parameters
        ----------
        stay
            Move as few as possible of those for whom the last run has a proposal.
        """
        with self._starting:
            for job_id, job in self._jobs.items():
                if not job.done():
                    return job_id
            job_id = new_id()
            self._jobs[job_id] = self._worker.submit(self._run, actor, stay)
            if len(self._jobs) > MOST_KEPT:
                self._jobs.popitem(last=False)
            return job_id

    def job(self, job_id: str, wait_seconds: float = 0.0) -> Future[Found] | None:
        """Return a job, done or not, or None where this process knows of none with this id.

        Parameters
        ----------
        wait_seconds
            How long to wait for its end, so that a quick run needs no page of its own.
        """
        found = self._jobs.get(job_id)
        if found is not None:
            wait_for([found], wait_seconds)
        return found

    def warm_up(self) -> None:
        """Load in the background what the first run would have to wait for."""
        self._worker.submit(load_what_runs_need)

    def close(self) -> None:
        """Let the run under way end, and start no other."""
        self._worker.shutdown(cancel_futures=True)

    def _run(self, actor: Actor, stay: bool) -> Found:
        wiring = self._wiring
        try:
            matched = start_matching(
                actor, wiring.stores, wiring.clock, freeze, version("tsunagite"), stay=stay
            )
        except RulesContradict:
            raise  # no trouble of ours: the office has to decide
        except Exception as error:
            logger.error("matching: %s", where(error))
            raise
        return Found(matched.run.id, matched.is_new)


def load_what_runs_need() -> None:
    """Do a matching of nothing much: this loads scikit-learn, ortools and the geometry."""
    from catalog.text import similarity
    from matcher.assignment import assign
    from matcher.problem import Problem

    import_module("geo.polygons")
    similarity(["畑の手伝い"], ["畑で野菜を育てます"])
    assign(
        Problem.from_arrays(
            participant_ids=["p"],
            opening_ids=["o"],
            capacity=[1],
            pair_participant=[0],
            pair_opening=[0],
            pair_score=[1],
        )
    )
