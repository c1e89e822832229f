"""A matching of helpers and groups as it is kept: its rounds, and who and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cases.run import NotConsidered, Unplaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfilled:
    """A group that still lacks helpers.

    Attributes
    ----------
    why
        The rule that kept away most of those whom a reader may know; empty where none did.
    kept_away
        Of helpers who could not come: id and the first rule against it.
    """

    opening_id: str
    missing: int
    why: str = ""
    kept_away: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperRun:
    """One matching of helpers and groups, frozen so that it can be computed again.

    In the first round everybody gets at most one group; who offers more goes on to the next.
    `rounds` are the bytes of problem and result of each (`tsunagite.problem/1`, `…result/1`).
    In `unplaced` and `not_considered` the id of the helper stands as `participant_id`.
    """

    id: str
    on: date
    started_by: str
    started_at: datetime
    finished_at: datetime
    policy_version: str
    code_version: str
    certified: bool
    rounds: tuple[tuple[bytes, bytes], ...]
    unplaced: tuple[Unplaced, ...] = ()
    not_considered: tuple[NotConsidered, ...] = ()
    unfilled: tuple[Unfilled, ...] = ()
    number: int = 0
