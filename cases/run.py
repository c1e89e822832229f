"""A matching run as it is kept: what went in, what came out, and who was left and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cases.participant import Participant
from cases.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Near:
    """An opening that a change would bring within reach; `change` says which, in Japanese."""

    opening_id: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """Someone who waits, may be matched, and got no opening in this run.

    `reason` is a code of `tsunagite.result/1` (`no_pair`, `crowded_out`, `not_worth`, `rule`).
    `refused` counts all openings by the first rule that refused them, `candidates` the openings
    that would have fitted; the counts and `candidates` add up to the openings of the run.
    `words` is the Japanese sentence. `near` holds the nearest openings, with what would have to
    change while everybody else of the run stays where they are.
    """

    participant_id: str
    reason: str
    candidates: int
    refused: tuple[tuple[str, int], ...]
    words: str = ""
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotConsidered:
    """Someone who waits but may not be matched; `why` is a reason of `cases.matching.waiting`."""

    participant_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedRule:
    """Something the office had settled that took part in a run, as it was then.

    Attributes
    ----------
    kind
        A `PlacingKind`, a `BondKind`, `most_at_once` or `newcomers_a_month` of a host, or `floor`.
    rule_id
        Of the bond or the placing rule; empty for what a host or the policy says.
    participant_ids
        Whom it is about; empty where it is about no one in particular.
    """

    kind: str
    rule_id: str = ""
    participant_ids: tuple[str, ...] = ()
    opening_id: str = ""
    host_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRun:
    """One matching run, frozen so that it can be computed again byte for byte.

    `problem` and `result` are the bytes of `tsunagite.problem/1` and `tsunagite.result/1`
    (JSON, UTF-8); they hold opaque ids and numbers only, and are empty in a list of runs.
    `status` is the status of the result, `certified` whether the independent check accepted it.
    `digest` is the SHA-256 of everything that decides the result (hexadecimal), so that "nothing
    changed" can be told at once.
    `number` counts the runs of a municipality; the store gives it. `views` says how either side
    looks at each listed pair (`cases.matching.two_sided`); None where no host had named whom it
    would like.
    `used` is what the office had settled before, in the order of the rules of the problem.
    """

    id: str
    on: date
    started_by: str
    started_at: datetime
    finished_at: datetime
    policy_version: str
    code_version: str
    seed: int
    digest: str
    status: str
    certified: bool
    problem: bytes
    result: bytes
    unplaced: tuple[Unplaced, ...] = ()
    not_considered: tuple[NotConsidered, ...] = ()
    number: int = 0
    views: bytes | None = None
    used: tuple[UsedRule, ...] = ()


def best_first(proposals: Iterable[Proposal], people: Mapping[str, Participant]) -> list[Proposal]:
    """Return proposals by fit; of equal fits who has waited longer comes first.

    Parameters
    ----------
    people
        The person of each proposal, by id.
    """

    def place(proposal: Proposal) -> tuple[float, date, str]:
        person = people[proposal.participant_id]
        return -proposal.score, person.since_on, person.case_no

    return sorted(proposals, key=place)
