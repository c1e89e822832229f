"""What follows from an answer to an enquiry, and how long one waits (`cases/data/answers.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cases.own_data import own_data


@dataclass(frozen=True, slots=True)
class Waiting:
    """After how many days one asks whether it arrived, and after how many one waits no more."""

    nudge_days: int
    give_up_days: int


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an answer of the host leads to.

    Attributes
    ----------
    again_days
        The host is not asked about the same person before so many days have passed.
    sets_aside
        The code of `set_aside_reason` for a declined proposal; empty where it stays as it is.
    words
        The same for whoever chooses the reason.
    """

    again_days: int
    sets_aside: str
    words: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The dated rules about asking hosts and people."""

    version: str
    source: str
    waiting: Mapping[str, Waiting]
    host: Mapping[str, Consequence]
    silent: Consequence
    person_again_days: int
    text: Mapping[str, str]

    def waiting_for(self, how: str) -> Waiting:
        """Return how long one waits for an answer to what was asked in this way."""
        return self.waiting.get(how, self.waiting["otherwise"])

    def consequence(self, reason: str) -> Consequence:
        """Return what a reason of the host leads to; a city's own reasons share one."""
        return self.host.get(reason, self.host["otherwise"])


@cache
def own_rules() -> Rules:
    """Return the rules that come with the product."""
    data = own_data("answers")
    return Rules(
        version=data["version"],
        source=data["source"],
        waiting={how: Waiting(**each) for how, each in data["waiting"].items()},
        host={reason: Consequence(**each) for reason, each in data["host"].items()},
        silent=Consequence(**data["silent"]),
        person_again_days=data["person_again_days"],
        text=data["text"],
    )
