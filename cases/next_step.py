"""Where a person stands on a day, and the one thing that comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cases.consent import Consent, WhyNot
from cases.participant import Participant, ParticipantStatus
from cases.proposal import Proposal, ProposalStatus
from cases.words.wording import own_wording

_AFTERWARDS: Final[Mapping[ParticipantStatus, str]] = {
    ParticipantStatus.PLACED: "placed",
    ParticipantStatus.CLOSED: "closed",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A person on a day.

    Attributes
    ----------
    consent
        The written consent in force, or why there is none.
    why_not
        Why no place is sought for someone who waits, as `NotConsidered.why`; empty where one is.
    proposal
        The one under way, else that of the last run, if it has one for the person.
    """

    participant: Participant
    consent: Consent | WhyNot
    why_not: str = ""
    proposal: Proposal | None = None

    @property
    def next_step(self) -> str:
        """The code of what comes next; everybody has one."""
        if afterwards := _AFTERWARDS.get(self.participant.status):
            return afterwards
        if self.why_not:
            return self.why_not
        undecided = self.proposal and self.proposal.status is ProposalStatus.PROPOSED
        return "decide" if undecided else "choose"


def next_step_words(code: str) -> str:
    """Return what comes next: 同意をたずねる, つなぎ先を一緒に選ぶ."""
    return own_wording().say("next_step", code)
