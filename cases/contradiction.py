"""What was settled and cannot all hold: the fewest rules that already contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

from cases.errors import CaseError
from cases.run import UsedRule


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One rule of a conflict; `why` says what refuses a lock, if a rule of the matching does."""

    rule: UsedRule
    why: str = ""


class RulesContradict(CaseError):
    """No matching keeps everything that was settled; nothing was kept of the run.

    Attributes
    ----------
    conflict
        Without any one of them the rest could hold.
    """

    def __init__(self, conflict: tuple[Contradiction, ...]) -> None:
        self.conflict = conflict
        # No number: it would count rules about people whom the reader may not open.
        super().__init__("rules_contradict")
